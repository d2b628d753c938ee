"""The public functions of this room, which import their implementation when called: see `../deferred.py`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager
    from os import PathLike
    from typing import Any

    from .results import SweepResults
    from .space import Choice, IntRange, LogUniform, Uniform

__all__ = ["choice", "executor", "loguniform", "parallel", "randint", "sweep", "uniform"]


def executor(pool: Executor, /) -> Executor:
    """Return an executor whose `submit` and `map` run each task in the view of the moment of that call.

    It passes the tasks to `pool`, which can be any executor of `concurrent.futures`, of loky or of dask. To
    other processes, the view is sent once for each chunk of `map`. A large view is sent once for each process
    of a pool on this machine. A function that only cloudpickle can pickle, such as a lambda, is sent by it if
    it is installed.

    Do not change the values of a view after it was sent: the processes keep what they have. If a value does not
    pickle, the task raises `pickle.PicklingError`, which names its key. Raises `TypeError` if `pool` has no
    `submit`.

    Examples:
        >>> from concurrent.futures import ThreadPoolExecutor
        >>> import hyperparameter as hp
        >>> def work(x):
        ...     return x * (hp.scope.factor | 1)
        >>> with hp.executor(ThreadPoolExecutor()) as pool:
        ...     with hp.scope(factor=10):
        ...         results = pool.map(work, [1, 2])
        ...     list(results), pool.submit(work, 3).result()
        ([10, 20], 3)
    """
    from .executor import ExecutorInView

    return ExecutorInView(pool)


def parallel(backend: Any = None, **options: Any) -> AbstractContextManager[Any]:
    """Let joblib run its tasks in the view of the moment at which `Parallel` is called, inside a `with`.

    That holds for every library that uses joblib, such as scikit-learn with `n_jobs=2`. The arguments are those
    of `joblib.parallel_config`; without a backend, joblib chooses threads or processes as usual. A `Parallel`
    that names its backend itself, as `Parallel(backend="threading")` does, is not changed: bind its function.

    Raises `ModuleNotFoundError` if joblib is not installed.

    Examples:
        >>> import hyperparameter as hp
        >>> from joblib import Parallel, delayed
        >>> def work(x):
        ...     return x * (hp.scope.factor | 1)
        >>> with hp.parallel("threading", n_jobs=2), hp.scope(factor=10):
        ...     Parallel()(delayed(work)(x) for x in range(4))
        [0, 10, 20, 30]
    """
    from .joblib_backend import ParallelInView

    return ParallelInView(backend, options)


def sweep(
    function: Callable[[], Any],
    space: Mapping[str, Any],
    *,
    trials: int | None = None,
    seed: int = 0,
    jobs: int = 1,
    executor: Executor | None = None,
    out: str | PathLike[str] | None = None,
    metric: str | None = None,
    maximize: bool = False,
    sampler: Any = None,
    progress: bool = True,
) -> SweepResults:
    """Call a function once for each set of parameters, and return what came out.

    Each trial runs in a scope that sets its parameters on top of the current view, and `trial.number` and
    `trial.seed`. A trial that raises an exception is kept with its error, and the sweep goes on.

    Args:
        function: called without arguments.
        space: the values for each key: a list, `hp.choice(...)`, `hp.uniform(...)`, `hp.loguniform(...)` or
            `hp.randint(...)`.
        trials: how many sets are drawn at random. Without it, every combination of the values is tried.
        seed: what the draws depend on.
        jobs: the number of processes. A trial whose process dies fails, and another process replaces it.
        executor: where the trials run instead: any executor that `hp.executor` accepts.
        out: a file, to which each trial is written as a line of JSON when it ends. If the file is there, the
            sweep goes on where it stopped, and failed trials are not repeated.
        metric: the name of the result to compare trials by, if the function returns a mapping.
        maximize: whether the best trial has the highest result.
        sampler: a sampler of Optuna, which chooses each trial by the results of those that ended, such as
            `optuna.samplers.TPESampler(seed=0, constant_liar=True)`.
        progress: whether to show on stderr how far the sweep is.

    Raises `ValueError` for a bad key, bounds in the wrong order, or a file of a sweep with other values;
    `BlockingIOError` if another sweep writes to the file; `TypeError` for wrong arguments. An error in
    `executor` itself ends the sweep; what ended before is in the file.

    Examples:
        >>> import hyperparameter as hp
        >>> @hp.param("train")
        ... def train(lr=0.1, width=8):
        ...     return (lr - 0.3) ** 2 + 1 / width
        >>> results = hp.sweep(train, {"train.lr": [0.1, 0.3, 1.0], "train.width": [4, 8]})
        >>> len(results), results.best.params, results.best.result
        (6, {'train.lr': 0.3, 'train.width': 8}, 0.125)
    """
    from .sweep import run_sweep

    return run_sweep(
        function,
        space,
        trials=trials,
        seed=seed,
        jobs=jobs,
        executor=executor,
        out=out,
        metric=metric,
        maximize=maximize,
        sampler=sampler,
        progress=progress,
    )


def choice(*values: Any) -> Choice:
    """Return the values that trials of `hp.sweep` choose from, each as likely as any other.

    Raises `ValueError` if there are none.

    Examples:
        >>> import hyperparameter as hp
        >>> hp.choice("relu", "gelu")
        Choice(values=('relu', 'gelu'))
    """
    from .space import Choice

    return Choice(values)


def uniform(low: float, high: float) -> Uniform:
    """Return the distribution of a number between two bounds, for `hp.sweep`.

    Raises `ValueError` if the low bound is not below the high one.

    Examples:
        >>> import hyperparameter as hp
        >>> hp.uniform(0.0, 0.5)
        Uniform(low=0.0, high=0.5)
    """
    from .space import Uniform

    return Uniform(low, high)


def loguniform(low: float, high: float) -> LogUniform:
    """Return the distribution of a number whose logarithm is uniform, such as a learning rate, for `hp.sweep`.

    Raises `ValueError` if the low bound is not above 0 and below the high one.

    Examples:
        >>> import hyperparameter as hp
        >>> hp.loguniform(1e-4, 1e-1)
        LogUniform(low=0.0001, high=0.1)
    """
    from .space import LogUniform

    return LogUniform(low, high)


def randint(low: int, high: int) -> IntRange:
    """Return the distribution of an integer between two bounds, which both are possible, for `hp.sweep`.

    Raises `ValueError` if the bounds are not integers, or in the wrong order.

    Examples:
        >>> import hyperparameter as hp
        >>> hp.randint(1, 4)
        IntRange(low=1, high=4)
    """
    from .space import IntRange

    return IntRange(low, high)
