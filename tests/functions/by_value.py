"""A program that `test_pickling.py` runs. cloudpickle pickles the functions of `__main__` by value.

python by_value.py: print the results of the calls.
python by_value.py sweep: print the results of plain calls, and of the same calls by joblib.
python by_value.py pickle PROTOCOL: print the pickled calls.
"""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import inspect
import sys
from pathlib import Path

import cloudpickle
import joblib

import hyperparameter as hp


@hp.param("train")
def train(lr=0.1, steps=3, place: Path = Path()):
    """Train."""
    return lr, steps, place


@hp.param("fall")
def fall(depth, by=1):
    yield depth
    if depth > 0:
        yield from fall(depth - by)


@hp.param("wait")
async def wait(lr=0.1):
    """Wait."""
    return lr, train()


wait.mark = "kept"


@hp.param("wait")
async def count(lr=0.1):
    """Yield the rate, and in turn each value that is sent."""
    try:
        yield lr
        while True:
            sent = yield lr
            yield sent
    except KeyError as error:
        yield repr(error)


async def items_of(generator):
    """Resume an async generator by `asend` and by `athrow`, and return its items."""
    return [
        await generator.asend(None),
        await generator.asend(1),
        await generator.asend(2),
        await generator.athrow(KeyError(3)),
    ]


CLOSED = []


@hp.param("wait")
async def left_open(lr=0.1):
    """Await something when the event loop closes it at its end."""
    try:
        yield lr
    finally:
        await asyncio.sleep(0.01)
        CLOSED.append(lr)


async def first_item(generator):
    """Start an async generator that stays open until the event loop ends, and return the list of its values."""
    handler = lambda loop, context, generator=generator: CLOSED.append(context["message"])  # noqa: E731
    asyncio.get_running_loop().set_exception_handler(handler)
    CLOSED[:] = [await generator.asend(None)]
    return CLOSED


def function_with_closure(offset):
    @hp.param("inner")
    def inner(x=1):
        return x + offset

    return inner


class Model:
    @hp.param("model")
    def method(self, dim=1):
        return dim, train.__name__

    @hp.param("model")
    @classmethod
    def of_class(cls, dim=1):
        return cls.__name__, dim

    @hp.param("model")
    def steps(self, dim=1):
        yield dim


@hp.param("data")
@dataclasses.dataclass
class Data:
    dim: int = 1
    place: Path = Path()


CALLS = {
    "a function": lambda: (train(), train(7), train(steps=8), train.__doc__, train.__qualname__),
    "a bound function": hp.bind(train),
    "a function with a closure": function_with_closure(100),
    "a lambda": hp.param("fn")(lambda x=1: x),
    "a partial": hp.param("fn")(functools.partial(lambda y, x=1: (x, y), 6)),
    "a function that is decorated twice": hp.param("outer")(train),
    "a generator that calls itself": lambda: list(fall(4)),
    "a generator": lambda fall=fall: (fall.__name__, list(fall(1))),
    "a coroutine function": lambda: (asyncio.run(wait()), inspect.iscoroutinefunction(wait)),
    "its attributes": lambda wait=wait: (wait.__doc__, wait.__qualname__, wait.mark, wait.__module__),
    "an open async generator": lambda: asyncio.run(first_item(left_open())),
    "an async generator": lambda count=count: asyncio.run(items_of(count())),
    "methods": lambda: (Model().method(), Model.of_class(), list(Model().steps())),
    "a class": lambda: dataclasses.astuple(Data()),
}
PARAMETERS = {
    "train": {"lr": 0.5, "place": "fast"},
    "fall.by": 2,
    "wait.lr": 0.6,
    "inner.x": 3,
    "fn.x": 4,
    "outer.steps": 9,
    "model.dim": 5,
    "data": {"dim": 6, "place": "fast"},
}


def results(calls):
    """Return the result of each call while the parameters are set."""
    with hp.scope(PARAMETERS):
        return {name: repr(call()) for name, call in calls.items()}


def calls_with_rate(lr):
    with hp.scope(PARAMETERS, **{"train.lr": lr}):
        return train(), list(fall(4)), Model().method()


if __name__ == "__main__":
    if "sweep" in sys.argv:
        parallel = joblib.Parallel(n_jobs=2)
        print([calls_with_rate(0.25), calls_with_rate("0.75")])
        print(parallel(joblib.delayed(calls_with_rate)(lr) for lr in (0.25, "0.75")))
        with hp.scope(PARAMETERS):
            print([train(steps=steps) for steps in (1, 2)])
            bound = hp.bind(train)
            print(parallel(joblib.delayed(bound)(steps=steps) for steps in (1, 2)))
    elif "pickle" in sys.argv:
        print(cloudpickle.dumps((results, CALLS), protocol=int(sys.argv[2])).hex())
    else:
        print(results(CALLS))
