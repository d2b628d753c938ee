"""The fields of structured parameters, such as `train.net.opt.lr`: each one can be set on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ..conversion.parts import part_of
from ..conversion.structures import describe, structure_in, types_of
from ..core.key import join
from ..core.value import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FieldParameter", "fields_of_parameter"]

# A structure with more fields has options for these only.
MOST_FIELDS = 100


class FieldParameter(NamedTuple):
    """One field of a structured parameter; it has the attributes of a `Parameter` that an option needs.

    Attributes:
        name: the path below the namespace, such as `net.opt.lr`.
        default: the value in the default of the parameter, or the default of the field, or `MISSING`.
    """

    name: str
    key: str
    annotation: Any
    default: Any
    is_bound: bool = True


def fields_of_parameter(name: str, key: str, annotation: Any, default: Any) -> list[FieldParameter]:
    """Return the fields of a parameter's structure, and of the structures in it; none for other parameters."""
    if annotation is MISSING:
        annotation = type(default)
    try:
        return list(_fields(name, key, structure_in(annotation), default, ()))[:MOST_FIELDS]
    # An annotation of a field cannot be evaluated.
    except (TypeError, NameError, AttributeError):
        return []


def _fields(
    name: str, key: str, cls: Any, default: Any, enclosing: tuple[Any, ...]
) -> Iterator[FieldParameter]:
    # A class may have itself as a field.
    if cls is None or cls in enclosing:
        return
    types = types_of(cls)
    for field_name, field in describe(cls).settable.items():
        if field_name != field.name:
            # Another name of the same field.
            continue
        annotation = types[field.attribute]
        value = part_of(default, [field_name])
        if value is MISSING and default is MISSING:
            value = field.default if field.factory is None else MISSING
        path, field_key = f"{name}.{field_name}", join(key, field_name)
        nested = structure_in(annotation)
        if nested is None:
            yield FieldParameter(path, field_key, annotation, value)
        else:
            yield from _fields(path, field_key, nested, value, (*enclosing, cls))
