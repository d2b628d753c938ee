"""Functions that worker processes import."""

import os
import time

import hyperparameter as hp

LOADS = []


class CountedLoads:
    """A value that counts how often this process unpickles it."""

    def __reduce__(self):
        return load_counted, ()


def load_counted():
    LOADS.append(1)
    return CountedLoads()


def read(key, default=0):
    return hp.scope[key] | default


def scaled(x):
    return x * (hp.scope.factor | 1)


def write_and_read(x):
    before = hp.scope.written | 0
    hp.scope.written = x
    return before, hp.scope.written | 0


def count_loads(_):
    time.sleep(0.002)
    return os.getpid(), len(LOADS), len(dict(hp.scope.current())), type(hp.scope.counted()).__name__


@hp.param("steps")
def steps(count=1):
    yield from range(count)


def sum_of_steps(_):
    return sum(steps())


def nested(x):
    from joblib import Parallel, delayed

    with hp.scope(factor=(hp.scope.factor | 1) * x, a=100):
        return [
            *Parallel(n_jobs=2)(delayed(scaled)(y) for y in range(2)),
            *Parallel(n_jobs=2)([delayed(read)("a")]),
        ]
