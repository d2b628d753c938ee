"""Frames, and the chain of scopes of a context: the same under both kernels.

A key names a value in an immutable map. One `ContextVar` points at the current frame; entering a scope
points it at a new frame on top, leaving points it back. `frozen()` publishes one pointer, the baseline, on
which every chain of frames ends. There is no other state.

A frame holds its own overrides (`own`) and what it lies on (`parent`). It answers from `memo`,
a dict that starts as its overrides and gathers what else was asked; what is not there is looked up
in `own`, then in the map of all that is visible below, which each frame makes from its parent's
when it is first needed, and keeps. So neither the number of scopes nor the number of keys
below is felt by a read, and entering costs no more than the scope's own overrides.

An entry is a pair, value and origin. `MISSING_ENTRY` is the entry of a key that is missing: as an
override it is a deletion, in a memo a remembered miss.
"""

from __future__ import annotations

from .kernel import FrameBase, adopt, current, get_baseline, set_baseline, set_current
from .key import is_mapping, is_plain
from .map import MAX_LEAF_SIZE, index_with, index_without, items, lookup, merge, prefix_index_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TypeAlias

    from ..errors import Origin
    from .kernel import ScopeBase
    from .map import Map

    Entry: TypeAlias = tuple[Any, Origin]


class _Missing:
    def __repr__(self) -> str:
        return "<missing>"


MISSING: Any = _Missing()
MISSING_ENTRY: Entry = (MISSING, None)
MOST_REMEMBERED = 4096  # answers a frame keeps; bounded, since keys can be made at run time


class Frame(FrameBase):
    """Answer what is set, as seen from one entered scope outwards. Never changed once made."""

    __slots__ = ()

    def entry(self, key: str) -> Entry:
        """Return the entry of a key, `MISSING_ENTRY` where it is missing."""
        entry = self.cache.get(key)
        if entry is None:
            entry = lookup(self.overrides, key)
            if entry is None:
                below = self.visible_parent()
                full = below.view() if below.visible_map is None else below.visible_map
                entry = lookup(full, key) or MISSING_ENTRY
            self.cache_answer(key, entry)
        return entry

    def read_entry(self, key: str) -> Entry:
        """Return the entry that a read of a key sees: an empty mapping gives way to keys beneath it."""
        entry = self.entry(key)
        if entry is MISSING_ENTRY or is_plain(type(entry[0])):
            return entry
        return MISSING_ENTRY if _is_hollow(entry[0]) and lookup(self.index(), key) is not None else entry

    def cache_answer(self, key: Any, answer: Any) -> None:
        memo = self.cache
        if memo is self.overrides or len(memo) >= MOST_REMEMBERED:
            # `own` is shared by all entries of the scope and stays as it is
            few = type(self.overrides) is dict and len(self.overrides) <= MAX_LEAF_SIZE
            memo = self.cache = dict(self.overrides) if few else {}
        memo.setdefault(key, answer)  # one that is there may be lent out

    def visible_parent(self) -> Frame:
        """Return the frame whose keys show through this one."""
        return EMPTY_FRAME if self.parent is None or self.scope.__empty__ else self.parent

    def view(self) -> Map:
        """Return the map of every visible key to its entry."""
        for frame in self._lacking("visible_map"):
            frame.visible_map = merge(frame.visible_parent().visible_map, frame.as_changes())
        return self.visible_map

    def index(self) -> Map:
        """Return the index of the view."""
        self.view()
        for frame in self._lacking("prefix_index"):
            changes, below = frame.as_changes(), frame.visible_parent()
            if len(changes) > MAX_LEAF_SIZE:
                frame.prefix_index = prefix_index_of(key for key, _ in items(frame.visible_map))
                continue
            frame.prefix_index = _reindexed(below.prefix_index, changes, below.visible_map, frame.visible_map)
        return self.prefix_index

    def derive_view(self, before: Frame, changes: Mapping[str, Entry | None]) -> None:
        """Take over what the frame that this one replaces has made of its view, with the changes made."""
        if before.visible_map is None:
            return
        changes = {key: None if entry is MISSING_ENTRY else entry for key, entry in changes.items()}
        self.visible_map = merge(before.visible_map, changes)
        if before.prefix_index is not None and len(changes) <= MAX_LEAF_SIZE:
            self.prefix_index = _reindexed(before.prefix_index, changes, before.visible_map, self.visible_map)

    def _lacking(self, made: str) -> list[Frame]:
        """Return the frames, lowest first, that have yet to make what this one is asked for."""
        lacking: list[Frame] = []
        frame = self
        while getattr(frame, made) is None:
            lacking.append(frame)
            frame = frame.visible_parent()
        return lacking[::-1]

    def as_changes(self) -> dict[str, Entry | None]:
        """Return this frame's overrides as changes of the map below."""
        return {key: None if entry is MISSING_ENTRY else entry for key, entry in items(self.overrides)}

    def subtree(self, key: str) -> dict[str, Any] | None:
        """Return what lies beneath a key as a nested dict, sorted by key; None for nothing.

        Where a key has both a value and keys beneath it, the value is shown, unless it is an empty mapping.
        """
        index = self.index()
        if lookup(index, key) is None:
            return None
        top: dict[str, Any] = {}
        stack = [(key, top)]
        while stack:
            prefix, node = stack.pop()
            for segment in sorted(segment for segment, _ in items(lookup(index, prefix))):
                path = f"{prefix}.{segment}" if prefix else segment
                entry = lookup(self.visible_map, path)
                if entry is not None and not (_is_hollow(entry[0]) and lookup(index, path) is not None):
                    node[segment] = entry[0]
                else:
                    beneath: dict[str, Any] = {}
                    node[segment] = beneath
                    stack.append((path, beneath))
        return top

    def segments_below(self, key: str) -> list[str]:
        """Return the segments that follow a key, sorted."""
        return sorted(segment for segment, _ in items(lookup(self.index(), key) or {}))

    def visible_keys(self) -> list[str]:
        """Return every visible key, sorted."""
        return sorted(key for key, _ in items(self.view()))

    def rebased_on(self, base: Frame) -> Frame:
        """Return the context's own writes as a frame on a baseline."""
        rebased = self.rebased
        if rebased is None or rebased.parent is not base:
            rebased = self.rebased = Frame(self.scope, self.overrides, base)
        return rebased


def _is_hollow(value: Any) -> bool:
    return is_mapping(value) and not value


def _reindexed(index: Map, changes: dict[str, Entry | None], before: Map, after: Map) -> Map:
    """Return the index of a map after changes."""
    for key, entry in changes.items():
        known = lookup(before, key) is not None
        if entry is None and known:
            index = index_without(index, key, after)
        elif entry is not None and not known:
            index = index_with(index, key)
    return index


def base_frame(full: Map) -> Frame:
    """Return a frame that lies on nothing: a baseline."""
    frame = Frame(None, full, None)
    frame.visible_map = full
    return frame


EMPTY_FRAME = base_frame({})
EMPTY_FRAME.prefix_index = {}
set_baseline(EMPTY_FRAME)


def current_frame() -> Frame:
    """Return the frame that answers here and now."""
    frame: Frame | None = current.get()
    if frame is None:
        return get_baseline()
    return frame.rebased_on(get_baseline()) if frame.parent is None else frame


def replace_current(frame: Frame | None) -> Frame | None:
    """Point the context at another frame (None: the baseline) and return the one before."""
    before = current.get()
    set_current(frame)
    return before


def freeze() -> None:
    """Make the present view the baseline."""
    set_baseline(base_frame(current_frame().view()))


# --- The chain of scopes of this context ---

AMBIENT_SCOPE: ScopeBase  # what a context's writes outside of any scope belong to


def stand_for_context(scope: ScopeBase) -> None:
    """Take the scope that stands for the context itself; scope.py makes it."""
    global AMBIENT_SCOPE
    AMBIENT_SCOPE = scope
    adopt(ambient_scope=scope)


def ambient_frame(frame: Frame) -> Frame | None:
    """Return the bottom of a chain as the context keeps it outside of any scope: over the live baseline."""
    if frame.scope is None or not frame.overrides:
        return None
    bottom = Frame(AMBIENT_SCOPE, frame.overrides, None)
    bottom.cache = {}  # answers depend on the baseline of the moment: they are kept in `rebased`
    bottom.rebased = frame
    return bottom


def _restack(frame: Frame, above: list[Frame]) -> None:
    """Point the context at the chain that ends on `frame`, with the frames above it put back on top."""
    if not above and (frame.scope is None or frame.scope is AMBIENT_SCOPE):
        set_current(ambient_frame(frame))
        return
    for upper in reversed(above):
        frame = Frame(upper.scope, upper.overrides, frame)
    set_current(frame)


def _find(scope: ScopeBase) -> tuple[Frame | None, list[Frame]]:
    """Return the innermost frame of a scope in this context, and the frames above it."""
    frame: Frame | None = current_frame()
    above: list[Frame] = []
    while frame is not None and frame.scope is not scope:
        if frame.scope is None and scope is AMBIENT_SCOPE:  # nothing written yet: it lies on the baseline
            return Frame(AMBIENT_SCOPE, {}, frame), above
        above.append(frame)
        frame = frame.parent
    return frame, above


def leave(scope: ScopeBase) -> None:
    """Remove a scope from this context's view, wherever it lies; do nothing where it is not in it."""
    frame, above = _find(scope)
    if frame is not None:
        _restack(frame.parent, above)


def frame_of(scope: ScopeBase) -> Frame:
    """Return the frame that answers from a scope outwards; where it is not entered, as if it were."""
    frame, _ = _find(scope)
    return Frame(scope, scope.__overrides__, current_frame()) if frame is None else frame


def innermost_scope() -> ScopeBase:
    """Return the innermost scope of this context."""
    frame = current.get()
    return AMBIENT_SCOPE if frame is None or frame.scope is None else frame.scope


def write(scope: ScopeBase | None, changes: dict[str, Entry] | None) -> None:
    """Set entries in a scope (None: the innermost), for this context; None as changes clears it."""
    frame, above = _entered(scope)
    if changes is None:
        _restack(Frame(frame.scope, {}, frame.parent), above)
    else:
        _rewrite(frame, above, changes)


def delete(scope: ScopeBase | None, key: str) -> None:
    """Make a key, and every key beneath it, missing in a scope (None: the innermost).

    What is set below is hidden; where nothing is, nothing is left behind.
    """
    frame, above = _entered(scope)
    below = frame.visible_parent().view()
    gone: dict[str, Entry | None] = {}
    stack = [key]
    while stack:
        path = stack.pop()
        stack += (f"{path}.{segment}" for segment in frame.segments_below(path))
        own = lookup(frame.overrides, path)
        if lookup(below, path) is not None:
            gone[path] = MISSING_ENTRY
        elif own is not None and (path == key or own is not MISSING_ENTRY):  # what is hidden beneath stays so
            gone[path] = None
    _rewrite(frame, above, gone)


def _entered(scope: ScopeBase | None) -> tuple[Frame, list[Frame]]:
    frame, above = _find(innermost_scope() if scope is None else scope)
    if frame is None:
        raise RuntimeError("this scope is not entered in this context, and a write lasts until it is left")
    return frame, above


def _rewrite(frame: Frame, above: list[Frame], changes: Mapping[str, Entry | None]) -> None:
    """Replace a frame of this context by one with changed overrides; None takes one out."""
    written = Frame(frame.scope, merge(frame.overrides, changes), frame.parent)
    written.derive_view(frame, changes)
    _restack(written, above)


adopt(frame=Frame, missing=MISSING, over=Frame.rebased_on, leave=leave)
