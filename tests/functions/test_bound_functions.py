"""A bound function passes for a function, where a framework asks for one."""

import asyncio
import functools
import inspect
import pickle

import cloudpickle
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

import hyperparameter as hp


def function(x, lr=1):
    """Return the parameter."""
    return x, lr, hp.scope.rate | 0


async def coroutine(x, lr=1):
    return x, lr, hp.scope.rate | 0


def generator(x, lr=1):
    yield x, lr, hp.scope.rate | 0


async def async_generator(x, lr=1):
    yield x, lr, hp.scope.rate | 0


class Owner:
    def method(self, x, lr=1):
        return x, lr, hp.scope.rate | 0

    def __call__(self, x):
        return x


async def _first(items):
    return await anext(items)


KINDS = {
    "function": (function, lambda result: result),
    "partial": (functools.partial(function, lr=1), lambda result: result),
    "method": (Owner().method, lambda result: result),
    "decorated": (hp.param("ns")(function), lambda result: result),
    "coroutine": (coroutine, asyncio.run),
    "generator": (generator, next),
    "async generator": (async_generator, lambda result: asyncio.run(_first(result))),
}


@pytest.fixture(params=KINDS)
def kind(request):
    return KINDS[request.param]


def test_it_is_a_function_of_the_same_kind(kind):
    function, result_of = kind
    with hp.scope(rate=5):
        bound = hp.bind(function)
    assert inspect.isfunction(bound)
    assert inspect.signature(bound) == inspect.signature(function)
    for test in (inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction):
        assert test(bound) == test(function)
    assert result_of(bound(3)) == (3, 1, 5)
    assert bound.__wrapped__ is function or bound.__wrapped__ == function


@pytest.mark.parametrize("pickler", [pickle, cloudpickle])
def test_it_pickles_with_its_view(kind, pickler):
    function, result_of = kind
    if pickler is pickle and hasattr(function, "__wrapped__"):
        pytest.skip("the name of the decorated function is that of the plain one")
    with hp.scope(rate=5):
        data = pickler.dumps(hp.bind(function))
    loaded = pickle.loads(data)
    assert inspect.isfunction(loaded)
    assert result_of(loaded(3)) == (3, 1, 5)
    assert result_of(pickle.loads(cloudpickle.dumps(loaded))(3)) == (3, 1, 5)


def test_what_is_no_function_does_not_pass_for_one():
    for target in (Owner(), functools.partial(Owner(), 1), Owner, len):
        assert not inspect.isfunction(hp.bind(target))


def test_in_a_class_it_is_no_method():
    class Holder:
        work = hp.bind(function)

    assert Holder().work(3) == Holder.work(3) == (3, 1, 0)


def test_starlette_calls_a_bound_endpoint():
    async def endpoint(request):
        return PlainTextResponse(f"{request.method} {hp.scope.rate | 0}")

    def sync(request):
        return PlainTextResponse(f"{request.method} {hp.scope.rate | 0}")

    with hp.scope(rate=5):
        routes = [Route("/", hp.bind(endpoint)), Route("/sync", hp.bind(sync))]
    assert [route.name for route in routes] == ["endpoint", "sync"]
    assert [asyncio.run(_get(Starlette(routes=routes), path)) for path in ("/", "/sync")] == [
        b"GET 5",
        b"GET 5",
    ]


async def _get(app, path):
    """Call an ASGI application, and return the body of its response."""
    body = []
    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b""}

    async def receive():
        return {"type": "http.request"}

    async def send(message):
        body.append(message.get("body", b""))

    await app(scope, receive, send)
    return b"".join(body)
