"""What is measured, and the timing of it side by side: run.py starts this file once per process.

It runs under this library and, unchanged, under the published package of the same name, so both are
asked the very same statements. It prints one JSON object: for each operation the times in ns and, round
by round, the ratio to its floor; None for an operation that the library at hand has no statement for.
"""

# ruff: noqa: T201
from __future__ import annotations

import json
import sys
import textwrap
from contextvars import Context, ContextVar, copy_context
from dataclasses import dataclass, field
from itertools import repeat
from time import perf_counter
from types import SimpleNamespace
from typing import Any, NamedTuple

import hyperparameter as hp

VISIT = 0.001  # seconds in one loop: some thousand statements, yet short beside a scheduler's slice
COPIES = 10  # of a statement in the body of a loop, so that the loop itself is hardly measured
FEWEST_ROUNDS = 5

# --- The floors: what the language itself asks for the same work ---

var: ContextVar[Any] = ContextVar("floor", default=None)
ns = SimpleNamespace(train=SimpleNamespace(lr=0.1))
key = "train.lr"


class Bare:
    """Set a context variable on entry and reset it on leaving."""

    __slots__ = ("token", "value")

    def __init__(self, value: object) -> None:
        self.value = value

    def __enter__(self) -> None:
        self.token = var.set(self.value)

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        var.reset(self.token)


def function(lr: float = 0.1, steps: int = 100) -> tuple[float, int]:
    return lr, steps


def wrapped(*args: Any, **kwargs: Any) -> Any:
    return function(*args, **kwargs)


decorated = hp.param("train")(function)

WALK = "ns.train.lr; var.get()"
WITH = "with Bare(1): pass"
CALL = "wrapped()"


# --- The operations ---


class Around(NamedTuple):
    """Describe the scopes that a statement runs in: the outermost, with further keys; then others in it."""

    train: tuple[tuple[str, object], ...] = ()  # what the outermost sets under `train`
    keys: int = 0
    nested: int = 1


NOTHING = Around()


@dataclass(frozen=True)
class Operation:
    """Name a statement, the floor it is held against, and the highest ratio allowed."""

    name: str
    statement: str
    floor: str | None = None  # None: itself, in `few`
    around: Around = NOTHING
    few: Around = NOTHING
    goal: float | None = None
    gives: dict[str, object] = field(default_factory=dict)  # expressions to their values in `around`


READ = "hp.scope.train.lr | 0.001"
READ_MISSING = "hp.scope.train.none | 0.001"
READ_KEY = "hp.scope[key] | 0.001"
ENTER = 'with hp.scope(**{"a.b": 1}): pass'
ENTER_THREE = 'with hp.scope(**{"a.b": 1, "a.c": 2.0, "d": "text"}): pass'
ENTER_AND_MISS = 'with hp.scope(**{"a.b": 1}): hp.scope.train.none | 0.001'
DECORATED = "decorated()"

SET = (("lr", 0.5),)
TEXT = (("lr", "0.1"),)
IS_SET = {READ: 0.5, DECORATED: (0.5, 100), READ_MISSING: 0.001}


def growing(name: str, statement: str, goal: float | None) -> list[Operation]:
    few = Around(SET)
    return [
        Operation(
            f"{name}, 100,000 keys outside", statement, None, Around(SET, keys=100_000), few, goal, IS_SET
        ),
        Operation(f"{name}, in 1,000 scopes", statement, None, Around(SET, nested=1000), few, goal, IS_SET),
    ]


OPERATIONS = [
    Operation("read", READ, WALK, Around(SET), goal=5, gives=IS_SET),
    Operation("read, missing", READ_MISSING, WALK, Around(SET), gives=IS_SET),
    Operation("read, set as text", READ, WALK, Around(TEXT), gives={READ: 0.1}),
    Operation("read, key at run time", READ_KEY, WALK, Around(SET), gives={READ_KEY: 0.5}),
    Operation("enter and leave", ENTER, WITH, Around(SET), goal=6),
    Operation("enter and leave, 3 overrides", ENTER_THREE, WITH, Around(SET)),
    Operation("decorated call, 1 override", DECORATED, CALL, Around(SET), goal=6, gives=IS_SET),
    Operation("decorated call, nothing set", DECORATED, CALL, gives={DECORATED: (0.1, 100)}),
    *growing("read", READ, 1.5),
    *growing("enter and leave", ENTER, 1.5),
    *growing("decorated call", DECORATED, 1.5),
    *growing("enter and read a missing key", ENTER_AND_MISS, None),
]


def context_in(around: Around) -> Context:
    """Return a context in which the scopes are entered, for good."""
    context = copy_context()
    context.run(enter, around)
    return context


entered = []  # what was entered stays alive


def enter(around: Around) -> None:
    outermost: dict[str, object] = {f"group{n % 1000}.key{n}": n for n in range(around.keys)}
    outermost.update({f"train.{name}": value for name, value in around.train})
    if outermost:
        inner = ({f"inner.key{n}": n} for n in range(around.nested))
        for overrides in (outermost, *inner):
            scope = hp.scope(**overrides)
            scope.__enter__()
            entered.append(scope)


# --- Timing ---


class Loop:
    """Run a statement many times in a context, as `timeit` would: its names are global, as in a program."""

    def __init__(self, statement: str, context: Context) -> None:
        self.context = context
        self.compile(statement, 1)
        self.visits = 1
        self.seconds()  # the first finds everything for the first time
        once = self.seconds()
        if once < VISIT / COPIES:
            self.compile(statement, COPIES)
        while self.visits < 1 << 20 and self.seconds() < VISIT:
            self.visits *= 2

    def compile(self, statement: str, copies: int) -> None:
        body = textwrap.indent("\n".join([statement] * copies), " " * 8)
        source = (
            f"def loop(visits):\n    start = clock()\n    for _ in visits:\n{body}\n    return clock() - start"
        )
        # its own globals, so that the interpreter adapts each loop's code alone
        names = {**globals(), "clock": perf_counter}
        exec(source, names)
        self.loop, self.copies = names["loop"], copies

    def seconds(self) -> float:
        return self.context.run(self.loop, repeat(None, self.visits))

    def ns(self) -> float:
        """Return the time of one statement in ns."""
        return self.seconds() / (self.visits * self.copies) * 1e9


def side_by_side(ours: Loop, floor: Loop, budget: float) -> dict[str, list[float]]:
    """Time two loops in turn for `budget` seconds.

    A ratio is of two times a millisecond apart: whatever else the machine does, it does to both.
    Timing all of one and then all of the other, as worker processes of pyperf do, puts minutes and the
    drift of a shared machine's clock between them. Which goes first alternates, so that a steady drift
    cancels out. Garbage collection stays on, as users have it.
    """
    times: dict[str, list[float]] = {"ours": [], "floor": []}
    end = perf_counter() + budget
    while perf_counter() < end or len(times["ours"]) < FEWEST_ROUNDS:
        pair = [("ours", ours), ("floor", floor)]
        for which, loop in pair if len(times["ours"]) % 2 else reversed(pair):
            times[which].append(loop.ns())
    times["ratio"] = [a / b for a, b in zip(times["ours"], times["floor"], strict=True)]
    return times


def measure(
    operation: Operation, budget: float, contexts: dict[Around, Context]
) -> dict[str, list[float]] | None:
    for around in (operation.around, operation.few):
        if around not in contexts:
            contexts[around] = context_in(around)
    context, few = contexts[operation.around], contexts[operation.few]
    for statement, value in operation.gives.items():
        try:
            found = context.run(eval, statement, globals())
        except TypeError:  # no such statement in this library
            return None
        assert found == value, f"{operation.name}: {statement} gives {found!r}, not {value!r}"
    ours = Loop(operation.statement, context)
    floor = Loop(operation.floor, context) if operation.floor else Loop(operation.statement, few)
    return side_by_side(ours, floor, budget)


def main() -> None:
    budget = float(sys.argv[1])
    contexts: dict[Around, Context] = {}
    found = {operation.name: measure(operation, budget, contexts) for operation in OPERATIONS}
    print(json.dumps({"kernel": getattr(hp, "kernel", None), "operations": found}))


if __name__ == "__main__":
    main()
