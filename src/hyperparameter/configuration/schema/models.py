"""Convert to pydantic models, which convert and check their values themselves.

pydantic reports all of its errors at once. This module adds the keys and origins to them. It also reports
unknown keys, which pydantic drops by default, and parses the JSON text of lists and dicts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args, get_origin

from ...conversion.builtin_types import Misfit, looks_like_json, parse_json
from ...conversion.by_msgspec import refuse_unknown_keys
from ...conversion.structures import bare_type, describe, structure_in, types_of
from ...conversion.type_checks import is_structure
from ...core.key import join

if TYPE_CHECKING:
    from .errors import SchemaErrors

_CONTAINERS = (list, tuple, set, frozenset, dict)


def convert_to_model(cls: Any, value: dict[str, Any], path: str, errors: SchemaErrors) -> Any:
    """Return an object of a model, or None after an error."""
    errors_before = len(errors)
    _find_unknown_keys(cls, value, path, errors)
    parsed = _parse_texts(cls, value)
    try:
        model = cls.model_validate(parsed)
        if len(errors) == errors_before:
            # Unknown keys in tuples, dicts and unions show only in the result.
            refuse_unknown_keys(parsed, model, cls)
        return model
    except Misfit as misfit:
        inner = misfit.path.lstrip(".")
        errors.add_invalid(join(path, inner) if inner else path, value, str(misfit.detail))
    except Exception as error:
        list_errors = getattr(error, "errors", None)
        if list_errors is None:
            # Not pydantic's error: the code of the model raises it.
            errors.add_refusal(cls, value, path, f"{type(error).__name__}: {error}")
        else:
            for pydantic_error in list_errors():
                _add_pydantic_error(cls, pydantic_error, value, path, errors)
    return None


def _add_pydantic_error(cls: Any, error: Any, value: Any, path: str, errors: SchemaErrors) -> None:
    location: tuple[Any, ...] = error["loc"]
    parent = path
    for part in location[:-1]:
        parent = f"{parent}[{part}]" if isinstance(part, int) else join(parent, part)
    name = location[-1] if location else ""
    if error["type"] == "missing":
        errors.add_missing(_class_at(cls, location), name, parent)
    # `_find_unknown_keys` has reported it, with the nearest field.
    elif error["type"] == "extra_forbidden":
        pass
    elif isinstance(name, int):
        errors.add_invalid(f"{parent}[{name}]", error["input"], error["msg"])
    elif name or parent:
        errors.add_invalid(join(parent, name) if name else parent, error["input"], error["msg"])
    else:
        errors.add_refusal(cls, value, path, error["msg"])


def _class_at(cls: Any, location: tuple[Any, ...]) -> Any:
    """Return the class whose field an error of pydantic is about."""
    annotation = cls
    for part in location[:-1]:
        structure = structure_in(annotation)
        if isinstance(part, int):
            annotation = next(iter(get_args(bare_type(annotation))), None)
        elif structure is not None and part in describe(structure).settable:
            annotation = _type_of_field(structure, part)
    return structure_in(annotation) or cls


def _type_of_field(cls: Any, name: str) -> Any:
    return types_of(cls)[describe(cls).settable[name].attribute]


def _find_unknown_keys(annotation: Any, value: Any, path: str, errors: SchemaErrors) -> None:
    """Add an error for each key that a model, or a structure in it, has no field for."""
    cls = structure_in(annotation)
    arguments = get_args(bare_type(annotation))
    if type(value) is list and len(arguments) == 1:
        for index, item in enumerate(value):
            _find_unknown_keys(arguments[0], item, f"{path}[{index}]", errors)
    if cls is None or type(value) is not dict or describe(cls).accepts_unknown:
        return
    fields = describe(cls).settable
    for name, item in value.items():
        if name in fields:
            _find_unknown_keys(_type_of_field(cls, name), item, join(path, name), errors)
        else:
            errors.add_unknown(cls, fields, path, name, item)


def _parse_texts(annotation: Any, value: Any) -> Any:
    """Return a value in which JSON texts for containers and structures are parsed; pydantic does not do so."""
    annotation = structure_in(annotation) or bare_type(annotation)
    if looks_like_json(value):
        if is_structure(annotation) or (get_origin(annotation) or annotation) in _CONTAINERS:
            parsed, fault = parse_json(value)
            return value if fault else parsed
    elif type(value) is dict and is_structure(annotation):
        fields = describe(annotation).settable
        return {
            name: _parse_texts(_type_of_field(annotation, name), item) if name in fields else item
            for name, item in value.items()
        }
    elif type(value) is list and len(get_args(annotation)) == 1:
        return [_parse_texts(get_args(annotation)[0], item) for item in value]
    return value
