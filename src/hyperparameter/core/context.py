"""The frames of the current context: leave a scope, write, delete, freeze.

A context is a thread or an asyncio task. Its variable `current` is one of these:

    None                No scope is entered and nothing was written. A read sees the baseline of
                        that moment.
    an ambient frame    No scope is entered, but values were written. They belong to `AMBIENT_SCOPE`.
                        The frame has no parent: each read puts it on top of the baseline of that
                        moment (`Frame.rebased_on`).
    any other frame     Scopes are entered. The chain of parents ends on the baseline of the moment
                        at which the outermost scope was entered. Values that were written before
                        that moment are a frame on top of this baseline.

The overrides and the parent of a frame never change. A write replaces the frame of the scope. Leaving a scope
drops its frame. In both cases the frames above it are made again on top. Other contexts keep the old frames.
"""

from __future__ import annotations

from . import kernel, tree
from .frame import Frame, new_baseline
from .kernel import current, get_baseline, set_baseline, set_current
from .key import is_below
from .map import MAX_LEAF_SIZE, lookup, merge
from .value import MISSING, MISSING_ENTRY, hides, is_append, link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

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
    "write",
]

# The ambient scope has what is written outside of any scope. Each context has its own frame of it.
AMBIENT_SCOPE: ScopeBase


def connect(hooks: Hooks) -> None:
    """Give this module and the kernel what they use of the rooms above. Only `scopes/scope.py` calls this."""
    global AMBIENT_SCOPE
    AMBIENT_SCOPE = hooks.ambient_scope
    tree.connect(hooks.part_of)
    kernel.connect(hooks)


# --- The current frame ---


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
    if frame is None or frame.parent is None:
        # Such a frame is on top of the baseline of each moment.
        return frame
    above: list[Frame] = []
    lower: Frame | None = frame
    while lower is not None and lower.parent is not None:
        above.append(lower)
        lower = lower.parent
    moved = baseline
    for upper in reversed(above):
        moved = Frame(upper.scope, upper.overrides, moved)
    return moved


def freeze() -> None:
    """Make the current view the baseline."""
    set_baseline(new_baseline(current_frame().view()))


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
    if not above and (frame.scope is None or frame.scope is AMBIENT_SCOPE):
        set_current(_ambient_frame(frame))
        return
    for upper in reversed(above):
        frame = Frame(upper.scope, upper.overrides, frame)
    set_current(frame)


def _ambient_frame(rebased: Frame) -> Frame | None:
    """Return an ambient frame without its parent, the baseline; None if it has no overrides."""
    if rebased.scope is None or not rebased.overrides:
        return None
    frame = Frame(AMBIENT_SCOPE, rebased.overrides, None)
    frame.rebased = rebased
    return frame
