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
                  |     tree {a: 1, b: 1, seed: 3}
                  | parent
                  v
                Frame   the baseline      overrides {seed: 3}

Entering a scope makes one frame and copies nothing. A read looks for its key in three places:

1. in the frame's cache. A repeated read in one scope is a cache hit. The overrides themselves are the first
   cache; the first key that they do not have makes a new one;
2. in the frame's overrides, because a new cache does not copy them if they are many. If they have a value for a
   prefix of the key, the answer is a part of that value, and nothing further out counts;
3. in the tree of the parent, which has every key that is visible from there (see tree.py). It is built from the
   tree of the frame below when it is first needed, and shares with that tree all that is the same.

So a read takes as long with many scopes or many keys below as with few. What is set below a key is read from
the tree of the frame itself. A frame of `hp.scope.empty` answers as if it had no parent.

The scope, the overrides and the parent of a frame never change: a write puts a new frame in its place (see
context.py). The other attributes are filled when they are first needed:

    attribute      maps                      to                              used by
    cache          key                       its entry                       every read
    answers        (key, type of default)    the converted value             reads that convert, such as of text
    plans          a binding's `plan_key`    its plans, by argument count    calls of decorated functions
    tree           every visible key         its entry                       frames above, subtrees, views

The first three are caches. They are bounded, because a program can make any number of keys while it runs.
No item in them is ever replaced, because the Rust kernel may hold a borrowed pointer to it. A full cache is
dropped as a whole. In the Rust kernel, this gives the frame a new id, so that no such pointer is used again.
"""

from __future__ import annotations

from operator import itemgetter

from .kernel import FrameBase, set_baseline
from .key import is_below, name_of, parents, segments_of
from .map import MAX_LEAF_SIZE, items, lookup
from .tree import EMPTY_NODE, children, find, input_at, merge, part_entry
from .tree import items as tree_items
from .value import APPEND, MISSING, MISSING_ENTRY, Parts, hides, input_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .tree import Node
    from .value import Entry

__all__ = ["EMPTY_FRAME", "Frame", "new_baseline", "stacked"]

MAX_CACHED = 4096


class Frame(FrameBase):
    """One entered scope, as seen from it outwards."""

    __slots__ = ()

    # --- Reading ---

    def entry(self, key: str) -> Entry:
        """Return the entry of a key, `MISSING_ENTRY` if it is not set; it can be a part of a value."""
        entry = self.cache.get(key)
        if entry is None:
            overrides = self.overrides
            if type(overrides) is dict and len(overrides) <= MAX_LEAF_SIZE:
                # The cache has them, so only a value of a prefix can have the key.
                for name in overrides:
                    if key.startswith(name):
                        entry = self._entry_of_part(key)
                        break
            else:
                entry = lookup(overrides, key) or self._entry_of_part(key)
            if entry is None:
                # The frame below caches it too, so the next scope on top of it, such as that of the next
                # request, finds it there. This is `self.visible_parent()`, without the call.
                below = self.parent
                if below is None or self.tree is not None or self.scope.__empty__:
                    entry = self._entry_in_tree(key)
                else:
                    entry = below.cache.get(key)
                    if entry is None:
                        entry = below._entry_in_tree(key)
                        below._cache_entry(key, entry)
            self._cache_entry(key, entry)
        return entry

    def _entry_in_tree(self, key: str) -> Entry:
        return find(self.view() if self.tree is None else self.tree, key)[0] or MISSING_ENTRY

    def _entry_of_part(self, key: str) -> Entry | None:
        """Return the part of an override of a prefix; None if the overrides have no value for a prefix."""
        segments = segments_of(key)
        for number, prefix in enumerate(parents(key), 1):
            entry = lookup(self.overrides, prefix)
            if entry is not None and hides(entry[0]):
                return part_entry(entry, segments[-number:]) or MISSING_ENTRY
        return None

    def input(self, key: str) -> Any:
        """Return what is set at a key and below it, as the input of conversion; `MISSING` if nothing is."""
        given = None if self.answers is None else self.answers.get((key, Parts))
        if given is None:
            given = self._input_of_overrides(key) or input_at(self.node(key))
            if type(given) is Parts:
                # Conversion makes a new object of the parts for each read, and does not change them.
                self.cache_answer(key, Parts, given)
        return given

    def _input_of_overrides(self, key: str) -> Parts | None:
        """Return what the overrides set directly below a key, or None if anything else is set there.

        A program often enters a scope, reads a structure once, and leaves. Then it needs no tree.
        """
        overrides = self.overrides
        if self.tree is not None or type(overrides) is not dict or len(overrides) > MAX_LEAF_SIZE:
            return None
        depth = len(segments_of(key))
        parts: list[tuple[str, Any]] = []
        for name, entry in overrides.items():
            if is_below(name, key):
                segments = segments_of(name)
                is_simple = len(segments) == depth + 1 and segments[-1] != APPEND and hides(entry[0])
                if not is_simple or entry is MISSING_ENTRY:
                    return None
                parts.append((segments[-1], input_of(entry)))
            elif name == key or is_below(key, name):
                return None
        if not parts or find(self.visible_parent().view(), key) != EMPTY_NODE:
            return None
        parts.sort(key=itemgetter(0))
        return Parts(MISSING, {name_of(segment): part for segment, part in parts})

    def node(self, key: str) -> Node:
        """Return the node of a key in the tree of everything visible; `find` says what it has."""
        frame = self
        if frame.tree is None and not frame._touches(key):
            # The overrides change nothing here, so the tree of this frame need not be built.
            frame = frame.visible_parent()
        return find(frame.view(), key)

    def origin_of(self, key: str) -> Any:
        """Return the origin of a key, of the nearest prefix that has one, or of the first key below the key."""
        for prefix in (key, *parents(key)):
            origin = self.entry(prefix)[1]
            if origin is not None:
                return origin
        below = sorted(tree_items(self.node(key)), key=lambda item: item[0])
        return next((entry[1] for _, entry in below if entry[1] is not None), None)

    def segments_below(self, key: str) -> list[str]:
        """Return the segments directly below a key that are set, sorted; below `""` the first segments."""
        return children(self.node(key) if key else self.view())

    def visible_items(self) -> list[tuple[str, Entry]]:
        """Return every visible key with its entry, sorted by key."""
        return sorted(tree_items(self.view()), key=lambda item: item[0])

    def visible_keys(self) -> list[str]:
        """Return every visible key, sorted."""
        return sorted(key for key, _ in tree_items(self.view()))

    def _touches(self, key: str) -> bool:
        """Return whether an override may change what is set at a key or below it."""
        if type(self.overrides) is not dict or len(self.overrides) > MAX_LEAF_SIZE:
            return True
        return any(name == key or is_below(name, key) or is_below(key, name) for name in self.overrides)

    # --- The caches ---

    def _cache_entry(self, key: str, entry: Entry) -> None:
        cache = self.cache
        if cache is self.overrides or len(cache) >= MAX_CACHED:
            # All frames of a scope share its overrides, so they must not change: a new cache replaces them.
            # It copies them if they are few. Otherwise `entry` finds them in the overrides.
            is_small = type(self.overrides) is dict and len(self.overrides) <= MAX_LEAF_SIZE
            cache = self.cache = dict(self.overrides) if is_small else {}
        cache.setdefault(key, entry)

    def cache_answer(self, key: object, default_type: type, answer: Any) -> None:
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
        # Each call has to be recorded, so it must not find a plan.
        if self.recorders is not None:
            return
        plans_by_binding = self.plans
        if plans_by_binding is None or len(plans_by_binding) >= MAX_CACHED:
            plans_by_binding = self.plans = {}
        plans_by_binding.setdefault(plan_key, plans)

    # --- The tree of everything visible ---

    def visible_parent(self) -> Frame:
        """Return the frame whose keys are visible through this one."""
        return EMPTY_FRAME if self.parent is None or self.scope.__empty__ else self.parent

    def view(self) -> Node:
        """Return the tree of everything that is visible from this frame."""
        frames: list[Frame] = []
        frame = self
        while frame.tree is None:
            frames.append(frame)
            frame = frame.visible_parent()
        # The lowest frame comes first.
        for frame in reversed(frames):
            frame.tree = merge(frame.visible_parent().tree, items(frame.overrides))
        return self.tree

    def derive_view(self, previous: Frame, changes: Mapping[str, Entry | None]) -> None:
        """Build the tree from that of the previous frame, of which this is a copy with `changes`."""
        if previous.tree is not None:
            self.tree = merge(previous.tree, ((key, entry or MISSING_ENTRY) for key, entry in changes.items()))

    # --- Unpinned frames (see context.py) ---

    def rebased_on(self, baseline: Frame) -> Frame:
        """Return the frames that this unpinned frame stands for, on top of a baseline."""
        rebased = Frame(self.scope, self.overrides, baseline) if self.rebased is None else self.rebased
        self.rebased = rebased.moved_to(baseline)
        return self.rebased

    def moved_to(self, baseline: Frame) -> Frame:
        """Return this frame, and those below it, on top of a baseline."""
        frames: list[Frame] = []
        lowest = self
        while lowest.scope is not None:
            frames.append(lowest)
            lowest = lowest.parent
        return self if lowest is baseline else stacked(frames, baseline)


def stacked(frames: list[Frame], lowest: Frame) -> Frame:
    """Return new frames on top of `lowest`, with the scopes and overrides of others.

    The innermost of the others comes first.
    """
    for frame in reversed(frames):
        lowest = Frame(frame.scope, frame.overrides, lowest)
    return lowest


def new_baseline(view: Node) -> Frame:
    """Return a frame without a scope and a parent, which shows a view."""
    frame = Frame(None, {}, None)
    frame.tree = view
    return frame


EMPTY_FRAME = new_baseline(EMPTY_NODE)
set_baseline(EMPTY_FRAME)
