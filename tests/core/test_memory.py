"""Memory: nothing grows, and a cycle through anything that the library makes is collected."""

import asyncio
import contextvars
import gc
import os
import re
import subprocess
import sys
import weakref
from pathlib import Path

import pytest

import hyperparameter as hp

GROWTH = Path(__file__).parent / "growth.py"
REENTRY = Path(__file__).parent / "reentry.py"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads Linux's own account of memory")
def test_reads_entries_errors_and_dropped_scopes_do_not_grow_the_process():
    """The same 10^7 times: `make memory`."""
    environment = {**os.environ, "HYPERPARAMETER_KERNEL": hp.kernel}
    count = "300000" if hp.kernel == "rust" else "100000"
    done = subprocess.run(
        [sys.executable, GROWTH, count], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


class Value:
    """A value that can be watched, and lead back to where it is."""


def collected(make):
    """Tell whether what `make` returns a weak reference to is collected, by the collector at last."""
    gone = make()
    gc.collect()
    return gone() is None


def test_a_scope_in_its_own_value_is_collected():
    def make():
        value = Value()
        value.scope = hp.scope(v=value)
        with value.scope as ps:
            ps.inner = value
            assert hp.scope.v() is value
        return weakref.ref(value)

    assert collected(make)


def test_a_scope_that_is_never_left_is_collected_with_its_context():
    def make():
        value = Value()
        value.context = contextvars.copy_context()
        value.context.run(hp.scope(v=value).__enter__)
        value.context.run(lambda: (hp.scope.v | None, hp.scope.v.x.y | 1, hp.snapshot()))
        return weakref.ref(value)

    assert collected(make)


def test_what_a_context_sets_outside_any_scope_is_collected_with_it():
    def make():
        value = Value()

        def work():
            hp.scope.v = value
            assert hp.scope.v() is value
            with hp.scope(a=1):
                assert hp.scope.v() is value

        value.context = contextvars.copy_context()
        value.context.run(work)
        return weakref.ref(value)

    assert collected(make)


def test_a_task_that_is_kept_in_a_scope_it_runs_in_is_collected():
    async def main():
        async def work():
            return hp.scope.request().name

        value = Value()
        value.name = "r"
        with hp.scope(request=value):
            value.task = asyncio.create_task(work())
            assert await value.task == "r"
        return weakref.ref(value)

    assert collected(lambda: asyncio.run(main()))


def test_a_decorated_function_in_a_value_of_its_own_namespace_is_collected():
    def make():
        value = Value()

        @hp.param("own")
        def f(value=None, other=1):
            return value

        value.f = f
        f.itself = f
        with hp.scope(**{"own.value": value}) as ps:
            f.scope = ps
            assert f() is f() is value
            assert f(1) == 1
        return weakref.ref(value)

    assert collected(make)


def test_a_decorated_method_is_collected_with_its_class():
    def make():
        class C:
            @hp.param("c")
            def method(self, x=1):
                return type(self), C, x

        C().method()
        return weakref.ref(C)

    assert collected(make)


def test_a_reference_into_a_scope_that_the_scope_holds_is_collected():
    def make():
        value = Value()
        scope = hp.scope(v=value)
        value.reference = scope.a
        value.reference.b.c  # noqa: B018
        return weakref.ref(value)

    assert collected(make)


def test_what_was_read_last_is_kept_alive_by_nothing():
    def make():
        value = Value()
        reference = hp.scope.v
        with hp.scope(v=value):
            assert reference | None is value
            assert reference | Value() is value
            assert hp.scope.v is reference
        return weakref.ref(value)

    gone = make()
    assert gone() is None  # without a collection


def test_a_value_can_use_the_library_where_it_is_dropped():
    seen = []

    class Last:
        def __del__(self):
            with hp.scope(inner=1):
                seen.append((hp.scope.inner | 0, hp.scope.v | None))

    with hp.scope(v=Last()):
        pass
    hp.scope.v = Last()
    del hp.scope.v
    cycle = [hp.scope(v=Last())]
    cycle.append(cycle)
    del cycle
    gc.collect()
    assert [inner for inner, _ in seen] == [1, 1, 1]


def test_a_value_can_use_the_library_where_the_collector_drops_it_while_a_scope_is_entered():
    """Python 3.11 collects in the midst of setting a context variable."""
    environment = {**os.environ, "HYPERPARAMETER_KERNEL": hp.kernel, "PYTHONMALLOC": "debug"}
    anything = str(10**6)  # of growth
    done = subprocess.run([sys.executable, GROWTH, "30000", anything], env=environment, check=False)
    assert done.returncode == 0


COLLECTED = """
import gc
import hyperparameter as hp

class Sets:
    def __del__(self):
        hp.scope.w = 1

def collected(phase, info):
    if not nested:
        nested.append(1)
        hp.scope.w = Sets()
        made.append((set(), set()))
        nested.clear()

nested, made = [], []
gc.callbacks.append(collected)
for threshold in (1, 2, 3):
    gc.set_threshold(threshold)
    for number in range(3_000):
        with hp.scope(a=number), hp.scope(b=Sets()):
            assert hp.scope.a | 0 == number
    made.clear()
gc.callbacks.clear()
"""


def test_a_collection_can_set_parameters_in_the_midst_of_entering_a_scope():
    environment = {**os.environ, "HYPERPARAMETER_KERNEL": hp.kernel, "PYTHONMALLOC": "debug"}
    done = subprocess.run([sys.executable, "-c", COLLECTED], env=environment, check=False)
    assert done.returncode == 0


def test_a_frame_can_forget_what_it_remembers_in_the_midst_of_a_look_up():
    """What is looked up belongs to what it forgets."""
    environment = {**os.environ, "HYPERPARAMETER_KERNEL": hp.kernel, "PYTHONMALLOC": "debug"}
    done = subprocess.run(
        [sys.executable, REENTRY], env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert re.search(r"^call 0 [1-9]", done.stdout, re.MULTILINE)  # it came to that


def test_a_subclass_of_a_scope_is_collected_with_what_it_adds():
    def make():
        class Mine(hp.Scope):
            __slots__ = ("extra",)

        mine = Mine({})
        value = Value()
        object.__setattr__(mine, "extra", [value, mine, Mine])
        value.mine = mine
        with mine:
            hp.scope.a | 1
        return weakref.ref(value)

    assert collected(make)
