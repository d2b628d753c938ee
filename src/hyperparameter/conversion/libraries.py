"""The fields of structures, as each library describes them.

Each of these libraries lists the fields of a class in its own way, and only this module knows how.
(`type_checks` recognizes their classes.) Annotations are not evaluated, except those of typed dicts, because an
annotation may name a class that does not exist yet.
"""

from __future__ import annotations

from ..core.value import MISSING
from .type_checks import is_model, is_named_tuple, is_struct, is_typed_dict, origin_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

__all__ = ["Field", "accepts_unknown", "fields_of", "hints_of", "reads_any_input", "tag_of"]


class Field:
    """A field of a structure.

    Attributes:
        name: its name in the input.
        attribute: its attribute in the object.
        argument: the name of the argument of the constructor.
        default: its default, or `MISSING`.
        factory: a function without arguments that returns its default, or None.
        index: its position among the fields that are stored.
        is_required: whether it has no default.
        is_keyword_only: whether the constructor accepts it only by name.
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
        "index",
        "is_checked_before",
        "is_keyword_only",
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
        is_keyword_only: bool = True,
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
        self.is_keyword_only = is_keyword_only
        self.index = -1
        self.aliases = aliases

    def make_default(self) -> Any:
        """Return the default, or `MISSING`."""
        return self.default if self.factory is None else self.factory()


def fields_of(cls: Any) -> tuple[str, Iterator[Field]]:
    """Return the kind of a structure, and its fields."""
    if is_model(cls):
        return "model", _model_fields(cls)
    if is_typed_dict(cls):
        return "typed dict", _typed_dict_fields(cls)
    if is_struct(cls):
        return "struct", _struct_fields(cls)
    if is_named_tuple(cls):
        return "named tuple", _named_tuple_fields(cls)
    if hasattr(cls, "__dataclass_fields__"):
        return "dataclass", _dataclass_fields(cls)
    return "attrs", _attrs_fields(cls)


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

    # A constructor that is written by hand may have its arguments in another order.
    is_generated = "__dataclass_params__" in vars(cls) and cls.__dataclass_params__.init
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
            is_keyword_only=field.kw_only or not is_generated,
        )


def _attrs_fields(cls: Any) -> Iterator[Field]:
    from attrs import NOTHING, Factory

    factory_class: Any = Factory
    for field in cls.__attrs_attrs__:
        default: Any = field.default
        is_factory = isinstance(default, factory_class)
        # A factory that takes the object needs the object's other fields.
        factory = default.factory if is_factory and not default.takes_self else None
        yield Field(
            field.alias,
            field.name,
            is_required=default is NOTHING,
            default=MISSING if is_factory or default is NOTHING else default,
            factory=factory,
            is_settable=field.init,
        )


def _typed_dict_fields(cls: Any) -> Iterator[Field]:
    for name, annotation in hints_of(cls).items():
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


def reads_any_input(cls: Any) -> bool:
    """Return whether a structure may be made of something else than a mapping: only some pydantic models."""
    # A validator of another mode gets the input first, and may replace it.
    return is_model(cls) and (
        getattr(cls, "__pydantic_root_model__", False)
        or any(
            validator.info.mode != "after"
            for validator in cls.__pydantic_decorators__.model_validators.values()
        )
    )


def accepts_unknown(cls: Any) -> bool:
    """Return whether a structure may accept more names than its fields have."""
    return is_model(cls) and (
        cls.model_config.get("extra") == "allow"
        or reads_any_input(cls)
        # An alias can also be a path into the input, or a choice of several names.
        or any(not isinstance(field.validation_alias, str | None) for field in cls.model_fields.values())
    )


def tag_of(cls: Any) -> tuple[Any, Any]:
    """Return the key and value that tell a struct from the others of a tagged union, or two times None."""
    config = getattr(cls, "__struct_config__", None)
    return (None, None) if config is None or config.tag is None else (config.tag_field, config.tag)


def hints_of(cls: Any) -> dict[str, Any]:
    """Return the annotations of a class by name, evaluated.

    Raises `TypeError` if an annotation cannot be evaluated.
    """
    import typing

    try:
        return typing.get_type_hints(cls, include_extras=True)
    # The text of an annotation is the program's own code, and can raise anything.
    except Exception as error:
        raise TypeError(f"an annotation in {cls.__qualname__} cannot be resolved: {error}") from None
