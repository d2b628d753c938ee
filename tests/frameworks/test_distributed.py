"""`hp.executor` and `hp.parallel` with a cluster of dask, whose workers are processes."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

import hyperparameter as hp

pytest.importorskip("distributed", reason="`make frameworks` installs it")

import distributed
from joblib import Parallel, delayed

# Workers import the functions, too.
sys.path.append(str(Path(__file__).parent.parent / "execution"))
from tasks import read, scaled

pytestmark = pytest.mark.frameworks


def where_and_what(_):
    time.sleep(0.02)
    return distributed.get_worker().address, hp.scope.factor | 0


def die_once(marker):
    if not os.path.exists(marker):
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return hp.scope.factor | 0


@pytest.fixture(scope="module")
def cluster():
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(**options, silence_logs=50) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def client(cluster):
    with distributed.Client(cluster) as client:
        yield client


def test_tasks_see_the_view_of_their_submission(client):
    with hp.executor(client.get_executor()) as pool:
        with hp.scope(factor=10):
            results = pool.map(scaled, range(4))
            one = pool.submit(scaled, 7)
        with hp.scope(factor=20):
            assert list(pool.map(scaled, range(4))) == [0, 20, 40, 60]
        assert (list(results), one.result()) == ([0, 10, 20, 30], 70)
        assert pool.submit(scaled, 1).result() == 1


def test_an_error_has_key_value_and_place(client):
    with hp.executor(client.get_executor()) as pool, hp.scope({"train.lr": "fast"}):
        future = pool.submit(read, "train.lr", 0.1)
        with pytest.raises(hp.ParamError, match=r"'train.lr' = 'fast' .*set at .*test_distributed\.py:\d+"):
            future.result()


def test_a_worker_that_joins_late_sees_the_view(client, cluster):
    with hp.executor(client.get_executor()) as pool, hp.scope(factor=3):
        futures = [pool.submit(where_and_what, number) for number in range(20)]
        cluster.scale(3)
        client.wait_for_workers(3)
        futures += [pool.submit(where_and_what, number) for number in range(60)]
        results = [future.result() for future in futures]
    assert {factor for _, factor in results} == {3}
    assert len({worker for worker, _ in results}) == 3


def test_a_task_whose_worker_was_killed_is_run_again_in_its_view(client, tmp_path):
    with hp.executor(client.get_executor(retries=3)) as pool, hp.scope(factor=5):
        future = pool.submit(die_once, str(tmp_path / "died"))
    assert future.result(timeout=60) == 5
    assert (tmp_path / "died").exists()


def test_joblib_on_the_cluster_carries_the_view(client):
    with hp.parallel("dask"), hp.scope(factor=4):
        assert Parallel()(delayed(scaled)(x) for x in range(8)) == [4 * x for x in range(8)]


def test_a_sweep_runs_on_the_cluster(client):
    space = {"factor": [1, 2, 3]}
    results = hp.sweep(lambda: scaled(10), space, executor=client.get_executor(), progress=False)
    assert [trial.result for trial in results] == [10, 20, 30]
