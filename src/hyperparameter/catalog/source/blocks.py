"""Statements that hold others: what a name means after them is what it does after any way through."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from .calls import Calls
from .meanings import Mark, merged

if TYPE_CHECKING:
    from collections.abc import Callable

    from .meanings import Meaning

__all__ = ["Blocks"]


class Blocks(Calls):
    """Visit the statements of one file that hold others."""

    def _body(self, body: list[ast.stmt]) -> None:
        raise NotImplementedError

    def _branches(self, *branches: Callable[[], None], all_skipped: bool = False) -> None:
        """Take each branch from the same start; afterwards a name means what it does in any."""
        env, before, ends = self.env, self.env.names, []
        for branch in branches:
            env.names = dict(before)
            branch()
            ends.append(env.names)
        env.names = merged([*ends, before] if all_skipped else ends)

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        def body() -> None:
            self.bind_each(node.target, node.iter)
            self._body(node.body)

        self._branches(body, all_skipped=True)
        self._body(node.orelse)

    def _while(self, node: ast.While) -> None:
        self.test(node.test)
        self._branches(lambda: self._body(node.body), all_skipped=True)
        self._body(node.orelse)

    def _if(self, node: ast.If) -> None:
        """Visit an `if` with all its `elif`, of which there may be more than recursion could bear."""
        env, before = self.env, self.env.names
        branches: list[dict[str, Meaning]] = []
        rest: list[ast.stmt] = [node]
        while len(rest) == 1 and isinstance(rest[0], ast.If):
            env.names = dict(before)
            one = rest[0]
            self.test(one.test)
            before = dict(env.names)  # a walrus in a test binds for those after it
            self._body(one.body)
            branches.append(env.names)
            rest = one.orelse
        env.names = dict(before)
        self._body(rest)
        env.names = merged([*branches, env.names])

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            meaning = self.use(item.context_expr)
            if item.optional_vars is not None:
                entered = tuple(thing for thing in meaning if thing is Mark.HANDLE)
                self.bind(item.optional_vars, entered)
        self._body(node.body)

    def _try(self, node: Any) -> None:
        def handled(handler: ast.ExceptHandler) -> None:
            if handler.type is not None:
                self.use(handler.type)
            if handler.name:
                self.env.bind(handler.name, ())
            self._body(handler.body)

        branches: list[Callable[[], None]] = [lambda: self._body([*node.body, *node.orelse])]
        branches += [lambda handler=one: handled(handler) for one in node.handlers]  # type: ignore[misc]
        self._branches(*branches)
        self._body(node.finalbody)

    def _match(self, node: ast.Match) -> None:
        self.use(node.subject)

        def taken(case: ast.match_case) -> None:
            for part in ast.walk(case.pattern):
                name = getattr(part, "name", None) or getattr(part, "rest", None)
                if isinstance(name, str):
                    self.env.bind(name, ())
            if case.guard is not None:
                self.test(case.guard)
            self._body(case.body)

        branches: list[Callable[[], None]] = [lambda case=one: taken(case) for one in node.cases]  # type: ignore[misc]
        self._branches(*branches, all_skipped=True)
