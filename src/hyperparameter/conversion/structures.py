"""Structures: dataclass, attrs and pydantic classes, msgspec structs and typed dicts, and their fields.

Each of these libraries lists the fields of a class in its own way, and only this module knows how.
(`type_checks` recognizes their classes.) `describe` returns the same kind of description for all of them. It
does not evaluate annotations, except those of typed dicts, because an annotation may name a class that does not
exist yet. `types_of` evaluates them.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

from ..core.value import MISSING
from .type_checks import (
    arguments_of,
    is_annotated,
    is_anything,
    is_literal,
    is_model,
    is_named_tuple,
    is_struct,
    is_structure,
    is_type_alias,
    is_typed_dict,
    is_union,
    origin_of,
    type_name,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

# Annotations that say something about a field, and nothing about its value.
_FIELD_QUALIFIERS = ("Required", "NotRequired", "ReadOnly", "Final", "ClassVar")


class Field:
    """A field of a structure.

    Attributes:
        name: its name in the input.
        attribute: its attribute in the object.
        argument: the name of the argument of the constructor.
        default: its default, or `MISSING`.
        factory: a function without arguments that returns its default, or None.
        is_required: whether it has no default.
        is_settable: false for a field that the constructor does not accept, such as one with `init=False`.
        is_stored: whether an object has its value: not for `InitVar`.
        is_checked_before: whether a validator of pydantic reads its input as it is.
        aliases: other names that it may have in the input.
    """

    __slots__ = (
        "aliases",
        "argument",
        "attribute",
        "default",
        "factory",
        "is_checked_before",
        "is_required",
        "is_settable",
        "is_stored",
        "name",
    )

    def __init__(
        self,
        name: str,
        attribute: str,
        *,
        is_required: bool,
        argument: str | None = None,
        default: Any = MISSING,
        factory: Callable[[], Any] | None = None,
        is_settable: bool = True,
        is_stored: bool = True,
        is_checked_before: bool = False,
        aliases: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.attribute = attribute
        self.argument = name if argument is None else argument
        self.default = default
        self.factory = factory
        self.is_required = is_required
        self.is_settable = is_settable
        self.is_stored = is_stored
        self.is_checked_before = is_checked_before
        self.aliases = aliases

    def make_default(self) -> Any:
        """Return the default, or `MISSING`."""
        return self.default if self.factory is None else self.factory()


class Structure:
    """The description of a class with fields.

    Attributes:
        fields: the fields, in the order of the class.
        by_name: the fields by each name that they may have in the input.
        settable: the part of `by_name` that the input may set.
        required: the fields that the input has to set.
        stored: the fields that the input may set and that an object has the values of.
        accepts_unknown: whether the input may have keys that are not fields.
        tag: the key that tells the structs of a tagged union apart, or None.
        tag_value: the value of that key for this class.
    """

    __slots__ = ("accepts_unknown", "by_name", "fields", "required", "settable", "stored", "tag", "tag_value")

    def __init__(self, fields: Iterator[Field], *, accepts_unknown: bool, tag: tuple[Any, Any]) -> None:
        self.fields = tuple(fields)
        self.by_name = {name: field for field in self.fields for name in (field.name, *field.aliases)}
        self.settable = {name: field for name, field in self.by_name.items() if field.is_settable}
        settable = [field for field in self.fields if field.is_settable]
        self.required = tuple(field for field in settable if field.is_required)
        self.stored = tuple(field for field in settable if field.is_stored)
        self.accepts_unknown = accepts_unknown
        self.tag, self.tag_value = tag


# A description must not refer to its class, or the class could never be freed.
_descriptions: WeakKeyDictionary[type, Structure] = WeakKeyDictionary()


def describe(cls: Any) -> Structure:
    """Return the description of a class for which `is_structure` is true."""
    structure = _descriptions.get(cls)
    if structure is None:
        accepts_unknown = is_model(cls) and _accepts_unknown(cls)
        structure = Structure(_fields_of(cls), accepts_unknown=accepts_unknown, tag=_tag_of(cls))
        _descriptions[cls] = structure
    return structure


# --- The fields, as each library describes them ---


def _fields_of(cls: Any) -> Iterator[Field]:
    if is_model(cls):
        return _model_fields(cls)
    if is_typed_dict(cls):
        return _typed_dict_fields(cls)
    if is_struct(cls):
        return _struct_fields(cls)
    if is_named_tuple(cls):
        return _named_tuple_fields(cls)
    if hasattr(cls, "__dataclass_fields__"):
        return _dataclass_fields(cls)
    return _attrs_fields(cls)


def _model_fields(cls: Any) -> Iterator[Field]:
    checked_before = set(_fields_checked_before(cls))
    for name, field in cls.model_fields.items():
        aliases = tuple(alias for alias in (field.alias, field.validation_alias) if isinstance(alias, str))
        has_default = not field.is_required() and field.default_factory is None
        takes_data = getattr(field, "default_factory_takes_validated_data", False)
        yield Field(
            name,
            name,
            is_required=field.is_required(),
            default=field.default if has_default else MISSING,
            factory=None if takes_data else field.default_factory,
            is_checked_before="*" in checked_before or name in checked_before or _has_own_check(field),
            aliases=aliases,
        )


def _struct_fields(cls: Any) -> Iterator[Field]:
    from msgspec import NODEFAULT

    # `msgspec.structs.fields` would evaluate the annotations. Fields without a default come first.
    defaults = (NODEFAULT,) * (len(cls.__struct_fields__) - len(cls.__struct_defaults__))
    defaults += cls.__struct_defaults__
    for name, attribute, default in zip(
        cls.__struct_encode_fields__, cls.__struct_fields__, defaults, strict=True
    ):
        # A factory is in an object of a class of msgspec that is not public.
        factory = getattr(default, "factory", None) if type(default).__module__ == "msgspec._core" else None
        yield Field(
            name,
            attribute,
            argument=attribute,
            is_required=default is NODEFAULT,
            default=MISSING if default is NODEFAULT else default,
            factory=factory,
        )


def _dataclass_fields(cls: Any) -> Iterator[Field]:
    from dataclasses import MISSING as NO_DEFAULT

    for field in cls.__dataclass_fields__.values():
        kind = field._field_type.name
        if kind == "_FIELD_CLASSVAR":
            continue
        has_factory = field.default_factory is not NO_DEFAULT
        yield Field(
            field.name,
            field.name,
            is_required=field.default is NO_DEFAULT and not has_factory,
            default=MISSING if field.default is NO_DEFAULT else field.default,
            factory=field.default_factory if has_factory else None,
            is_settable=field.init,
            is_stored=kind != "_FIELD_INITVAR",
        )


def _attrs_fields(cls: Any) -> Iterator[Field]:
    from attrs import NOTHING, Factory

    for field in cls.__attrs_attrs__:
        default: Any = field.default
        is_factory = isinstance(default, Factory)  # type: ignore[arg-type]
        # A factory that takes the object needs the object's other fields.
        needs_object = is_factory and default.takes_self
        yield Field(
            field.alias,
            field.name,
            is_required=default is NOTHING,
            default=MISSING if is_factory or default is NOTHING else default,
            factory=default.factory if is_factory and not needs_object else None,
            is_settable=field.init,
        )


def _typed_dict_fields(cls: Any) -> Iterator[Field]:
    for name, annotation in types_of(cls).items():
        # Python itself does not see a qualifier in an annotation that is text.
        qualifier = getattr(origin_of(annotation), "_name", None)
        is_required = qualifier == "Required" or (qualifier != "NotRequired" and name in cls.__required_keys__)
        yield Field(name, name, is_required=is_required)


def _named_tuple_fields(cls: Any) -> Iterator[Field]:
    for name in cls._fields:
        default = cls._field_defaults.get(name, MISSING)
        yield Field(name, name, is_required=default is MISSING, default=default)


def _fields_checked_before(model: Any) -> Iterator[str]:
    """Yield the fields of a pydantic model whose input a validator reads first; "*" for all of them."""
    decorators = model.__pydantic_decorators__
    if any(validator.info.mode != "after" for validator in decorators.model_validators.values()):
        yield "*"
    for validator in (*decorators.field_validators.values(), *decorators.validators.values()):
        if getattr(validator.info, "mode", "before") != "after":
            yield from validator.info.fields


def _has_own_check(field: Any) -> bool:
    """Return whether the annotation of a pydantic field has a validator that reads the input first."""
    names = ("BeforeValidator", "WrapValidator", "PlainValidator", "Json")
    return any(type(extra).__name__ in names for extra in field.metadata)


def _accepts_unknown(model: Any) -> bool:
    """Return whether a pydantic model may accept more names than its fields have."""
    return (
        model.model_config.get("extra") == "allow"
        or getattr(model, "__pydantic_root_model__", False)
        # A validator of another mode gets the input first, and may replace it.
        or any(
            validator.info.mode != "after"
            for validator in model.__pydantic_decorators__.model_validators.values()
        )
        # An alias can also be a path into the input, or a choice of several names.
        or any(not isinstance(field.validation_alias, str | None) for field in model.model_fields.values())
    )


def _tag_of(cls: Any) -> tuple[Any, Any]:
    """Return the key and value that tell a struct from the others of a tagged union, or two times None."""
    config = getattr(cls, "__struct_config__", None)
    return (None, None) if config is None or config.tag is None else (config.tag_field, config.tag)


# --- Structures as schemas ---


def types_of(cls: Any) -> dict[str, Any]:
    """Return the annotations of a structure by attribute, evaluated.

    Raises `TypeError` if an annotation cannot be evaluated.
    """
    if is_model(cls):
        return {name: field.annotation for name, field in cls.model_fields.items()}
    import typing

    try:
        types = typing.get_type_hints(cls, include_extras=True)
    # The text of an annotation is the program's own code, and can raise anything.
    except Exception as error:
        raise TypeError(f"an annotation in {cls.__qualname__} cannot be resolved: {error}") from None
    if is_typed_dict(cls) or is_struct(cls):
        return types
    return {field.attribute: types.get(field.attribute, typing.Any) for field in describe(cls).fields}


def construct(cls: Any, values: dict[str, Any]) -> Any:
    """Return an object of a structure, from values by their names in the input."""
    if is_typed_dict(cls):
        return values
    if is_struct(cls):
        # The names of the input may be renamed; those of the constructor's arguments never are.
        by_name = describe(cls).by_name
        return cls(**{by_name[name].attribute: value for name, value in values.items()})
    return cls(**values)


def bare_type(annotation: Any) -> Any:
    """Return an annotation without the parts that say nothing about the value, such as `Final`."""
    while True:
        origin = origin_of(annotation)
        if is_annotated(annotation):
            annotation = origin
        elif type(annotation).__name__ == "InitVar":
            annotation = annotation.type
        elif arguments_of(annotation) and getattr(origin, "_name", None) in _FIELD_QUALIFIERS:
            annotation = arguments_of(annotation)[0]
        elif is_type_alias(annotation):
            annotation = annotation.__value__
        elif hasattr(annotation, "__supertype__"):
            annotation = annotation.__supertype__
        else:
            return annotation


def structure_in(annotation: Any) -> Any:
    """Return the one structure that an annotation accepts, such as `Train` for `Train | None`, or None."""
    annotation = bare_type(annotation)
    if is_structure(annotation):
        return annotation
    if is_union(annotation):
        members = [bare_type(member) for member in arguments_of(annotation)]
        structures = [member for member in members if is_structure(member)]
        # A dict accepts the same input as a structure, so conversion has to choose between them.
        if len(structures) == 1 and not any(origin_of(member) is dict for member in members):
            return structures[0]
    return None


def accepts_none(annotation: Any) -> bool:
    """Return whether an annotation accepts the value None."""
    annotation = bare_type(annotation)
    if is_union(annotation):
        return any(map(accepts_none, arguments_of(annotation)))
    if is_literal(annotation):
        return None in arguments_of(annotation)
    return annotation is None or annotation is type(None) or is_anything(annotation)


def keys_of(schema: Any, prefix: str = "", enclosing: tuple[Any, ...] = ()) -> Iterator[str]:
    """Yield the keys of all fields of a schema, and of the structures in it.

    `prefix` and `enclosing`, the structures around the schema, are for the recursion.
    """
    types = types_of(schema)
    for name, field in describe(schema).settable.items():
        nested = structure_in(types[field.attribute])
        if nested is None:
            yield prefix + name
        # A class may have itself as a field.
        elif nested not in enclosing:
            yield from keys_of(nested, f"{prefix}{name}.", (*enclosing, schema))


def check_schema(schema: Any) -> None:
    """Raise `TypeError` for a schema that is not a structure."""
    if not is_structure(schema):
        raise TypeError(
            "expected a dataclass, TypedDict, msgspec Struct, attrs class or pydantic model as the schema, "
            f"got {type_name(schema) if isinstance(schema, type) else repr(schema)}"
        )
