"""For users' own tests: a clean baseline and view, put back afterwards.

With pytest, the fixture `clean_scope` does this for one test; it comes with the package.
"""

from __future__ import annotations

from contextlib import contextmanager

from .core.frame import EMPTY_FRAME, replace_current
from .core.kernel import get_baseline, set_baseline
from .scopes.reference import caller, entries_from
from .scopes.scope import Scope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .scopes.scope import Source

__all__ = ["clean"]


def clean(*sources: Source, **params: Any) -> Any:
    """Give a block an empty baseline and no scope but one with the given parameters.

    Whatever the block sets, enters or freezes, the baseline and view from before are back after it.
    The baseline is the process's: other threads see the empty one too.

    Examples:
        >>> import hyperparameter as hp
        >>> from hyperparameter.testing import clean
        >>> with hp.scope(**{"train.lr": 0.1}), clean(seed=7):
        ...     hp.scope.train.lr | None, hp.scope.seed | 0
        (None, 7)
    """
    return _clean(Scope(entries_from(sources, params, caller(1))) if sources or params else None)


@contextmanager
def _clean(scope: Scope | None) -> Iterator[None]:
    baseline, view = get_baseline(), replace_current(None)
    set_baseline(EMPTY_FRAME)
    try:
        if scope is not None:
            scope.__enter__()
        yield
    finally:
        set_baseline(baseline)
        replace_current(view)
