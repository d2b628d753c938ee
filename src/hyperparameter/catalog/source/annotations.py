"""Build the objects that annotations describe, without running any code of the scanned file.

`Annotated[int, Meta(ge=1)]` in source code becomes the same object, if its names are imported from the few
modules listed here. An annotation with any other part gives `MISSING`, and the declaration then accepts
every value.
"""

from __future__ import annotations

import ast
import typing
from importlib import import_module
from operator import add, mul, sub
from typing import TYPE_CHECKING, Any

from ...core.value import MISSING
from .imports import full_name
from .literals import literal_value
from .values import Class, Expression, ImportedName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .environment import Environment

__all__ = ["annotation_object", "enum_members", "is_known_type"]

CONTAINERS = (
    "Collection Container Iterable Mapping MutableMapping MutableSequence MutableSet Reversible Sequence"
)
# The types that annotations can use, by module.
KNOWN_TYPES = {
    "builtins": "bool bytes complex dict float frozenset int list object set str tuple",
    "typing": f"AbstractSet Any Annotated Dict FrozenSet List Literal Optional Set Tuple Union {CONTAINERS}",
    "collections.abc": f"Set {CONTAINERS}",
    "pathlib": "Path PosixPath PurePath PurePosixPath PureWindowsPath",
    "datetime": "date datetime time timedelta",
    "decimal": "Decimal",
    "uuid": "UUID",
}
ENUM_BASES = ("enum.Enum", "enum.IntEnum", "enum.StrEnum")
# These methods can give a member another value, or another name, than the class body says.
ENUM_METHODS = ("_missing_", "__new__", "__init__")
OPERATORS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: add,
    ast.Sub: sub,
    ast.Mult: mul,
    ast.Pow: pow,
}
# An alias can name itself, and each alias can name another one several times.
DEEPEST = 30
MOST_PARTS = 1000


class UnknownAnnotationError(Exception):
    """An annotation that cannot be evaluated without running code."""


def annotation_object(node: ast.expr | None, env: Environment) -> Any:
    """Return an annotation as an object, or `MISSING` if that would need running code."""
    try:
        return MISSING if node is None else _Evaluation().evaluate(node, env)
    except (UnknownAnnotationError, TypeError, ValueError, RecursionError, MemoryError):
        return MISSING


def is_known_type(module: str, name: str) -> bool:
    """Return whether annotations can use a type: importing it runs no code of the scanned program."""
    return name in KNOWN_TYPES.get(module, "").split()


def enum_members(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names of an enum's members, and the expressions for their values."""
    for statement in node.body:
        if isinstance(statement, ast.Assign):
            target = statement.targets[0]
            if isinstance(target, ast.Name) and not target.id.startswith("_"):
                yield target.id, statement.value


class _Evaluation:
    """The evaluation of one annotation, with a bound on its depth and on the number of its parts."""

    def __init__(self) -> None:
        self._depth = 0
        self._parts_left = MOST_PARTS

    def evaluate(self, node: ast.expr, env: Environment) -> Any:
        self._depth += 1
        self._parts_left -= 1
        if self._depth > DEEPEST or self._parts_left < 0:
            raise UnknownAnnotationError
        try:
            return self._evaluate(node, env)
        finally:
            self._depth -= 1

    def _evaluate(self, node: ast.expr, env: Environment) -> Any:
        if isinstance(node, ast.Constant):
            return self._constant(node.value, env)
        if isinstance(node, ast.Name):
            return self._name(node, env)
        if isinstance(node, ast.Attribute):
            return _imported_type(full_name(node, env))
        if isinstance(node, ast.Subscript):
            return self._subscript(node, env)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return typing.Union[self.evaluate(node.left, env), self.evaluate(node.right, env)]  # noqa: UP007
        raise UnknownAnnotationError

    def _constant(self, value: object, env: Environment) -> Any:
        if value is None:
            return None
        if not isinstance(value, str):
            raise UnknownAnnotationError
        try:
            expression = ast.parse(value.strip(), mode="eval").body
        except SyntaxError:
            raise UnknownAnnotationError from None
        return self.evaluate(expression, env)

    def _name(self, node: ast.Name, env: Environment) -> Any:
        value = env.lookup(node.id)
        if value is None:
            if env.module().has_unknown_names:
                # `from elsewhere import *` can bind any name.
                raise UnknownAnnotationError
            return _imported_type(f"builtins.{node.id}")
        if len(value) == 1:
            (item,) = value
            if isinstance(item, ImportedName):
                return _imported_type(item.name)
            if isinstance(item, Expression):
                return self.evaluate(item.node, item.env)
            if isinstance(item, Class):
                return _enum_values(item)
        raise UnknownAnnotationError

    def _subscript(self, node: ast.Subscript, env: Environment) -> Any:
        generic = self.evaluate(node.value, env)
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if generic is typing.Literal:
            values = tuple(literal_value(part) for part in parts)
            if MISSING in values:
                raise UnknownAnnotationError
            return typing.Literal[values]
        if generic is typing.Annotated:
            metadata = tuple(self._metadata(part, env) for part in parts[1:])
            return typing.Annotated[(self.evaluate(parts[0], env), *metadata)]
        arguments = tuple(... if _is_ellipsis(part) else self.evaluate(part, env) for part in parts)
        return generic[arguments if isinstance(node.slice, ast.Tuple) else arguments[0]]

    def _metadata(self, node: ast.expr, env: Environment) -> Any:
        """Return an item of `Annotated` that is a literal, or a `Meta` of literals."""
        seen = 0
        while isinstance(node, ast.Name) and seen < DEEPEST:
            value = env.lookup(node.id) or ()
            if len(value) != 1 or not isinstance(value[0], Expression):
                break
            node, env = value[0].node, value[0].env
            seen += 1
        if isinstance(node, ast.Call) and full_name(node.func, env) == "msgspec.Meta" and not node.args:
            limits = {keyword.arg or "**": _limit(keyword.value) for keyword in node.keywords}
            if "**" in limits or any(value is MISSING for value in limits.values()):
                raise UnknownAnnotationError
            return import_module("msgspec").Meta(**limits)
        literal = literal_value(node)
        if literal is MISSING:
            raise UnknownAnnotationError
        return literal


def _imported_type(name: str | None) -> Any:
    module, _, attribute = (name or "").replace("typing_extensions.", "typing.").rpartition(".")
    if not is_known_type(module, attribute):
        raise UnknownAnnotationError
    return getattr(import_module(module), attribute)


def _enum_values(definition: Class) -> Any:
    """Return a `Literal` of the values of an enum's members."""
    node = definition.node
    if not any(full_name(base, definition.env) in ENUM_BASES for base in node.bases):
        raise UnknownAnnotationError
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef) and statement.name in ENUM_METHODS:
            raise UnknownAnnotationError
    values = tuple(literal_value(value) for _, value in enum_members(node))
    if not values or not all(isinstance(value, str | int | float | bytes) for value in values):
        raise UnknownAnnotationError
    return typing.Literal[values]


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def _limit(node: ast.expr) -> Any:
    """Return the value of a literal, or of arithmetic with small integers such as `2**32 - 1`."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _limit(node.operand)
        return -value if isinstance(value, int | float) else MISSING
    operation = OPERATORS.get(type(node.op)) if isinstance(node, ast.BinOp) else None
    if operation is None or not isinstance(node, ast.BinOp):
        return literal_value(node)
    left, right = _limit(node.left), _limit(node.right)
    if not isinstance(left, int) or not isinstance(right, int):
        return MISSING
    # The scanner computes the power itself, so it must stay small.
    if operation is pow and not (abs(left) <= 16 and 0 <= right <= 256):
        return MISSING
    return operation(left, right)
