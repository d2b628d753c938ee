"""What the names of a loop mean, whose items stand in the source."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from .expressions import Expressions
from .meanings import Env, Expr, Meaning, Ref, Text, dotted, united

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Loops"]

DISPLAYS = (ast.Tuple, ast.List, ast.Set)
SAME_ITEMS = tuple(f"builtins.{name}" for name in ("list", "reversed", "set", "sorted", "tuple"))
UNKNOWN = ast.Constant(None)  # no text, so it stands for what is not known


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
        if not isinstance(node, DISPLAYS):
            self.use(node)
        if items is None:
            self.bind(target, ())
            return
        parts = [item.elts for item in items if isinstance(item, ast.Tuple | ast.List)]
        names = target.elts if isinstance(target, ast.Tuple | ast.List) else []
        if names and parts and len(parts) == len(items) and all(len(part) == len(names) for part in parts):
            for name, column in zip(names, zip(*parts, strict=True), strict=True):
                self.bind(name, self._any_of(column))
        else:
            self.bind(target, self._any_of(items))

    def _items(self, node: ast.expr) -> list[ast.expr] | None:
        """Return the items of an iterable as they stand in the source, None where they do not."""
        if isinstance(node, DISPLAYS):
            return node.elts
        name = dotted(node.func, self.env) if isinstance(node, ast.Call) else None
        if isinstance(node, ast.Call) and node.args:
            items = self._items(node.args[0]) if name in SAME_ITEMS or name == "builtins.enumerate" else None
            is_counted = items is not None and name == "builtins.enumerate"
            return [_pair(UNKNOWN, item) for item in items or ()] if is_counted else items
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            keys = self._keys(node.func.value)
            if keys is not None and node.func.attr in ("items", "keys"):
                return keys if node.func.attr == "keys" else [_pair(key, UNKNOWN) for key in keys]
            return None
        made = self._assigned(node)
        if isinstance(made, ast.Tuple) and all(isinstance(one, ast.Constant) for one in made.elts):
            return made.elts  # those of a list may be others by now
        return self._keys(node)

    def _keys(self, node: ast.expr) -> list[ast.expr] | None:
        """Return the keys of a dict that are constants, and for any others one that is unknown."""
        made = self._assigned(node)
        if not isinstance(made, ast.Dict):
            return None
        keys: list[ast.expr] = [key for key in made.keys if isinstance(key, ast.Constant)]
        is_whole = made is node and len(keys) == len(made.keys)  # to one that has a name others may be added
        return keys if is_whole else [*keys, UNKNOWN]

    def _assigned(self, node: ast.expr) -> ast.expr:
        """Return what was assigned to a name, anything else as it is."""
        found = (self.env.find(node.id) or ()) if isinstance(node, ast.Name) else ()
        return found[0].node if len(found) == 1 and isinstance(found[0], Expr) else node

    def _any_of(self, nodes: Iterable[ast.expr]) -> Meaning:
        found = united(self.value(node) for node in nodes)
        return tuple(thing for thing in found if type(thing) is Ref or type(thing) is Text)


def _pair(first: ast.expr, second: ast.expr) -> ast.expr:
    return ast.Tuple([first, second], ast.Load())
