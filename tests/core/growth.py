"""Repeat all frequent operations, print by how many kB the process grew, and exit with 1 if it grew too much.

Usage: python tests/core/growth.py COUNT [LIMIT]. `test_memory.py` runs it, and `make memory` runs it at full
length. `make valgrind` runs it too, although the kB mean nothing there.
"""

import contextvars
import gc
import itertools
import re
import sys
from pathlib import Path

import hyperparameter as hp

# A slow operation runs once for this many fast ones.
SLOW_EVERY = 20

# The numbers that `new_keys` has not used.
NUMBERS = itertools.count()


class EntersWhenDropped:
    def __del__(self):
        with hp.scope(**{"left.behind": self.__class__}):
            hp.scope.left.behind | None


@hp.param("f")
def f(a=1, b=2.0):
    return a


class C:
    @hp.param("c")
    def method(self, x=1):
        return x


def reads(count):
    c = C()
    with hp.scope("a.text=0.5", **{"a.b": 1, "f.a": 3}):
        for _ in range(count):
            hp.scope.a.b | 0
            hp.scope.a.text | 0.1
            hp.scope.missing.x | 5
            f()
            f(7)
            c.method()


def entries(count):
    for number in range(count):
        with hp.scope(a=number) as ps, hp.scope(**{"a.b": number, "f.b": 1.5}):
            hp.scope.a | 0
            f()
        if not number % SLOW_EVERY:
            with ps:
                hp.scope.w = number
                ps.v = f
                hp.scope["k" + str(number)] | 0
                del hp.scope.w


def decorations(count):
    """Decorate functions under ever new namespaces, and drop them."""
    for number in range(count // SLOW_EVERY):
        decorated = hp.param(f"namespace{number}")(lambda a=1: a)
        with hp.scope(**{f"namespace{number}.a": 2}):
            decorated()


def new_keys(count):
    """Read ever new keys, and call ever new functions, in one frame. The first run fills its caches."""
    for number in itertools.islice(NUMBERS, max(count // SLOW_EVERY, 30_000)):
        hp.scope[f"run.time{number}"] | 0
        getattr(hp.scope, f"new{number}") | 0
        getattr(hp.scope.parent, f"new{number}") | 0
        hp.scope[f"items{number}"] | []
        if not number % 4:
            assert hp.param("f")(lambda a=(1,), b=[]: a)() == (1,)


def errors(count):
    for _ in range(count // SLOW_EVERY):
        for wrong in (
            lambda: hp.scope.a | hp.scope.b,
            lambda: hp.scope.nothing(),
            lambda: hp.scope(**{"a..b": 1}),
            lambda: hp.scope(3),
            lambda: f(1, 2, 3),
            lambda: f(c=1),
            lambda: hp.scope.a == 1,
            lambda: hp.scope.a.__x__,
            lambda: hp.scope.a(1, 2),
        ):
            try:
                wrong()
            except (TypeError, ValueError, KeyError, AttributeError):
                continue
            raise AssertionError(wrong.__code__.co_firstlineno)
        with hp.scope("f.a=x", n="y"):
            for wrong in (f, lambda: hp.scope.n | 1):
                try:
                    wrong()
                except hp.ParamError:
                    continue
                raise AssertionError("there was no error")


def dropped(count):
    """Drop scopes that were never left, with their contexts, and cycles that only the collector finds."""
    for number in range(count):
        hp.scope(a=number, b=[])
        if number % SLOW_EVERY:
            continue
        context = contextvars.copy_context()
        value = [context, EntersWhenDropped()]
        ps = hp.scope(v=value)
        value.append(ps)
        context.run(ps.__enter__)
        context.run(hp.scope.init, w=number)
        context.run(lambda: (hp.scope.v | None, f(), hp.scope.w | 0))


# The process may grow a little, because an allocator keeps some kB for itself.
def main(count, limit=1_500):
    growth = {}
    for work in (reads, entries, decorations, new_keys, errors, dropped):
        # The frame of this scope stays alive while its memory is measured.
        with hp.scope(outer=1):
            work(count // 10)
            gc.collect()
            before = resident_memory()
            work(count)
            gc.collect()
            growth[work.__name__] = resident_memory() - before
    print({"kernel": hp.kernel, "times": count, "grown (kB)": growth})
    return int(max(growth.values()) > limit)


def resident_memory():
    """Return the resident memory of this process in kB."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())[1])


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
