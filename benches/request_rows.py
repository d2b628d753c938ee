"""Requests: enter a scope, read each parameter once, leave. request_table.py starts this file once per process.

Nothing is cached here, because each request has a scope of its own. Each row is measured beside the
hand-written way: a dict in a `ContextVar` that is copied on entry. `request_rows.py BUDGET` prints JSON: for
each row and each size of the configuration outside, the times in ns of ours and theirs, and the ratio of each
round.
"""

# ruff: noqa: T201
from __future__ import annotations

import dataclasses
import json
import sys
import tracemalloc
from contextvars import Context, ContextVar, copy_context
from typing import Any, NamedTuple

import msgspec
from timing import Loop, side_by_side

import hyperparameter as hp

# --- By hand ---

cv: ContextVar[dict[str, Any]] = ContextVar("by hand")


class Copied:
    """Copy the dict, with the overrides in it, for a block."""

    __slots__ = ("overrides", "token")

    def __init__(self, overrides: dict[str, Any]) -> None:
        self.overrides = overrides

    def __enter__(self) -> None:
        self.token = cv.set({**cv.get(), **self.overrides})

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        cv.reset(self.token)


# --- What the requests set and read ---

ONE = {"train.lr": 0.2}
# Nine numbers and a text, and what is read if they are not set.
TEN = {**{f"train.p{n}": n + 0.5 for n in range(9)}, "train.p9": "text"}
DEFAULTS = [*(f"{n}.0" for n in range(9)), '"default"']
TEXTS = [f"{key}={value}" for key, value in TEN.items()]
CALLS = {"first.a": 2, "second.b": 0.25}
KEPT = hp.scope(**ONE)


def first_function(a: int = 1, b: float = 0.5, c: str = "c") -> tuple[int, float, str]:
    return a, b, c


def second_function(a: int = 1, b: float = 0.5, c: str = "c") -> tuple[int, float, str]:
    return a, b, c


first, second = hp.param("first")(first_function), hp.param("second")(second_function)


@dataclasses.dataclass
class Net:
    a: int = 1
    b: float = 0.5
    c: str = "c"
    d: bool = False
    e: int = 1
    f: float = 0.5
    g: str = "c"
    h: bool = False
    i: int = 1
    j: float = 0.5


NET = Net(c="default")
NET_SET = {"net.a": 3, "net.f": 0.25}
MERGED = {**dataclasses.asdict(NET), "a": 3, "f": 0.25}
convert = msgspec.convert

READ_TEN = "; ".join(f"hp.scope.train.p{n} | {default}" for n, default in enumerate(DEFAULTS))
GET_TEN = "d = cv.get(); " + "; ".join(f'd.get("train.p{n}", {default})' for n, default in enumerate(DEFAULTS))
GET_CALLS = "d = cv.get(); " + "; ".join(
    f'{name}_function(d.get("{name}.a", 1), d.get("{name}.b", 0.5), d.get("{name}.c", "c"))'
    for name in ("first", "second")
)


class Row(NamedTuple):
    """A request, the same by hand, and the highest ratios allowed with 0 and with 1,000 keys outside."""

    name: str
    ours: str
    by_hand: str
    goal: float | None = None
    goal_many: float | None = None


def entered_by(way: str, source: str) -> Row:
    return Row(f"the same, entered by {way}", f"with {source}: {READ_TEN}", f"with Copied(ONE): {GET_TEN}")


ROWS = [
    Row("enter a mapping, leave", "with hp.scope(ONE): pass", "with Copied(ONE): pass", 1.5, 0.5),
    Row(
        *("the same, and read ten parameters", f"with hp.scope(ONE): {READ_TEN}"),
        *(f"with Copied(ONE): {GET_TEN}", 1.5, 0.5),
    ),
    entered_by("keywords", "hp.scope(**ONE)"),
    entered_by("a text", 'hp.scope("train.lr=0.2")'),
    entered_by("a kept scope", "KEPT"),
    entered_by("a snapshot", "hp.scope(SNAPSHOT)"),
    Row(
        *("ten overrides, read all ten", f"with hp.scope(TEN): {READ_TEN}"),
        *(f"with Copied(TEN): {GET_TEN}", 1.5, 0.5),
    ),
    Row(
        *("ten key=value texts, read all ten", f"with hp.scope(*TEXTS): {READ_TEN}"),
        *(f"with Copied(TEN): {GET_TEN}", 4, 1),
    ),
    Row(
        *("two decorated functions, one override each", "with hp.scope(CALLS): first(); second()"),
        *(f"with Copied(CALLS): {GET_CALLS}", 2.5, 0.5),
    ),
]
# The rows that are not requests. The second statement is what the name says.
OTHERS = [
    Row(
        "dataclass of ten fields, two of them set, beside msgspec",
        "hp.scope.net | NET",
        "convert(MERGED, Net)",
        3,
    ),
]
PEERS = [
    Row("OmegaConf: merge ten values, read all ten", f"with hp.scope(TEN): {READ_TEN}", "", None),
    Row("gin-config: two configurable calls", "with hp.scope(CALLS): first(); second()", "", None),
    Row("keyword arguments: two calls", "with hp.scope(CALLS): first(); second()", "", None),
]
KEYS = [0, 1000, 100_000]
SCOPES = [1, 10, 1000]


def context_with(keys: int, scopes: int) -> Context:
    """Return a context with so many keys outside, set in nested scopes."""
    context = copy_context()
    outer = {f"group{n % 1000}.key{n}": n for n in range(keys)}
    context.run(cv.set, dict(outer))
    context.run(hp.scope(**{**outer, **NET_SET}).__enter__)
    for number in range(scopes - 1):
        context.run(hp.scope(**{f"inner.key{number}": number}).__enter__)
    return context


def names() -> dict[str, Any]:
    with hp.scope(**ONE):
        snapshot = hp.snapshot()
    return {**globals(), "SNAPSHOT": snapshot}


def measure(row: Row, context: Context, budget: float) -> dict[str, list[float]]:
    ours, other = (Loop(statement, names(), context) for statement in (row.ours, row.by_hand))
    return side_by_side(ours, other, budget)


def check() -> None:
    """Both ways read the same values."""
    with hp.scope(*TEXTS):
        assert [eval(read) for read in READ_TEN.split("; ")] == list(TEN.values())
    with hp.scope(CALLS):
        assert (first(), second()) == (first_function(2), second_function(b=0.25))
    with hp.scope(NET_SET):
        assert hp.scope.net | NET == convert(MERGED, Net)


def peers(budget: float) -> dict[str, dict[str, list[float]]]:
    """Measure the libraries of `.bench/peers`; nothing if they are not installed."""
    try:
        import gin
        from omegaconf import OmegaConf
    except ImportError:
        return {}
    table = {"train": {f"p{n}": TEN[f"train.p{n}"] for n in range(10)}}
    values = {
        "OmegaConf": OmegaConf,
        "cfg": OmegaConf.create({"train": {f"p{n}": 1.0 for n in range(10)}}),
        "table": table,
        "gin_first": gin.configurable("first")(first_function),
        "gin_second": gin.configurable("second")(second_function),
    }
    gin.bind_parameter("first.a", 2)
    gin.bind_parameter("second.b", 0.25)
    theirs = [
        "c = OmegaConf.merge(cfg, table); " + "; ".join(f"c.train.p{n}" for n in range(10)),
        "gin_first(); gin_second()",
        "first_function(a=2); second_function(b=0.25)",
    ]
    context = context_with(0, 1)
    return {
        row.name: side_by_side(
            Loop(row.ours, names(), context), Loop(statement, {**names(), **values}, context), budget
        )
        for row, statement in zip(PEERS, theirs, strict=True)
    }


def bytes_of_a_live_scope(count: int = 100_000) -> float:
    """Return how many bytes each of many entered scopes of one override takes, with its frame."""
    entered: list[Any] = [None] * count

    def enter() -> None:
        for number in range(count):
            scope = entered[number] = hp.scope(**{"a.b": 1})
            scope.__enter__()

    context = copy_context()
    tracemalloc.start()
    context.run(enter)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size / count


def main() -> None:
    budget = float(sys.argv[1])
    check()
    results: dict[str, Any] = {}
    for keys in KEYS:
        context = context_with(keys, 1)
        results[f"keys {keys}"] = {row.name: measure(row, context, budget) for row in ROWS}
    for scopes in SCOPES[1:]:
        context = context_with(0, scopes)
        results[f"scopes {scopes}"] = {row.name: measure(row, context, budget) for row in ROWS[:2]}
    context = context_with(0, 1)
    results["others"] = {row.name: measure(row, context, budget) for row in OTHERS}
    results["peers"] = peers(budget)
    results["memory"] = {"live scope": {"bytes": [bytes_of_a_live_scope()]}}
    print(json.dumps(results))


if __name__ == "__main__":
    main()
