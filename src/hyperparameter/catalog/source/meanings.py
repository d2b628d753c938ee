"""What names and expressions stand for, as far as it can be told without running them.

An expression means one of several things, as a name may be assigned in more than one branch;
it is unknown where it means none.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from ...core.key import check_key
from ...errors import LONGEST_VALUE, KeySyntaxError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = [
    "HOLE",
    "LONGEST_TEXT",
    "MOST",
    "ROOT_METHODS",
    "SCOPE_METHODS",
    "Def",
    "Dotted",
    "Env",
    "Expr",
    "Instance",
    "Mark",
    "Meaning",
    "Method",
    "ParamOf",
    "Ref",
    "Text",
    "beneath",
    "bounded",
    "dotted",
    "imported",
    "merged",
    "source",
    "united",
]

HOLE = "\0"  # stands in a text for what is made at run time; no key can have it
MOST = 64  # meanings of one expression that are followed
LONGEST_TEXT = 1000  # characters of a text that could be a key

SCOPE_METHODS = frozenset(("keys", "update", "clear"))
ROOT_METHODS = frozenset(("current", "empty", "frozen", "init"))


class Mark(Enum):
    """Name what there is one of."""

    SCOPE = "hp.scope"
    SCOPE_CLASS = "hp.Scope"
    PARAM = "hp.param"
    LAUNCH = "hp.launch"
    HANDLE = "a scope"  # reads through any name the same keys, so one stands for all


@dataclass(frozen=True, slots=True)
class Dotted:
    """Name what is imported."""

    name: str


@dataclass(frozen=True, slots=True)
class Method:
    """Name a method of `hp.scope`."""

    name: str


@dataclass(frozen=True, slots=True)
class ParamOf:
    """Be `hp.param("ns")`: None for a namespace that is the function's own name."""

    namespace: str | None


@dataclass(frozen=True, slots=True)
class Ref:
    """Be a reference to a key."""

    key: str


@dataclass(frozen=True, slots=True)
class Text:
    """Be a text, with a `HOLE` for each part that is made at run time."""

    text: str


@dataclass(frozen=True, slots=True)
class Def:
    """Be a function or class of the same file."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
    env: Env  # that it stands in
    inner: Env  # that its body stands in


@dataclass(frozen=True, slots=True)
class Expr:
    """Be the value of an expression that nothing is known of here: it may be an annotation."""

    node: ast.expr
    env: Env


@dataclass(frozen=True, slots=True)
class Instance:
    """Be an instance of a class of the same file."""

    env: Env


Thing: TypeAlias = Mark | Dotted | Method | ParamOf | Ref | Text | Def | Expr | Instance
Meaning: TypeAlias = tuple[Thing, ...]


class Env:
    """Hold the names of a module, function or class."""

    __slots__ = ("attributes", "bases", "elsewhere", "given", "is_class", "names", "outer", "qualname", "visit")

    def __init__(self, outer: Env | None = None, qualname: str = "", is_class: bool = False) -> None:
        self.outer = outer
        self.qualname = qualname
        self.is_class = is_class
        self.names: dict[str, Meaning] = {}
        self.elsewhere: dict[str, Env] = {}  # where `global` and `nonlocal` names are
        self.given: dict[str, Meaning] = {}  # what the arguments of a function mean when it is called
        self.visit: Callable[[], None] | None = None  # of the body of a function
        self.bases: tuple[Env, ...] = ()
        self.attributes: dict[str, Meaning] = {}  # what methods assign to attributes of an instance

    def find(self, name: str) -> Meaning | None:
        """Return what a name means here, None where nothing in the file binds it."""
        env: Env | None = self.elsewhere.get(name, self)
        first = env
        while env is not None:
            if name in env.names and (env is first or not env.is_class):
                return env.names[name]
            env = env.outer
        return None

    def bind(self, name: str, meaning: Meaning) -> None:
        """Let a name mean something."""
        self.elsewhere.get(name, self).names[name] = meaning

    def member(self, name: str, *, of_instance: bool) -> Meaning:
        """Return what an attribute of a class or of its instances means, as far as that can be followed.

        A text of an instance is not: a class derived elsewhere may have another.
        """
        if not self.bases and name not in self.names and name not in self.attributes:
            return ()  # as of most
        seen: dict[Env, None] = {}
        waiting: list[Env] = [self]
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen[one] = None
                waiting.extend(one.bases)
        found = [one.names[name] for one in seen if name in one.names]
        if of_instance:
            found += [one.attributes[name] for one in seen if name in one.attributes]
        kept = (Mark, Ref, Def) if of_instance else (Mark, Ref, Def, Text)
        return tuple(thing for thing in united(found) if isinstance(thing, kept))

    def within(self, name: str) -> str:
        """Return the qualified name of what is defined here by a name."""
        if not self.qualname:
            return name
        return f"{self.qualname}.{name}" if self.is_class else f"{self.qualname}.<locals>.{name}"

    def top(self) -> Env:
        """Return the names of the module."""
        env = self
        while env.outer is not None:
            env = env.outer
        return env


def united(meanings: Iterable[Meaning]) -> Meaning:
    """Return what an expression means that means one of several."""
    found = list(meanings)
    if all(meaning == found[0] for meaning in found):
        return found[0] if found else ()
    things = dict.fromkeys(thing for meaning in found for thing in meaning)
    if any(type(thing) is Text for thing in things):
        for meaning in found:
            if not any(type(thing) is Text for thing in meaning):
                things[Text(HOLE)] = None  # a text that is not known
    return bounded(things)


def bounded(things: Iterable[Thing]) -> Meaning:
    """Return at most `MOST` things, and in place of more one that stands for any of its kind.

    To forget them instead would make keys unknown that a program does read.
    """
    found = tuple(dict.fromkeys(things))
    kinds = {type(thing) for thing in found[MOST:]}
    return found[:MOST] + (Text(HOLE),) * (Text in kinds) + (Ref("*"),) * (Ref in kinds)


def merged(branches: list[dict[str, Meaning]]) -> dict[str, Meaning]:
    """Return what names mean after branches of which one was taken."""
    names = dict(branches[0])
    for branch in branches[1:]:
        for name, meaning in branch.items():
            before = names.get(name, meaning)
            names[name] = meaning if before is meaning else united((before, meaning))
    return names


def beneath(key: str, text: str) -> str | None:
    """Return the key that a text names beneath another ("" for none); None where it is no key."""
    segments = ["*" if HOLE in segment else segment for segment in text.split(".")]
    try:
        return check_key(".".join([key, *segments] if key else segments))
    except KeySyntaxError:
        return None


def imported(module: str, name: str) -> Meaning:
    """Return what `name` of a module means, which for this library may be of any module of it."""
    if module == "hyperparameter" or module.startswith("hyperparameter."):
        for mark in (Mark.SCOPE, Mark.SCOPE_CLASS, Mark.PARAM, Mark.LAUNCH):
            if mark.value == f"hp.{name}":
                return (mark,)
    return (Dotted(f"{module}.{name}"),)


def dotted(node: ast.expr, env: Env) -> str | None:
    """Return the full name of what an expression names by import; `builtins.` for what nothing binds."""
    if isinstance(node, ast.Attribute):
        base = dotted(node.value, env)
        return None if base is None else f"{base}.{node.attr}"
    if not isinstance(node, ast.Name):
        return None
    found = env.find(node.id)
    if found is None:
        return f"builtins.{node.id}"
    return next((thing.name for thing in found if isinstance(thing, Dotted)), None)


def source(node: ast.expr) -> str:
    """Return an expression as text: short, and on one line."""
    try:
        text = " ".join(ast.unparse(node).split("\n"))
    except (ValueError, RecursionError):  # an f-string that cannot be written anew, or what nests too deeply
        return "…"
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
