"""What fields the classes have that can be schemas, under the names that their input has."""

from __future__ import annotations

from dataclasses import MISSING as NO_DEFAULT
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from .scalars import is_anything, is_union, structured, type_name

if TYPE_CHECKING:
    from collections.abc import Iterator

_WRAPPERS = ("Required", "NotRequired", "ReadOnly", "Final", "ClassVar")


class Field(NamedTuple):
    """Tell of one field: the name of its attribute, what it asks for, and whether it must be given."""

    attribute: str
    wanted: Any
    required: bool


def is_structure(wanted: Any) -> bool:
    """Tell whether an annotation is a class with fields."""
    if not isinstance(wanted, type) or hasattr(wanted, "__args__"):
        return False
    return structured(wanted) or is_typed_dict(wanted)


def is_typed_dict(wanted: Any) -> bool:
    return isinstance(wanted, type) and issubclass(wanted, dict) and hasattr(wanted, "__total__")


def is_model(cls: Any) -> bool:
    return hasattr(cls, "model_validate")


def bare(wanted: Any) -> Any:
    """Return an annotation without what says nothing of the value."""
    while True:
        if get_origin(wanted) is Annotated or type(wanted).__name__ == "InitVar":
            wanted = wanted.__origin__ if get_origin(wanted) is Annotated else wanted.type
        elif getattr(get_origin(wanted), "_name", None) in _WRAPPERS:
            wanted = get_args(wanted)[0]
        elif hasattr(wanted, "__value__"):  # the alias of a `type` statement
            wanted = wanted.__value__
        else:
            return wanted


def structure_of(wanted: Any) -> Any:
    """Return the one class with fields that an annotation asks for, `Train` for `Train | None`; else None."""
    wanted = bare(wanted)
    if is_structure(wanted):
        return wanted
    if is_union(wanted):
        members = [bare(member) for member in get_args(wanted)]
        found = [member for member in members if is_structure(member)]
        if len(found) == 1 and not any((get_origin(member) or member) is dict for member in members):
            return found[0]
    return None


def takes_none(wanted: Any) -> bool:
    wanted = bare(wanted)
    if is_union(wanted):
        return any(map(takes_none, get_args(wanted)))
    if get_origin(wanted) is Literal:
        return None in get_args(wanted)
    return wanted is None or wanted is type(None) or is_anything(wanted)


def fields_of(cls: Any) -> dict[str, Field]:
    """Return the fields of a class by the names of their input; raise `TypeError` for what is unresolved."""
    if is_model(cls):
        return {
            alias: Field(name, field.annotation, field.is_required())
            for name, field in cls.model_fields.items()
            for alias in (name, field.alias, field.validation_alias)
            if isinstance(alias, str)
        }
    try:
        hints = get_type_hints(cls, include_extras=True)
    except NameError as error:
        raise TypeError(f"an annotation in {cls.__qualname__} cannot be resolved: {error}") from None
    if is_typed_dict(cls):
        return {name: Field(name, wanted, name in cls.__required_keys__) for name, wanted in hints.items()}
    return dict(_attributes(cls, hints))


def _attributes(cls: Any, hints: dict[str, Any]) -> Iterator[tuple[str, Field]]:
    if hasattr(cls, "__struct_fields__"):
        import msgspec

        for field in msgspec.structs.fields(cls):
            yield field.encode_name, Field(field.name, hints[field.name], field.required)
    elif hasattr(cls, "__dataclass_fields__"):
        for field in cls.__dataclass_fields__.values():
            if field.init and field._field_type.name != "_FIELD_CLASSVAR":
                required = field.default is NO_DEFAULT and field.default_factory is NO_DEFAULT
                yield field.name, Field(field.name, hints.get(field.name, field.type), required)
    else:
        import attrs

        for field in cls.__attrs_attrs__:
            if field.init:
                yield field.alias, Field(field.name, hints.get(field.name, Any), field.default is attrs.NOTHING)


def takes_more(cls: Any) -> bool:
    """Tell whether a pydantic model may take more names than its fields have."""
    if not is_model(cls):
        return False
    marks = cls.__pydantic_decorators__.model_validators.values()
    return (
        cls.model_config.get("extra") == "allow"
        or getattr(cls, "__pydantic_root_model__", False)
        or any(mark.info.mode != "after" for mark in marks)  # it sees the input first
        or any(not isinstance(field.validation_alias, str | None) for field in cls.model_fields.values())
    )


def keys_of(schema: Any, above: str = "", inside: tuple[Any, ...] = ()) -> list[str]:
    """Return the keys of all fields of a schema, those of nested ones too."""
    keys: list[str] = []
    for name, field in fields_of(schema).items():
        nested = structure_of(field.wanted)
        if nested is None:
            keys.append(above + name)
        elif nested not in inside:  # a class may have itself for a field
            keys += keys_of(nested, f"{above}{name}.", (*inside, schema))
    return keys


def required_schema(schema: Any) -> Any:
    """Return a schema that can be used as one; raise `TypeError` for anything else."""
    if not is_structure(schema):
        raise TypeError(
            "a schema is a dataclass, TypedDict, msgspec Struct, attrs class or pydantic model, "
            f"not {type_name(schema) if isinstance(schema, type) else repr(schema)}"
        )
    return schema
