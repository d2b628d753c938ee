"""What a kernel uses of the rest of the library, as one record.

The kernel is below the rooms that it calls, so it cannot import them. `scopes/scope.py` makes this record and
connects it by one call of `core.context.connect`. If no cache has the answer to a read, it goes this way:

    hp.scope.a | 1  ->  ReferenceBase.__or__ (kernel)  ->  hooks.read  ->  read_current (scopes/reading.py)
"""

from __future__ import annotations

from .key import check_key, segments_of, valid_keys
from .origin import Origin
from .value import MISSING, PLAIN_TYPES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    from .frame import Frame
    from .kernel import ReferenceBase, ScopeBase
    from .value import Entry

__all__ = ["Hooks"]


class Hooks:
    """The functions that a kernel calls, and the classes and objects that it works with."""

    # These are defined below the kernels. The Python kernel imports them, and the Rust kernel takes them from
    # this record.
    missing = MISSING
    plain_types = PLAIN_TYPES
    valid_keys = valid_keys
    origin_type = Origin
    check_key = staticmethod(check_key)
    segments_of = staticmethod(segments_of)

    def __init__(
        self,
        *,
        frame_type: type[Frame],
        reference_type: type[ReferenceBase],
        scope_type: type[ScopeBase],
        ambient_scope: ScopeBase,
        rebased_on: Callable[[Frame, Frame], Frame],
        unpinned_if_possible: Callable[[Frame], Frame | None],
        leave: Callable[[ScopeBase], None],
        entries_from: Callable[[Iterable[Any], Mapping[str, Any], Origin | None], dict[str, Entry]],
        child_of: Callable[[Any, str], ReferenceBase],
        read: Callable[..., Any],
        require: Callable[..., Any],
        reject_operator: Callable[..., Any],
        record_overrides: Callable[[tuple[Any, ...], Any], None],
        part_of: Callable[[Any, Sequence[str]], Any],
    ) -> None:
        # The classes of frames, of references, and of what `hp.scope(...)` returns. The kernel makes instances.
        self.frame_type = frame_type
        self.reference_type = reference_type
        self.scope_type = scope_type
        # The scope that has what is written outside of any scope.
        self.ambient_scope = ambient_scope
        # Puts an unpinned frame on top of a baseline. The kernel calls it when a scope is entered there.
        self.rebased_on = rebased_on
        # Returns what the context points at when a scope is entered that sets nothing. Only the Python kernel
        # calls this and the next.
        self.unpinned_if_possible = unpinned_if_possible
        # Leaves a scope that is not the innermost one, or that may be on top of an unpinned frame.
        self.leave = leave
        # Returns the overrides of `hp.scope(*sources, **params)`.
        self.entries_from = entries_from
        # Returns the reference for an attribute of a reference or of `hp.scope`.
        self.child_of = child_of
        # Returns `reference | default` for a key, and the scope of the reference if it has one, if no cache has
        # the answer.
        self.read = read
        # Returns the value of `reference()`. With a tuple of arguments: raises the error for them.
        self.require = require
        # Raises the error for `value | reference`, which has the default on the wrong side.
        self.reject_operator = reject_operator
        # Tells recorders what a new frame sets.
        self.record_overrides = record_overrides
        # Returns a part of a value, for a key below the key of the value. tree.py calls it.
        self.part_of = part_of
        for name, hook in vars(self).items():
            if name != "ambient_scope" and not callable(hook):
                raise TypeError(f"the hook {name!r} is not callable: {hook!r}")
