"""Structures: classes with fields, of dataclasses, attrs, msgspec and pydantic, typed dicts and named tuples.

`describe` returns the same kind of description for all of them. It evaluates no annotations, because an
annotation may name a class that does not exist yet. `types_of` evaluates them.
"""

from __future__ import annotations

from operator import attrgetter
from weakref import ref

from .libraries import accepts_unknown, fields_of, hints_of, reads_any_input, tag_of
from .type_checks import (
    arguments_of,
    is_annotated,
    is_anything,
    is_literal,
    is_model,
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
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from .libraries import Field

# Annotations that say something about a field, and nothing about its value.
_FIELD_QUALIFIERS = ("Required", "NotRequired", "ReadOnly", "Final", "ClassVar")


class Structure:
    """The description of a class with fields.

    Attributes:
        kind: "dataclass", "attrs", "struct" of msgspec, "model" of pydantic, "typed dict" or "named tuple".
        fields: the fields, in the order of the class.
        by_name: the fields by each name that they may have in the input.
        settable: the part of `by_name` that the input may set.
        required: the fields that the input has to set.
        stored: the fields that the input may set and that an object has the values of.
        accepts_unknown: whether the input may have keys that are not fields.
        reads_any_input: whether the input may be something else than a mapping.
        tag: the key that tells the structs of a tagged union apart, or None.
        tag_value: the value of that key for this class.
        types: a cache of `field_types`, by the arguments of a generic class.
    """

    __slots__ = (
        "_arguments",
        "_is_positional",
        "_read_all",
        "accepts_unknown",
        "by_name",
        "fields",
        "kind",
        "reads_any_input",
        "required",
        "settable",
        "stored",
        "tag",
        "tag_value",
        "types",
    )

    def __init__(
        self,
        kind: str,
        fields: Iterable[Field],
        *,
        accepts_unknown: bool,
        reads_any_input: bool,
        tag: tuple[Any, Any],
    ) -> None:
        self.kind = kind
        self.fields = tuple(fields)
        self.by_name = {name: field for field in self.fields for name in (field.name, *field.aliases)}
        self.settable = {name: field for name, field in self.by_name.items() if field.is_settable}
        settable = [field for field in self.fields if field.is_settable]
        self.required = tuple(field for field in settable if field.is_required)
        self.stored = tuple(field for field in settable if field.is_stored)
        self.accepts_unknown = accepts_unknown
        self.reads_any_input = reads_any_input
        self.tag, self.tag_value = tag
        self.types: dict[tuple[Any, ...], dict[str, Any]] = {}
        self._arguments = tuple(field.argument for field in self.stored)
        self._is_positional = all(field.is_stored and not field.is_keyword_only for field in settable)
        for index, field in enumerate(self.stored):
            field.index = index
        self._read_all = _reader_of([field.attribute for field in self.stored])

    def values_of(self, instance: Any) -> list[Any] | dict[str, Any]:
        """Return the arguments for the constructor that would build an object again.

        A list, if the constructor accepts all of them by position, which is much faster; else a dict.
        """
        if self.kind == "typed dict":
            return dict(instance)
        try:
            values = self._read_all(instance)
        # A field without a value, such as one that was deleted.
        except AttributeError:
            return {
                field.argument: getattr(instance, field.attribute)
                for field in self.stored
                if hasattr(instance, field.attribute)
            }
        return list(values) if self._is_positional else dict(zip(self._arguments, values, strict=True))


def _reader_of(attributes: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Return a function that returns the values of attributes of an object."""
    if len(attributes) > 1:
        return attrgetter(*attributes)
    return lambda instance: tuple(getattr(instance, attribute) for attribute in attributes)


# A cache. It is bounded, because the types of a class that has itself as a field keep the class alive.
descriptions: dict[ref[type], Structure] = {}
MAX_DESCRIPTIONS = 1024


def describe(cls: Any) -> Structure:
    """Return the description of a class for which `is_structure` is true."""
    structure = descriptions.get(ref(cls))
    if structure is None:
        kind, fields = fields_of(cls)
        structure = Structure(
            kind,
            fields,
            accepts_unknown=accepts_unknown(cls),
            reads_any_input=reads_any_input(cls),
            tag=tag_of(cls),
        )
        if len(descriptions) >= MAX_DESCRIPTIONS:
            descriptions.clear()
        descriptions[ref(cls, _forget)] = structure
    return structure


def _forget(reference: ref[type]) -> None:
    descriptions.pop(reference, None)


# --- Structures as schemas ---


def types_of(cls: Any) -> dict[str, Any]:
    """Return the annotations of a structure by attribute, evaluated.

    Raises `TypeError` if an annotation cannot be evaluated.
    """
    if is_model(cls):
        return {name: field.annotation for name, field in cls.model_fields.items()}
    types = hints_of(cls)
    if is_typed_dict(cls) or is_struct(cls):
        return types
    return {field.attribute: types.get(field.attribute, object) for field in describe(cls).fields}


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


def stands_for(annotation: Any, arguments: tuple[Any, ...]) -> Any:
    """Return the annotation that another one stands for: `ClassVar`, a type variable, a `NewType`."""
    bare = bare_type(annotation)
    if bare is not annotation:
        return bare
    if type(annotation).__name__ == "TypeVar":
        if annotation.__constraints__:
            from typing import Union

            return Union[annotation.__constraints__]  # noqa: UP007
        return object if annotation.__bound__ is None else annotation.__bound__
    return arguments[0] if len(arguments) == 1 else annotation


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
