"""Where the trials of a sweep run: here, in processes of the sweep, or in an executor of the user."""

from __future__ import annotations

import os
import pickle
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from typing import TYPE_CHECKING, Any

from ..scopes.pickled import picklable
from .carried import CarriedTask, CarriedView
from .executor import ExecutorInView
from .records import Trial, TrialRunner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TypeAlias

    # The number, the seed and the parameters of a trial.
    Planned: TypeAlias = tuple[int, int, dict[str, Any]]

__all__ = ["run_here", "run_in_executor", "run_in_processes"]


def run_here(function: Callable[[], Any], planned: Iterable[Planned]) -> Iterator[Trial]:
    """Yield the trials as they end, one after the other."""
    run = TrialRunner(function)
    for number, seed, params in planned:
        yield run(number, seed, params)


def run_in_executor(
    function: Callable[[], Any], planned: Iterable[Planned], executor: Executor
) -> Iterator[Trial]:
    """Yield the trials as they end. So many are submitted at once that no worker has to wait."""
    in_view = executor if isinstance(executor, ExecutorInView) else ExecutorInView(executor)
    workers = getattr(executor, "_max_workers", None) or os.cpu_count() or 1
    run = TrialRunner(function)
    trials = iter(planned)
    running: set[Future[Trial]] = set()
    try:
        while True:
            for planned_trial in trials:
                running.add(in_view.submit(run, *planned_trial))
                if len(running) >= 2 * workers:
                    break
            if not running:
                return
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
    finally:
        for future in running:
            future.cancel()


class Worker:
    """A process that runs one trial at a time. If it dies, that trial fails, and another process starts.

    A process can be forked while a thread of another worker pickles a task. If that thread imported something
    at this moment, the new process would wait for its lock without end. So tasks are pickled before they get
    there.
    """

    def __init__(self) -> None:
        self._pool = self._new_pool()

    def _new_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(1, initializer=_prepare_process)

    def submit(self, call: bytes, trial: bytes) -> Future[Trial]:
        try:
            return self._pool.submit(_run_pickled, call, trial)
        # The process died while it had nothing to do.
        except BrokenExecutor:
            self._replace_process()
            return self._pool.submit(_run_pickled, call, trial)

    def _replace_process(self) -> None:
        self._pool.shutdown(wait=False)
        self._pool = self._new_pool()

    def outcome(self, future: Future[Trial], planned: Planned) -> Trial:
        """Return the trial of a future that ended."""
        try:
            return future.result()
        except BrokenExecutor:
            self._replace_process()
            return Trial(*planned, error="the process of this trial died")
        # The result does not pickle.
        except Exception as error:
            return Trial(*planned, error=f"{type(error).__name__}: {error}")

    def stop(self) -> None:
        """End the process, and the trial that it runs."""
        for process in list((self._pool._processes or {}).values()):
            process.terminate()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def shutdown(self) -> None:
        """End the process, which has nothing to do any more."""
        self._pool.shutdown(wait=True)


def run_in_processes(function: Callable[[], Any], planned: Iterable[Planned], jobs: int) -> Iterator[Trial]:
    """Yield the trials as they end, in so many processes.

    Raises `pickle.PicklingError`, which names the key, for a value of the view that does not pickle.
    """
    view = CarriedView(is_local=True)
    call = pickle.dumps(CarriedTask(TrialRunner(function), view, view.frame))
    workers = [Worker() for _ in range(jobs)]
    trials = iter(planned)
    idle = list(workers)
    running: dict[Future[Trial], tuple[Worker, Planned]] = {}
    try:
        while True:
            while idle and (next_trial := next(trials, None)) is not None:
                future = idle[-1].submit(call, pickle.dumps(picklable(next_trial)))
                running[future] = idle.pop(), next_trial
            if not running:
                break
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                worker, planned_trial = running.pop(future)
                trial = worker.outcome(future, planned_trial)
                idle.append(worker)
                yield trial
    except BaseException:
        for worker in workers:
            worker.stop()
        raise
    for worker in workers:
        worker.shutdown()


def _run_pickled(call: bytes, trial: bytes) -> Trial:
    return pickle.loads(call)(*pickle.loads(trial))


def _prepare_process() -> None:
    """Leave Ctrl-C to the parent, and end when the parent does, even if it was killed."""
    import signal
    import threading

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    from multiprocessing import parent_process
    from multiprocessing.connection import wait as wait_for

    parent = parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)
