"""Annotations as objects, made without running any code of the file that they stand in."""

from __future__ import annotations

import ast
import typing
from importlib import import_module
from operator import add, mul, sub
from typing import TYPE_CHECKING, Any

from ...core.frame import MISSING
from .meanings import Def, Dotted, Env, Expr, dotted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["literal", "valued", "wanted"]

CONTAINERS = (
    "Collection Container Iterable Mapping MutableMapping MutableSequence MutableSet Reversible Sequence"
)
KNOWN = {
    "builtins": "bool bytes complex dict float frozenset int list object set str tuple",
    "typing": f"AbstractSet Any Annotated Dict FrozenSet List Literal Optional Set Tuple Union {CONTAINERS}",
    "collections.abc": f"Set {CONTAINERS}",
    "pathlib": "Path PosixPath PurePath PurePosixPath PureWindowsPath",
    "datetime": "date datetime time timedelta",
    "decimal": "Decimal",
    "uuid": "UUID",
}
ENUMS = ("enum.Enum", "enum.IntEnum", "enum.StrEnum")
OPERATORS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: add,
    ast.Sub: sub,
    ast.Mult: mul,
    ast.Pow: pow,
}
DEEPEST = 30  # an alias can name itself
MOST_PARTS = 1000  # of an annotation with its aliases, each of which can name another more than once


class UnknownError(Exception):
    """Say that what an annotation asks for cannot be told."""


def literal(node: ast.expr) -> Any:
    """Return the value of a literal, `MISSING` for any other expression."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name | ast.Attribute):
        return MISSING
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return MISSING


def valued(node: ast.expr, env: Env) -> tuple[ast.expr, Any]:
    """Return a default as it is written, of a member of an Enum its value, and the values it is one of.

    The latter is `MISSING` for any other default.
    """
    if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
        return node, MISSING
    kind = wanted(node.value, env)
    if typing.get_origin(kind) is typing.Literal:
        for thing in env.find(node.value.id) or ():
            for name, value in _members(thing.node) if isinstance(thing, Def) else ():
                if name == node.attr:
                    return value, kind
    return node, MISSING


def wanted(node: ast.expr | None, env: Env) -> Any:
    """Return an annotation as an object, `MISSING` where it cannot be told without running code."""
    try:
        return MISSING if node is None else _made(node, env, Bounds())
    except (UnknownError, TypeError, ValueError, RecursionError, MemoryError):
        return MISSING


class Bounds:
    """Bound the work on one annotation."""

    def __init__(self) -> None:
        self.depth = 0
        self.left = MOST_PARTS

    def __enter__(self) -> None:
        self.depth += 1
        self.left -= 1
        if self.depth > DEEPEST or self.left < 0:
            raise UnknownError

    def __exit__(self, *exception: object) -> None:
        self.depth -= 1


def _made(node: ast.expr, env: Env, bounds: Bounds) -> Any:
    with bounds:
        return _part(node, env, bounds)


def _part(node: ast.expr, env: Env, bounds: Bounds) -> Any:
    if isinstance(node, ast.Constant):
        return _constant(node.value, env, bounds)
    if isinstance(node, ast.Name):
        return _named(node, env, bounds)
    if isinstance(node, ast.Attribute):
        return _of_library(dotted(node, env))
    if isinstance(node, ast.Subscript):
        return _generic(node, env, bounds)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return typing.Union[_made(node.left, env, bounds), _made(node.right, env, bounds)]  # noqa: UP007
    raise UnknownError


def _constant(value: object, env: Env, bounds: Bounds) -> Any:
    if value is None:
        return None
    if not isinstance(value, str):
        raise UnknownError
    try:
        return _made(ast.parse(value.strip(), mode="eval").body, env, bounds)
    except SyntaxError:
        raise UnknownError from None


def _named(node: ast.Name, env: Env, bounds: Bounds) -> Any:
    found = env.find(node.id)
    if found is None:
        return _of_library(f"builtins.{node.id}")
    if len(found) != 1:
        raise UnknownError
    thing = found[0]
    if isinstance(thing, Dotted):
        return _of_library(thing.name)
    if isinstance(thing, Expr):
        return _made(thing.node, thing.env, bounds)
    if isinstance(thing, Def) and isinstance(thing.node, ast.ClassDef):
        return _of_enum(thing.node, thing.env)
    raise UnknownError


def _of_library(name: str | None) -> Any:
    module, _, attribute = (name or "").replace("typing_extensions.", "typing.").rpartition(".")
    if attribute not in KNOWN.get(module, "").split():
        raise UnknownError
    return getattr(import_module(module), attribute)


def _of_enum(node: ast.ClassDef, env: Env) -> Any:
    """Return the values that a member of an Enum is written by."""
    if not any(dotted(base, env) in ENUMS for base in node.bases):
        raise UnknownError
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef) and statement.name in ("_missing_", "__new__", "__init__"):
            raise UnknownError  # what a member's value is, or what else names it, is its own code's to say
    values = tuple(literal(value) for _, value in _members(node))
    if not values or not all(isinstance(value, str | int | float | bytes) for value in values):
        raise UnknownError
    return typing.Literal[values]


def _members(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names of the members of an Enum, and what is written for their values."""
    for statement in getattr(node, "body", ()):
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if isinstance(target, ast.Name) and not target.id.startswith("_"):
            yield target.id, statement.value


def _generic(node: ast.Subscript, env: Env, bounds: Bounds) -> Any:
    base = _made(node.value, env, bounds)
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if base is typing.Literal:
        values = tuple(literal(part) for part in parts)
        if MISSING in values:
            raise UnknownError
        return typing.Literal[values]
    if base is typing.Annotated:
        marks = tuple(_mark(part, env, bounds) for part in parts[1:])
        return typing.Annotated[(_made(parts[0], env, bounds), *marks)]
    made = tuple(... if _is_dots(part) else _made(part, env, bounds) for part in parts)
    return base[made if isinstance(node.slice, ast.Tuple) else made[0]]


def _is_dots(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def _mark(node: ast.expr, env: Env, bounds: Bounds) -> Any:
    """Return what Annotated adds: a literal, or a Meta of literals."""
    if isinstance(node, ast.Name):
        found = env.find(node.id) or ()
        if len(found) == 1 and isinstance(found[0], Expr):
            with bounds:
                return _mark(found[0].node, found[0].env, bounds)
    if isinstance(node, ast.Call) and dotted(node.func, env) == "msgspec.Meta" and not node.args:
        asked = {keyword.arg or "**": _limit(keyword.value) for keyword in node.keywords}
        if "**" in asked or any(value is MISSING for value in asked.values()):
            raise UnknownError
        return import_module("msgspec").Meta(**asked)
    value = literal(node)
    if value is MISSING:
        raise UnknownError
    return value


def _limit(node: ast.expr) -> Any:
    """Return the value of a literal, or of a small sum with powers of integers such as `2**32 - 1`."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _limit(node.operand)
        return -value if isinstance(value, int | float) else MISSING
    operation = OPERATORS.get(type(node.op)) if isinstance(node, ast.BinOp) else None
    if operation is None or not isinstance(node, ast.BinOp):
        return literal(node)
    left, right = _limit(node.left), _limit(node.right)
    if not isinstance(left, int) or not isinstance(right, int):
        return MISSING
    if operation is pow and not (abs(left) <= 16 and 0 <= right <= 256):  # it is worked out here
        return MISSING
    return operation(left, right)
