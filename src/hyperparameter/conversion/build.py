"""Build objects of structures from the fields that a value sets, and a base that has all other fields.

The base is the default of the parameter, or the value that was set further out. Each field is converted by its
own type. The constructor of the class runs once, so `__post_init__` and validators see every object.
"""

from __future__ import annotations

from ..core.value import APPEND, MISSING, Parts, is_mapping
from .cells import elements_of
from .field_types import field_types
from .fields import default_of, missing_field, refusal, unknown_field
from .misfit import Fault, Misfit
from .models import convert_other_input, convert_to_model
from .parts import looks_like_json, overlaid, parse_json, split
from .structures import describe
from .type_checks import is_instance, is_named_tuple, is_structure, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .libraries import Field
    from .parts import Walk
    from .structures import Structure

__all__ = ["convert_to_structure"]


def convert_to_structure(
    value: Any,
    cls: Any,
    structure: Structure,
    arguments: tuple[Any, ...],
    base: Any,
    annotation: Any,
    walk: Walk,
) -> Any:
    """Convert to an object of a class with fields. An object of the class is returned unchanged."""
    kind = structure.kind
    if type(value) is Parts and value.value is MISSING and type(base) is cls and APPEND not in value.items:
        items: Mapping[Any, Any] = value.items
    else:
        if type(value) is not Parts:
            if kind != "typed dict" and is_instance(value, cls):
                return value
            _refuse_other_object(value, annotation)
            if structure.reads_any_input and not is_mapping(value):
                return convert_other_input(value, cls, walk)
        items, base = _items_and_base(value, cls, kind, base, annotation)
    if base is not MISSING:
        if not items:
            return base
        if type(base) is not cls and kind != "typed dict":
            cls = type(base)
            structure = describe(cls)
    if kind == "model":
        return convert_to_model(items, cls, base, walk)
    values: Any = {} if base is MISSING else structure.values_of(base)
    types = structure.types.get(arguments) or field_types(cls, arguments)
    _convert_fields(items, cls, structure, types, base, values, walk)
    if kind == "typed dict":
        # A typed dict is a plain dict: nothing has to be built if nothing changes.
        is_same = values.keys() == items.keys() and all(values[name] is items[name] for name in items)
        return value if is_same and type(value) is dict else values
    try:
        return cls(*values) if type(values) is list else cls(**values)
    except Exception as error:
        raise refusal(cls, error) from error


def _refuse_other_object(value: Any, annotation: Any) -> None:
    """Raise `Misfit` for an object of another structure; its fields may be secrets, so they are not shown."""
    cls = type(value)
    if is_structure(cls) and not is_mapping(value) and not is_named_tuple(cls):
        wanted = type_name(annotation)
        detail = f"expected a mapping or a {wanted}, got a {type_name(cls)}"
        raise Misfit([Fault((), None, wanted, detail, "refused")])


def _items_and_base(
    value: Any, cls: Any, kind: str, base: Any, annotation: Any
) -> tuple[Mapping[Any, Any], Any]:
    """Return the fields that are set, by name, and an object with the others, or `MISSING`."""
    if kind == "named tuple":
        positional = parse_json(value)[0] if looks_like_json(value) else value
        if issubclass(type(positional), list | tuple):
            return _named(positional, cls, annotation), MISSING
    items, base = split(value, base, annotation)
    if base is MISSING or type(base) is cls:
        return items, base
    if kind != "typed dict":
        if is_instance(base, cls):
            return items, base
        if is_mapping(base):
            return overlaid(base, items), MISSING
    elif is_mapping(base):
        return items, base
    _refuse_other_object(base if type(value) is Parts and value.value is base else None, annotation)
    return items, MISSING


def _named(positional: Any, cls: Any, annotation: Any) -> dict[str, Any]:
    if len(positional) > len(cls._fields):
        detail = f"expected {len(cls._fields)} items, got {len(positional)}"
        raise Misfit.of(positional, annotation, detail)
    return dict(zip(cls._fields, elements_of(positional, annotation), strict=False))


# --- Fields ---


def _convert_fields(
    items: Mapping[Any, Any],
    cls: Any,
    structure: Structure,
    types: Mapping[str, Any],
    base: Any,
    values: Any,
    walk: Walk,
) -> None:
    """Put the converted fields into `values`, a list or a dict; raise `Misfit` with all faults."""
    settable, is_list = structure.settable, type(values) is list
    faults: list[Fault] = []
    for name, item in items.items():
        field = settable.get(name)
        try:
            if field is None:
                _check_unknown(name, item, structure, cls)
            elif is_list:
                annotation = types[field.attribute]
                is_scalar = annotation is float or annotation is int or annotation is str or annotation is bool
                if type(item) is not annotation or not is_scalar:
                    item = walk(item, annotation, values[field.index])
                values[field.index] = item
            else:
                annotation = types[field.attribute]
                is_new = base is MISSING
                default = default_of(field, item, annotation) if is_new else values.get(field.argument, MISSING)
                values[field.argument] = walk(item, annotation, default)
        except Misfit as misfit:
            faults += [fault.below((str(name),)) for fault in misfit.faults]
    if structure.required and not is_list:
        missing = [field for field in structure.required if field.argument not in values]
        faults += [missing_field(field.name, cls, items) for field in missing if not _is_given(field, items)]
    if faults:
        raise Misfit(faults)


def _is_given(field: Field, items: Mapping[Any, Any]) -> bool:
    return field.name in items or any(alias in items for alias in field.aliases)


def _check_unknown(name: Any, item: Any, structure: Structure, cls: Any) -> None:
    """Raise `Misfit` for a name that cannot be set, unless it is the tag of the class."""
    if name == structure.tag and name is not None:
        if str(item) != str(structure.tag_value):
            raise Misfit.of(item, cls, f"expected {structure.tag_value!r}")
        return
    raise unknown_field(name, item, structure, cls)
