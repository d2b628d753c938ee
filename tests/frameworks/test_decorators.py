"""Each row of the table "Decorators: above or below" in docs/recipes.md, in both orders."""

import asyncio
import contextlib
import functools
import re
from dataclasses import dataclass
from unittest import mock

import pytest

import hyperparameter as hp
from documents import PROJECT

pytest.importorskip("fastapi", reason="`make frameworks` installs it")

import click
import dask
import decorator
import makefun
import pydantic
import typer
from celery import Celery
from click.testing import CliRunner
from fastapi import FastAPI
from fastapi.testclient import TestClient
from flask import Flask
from joblib import Memory
from langchain_core.tools import tool
from mcp.server.mcpserver import MCPServer
from typer.testing import CliRunner as TyperRunner

pytestmark = pytest.mark.frameworks
PAGE = (PROJECT / "docs/recipes.md").read_text(encoding="utf-8")
TABLE = re.findall(r"^\| ([^|]*) \| (above or below|above|below|nowhere) \|", PAGE, re.MULTILINE)


def train(lr: float = 0.1) -> float:
    """Return the parameter."""
    return lr


def above(other):
    return hp.param("t")(other(train))


def below(other):
    return other(hp.param("t")(train))


def works(decorate, call):
    """Return whether the scope decides, also after a call without a scope."""
    try:
        decorated = decorate()
        outside = call(decorated)
        with hp.scope(**{"t.lr": 0.5}):
            return (outside, call(decorated)) == (0.1, 0.5)
    except (AttributeError, TypeError):
        return False


def call_plainly(function):
    return function()


def functools_wrapper(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


def makefun_wrapper(function):
    @makefun.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


@decorator.decorator
def passing(function, *args, **kwargs):
    return function(*args, **kwargs)


def generator(lr: float = 0.1):
    yield lr


def enter(manager):
    with manager() as value:
        return value


def send_task(task):
    return task.delay().get()


def celery_task(function):
    return Celery(set_as_current=False, task_always_eager=True).task(shared=False)(function)


@pytest.fixture
def placements(tmp_path):
    """Return for each row of the table whether `hp.param` works above, and whether below."""

    def both(other, call=call_plainly):
        return works(lambda: above(other), call), works(lambda: below(other), call)

    def on_class(wrap):
        """Decorate a method whose first parameter, if any, is the class."""

        def method(cls=None, lr: float = 0.1):
            return lr

        def make(first, second):
            return lambda: type("Holder", (), {"method": first(second(method))})

        bind = hp.param("t")
        return (
            works(make(bind, wrap), lambda holder: holder.method()),
            works(make(wrap, bind), lambda holder: holder.method()),
        )

    def manager():
        bind, wrap = hp.param("t"), contextlib.contextmanager
        return works(lambda: bind(wrap(generator)), enter), works(lambda: wrap(bind(generator)), enter)

    def data():
        def make(first, second):
            return lambda: first(second(type("Data", (), {"__annotations__": {"lr": float}, "lr": 0.1})))

        bind = hp.param("t")
        return works(make(bind, dataclass), read_lr), works(make(dataclass, bind), read_lr)

    def patched():
        def patched_train(getcwd, lr: float = 0.1):
            return lr

        bind, patch = hp.param("t"), mock.patch("os.getcwd")
        return (
            works(lambda: bind(patch(patched_train)), call_plainly),
            works(lambda: patch(bind(patched_train)), call_plainly),
        )

    def read_lr(kind):
        return kind().lr

    def each(*pairs):
        assert len(set(pairs)) == 1
        return pairs[0]

    return {
        "a wrapper with `functools.wraps`": lambda: both(functools_wrapper),
        "`staticmethod`, `classmethod`": lambda: each(on_class(staticmethod), on_class(classmethod)),
        "`contextlib.contextmanager`": manager,
        "`functools.cache`, `functools.lru_cache`": lambda: each(
            both(functools.cache), both(functools.lru_cache)
        ),
        "`joblib.Memory.cache`": lambda: both(Memory(tmp_path, verbose=0).cache),
        "`pydantic.validate_call`": lambda: both(pydantic.validate_call),
        "`decorator.decorator`": lambda: both(passing),
        "`makefun.wraps`": lambda: both(makefun_wrapper),
        "`dataclass`": data,
        "`mock.patch` that passes a mock": patched,
        "Celery `app.task`": lambda: both(celery_task, send_task),
        "`dask.delayed`": lambda: both(dask.delayed, lambda task: task().compute(scheduler="sync")),
        "Flask routes": lambda: served(flask_app, get_from_flask),
        "FastAPI and MCP endpoints": lambda: each(
            served(fastapi_app, get_from_fastapi), served(mcp_server, call_mcp_tool)
        ),
        "click commands, typer commands": lambda: each(
            served(click_command, run_click), served(typer_app, run_typer)
        ),
        "langchain `tool`": lambda: both(tool, lambda made: made.invoke({})),
    }


def served(make, call):
    """Test both orders with frameworks that call the function from an application, `make(holder)` of it."""

    def with_application(first):
        application = []

        def register(function):
            application.append(make(function))
            return function

        first(register)
        return application[0]

    return works(lambda: with_application(above), call), works(lambda: with_application(below), call)


def flask_app(function):
    app = Flask("app")
    app.get("/")(functools.wraps(function)(lambda: str(function())))
    return app


def get_from_flask(app):
    return float(app.test_client().get("/").text)


def fastapi_app(function):
    app = FastAPI()
    app.get("/")(function)
    return app


def get_from_fastapi(app):
    async def in_view(*connection):
        with view:
            await app(*connection)

    view = hp.scope(hp.snapshot())
    return TestClient(in_view).get("/").json()


def mcp_server(function):
    server = MCPServer("server")
    server.tool(name="train")(function)
    return server


def call_mcp_tool(server):
    return float(asyncio.run(server.call_tool("train", {})).content[0].text)


results = []


def recording(function):
    return functools.wraps(function)(lambda **options: results.append(function(**options)))


def click_command(function):
    return click.command()(click.option("--lr", type=float, default=0.1)(recording(function)))


def run_click(command):
    CliRunner().invoke(command, [], catch_exceptions=False)
    return results.pop()


def typer_app(function):
    app = typer.Typer()
    app.command()(recording(function))
    return app


def run_typer(app):
    TyperRunner().invoke(app, [], catch_exceptions=False)
    return results.pop()


@pytest.mark.parametrize(("name", "place"), TABLE, ids=[name for name, _ in TABLE])
def test_the_table_says_where_hp_param_goes(name, place, placements):
    expected = {
        "above or below": (True, True),
        "above": (True, False),
        "below": (False, True),
        "nowhere": (False, False),
    }
    assert placements[name]() == expected[place]


def test_every_checked_decorator_is_in_the_table(placements):
    assert [name for name, _ in TABLE] == list(placements)
