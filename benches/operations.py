"""The operations that are measured, and what each is compared with. run.py starts this file once per process.

It runs under both kernels and, unchanged, under the published package of the same name. So all of them run
the same statements. `operations.py BUDGET PART...` prints one JSON object: for each operation and part, the
times in ns and the ratio of each round. The result is null if the installed library lacks the operation.
"""

# ruff: noqa: T201
from __future__ import annotations

import json
import sys
from contextvars import Context, ContextVar, copy_context
from types import SimpleNamespace
from typing import Any, NamedTuple

from timing import Loop, side_by_side

import hyperparameter as hp

# --- The floors: the same work in plain Python ---

var: ContextVar[Any] = ContextVar("floor", default=None)
ns = SimpleNamespace(train=SimpleNamespace(lr=0.1))
# A key computed at run time is another object than the key of the override.
key = ".".join(("train", "lr"))


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
WITH_WALK = "with Bare(1): ns.train.lr; var.get()"
CALL = "wrapped()"
FLOORS = {
    WALK: "walk of a `SimpleNamespace` and `ContextVar.get()`",
    WITH: "class around `ContextVar.set` and `reset`",
    WITH_WALK: "this class, the walk and `ContextVar.get()`",
    CALL: "pass-through wrapper",
}


# --- The operations ---


class Around(NamedTuple):
    """The scopes that a statement runs in: one with the keys of `train` and more keys, and scopes inside it."""

    train: tuple[tuple[str, object], ...] = ()
    keys: int = 0
    scopes: int = 1


class Operation(NamedTuple):
    """A statement, the floor that it is compared with, and the highest ratios that are allowed, by kernel."""

    name: str
    statement: str
    floor: str
    around: Around
    # The result, if the statement is an expression.
    value: object = None
    # The highest ratio to the floor.
    goals: dict[str, float] = {}  # noqa: RUF012
    # The highest ratio of the statement with many keys or scopes around it to the same statement with few.
    growth: dict[str, float] = {}  # noqa: RUF012


SET = Around((("lr", 0.5),))
TEXT = Around((("lr", "0.1"),))
NOTHING = Around(scopes=0)
EVEN = {"rust": 1.2, "python": 1.5}
EVEN_ENTERING = {"rust": 1.5, "python": 1.5}
READ = "hp.scope.train.lr | 0.001"
ENTER = 'with hp.scope(**{"a.b": 1}): pass'
THREE = 'with hp.scope(**{"a.b": 1, "a.c": 2.0, "d": "text"}): pass'
AND_MISS = 'with hp.scope(**{"a.b": 1}): hp.scope.train.none | 0.001'

OPERATIONS = [
    Operation("read", READ, WALK, SET, 0.5, {"rust": 1.25, "python": 5}, EVEN),
    Operation("read, missing", "hp.scope.train.none | 0.001", WALK, SET, 0.001, {"rust": 1.25}, EVEN),
    Operation("read, set as text", READ, WALK, TEXT, 0.1, {"rust": 2.5}, EVEN),
    Operation("read, key computed at run time", "hp.scope[key] | 0.001", WALK, SET, 0.5, {"rust": 3}, EVEN),
    Operation("enter and leave", ENTER, WITH, SET, None, {"rust": 2, "python": 6}, EVEN_ENTERING),
    Operation("enter and leave, 3 overrides", THREE, WITH, SET, None, {"rust": 2.5}, EVEN_ENTERING),
    Operation(
        "decorated call, 1 override", "decorated()", CALL, SET, (0.5, 100), {"rust": 1.25, "python": 6}, EVEN
    ),
    Operation("decorated call, nothing set", "decorated()", CALL, NOTHING, (0.1, 100), {"rust": 1.0}, EVEN),
    Operation("enter, and miss a key there", AND_MISS, WITH_WALK, SET, growth=EVEN_ENTERING),
]

# --- The parts: what an operation is compared with ---

FLOOR = "floor"
GROWTH: dict[str, dict[str, Any]] = {
    "keys": {"keys": 100_000},
    "scopes": {"scopes": 1000},
}
# Entered scopes have to stay alive.
entered: list[Any] = []
contexts: dict[Around, Context] = {}


def context_in(around: Around) -> Context:
    """Return a context in which the scopes are entered. It is the same context for the same scopes."""
    if around not in contexts:
        contexts[around] = copy_context()
        contexts[around].run(enter, around)
    return contexts[around]


def enter(around: Around) -> None:
    # The variable of the floor is set too, as that of the library is.
    var.set(None)
    outermost: dict[str, object] = {f"group{n % 1000}.key{n}": n for n in range(around.keys)}
    outermost.update({f"train.{name}": value for name, value in around.train})
    for number in range(around.scopes):
        scope = hp.scope(**({f"inner.key{number}": number} if number else outermost))
        scope.__enter__()
        entered.append(scope)


def loop(statement: str, around: Around, value: object) -> Loop:
    context = context_in(around)
    if value is not None:
        result = context.run(eval, statement, globals())
        assert result == value, f"{statement} is {result!r}, not {value!r}"
    return Loop(statement, globals(), context)


def measure(operation: Operation, part: str, budget: float) -> dict[str, list[float]] | None:
    _, statement, floor, around, value, *_ = operation
    try:
        if part == FLOOR:
            return side_by_side(loop(statement, around, value), loop(floor, around, None), budget)
        few = around._replace(scopes=1)
        many = few._replace(**GROWTH[part])
        return side_by_side(loop(statement, many, value), loop(statement, few, value), budget)
    # The published package does not have every operation.
    except TypeError:
        return None


def main() -> None:
    budget, parts = float(sys.argv[1]), sys.argv[2:]
    results = {
        operation.name: {part: measure(operation, part, budget) for part in parts} for operation in OPERATIONS
    }
    print(json.dumps(results))


if __name__ == "__main__":
    main()
