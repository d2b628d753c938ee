"""What all structures have in common: the default of a field, and the faults of fields."""

from __future__ import annotations

from ..core.value import MISSING, FileValue, Parts, UntypedText, is_exactly, is_mapping
from .misfit import Fault, Misfit
from .parts import looks_like_json
from .type_checks import is_anything, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .libraries import Field
    from .structures import Structure

__all__ = ["default_of", "missing_field", "refusal", "unknown_field"]


def default_of(field: Field, item: Any, annotation: Any) -> Any:
    """Return the default of a field, if a value for it may merge with it, or may take its type."""
    if field.factory is None:
        return field.default
    is_partial = is_exactly(item, Parts, FileValue) or is_mapping(item) or looks_like_json(item)
    takes_type = type(item) is UntypedText and is_anything(annotation)
    return field.factory() if is_partial or takes_type else MISSING


def missing_field(name: str, cls: Any, items: Mapping[Any, Any]) -> Fault:
    """Return the fault for a required field that is not set."""
    return Fault((name,), None, type_name(cls), None, "missing", names=[str(given) for given in items])


def unknown_field(name: Any, item: Any, structure: Structure, cls: Any) -> Misfit:
    """Return the misfit for a name that is not a field, or not one that can be set."""
    if name in structure.by_name:
        detail = f"is not a parameter of {type_name(cls)}: the class sets it itself"
        return Misfit([Fault((), item, type_name(cls), detail, "unknown")])
    names = [*structure.settable] if structure.tag is None else [*structure.settable, structure.tag]
    detail = f"is not a field of {type_name(cls)}"
    return Misfit([Fault((), item, type_name(cls), detail, "unknown", names=names)])


def refusal(cls: Any, error: Exception) -> Misfit:
    """Return the misfit for an exception of the constructor. The values of the fields are not shown."""
    reason = str(error)
    if type(error).__module__.startswith("pydantic"):
        # The text of pydantic's exception has several lines, and the values.
        errors: list[Any] = getattr(error, "errors", list)()
        details = [(".".join(map(str, detail["loc"])), detail["msg"]) for detail in errors]
        reason = "; ".join(f"{place}: {text}" if place else text for place, text in details)
    return Misfit(
        [Fault((), None, type_name(cls), f"{type(error).__name__}: {reason}", "refused", cause=error)]
    )
