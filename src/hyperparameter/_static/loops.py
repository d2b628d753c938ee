"""What the names of a loop mean, whose items stand in the source."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from .expressions import Expressions
from .meanings import Env, Expr, Meaning, Ref, Text, united

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Loops"]


class Loops(Expressions):
    """Visit the comprehensions of one file, and bind the targets of its loops."""

    def _comprehension(self, node: Any) -> Meaning:
        outer = self.env
        self.env = Env(outer, outer.qualname)
        for generator in node.generators:
            self.bind_each(generator.target, generator.iter)
            for condition in generator.ifs:
                self.test(condition)
        for part in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
            self.use(part)
        self.env = outer
        return ()

    def bind_each(self, target: ast.expr, node: ast.expr) -> None:
        """Let a target mean what the items of an iterable do, where they stand there."""
        items = self._items(node)
        if items is None:
            self.use(node)
            self.bind(target, ())
            return
        parts = [item.elts for item in items if isinstance(item, ast.Tuple | ast.List)]
        names = target.elts if isinstance(target, ast.Tuple | ast.List) else []
        if names and len(parts) == len(items) and all(len(part) == len(names) for part in parts):
            for name, column in zip(names, zip(*parts, strict=True), strict=True):
                self.bind(name, self._any_of(column))
        else:
            self.bind(target, self._any_of(items))

    def _items(self, node: ast.expr) -> list[ast.expr] | None:
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            return node.elts
        found = self.env.find(node.id) if isinstance(node, ast.Name) else None
        for thing in found or ():
            if len(found or ()) == 1 and isinstance(thing, Expr) and isinstance(thing.node, ast.Tuple):
                elements = thing.node.elts  # those of a list may be others by now
                return elements if all(isinstance(one, ast.Constant) for one in elements) else None
        return None

    def _any_of(self, nodes: Iterable[ast.expr]) -> Meaning:
        found = united(self.value(node) for node in nodes)
        return tuple(thing for thing in found if type(thing) is Ref or type(thing) is Text)
