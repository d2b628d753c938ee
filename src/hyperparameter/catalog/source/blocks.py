"""Visit statements that contain others. After several branches, a name may have the value of any of them."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING, Any

from .environment import join_names
from .loops import assign_items
from .values import UNKNOWN, LibraryObject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .interpreter import Executors, Interpreter
    from .values import AbstractValue

__all__ = ["EXECUTORS"]


def _execute_branches(
    interpreter: Interpreter, branches: Iterable[Callable[[], None]], *, can_skip_all: bool
) -> None:
    """Visit each branch with the names of the start, and join the names at the ends."""
    env, start = interpreter.env, interpreter.env.names
    ends: list[dict[str, AbstractValue]] = []
    for branch in branches:
        env.names = dict(start)
        branch()
        ends.append(env.names)
    env.names = join_names([*ends, start] if can_skip_all else ends)


def _for(interpreter: Interpreter, node: ast.For | ast.AsyncFor) -> None:
    def body() -> None:
        assign_items(interpreter, node.target, node.iter)
        interpreter.execute(node.body)

    _execute_branches(interpreter, [body], can_skip_all=True)
    interpreter.execute(node.orelse)


def _while(interpreter: Interpreter, node: ast.While) -> None:
    interpreter.test(node.test)
    _execute_branches(interpreter, [partial(interpreter.execute, node.body)], can_skip_all=True)
    interpreter.execute(node.orelse)


def _if(interpreter: Interpreter, node: ast.If) -> None:
    """Visit an `if` and all its `elif` in a loop; recursion would be too deep for a long chain."""
    env, start = interpreter.env, interpreter.env.names
    ends: list[dict[str, AbstractValue]] = []
    rest: list[ast.stmt] = [node]
    while len(rest) == 1 and isinstance(rest[0], ast.If):
        branch = rest[0]
        env.names = dict(start)
        interpreter.test(branch.test)
        # An assignment expression in a test binds a name for the branches below it, too.
        start = dict(env.names)
        interpreter.execute(branch.body)
        ends.append(env.names)
        rest = branch.orelse
    env.names = dict(start)
    interpreter.execute(rest)
    env.names = join_names([*ends, env.names])


def _with(interpreter: Interpreter, node: ast.With | ast.AsyncWith) -> None:
    for item in node.items:
        value = interpreter.use_here(item.context_expr)
        if item.optional_vars is not None:
            scopes = tuple(scope for scope in value if scope is LibraryObject.ENTERED_SCOPE)
            interpreter.assign(item.optional_vars, scopes)
    interpreter.execute(node.body)


def _try(interpreter: Interpreter, node: Any) -> None:
    branches = [partial(interpreter.execute, [*node.body, *node.orelse])]
    branches += [partial(_handler, interpreter, handler) for handler in node.handlers]
    _execute_branches(interpreter, branches, can_skip_all=False)
    interpreter.execute(node.finalbody)


def _handler(interpreter: Interpreter, handler: ast.ExceptHandler) -> None:
    if handler.type is not None:
        interpreter.use(handler.type)
    if handler.name:
        interpreter.env.bind(handler.name, UNKNOWN)
    interpreter.execute(handler.body)


def _match(interpreter: Interpreter, node: ast.Match) -> None:
    interpreter.use(node.subject)
    branches = [partial(_case, interpreter, case) for case in node.cases]
    _execute_branches(interpreter, branches, can_skip_all=True)


def _case(interpreter: Interpreter, case: ast.match_case) -> None:
    for pattern in ast.walk(case.pattern):
        name = getattr(pattern, "name", None) or getattr(pattern, "rest", None)
        if isinstance(name, str):
            interpreter.env.bind(name, UNKNOWN)
    if case.guard is not None:
        interpreter.test(case.guard)
    interpreter.execute(case.body)


EXECUTORS: Executors = {
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.If: _if,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.Match: _match,
}
