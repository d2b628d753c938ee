"""`hp.sweep`: call a function with many sets of parameters.

space ──► trials to run ──► here, processes or executor ──► file, progress ──► SweepResults
               ▲
file ──► trials that ended before
"""

from __future__ import annotations

from concurrent.futures import Executor
from contextlib import closing, nullcontext
from typing import TYPE_CHECKING, Any

from ..errors import short_repr
from .progress import Progress, show_progress
from .results import SweepResults, score_of
from .space import Space
from .sweep_file import SweepFile
from .workers import run_here, run_in_executor, run_in_processes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from os import PathLike

    from .optuna_plan import OptunaPlan

__all__ = ["run_sweep"]


def run_sweep(
    function: Callable[[], Any],
    space: Mapping[str, Any],
    *,
    trials: int | None,
    seed: int,
    jobs: int,
    executor: Executor | None,
    out: str | PathLike[str] | None,
    metric: str | None,
    maximize: bool,
    sampler: Any,
    progress: bool,
) -> SweepResults:
    """Run a sweep as `hp.sweep` describes it."""
    _check_arguments(function, jobs, executor)
    whole = Space(space, trials, seed)
    file: AbstractContextManager[SweepFile | None] = nullcontext()
    if out is not None:
        file = closing(SweepFile(out, whole, _name_of(function)))
    with file as opened:
        done = [] if opened is None else [trial for trial in opened.trials if trial.number < whole.size]
        ended = {trial.number for trial in done}
        plan = None if sampler is None else _optuna_plan(whole, sampler, maximize)
        planned: Iterator[Any] = (trial for trial in whole.trials() if trial[0] not in ended)
        if plan is not None:
            planned = plan.trials(ended)
        shown = Progress(whole.size, len(done), lambda trial: score_of(trial, metric), maximize)
        for trial in done:
            shown.compare(trial)
            if plan is not None:
                plan.tell(trial, score_of(trial, metric))
        with (
            show_progress(shown) if progress else nullcontext(lambda _: None) as show,
            closing(_run(function, planned, jobs, executor)) as running,
        ):
            for trial in running:
                if opened is not None:
                    opened.add(trial)
                if plan is not None:
                    plan.tell(trial, score_of(trial, metric))
                done.append(trial)
                show(trial)
    return SweepResults(done, metric, maximize)


def _run(function: Callable[[], Any], planned: Iterator[Any], jobs: int, executor: Executor | None) -> Any:
    if executor is not None:
        return run_in_executor(function, planned, executor)
    return run_here(function, planned) if jobs == 1 else run_in_processes(function, planned, jobs)


def _optuna_plan(space: Space, sampler: Any, maximize: bool) -> OptunaPlan:
    if space.is_grid:
        raise TypeError("a sampler chooses the trials, so the sweep needs a number of them: trials=20")
    from .optuna_plan import OptunaPlan

    return OptunaPlan(space, sampler, maximize)


def _check_arguments(function: Any, jobs: Any, executor: Any) -> None:
    if not callable(function):
        raise TypeError(f"hp.sweep expected a function, got {short_repr(function)}")
    if type(jobs) is not int or jobs < 1:
        raise ValueError(f"jobs must be a positive integer, got {jobs!r}")
    if executor is not None and jobs != 1:
        raise TypeError("hp.sweep takes jobs or an executor, not both")


def _name_of(function: Any) -> str:
    return f"{getattr(function, '__module__', '')}:{getattr(function, '__qualname__', type(function).__name__)}"
