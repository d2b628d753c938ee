"""Measure this library beside others with the same purpose, in one process. run.py starts this file.

The other libraries are in `.bench/peers`, which only this process has on its path. `peers.py BUDGET` prints
JSON: for each comparison, the times in ns and the ratio of ours to theirs in each round.
"""

# ruff: noqa: T201
from __future__ import annotations

import json
import sys
from contextvars import ContextVar
from typing import Any, NamedTuple

import gin
import ml_collections
import operations
from omegaconf import OmegaConf
from operations import ENTER, READ, SET, Around, function
from timing import Loop, side_by_side

cfg = OmegaConf.create({"train": {"lr": 0.5}})
OmegaConf.set_struct(cfg, False)
config = ml_collections.ConfigDict({"train": {"lr": 0.5}})

configurable = gin.configurable("train")(function)
gin.bind_parameter("train.lr", 0.5)

cv: ContextVar[dict[str, Any]] = ContextVar("by hand")


class Overridden:
    """The hand-written way: copy the dict, with the overrides in it, for a block."""

    __slots__ = ("overrides", "token")

    def __init__(self, **overrides: Any) -> None:
        self.overrides = overrides

    def __enter__(self) -> None:
        self.token = cv.set({**cv.get(), **self.overrides})

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        cv.reset(self.token)


BY_HAND = 'with Overridden(**{"a.b": 1}): pass'
MANY = SET._replace(keys=1000)


class Comparison(NamedTuple):
    """A statement of another library, ours for the same purpose, and what theirs does each time."""

    peer: str
    # The operation, in the words of the other library.
    name: str
    theirs: str
    ours: str
    does: str
    around: Around
    value: object = None


BY_HAND_READ = 'cv.get().get("train.lr", 0.001)'
COPIES = "copies the dict of everything that is set; no check, no origin"
COMPARISONS = [
    Comparison(
        *("OmegaConf (Hydra)", "`cfg.train.lr`", "cfg.train.lr", READ),
        *("walks nodes, each checked and resolved; no default", SET, 0.5),
    ),
    Comparison(
        *("ml_collections", "`config.train.lr`", "config.train.lr", READ),
        *("walks dicts and field references; no default", SET, 0.5),
    ),
    Comparison(
        *("gin-config", "configurable call, 1 binding", "configurable()", "decorated()"),
        *("merges the bindings of the process, and records which were used", SET, (0.5, 100)),
    ),
    Comparison(
        *("dict in a `ContextVar`", f"`{BY_HAND_READ}`", BY_HAND_READ, READ),
        *("looks up a flat key; no check, no conversion", SET, 0.5),
    ),
    Comparison("dict in a `ContextVar`", "enter and leave", BY_HAND, ENTER, COPIES, SET),
    Comparison("dict in a `ContextVar`", "the same, 1,000 keys outside", BY_HAND, ENTER, COPIES, MANY),
]


def measure(comparison: Comparison, budget: float) -> dict[str, list[float]]:
    context = operations.context_in(comparison.around)
    context.run(cv.set, {"train.lr": 0.5, **{f"key{n}": n for n in range(comparison.around.keys)}})
    loops = []
    for statement in (comparison.ours, comparison.theirs):
        names = {**vars(operations), **globals()}
        if comparison.value is not None:
            result = context.run(eval, statement, names)
            assert result == comparison.value, f"{statement} is {result!r}, not {comparison.value!r}"
        loops.append(Loop(statement, names, context))
    return side_by_side(loops[0], loops[1], budget)


def main() -> None:
    budget = float(sys.argv[1])
    results = [{**comparison._asdict(), "times": measure(comparison, budget)} for comparison in COMPARISONS]
    print(json.dumps(results))


if __name__ == "__main__":
    main()
