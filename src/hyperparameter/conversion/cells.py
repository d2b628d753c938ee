"""The elements of lists, and lists in which some items are set by index or appended: `layers.0`, `layers.+`."""

from __future__ import annotations

from ..core.value import APPEND, MISSING, FileValue, Parts, UntypedText, is_exactly, replace
from .misfit import Misfit, shown
from .parts import combined, is_none, looks_like_json, parse_index, parse_json
from .type_checks import is_named_tuple, origin_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["Cell", "cells_of", "elements_of"]

_SEQUENCES = (list, tuple, set, frozenset)


def elements_of(value: Any, annotation: Any) -> Any:
    """Return the elements of a list, tuple or set, or of JSON text; raise `Misfit` for any other value."""
    if type(value) is FileValue:
        value = value.spelled
    if issubclass(type(value), _SEQUENCES):
        return value
    detail = None
    if issubclass(type(value), str):
        parsed, detail = parse_json(value)
        if type(parsed) is list:
            return parsed
        if not looks_like_json(value):
            detail = "expected a list in JSON, such as [1, 2]"
    raise Misfit.of(value, annotation, detail)


class Cell:
    """One element of a list: its value, or `MISSING` if it is that of the base, and its base."""

    __slots__ = ("base", "name", "value")

    def __init__(self, name: str | int, value: Any, base: Any) -> None:
        self.name = name
        self.value = value
        self.base = base


def cells_of(parts: Parts, base: Any, annotation: Any) -> list[Cell]:
    """Return the elements of a list in which parts are set by index, or appended."""
    own = parts.value
    if own is MISSING:
        # The fields of a named tuple are no items.
        has_items = issubclass(type(base), _SEQUENCES) and not is_named_tuple(type(base))
        elements = base if has_items else ()
        cells = [Cell(index, MISSING, element) for index, element in enumerate(elements)]
    elif type(own) is Parts:
        cells = cells_of(own, base, annotation)
    elif is_none(own) or (type(own) is replace and not own):
        cells = []
    else:
        cells = [Cell(index, item, MISSING) for index, item in enumerate(elements_of(own, annotation))]
    for name, item in parts.items.items():
        if name != APPEND:
            cell = _cell_at(cells, name, item, annotation)
            cell.name = name
            cell.value = combined(cell.value, item)
    sample = _common_sample(cells)
    cells += [Cell(APPEND, item, sample) for item in parts.items.get(APPEND, ())]
    return cells


def _cell_at(cells: list[Cell], name: str, item: Any, annotation: Any) -> Cell:
    kind = origin_of(annotation)
    if not (isinstance(kind, type) and issubclass(kind, set | frozenset)):
        index = parse_index(name, len(cells))
        if index is not None:
            return cells[index]
        detail = f"is not the index of an item: the list has {len(cells)} items"
    else:
        detail = f"is not a part of a set: only {APPEND!r} is"
    misfit = Misfit.of(item, annotation, detail, "unknown")
    raise Misfit(fault.below((name,)) for fault in misfit.faults)


def _common_sample(cells: list[Cell]) -> Any:
    """Return an element, if all have the same type and none has parts, as the base of what is appended."""
    elements = [_sample_of(cell) for cell in cells]
    first = elements[0] if elements else MISSING
    is_scalar = is_exactly(first, bool, int, float, str)
    return first if is_scalar and all(type(element) is type(first) for element in elements) else MISSING


def _sample_of(cell: Cell) -> Any:
    if type(cell.value) is UntypedText:
        return cell.base if cell.value.like is MISSING else cell.value.like
    return shown(cell.base if cell.value is MISSING else cell.value)
