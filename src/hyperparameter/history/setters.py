"""Find everything that sets a key: each frame has its own overrides, and each override has its origin.

    frame                       sets                 for `train.lr`
    hp.scope(...)               train.lr = 0.3       wins
    hp.scope({"train": T()})    train = T(lr=0.2)    hidden: a part of a value further out
    the baseline                train.lr = 0.1       hidden

The frames are walked from the innermost to the baseline. A key that a frame further in has set is *covered*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ..core import map as maps
from ..core.key import is_below, parents, segments_of
from ..core.origin import place_of
from ..core.tree import EMPTY_NODE, find, merge, part_entry
from ..core.tree import items as tree_items
from ..core.value import MISSING, MISSING_ENTRY, hides, is_append, is_untyped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..core.frame import Frame
    from ..core.tree import Node
    from ..core.value import Entry

__all__ = ["Setter", "map_keys", "setters_of", "visible_frames"]


class Setter(NamedTuple):
    """One place that sets a key, a value above it, or a part below it.

    Attributes:
        key: the key that is set there.
        value: its value as it was set; a text without a type is still a text. For a value above the key this
            is its part, or `MISSING` if it has no such part.
        kind: "scope", "write" (an assignment), "deletion" (`del`) or "baseline".
        where: the place: `train.py:3`, `-D train.lr=1`, `environment variable APP_LR`; None if it is unknown.
        function: the name of the function whose code set it, or None.
        is_hidden: whether a scope further in hides it.
        entry: the value with its origin.
    """

    key: str
    value: Any
    kind: str
    where: str | None
    function: str | None
    is_hidden: bool
    entry: Entry

    def __repr__(self) -> str:
        return f"<{self.key}, {self.place_text}>"

    @property
    def place_text(self) -> str:
        """Where it was set, as a sentence: `set at train.py:3 in main(), baseline`."""
        origin = self.entry[1]
        text = "set in an unknown place" if origin is None else f"set {origin.preposition} {self.where}"
        if self.kind == "deletion":
            text = "deleted by `del`"
        if self.function is not None:
            text += f" in {self.function}()"
        return f"{text} (baseline)" if self.kind == "baseline" else text


def visible_frames(frame: Frame) -> Iterator[tuple[Frame, bool]]:
    """Yield each frame, innermost first, and whether `hp.scope.empty` hides it."""
    current: Frame | None = frame
    is_hidden = False
    while current is not None:
        yield current, is_hidden
        is_hidden = is_hidden or (current.scope is not None and current.scope.__empty__)
        current = current.parent


def setters_of(frame: Frame, key: str) -> tuple[list[Setter], Node]:
    """Return everything that sets a key, a value above it or a part below it, innermost first.

    The second result is the tree of these entries alone. It gives the same answers for the key as the tree of
    the whole view, which takes long to build if thousands of keys are set.
    """
    setters: list[Setter] = []
    visible: list[list[tuple[str, Entry]]] = []
    covered: set[str] = set()
    for layer, is_out_of_view in visible_frames(frame):
        newly_covered = []
        entries = _entries_about(layer, key)
        if entries and not is_out_of_view:
            visible.append(entries)
        for name, entry in entries:
            # What a value above the key says about the key is a part of that value.
            target = key if is_below(key, name) else name
            is_hidden = is_out_of_view or any(prefix in covered for prefix in (target, *parents(target)))
            if hides(entry[0]) and not is_append(target):
                newly_covered.append(target)
            setters.append(_setter(layer, key, name, entry, is_hidden))
            setters += _overridden_in_baseline(layer, key, name, entry)
        # A value and a part below it can be in one frame. Neither hides the other.
        covered.update(newly_covered)
    view = EMPTY_NODE
    for entries in reversed(visible):
        view = merge(view, entries)
    return setters, view


def _entries_about(frame: Frame, key: str) -> list[tuple[str, Entry]]:
    """Return what one frame itself sets at a key, above it and below it, by key."""
    if frame.scope is None:
        return _entries_of_baseline(frame, key)
    overrides = frame.overrides
    prefix = f"{key}."
    entries = [(name, maps.lookup(overrides, name)) for name in (key, *parents(key))]
    entries = [(name, entry) for name, entry in entries if entry and (name == key or hides(entry[0]))]
    names = sorted(name for name in map_keys(overrides) if name.startswith(prefix))
    return [*entries, *((name, maps.lookup(overrides, name)) for name in names)]


def _entries_of_baseline(frame: Frame, key: str) -> list[tuple[str, Entry]]:
    """Return the same for the baseline, which has a tree and no overrides."""
    view = frame.view()
    path = []
    entry, below = view
    for number, segment in enumerate(segments_of(key)):
        node = maps.lookup(below, segment)
        if node is None:
            break
        entry, below = node
        if entry is not None:
            path.append((".".join(segments_of(key)[: number + 1]), entry))
    parts = [item for item in tree_items(find(view, key), key) if item[0] != key]
    return [*reversed(path), *sorted(parts, key=lambda item: item[0])]


def _setter(frame: Frame, key: str, name: str, entry: Entry, is_hidden: bool) -> Setter:
    value, origin = entry[0], entry[1]
    if is_below(key, name):
        part = part_entry(entry, segments_of(key)[len(segments_of(name)) :])
        value = MISSING if part is None else part[0]
    where = place_of(origin, name, entry[0])
    function = None if origin is None else origin.function
    return Setter(name, value, _kind(frame, name, entry), where, function, is_hidden, entry)


def _kind(frame: Frame, name: str, entry: Entry) -> str:
    if entry is MISSING_ENTRY:
        return "deletion"
    if frame.scope is None:
        return "baseline"
    return "scope" if maps.lookup(frame.scope.__overrides__, name) is entry else "write"


def _overridden_in_baseline(frame: Frame, key: str, name: str, entry: Entry) -> list[Setter]:
    """Return the typed value that a text in the baseline overrides. The text keeps it for its type."""
    if frame.scope is not None or not is_untyped(entry) or entry[2] is None:
        return []
    return [_setter(frame, key, name, entry[2], True)]


def map_keys(node: Any) -> Iterator[str]:
    """Yield the keys of a map. It is faster than `items` for maps with thousands of keys."""
    unfinished = [node]
    while unfinished:
        node = unfinished.pop()
        if type(node) is tuple:
            unfinished += node
        else:
            yield from node
