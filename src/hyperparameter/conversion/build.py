"""Build objects of structures from the fields that a value sets, and a base that has all other fields.

The base is the default of the parameter, or the value that was set further out. Each field is converted by its
own type. The constructor of the class runs once, so `__post_init__` and validators see every object.
"""

from __future__ import annotations

from ..core.value import MISSING, Parts, is_mapping
from .field_types import field_types
from .fields import default_of, missing_field, refusal, unknown_field
from .misfit import Fault, Misfit, MisfitCollector
from .models import convert_to_model
from .parts import elements_of, looks_like_json, overlaid, parse_json, split
from .structures import describe
from .type_checks import is_instance, is_model, is_named_tuple, is_structure, is_typed_dict, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .parts import Walk
    from .structures import Field, Structure

__all__ = ["convert_to_structure"]


def convert_to_structure(
    value: Any, cls: Any, arguments: tuple[Any, ...], base: Any, annotation: Any, walk: Walk
) -> Any:
    """Convert to an object of a class with fields. An object of the class is returned unchanged."""
    has_objects = not is_typed_dict(cls)
    if type(value) is not Parts:
        if has_objects and is_instance(value, cls):
            return value
        _refuse_other_object(value, annotation)
    items, base = _items_and_base(value, cls, base, annotation)
    if base is not MISSING:
        if not items:
            return base
        if has_objects:
            cls = type(base)
    if is_model(cls):
        return convert_to_model(items, cls, base, walk)
    values = {} if base is MISSING else _values_of(base, cls)
    _convert_fields(items, cls, arguments, base, values, walk)
    if not has_objects:
        # A typed dict is a plain dict: nothing has to be built if nothing changes.
        is_same = values.keys() == items.keys() and all(values[name] is items[name] for name in items)
        return value if is_same and type(value) is dict else values
    try:
        return cls(**values)
    except Exception as error:
        raise refusal(cls, error) from error


def _refuse_other_object(value: Any, annotation: Any) -> None:
    """Raise `Misfit` for an object of another structure; its fields may be secrets, so they are not shown."""
    cls = type(value)
    if is_structure(cls) and not is_mapping(value) and not is_named_tuple(cls):
        wanted = type_name(annotation)
        detail = f"expected a mapping or a {wanted}, got a {type_name(cls)}"
        raise Misfit([Fault((), None, wanted, detail, "refused")])


def _items_and_base(value: Any, cls: Any, base: Any, annotation: Any) -> tuple[Mapping[Any, Any], Any]:
    """Return the fields that are set, by name, and an object with the others, or `MISSING`."""
    if is_named_tuple(cls):
        positional = parse_json(value)[0] if looks_like_json(value) else value
        if issubclass(type(positional), list | tuple):
            return _named(positional, cls, annotation), MISSING
    items, base = split(value, base, annotation)
    if base is MISSING:
        return items, base
    if is_typed_dict(cls):
        return items, base if is_mapping(base) else MISSING
    if is_instance(base, cls):
        return items, base
    if is_mapping(base):
        return overlaid(base, items), MISSING
    _refuse_other_object(base if type(value) is Parts and value.value is base else None, annotation)
    return items, MISSING


def _named(positional: Any, cls: Any, annotation: Any) -> dict[str, Any]:
    if len(positional) > len(cls._fields):
        detail = f"expected {len(cls._fields)} items, got {len(positional)}"
        raise Misfit.of(positional, annotation, detail)
    return dict(zip(cls._fields, elements_of(positional, annotation), strict=False))


def _values_of(base: Any, cls: Any) -> dict[str, Any]:
    """Return the arguments for the constructor that would build the base again."""
    if is_typed_dict(cls):
        return dict(base)
    stored = describe(cls).stored
    try:
        return {field.argument: getattr(base, field.attribute) for field in stored}
    # A field without a value, such as one that was deleted.
    except AttributeError:
        return {
            field.argument: getattr(base, field.attribute) for field in stored if hasattr(base, field.attribute)
        }


# --- Fields ---


def _convert_fields(
    items: Mapping[Any, Any],
    cls: Any,
    arguments: tuple[Any, ...],
    base: Any,
    values: dict[str, Any],
    walk: Walk,
) -> None:
    """Put the converted fields into `values`; raise `Misfit` with all faults."""
    structure, types = describe(cls), field_types(cls, arguments)
    settable, collector = structure.settable, None
    for name, item in items.items():
        field = settable.get(name)
        try:
            if field is None:
                _check_unknown(name, item, structure, cls)
                continue
            default = values.get(field.argument, MISSING) if base is not MISSING else default_of(field, item)
            values[field.argument] = walk(item, types[field.attribute], default)
        except Misfit as misfit:
            collector = collector or MisfitCollector()
            collector.add(misfit, str(name))
    if base is MISSING or len(structure.stored) != len(values):
        missing = [field for field in structure.required if field.argument not in values]
        missing = [field for field in missing if not _is_given(field, items)]
        if missing:
            collector = collector or MisfitCollector()
            collector.faults += [missing_field(field.name, cls, items) for field in missing]
    if collector is not None:
        collector.raise_all()


def _is_given(field: Field, items: Mapping[Any, Any]) -> bool:
    return field.name in items or any(alias in items for alias in field.aliases)


def _check_unknown(name: Any, item: Any, structure: Structure, cls: Any) -> None:
    """Raise `Misfit` for a name that cannot be set, unless it is the tag of the class."""
    if name == structure.tag and name is not None:
        if str(item) != str(structure.tag_value):
            raise Misfit.of(item, cls, f"expected {structure.tag_value!r}")
        return
    raise unknown_field(name, item, structure, cls)
