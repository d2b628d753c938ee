"""Conversion to containers: lists, tuples, sets and dicts, each item by its own type."""

from __future__ import annotations

from ..core.value import MISSING, FileValue, Parts, UntypedText, is_mapping, replace
from .cells import cells_of, elements_of
from .misfit import Misfit, MisfitCollector
from .parts import key_in, split

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .parts import Walk

__all__ = ["container_kind", "convert_to_mapping", "convert_to_sequence", "has_input"]

_SCALARS = (bool, int, float, str)
# The classes whose objects are only input of conversion.
_INPUT_TYPES = frozenset((FileValue, UntypedText, Parts, replace))


def container_kind(cls: Any) -> type | None:
    """Return the built-in container that a class is or derives from, or None."""
    for kind in (list, tuple, set, frozenset, dict):
        if cls is kind or (isinstance(cls, type) and issubclass(cls, kind)):
            return kind
    return None


def has_input(elements: Any) -> bool:
    """Return whether elements are of the classes that are only input of conversion."""
    try:
        return not _INPUT_TYPES.isdisjoint(map(type, elements))
    # The class of an element has no hash.
    except TypeError:
        return any(type(element) is cls for element in elements for cls in _INPUT_TYPES)


# --- Lists, tuples and sets ---


def convert_to_sequence(
    value: Any, cls: Any, arguments: tuple[Any, ...], base: Any, annotation: Any, walk: Walk
) -> Any:
    """Convert to a list, tuple or set, or to a class that derives from one."""
    if type(value) is Parts:
        return _convert_cells(value, cls, arguments, base, annotation, walk)
    elements = elements_of(value, annotation)
    if not arguments:
        converted = (
            [walk(element, object, MISSING) for element in elements] if has_input(elements) else elements
        )
    else:
        types = _item_types(arguments, cls, len(elements), value, annotation)
        converted = _convert_elements(elements, types, walk)
    if converted is elements and issubclass(type(value), cls):
        return value
    return _construct(cls, converted, value, annotation)


def _item_types(
    arguments: tuple[Any, ...], cls: Any, length: int, value: Any, annotation: Any
) -> tuple[Any, ...]:
    """Return the types of the items: one for all of them, or one for each of a tuple."""
    if not issubclass(cls, tuple) or arguments[-1] is ...:
        return arguments[:1]
    if len(arguments) != length:
        raise Misfit.of(value, annotation, f"expected {len(arguments)} items, got {length}")
    return arguments


def _convert_elements(elements: Any, types: Any, walk: Walk) -> Any:
    """Return the converted elements, or the same object if none of them changes."""
    if len(types) == 1 and types[0] in _SCALARS and all(type(element) is types[0] for element in elements):
        return elements
    collector, converted, is_changed = MisfitCollector(), [], False
    for index, element in enumerate(elements):
        try:
            item = walk(element, types[index % len(types)], MISSING)
        except Misfit as misfit:
            collector.add(misfit, index)
        else:
            converted.append(item)
            is_changed = is_changed or item is not element
    collector.raise_all()
    return converted if is_changed else elements


def _convert_cells(
    parts: Parts, cls: Any, arguments: tuple[Any, ...], base: Any, annotation: Any, walk: Walk
) -> Any:
    """Convert a list in which some items are set by index, or appended."""
    if not parts.items:
        return base if parts.value is MISSING else walk(parts.value, annotation, base)
    cells = cells_of(parts, base, annotation)
    types = _item_types(arguments or (object, ...), cls, len(cells), parts, annotation)
    collector, converted = MisfitCollector(), []
    for index, cell in enumerate(cells):
        if cell.value is MISSING:
            converted.append(cell.base)
            continue
        try:
            converted.append(walk(cell.value, types[index % len(types)], cell.base))
        except Misfit as misfit:
            collector.add(misfit, cell.name)
    collector.raise_all()
    return _construct(cls, converted, parts, annotation)


def _construct(cls: Any, elements: Any, value: Any, annotation: Any) -> Any:
    try:
        return cls(elements)
    # The items of a set have to be hashable, and a class may refuse them for a reason of its own.
    except Exception as error:
        detail = str(error) if type(error) is TypeError else f"{type(error).__name__}: {error}"
        raise Misfit.of(value, annotation, detail) from None


# --- Dicts ---


def convert_to_mapping(
    value: Any, cls: Any, arguments: tuple[Any, ...], base: Any, annotation: Any, walk: Walk
) -> Any:
    """Convert to a dict, or to a class that derives from it. It keeps the items of the base."""
    items, base = split(value, base, annotation)
    if type(value) is Parts and not items and base is not MISSING:
        return base
    key_type, item_type = arguments if len(arguments) == 2 else (object, object)
    has_base = base is not MISSING and is_mapping(base) and len(base) > 0
    outer = dict(base) if has_base else {}
    collector, converted, is_changed = MisfitCollector(), {}, False
    for key, item in items.items():
        name = str(key)
        try:
            new_key = _convert_key(key, key_type, outer, walk)
            new_item = walk(item, item_type, outer.get(new_key, MISSING))
        except Misfit as misfit:
            collector.add(misfit, name)
            continue
        converted[new_key] = new_item
        is_changed = is_changed or new_key is not key or new_item is not item
    collector.raise_all()
    if not (is_changed or has_base) and issubclass(type(value), cls) and type(value) is not replace:
        return value
    return _construct_mapping(cls, outer | converted, base if has_base else value, annotation)


def _convert_key(key: Any, key_type: Any, outer: dict[Any, Any], walk: Walk) -> Any:
    if key_type is str and type(key) is str:
        return key
    if outer and type(key) is str:
        key = key_in(outer, key)
    try:
        return walk(key, key_type, MISSING)
    except Misfit as misfit:
        raise Misfit.of(key, key_type, _key_detail(misfit)) from None


def _key_detail(misfit: Misfit) -> str:
    detail = misfit.faults[0].detail
    return "it is a key of the dict" + (f"; {detail}" if detail else "")


def _construct_mapping(cls: Any, items: dict[Any, Any], like: Any, annotation: Any) -> Any:
    if cls is dict:
        return items
    try:
        # The constructor of a subclass may expect something else than the items, as `defaultdict` does.
        result = like.copy() if issubclass(type(like), cls) and type(like) is not replace else cls()
        result.clear()
        result.update(items)
        return result
    except Exception as error:
        raise Misfit.of(items, annotation, f"{type(error).__name__}: {error}") from None
