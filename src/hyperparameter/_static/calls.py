"""What calls mean: reads with a default, scopes, decorating, and what passes references on."""

from __future__ import annotations

import ast
from typing import Any

from .loops import Loops
from .meanings import HOLE, Def, Expr, Mark, Meaning, Method, ParamOf, Ref, Text, united
from .texts import formatted

__all__ = ["Calls"]

MAPPINGS = (ast.Dict, ast.DictComp)


class Calls(Loops):
    """Visit the calls of one file, and the reads that have a default."""

    def _call(self, node: ast.Call) -> Meaning:
        function = self.value(node.func)
        known = self._known_call(node, function)
        if known is not None:
            return known
        refs = tuple(thing for thing in function if type(thing) is Ref)
        if refs and not node.keywords and len(node.args) < 2:
            self._read_by_call(node, refs)
            return ()
        meanings = [self.value(argument) for argument in node.args]
        for keyword in node.keywords:
            self.use(keyword.value)
        made: list[Meaning] = [self._made(node, thing, meanings) for thing in function]
        declares = any(type(thing) is ParamOf or thing is Mark.PARAM for thing in function)
        if not declares:
            for argument, meaning in zip(node.args, meanings, strict=True):
                self.read(argument, meaning, ("read", "tree"))
        return united(made) if made else ()

    def _read_by_call(self, node: ast.Call, refs: Meaning) -> None:
        if not node.args:
            self.read(node, refs, ("read", "tree"))
        else:
            self._read_with(node, refs, node.args[0])

    def _read_with(self, node: ast.expr, refs: Meaning, default: ast.expr) -> None:
        self.use(default)
        self.read(node, refs, self._kinds(default), default)

    def _kinds(self, default: ast.expr) -> tuple[str, ...]:
        """Tell what a read with a default reads: a mapping asks for what lies beneath the key."""
        if isinstance(default, MAPPINGS):
            return ("tree",)
        if isinstance(default, ast.Name):
            found = self.env.find(default.id) or ()
            if any(isinstance(thing, Expr) and isinstance(thing.node, MAPPINGS) for thing in found):
                return ("tree",)
        if isinstance(default, ast.Call) and isinstance(default.func, ast.Name):
            found = self.env.find(default.func.id) or ()
            if default.func.id == "dict" and not found:
                return ("tree",)
            if any(isinstance(thing, Def) and isinstance(thing.node, ast.ClassDef) for thing in found):
                return ("read", "tree")  # an object that can be made from the keys beneath
        return ("read",)

    def _known_call(self, node: ast.Call, function: Meaning) -> Meaning | None:
        """Return what a call of some functions that handle references gives, None for any other."""
        arguments = node.args
        if isinstance(node.func, ast.Name) and not function and not node.keywords:
            if node.func.id == "bool" and len(arguments) == 1:
                self.test(arguments[0])
                return ()
            if node.func.id == "getattr" and len(arguments) == 2:
                return self._item(node, self.value(arguments[0]), self._texts(arguments[1]))
        if isinstance(node.func, ast.Attribute):
            name = node.func.attr
            if name in ("enter_context", "enter_async_context") and len(arguments) == 1:
                return self.use(arguments[0])
            if name == "format" and isinstance(node.func.value, ast.Constant):
                self._arguments(node)
                return formatted(node.func.value.value)
        return None

    def _arguments(self, node: ast.Call) -> None:
        for argument in node.args:
            self.use(argument)
        for keyword in node.keywords:
            self.use(keyword.value)

    def _made(self, node: ast.Call, called: Any, meanings: list[Meaning]) -> Meaning:
        if called is Mark.SCOPE or (type(called) is Method and called.name != "frozen"):
            return (Mark.HANDLE,)
        if called is Mark.PARAM:
            if not meanings or (isinstance(node.args[0], ast.Constant) and node.args[0].value is None):
                return (ParamOf(None),)
            definitions = self._definitions(node.args[0], meanings[0])
            if definitions:
                return self._declare_all(definitions, None)
            texts = [thing.text for thing in meanings[0] if type(thing) is Text]
            return tuple(ParamOf(text) for text in texts or [HOLE])
        if type(called) is ParamOf and meanings:
            return self._declare_all(self._definitions(node.args[0], meanings[0]), called.namespace)
        return ()

    def _definitions(self, node: ast.expr, meaning: Meaning) -> tuple[Def, ...]:
        if isinstance(node, ast.Lambda):
            return (Def(node, self.env, self.env),)
        return tuple(thing for thing in meaning if isinstance(thing, Def))

    def _declare_all(self, definitions: tuple[Def, ...], namespace: str | None) -> Meaning:
        for definition in definitions:
            self.declare(definition, namespace)
        return definitions

    def declare(self, definition: Def, namespace: str | None) -> None:
        """Note what a decorated function or class declares."""
        raise NotImplementedError
