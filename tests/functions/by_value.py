"""What `test_pickling.py` runs as a program: functions of `__main__`, which cloudpickle carries by value.

python by_value.py sweep: print what calls give here, and what a sweep by joblib gives.
python by_value.py pickle PROTOCOL: print the calls, pickled. Without either: print what they give.
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
    """Echo what is sent, after the rate."""
    try:
        yield lr
        while True:
            sent = yield lr
            yield sent
    except KeyError as error:
        yield repr(error)


async def counted(items):
    """Drive an async generator in each way that there is."""
    return [
        await items.asend(None),
        await items.asend(1),
        await items.asend(2),
        await items.athrow(KeyError(3)),
    ]


CLOSED = []


@hp.param("wait")
async def left_open(lr=0.1):
    """Wait where it is closed, as it is by the event loop at its end."""
    try:
        yield lr
    finally:
        await asyncio.sleep(0.01)
        CLOSED.append(lr)


async def begun(items):
    """Begin an async generator, kept until the event loop ends, and return what becomes of it then."""
    handler = lambda loop, context, kept=items: CLOSED.append(context["message"])  # noqa: E731
    asyncio.get_running_loop().set_exception_handler(handler)
    CLOSED[:] = [await items.asend(None)]
    return CLOSED


def made(offset):
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
    "one that is bound": hp.bind(train),
    "one made in a function": made(100),
    "a lambda": hp.param("fn")(lambda x=1: x),
    "a partial": hp.param("fn")(functools.partial(lambda y, x=1: (x, y), 6)),
    "one that is decorated twice": hp.param("outer")(train),
    "a generator that calls itself": lambda: list(fall(4)),
    "a generator": lambda fall=fall: (fall.__name__, list(fall(1))),
    "a coroutine function": lambda: (asyncio.run(wait()), inspect.iscoroutinefunction(wait)),
    "what it says of itself": lambda wait=wait: (wait.__doc__, wait.__qualname__, wait.mark, wait.__module__),
    "an async generator that is left open": lambda: asyncio.run(begun(left_open())),
    "an async generator": lambda count=count: asyncio.run(counted(count())),
    "methods": lambda: (Model().method(), Model.of_class(), list(Model().steps())),
    "a class": lambda: dataclasses.astuple(Data()),
}
SET = {
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
    """Return what each gives with the parameters set."""
    with hp.scope(SET):
        return {name: repr(call()) for name, call in calls.items()}


def swept(lr):
    with hp.scope(SET, **{"train.lr": lr}):
        return train(), list(fall(4)), Model().method()


if __name__ == "__main__":
    if "sweep" in sys.argv:
        parallel = joblib.Parallel(n_jobs=2)
        print([swept(0.25), swept("0.75")])
        print(parallel(joblib.delayed(swept)(lr) for lr in (0.25, "0.75")))
        with hp.scope(SET):
            print([train(steps=steps) for steps in (1, 2)])
            print(parallel(joblib.delayed(hp.bind(train))(steps=steps) for steps in (1, 2)))
    elif "pickle" in sys.argv:
        print(cloudpickle.dumps((results, CALLS), protocol=int(sys.argv[2])).hex())
    else:
        print(results(CALLS))
