"""What calls mean: reads with a default, scopes, decorating, and what passes references on."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from .defaults import kinds_of
from .loops import Loops
from .meanings import HOLE, Def, Instance, Mark, Meaning, Method, ParamOf, Ref, Text, united
from .texts import formatted, put_between

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Calls"]

SCOPES = (Mark.SCOPE, Mark.HANDLE)
DECLARING = (Mark.PARAM, Mark.LAUNCH)
MOST_AGAIN = 1000  # bodies of functions that are visited again, as what they are called with is a scope


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
        by_name = [(keyword.arg or "**", self.use(keyword.value)) for keyword in node.keywords]
        called = [thing for thing in function if isinstance(thing, Def)]
        if called:
            self._pass_scopes(called, node.args, meanings, by_name)
        made: list[Meaning] = [self._made(node, thing, meanings) for thing in function]
        if not any(type(thing) is ParamOf or thing in DECLARING for thing in function):
            for argument, meaning in zip(node.args, meanings, strict=True):
                self.read(argument, meaning, ("read", "tree"))
        return united(made) if made else ()

    def _read_by_call(self, node: ast.Call, refs: Meaning) -> None:
        if not node.args:
            self.read(node, refs, ("read", "tree"), required=True)
        else:
            self._read_with(node, refs, node.args[0])

    def _read_with(self, node: ast.expr, refs: Meaning, default: ast.expr) -> None:
        self.use(default)
        self.read(node, refs, kinds_of(default, self.env), default)

    def _known_call(self, node: ast.Call, function: Meaning) -> Meaning | None:
        """Return what a call of some functions that handle references gives, None for any other."""
        arguments = node.args
        if isinstance(node.func, ast.Name) and not function and not node.keywords:
            if node.func.id == "bool" and len(arguments) == 1:
                self.test(arguments[0])
                return ()
            if node.func.id == "getattr" and len(arguments) in (2, 3):
                found = self._item(node, self.value(arguments[0]), self._texts(arguments[1]))
                return united([found, *(self.value(one) for one in arguments[2:])])
        if isinstance(node.func, ast.Attribute):
            name = node.func.attr
            if name in ("enter_context", "enter_async_context") and len(arguments) == 1:
                return self.use(arguments[0])
            if name in ("format", "join") and isinstance(node.func.value, ast.Constant):
                return self._text_made(node, name, node.func.value.value)
        return None

    def _text_made(self, node: ast.Call, method: str, text: object) -> Meaning:
        for keyword in node.keywords:
            self.use(keyword.value)
        if method == "format":
            return formatted(text, [self.use(argument) for argument in node.args])
        if len(node.args) == 1 and isinstance(node.args[0], ast.List | ast.Tuple):
            return put_between(text, [self.use(item) for item in node.args[0].elts])
        for argument in node.args:
            self.use(argument)
        return ()

    def _pass_scopes(
        self,
        called: list[Def],
        written: list[ast.expr],
        meanings: list[Meaning],
        by_name: list[tuple[str, Meaning]],
    ) -> None:
        """Let functions read from the scopes that they are called with.

        A reference need not be followed: it counts as read where it is passed on.
        """
        given: dict[str | int, Meaning] = dict(by_name)
        if not any(isinstance(argument, ast.Starred) for argument in written):
            given |= enumerate(meanings)
        scopes = {place: tuple(thing for thing in one if thing in SCOPES) for place, one in given.items()}
        scopes = {place: one for place, one in scopes.items() if one}
        for one in called if scopes else ():
            self._give(one, scopes)

    def _give(self, called: Def, given: Mapping[str | int, Meaning]) -> None:
        """Let the arguments of a function mean more than before, and have its body visited again."""
        if isinstance(called.node, ast.ClassDef):
            for thing in called.inner.member("__init__", of_instance=True):
                if isinstance(thing, Def) and not isinstance(thing.node, ast.ClassDef):
                    self._give(thing, given)
            return
        inner, arguments = called.inner, called.node.args
        names = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
        if names and any(isinstance(thing, Instance) for thing in inner.given.get(names[0], ())):
            del names[0]
        is_news = False
        for place, meaning in given.items():
            name = place if isinstance(place, str) else names[place] if place < len(names) else ""
            before = inner.given.get(name)
            if before is not None and not set(meaning) <= set(before):
                inner.given[name] = united((before, meaning))
                is_news = True
        if is_news and inner.visit is not None and self.again < MOST_AGAIN:
            self.again += 1
            self.later.append(inner.visit)

    def _made(self, node: ast.Call, called: Any, meanings: list[Meaning]) -> Meaning:
        if called is Mark.SCOPE or (type(called) is Method and called.name != "frozen"):
            return (Mark.HANDLE,)
        if isinstance(called, Def) and isinstance(called.node, ast.ClassDef):
            return (Instance(called.inner),)
        if called is Mark.LAUNCH:
            self._declare_launched(meanings)
            return ()
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

    def _declare_launched(self, meanings: list[Meaning]) -> None:
        """Note what `hp.launch` decorates itself, as nothing else does."""
        for definition in (thing for meaning in meanings for thing in meaning if isinstance(thing, Def)):
            if definition.node not in self.decorated:
                self.declare(definition, None)

    def _declare_all(self, definitions: tuple[Def, ...], namespace: str | None) -> Meaning:
        for definition in definitions:
            self.declare(definition, namespace)
        return definitions

    def declare(self, definition: Def, namespace: str | None) -> None:
        """Note what a decorated function or class declares."""
        raise NotImplementedError
