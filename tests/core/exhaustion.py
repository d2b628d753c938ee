"""Run out of stack or of memory in steps that enter and leave scopes, and check that no wrong view is left.

Run as `exhaustion.py stack` or `exhaustion.py memory`.
"""

import sys

from interrupts import KINDS

import hyperparameter as hp


def recurse(step):
    """Call a step at every depth up to the limit, from inside a scope."""
    with hp.scope(b=1):
        step()
        recurse(step)


def check(name, expected):
    view = dict(hp.scope.current())
    if view != expected:
        raise SystemExit(f"{name}: the view is {view}, not {expected}")


def exhaust_stack(name, step, expected):
    for limit in range(200, 260):
        sys.setrecursionlimit(limit)
        try:
            recurse(step)
        except RecursionError:
            pass
        finally:
            sys.setrecursionlimit(1000)
        check(name, expected)
    return "at each limit"


def exhaust_memory(name, step, expected):
    import _testcapi

    failed = 0
    for start in range(1, 400):
        _testcapi.set_nomemory(start, start + 1)
        try:
            step()
        except MemoryError:
            failed += 1
        finally:
            _testcapi.remove_mem_hooks()
        check(name, expected)
    return failed


if __name__ == "__main__":
    exhaust = {"stack": exhaust_stack, "memory": exhaust_memory}[sys.argv[1]]
    for name, step in KINDS.items():
        hp.reset()
        expected = {}
        if name == "write":
            hp.scope.a = 7
            expected = {"a": 7}
        # Fill all caches first.
        step()
        print(name, exhaust(name, step, expected), flush=True)
