"""Evaluate comprehensions, and bind the targets of loops to the items that are written in the source.

After `for key in ("a.b", "a.c")` the name `key` may be either text, so `hp.scope[key]` may be either reference.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from .environment import Environment
from .imports import full_name
from .values import UNKNOWN, Expression, Reference, Text, join, reads_any_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .interpreter import Evaluators, Interpreter
    from .values import AbstractValue

__all__ = ["EVALUATORS", "assign_items"]

DISPLAYS = (ast.Tuple, ast.List, ast.Set)
# Functions that return the items of their argument, in some order.
SAME_ITEMS = tuple(f"builtins.{name}" for name in ("list", "reversed", "set", "sorted", "tuple"))
# This constant is neither a text nor a reference, so its value is unknown.
UNKNOWN_ITEM = ast.Constant(None)


def assign_items(interpreter: Interpreter, target: ast.expr, iterable: ast.expr) -> None:
    """Bind the target of a loop to the items of an iterable."""
    items = _items(interpreter.env, iterable)
    if not isinstance(iterable, DISPLAYS):
        interpreter.use(iterable)
    if items is None:
        interpreter.assign(target, UNKNOWN)
        return
    rows = [item.elts for item in items if isinstance(item, ast.Tuple | ast.List)]
    names = target.elts if isinstance(target, ast.Tuple | ast.List) else []
    if names and rows and len(rows) == len(items) and all(len(row) == len(names) for row in rows):
        for name, column in zip(names, zip(*rows, strict=True), strict=True):
            interpreter.assign(name, _any_of(interpreter, column))
    else:
        interpreter.assign(target, _any_of(interpreter, items))


def _comprehension(interpreter: Interpreter, node: Any) -> AbstractValue:
    outer = interpreter.env
    interpreter.env = Environment(outer, outer.qualname)
    for generator in node.generators:
        assign_items(interpreter, generator.target, generator.iter)
        for condition in generator.ifs:
            interpreter.test(condition)
    for part in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
        interpreter.use(part)
    interpreter.env = outer
    return UNKNOWN


def _items(env: Environment, iterable: ast.expr) -> list[ast.expr] | None:
    """Return the items of an iterable as expressions, or None if they are not written in the source."""
    if isinstance(iterable, DISPLAYS):
        return iterable.elts
    if isinstance(iterable, ast.Call):
        return _items_of_call(env, iterable)
    assigned = _assigned(env, iterable)
    # A tuple cannot change after its assignment, but a list can.
    if isinstance(assigned, ast.Tuple) and all(isinstance(item, ast.Constant) for item in assigned.elts):
        return assigned.elts
    return _dict_keys(env, iterable)


def _items_of_call(env: Environment, call: ast.Call) -> list[ast.expr] | None:
    if call.args:
        name = full_name(call.func, env)
        if name in SAME_ITEMS:
            return _items(env, call.args[0])
        items = _items(env, call.args[0]) if name == "builtins.enumerate" else None
        return None if items is None else [_pair(UNKNOWN_ITEM, item) for item in items]
    if isinstance(call.func, ast.Attribute) and call.func.attr in ("items", "keys"):
        keys = _dict_keys(env, call.func.value)
        if keys is not None and call.func.attr == "items":
            return [_pair(key, UNKNOWN_ITEM) for key in keys]
        return keys
    return None


def _dict_keys(env: Environment, node: ast.expr) -> list[ast.expr] | None:
    """Return the constant keys of a dict, and an unknown one if it may have others."""
    assigned = _assigned(env, node)
    if not isinstance(assigned, ast.Dict):
        return None
    keys: list[ast.expr] = [key for key in assigned.keys if isinstance(key, ast.Constant)]
    # The program can add keys to a dict that has a name.
    is_complete = assigned is node and len(keys) == len(assigned.keys)
    return keys if is_complete else [*keys, UNKNOWN_ITEM]


def _assigned(env: Environment, node: ast.expr) -> ast.expr:
    """Return the expression that was assigned to a name, and any other expression as it is."""
    value = (env.lookup(node.id) or UNKNOWN) if isinstance(node, ast.Name) else UNKNOWN
    return value[0].node if len(value) == 1 and isinstance(value[0], Expression) else node


def _any_of(interpreter: Interpreter, nodes: Iterable[ast.expr]) -> AbstractValue:
    value = join(interpreter.evaluate(node) for node in nodes)
    return tuple(item for item in value if type(item) is Reference or type(item) is Text or reads_any_key(item))


def _pair(first: ast.expr, second: ast.expr) -> ast.expr:
    return ast.Tuple([first, second], ast.Load())


EVALUATORS: Evaluators = dict.fromkeys(
    (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp), _comprehension
)
