"""Conversion to pydantic models, which check their values themselves.

Each field is first converted by the rule of this library. What does not fit is refused, or left to pydantic if
the type is one that only pydantic knows. Then pydantic checks all fields, also those of the base.
"""

from __future__ import annotations

from ..core.value import MISSING, is_exactly, is_mapping, is_scalar_type
from .containers import container_kind
from .field_types import field_types
from .fields import default_of, missing_field, refusal, unknown_field
from .misfit import Fault, Misfit, MisfitCollector, shown
from .parts import looks_like_json, parse_json
from .structures import bare_type, describe, structure_in
from .type_checks import (
    arguments_of,
    is_annotated,
    is_enum,
    is_literal,
    is_structure,
    is_union,
    origin_of,
    type_name,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from .libraries import Field
    from .parts import Walk
    from .structures import Structure

__all__ = ["convert_other_input", "convert_to_model"]


def convert_to_model(items: Mapping[Any, Any], cls: Any, base: Any, walk: Walk) -> Any:
    """Return an object of a model with some fields set, and the others of the base."""
    structure, types = describe(cls), field_types(cls)
    collector = MisfitCollector()
    given: dict[Any, Any] = {}
    # What does not fit by the rule of this library, by field.
    doubtful: dict[Any, Misfit] = {}
    # pydantic may ignore the name of a field that has an alias, so the alias is passed on.
    names: dict[Any, Any] = {}
    for name, item in items.items():
        field = structure.settable.get(name)
        key = name if field is None else _input_name(field)
        names[key] = name
        default = MISSING
        try:
            if field is None:
                given[key] = _convert_extra(name, item, cls, base, structure, walk)
                continue
            annotation = object if field.is_checked_before else types[field.attribute]
            is_new = base is MISSING
            default = default_of(field, item, annotation) if is_new else getattr(base, field.attribute, MISSING)
            given[key] = walk(item, annotation, default)
        except Misfit as misfit:
            # For the parts of a value, the paths here are better.
            has_paths = any(fault.path or fault.kind != "value" for fault in misfit.faults)
            if field is None or has_paths or _is_known(types[field.attribute]):
                collector.add(misfit, str(name))
            else:
                doubtful[key] = misfit
                given[key] = walk(item, object, default)
    try:
        model = cls.model_validate(_values_of(base, structure, given) | given)
    except Exception as error:
        # A field that was left out because of a fault is missing for pydantic.
        known = {fault.path[0] for fault in collector.faults}
        inputs = {key: items[name] for key, name in names.items()}
        faults = _faults_of(error, cls, inputs, doubtful)
        new = [_renamed(fault, names) for fault in faults]
        raise Misfit([*collector.faults, *(fault for fault in new if not known & {*fault.path[:1]})]) from error
    collector.raise_all()
    return model


def convert_other_input(value: Any, cls: Any, walk: Walk) -> Any:
    """Return an object of a model that may accept other input than a mapping."""
    is_root = getattr(cls, "__pydantic_root_model__", False)
    plain = walk(value, field_types(cls)["root"] if is_root else object, MISSING)
    if not is_root and looks_like_json(value):
        parsed = parse_json(value)[0]
        if type(parsed) is dict:
            return convert_to_model(parsed, cls, MISSING, walk)
    try:
        return cls.model_validate(plain)
    except Exception as error:
        raise Misfit(_faults_of(error, cls, {}, {})) from error


def _is_known(annotation: Any) -> bool:
    """Return whether the rule of this library decides what fits a type, and pydantic knows no more about it."""
    bare = bare_type(annotation)
    if is_annotated(annotation):
        return False
    if is_union(bare) or (isinstance(origin_of(bare), type) and container_kind(origin_of(bare)) is not None):
        return all(member is ... or _is_known(member) for member in arguments_of(bare))
    is_scalar = is_scalar_type(bare) if isinstance(bare, type) else bare is None
    return is_scalar or is_literal(bare) or (isinstance(bare, type) and (is_enum(bare) or is_structure(bare)))


def _convert_extra(name: Any, item: Any, cls: Any, base: Any, structure: Structure, walk: Walk) -> Any:
    """Return the value of a name that is not a field, if the model may use it."""
    if not structure.accepts_unknown:
        raise unknown_field(name, item, structure, cls)
    return walk(item, object, (getattr(base, "model_extra", None) or {}).get(name, MISSING))


def _renamed(fault: Fault, names: Mapping[Any, Any]) -> Fault:
    """Return a fault with the name of its field that was set."""
    return fault.at((str(names.get(fault.path[0], fault.path[0])), *fault.path[1:])) if fault.path else fault


def _input_name(field: Field) -> str:
    """Return a name of a field that pydantic reads."""
    return field.aliases[-1] if field.aliases else field.name


def _values_of(base: Any, structure: Structure, given: dict[Any, Any]) -> dict[str, Any]:
    """Return the fields of the base that are not given, each under a name that pydantic reads."""
    if base is MISSING:
        return {}
    values = dict(getattr(base, "model_extra", None) or {})
    for field in structure.stored:
        if not any(name in given for name in (field.name, *field.aliases)) and hasattr(base, field.attribute):
            values[_input_name(field)] = getattr(base, field.attribute)
    return values


# --- The errors of pydantic ---


def _faults_of(
    error: Exception, cls: Any, items: Mapping[Any, Any], doubtful: Mapping[Any, Misfit]
) -> Iterator[Fault]:
    list_errors = getattr(error, "errors", None)
    if list_errors is None:
        # Not an error of pydantic: the code of the model raises it.
        yield from refusal(cls, error).faults
        return
    for detail in list_errors():
        name = detail["loc"][0] if detail["loc"] else None
        if name in doubtful and detail["type"].endswith(("_parsing", "_type")):
            # Both refuse the value for its type.
            yield from (fault.below((str(name),)) for fault in doubtful[name].faults)
        else:
            yield _fault_of(detail, cls, items)


def _fault_of(error: Any, cls: Any, items: Mapping[Any, Any]) -> Fault:
    *parents, name = error["loc"] or [""]
    is_missing = error["type"] == "missing"
    path, value, annotation = _follow(parents if is_missing else error["loc"], cls, items)
    if is_missing:
        siblings = value if is_mapping(value) else {}
        return missing_field(str(name), structure_in(annotation) or cls, siblings).below(path)
    if not path:
        return Fault((), None, type_name(cls), _text_of(error), "refused")
    return Fault(path, shown(value), type_name(annotation), _text_of(error))


def _follow(location: Sequence[str | int], cls: Any, items: Mapping[Any, Any]) -> tuple[Any, Any, Any]:
    """Return the path of an error, and the value and the type at its end.

    A location of pydantic also has the names of validators and of the types of a union, which are left out.
    """
    path: list[str | int] = []
    value: Any = items
    annotation: Any = cls
    for part in location:
        structure = structure_in(annotation)
        field = None if structure is None else describe(structure).settable.get(str(part))
        if field is not None:
            annotation = field_types(structure)[field.attribute]
            value = value.get(part) if type(value) is dict else getattr(value, field.attribute, None)
        elif type(value) is dict and part in value:
            value, annotation = value[part], (arguments_of(annotation) or (object,))[-1]
        elif is_exactly(value, list, tuple) and isinstance(part, int) and part < len(value):
            value, annotation = value[part], (arguments_of(annotation) or (object,))[0]
        else:
            continue
        path.append(part)
    return tuple(path), value, annotation


def _text_of(error: Any) -> str:
    """Return the reason that pydantic gives, or the exception that a validator raised."""
    raised = error.get("ctx", {}).get("error")
    return f"{type(raised).__name__}: {raised}" if isinstance(raised, Exception) else str(error["msg"])
