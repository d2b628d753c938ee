"""What a scope of a request reaches in FastAPI, Flask and Django."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated

import pytest

import hyperparameter as hp

pytest.importorskip("fastapi", reason="`make frameworks` installs it")

import anyio
import django
from asgiref.sync import async_to_sync
from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.test import AsyncClient, Client
from django.urls import path
from fastapi import BackgroundTasks, Depends, FastAPI, Request
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient
from flask import Flask, Response, request

pytestmark = pytest.mark.frameworks


@hp.param("search")
def search(limit: int = 10):
    return limit


def overrides_of(headers):
    return [f"search.limit={headers['x-limit']}"] if "x-limit" in headers else []


class ScopeMiddleware:
    """Enters the scope of a request, as a plain ASGI application."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        headers = {name.decode(): value.decode() for name, value in scope.get("headers", [])}
        with hp.scope(*overrides_of(headers)):
            await self.app(scope, receive, send)


async def enter_async(request: Request):
    with hp.scope(*overrides_of(request.headers)):
        yield


def enter_sync(request: Request):
    with hp.scope(*overrides_of(request.headers)):
        yield


async def enter_by_decorator(request, call_next):
    with hp.scope(*overrides_of(request.headers)):
        return await call_next(request)


def fastapi_app(place):
    """Return an application that enters the scope of a request in one of four places."""
    dependencies = {"async dependency": [Depends(enter_async)], "sync dependency": [Depends(enter_sync)]}
    app = FastAPI(dependencies=dependencies.get(place))
    if place == "middleware":
        app.add_middleware(ScopeMiddleware)
    if place == "middleware function":
        app.middleware("http")(enter_by_decorator)
    app.state.log = []

    def sync_dependency():
        return search()

    async def async_dependency():
        return search()

    @app.get("/async")
    async def read_async(size: Annotated[int, Depends(async_dependency)]):
        return [search(), size]

    @app.get("/sync")
    def read_sync(size: Annotated[int, Depends(sync_dependency)]):
        return [search(), size]

    @app.get("/stream")
    def stream():
        return StreamingResponse(f"{search()} " for _ in range(2))

    @app.get("/async-stream")
    async def stream_async():
        async def rows():
            for _ in range(2):
                await anyio.sleep(0)
                yield f"{search()} "

        return StreamingResponse(rows())

    @app.get("/background")
    def background(tasks: BackgroundTasks):
        async def log_async():
            app.state.log.append(search())

        tasks.add_task(lambda: app.state.log.append(search()))
        tasks.add_task(log_async)

    return app


@pytest.mark.parametrize("place", ["async dependency", "middleware", "middleware function"])
def test_everything_of_a_fastapi_request_sees_its_scope(place):
    client = TestClient(fastapi_app(place))
    for headers, limit in [({"x-limit": "3"}, 3), ({}, 10), ({"x-limit": "4"}, 4)]:
        assert client.get("/async", headers=headers).json() == [limit, limit]
        assert client.get("/sync", headers=headers).json() == [limit, limit]
        assert client.get("/stream", headers=headers).text == f"{limit} " * 2
        assert client.get("/async-stream", headers=headers).text == f"{limit} " * 2
        client.app.state.log.clear()
        client.get("/background", headers=headers)
        assert client.app.state.log == [limit, limit]


def test_the_scope_of_a_sync_dependency_stays_in_its_thread():
    client = TestClient(fastapi_app("sync dependency"))
    assert client.get("/async", headers={"x-limit": "3"}).json() == [10, 10]
    assert client.get("/sync", headers={"x-limit": "3"}).json() == [10, 10]


def test_what_an_endpoint_sets_does_not_reach_other_requests():
    app = FastAPI()

    @app.get("/sync")
    def read_sync():
        before = search()
        hp.scope.search.limit = 5
        return [before, search()]

    @app.get("/async")
    async def read_async():
        return read_sync()

    with TestClient(app) as client:
        for address in ["/sync", "/async"] * 2:
            assert client.get(address).json() == [10, 5]


def test_concurrent_requests_do_not_see_each_other():
    meeting = threading.Barrier(4)
    app = FastAPI(dependencies=[Depends(enter_async)])

    @app.get("/")
    def read():
        meeting.wait(timeout=30)
        return search()

    def get(limit):
        return client.get("/", headers={"x-limit": str(limit)}).json()

    with TestClient(app) as client, ThreadPoolExecutor(4) as pool:
        assert list(pool.map(get, range(4))) == [0, 1, 2, 3]


def test_a_request_sees_what_is_frozen_before_it():
    client = TestClient(fastapi_app("middleware"))
    with hp.scope(**{"search.limit": 7}):
        hp.frozen()
    assert client.get("/sync").json() == [7, 7]
    assert client.get("/sync", headers={"x-limit": "3"}).json() == [3, 3]


def flask_app():
    app = Flask("app")
    inner = app.wsgi_app

    def with_scope(environ, start_response):
        with hp.scope(*([f"search.limit={environ['HTTP_X_LIMIT']}"] if "HTTP_X_LIMIT" in environ else [])):
            return inner(environ, start_response)

    def rows():
        for _ in range(2):
            yield f"{search()} "

    app.wsgi_app = with_scope
    app.add_url_rule("/", "read", lambda: str(search()))
    app.add_url_rule("/stream", "stream", lambda: Response(rows()))
    app.add_url_rule("/bound-stream", "bound", lambda: Response(hp.bind(rows)()))
    return app


def test_a_flask_view_and_a_bound_stream_see_the_scope_of_the_request():
    client = flask_app().test_client()
    for headers, limit in [({"x-limit": "3"}, 3), ({}, 10)]:
        assert client.get("/", headers=headers).text == str(limit)
        assert client.get("/bound-stream", headers=headers).text == f"{limit} " * 2
    # The server reads these rows after the middleware has left the scope.
    assert client.get("/stream", headers={"x-limit": "3"}).text == "10 10 "


def test_what_a_flask_view_assigns_ends_with_the_scope_of_the_request():
    app = flask_app()

    @app.get("/assign")
    def assign():
        before = search()
        hp.scope.search.limit = 5
        return [before, search()]

    for _ in range(2):
        assert app.test_client().get("/assign").json == [10, 5]


def test_flask_requests_in_threads_do_not_see_each_other():
    meeting = threading.Barrier(4)
    app = flask_app()

    @app.get("/meet")
    def meet():
        meeting.wait(timeout=30)
        return f"{request.headers['x-limit']} {search()}"

    def get(limit):
        return app.test_client().get("/meet", headers={"x-limit": str(limit)}).text

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(get, range(4))) == ["0 0", "1 1", "2 2", "3 3"]


def django_scope(get_response):
    def middleware(request):
        with hp.scope(
            *([f"search.limit={request.headers['x-limit']}"] if "x-limit" in request.headers else [])
        ):
            return get_response(request)

    return middleware


def django_rows():
    for _ in range(2):
        yield f"{search()} "


async def django_async_view(request):
    await anyio.sleep(0)
    return HttpResponse(search())


urlpatterns = [
    path("", lambda request: HttpResponse(search())),
    path("async", django_async_view),
    path("stream", lambda request: StreamingHttpResponse(django_rows())),
    path("bound-stream", lambda request: StreamingHttpResponse(hp.bind(django_rows)())),
]


@pytest.fixture(scope="module")
def django_client():
    settings.configure(ROOT_URLCONF=__name__, MIDDLEWARE=[f"{__name__}.django_scope"], ALLOWED_HOSTS=["*"])
    django.setup()
    return Client()


def test_a_django_view_and_a_bound_stream_see_the_scope_of_the_request(django_client):
    for headers, limit in [({"x-limit": "3"}, 3), ({}, 10)]:
        assert django_client.get("/", headers=headers).text == str(limit)
        assert django_client.get("/async", headers=headers).text == str(limit)
        assert django_client.get("/bound-stream", headers=headers).getvalue() == f"{limit} {limit} ".encode()
    assert django_client.get("/stream", headers={"x-limit": "3"}).getvalue() == b"10 10 "


def test_django_under_asgi_sees_the_scope_of_the_request(django_client):
    async def get(address):
        response = await AsyncClient().get(address, headers={"x-limit": "3"})
        return response.text

    assert [async_to_sync(get)(address) for address in ["/", "/async"]] == ["3", "3"]


def test_django_requests_in_threads_do_not_see_each_other(django_client):
    def get(limit):
        return Client().get("/", headers={"x-limit": str(limit)}).text

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(get, range(40))) == [str(limit) for limit in range(40)]
