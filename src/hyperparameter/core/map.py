"""A persistent map: the one data structure of the kernel.

A map from text is either a *leaf*, a plain dict, or a *branch*, a tuple of 16 maps of which four
bits of the key's hash choose one. No map is changed once it is made: `merge` returns a new one
that shares with the old all that the changes do not touch, so keeping an old one costs nothing.
Looking up costs one step for every factor of sixteen; a merge copies one leaf of at most 32
entries and the branches above it for each key it changes.

An *index* is such a map too: of every prefix of every key to the map of the segments that follow
it. It answers what lies beneath a key without looking at any other key.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any, TypeAlias

    Map: TypeAlias = Any  # dict[str, V] | tuple[Map, ...]

BITS = 4
WIDTH = 1 << BITS
MAX_LEAF_SIZE = 32  # entries of a leaf that was split
LAST = 60  # hashes have 61 bits to tell keys apart; past them a leaf just grows


def lookup(node: Map, key: str) -> Any:
    """Return what `key` maps to, or None."""
    bits = hash(key)
    while type(node) is tuple:
        node = node[bits & (WIDTH - 1)]
        bits >>= BITS
    return node.get(key)


def merge(node: Map, changes: Mapping[str, Any], shift: int = 0) -> Map:
    """Return the map with the changes made; a change to None removes the key."""
    if type(node) is tuple:
        parts: dict[int, dict[str, Any]] = {}
        for key, value in changes.items():
            parts.setdefault(hash(key) >> shift & (WIDTH - 1), {})[key] = value
        children = list(node)
        for slot, part in parts.items():
            children[slot] = merge(children[slot], part, shift + BITS)
        return tuple(children)
    leaf = {**node, **changes}
    for key, value in changes.items():
        if value is None:
            del leaf[key]
    return map_of(leaf, shift)


def map_of(leaf: dict[str, Any], shift: int = 0) -> Map:
    """Return a dict of any size as a map."""
    if len(leaf) <= MAX_LEAF_SIZE or shift > LAST:
        return leaf
    parts: list[dict[str, Any]] = [{} for _ in range(WIDTH)]
    for key, value in leaf.items():
        parts[hash(key) >> shift & (WIDTH - 1)][key] = value
    return tuple(map_of(part, shift + BITS) for part in parts)


def items(node: Map) -> Iterator[tuple[str, Any]]:
    """Yield keys and values, in no order."""
    if type(node) is not tuple:
        yield from node.items()
    else:
        for child in node:
            yield from items(child)


def prefix_index_of(keys: Iterable[str]) -> Map:
    """Return the index of the keys."""
    segments: dict[str, dict[str, Any]] = {}
    for key in keys:
        while key:
            prefix, _, segment = key.rpartition(".")
            beneath = segments.setdefault(prefix, {})
            if segment in beneath:
                break
            beneath[segment] = True
            key = prefix
    return map_of({prefix: map_of(beneath) for prefix, beneath in segments.items()})


def index_with(index: Map, key: str) -> Map:
    """Return the index with one key more."""
    while key:
        prefix, _, segment = key.rpartition(".")
        beneath = lookup(index, prefix) or {}
        if lookup(beneath, segment):
            break
        index = merge(index, {prefix: merge(beneath, {segment: True})})
        key = prefix
    return index


def index_without(index: Map, key: str, left: Map) -> Map:
    """Return the index without a key that was removed, `left` being the map without it."""
    while key and lookup(index, key) is None and lookup(left, key) is None:
        prefix, _, segment = key.rpartition(".")
        beneath = lookup(index, prefix) or {}
        if not lookup(beneath, segment):  # it went when the last key beneath it did
            break
        beneath = merge(beneath, {segment: None})
        empty = next(items(beneath), None) is None
        index = merge(index, {prefix: None if empty else beneath})
        key = prefix
    return index
