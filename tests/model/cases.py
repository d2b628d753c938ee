"""Random cases for the reference model: a type, its default, and overrides of its parts in several sources."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from described_types import (
    LIBRARIES,
    REQUIRED,
    Choice,
    DictOf,
    Field,
    Level,
    ListOf,
    Mode,
    Optional,
    Scalar,
    Struct,
    TupleOf,
    Union,
)
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from reference_model import Untyped

SCALARS = [Scalar(bool), Scalar(int), Scalar(float), Scalar(str)]
CHOICES = [Choice(Mode), Choice(Level), Choice(Literal["adam", "sgd"])]
UNIONS = [
    Union((Scalar(int), Scalar(str))),
    Union((Scalar(bool), Scalar(str))),
    Union((Scalar(str), ListOf(Scalar(str)))),
    Union((Scalar(float), ListOf(Scalar(float)))),
]
DICT_KEYS = ["a", "b", "k.x"]
INDICES = [["0", "1", "5"], ["-1", "-2", "-5"]]
UNKNOWN_FIELD = "zz"
# Texts and values of every kind, most of which do not fit a type.
TEXTS = ["4", "-1", ".5", "1.", "+5", "0", "1e3", "yes", "off", "True", "none"]
TEXTS += ["fast", "FAST", "adam", "[1]", "{}", "x y", ""]
VALUES = [True, 0, 1, 7, 2.0, 2.5, "4", "fast", "adam", [1, 2], ["a"], []]


@dataclass
class Override:
    """One assignment. The path starts below the parameter."""

    path: tuple[str, ...]
    value: Any


@dataclass
class Case:
    kind: Any
    # Plain data, or `REQUIRED`.
    default: Any
    # What a JSON file sets, as a nested mapping.
    file: dict[str, Any]
    environment: list[Override]
    options: list[Override]
    outer: list[Override]
    inner: list[Override]


# --- Types ---


def types(depth: int) -> SearchStrategy[Any]:
    leaves = st.sampled_from([*SCALARS, *SCALARS, *CHOICES, *UNIONS])
    if not depth:
        return st.one_of(leaves, st.sampled_from(SCALARS).map(Optional))
    inner = st.deferred(lambda: types(depth - 1))
    return st.one_of(
        leaves,
        inner.filter(lambda kind: not isinstance(kind, Optional | Union)).map(Optional),
        inner.map(ListOf),
        inner.map(TupleOf),
        inner.map(DictOf),
        structs(depth - 1),
    )


@st.composite
def structs(draw: DrawFn, depth: int) -> Struct:
    library = draw(st.sampled_from(list(LIBRARIES)))
    fields = []
    for name in draw(st.sampled_from([["a"], ["a", "b"], ["a", "b", "c"]])):
        kind = draw(types(depth))
        has_default = library != "TypedDict" and draw(st.booleans())
        fields.append(Field(name, kind, draw(defaults(kind)) if has_default else REQUIRED))
    return Struct(library, sorted(fields, key=lambda field: field.default is not REQUIRED))


def defaults(kind: Any) -> SearchStrategy[Any]:
    """Return plain data of a type."""
    match kind:
        case Scalar(cls):
            values: dict[type, list[Any]] = {
                bool: [True, False], int: [3, -2], float: [0.5, 2.0], str: ["s", "4", ""],
            }  # fmt: skip
            return st.sampled_from(values[cls])
        case Choice(cls):
            return st.sampled_from(list(cls) if isinstance(cls, type) else list(cls.__args__))
        case Optional(item):
            return st.one_of(st.none(), defaults(item))
        case Union(members):
            return st.one_of([defaults(member) for member in members])
        case ListOf(item):
            return st.lists(defaults(item), max_size=2)
        case TupleOf(item):
            return st.lists(defaults(item), max_size=2).map(tuple)
        case DictOf(item):
            return st.dictionaries(st.sampled_from(DICT_KEYS), defaults(item), max_size=2)
        case Struct(fields=fields):
            return st.fixed_dictionaries({field.name: defaults(field.type) for field in fields})
    raise AssertionError(kind)


# --- Overrides ---


def values(kind: Any) -> SearchStrategy[Any]:
    """Return values as a program or file sets them, most of which fit a type."""
    fitting: SearchStrategy[Any]
    match kind:
        case Scalar():
            fitting = st.one_of(defaults(kind), st.sampled_from(VALUES))
        case Choice(cls):
            members = list(cls) if isinstance(cls, type) else []
            fitting = st.sampled_from([*members, *(member.value for member in members), "FAST", "adam"])
        case Optional(item):
            fitting = st.one_of(st.none(), values(item))
        case Union(members):
            fitting = st.one_of([values(member) for member in members])
        case ListOf(item) | TupleOf(item):
            fitting = st.lists(values(item), max_size=2)
        case DictOf(item):
            fitting = st.dictionaries(st.sampled_from(DICT_KEYS), values(item), max_size=2)
        case Struct(fields=fields):
            fitting = st.fixed_dictionaries({}, optional={field.name: values(field.type) for field in fields})
        case _:
            raise AssertionError(kind)
    return st.integers(0, 9).flatmap(lambda number: fitting if number else st.sampled_from(VALUES))


def texts(kind: Any) -> SearchStrategy[Untyped]:
    """Return untyped texts, most of which fit a type."""

    def as_text(value: Any) -> Untyped:
        if isinstance(value, list | dict):
            return Untyped(json.dumps(value, default=lambda member: member.value))
        return Untyped(getattr(value, "name", value))

    fitting = values(kind).map(as_text)
    if isinstance(kind, Scalar | Choice | Union):
        fitting = st.one_of(fitting, st.sampled_from(TEXTS).map(Untyped))
    return st.integers(0, 9).flatmap(lambda number: fitting if number else st.sampled_from(TEXTS).map(Untyped))


@st.composite
def paths(draw: DrawFn, kind: Any, indices: list[str]) -> tuple[tuple[str, ...], Any]:
    """Return a path to a part of a type, and the type of the part."""
    path: tuple[str, ...] = ()
    while True:
        while isinstance(kind, Optional):
            kind = kind.item
        if isinstance(kind, Scalar | Choice | Union) or not draw(st.integers(0, 3)):
            return path, kind
        match kind:
            case ListOf(item) | TupleOf(item):
                name = draw(st.sampled_from([*indices, "+"]))
                path, kind = (*path, name), item
                if name == "+":
                    return path, kind
            case DictOf(item):
                path, kind = (*path, draw(st.sampled_from(DICT_KEYS))), item
            case Struct(fields=fields):
                field = draw(st.sampled_from(fields))
                if not draw(st.integers(0, 19)):
                    return (*path, UNKNOWN_FIELD), Scalar(int)
                path, kind = (*path, field.name), field.type


@st.composite
def overrides(draw: DrawFn, kind: Any, indices: list[str], are_texts: bool | None = None) -> Override:
    path, part = draw(paths(kind, indices))
    is_text = draw(st.booleans()) if are_texts is None else are_texts
    value = draw(texts(part) if is_text else values(part).map(pruned))
    # An empty mapping sets nothing, and the items of a mapping that is appended would be keys below `+`.
    if value == {} or (path[-1:] == ("+",) and isinstance(value, dict)):
        value = Untyped(json.dumps(value, default=lambda member: member.value))
    return Override(path, value)


def pruned(value: Any) -> Any:
    """Return a mapping without the empty mappings in it, which set nothing."""
    if not isinstance(value, dict):
        return value
    items = {name: pruned(item) for name, item in value.items()}
    return {name: item for name, item in items.items() if item != {}}


def as_data(value: Any) -> Any:
    """Return data as a file can have it, which has no objects."""
    return json.loads(json.dumps(value, default=lambda member: member.value))


@st.composite
def cases(draw: DrawFn, depth: int = 2) -> Case:
    kind = draw(st.one_of(structs(depth), types(depth)))
    # Of two names for one item, such as 1 and -1, it is not known which was set later.
    indices = draw(st.sampled_from(INDICES))
    environment = st.lists(overrides(kind, indices, are_texts=True), max_size=1)
    is_usable = lambda override: not set(override.path) & {"+", "k.x", *INDICES[1]}  # noqa: E731
    return Case(
        kind=kind,
        default=draw(st.one_of(st.just(REQUIRED), defaults(kind))),
        file=draw(st.one_of(st.just({}), values(kind).map(lambda value: {"x": as_data(value)}))),
        environment=[override for override in draw(environment) if is_usable(override)],
        options=draw(st.lists(overrides(kind, indices, are_texts=True), max_size=2)),
        outer=draw(st.lists(overrides(kind, indices), max_size=2)),
        inner=draw(st.lists(overrides(kind, indices), max_size=1)),
    )
