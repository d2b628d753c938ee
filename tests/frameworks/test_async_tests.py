"""A fixture or `setUp` enters a scope for an async test, whichever plugin runs it."""

import unittest

import pytest

import hyperparameter as hp

pytest.importorskip("anyio", reason="`make frameworks` installs it")
pytestmark = pytest.mark.frameworks


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def scope_of_a_fixture():
    with hp.scope(limit=3):
        yield


@pytest.fixture
async def scope_of_an_async_fixture():
    with hp.scope(limit=3):
        yield


@pytest.mark.anyio
async def test_an_async_test_sees_the_scope_of_a_fixture(scope_of_a_fixture):
    assert hp.scope.limit() == 3


@pytest.mark.anyio
async def test_an_async_test_sees_the_scope_of_an_async_fixture(scope_of_an_async_fixture):
    assert hp.scope.limit() == 3


class ScopeOfSetUp(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.enterContext(hp.scope(limit=3))

    async def test_an_async_test_sees_it(self):
        assert hp.scope.limit() == 3


class ScopeOfAsyncSetUp(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.enterContext(hp.scope(limit=3))

    async def test_an_async_test_sees_it(self):
        assert hp.scope.limit() == 3
