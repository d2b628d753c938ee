"""What a read with a default reads: one value, or all that lies beneath the key.

Which it is follows from what the default is. Where that cannot be told it is taken for both, as a
key that is taken for unknown stops a program, and one that is taken for known does not.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Literal, get_origin

from .meanings import Expr, Text, dotted
from .types import KNOWN, wanted

if TYPE_CHECKING:
    from .meanings import Env

__all__ = ["BOTH", "kinds_of"]

READ, TREE, BOTH = ("read",), ("tree",), ("read", "tree")
MAPPINGS = (ast.Dict, ast.DictComp)
PLAIN = (
    *(ast.Constant, ast.JoinedStr, ast.Compare, ast.UnaryOp, ast.Lambda),
    *(ast.List, ast.Tuple, ast.Set, ast.ListComp, ast.SetComp, ast.GeneratorExp),
)
PLAIN_CALLS = """
    abs all any bin bool bytes chr complex float frozenset hash hex int len list max min oct open ord pow range
    repr round set sorted str sum tuple
""".split()  # noqa: SIM905
PLAIN_MODULES = ("math", "os", "platform", "string", "sys", "tempfile", "time")
DEEPEST = 20  # a name can be assigned to itself


def kinds_of(node: ast.expr, env: Env, depth: int = 0) -> tuple[str, ...]:
    """Return the kinds of read that a default makes."""
    if isinstance(node, MAPPINGS):
        return TREE
    if isinstance(node, PLAIN):
        return READ
    if isinstance(node, ast.BinOp):
        is_merge = isinstance(node.op, ast.BitOr) and depth < DEEPEST
        return kinds_of(node.right, env, depth + 1) if is_merge else READ
    if isinstance(node, ast.Call):
        return _of_call(node, env)
    if isinstance(node, ast.Name):
        return _of_name(node, env, depth)
    if isinstance(node, ast.Attribute):
        is_member = get_origin(wanted(node.value, env)) is Literal  # of an Enum
        return READ if is_member or _is_plain(dotted(node, env)) else BOTH
    return BOTH


def _of_name(node: ast.Name, env: Env, depth: int) -> tuple[str, ...]:
    found = env.find(node.id) or ()
    if len(found) == 1 and depth < DEEPEST:
        (thing,) = found
        if isinstance(thing, Expr):
            return kinds_of(thing.node, thing.env, depth + 1)
        if isinstance(thing, Text):
            return READ
    return BOTH


def _of_call(node: ast.Call, env: Env) -> tuple[str, ...]:
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Constant | ast.JoinedStr):
        return READ  # a method of a text
    name = dotted(node.func, env)
    if name == "builtins.dict":
        return TREE
    return READ if _is_plain(name) else BOTH


def _is_plain(name: str | None) -> bool:
    """Tell whether what is called so is, or gives, what is no mapping and is not made of several keys."""
    module, _, last = (name or "").rpartition(".")
    if module == "builtins":
        return last in PLAIN_CALLS
    return module.split(".")[0] in PLAIN_MODULES or last in KNOWN.get(module, "").split()
