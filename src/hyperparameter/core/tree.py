"""A tree of everything that is visible from a frame. It is immutable, with a level for each segment of a key.

A node is a pair of an entry, or None, and a map from segments to the nodes below. The tree of
`{"seed": 3, "train": Opt(lr=1), "train.lr": 2}` is

    root  None, {seed, train}
                  |      |
                  |      +-- Opt(lr=1), {lr}
                  |                      |
                  +-- 3, {}              +-- 2, {}

No tree is ever changed. `merge` returns a new tree, which shares all nodes that are the same (see map.py).

A scope that is further in wins, so `merge` decides between a key and the keys below it:

- A value hides everything below its key that was set before. A plain empty mapping sets nothing, so it hides
  nothing. Mappings with items never get here: their items are keys of their own.
- A key that is set below a value later, such as `train.lr` above, overrides that part of the value.

If a part is not set on its own, its value is read from the value above: `train.wd` is `Opt(lr=1).wd`.
"""

from __future__ import annotations

from operator import itemgetter

from . import map as maps
from .key import join, name_of, segments_of
from .value import (
    APPEND,
    MISSING,
    MISSING_ENTRY,
    Appended,
    Computed,
    FileValue,
    Parts,
    appended_of,
    hides,
    input_of,
    is_scalar_type,
    link,
    replace,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any, TypeAlias

    from .map import Map
    from .value import Entry

    Node: TypeAlias = tuple[Entry | None, Map]
    # The changes to a node: its new entry, or None, and the changes to the nodes below it, by segment.
    Changes: TypeAlias = list[Any]

__all__ = ["EMPTY_NODE", "children", "connect", "find", "input_at", "items", "merge", "part_entry"]

# The node of a key that is not set. It is also the tree in which nothing is set.
EMPTY_NODE: Node = (None, {})

# Returns a part of a value, or `MISSING`. Conversion has this function, which is above.
part_of: Callable[[Any, Sequence[str]], Any]


def connect(function: Callable[[Any, Sequence[str]], Any]) -> None:
    """Take the function `part_of`."""
    global part_of
    part_of = function


# --- Reading ---


def find(tree: Node, key: str) -> Node:
    """Return the node of a key, `EMPTY_NODE` if neither the key nor a key below it is set.

    If the key is not set on its own, the entry is the part of the nearest value above it, or None.
    """
    entry, below = tree
    value_above: Entry | None = None
    depth = 0
    segments = segments_of(key)
    for number, segment in enumerate(segments):
        if entry is not None:
            value_above, depth = entry, number
        node = maps.lookup(below, segment)
        if node is None:
            entry, below = EMPTY_NODE
            break
        entry, below = node
    if entry is None and value_above is not None:
        entry = part_entry(value_above, segments[depth:])
    return entry, below


def part_entry(entry: Entry, segments: Sequence[str]) -> Entry | None:
    """Return the part of an entry's value as an entry, None if the value does not have the part."""
    value = entry[0]
    if value is MISSING or (is_scalar_type(type(value)) and type(value) is not str):
        return None
    names = [name_of(segment) for segment in segments]
    if isinstance(value, Computed):
        return value.part(names), entry[1]
    part = part_of(value, names)
    if type(part) is FileValue:
        return part.value, entry[1], part
    return None if part is MISSING else (part, entry[1])


def items(tree: Node, key: str = "") -> Iterator[tuple[str, Entry]]:
    """Yield the key and entry of every node, a key before those below it; otherwise in no particular order."""
    unfinished = [(key, tree)]
    while unfinished:
        key, (entry, below) = unfinished.pop()
        if entry is not None and entry is not MISSING_ENTRY:
            yield key, entry
        unfinished += ((join(key, segment), node) for segment, node in maps.items(below))


_first = itemgetter(0)


def input_at(node: Node) -> Any:
    """Return what is set at a node and below it, as the input of conversion; `MISSING` if nothing is."""
    entry, below = node
    if not below:
        return MISSING if entry is None else input_of(entry)
    parts: dict[str, Any] = {}
    for segment, child in sorted(maps.items(below), key=_first):
        part = input_at(child)
        if part is not MISSING:
            if segment == APPEND:
                # Without an entry, there are keys below `+`: a mapping is appended.
                part = Appended((part,)) if child[0] is None else appended_of(child[0])
            parts[name_of(segment)] = part
    if not parts:
        return MISSING if entry is None else input_of(entry)
    # An empty mapping counts as not set if there are keys below it. A part of a value can be a mapping that
    # has items.
    has_value = entry is not None and (hides(entry[0]) or bool(entry[0]))
    return Parts(input_of(entry) if entry is not None and has_value else MISSING, parts)


# --- Changing ---


def merge(tree: Node, changes: Iterable[tuple[str, Entry]]) -> Node:
    """Return a tree with changed entries, which may be in any order.

    `MISSING_ENTRY` removes a key and all keys below it that the other changes do not set.
    """
    all_changes: Changes = [None, {}]
    for key, entry in changes:
        node_changes = all_changes
        for segment in segments_of(key):
            below = node_changes[1]
            node_changes = below.get(segment)
            if node_changes is None:
                node_changes = below[segment] = [None, {}]
        node_changes[0] = entry
    return _merge_node(tree, all_changes, False, False) or EMPTY_NODE


def _merge_node(node: Node, changes: Changes, appends: bool, is_part: bool) -> Node | None:
    """Return a changed node, None if nothing is left of it.

    `appends` says that the segment of the node is `+`, and `is_part` that a node above it has a value.
    """
    (entry, below), (new_entry, changes_below) = node, changes
    if new_entry is not None:
        if new_entry is MISSING_ENTRY:
            # If the value above has this part, the part must not show again.
            entry, below = (MISSING_ENTRY if is_part else None), {}
        elif hides(new_entry[0]):
            entry, below = link(new_entry, entry, appends), {}
        # An empty mapping does not replace a part of the value above.
        elif entry is not None or not is_part:
            entry = link(new_entry, entry, appends)
    if changes_below:
        # An empty `replace` has no parts.
        is_part = is_part or (entry is not None and hides(entry[0]) and type(entry[0]) is not replace)
        changed = {
            segment: _merge_node(
                maps.lookup(below, segment) or EMPTY_NODE, child_changes, segment == APPEND, is_part
            )
            for segment, child_changes in changes_below.items()
        }
        below = maps.merge(below, changed)
    if entry is None and next(maps.items(below), None) is None:
        return None
    return entry, below


def children(node: Node) -> list[str]:
    """Return the segments directly below a node, sorted."""
    return sorted(segment for segment, _ in maps.items(node[1]))
