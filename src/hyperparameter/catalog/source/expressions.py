"""What an expression means, and what it reads on the way.

`value` follows a reference; `use` is for one that goes where it cannot be followed, and `test`
for one whose truth is asked for.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from ...core.frame import MISSING
from ..declaration import Declaration
from .meanings import (
    HOLE,
    LONGEST_TEXT,
    ROOT_METHODS,
    SCOPE_METHODS,
    Def,
    Dotted,
    Env,
    Instance,
    Mark,
    Meaning,
    Method,
    Ref,
    Text,
    beneath,
    bounded,
    imported,
    source,
    united,
)
from .texts import joined, percent_formatted
from .types import literal, valued

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Expressions"]

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Expressions:
    """Visit the expressions of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Declaration] = []
        self.env = Env()
        self.line = 1
        self.later: list[Callable[[], None]] = []  # what is looked at once all names around it are known
        self.loaded: set[str] = set()
        self.decorated: set[ast.AST] = set()
        self.again = 0  # bodies of functions that are visited once more
        self.is_news = False  # has an attribute that was asked for before been assigned what can be followed?
        self._missed: set[str] = set()
        self._visits: dict[type[ast.expr], Callable[[Any], Meaning]] = {
            ast.Name: self._name,
            ast.Constant: self._constant,
            ast.Attribute: self._attribute,
            ast.Subscript: self._subscript,
            ast.Call: self._call,
            ast.BinOp: self._operation,
            ast.BoolOp: self._either,
            ast.IfExp: self._choice,
            ast.UnaryOp: self._unary,
            ast.NamedExpr: self._walrus,
            ast.JoinedStr: self._joined,
            ast.Lambda: self._lambda,
            ast.Compare: self._compare,
            **dict.fromkeys(COMPREHENSIONS, self._comprehension),
        }

    def value(self, node: ast.expr) -> Meaning:
        """Return what an expression means, a reference not yet read."""
        visit = self._visits.get(type(node))
        if visit is not None:
            return visit(node)
        self._parts(node)
        return ()

    def use(self, node: ast.expr) -> Meaning:
        """Return what an expression means whose value goes where it cannot be followed."""
        meaning = self.value(node)
        self.read(node, meaning, ("read", "tree"))
        return meaning

    def test(self, node: ast.expr) -> Meaning:
        """Return what an expression means whose truth is asked for."""
        meaning = self.value(node)
        self.read(node, meaning, ("read",))
        return meaning

    def read(
        self,
        node: ast.expr,
        meaning: Meaning,
        kinds: tuple[str, ...],
        default: ast.expr | None = None,
        required: bool = False,
    ) -> None:
        """Note the references among what is meant as read."""
        if not meaning:
            return
        keys = [thing.key for thing in meaning if type(thing) is Ref and thing.key.strip("*.")]
        if not keys:
            return
        like, wanted, text, named = MISSING, MISSING, None, ""
        if default is not None:
            written, wanted = valued(default, self.env)
            like, text = literal(default), source(written)
            if wanted is not MISSING and isinstance(default, ast.Attribute):
                named = source(default.value)  # the Enum that it is a member of
            elif like is not MISSING and like is not None:
                named = type(like).__name__
        place, owner = f"{self.file}:{node.lineno}", self.env.qualname
        for key in keys:
            for kind in kinds:
                self.found.append(Declaration(key, kind, place, owner, text, named, "", wanted, like, required))

    def bind(self, target: ast.expr, meaning: Meaning) -> None:
        """Let the names of a target mean something; what is assigned in other ways is only visited."""
        if isinstance(target, ast.Name):
            self.env.bind(target.id, meaning)
        elif isinstance(target, ast.Tuple | ast.List):
            for part in target.elts:
                self.bind(part, ())
        elif isinstance(target, ast.Starred):
            self.bind(target.value, ())
        elif isinstance(target, ast.Attribute | ast.Subscript):
            base = self.value(target.value)
            if isinstance(target, ast.Subscript):
                self.use(target.slice)
            else:
                self._keep_attribute(base, target.attr, meaning)

    def _parts(self, node: ast.AST) -> None:
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.expr):
                self.use(part)
            elif not isinstance(part, ast.expr_context):
                self._parts(part)

    def _name(self, node: ast.Name) -> Meaning:
        self.loaded.add(node.id)
        return self.env.find(node.id) or ()

    def _constant(self, node: ast.Constant) -> Meaning:
        value = node.value
        if type(value) is str and len(value) <= LONGEST_TEXT and HOLE not in value:
            return (Text(value),)
        return ()

    def _attribute(self, node: ast.Attribute) -> Meaning:
        base, name = self.value(node.value), node.attr
        found = tuple(made for thing in base for made in _attribute_of(thing, name))
        if base and not found:
            self._missed.add(name)
        return found

    def _keep_attribute(self, base: Meaning, name: str, meaning: Meaning) -> None:
        """Note what is assigned to an attribute of an instance, which may be assigned more than once."""
        followed = tuple(thing for thing in meaning if isinstance(thing, Mark | Ref))
        for thing in base if followed else ():
            if isinstance(thing, Instance):
                before = thing.env.attributes.get(name, ())
                thing.env.attributes[name] = united((before, followed))
                self.is_news = self.is_news or (name in self._missed and thing.env.attributes[name] != before)

    def _subscript(self, node: ast.Subscript) -> Meaning:
        base = self.value(node.value)
        return self._item(node, base, self._texts(node.slice))

    def _item(self, node: ast.expr, base: Meaning, texts: list[str]) -> Meaning:
        found: list[Ref] = []
        for thing in base:
            if thing is Mark.SCOPE or thing is Mark.HANDLE or type(thing) is Ref:
                above = thing.key if type(thing) is Ref else ""
                keys = [key for key in (beneath(above, text) for text in texts) if key]
                refs = tuple(Ref(key) for key in keys)
                if thing is Mark.HANDLE:
                    self.read(node, refs, ("read", "tree"), required=True)  # of a scope, an item is the value
                else:
                    found.extend(refs)
        return bounded(found)

    def _texts(self, node: ast.expr) -> list[str]:
        """Return the texts that an index can be, none for what is no key."""
        meaning = self.use(node)
        if isinstance(node, ast.Constant) and not isinstance(node.value, str):
            return [str(node.value)] if type(node.value) is int else []
        return [thing.text for thing in meaning if type(thing) is Text] or [HOLE]

    def _call(self, node: ast.Call) -> Meaning:
        raise NotImplementedError

    def _read_with(self, node: ast.expr, refs: Meaning, default: ast.expr) -> None:
        raise NotImplementedError

    def _operation(self, node: ast.BinOp) -> Meaning:
        """Visit an operation; what is at the left of a long chain is not visited by recursion."""
        chain = [node]
        while isinstance(chain[-1].left, ast.BinOp):
            chain.append(chain[-1].left)
        meaning = self.value(chain[-1].left)
        left: ast.expr = chain[-1].left
        for one in reversed(chain):
            meaning = self._operated(one, left, meaning)
            left = one
        return meaning

    def _operated(self, node: ast.BinOp, left: ast.expr, meaning: Meaning) -> Meaning:
        if isinstance(node.op, ast.BitOr) and any(type(thing) is Ref for thing in meaning):
            self._read_with(node, meaning, node.right)
            return ()
        self.read(left, meaning, ("read", "tree"))
        right = self.use(node.right)
        if isinstance(node.op, ast.Add):
            return joined([meaning, right])
        if isinstance(node.op, ast.Mod) and isinstance(left, ast.Constant) and isinstance(left.value, str):
            return percent_formatted(left.value)
        return ()

    def _either(self, node: ast.BoolOp) -> Meaning:
        *first, last = node.values
        return united([*(self.test(one) for one in first), self.value(last)])

    def _choice(self, node: ast.IfExp) -> Meaning:
        self.test(node.test)
        return united([self.value(node.body), self.value(node.orelse)])

    def _unary(self, node: ast.UnaryOp) -> Meaning:
        if isinstance(node.op, ast.Not):
            self.test(node.operand)
        else:
            self.use(node.operand)
        return ()

    def _compare(self, node: ast.Compare) -> Meaning:
        texts = self.use(node.left)
        for operator, right in zip(node.ops, node.comparators, strict=True):
            if Mark.HANDLE in self.use(right) and isinstance(operator, ast.In | ast.NotIn):
                keys = (beneath("", thing.text) for thing in texts if type(thing) is Text)
                self.read(node, tuple(Ref(key) for key in keys if key), ("read",))
        return ()

    def _walrus(self, node: ast.NamedExpr) -> Meaning:
        meaning = self.value(node.value)
        self.bind(node.target, meaning)
        return meaning

    def _joined(self, node: ast.JoinedStr) -> Meaning:
        parts: list[Meaning] = []
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                meaning = self.use(part.value)
                if part.format_spec is not None:
                    self.use(part.format_spec)
                plain = part.format_spec is None and part.conversion == -1
                parts.append(meaning if plain else ())
            else:
                parts.append(self.value(part))
        return joined(parts)

    def _lambda(self, node: ast.Lambda) -> Meaning:
        raise NotImplementedError

    def _comprehension(self, node: Any) -> Meaning:
        raise NotImplementedError


def _attribute_of(thing: Any, name: str) -> Meaning:
    if isinstance(thing, Dotted):
        return (
            imported(thing.name, name) if thing.name == "hyperparameter" else (Dotted(f"{thing.name}.{name}"),)
        )
    if name[:2] == "__" and name[-2:] == "__":
        return ()  # Python's, and no parameter
    if isinstance(thing, Instance):
        return thing.env.member(name, of_instance=True)
    if isinstance(thing, Def) and isinstance(thing.node, ast.ClassDef):
        return thing.inner.member(name, of_instance=False)
    if type(thing) is Text and name == "value":
        return (thing,)  # of a member of an Enum
    if type(thing) is Ref:
        return (Ref(f"{thing.key}.{name}"),)
    if thing is Mark.SCOPE:
        return (Method(name),) if name in ROOT_METHODS else (Ref(name),)
    if thing is Mark.HANDLE and name not in SCOPE_METHODS:
        return (Ref(name),)
    return ()
