"""Entries (a value and its origin), and questions about the type of a value.

Any object can be a value. So its class can have a metaclass that defines `__eq__` and `__hash__`, or that has
no hash at all. Before a class is compared or looked up in a set or dict, `is_plain_type` or `has_plain_hash`
checks that this is safe.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from .origin import Origin

    Entry: TypeAlias = tuple[Any, Origin | None]

__all__ = [
    "MISSING",
    "MISSING_ENTRY",
    "PLAIN_TYPES",
    "has_plain_hash",
    "is_mapping",
    "is_mapping_type",
    "is_plain_type",
]


class _Missing:
    def __repr__(self) -> str:
        return "<missing>"


MISSING: Any = _Missing()
# The entry of a key that is not set. In the overrides of a scope it is a deletion, in a cache it is a miss.
MISSING_ENTRY: Entry = (MISSING, None)

# A value of one of these types is neither a mapping nor a structure, and its class has the usual hash.
PLAIN_TYPES = frozenset((bool, int, float, str, bytes, list, tuple, set, frozenset, type(None)))


def is_plain_type(cls: type) -> bool:
    """Return whether a class is one of `PLAIN_TYPES`."""
    return type(cls) is type and cls in PLAIN_TYPES


def has_plain_hash(cls: type) -> bool:
    """Return whether hashing a class is sure to work and runs no code of a metaclass."""
    return type(cls).__hash__ is object.__hash__


def is_mapping(value: object) -> bool:
    """Return whether a value is a mapping. The items of a mapping are parameters of their own."""
    # `isinstance` would ask the value itself. A mock claims to be of any class, and a proxy may raise.
    cls = type(value)
    return cls is dict or (not is_plain_type(cls) and is_mapping_type(cls))


def is_mapping_type(cls: type) -> bool:
    """Return whether a class is a class of mappings."""
    from _collections_abc import Mapping

    if has_plain_hash(cls):
        return issubclass(cls, Mapping)
    # `issubclass` with an abstract class, such as Mapping, would hash the class.
    return any(base is dict or base is Mapping for base in cls.__mro__)
