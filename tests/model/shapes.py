"""Types as plain descriptions. The model reads them, and `annotation` makes real types of them."""

import dataclasses
import enum
import typing
from collections import namedtuple
from functools import cached_property
from typing import Any, Literal, NotRequired

import attrs
import msgspec
import pydantic
import typing_extensions

REQUIRED = object()
KINDS = ("dataclass", "attrs", "msgspec", "pydantic", "typed dict", "named tuple")


class Mode(enum.Enum):
    TRAIN = "train"
    EVAL = "eval"


class Level(enum.Enum):
    LOW = 1
    HIGH = 2


@dataclasses.dataclass
class Scalar:
    cls: type


@dataclasses.dataclass
class Anything:
    """`Any`: nobody asks for a type."""


@dataclasses.dataclass
class Items:
    """A list, a tuple of any length, or a set."""

    kind: type
    item: Any


@dataclasses.dataclass
class Fixed:
    """A tuple with a type for each item."""

    items: list[Any]


@dataclasses.dataclass
class Mapping:
    item: Any


@dataclasses.dataclass
class Choice:
    """An enum, or a `Literal` if there is no enum."""

    choices: list[Any]
    enum: Any = None


@dataclasses.dataclass
class Union:
    members: list[Any]
    has_none: bool = False


@dataclasses.dataclass
class Field:
    name: str
    shape: Any
    default: Any = REQUIRED


@dataclasses.dataclass
class Struct:
    kind: str
    name: str
    fields: list[Field]

    @cached_property
    def by_name(self):
        return {field.name: field for field in self.fields}

    @cached_property
    def cls(self):
        made = make_class(self)
        SHAPES[made] = self
        return made


class Object:
    """An object of a structure, as the model sees it. The object of a typed dict is a dict."""

    def __init__(self, shape, fields):
        self.shape = shape
        self.fields = fields

    def __repr__(self):
        return show(self)


# The shape of each class that was made.
SHAPES: dict[type, Struct] = {}


def annotation(shape):
    match shape:
        case Scalar(cls):
            return cls
        case Anything():
            return Any
        case Items(kind, item):
            return tuple[annotation(item), ...] if kind is tuple else kind[annotation(item)]
        case Fixed(items):
            return tuple[tuple(map(annotation, items))]
        case Mapping(item):
            return dict[str, annotation(item)]
        case Choice(choices, cls):
            return Literal[tuple(choices)] if cls is None else cls
        case Union(members, has_none):
            return typing.Union[(*map(annotation, members), *([None] if has_none else []))]
        case Struct():
            return shape.cls


def make_class(shape):
    """Return a class of one of the libraries. Each default is made anew for each object."""
    types = {field.name: annotation(field.shape) for field in shape.fields}
    factories = {
        field.name: (lambda field=field: real(field.default))
        for field in shape.fields
        if field.default is not REQUIRED
    }

    def with_factories(make):
        return {name: make(factory) for name, factory in factories.items()}

    match shape.kind:
        case "dataclass":
            made = with_factories(lambda factory: dataclasses.field(default_factory=factory))
            return dataclasses.make_dataclass(shape.name, fields_with(types, made))
        case "attrs":
            attributes = {name: attrs.field(type=cls) for name, cls in types.items()}
            made = {name: attrs.field(type=types[name], factory=factories[name]) for name in factories}
            return attrs.make_class(shape.name, attributes | made)
        case "msgspec":
            made = with_factories(lambda factory: msgspec.field(default_factory=factory))
            return msgspec.defstruct(shape.name, fields_with(types, made))
        case "pydantic":
            made = with_factories(lambda factory: pydantic.Field(default_factory=factory))
            fields = {name: (cls, made.get(name, ...)) for name, cls in types.items()}
            config = pydantic.ConfigDict(arbitrary_types_allowed=True)
            return pydantic.create_model(shape.name, __config__=config, **fields)
        case "typed dict":
            fields = {name: NotRequired[cls] if name in factories else cls for name, cls in types.items()}
            # pydantic refuses those of `typing` before Python 3.12.
            return typing_extensions.TypedDict(shape.name, fields)
        case "named tuple":
            made = namedtuple(shape.name, types, defaults=[factory() for factory in factories.values()])
            made.__annotations__ = types
            return made


def fields_with(types, defaults):
    """Return fields as name, type, and default if there is one."""
    return [(name, cls, *([defaults[name]] if name in defaults else [])) for name, cls in types.items()]


def real(value):
    """Return a value of the model as the library gets it."""
    cls = type(value)
    if cls is Object:
        return value.shape.cls(**{name: real(item) for name, item in value.fields.items()})
    if cls is dict:
        return {name: real(item) for name, item in value.items()}
    return cls(map(real, value)) if cls in (list, tuple, set) else value


def show(value):
    """Return a value of the model or of the library as text, in which all types are visible."""
    cls = type(value)
    if cls is Object:
        return f"{value.shape.name}{show(value.fields)}"
    if cls in SHAPES:
        return SHAPES[cls].name + show({name: getattr(value, name) for name in SHAPES[cls].by_name})
    if cls is dict:
        return "{" + ", ".join(sorted(f"{name!r}: {show(item)}" for name, item in value.items())) + "}"
    if cls in (list, tuple, set):
        shown = list(map(show, value))
        return f"{cls.__name__}[{', '.join(sorted(shown) if cls is set else shown)}]"
    return f"{value} of {cls.__name__}" if isinstance(value, float | enum.Enum) else repr(value)
