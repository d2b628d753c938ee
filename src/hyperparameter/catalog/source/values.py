"""Abstract values: the values that an expression may have at run time, as far as the source shows.

An abstract value is a tuple of possible values. After `t = hp.scope.a if x else hp.scope.b` the name `t` has
the abstract value

    (Reference("a"), Reference("b"))

The empty tuple means that nothing is known. If a name gets a value in each of two branches, it has their join
after the branches.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from ...core.key import check_key, segments_of
from ...core.key import join as join_key
from ...errors import KeySyntaxError

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable

    from .environment import Environment

__all__ = [
    "HOLE",
    "LONGEST_TEXT",
    "MOST_VALUES",
    "UNKNOWN",
    "AbstractValue",
    "Class",
    "Decorator",
    "Expression",
    "Function",
    "ImportedName",
    "Instance",
    "LibraryObject",
    "PossibleValue",
    "Reference",
    "ScopeMethod",
    "Text",
    "child_key",
    "join",
    "limit_values",
    "reads_any_key",
]

# Stands in a text for a part that is computed at run time. Unicode reserves this character for such uses inside
# of a program, and a segment of a key can contain it.
HOLE = "\ufdd0"
# An abstract value has at most this many possible values, and a few that stand for all the others.
MOST_VALUES = 64
# A longer text is not a key.
LONGEST_TEXT = 1000


class LibraryObject(Enum):
    """An object of this library that exists once."""

    SCOPE = "hp.scope"
    SCOPE_CLASS = "hp.Scope"
    PARAM = "hp.param"
    LAUNCH = "hp.launch"
    # What `hp.config(...)` and `hp.snapshot()` return: mappings whose items can be read without a scope.
    MAPPING = "a configuration or snapshot"
    # What `with hp.scope(...) as ps` binds. All such objects can read the same keys, so one stands for all.
    ENTERED_SCOPE = "an entered scope"


@dataclass(frozen=True, slots=True)
class ImportedName:
    """An imported module, or an attribute of one, by its full dotted name."""

    name: str


@dataclass(frozen=True, slots=True)
class ScopeMethod:
    """A method of `hp.scope` or of an entered scope, such as `hp.scope.empty`."""

    name: str


@dataclass(frozen=True, slots=True)
class Decorator:
    """The decorator that `hp.param("ns")` returns.

    Attributes:
        namespace: None if the namespace is the name of the decorated function.
    """

    namespace: str | None


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference to a key, such as `hp.scope.a.b`. A segment that is computed at run time is `*`."""

    key: str


@dataclass(frozen=True, slots=True)
class Text:
    """A string, with a `HOLE` for each part that is computed at run time."""

    text: str


@dataclass(frozen=True, slots=True)
class Function:
    """A function that the file defines.

    Attributes:
        env: the environment that the function is defined in.
        body_env: the environment of its body.
    """

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    env: Environment
    body_env: Environment


@dataclass(frozen=True, slots=True)
class Class:
    """A class that the file defines.

    Attributes:
        env: the environment that the class is defined in.
        body_env: the environment of its body.
    """

    node: ast.ClassDef
    env: Environment
    body_env: Environment


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance of a class that the file defines."""

    class_env: Environment


@dataclass(frozen=True, slots=True)
class Expression:
    """The value of any other expression that was assigned to a name.

    The expression itself is kept, because it can be an annotation, a default, or a list to iterate over.
    """

    node: ast.expr
    env: Environment


PossibleValue: TypeAlias = (
    LibraryObject
    | ImportedName
    | ScopeMethod
    | Decorator
    | Reference
    | Text
    | Function
    | Class
    | Instance
    | Expression
)
AbstractValue: TypeAlias = tuple[PossibleValue, ...]
UNKNOWN: AbstractValue = ()


def join(values: Iterable[AbstractValue]) -> AbstractValue:
    """Return the abstract value of an expression that has one of several abstract values."""
    alternatives = list(values)
    if all(value == alternatives[0] for value in alternatives):
        return alternatives[0] if alternatives else UNKNOWN
    possible = dict.fromkeys(item for value in alternatives for item in value)
    if any(type(item) is Text for item in possible):
        # An alternative that is not known to be a text may still be any text.
        for value in alternatives:
            if not any(type(item) is Text for item in value):
                possible[Text(HOLE)] = None
    return limit_values(possible)


def limit_values(values: Iterable[PossibleValue]) -> AbstractValue:
    """Return at most `MOST_VALUES` values; one text and one reference stand for all others of their kind.

    Dropping the others instead would report keys as unknown that a program does read.
    """
    possible = tuple(dict.fromkeys(values))
    dropped = {type(value) for value in possible[MOST_VALUES:]}
    any_text = (Text(HOLE),) if Text in dropped else ()
    any_reference = (Reference("*"),) if Reference in dropped else ()
    return possible[:MOST_VALUES] + any_text + any_reference


def reads_any_key(value: object) -> bool:
    """Return whether code that gets a value can read any key with it, or declare any function."""
    if isinstance(value, ImportedName):
        return value.name == "hyperparameter"
    if isinstance(value, LibraryObject):
        return value is not LibraryObject.SCOPE_CLASS and value is not LibraryObject.LAUNCH
    return isinstance(value, ScopeMethod | Decorator)


def child_key(prefix: str, text: str) -> str | None:
    """Return the key that a text names below a prefix ("" for none), or None if it is not a key."""
    try:
        segments = segments_of(check_key(text))
    except KeySyntaxError:
        return None
    for segment in segments:
        prefix = join_key(prefix, "*" if HOLE in segment else segment)
    return prefix
