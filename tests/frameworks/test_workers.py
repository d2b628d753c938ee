"""What a scope reaches in Celery, dask, joblib and Optuna."""

import threading

import pytest

import hyperparameter as hp

pytest.importorskip("celery", reason="`make frameworks` installs it")

import dask
import joblib
import optuna
from celery import Celery
from celery.contrib.testing.worker import start_worker

pytestmark = pytest.mark.frameworks


@hp.param("train")
def train(seed=0, lr=0.1):
    return seed, lr


def assign():
    before = train()
    hp.scope.train.lr = 0.7
    return [before, train()]


def assign_in_scope():
    with hp.scope():
        return assign()


@pytest.fixture
def celery_app():
    app = Celery("app", broker="memory://", backend="cache+memory://", set_as_current=False)
    app.task(name="train", shared=False)(train)
    app.task(name="assign", shared=False)(assign)
    app.task(name="assign in a scope", shared=False)(assign_in_scope)
    app.finalize()
    return app


@pytest.fixture
def worker(celery_app):
    with start_worker(celery_app, pool="threads", concurrency=2, perform_ping_check=False):
        yield celery_app


def test_an_eager_celery_task_runs_in_the_scope_of_its_caller(celery_app):
    celery_app.conf.task_always_eager = True
    with hp.scope(**{"train.lr": 0.5}):
        assert celery_app.tasks["train"].delay(1).get() == (1, 0.5)
    assert celery_app.tasks["train"].delay(1).get() == (1, 0.1)


def test_a_celery_worker_starts_from_the_baseline(worker):
    task = worker.tasks["train"]
    with hp.scope(**{"train.lr": 0.5}):
        assert task.delay(1).get(timeout=30) == [1, 0.1]
        hp.frozen()
        assert task.delay(1).get(timeout=30) == [1, 0.5]


@pytest.mark.parametrize("name", ["assign", "assign in a scope"])
def test_what_a_celery_task_assigns_stays_in_its_thread_unless_a_scope_ends(worker, name):
    results = [worker.tasks[name].delay().get(timeout=30) for _ in range(6)]
    assert results[0] == [[0, 0.1], [0, 0.7]]
    # The pool has two threads, so at least four tasks run in a thread that has run one before.
    assert results.count([[0, 0.7], [0, 0.7]]) >= 4 if name == "assign" else results == results[:1] * 6


def test_dask_calls_a_bound_function_in_its_scope():
    with hp.scope(**{"train.lr": 0.5}):
        bound = dask.delayed(hp.bind(train))
    tasks = [bound(seed) for seed in range(8)]
    for scheduler in ["threads", "processes", "sync"]:
        with hp.scope(**{"train.lr": 0.9}):
            results = dask.compute(*tasks, scheduler=scheduler, num_workers=2)
        assert results == tuple((seed, 0.5) for seed in range(8))


def test_dask_calls_other_functions_in_the_scope_of_compute_except_in_processes():
    with hp.scope(**{"train.lr": 0.5}):
        tasks = [dask.delayed(train)(seed) for seed in range(8)]
    for scheduler, lr in [("threads", 0.9), ("processes", 0.1), ("sync", 0.9)]:
        with hp.scope(**{"train.lr": 0.9}):
            results = dask.compute(*tasks, scheduler=scheduler, num_workers=2)
        assert results == tuple((seed, lr) for seed in range(8))


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_joblib_calls_a_bound_function_in_its_scope(backend):
    with hp.scope(**{"train.lr": 0.5}):
        bound = joblib.delayed(hp.bind(train))
        results = joblib.Parallel(n_jobs=2, backend=backend)(bound(seed) for seed in range(8))
    assert results == [(seed, 0.5) for seed in range(8)]


def test_joblib_calls_any_function_in_its_scope_within_parallel():
    with hp.parallel(n_jobs=2), hp.scope(**{"train.lr": 0.5}):
        results = joblib.Parallel()(joblib.delayed(train)(seed) for seed in range(8))
    assert results == [(seed, 0.5) for seed in range(8)]


def objective(trial):
    with hp.scope(**{"train.lr": trial.suggest_float("train.lr", 0.2, 0.4)}):
        threads.add(threading.get_ident())
        lr, steps = train()[1], hp.scope.train.steps | 100
        assert lr == trial.params["train.lr"]
    return lr + steps


threads = set()


@pytest.fixture
def study():
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    threads.clear()
    return optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))


def test_trials_of_optuna_in_threads_see_the_scope_of_a_bound_objective(study):
    with hp.scope(**{"train.steps": 10}):
        study.optimize(hp.bind(objective), n_trials=12, n_jobs=2)
    assert threading.get_ident() not in threads
    assert all(10.2 <= trial.value <= 10.4 for trial in study.trials)


def test_trials_of_optuna_in_threads_do_not_see_the_scope_of_an_unbound_objective(study):
    with hp.scope(**{"train.steps": 10}):
        study.optimize(objective, n_trials=4, n_jobs=2)
        assert all(trial.value > 100 for trial in study.trials)
        study.optimize(objective, n_trials=1, n_jobs=1)
        assert study.trials[-1].value < 11


def test_the_best_parameters_of_a_study_are_a_scope(study):
    study.optimize(objective, n_trials=3)
    with hp.scope(study.best_params):
        assert train()[1] == study.best_params["train.lr"]
