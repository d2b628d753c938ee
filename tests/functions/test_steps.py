"""Decorated coroutine functions, generators and async generators are functions of their kind."""

import asyncio
import functools
import inspect
import types
import unittest.mock

import pydantic
import pytest

import hyperparameter as hp


@hp.param("steps")
async def coroutine(a=1):
    """Wait."""
    return a


@hp.param("steps")
def generator(a=1):
    """Step."""
    yield a


@hp.param("steps")
async def async_generator(a=1):
    """Step, and wait."""
    yield a


@pytest.mark.parametrize("one", [coroutine, generator, async_generator])
def test_a_stepwise_function_is_a_function_of_its_kind(one):
    kinds = [inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction]
    assert [is_kind(one) for is_kind in kinds] == [one is coroutine, one is generator, one is async_generator]
    assert inspect.isfunction(one)
    assert not inspect.ismethoddescriptor(one)
    assert (one.__doc__, inspect.getdoc(one)) == (one.__wrapped__.__doc__,) * 2
    assert (one.__module__, one.__globals__) == (__name__, globals())
    assert type(one).__module__.startswith("hyperparameter")
    assert vars(one) == {"__wrapped__": one.__wrapped__}
    assert vars(functools.wraps(one)(lambda: None)) == {"__wrapped__": one}


@pytest.mark.parametrize("one", [coroutine, generator, async_generator])
def test_a_stepwise_functions_attributes_are_as_hard_to_break_as_any_functions(one):
    with pytest.raises(TypeError, match="__name__ must be set to a string object"):
        one.__name__ = 3
    with pytest.raises(TypeError, match="__name__ must be set to a string object"):
        del one.__name__
    one.mark = 1
    assert vars(one)["mark"] == 1
    del one.mark
    assert not hasattr(one, "mark")
    one.__dict__ = {**vars(one), "mark": 2}
    assert (one.mark, one.__name__) == (2, one.__wrapped__.__name__)
    del one.mark


def test_a_mock_made_after_a_stepwise_method_checks_its_calls():
    class Service:
        @hp.param("mocked")
        async def fetch(self, a=1): ...

        @hp.param("mocked")
        def steps(self, a=1):
            yield a

    service = unittest.mock.create_autospec(Service)()
    for method in (service.fetch, service.steps):
        with pytest.raises(TypeError, match="too many positional arguments"):
            method(1, 2)


def test_a_generator_that_is_made_awaitable_stays_so():
    @hp.param("awaitable")
    @types.coroutine
    def wait(a=1):
        yield
        return a

    async def main():
        return await wait()

    with hp.scope(**{"awaitable.a": 2}):
        assert asyncio.run(main()) == 2
        assert [*wait()] == [None]


def test_a_pydantic_model_takes_stepwise_methods():
    class Model(pydantic.BaseModel):
        size: int = 3

        @hp.param("model")
        async def fetch(self, a=1):
            return self.size, a

        @hp.param("model")
        def steps(self, a=1):
            yield self.size, a

    with hp.scope(**{"model.a": 2}):
        assert asyncio.run(Model().fetch()) == (3, 2)
        assert [*Model().steps()] == [(3, 2)]
    assert [name for name, _ in inspect.getmembers(Model, inspect.isfunction) if name in vars(Model)] == [
        "fetch",
        "steps",
    ]
