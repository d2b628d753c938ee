"""Threads, processes, and pools of them."""

import concurrent.futures
import multiprocessing
import threading
import tracemalloc

import pytest

import hyperparameter as hp

THREADS = 8


def at_once(work, count=THREADS):
    """Return what `count` threads return that start at a barrier; the first error is raised."""
    barrier = threading.Barrier(count)

    def run(number):
        barrier.wait()
        return work(number)

    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def read_lr(_=None):
    return hp.scope.train.lr | 0.0


def where_refused(_=None):
    return hp.scope.train.lr | [1]


@hp.param("train")
def trained(lr=0.1, *, steps=10):
    return lr, steps


def test_a_new_thread_starts_from_the_baseline():
    with hp.scope(**{"train.lr": 1.0}):
        assert at_once(read_lr) == [0.0] * THREADS
        hp.frozen()
    assert at_once(read_lr) == [1.0] * THREADS


def test_one_scope_is_entered_by_many_threads_at_once():
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

    at_once(work)


def test_one_reference_is_read_by_many_threads_at_once():
    lr = hp.scope.train.lr

    def work(number):
        with hp.scope(**{"train.lr": float(number)}):
            return {lr | -1.0 for _ in range(5000)}

    assert at_once(work) == [{float(number)} for number in range(THREADS)]


def test_a_write_is_not_seen_by_a_thread_already_running():
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


def test_the_baseline_is_swapped_whole():
    """Two keys that are always frozen together are never read apart inside a scope."""
    stop = threading.Event()

    def work(number):
        if number == 0:
            for value in range(400):
                with hp.scope(a=value, b=value):
                    hp.frozen()
            stop.set()
            return set()
        apart = set()
        while not stop.is_set():
            with hp.scope():
                first, second = hp.scope.a | -1, hp.scope.b | -1
                if first != second:
                    apart.add((first, second))
        return apart

    assert at_once(work, 4) == [set()] * 4


def test_outside_any_scope_a_thread_sees_the_baseline_of_the_moment():
    """Also one that has read before, and one that has written something of its own."""
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


def test_a_scope_left_in_another_thread_is_gone_there_and_stays_here():
    with hp.scope(**{"train.lr": 1.0}) as ps:
        bound = hp.bind(lambda: (read_lr() == 1.0 and ps.__exit__(None, None, None), read_lr())[1])
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            assert pool.submit(lambda: (ps.__exit__(None, None, None), read_lr())[1]).result() == 0.0
            assert [pool.submit(bound).result() for _ in range(2)] == [0.0, 0.0]
        assert read_lr() == 1.0


def test_a_bound_function_runs_in_the_view_of_its_binding_at_once_in_many_threads():
    bound = []
    for number in range(THREADS):
        with hp.scope(**{"train.lr": float(number)}):
            bound.append(hp.bind(read_lr))
    assert at_once(lambda number: {bound[number]() for _ in range(500)}) == [{float(n)} for n in range(THREADS)]
    with hp.scope(**{"train.lr": 99.0, "other": 1}):
        assert at_once(lambda _: bound[3]()) == [3.0] * THREADS
        assert hp.bind(lambda: hp.scope.other | 0)() == 1
        assert bound[3]() == 3.0


def test_what_a_bound_function_sets_stays_in_the_call():
    def work():
        hp.scope.train.lr = 7.0
        hp.scope.init(**{"train.lr": 8.0})
        return read_lr()

    bound = hp.bind(work)
    assert (bound(), bound(), read_lr()) == (8.0, 8.0, 0.0)


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_bound_functions_go_through_process_pools(method):
    context = multiprocessing.get_context(method)
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
        with hp.scope("train.lr=0.5", **{"train.steps": 3}):
            bound, decorated, refused = hp.bind(read_lr), hp.bind(trained), hp.bind(where_refused)
        assert list(pool.map(bound, range(4))) == [0.5] * 4
        assert pool.submit(decorated).result() == (0.5, 3)
        assert pool.submit(decorated, steps=4).result() == (0.5, 4)
        with pytest.raises(
            hp.ParamError, match=r"'train.lr' = '0.5' is not a valid list .*test_threads\.py:\d+"
        ):
            pool.submit(refused).result()
        assert pool.submit(read_lr).result() in (0.0, 0.5)  # unbound: whatever the process has


def test_an_initializer_makes_a_snapshot_the_baseline_of_a_worker():
    with hp.scope(**{"train.lr": 0.25}):
        view = hp.snapshot()
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(
        1, mp_context=context, initializer=hp.scope.init, initargs=(view,)
    ) as pool:
        assert pool.submit(read_lr).result() == 0.25


def test_what_binds_itself_anew_does_not_grow():
    """A job that hands itself on, bound each time, keeps nothing of the calls before."""
    steps = []

    def job():
        with hp.scope(step=len(steps)):  # left before the next is bound
            steps.append(hp.scope.a | 0)
        return hp.bind(job)

    def hand_on(times):
        nonlocal bound
        for _ in range(times):
            bound = bound()

    with hp.scope(a=1):
        bound = hp.bind(job)
    hand_on(100)
    tracemalloc.start()
    try:
        steps.clear()
        hand_on(2000)
        steps.clear()
        assert tracemalloc.get_traced_memory()[0] < 20_000
    finally:
        tracemalloc.stop()
