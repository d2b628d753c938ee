"""A module that tests reload: its old and new text, and a function that calls all of it."""

import asyncio

NAMES = (
    "function",
    "wrapped",
    "twice",
    "generator",
    "coroutine",
    "async_generator",
    "Own",
    "Inherits",
    "Methods",
)
OLD = """
import functools
import hyperparameter as hp

def traced(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)
    return wrapper

@hp.param("ns")
def function(lr=1):
    "Old."
    return "old", lr

@hp.param("ns")
@traced
def wrapped(lr=1):
    return "old", lr

@hp.param("ns")
@hp.param("inner")
def twice(lr=1):
    return "old", lr

@hp.param("ns")
def generator(lr=1):
    yield "old"
    yield lr

@hp.param("ns")
async def coroutine(lr=1):
    return "old", lr

@hp.param("ns")
async def async_generator(lr=1):
    yield "old"
    yield lr

class Base:
    def __init__(self, lr=1):
        self.seen = "old", lr

@hp.param("ns")
class Own(Base):
    def __init__(self, lr=1):
        super().__init__()
        self.seen = "old", lr

    def method(self):
        return "old"

@hp.param("ns")
class Inherits(Base):
    pass

class Methods:
    @hp.param("ns")
    def method(self, lr=1):
        return "old", lr

    @staticmethod
    @hp.param("ns")
    def static(lr=1):
        return "old", lr
"""
NEW = OLD.replace("old", "new").replace("Old", "New").replace("lr=1", "lr=2, *, more='default'")


async def _items(generator):
    return tuple([item async for item in generator])


def results(names):
    """Call what a module has, by the names that its users have imported."""
    methods = names["Methods"]()
    return {
        "function": names["function"](),
        "wrapped": names["wrapped"](),
        "twice": names["twice"](),
        "generator": tuple(names["generator"]()),
        "coroutine": asyncio.run(names["coroutine"]()),
        "async_generator": asyncio.run(_items(names["async_generator"]())),
        "Own": names["Own"]().seen,
        "Inherits": names["Inherits"]().seen,
        "method": methods.method(),
        "static": names["Methods"].static(),
    }
