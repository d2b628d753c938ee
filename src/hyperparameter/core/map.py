"""An immutable map from text, which shares what it can with the map that it was made from.

A map is either a leaf, which is a plain dict, or a branch, which is a tuple of 16 maps. A branch chooses one of
them by four bits of the key's hash, the lowest four at the top, the next four one level down, and so on:

    branch     0 1 2 3 4 5 6 7 8 9 a b c d e f       hash("train.lr") = ...93f5
                         |
                         +-- branch   0 1 2 ... f
                                                |
                                                +-- leaf {"train.lr": entry, ...}

No map is ever changed. `merge` returns a new map: it copies the leaf of each changed key and the branches above
that leaf, and shares all others with the old map. So it costs little to keep an old map. A leaf has at most 32
entries, or it is split. A lookup goes down one level for every factor of 16 in size.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any, TypeAlias

    # A map is a `dict[str, V]` or a tuple of 16 maps.
    Map: TypeAlias = Any

__all__ = ["MAX_LEAF_SIZE", "items", "lookup", "map_of", "merge"]

BITS_PER_LEVEL = 4
WIDTH = 1 << BITS_PER_LEVEL
MAX_LEAF_SIZE = 32
# A hash has at most 64 bits. Keys whose hashes are equal stay in one leaf, whatever its size.
MAX_SHIFT = 60


def lookup(node: Map, key: str) -> Any:
    """Return the value of a key, None if the map does not have the key."""
    bits = hash(key)
    while type(node) is tuple:
        node = node[bits & (WIDTH - 1)]
        bits >>= BITS_PER_LEVEL
    return node.get(key)


def merge(node: Map, changes: Mapping[str, Any], shift: int = 0) -> Map:
    """Return a map with the changes applied; a change to None removes the key."""
    if type(node) is tuple:
        changes_by_child: dict[int, dict[str, Any]] = {}
        for key, value in changes.items():
            changes_by_child.setdefault(hash(key) >> shift & (WIDTH - 1), {})[key] = value
        children = list(node)
        for number, child_changes in changes_by_child.items():
            children[number] = merge(children[number], child_changes, shift + BITS_PER_LEVEL)
        return tuple(children)
    leaf = {**node, **changes}
    for key, value in changes.items():
        if value is None:
            del leaf[key]
    return map_of(leaf, shift)


def map_of(values: dict[str, Any], shift: int = 0) -> Map:
    """Return a dict of any size as a map; `shift` says how many bits of a hash the levels above use."""
    if len(values) <= MAX_LEAF_SIZE or shift > MAX_SHIFT:
        return values
    children: list[dict[str, Any]] = [{} for _ in range(WIDTH)]
    for key, value in values.items():
        children[hash(key) >> shift & (WIDTH - 1)][key] = value
    return tuple(map_of(child, shift + BITS_PER_LEVEL) for child in children)


def items(node: Map) -> Iterator[tuple[str, Any]]:
    """Yield pairs of key and value, in no particular order."""
    if type(node) is not tuple:
        yield from node.items()
    else:
        for child in node:
            yield from items(child)
