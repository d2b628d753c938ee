"""`SweepResults`: the trials of a sweep, in the order of their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, overload

from ..errors import short_repr
from .records import Trial

__all__ = ["SweepResults", "score_of"]


class SweepResults(Sequence[Trial]):
    """The trials of a sweep, in the order of their numbers: a sequence of `Trial`.

    Args:
        trials: the trials, in any order.
        metric: the name of the result to compare trials by, if the results are mappings.
        maximize: whether the best trial has the highest result.
    """

    def __init__(self, trials: Iterable[Trial], metric: str | None = None, maximize: bool = False) -> None:
        self._trials = sorted(trials, key=lambda trial: trial.number)
        self._metric, self._maximize = metric, maximize

    @overload
    def __getitem__(self, index: int) -> Trial: ...
    @overload
    def __getitem__(self, index: slice) -> list[Trial]: ...
    def __getitem__(self, index: int | slice) -> Trial | list[Trial]:
        return self._trials[index]

    def __len__(self) -> int:
        return len(self._trials)

    @property
    def failed(self) -> list[Trial]:
        """The trials that failed."""
        return [trial for trial in self._trials if trial.error is not None]

    @property
    def best(self) -> Trial:
        """The trial with the lowest result, or the highest one if the sweep maximizes; the first of equals.

        Raises `ValueError` if no trial has a number as its result.
        """
        scores = [(score, trial) for trial in self._trials if (score := self.score(trial)) is not None]
        if not scores:
            raise ValueError(f"no trial has a number as its result: {self._reason()}")
        choose = max if self._maximize else min
        return choose(scores, key=lambda pair: pair[0])[1]

    def score(self, trial: Trial) -> float | None:
        """Return the number by which a trial is compared, None if it has none."""
        return score_of(trial, self._metric)

    def _reason(self) -> str:
        if not self._trials:
            return "there are no trials"
        if len(self.failed) == len(self._trials):
            return f"all {len(self._trials)} failed, the first with {self._trials[0].error}"
        result = next(trial.result for trial in self._trials if trial.error is None)
        if isinstance(result, Mapping) and self._metric is None:
            return f"choose one of {', '.join(map(str, result))} by metric="
        return f"a result is {short_repr(result)}"

    def to_dict(self) -> dict[str, list[Any]]:
        """Return a list for each column: `number`, each key, `result`, `seconds`, `seed` and `error`.

        If results are mappings, each name in them has a column: `result.loss`.
        """
        keys = list(dict.fromkeys(key for trial in self._trials for key in trial.params))
        names = list(
            dict.fromkeys(
                name for trial in self._trials if isinstance(trial.result, Mapping) for name in trial.result
            )
        )
        columns: dict[str, list[Any]] = {"number": [trial.number for trial in self._trials]}
        columns |= {key: [trial.params.get(key) for trial in self._trials] for key in keys}
        for name in names:
            columns[f"result.{name}"] = [
                trial.result.get(name) if isinstance(trial.result, Mapping) else None for trial in self._trials
            ]
        if not names:
            columns["result"] = [trial.result for trial in self._trials]
        for name in ("seconds", "seed", "error"):
            columns[name] = [getattr(trial, name) for trial in self._trials]
        return columns

    def to_pandas(self) -> Any:
        """Return the columns of `to_dict` as a pandas `DataFrame`.

        Raises `ModuleNotFoundError` if pandas is not installed.
        """
        import pandas  # pyright: ignore[reportMissingImports]

        return pandas.DataFrame(self.to_dict())

    def __repr__(self) -> str:
        failed = f", {len(self.failed)} failed" if self.failed else ""
        try:
            best = self.best
        except ValueError:
            return f"<sweep of {len(self)} trials{failed}>"
        return f"<sweep of {len(self)} trials{failed}; best: {self.score(best)!r} with {best.params!r}>"


def score_of(trial: Trial, metric: str | None) -> float | None:
    """Return the number by which a trial is compared: its result, or one of its results; not NaN."""
    result = trial.result
    if metric is not None:
        result = result.get(metric) if isinstance(result, Mapping) else None
    if trial.error is not None or result is None or isinstance(result, str | bytes | bytearray):
        return None
    try:
        score = float(result)
    except (TypeError, ValueError):
        return None
    return None if score != score else score
