"""The values that the trials of a sweep try: a list of values, or a distribution, for each key.

The values of trial 7 depend on the seed of the sweep and on the number 7 alone. So a sweep that was stopped
goes on with the same trials, and it does not matter in which order they end.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import TYPE_CHECKING, Any

from ..core.key import check_key
from ..errors import short_repr

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["Choice", "IntRange", "LogUniform", "Space", "Uniform"]

SEED_BITS = 32


@dataclass(frozen=True)
class Choice:
    """One of some values."""

    values: tuple[Any, ...]

    def __post_init__(self) -> None:
        if not self.values:
            raise ValueError("a sweep needs at least one value for each key")

    def draw(self, random: Random) -> Any:
        return random.choice(self.values)


@dataclass(frozen=True)
class Uniform:
    """A number between two bounds, each as likely as any other."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"the low bound must be below the high one, got {self.low} and {self.high}")

    def draw(self, random: Random) -> float:
        return random.uniform(self.low, self.high)


@dataclass(frozen=True)
class LogUniform(Uniform):
    """A number between two bounds, whose logarithm is uniform."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.low <= 0:
            raise ValueError(f"the low bound must be above 0, got {self.low}")

    def draw(self, random: Random) -> float:
        drawn = math.exp(random.uniform(math.log(self.low), math.log(self.high)))
        return min(max(drawn, self.low), self.high)


@dataclass(frozen=True)
class IntRange:
    """An integer between two bounds, which both are possible."""

    low: int
    high: int

    def __post_init__(self) -> None:
        if type(self.low) is not int or type(self.high) is not int or self.low > self.high:
            raise ValueError(
                f"the bounds must be integers, the low one first, got {self.low!r} and {self.high!r}"
            )

    def draw(self, random: Random) -> int:
        return random.randint(self.low, self.high)


class Space:
    """The keys of a sweep with their values, and how many trials there are.

    Raises `ValueError` for a bad key or a key without values, and `TypeError` for what is not a list of values.
    """

    def __init__(self, space: Mapping[str, Any], trials: int | None, seed: int) -> None:
        if not space:
            raise ValueError("a sweep needs at least one key")
        self.dimensions = {check_key(key): _dimension(key, values) for key, values in space.items()}
        self.seed = seed
        self.is_grid = trials is None
        continuous = [key for key, values in self.dimensions.items() if not isinstance(values, Choice)]
        if trials is None and continuous:
            raise TypeError(
                f"{continuous[0]!r} has endless values, so the sweep needs a number of trials: trials=20"
            )
        if trials is not None and (type(trials) is not int or trials < 1):
            raise ValueError(f"trials must be a positive integer, got {trials!r}")
        self.size = math.prod(len(choice.values) for choice in self._choices()) if trials is None else trials

    def _choices(self) -> Iterator[Choice]:
        return (values for values in self.dimensions.values() if isinstance(values, Choice))

    def _random(self, number: int) -> Random:
        return Random(f"{self.seed} {number}")

    def seed_of(self, number: int) -> int:
        """Return the seed of a trial."""
        return self._random(number).getrandbits(SEED_BITS)

    def trials(self) -> Iterator[tuple[int, int, dict[str, Any]]]:
        """Yield the number, the seed and the parameters of each trial."""
        grid: Iterable[Any] = product(*(choice.values for choice in self._choices())) if self.is_grid else ()
        rows = iter(grid)
        for number in range(self.size):
            random = self._random(number)
            seed = random.getrandbits(SEED_BITS)
            values = (
                next(rows) if self.is_grid else [values.draw(random) for values in self.dimensions.values()]
            )
            yield number, seed, dict(zip(self.dimensions, values, strict=True))

    def described(self) -> dict[str, Any]:
        """Return the space as JSON can write it, to compare it with that of a file."""
        from .records import as_json

        keys = {
            key: {type(values).__name__.lower(): as_json(list(vars(values).values()))}
            for key, values in self.dimensions.items()
        }
        return {"keys": keys, "seed": self.seed, "grid": self.is_grid}


def _dimension(key: str, values: Any) -> Any:
    if isinstance(values, Choice | Uniform | IntRange):
        return values
    if isinstance(values, str | bytes | dict) or not hasattr(values, "__iter__"):
        raise TypeError(f"expected a list of values or a distribution for {key!r}, got {short_repr(values)}")
    return Choice(tuple(values))
