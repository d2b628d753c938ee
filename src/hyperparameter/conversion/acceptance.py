"""Whether the keys below a parameter can become its value."""

from __future__ import annotations

from weakref import ref

from ..core.value import MISSING, Parts, is_mapping_type
from .containers import container_kind
from .parts import names_item
from .structures import bare_type, descriptions, stands_for
from .type_checks import is_abstract_collection, is_anything, is_structure, is_union, origin_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["accepts_given", "accepts_parts", "accepts_subtree"]


def accepts_parts(annotation: Any) -> bool:
    """Return whether the keys below a parameter can become its value, or parts of it."""
    return _accepts(annotation, lambda cls: _has_items(cls) or _has_names(cls))


def accepts_given(given: Any, annotation: Any) -> bool:
    """Return whether what is set at a key and below it counts as set for a reader of an annotation.

    If the key itself has no value, the keys below it can be parts of another subject: a list has only items.
    """
    if type(given) is not Parts or given.value is not MISSING:
        return True
    # This runs for every read, and most classes with fields are known from an earlier one.
    if type(annotation) is type and (annotation is dict or ref(annotation) in descriptions):
        return True
    if accepts_subtree(annotation):
        return True
    return accepts_parts(annotation) and any(map(names_item, given.items))


def accepts_subtree(annotation: Any) -> bool:
    """Return whether an annotation accepts a subtree as its value: a mapping, a structure, or anything."""
    return _accepts(annotation, _has_names)


def _accepts(annotation: Any, has_parts: Callable[[Any], bool]) -> bool:
    if is_anything(annotation):
        return True
    annotation = bare_type(annotation)
    if is_union(annotation):
        return any(_accepts(member, has_parts) for member in annotation.__args__)
    if type(annotation).__name__ == "TypeVar":
        return _accepts(stands_for(annotation, ()), has_parts)
    origin = origin_of(annotation)
    return is_anything(annotation) or (isinstance(origin, type) and has_parts(origin))


def _has_names(cls: Any) -> bool:
    return is_mapping_type(cls) or is_structure(cls)


def _has_items(cls: Any) -> bool:
    return container_kind(cls) is not None or is_abstract_collection(cls)
