"""A frame is one entered scope, on top of the frames below it. It finds the value of a key, as seen from there.

    with hp.scope(a=1, b=1) as outer:
        with hp.scope(a=2) as inner:
            hp.scope.b | 0

    current --> Frame   scope inner       overrides {a: 2}
                  |     cache {a: 2, b: 1}
                  |
                  | parent
                  v
                Frame   scope outer       overrides {a: 1, b: 1}
                  |     visible_map {a: 1, b: 1, seed: 3}
                  | parent
                  v
                Frame   the baseline      overrides {seed: 3}

Entering a scope makes one frame and copies nothing. A read looks for its key in three places:

1. in the frame's cache. A repeated read in one scope is a cache hit. The overrides themselves are the first
   cache; the first key that they do not have makes a new one;
2. in the frame's overrides, because a new cache does not copy them if they are many;
3. in the `visible_map` of the parent, which has every key that is visible from there. It is built from the map
   of the frame below when it is first needed, and shares with that map all that is the same.

So a read takes as long with many scopes or many keys below as with few. A subtree is read from the
`prefix_index` of the frame, which is built in the same way (see map.py). A frame of `hp.scope.empty` answers as
if it had no parent.

The scope, the overrides and the parent of a frame never change: a write puts a new frame in its place (see
context.py). The other attributes are filled when they are first needed:

    attribute      maps                      to                              used by
    cache          key                       its entry                       every read
    answers        (key, type of default)    the converted value             reads that convert, such as of text
    plans          a binding's `plan_key`    its plans, by argument count    calls of decorated functions
    visible_map    every visible key         its entry                       frames above, subtrees, views
    prefix_index   every visible prefix      the segments that follow it     subtrees, `dir()`

The first three are caches. They are bounded, because a program can make any number of keys while it runs.
No item in them is ever replaced, because the Rust kernel may hold a borrowed pointer to it. A full cache is
dropped as a whole. In the Rust kernel, this gives the frame a new id, so that no such pointer is used again.
"""

from __future__ import annotations

from .kernel import FrameBase, set_baseline
from .key import join
from .map import MAX_LEAF_SIZE, add_to_index, index_of, items, lookup, merge, remove_from_index
from .value import MISSING_ENTRY, is_mapping, is_plain_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from .map import Map
    from .value import Entry

__all__ = ["EMPTY_FRAME", "Frame", "new_baseline"]

MAX_CACHED = 4096


class Frame(FrameBase):
    """One entered scope, as seen from it outwards."""

    __slots__ = ()

    # --- Reading ---

    def entry(self, key: str) -> Entry:
        """Return the entry of a key, `MISSING_ENTRY` if it is not set."""
        entry = self.cache.get(key)
        if entry is None:
            entry = lookup(self.overrides, key)
            if entry is None:
                parent = self.visible_parent()
                # This is `parent.view()`, without the call if the view is built.
                visible = parent.view() if parent.visible_map is None else parent.visible_map
                entry = lookup(visible, key) or MISSING_ENTRY
            self._cache_entry(key, entry)
        return entry

    def read_entry(self, key: str) -> Entry:
        """Return the entry that a read sees: an empty mapping counts as not set if there are keys below it."""
        entry = self.entry(key)
        if entry is MISSING_ENTRY or is_plain_type(type(entry[0])):
            return entry
        return MISSING_ENTRY if is_empty_mapping(entry[0]) and self._has_subtree(key) else entry

    def subtree(self, key: str) -> dict[str, Any] | None:
        """Return the subtree of a key as a nested dict, sorted by key; None if there is no key below it.

        If a key has both a value and keys below it, the dict has the value, unless that is an empty mapping.
        """
        if not self._has_subtree(key):
            return None
        visible = self.view()
        subtree: dict[str, Any] = {}
        unfinished = [(key, subtree)]
        while unfinished:
            prefix, node = unfinished.pop()
            for segment in self.segments_below(prefix):
                path = join(prefix, segment)
                entry = lookup(visible, path)
                if entry is not None and not (is_empty_mapping(entry[0]) and self._has_subtree(path)):
                    node[segment] = entry[0]
                else:
                    node[segment] = {}
                    unfinished.append((path, node[segment]))
        return subtree

    def segments_below(self, key: str) -> list[str]:
        """Return the segments directly below a key, sorted."""
        return sorted(segment for segment, _ in items(lookup(self.index(), key) or {}))

    def visible_keys(self) -> list[str]:
        """Return every visible key, sorted."""
        return sorted(key for key, _ in items(self.view()))

    def _has_subtree(self, key: str) -> bool:
        return lookup(self.index(), key) is not None

    # --- The caches ---

    def _cache_entry(self, key: str, entry: Entry) -> None:
        cache = self.cache
        if cache is self.overrides or len(cache) >= MAX_CACHED:
            # All frames of a scope share its overrides, so they must not change: a new cache replaces them.
            # It copies them if they are few. Otherwise `entry` finds them in the overrides.
            is_small = type(self.overrides) is dict and len(self.overrides) <= MAX_LEAF_SIZE
            cache = self.cache = dict(self.overrides) if is_small else {}
        cache.setdefault(key, entry)

    def cache_answer(self, key: str, default_type: type, answer: Any) -> None:
        """Cache the converted value of a key for defaults of one type."""
        answers = self.answers
        if answers is None or len(answers) >= MAX_CACHED:
            answers = self.answers = {}
        answers.setdefault((key, default_type), answer)

    def plans_of(self, plan_key: object) -> dict[int, Any] | None:
        """Return the cached plans of a binding, None if there are none."""
        return None if self.plans is None else self.plans.get(plan_key)

    def cache_plans(self, plan_key: object, plans: dict[int, Any]) -> None:
        """Cache the plans of a binding for the calls of its function in this frame."""
        plans_by_binding = self.plans
        if plans_by_binding is None or len(plans_by_binding) >= MAX_CACHED:
            plans_by_binding = self.plans = {}
        plans_by_binding.setdefault(plan_key, plans)

    # --- The view and its index ---

    def visible_parent(self) -> Frame:
        """Return the frame whose keys are visible through this one."""
        return EMPTY_FRAME if self.parent is None or self.scope.__empty__ else self.parent

    def view(self) -> Map:
        """Return the map of every visible key to its entry."""
        for frame in self._frames_without("visible_map"):
            changes = visible_changes(items(frame.overrides))
            frame.visible_map = merge(frame.visible_parent().visible_map, changes)
        return self.visible_map

    def index(self) -> Map:
        """Return the prefix index of the view."""
        if self.prefix_index is None:
            self.view()
            for frame in self._frames_without("prefix_index"):
                frame._build_index(frame.visible_parent(), visible_changes(items(frame.overrides)))
        return self.prefix_index

    def derive_view(self, previous: Frame, changes: Mapping[str, Entry | None]) -> None:
        """Build the view from that of the previous frame, of which this is a copy with `changes`."""
        if previous.visible_map is None:
            return
        changes = visible_changes(changes.items())
        self.visible_map = merge(previous.visible_map, changes)
        if previous.prefix_index is not None and len(changes) <= MAX_LEAF_SIZE:
            self._build_index(previous, changes)

    def _frames_without(self, attribute: str) -> list[Frame]:
        """Return the frames from this one down whose attribute is not built yet, the lowest first."""
        frames: list[Frame] = []
        frame = self
        while getattr(frame, attribute) is None:
            frames.append(frame)
            frame = frame.visible_parent()
        return frames[::-1]

    def _build_index(self, base: Frame, changes: Mapping[str, Entry | None]) -> None:
        """Build the index; `changes` are the changes from the view of `base` to the view of this frame."""
        if len(changes) > MAX_LEAF_SIZE:
            self.prefix_index = index_of(key for key, _ in items(self.visible_map))
            return
        index = base.prefix_index
        for key, entry in changes.items():
            was_visible = lookup(base.visible_map, key) is not None
            if entry is None and was_visible:
                index = remove_from_index(index, key, self.visible_map)
            elif entry is not None and not was_visible:
                index = add_to_index(index, key)
        self.prefix_index = index

    # --- Ambient frames (see context.py) ---

    def rebased_on(self, baseline: Frame) -> Frame:
        """Return this ambient frame, which has no parent, on top of a baseline."""
        rebased = self.rebased
        if rebased is None or rebased.parent is not baseline:
            rebased = self.rebased = Frame(self.scope, self.overrides, baseline)
        return rebased


def is_empty_mapping(value: Any) -> bool:
    """Return whether a value is a mapping without items."""
    return is_mapping(value) and not value


def visible_changes(overrides: Iterable[tuple[str, Entry | None]]) -> dict[str, Entry | None]:
    """Return overrides as changes to a view: a deletion removes the key."""
    return {key: None if entry is MISSING_ENTRY else entry for key, entry in overrides}


def new_baseline(view: Map) -> Frame:
    """Return a frame without a scope and a parent, which shows a view."""
    frame = Frame(None, view, None)
    frame.visible_map = view
    return frame


EMPTY_FRAME = new_baseline({})
EMPTY_FRAME.prefix_index = {}
set_baseline(EMPTY_FRAME)
