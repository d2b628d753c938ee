"""Memory: nothing grows, and the garbage collector frees a cycle through any object of the library."""

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


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the memory of the process from /proc")
def test_reads_entries_errors_and_dropped_scopes_do_not_grow_the_process():
    """`make memory` does the same 10^7 times."""
    environment = {**os.environ, "HYPERPARAMETER_KERNEL": hp.kernel}
    count = "300000" if hp.kernel == "rust" else "100000"
    done = subprocess.run(
        [sys.executable, GROWTH, count], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


class Value:
    """A value with attributes and weak references."""


def is_collected(make):
    """Return whether the object to which `make` returns a weak reference is freed or can be collected."""
    reference = make()
    gc.collect()
    return reference() is None


def test_a_scope_in_its_own_value_is_collected():
    def make():
        value = Value()
        value.scope = hp.scope(v=value)
        with value.scope as ps:
            ps.inner = value
            assert hp.scope.v() is value
        return weakref.ref(value)

    assert is_collected(make)


def test_a_scope_that_is_never_left_is_collected_with_its_context():
    def make():
        value = Value()
        value.context = contextvars.copy_context()
        value.context.run(hp.scope(v=value).__enter__)
        value.context.run(lambda: (hp.scope.v | None, hp.scope.v.x.y | 1, hp.snapshot()))
        return weakref.ref(value)

    assert is_collected(make)


def test_a_value_that_is_set_outside_any_scope_is_collected_with_its_context():
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

    assert is_collected(make)


def test_a_task_in_a_value_of_the_scope_that_it_runs_in_is_collected():
    async def main():
        async def work():
            return hp.scope.request().name

        value = Value()
        value.name = "r"
        with hp.scope(request=value):
            value.task = asyncio.create_task(work())
            assert await value.task == "r"
        return weakref.ref(value)

    assert is_collected(lambda: asyncio.run(main()))


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

    assert is_collected(make)


def test_a_decorated_method_is_collected_with_its_class():
    def make():
        class C:
            @hp.param("c")
            def method(self, x=1):
                return type(self), C, x

        C().method()
        return weakref.ref(C)

    assert is_collected(make)


def test_a_reference_into_a_scope_that_the_scope_holds_is_collected():
    def make():
        value = Value()
        scope = hp.scope(v=value)
        value.reference = scope.a
        value.reference.b.c  # noqa: B018
        return weakref.ref(value)

    assert is_collected(make)


def test_a_reference_does_not_keep_the_value_that_it_cached_alive():
    def make():
        value = Value()
        reference = hp.scope.v
        with hp.scope(v=value):
            assert reference | None is value
            assert reference | Value() is value
            assert hp.scope.v is reference
        return weakref.ref(value)

    # The value is freed without a run of the collector.
    assert make()() is None


def test_a_value_can_use_the_library_when_it_is_dropped():
    reads = []

    class ReadsWhenDropped:
        def __del__(self):
            with hp.scope(inner=1):
                reads.append((hp.scope.inner | 0, hp.scope.v | None))

    with hp.scope(v=ReadsWhenDropped()):
        pass
    hp.scope.v = ReadsWhenDropped()
    del hp.scope.v
    cycle = [hp.scope(v=ReadsWhenDropped())]
    cycle.append(cycle)
    del cycle
    gc.collect()
    assert [inner for inner, _ in reads] == [1, 1, 1]


def test_a_value_can_use_the_library_when_the_collector_drops_it_while_a_scope_is_entered():
    """Python 3.11 runs the collector while it sets a context variable."""
    environment = {**os.environ, "HYPERPARAMETER_KERNEL": hp.kernel, "PYTHONMALLOC": "debug"}
    any_growth = str(10**6)
    done = subprocess.run([sys.executable, GROWTH, "30000", any_growth], env=environment, check=False)
    assert done.returncode == 0


SETS_IN_COLLECTOR = """
import gc
import hyperparameter as hp

class SetsWhenDropped:
    def __del__(self):
        hp.scope.w = 1

def set_in_collector(phase, info):
    if not nested:
        nested.append(1)
        hp.scope.w = SetsWhenDropped()
        garbage.append((set(), set()))
        nested.clear()

nested, garbage = [], []
gc.callbacks.append(set_in_collector)
for threshold in (1, 2, 3):
    gc.set_threshold(threshold)
    for number in range(3_000):
        with hp.scope(a=number), hp.scope(b=SetsWhenDropped()):
            assert hp.scope.a | 0 == number
    garbage.clear()
gc.callbacks.clear()
"""


def test_the_collector_can_set_parameters_while_a_scope_is_entered():
    environment = {**os.environ, "HYPERPARAMETER_KERNEL": hp.kernel, "PYTHONMALLOC": "debug"}
    done = subprocess.run([sys.executable, "-c", SETS_IN_COLLECTOR], env=environment, check=False)
    assert done.returncode == 0


def test_a_frame_can_drop_its_caches_in_the_middle_of_a_lookup():
    """The lookup returns a value that only the dropped cache owned."""
    environment = {**os.environ, "HYPERPARAMETER_KERNEL": hp.kernel, "PYTHONMALLOC": "debug"}
    done = subprocess.run(
        [sys.executable, REENTRY], env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    # The collector did run in the middle of calls.
    assert re.search(r"^call 0 [1-9]", done.stdout, re.MULTILINE)


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

    assert is_collected(make)
