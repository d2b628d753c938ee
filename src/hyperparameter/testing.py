"""Helpers for the tests of users. In pytest, the fixture `clean_scope` does what `clean` does, for one test.

A test sets a parameter by a scope, which restores it by itself:

    def test_training(clean_scope):                         # pytest
        with hp.scope(**{"train.lr": 0.5}):
            assert train() == 0.5

    @pytest.fixture
    def small():                                            # a fixture of pytest
        with hp.scope(**{"train.steps": 3}):
            yield

    class TrainingTest(unittest.TestCase):                  # unittest
        def setUp(self):
            self.enterContext(clean())
            self.enterContext(hp.scope(**{"train.lr": 0.5}))

`mock.patch.object`, `mock.patch.dict` and `monkeypatch` of pytest cannot restore a parameter, so they are
refused.
"""

from __future__ import annotations

from contextlib import contextmanager

from .core.context import replace_current
from .core.frame import EMPTY_FRAME
from .core.kernel import get_baseline, set_baseline
from .core.origin import Origin
from .program.baselines import starts
from .scopes.scope import Scope
from .scopes.sources import entries_from
from .secrecy import patterns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .scopes.sources import Source

__all__ = ["clean"]


def clean(*sources: Source, **params: Any) -> Any:
    """Return a context manager whose block has an empty baseline, and no other parameters than these.

    After the block, the baseline, the view and the patterns of `hp.secrets` are as before, whatever the block
    did. The baseline belongs to the process, so other threads see the empty one too.

    Examples:
        >>> import hyperparameter as hp
        >>> from hyperparameter.testing import clean
        >>> with hp.scope(**{"train.lr": 0.1}), clean(seed=7):
        ...     hp.scope.train.lr | None, hp.scope.seed | 0
        (None, 7)
    """
    return _clean(Scope(entries_from(sources, params, Origin.of_caller())) if sources or params else None)


@contextmanager
def _clean(scope: Scope | None) -> Iterator[None]:
    baseline, frame, secret_patterns = get_baseline(), replace_current(None), list(patterns)
    launch_starts = list(starts)
    set_baseline(EMPTY_FRAME)
    starts.clear()
    try:
        if scope is not None:
            scope.__enter__()
        yield
    finally:
        set_baseline(baseline)
        replace_current(frame)
        patterns[:] = secret_patterns
        starts[:] = launch_starts
