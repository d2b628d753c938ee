"""The pytest plugin: found by its entry point where both are installed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture
def clean_scope() -> Iterator[None]:
    """Give the test an empty baseline and no scope, and put both back afterwards."""
    from hyperparameter.testing import clean

    with clean():
        yield
