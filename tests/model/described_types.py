"""The types of the reference model: descriptions of annotations, and the annotations that they describe."""

from __future__ import annotations

import dataclasses
import enum
import typing
from dataclasses import dataclass
from typing import Any

import attrs
import msgspec
import pydantic
import typing_extensions

REQUIRED: Any = enum.Enum("Required", "REQUIRED").REQUIRED


class Mode(enum.Enum):
    FAST = "fast"
    SLOW = "slow"


class Level(enum.Enum):
    LOW = 1
    HIGH = 2


@dataclass(frozen=True)
class Scalar:
    cls: type

    def annotation(self) -> Any:
        return self.cls


@dataclass(frozen=True)
class Choice:
    """An enum, or a `Literal` of texts."""

    cls: Any

    def annotation(self) -> Any:
        return self.cls


@dataclass(frozen=True)
class Optional:
    item: Any

    def annotation(self) -> Any:
        return self.item.annotation() | None


@dataclass(frozen=True)
class Union:
    members: tuple[Any, ...]

    def annotation(self) -> Any:
        return typing.Union[tuple(member.annotation() for member in self.members)]  # noqa: UP007


@dataclass(frozen=True)
class ListOf:
    item: Any

    def annotation(self) -> Any:
        return list[self.item.annotation()]


@dataclass(frozen=True)
class TupleOf:
    item: Any

    def annotation(self) -> Any:
        return tuple[self.item.annotation(), ...]


@dataclass(frozen=True)
class DictOf:
    item: Any

    def annotation(self) -> Any:
        return dict[str, self.item.annotation()]


@dataclass(eq=False)
class Field:
    name: str
    type: Any
    # Plain data, as `plain` returns it, or `REQUIRED`.
    default: Any


@dataclass(eq=False)
class Struct:
    library: str
    fields: list[Field]
    _class: Any = None

    def annotation(self) -> Any:
        if self._class is None:
            self._class = LIBRARIES[self.library](self)
        return self._class

    def make(self, values: dict[str, Any]) -> Any:
        """Return an object with real values of its fields."""
        return self.annotation()(**values)


# --- A class for a description ---


def _make_dataclass(struct: Struct) -> Any:
    fields: list[Any] = []
    for field in struct.fields:
        factory = {} if field.default is REQUIRED else {"default_factory": _factory(field)}
        fields.append((field.name, field.type.annotation(), dataclasses.field(**factory)))
    return dataclasses.make_dataclass("Data", fields)


def _make_attrs(struct: Struct) -> Any:
    def of_field(field: Field) -> Any:
        factory = {} if field.default is REQUIRED else {"factory": _factory(field)}
        return attrs.field(type=field.type.annotation(), **factory)

    return attrs.make_class("Attrs", {field.name: of_field(field) for field in struct.fields})


def _make_msgspec(struct: Struct) -> Any:
    fields: list[Any] = []
    for field in struct.fields:
        factory = () if field.default is REQUIRED else (msgspec.field(default_factory=_factory(field)),)
        fields.append((field.name, field.type.annotation(), *factory))
    return msgspec.defstruct("Msg", fields)


def _make_pydantic(struct: Struct) -> Any:
    fields: dict[str, Any] = {}
    for field in struct.fields:
        factory = ... if field.default is REQUIRED else pydantic.Field(default_factory=_factory(field))
        fields[field.name] = (field.type.annotation(), factory)
    config = pydantic.ConfigDict(extra="forbid", arbitrary_types_allowed=True)
    return pydantic.create_model("Model", __config__=config, **fields)


def _make_typed_dict(struct: Struct) -> Any:
    fields = {field.name: field.type.annotation() for field in struct.fields}
    return typing_extensions.TypedDict("Typed", fields)  # type: ignore[operator]


def _make_named_tuple(struct: Struct) -> Any:
    fields = [(field.name, field.type.annotation()) for field in struct.fields]
    cls: Any = typing.NamedTuple("Named", fields)  # type: ignore[misc]
    defaults = [real(field.type, field.default) for field in struct.fields if field.default is not REQUIRED]
    cls.__new__.__defaults__ = tuple(defaults)
    cls._field_defaults = dict(
        zip([field.name for field in struct.fields if field.default is not REQUIRED], defaults, strict=True)
    )
    return cls


def _factory(field: Field) -> Any:
    return lambda: real(field.type, field.default)


LIBRARIES = {
    "dataclass": _make_dataclass,
    "attrs": _make_attrs,
    "msgspec": _make_msgspec,
    "pydantic": _make_pydantic,
    "TypedDict": _make_typed_dict,
    "NamedTuple": _make_named_tuple,
}


# --- Plain data and real objects ---


def real(kind: Any, data: Any) -> Any:
    """Return the object for plain data of a type."""
    match kind:
        case Optional(item):
            return None if data is None else real(item, data)
        case ListOf(item):
            return [real(item, element) for element in data]
        case TupleOf(item):
            return tuple(real(item, element) for element in data)
        case DictOf(item):
            return {name: real(item, element) for name, element in data.items()}
        case Struct():
            return kind.make({field.name: real(field.type, data[field.name]) for field in kind.fields})
    return data


def plain(value: Any) -> Any:
    """Return an object as plain data: structures become dicts, and each scalar stands beside its type."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return plain(value._asdict())
    if isinstance(value, list | tuple):
        return type(value)(plain(item) for item in value)
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if dataclasses.is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if attrs.has(type(value)):
        return {field.name: plain(getattr(value, field.name)) for field in attrs.fields(type(value))}
    if isinstance(value, msgspec.Struct | pydantic.BaseModel):
        names = getattr(value, "__struct_fields__", None) or type(value).model_fields
        return {name: plain(getattr(value, name)) for name in names}
    return type(value).__name__, value
