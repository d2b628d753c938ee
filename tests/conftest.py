"""Every test starts from a clean baseline and view, by the fixture that users have too."""

import pytest


@pytest.fixture(autouse=True)
def _clean(clean_scope):
    return clean_scope
