"""`hp.executor`: tasks see the view of the moment at which they were submitted."""

import asyncio
import multiprocessing
import pickle
import threading
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from pathlib import Path

import pytest
from joblib.externals.loky import ProcessPoolExecutor as LokyExecutor
from joblib.externals.loky import get_reusable_executor
from tasks import CountedLoads, count_loads, read, scaled, sum_of_steps, write_and_read

import hyperparameter as hp


def processes(method):
    return lambda: ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(method))


POOLS = {
    "threads": lambda: ThreadPoolExecutor(2),
    "fork": processes("fork"),
    "forkserver": processes("forkserver"),
    "spawn": processes("spawn"),
    "loky": lambda: LokyExecutor(2),
}
PROCESS_POOLS = [name for name in POOLS if name != "threads"]


@pytest.fixture(params=POOLS)
def pool(request):
    with hp.executor(POOLS[request.param]()) as pool:
        yield pool


@pytest.fixture(params=PROCESS_POOLS)
def process_pool(request):
    with hp.executor(POOLS[request.param]()) as pool:
        yield pool


def consumed_by_a_thread(iterator):
    results = []
    thread = threading.Thread(target=lambda: results.extend(iterator))
    thread.start()
    thread.join()
    return results


def test_tasks_see_the_view_of_their_submission(pool):
    """Whoever consumes the results, and whatever scope is entered then."""
    assert isinstance(pool, Executor)
    with hp.scope(factor=10) as ps:
        ten = pool.map(scaled, range(4))
        first = pool.submit(scaled, 1)
        ps.factor = 20
        twenty = pool.map(scaled, range(4), chunksize=3)
        second = pool.submit(scaled, x=1)
    with hp.scope(factor=30):
        assert list(ten) == [0, 10, 20, 30]
        assert consumed_by_a_thread(twenty) == [0, 20, 40, 60]
        assert (first.result(), second.result()) == (10, 20)
    assert pool.submit(scaled, 7).result() == 7


def test_tasks_of_many_views_at_once_do_not_mix(pool):
    futures = {}
    for factor in range(40):
        with hp.scope(factor=factor):
            futures[pool.submit(scaled, 3)] = 3 * factor
    assert all(future.result() == futures[future] for future in as_completed(futures))


def test_what_a_task_sets_stays_in_it(pool):
    with hp.scope(written=1):
        assert list(pool.map(write_and_read, [5, 6, 7, 8])) == [(1, 5), (1, 6), (1, 7), (1, 8)]


def test_lambdas_and_closures_are_carried(pool):
    offset = 100
    with hp.scope(a=1):
        assert list(pool.map(lambda x: x + offset + (hp.scope.a | 0), [1, 2])) == [102, 103]


def test_a_generator_that_a_task_uses_sees_the_view(pool):
    with hp.scope({"steps.count": 4}):
        assert list(pool.map(sum_of_steps, range(2))) == [6, 6]


def test_an_error_in_a_task_has_key_value_and_place(pool):
    with hp.scope({"train.lr": "fast"}):
        future = pool.submit(read, "train.lr", 0.1)
    with pytest.raises(hp.ParamError, match=r"'train.lr' = 'fast' .*set at .*test_executor\.py:\d+"):
        future.result()


def test_the_error_for_a_value_that_does_not_pickle_names_the_key(process_pool):
    with hp.scope({"db.lock": threading.Lock()}):
        future = process_pool.submit(read, "x")
    with pytest.raises(pickle.PicklingError) as error:
        future.result()
    assert "'db.lock' does not pickle" in f"{error.value} {error.value.__cause__}"


@pytest.mark.parametrize("keys", [10, 20_000])
@pytest.mark.parametrize("name", ["fork", "spawn", "loky"])
def test_each_process_receives_a_view_once(name, keys):
    values = {f"key{number}": number for number in range(keys - 1)}
    with hp.executor(POOLS[name]()) as pool, hp.scope(values, counted=CountedLoads()):
        futures = [pool.submit(count_loads, 0) for _ in range(30)]
        results = [*pool.map(count_loads, range(30)), *(future.result() for future in futures)]
    assert {result[1:] for result in results} == {(1, keys, "CountedLoads")}


def test_a_large_view_is_in_no_task_and_its_file_is_private_and_removed(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    pool = hp.executor(ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")))
    with hp.scope({f"key{number}": number for number in range(5000)}):
        # Nobody keeps the first executor.
        assert list(hp.executor(pool._executor).map(read, ["key7", "key8"])) == [7, 8]
        (file,) = tmp_path.iterdir()
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.stat().st_size > 50_000
    pool.shutdown()
    del pool
    assert list(tmp_path.iterdir()) == []


def test_the_files_of_old_views_are_removed_while_the_pool_runs(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    values = {f"key{number}": number for number in range(5000)}
    with hp.executor(ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork"))) as pool:
        for number in range(40):
            with hp.scope(values, number=number):
                assert pool.submit(read, "number").result() == number
        assert len(list(tmp_path.iterdir())) < 20


def test_a_decorated_function_and_a_bound_one_are_carried(pool):
    with hp.scope(factor=2):
        bound = hp.bind(scaled)
    with hp.scope(factor=3):
        assert pool.submit(bound, 1).result() == 2


def test_the_reusable_executor_of_loky_carries_views():
    for factor in (2, 3):
        with hp.scope(factor=factor):
            assert list(hp.executor(get_reusable_executor(2)).map(scaled, [1, 2])) == [factor, 2 * factor]
    get_reusable_executor().shutdown(wait=True)


def test_asyncio_runs_tasks_in_it():
    async def main(pool):
        loop = asyncio.get_running_loop()
        with hp.scope(factor=4):
            return await loop.run_in_executor(pool, lambda: scaled(2))

    with hp.executor(ThreadPoolExecutor(1)) as pool:
        assert asyncio.run(main(pool)) == 8


def test_it_has_the_attributes_of_the_executor_below():
    with hp.executor(ThreadPoolExecutor(3)) as pool:
        assert pool._max_workers == 3
        assert "ThreadPoolExecutor" in repr(pool)
    with pytest.raises(RuntimeError, match="shutdown"):
        pool.submit(scaled, 1)


@pytest.mark.parametrize("wrong", [3, ThreadPoolExecutor, None, Path])
def test_what_is_no_executor_is_refused(wrong):
    with pytest.raises(TypeError, match=r"hp\.executor expected an executor"):
        hp.executor(wrong)
