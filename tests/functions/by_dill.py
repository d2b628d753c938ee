"""What `test_pickling.py` runs as a program: functions of `__main__`, which dill carries by value.

python tests/functions/by_dill.py: print functions, pickled. python tests/by_dill.py plainly: print what pickle makes
of some, after dill has been imported. They name no module of this library: of one that is installed to be
edited dill takes what is in it.
"""

import asyncio
import pickle
import sys

import hyperparameter

param = hyperparameter.param


def made(offset):
    @param("a")
    def inner(x=1):
        return x + offset

    return inner


@param("a")
def function(x=1):
    return x


@param("a")
async def coroutine(x=1):
    return x, function()


@param("a")
def generator(x=1):
    yield x


class Model:
    @param("a")
    def method(self, x=1):
        return x


@param("a")
class Data:
    def __init__(self, x=1):
        self.x = x


FUNCTIONS = {
    "a function": function,
    "a function that dill was told of": function,
    "one made in a function": made(10),
    "a lambda": param("a")(lambda x=1: x),
    "a coroutine function": lambda: asyncio.run(coroutine()),
    "a generator": lambda: list(generator()),
    "a generator itself": generator,
    "a method": lambda: Model().method(),
    "a class": lambda: Data().x,
}

if __name__ == "__main__":
    import dill

    if "plainly" in sys.argv:
        for one in (made(1), function, made(1), generator):
            try:
                print(pickle.loads(pickle.dumps(one)) is one, one.__name__ in str(pickle.dumps(one)))
            except (AttributeError, pickle.PicklingError) as error:
                print(type(error).__name__, "made.<locals>.inner" in str(error))
    else:
        print({name: dill.dumps(one, recurse=True) for name, one in FUNCTIONS.items()})
