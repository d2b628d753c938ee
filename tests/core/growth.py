"""Do everything that is hot so many times, and print by how many kB the process grew; exit with 1 where it did.

Usage: python tests/core/growth.py COUNT [MOST]. `test_memory.py` runs it, `make memory` runs it at full length.
`make valgrind` runs it too, although the kB mean nothing there.
"""

import contextvars
import gc
import re
import sys
from pathlib import Path

import hyperparameter as hp

FEW = 20  # of what is slow, one for so many of the others


class Reenters:
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
        if not number % FEW:
            with ps:
                hp.scope.w = number
                ps.v = f
                hp.scope["k" + str(number)] | 0
                del hp.scope.w


def errors(count):
    for _ in range(count // FEW):
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
                raise AssertionError("it was let through")


def dropped(count):
    """Scopes that are never left, with their contexts, and cycles that only the collector finds."""
    for number in range(count):
        hp.scope(a=number, b=[])
        if number % FEW:
            continue
        context = contextvars.copy_context()
        value = [context, Reenters()]
        ps = hp.scope(v=value)
        value.append(ps)
        context.run(ps.__enter__)
        context.run(hp.scope.init, w=number)
        context.run(lambda: (hp.scope.v | None, f(), hp.scope.w | 0))


def main(count, most=1_500):  # kB that an allocator may keep for itself
    grown = {}
    for work in (reads, entries, errors, dropped):
        work(count // 10)
        gc.collect()
        before = resident()
        work(count)
        gc.collect()
        grown[work.__name__] = resident() - before
    print({"kernel": hp.kernel, "times": count, "grown (kB)": grown})
    return int(max(grown.values()) > most)


def resident():
    """Return the resident memory of this process in kB."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())[1])


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
