"""Scopes in threads, in processes, and in pools of both."""

import asyncio
import concurrent.futures
import multiprocessing
import sys
import threading
import tracemalloc
from decimal import Decimal

import pytest

import hyperparameter as hp

THREADS = 8


def run_in_threads(work, count=THREADS):
    """Run `work(number)` in threads that start together, and return the results. Raise the first error."""
    barrier = threading.Barrier(count)

    def run(number):
        barrier.wait()
        return work(number)

    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def read_lr(_=None):
    return hp.scope.train.lr | 0.0


def read_wrongly(_=None):
    return hp.scope.train.lr | [1]


@hp.param("train")
def train(lr=0.1, *, steps=10):
    return lr, steps


def test_a_new_thread_starts_from_the_baseline():
    with hp.scope(**{"train.lr": 1.0}):
        assert run_in_threads(read_lr) == [0.0] * THREADS
        hp.frozen()
    assert run_in_threads(read_lr) == [1.0] * THREADS


def test_one_scope_is_entered_by_many_threads_at_the_same_time():
    shared = hp.scope(**{"train.lr": 1.0})

    def work(number):
        for _ in range(300):
            with shared as ps:
                assert read_lr() == 1.0
                ps.train.lr = float(number)
                with shared:
                    assert read_lr() == 1.0
                assert read_lr() == ps.train.lr() == float(number)
            assert read_lr() == 0.0

    run_in_threads(work)


def test_one_reference_is_read_by_many_threads_at_the_same_time():
    lr = hp.scope.train.lr

    def work(number):
        with hp.scope(**{"train.lr": float(number)}):
            return {lr | -1.0 for _ in range(5000)}

    assert run_in_threads(work) == [{float(number)} for number in range(THREADS)]


def test_a_write_is_not_visible_to_a_running_thread():
    started, written = threading.Event(), threading.Event()
    seen = []

    def work():
        started.set()
        written.wait(10)
        seen.append(read_lr())

    thread = threading.Thread(target=work)
    with hp.scope():
        thread.start()
        started.wait(10)
        hp.scope.train.lr = 5.0
        written.set()
        thread.join()
    assert seen == [0.0]


def test_the_baseline_is_replaced_as_a_whole():
    """Two keys that are always frozen together have equal values inside any scope."""
    stop = threading.Event()

    def work(number):
        if number == 0:
            for value in range(400):
                with hp.scope(a=value, b=value):
                    hp.frozen()
            stop.set()
            return set()
        unequal = set()
        while not stop.is_set():
            # A scope that sets something pins the baseline.
            with hp.scope(c=1):
                first, second = hp.scope.a | -1, hp.scope.b | -1
                if first != second:
                    unequal.add((first, second))
        return unequal

    assert run_in_threads(work, 4) == [set()] * 4


def test_outside_any_scope_a_thread_sees_the_baseline_of_that_moment():
    """That also holds for a thread that has read before, and for one that has set a value."""
    frozen, read = threading.Event(), threading.Event()
    seen = []

    def work():
        hp.scope.mine = 1
        seen.append((read_lr(), hp.scope.mine()))
        read.set()
        frozen.wait(10)
        seen.append((read_lr(), hp.scope.mine()))

    thread = threading.Thread(target=work)
    thread.start()
    read.wait(10)
    with hp.scope(**{"train.lr": 2.0}):
        hp.frozen()
    frozen.set()
    thread.join()
    assert seen == [(0.0, 1), (2.0, 1)]


def test_a_scope_that_another_thread_leaves_stays_entered_here():
    with hp.scope(**{"train.lr": 1.0}) as ps:
        bound = hp.bind(lambda: (read_lr() == 1.0 and ps.__exit__(None, None, None), read_lr())[1])
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            assert pool.submit(lambda: (ps.__exit__(None, None, None), read_lr())[1]).result() == 0.0
            assert [pool.submit(bound).result() for _ in range(2)] == [0.0, 0.0]
        assert read_lr() == 1.0


def test_a_bound_function_runs_in_its_view_in_many_threads_at_the_same_time():
    bound = []
    for number in range(THREADS):
        with hp.scope(**{"train.lr": float(number)}):
            bound.append(hp.bind(read_lr))
    assert run_in_threads(lambda number: {bound[number]() for _ in range(500)}) == [
        {float(n)} for n in range(THREADS)
    ]
    with hp.scope(**{"train.lr": 99.0, "other": 1}):
        assert run_in_threads(lambda _: bound[3]()) == [3.0] * THREADS
        assert hp.bind(lambda: hp.scope.other | 0)() == 1
        assert bound[3]() == 3.0


def test_a_value_that_a_bound_function_sets_lasts_until_it_returns():
    def work():
        hp.scope.train.lr = 7.0
        hp.scope.init(**{"train.lr": 8.0})
        return read_lr()

    bound = hp.bind(work)
    assert (bound(), bound(), read_lr()) == (8.0, 8.0, 0.0)


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_bound_functions_run_in_process_pools(method):
    context = multiprocessing.get_context(method)
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
        with hp.scope("train.lr=0.5", **{"train.steps": 3}):
            bound, decorated, failing = hp.bind(read_lr), hp.bind(train), hp.bind(read_wrongly)
        assert list(pool.map(bound, range(4))) == [0.5] * 4
        assert pool.submit(decorated).result() == (0.5, 3)
        assert pool.submit(decorated, steps=4).result() == (0.5, 4)
        with pytest.raises(
            hp.ParamError, match=r"'train.lr' = '0.5' is not a valid list: .*test_threads\.py:\d+"
        ):
            pool.submit(failing).result()
        # Without hp.bind the function reads what the worker process has.
        assert pool.submit(read_lr).result() in (0.0, 0.5)


def test_an_initializer_sets_the_values_of_a_snapshot_in_a_worker():
    with hp.scope(**{"train.lr": 0.25}):
        view = hp.snapshot()
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(
        1, mp_context=context, initializer=hp.scope.init, initargs=(view,)
    ) as pool:
        assert pool.submit(read_lr).result() == 0.25


def test_a_function_that_binds_itself_again_and_again_does_not_use_more_memory():
    """A job that returns itself, bound anew each time, keeps nothing of the earlier calls."""
    steps = []

    def job():
        # The scope is left before the job is bound again.
        with hp.scope(step=len(steps)):
            steps.append(hp.scope.a | 0)
        return hp.bind(job)

    def run_jobs(times):
        nonlocal bound
        for _ in range(times):
            bound = bound()

    with hp.scope(a=1):
        bound = hp.bind(job)
    run_jobs(100)
    tracemalloc.start()
    try:
        steps.clear()
        run_jobs(2000)
        steps.clear()
        assert tracemalloc.get_traced_memory()[0] < 20_000
    finally:
        tracemalloc.stop()


def test_a_scope_is_left_after_a_write_outside_any_scope():
    """The frame below the scope belongs to the context, so leaving does not return to a shared baseline."""

    def work(number):
        hp.scope.train.lr = number
        for _ in range(300):
            with hp.scope(**{"train.lr": -1.0}):
                assert read_lr() == -1.0
            assert read_lr() == number
        del hp.scope.train.lr
        with hp.scope(other=1):
            assert read_lr() == 0.0
        return dict(hp.scope.current())

    assert run_in_threads(work) == [{}] * THREADS


def test_threads_that_convert_the_same_texts_at_once_keep_the_values_that_they_read():
    """The Rust kernel borrows cached answers, so an answer that is in use must not be replaced."""
    keys = [f"text{number}" for number in range(1000)]
    with hp.scope(*(f"{key}={number}.5" for number, key in enumerate(keys))):
        hp.frozen()
    barrier = threading.Barrier(2)

    def work(_):
        values = []
        for reference in [hp.scope[key] for key in keys]:
            barrier.wait()
            reference | Decimal(0)
            barrier.wait()
            # If the value were freed, one of these would take its place.
            others = [Decimal(1) for _ in range(4)]
            values.append(reference | Decimal(0))
            del others
        return values

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        results = run_in_threads(work, count=2)
    finally:
        sys.setswitchinterval(interval)
    expected = [Decimal(f"{number}.5") for number in range(len(keys))]
    assert results == [expected] * 2


def run_in_thread(work):
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def freeze_in_thread(**params):
    def publish():
        with hp.scope(**params):
            hp.frozen()

    run_in_thread(publish)


def test_a_scope_that_sets_nothing_does_not_pin_the_baseline():
    """A server runs inside `hp.scope(*args.define)`, and sees what is frozen later."""
    with hp.scope() as outer, hp.scope({}) as inner:
        assert hp.scope.a | 0 == 0
        freeze_in_thread(a=1)
        assert (hp.scope.a | 0, outer.a | 0, inner.a | 0, hp.frozen()) == (1, 1, 1, False)
        with hp.scope(b=1):
            freeze_in_thread(a=2)
            assert hp.scope.a | 0 == 1
            assert hp.frozen()
            freeze_in_thread(a=3)
        assert hp.scope.a | 0 == 3
        inner.b = 5
        freeze_in_thread(a=4)
        assert (hp.scope.a | 0, hp.scope.b | 0) == (3, 5)
        inner.clear()
        assert hp.scope.a | 0 == 4
    assert not hp.scope.current().keys() ^ {"a", "b"}


def test_a_scope_that_sets_nothing_keeps_what_was_set_outside_of_any():
    def work():
        hp.scope.x = 1
        with hp.scope() as ps:
            freeze_in_thread(a=1)
            seen = [(hp.scope.a | 0, hp.scope.x | 0)]
            assert hp.scope.current() is ps
        freeze_in_thread(a=2)
        with hp.scope() as outer:
            inner = hp.scope().__enter__()
            outer.__exit__()
            freeze_in_thread(a=3)
            seen.append((hp.scope.a | 0, hp.scope.x | 0))
            inner.__exit__()
        return [*seen, (hp.scope.a | 0, hp.scope.x | 0)]

    assert run_in_thread(work) == [(1, 1), (3, 1), (3, 1)]


def test_tasks_inside_a_scope_that_sets_nothing_see_what_is_frozen_later():
    @hp.param("job")
    def job(size=0):
        return size

    async def request():
        return hp.scope.job.size | 0, job()

    async def serve():
        with hp.scope():
            before = await asyncio.create_task(request())
            freeze_in_thread(**{"job.size": 7})
            return before, await asyncio.create_task(request())

    assert asyncio.run(serve()) == ((0, 0), (7, 7))


def test_a_bound_view_that_sets_nothing_stays_pinned():
    with hp.scope():
        bound = hp.bind(lambda: hp.scope.a | 0)
    freeze_in_thread(a=1)
    assert (bound(), hp.scope.a | 0) == (0, 1)
