"""The baselines that programs start from: nothing of an earlier `hp.launch` is visible in a later one."""

from __future__ import annotations

from contextlib import contextmanager

from ..core.context import freeze, moved_to, replace_current
from ..core.kernel import get_baseline, set_baseline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..core.frame import Frame
    from ..scopes.scope import Scope

__all__ = ["run_baseline", "starts"]

# The baseline before the first launch of the process, then those of the programs that are running.
starts: list[Frame] = []


@contextmanager
def run_baseline(values: Scope) -> Iterator[None]:
    """Run a program: its values become the baseline, on top of the one before the first launch.

    A program that a running program launches starts from the baseline of that one. The scopes of the caller
    stay below the values. They end on a baseline that an earlier launch may have set, so they are moved. What
    the program writes outside of any scope is dropped at its end.
    """
    if not starts:
        starts.append(get_baseline())
    start = starts[-1]
    set_baseline(start)
    # The baseline must not include a scope of the caller, because the caller leaves that scope later.
    callers_frame = replace_current(None)
    try:
        with values:
            freeze()
        starts.append(get_baseline())
        try:
            replace_current(moved_to(callers_frame, start))
            yield
        finally:
            starts.pop()
    finally:
        replace_current(callers_frame)
