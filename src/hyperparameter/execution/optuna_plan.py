"""The trials of a sweep as a sampler of Optuna chooses them, which learns from those that ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import optuna  # pyright: ignore[reportMissingImports]

from .records import Trial, as_json
from .space import Choice, IntRange, LogUniform, Space, Uniform

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = ["OptunaPlan"]


class OptunaPlan:
    """A study of Optuna, which is asked for a trial when a worker is idle, and told what came out.

    Args:
        space: the keys with their values.
        sampler: the sampler of Optuna.
        maximize: whether the best trial has the highest result.
    """

    def __init__(self, space: Space, sampler: Any, maximize: bool) -> None:
        self._space = space
        verbosity = optuna.logging.get_verbosity()
        # It would report each new study on stderr.
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        try:
            direction: Any = "maximize" if maximize else "minimize"
            self._study = optuna.create_study(sampler=sampler, direction=direction)
        finally:
            optuna.logging.set_verbosity(verbosity)
        self._distributions = {key: _distribution(values) for key, values in space.dimensions.items()}
        self._asked: dict[int, Any] = {}

    def trials(self, ended: Collection[int]) -> Iterator[tuple[int, int, dict[str, Any]]]:
        """Yield the number, the seed and the parameters of each trial that did not end before."""
        for number in range(self._space.size):
            if number not in ended:
                asked = self._asked[number] = self._study.ask(self._distributions)
                values = {key: self._value(key, value) for key, value in asked.params.items()}
                yield number, self._space.seed_of(number), {key: values[key] for key in self._distributions}

    def tell(self, trial: Trial, score: float | None) -> None:
        """Report a trial that ended, in this sweep or before."""
        state = optuna.trial.TrialState.FAIL if score is None else optuna.trial.TrialState.COMPLETE
        asked = self._asked.pop(trial.number, None)
        if asked is not None:
            self._study.tell(asked, score, state=state)
            return
        self._study.add_trial(
            optuna.trial.create_trial(
                state=state,
                value=score,
                params={key: self._internal(key, value) for key, value in trial.params.items()},
                distributions=self._distributions,
            )
        )

    def _value(self, key: str, internal: Any) -> Any:
        values = self._space.dimensions[key]
        return values.values[internal] if isinstance(values, Choice) else internal

    def _internal(self, key: str, value: Any) -> Any:
        values = self._space.dimensions[key]
        # A trial from a file has what JSON made of the value.
        return (
            [as_json(choice) for choice in values.values].index(value) if isinstance(values, Choice) else value
        )


def _distribution(values: Any) -> Any:
    """Return values as Optuna has them. A choice is the number of a value: Optuna stores few types."""
    if isinstance(values, Choice):
        return optuna.distributions.CategoricalDistribution(range(len(values.values)))
    if isinstance(values, IntRange):
        return optuna.distributions.IntDistribution(values.low, values.high)
    if isinstance(values, Uniform):
        return optuna.distributions.FloatDistribution(
            values.low, values.high, log=isinstance(values, LogUniform)
        )
    raise TypeError(f"Optuna has no distribution for {values!r}")
