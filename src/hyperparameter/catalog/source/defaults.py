"""What a read with a default reads, and how the default is described.

`hp.scope.opt | 0.1` reads one value. `hp.scope.opt | {}` reads everything below `opt`, because its default
is a mapping. If the source does not show what the default is, as in `hp.scope.opt | default`, the read
counts as both: a key that is wrongly unknown stops a program, and a key that is wrongly known does not.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Literal, get_origin

from ...core.value import MISSING
from .annotations import annotation_object, enum_members, is_known_type
from .imports import full_name
from .values import Class, Expression, Text

if TYPE_CHECKING:
    from .environment import Environment

__all__ = ["BOTH", "READ", "enum_default", "read_kinds"]

READ, TREE, BOTH = ("read",), ("tree",), ("read", "tree")
MAPPINGS = (ast.Dict, ast.DictComp)
# Expressions whose value is neither a mapping nor a structure.
PLAIN = (
    ast.Constant,
    ast.JoinedStr,
    ast.Compare,
    ast.UnaryOp,
    ast.Lambda,
    ast.List,
    ast.Tuple,
    ast.Set,
    ast.ListComp,
    ast.SetComp,
    ast.GeneratorExp,
)
PLAIN_CALLS = (
    "abs all any bin bool bytes chr complex float frozenset hash hex int len list max min oct open ord pow "
    "range repr round set sorted str sum tuple"
)
PLAIN_MODULES = ("math", "os", "platform", "string", "sys", "tempfile", "time")
# A name can be assigned to itself.
DEEPEST = 20


def read_kinds(default: ast.expr, env: Environment, depth: int = 0) -> tuple[str, ...]:
    """Return the kinds of declaration that a read with a default makes."""
    if isinstance(default, MAPPINGS):
        return TREE
    if isinstance(default, PLAIN):
        return READ
    if isinstance(default, ast.BinOp):
        is_merge = isinstance(default.op, ast.BitOr) and depth < DEEPEST
        return read_kinds(default.right, env, depth + 1) if is_merge else READ
    if isinstance(default, ast.Call):
        return _kinds_of_call(default, env)
    if isinstance(default, ast.Name):
        return _kinds_of_name(default, env, depth)
    if isinstance(default, ast.Attribute):
        is_enum_member = get_origin(annotation_object(default.value, env)) is Literal
        return READ if is_enum_member or _is_plain(full_name(default, env)) else BOTH
    return BOTH


def enum_default(default: ast.expr, env: Environment) -> tuple[ast.expr, Any]:
    """Return the value of a default that is a member of an enum, and a `Literal` of the values of all members.

    Return any other default as it is, and `MISSING`.
    """
    if not isinstance(default, ast.Attribute) or not isinstance(default.value, ast.Name):
        return default, MISSING
    choices = annotation_object(default.value, env)
    if get_origin(choices) is Literal:
        for item in env.lookup(default.value.id) or ():
            members = enum_members(item.node) if isinstance(item, Class) else ()
            for name, value in members:
                if name == default.attr:
                    return value, choices
    return default, MISSING


def _kinds_of_name(node: ast.Name, env: Environment, depth: int) -> tuple[str, ...]:
    value = env.lookup(node.id) or ()
    if len(value) == 1 and depth < DEEPEST:
        (item,) = value
        if isinstance(item, Expression):
            return read_kinds(item.node, item.env, depth + 1)
        if isinstance(item, Text):
            return READ
    return BOTH


def _kinds_of_call(node: ast.Call, env: Environment) -> tuple[str, ...]:
    is_method_of_text = isinstance(node.func, ast.Attribute) and isinstance(
        node.func.value, ast.Constant | ast.JoinedStr
    )
    if is_method_of_text:
        return READ
    name = full_name(node.func, env)
    if name == "builtins.dict":
        return TREE
    return READ if _is_plain(name) else BOTH


def _is_plain(name: str | None) -> bool:
    """Return whether an imported object, or what it returns, is neither a mapping nor a structure."""
    module, _, last = (name or "").rpartition(".")
    if module == "builtins":
        return last in PLAIN_CALLS.split()
    return module.split(".")[0] in PLAIN_MODULES or is_known_type(module, last)
