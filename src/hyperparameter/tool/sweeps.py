"""`hp sweep show` and `hp sweep best`: the trials in the file of a sweep, which may still run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import shown
from ..execution.records import override_text
from ..execution.results import SweepResults
from ..execution.sweep_file import read_sweep
from .parser import UsageError
from .terminal import print_lines, print_text
from .text import align_columns

if TYPE_CHECKING:
    from argparse import Namespace

    from ..execution.records import Trial

__all__ = ["show_sweep"]


def show_sweep(arguments: Namespace) -> int:
    """Print the trials of a sweep, the best first, or the parameters of the best one."""
    try:
        _, trials = read_sweep(arguments.file)
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(str(error)) from error
    results = SweepResults(trials, arguments.metric, arguments.maximize)
    if arguments.action == "best":
        try:
            best = results.best
        except ValueError as error:
            raise UsageError(f"{arguments.file}: {error}") from error
        print_text("".join(f"{key}={override_text(key, value)}\n" for key, value in best.params.items()))
        return 0
    rows = [_HEADINGS, *(_row(trial) for trial in _ordered(results, arguments.maximize))]
    print_lines(list(align_columns(rows)))
    failed = f", {len(results.failed)} failed" if results.failed else ""
    print_text(f"\n{len(results)} trials{failed}\n")
    return 0


_HEADINGS = ("trial", "result", "seconds", "parameters", "error")


def _ordered(results: SweepResults, maximize: bool) -> list[Trial]:
    """Return the trials, the best first, and those that have no score at the end."""

    def rank(trial: Trial) -> tuple[bool, float]:
        score = results.score(trial)
        return score is None, 0.0 if score is None else -score if maximize else score

    return sorted(results, key=rank)


def _row(trial: Trial) -> tuple[str, ...]:
    parameters = " ".join(f"{key}={override_text(key, value)}" for key, value in trial.params.items())
    result = "" if trial.error is not None else shown("", trial.result)
    return str(trial.number), result, f"{trial.seconds:.2f}", parameters, trial.error or ""
