"""`hp.parallel`: joblib's tasks see the view of the moment at which `Parallel` was called."""

import joblib
import pytest
from joblib import Parallel, delayed, parallel_config
from tasks import CountedLoads, count_loads, nested, read, scaled

import hyperparameter as hp

BACKENDS = ["loky", "threading", "multiprocessing"]


@pytest.mark.parametrize("backend", BACKENDS)
def test_tasks_of_a_generator_see_the_view(backend):
    """joblib consumes the generator in a thread of its own."""
    with hp.parallel(backend, n_jobs=2):
        for factor in (10, 20):
            with hp.scope(factor=factor):
                results = Parallel()(delayed(scaled)(x) for x in range(12))
            assert results == [factor * x for x in range(12)]
        assert Parallel()(delayed(scaled)(x) for x in range(3)) == [0, 1, 2]


def test_the_default_backend_and_jobs_of_the_call_are_kept():
    with hp.parallel(), hp.scope(factor=3):
        assert Parallel(n_jobs=2)(delayed(scaled)(x) for x in range(4)) == [0, 3, 6, 9]
        assert joblib.effective_n_jobs(2) == 2
        assert Parallel()(delayed(scaled)(x) for x in range(3)) == [0, 3, 6]


@pytest.mark.parametrize("hint", [{"prefer": "threads"}, {"require": "sharedmem"}])
def test_tasks_that_need_the_same_memory_get_threads(hint):
    seen = []
    with hp.parallel(n_jobs=2), hp.scope(factor=3):
        Parallel(n_jobs=2, **hint)(delayed(lambda x: seen.append(scaled(x)))(x) for x in range(6))
    assert sorted(seen) == [0, 3, 6, 9, 12, 15]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_parallel_call_within_a_task_sees_what_the_task_sets(backend):
    with hp.parallel(backend, n_jobs=2), hp.scope(factor=2):
        assert Parallel()(delayed(nested)(x) for x in (1, 2)) == [[0, 2, 100], [0, 4, 100]]


def test_lambdas_are_carried():
    with hp.parallel("loky", n_jobs=2), hp.scope(a=5):
        assert Parallel()(delayed(lambda x: x + (hp.scope.a | 0))(x) for x in range(3)) == [5, 6, 7]


def test_results_as_a_generator_are_of_the_view_of_the_call():
    with hp.parallel("threading", n_jobs=2):
        with hp.scope(factor=5):
            results = Parallel(return_as="generator")(delayed(scaled)(x) for x in range(6))
        with hp.scope(factor=7):
            assert list(results) == [0, 5, 10, 15, 20, 25]


def test_a_process_unpickles_a_large_view_once():
    with hp.parallel("loky", n_jobs=2), hp.scope({f"k{n}": n for n in range(5000)}, counted=CountedLoads()):
        results = Parallel(batch_size=1)(delayed(count_loads)(x) for x in range(20))
    assert {loads for _, loads, *_ in results} == {1}


def test_an_error_has_key_value_and_place():
    with hp.parallel("loky", n_jobs=2), hp.scope({"train.lr": "fast"}):
        with pytest.raises(hp.ParamError, match=r"'train.lr' = 'fast' .*set at .*test_joblib\.py:\d+"):
            Parallel()(delayed(read)("train.lr", 0.1) for _ in range(2))


def test_the_configuration_of_joblib_is_restored():
    with parallel_config("threading", n_jobs=2):
        with hp.parallel():
            with hp.scope(factor=2):
                assert Parallel()(delayed(scaled)(x) for x in range(3)) == [0, 2, 4]
        with hp.scope(factor=2):
            assert Parallel()(delayed(scaled)(x) for x in range(3)) == [0, 1, 2]


def test_a_wrong_backend_is_refused_as_joblib_does():
    with pytest.raises(ValueError, match="Invalid backend: nothing"):
        hp.parallel("nothing")
