"""The plugin for pytest, which finds it by an entry point of this package."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture
def clean_scope() -> Iterator[None]:
    """Run the test with an empty baseline and outside of any scope, and restore both afterwards."""
    from hyperparameter.testing import clean

    with clean():
        yield
