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

A prefix index is a map too. It maps each prefix of each key to the map of the segments that follow this prefix.
The index of `{"seed", "train.lr", "train.opt.beta"}` is

    ""           {"seed", "train"}
    "train"      {"lr", "opt"}
    "train.opt"  {"beta"}

With it, the subtree of a key is found without looking at any other key.
"""

from __future__ import annotations

from .key import split_last

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any, TypeAlias

    # A map is a `dict[str, V]` or a tuple of 16 maps.
    Map: TypeAlias = Any

__all__ = [
    "MAX_LEAF_SIZE",
    "add_to_index",
    "index_of",
    "items",
    "lookup",
    "map_of",
    "merge",
    "remove_from_index",
]

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


def index_of(keys: Iterable[str]) -> Map:
    """Return the prefix index of the keys."""
    segments_by_prefix: dict[str, dict[str, Any]] = {}
    for key in keys:
        while key:
            # Not `split_last`, because this loop runs for every key of a large configuration.
            prefix, _, segment = key.rpartition(".")
            segments = segments_by_prefix.setdefault(prefix, {})
            if segment in segments:
                break
            segments[segment] = True
            key = prefix
    return map_of({prefix: map_of(segments) for prefix, segments in segments_by_prefix.items()})


def add_to_index(index: Map, key: str) -> Map:
    """Return the prefix index with one more key."""
    while key:
        prefix, segment = split_last(key)
        segments = lookup(index, prefix) or {}
        if lookup(segments, segment):
            break
        index = merge(index, {prefix: merge(segments, {segment: True})})
        key = prefix
    return index


def remove_from_index(index: Map, key: str, remaining: Map) -> Map:
    """Return the prefix index without a key; `remaining` is the map from which the key was removed."""
    # A prefix is removed together with the last key below it.
    while key and lookup(index, key) is None and lookup(remaining, key) is None:
        prefix, segment = split_last(key)
        segments = lookup(index, prefix) or {}
        if not lookup(segments, segment):
            break
        segments = merge(segments, {segment: None})
        is_empty = next(items(segments), None) is None
        index = merge(index, {prefix: None if is_empty else segments})
        key = prefix
    return index
