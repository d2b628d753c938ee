"""The frames of the current context: leave a scope, write, delete, freeze.

A context is a thread or an asyncio task. Its variable `current` is one of these:

    None                No scope is entered and nothing was written. A read sees the baseline of
                        that moment.
    an unpinned frame   Values were written outside of any scope, which belong to `AMBIENT_SCOPE`, or
                        the scopes that are entered set nothing. The frame has a scope and no
                        parent: it stands for the frames in `rebased`, which each read puts on top
                        of the baseline of that moment (`Frame.rebased_on`).
    any other frame     Scopes are entered, and one of them sets something. The chain of parents ends
                        on the baseline of the moment at which the first such scope was entered.

The overrides and the parent of a frame never change. A write replaces the frame of the scope. Leaving a scope
drops its frame. In both cases the frames above it are made again on top. Other contexts keep the old frames.
"""

from __future__ import annotations

from _thread import RLock

from . import kernel, tree
from .frame import Frame, new_baseline, stacked
from .kernel import current, get_baseline, set_baseline, set_current
from .key import is_below
from .map import MAX_LEAF_SIZE, lookup, merge
from .value import MISSING, MISSING_ENTRY, hides, is_append, link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from .hooks import Hooks
    from .kernel import ScopeBase
    from .value import Entry

__all__ = [
    "clear",
    "connect",
    "current_frame",
    "delete",
    "frame_of",
    "freeze",
    "innermost_scope",
    "is_in_scope",
    "leave",
    "moved_to",
    "replace_current",
    "start_recording",
    "stop_recording",
    "unpinned_if_possible",
    "write",
]

# The ambient scope has what is written outside of any scope. Each context has its own frame of it.
AMBIENT_SCOPE: ScopeBase
# The class of the scopes that `hp.scope(...)` returns.
_scope_type: type


def connect(hooks: Hooks) -> None:
    """Give this module and the kernel what they use of the rooms above. Only `scopes/scope.py` calls this."""
    global AMBIENT_SCOPE, _scope_type
    AMBIENT_SCOPE, _scope_type = hooks.ambient_scope, hooks.scope_type
    tree.connect(hooks.part_of)
    kernel.connect(hooks)


# --- The current frame ---

# Held while the baseline is replaced by one that depends on it. No read takes it.
_baseline_lock = RLock()


def current_frame() -> Frame:
    """Return the frame that answers reads in this context, at this moment."""
    frame: Frame | None = current.get()
    if frame is None:
        return get_baseline()
    return frame.rebased_on(get_baseline()) if frame.parent is None else frame


def replace_current(frame: Frame | None) -> Frame | None:
    """Point the context at another frame (None: the baseline), and return the previous one."""
    previous = current.get()
    set_current(frame)
    return previous


def moved_to(frame: Frame | None, baseline: Frame) -> Frame | None:
    """Return a frame that `replace_current` returned, with another baseline below its scopes."""
    # A frame without a parent is on top of the baseline of each moment.
    return frame if frame is None or frame.parent is None else frame.moved_to(baseline)


def freeze() -> bool:
    """Make the current view the baseline. Return whether this context is pinned to an earlier one."""
    with _baseline_lock:
        set_baseline(_recorded(current_frame(), get_baseline().recorders or ()))
    frame = current.get()
    return frame is not None and frame.parent is not None


def unpinned_if_possible(frame: Frame) -> Frame | None:
    """Return what the context points at to make a frame the innermost one.

    For the baseline it is None. If the frame and all below it do not pin the baseline, it is an unpinned frame.
    Otherwise it is the frame.
    """
    if frame.scope is None or (frame.scope is AMBIENT_SCOPE and not frame.overrides):
        return None
    lowest = frame
    while lowest.scope is not None:
        if _pins(lowest):
            return frame
        lowest = lowest.parent
    unpinned = Frame(frame.scope, frame.overrides, None)
    unpinned.rebased = frame
    return unpinned


def _pins(frame: Frame) -> bool:
    """Return whether a frame pins the baseline below it: whether its scope sets or hides anything.

    What is set outside any scope does not pin it. A view of `hp.bind` always does: its scope is of another
    class.
    """
    is_plain = type(frame.scope) is _scope_type
    return frame.scope is not AMBIENT_SCOPE and not (is_plain and not frame.overrides)


def start_recording(recorder: Any, baseline_recorder: Any) -> None:
    """Let an object record the reads of this context, and another one those of the baseline."""
    _change_recorders(lambda recorders, new: (*recorders, new), recorder, baseline_recorder)


def stop_recording(recorder: Any, baseline_recorder: Any) -> None:
    """Undo `start_recording`, for this context and for the baseline."""
    _change_recorders(
        lambda recorders, old: tuple(other for other in recorders if other is not old),
        recorder,
        baseline_recorder,
    )


def _change_recorders(
    change: Callable[[tuple[Any, ...], Any], tuple[Any, ...]], recorder: Any, baseline_recorder: Any
) -> None:
    # Frames take their recorders from the frame below. So the baseline and the frames of this context are
    # replaced by copies.
    with _baseline_lock:
        old = get_baseline()
        set_baseline(_recorded(old, change(old.recorders or (), baseline_recorder)))
    frame = current.get()
    # An unpinned frame stands for frames on top of the baseline of each moment.
    if frame is not None and frame.parent is not None:
        lowest = frame
        while lowest.scope is not None:
            lowest = lowest.parent
        set_current(frame.moved_to(_recorded(lowest, change(lowest.recorders or (), recorder))))


def _recorded(frame: Frame, recorders: tuple[Any, ...]) -> Frame:
    """Return a baseline with the view of a frame, whose reads are recorded."""
    baseline = new_baseline(frame.view())
    if recorders:
        baseline.recorders = recorders
    return baseline


def innermost_scope() -> ScopeBase:
    """Return the innermost scope of this context, `AMBIENT_SCOPE` outside of any."""
    frame = current.get()
    return AMBIENT_SCOPE if frame is None or frame.scope is None else frame.scope


def is_in_scope() -> bool:
    """Return whether a scope is entered in this context."""
    return innermost_scope() is not AMBIENT_SCOPE


def frame_of(scope: ScopeBase) -> Frame:
    """Return the frame for reads from a scope outwards; a new one on top if the scope is not entered here."""
    frame, _ = _find(scope)
    return Frame(scope, scope.__overrides__, current_frame()) if frame is None else frame


# --- Leaving and writing ---


def leave(scope: ScopeBase) -> None:
    """Remove the innermost frame of a scope from this context, wherever it is; do nothing if there is none."""
    frame, above = _find(scope)
    if frame is not None:
        _restack(frame.parent, above)


def write(scope: ScopeBase | None, entries: Mapping[str, Entry]) -> None:
    """Set entries in a scope (None: the innermost), for this context."""
    frame, above = _find_entered(scope)
    changes: dict[str, Entry | None] = {}
    for key, entry in entries.items():
        if hides(entry[0]):
            changes |= dict.fromkeys(_overrides_below(frame, key))
    for key, entry in entries.items():
        changes[key] = link(entry, lookup(frame.overrides, key), is_append(key))
    _replace(frame, above, changes)


def clear(scope: ScopeBase) -> None:
    """Drop everything that a scope itself sets, for this context."""
    frame, above = _find_entered(scope)
    _restack(Frame(frame.scope, {}, frame.parent), above)


def delete(scope: ScopeBase | None, key: str) -> None:
    """Make a key, and every key below it, missing in a scope (None: the innermost)."""
    frame, above = _find_entered(scope)
    overridden = [name for name in (key, *_overrides_below(frame, key)) if lookup(frame.overrides, name)]
    # If no frame below sets the key, dropping the overrides is enough, unless one of them is a deletion: then
    # the key stays deleted, whatever is set below later.
    stays_deleted = any(lookup(frame.overrides, name) is MISSING_ENTRY for name in overridden)
    changes: dict[str, Entry | None] = dict.fromkeys(overridden)
    if stays_deleted or tree.input_at(tree.find(frame.visible_parent().view(), key)) is not MISSING:
        changes[key] = MISSING_ENTRY
    _replace(frame, above, changes)


def _overrides_below(frame: Frame, key: str) -> list[str]:
    """Return the keys below a key that a frame sets or deletes itself."""
    if type(frame.overrides) is dict and len(frame.overrides) <= MAX_LEAF_SIZE:
        return [name for name in frame.overrides if is_below(name, key)]
    names = (name for name, _ in tree.items(frame.node(key), key))
    return [name for name in names if name != key and lookup(frame.overrides, name) is not None]


def _find(scope: ScopeBase) -> tuple[Frame | None, list[Frame]]:
    """Return the innermost frame of a scope in this context, None if there is none, and the frames above it."""
    frame: Frame | None = current_frame()
    above: list[Frame] = []
    while frame is not None and frame.scope is not scope:
        if frame.scope is None and scope is AMBIENT_SCOPE:
            # Nothing was written outside of a scope yet. Such a frame is directly on top of the baseline.
            return Frame(AMBIENT_SCOPE, {}, frame), above
        above.append(frame)
        frame = frame.parent
    return frame, above


def _find_entered(scope: ScopeBase | None) -> tuple[Frame, list[Frame]]:
    """Return the same as `_find`, for the innermost scope if it is None; raise if the scope is not entered."""
    frame, above = _find(innermost_scope() if scope is None else scope)
    if frame is None:
        raise RuntimeError("cannot write to this scope: it is not entered in this context")
    return frame, above


def _replace(frame: Frame, above: list[Frame], changes: Mapping[str, Entry | None]) -> None:
    """Replace a frame by one with changed overrides; a change to None drops the override."""
    replacement = Frame(frame.scope, merge(frame.overrides, changes), frame.parent)
    replacement.derive_view(frame, changes)
    _restack(replacement, above)


def _restack(frame: Frame, above: list[Frame]) -> None:
    """Point the context at `frame`, with new frames for those `above` it on top."""
    set_current(unpinned_if_possible(stacked(above, frame)))
