"""The timing of two statements side by side: what operations.py and peers.py share."""

from __future__ import annotations

import textwrap
from contextvars import Context
from itertools import repeat
from time import perf_counter, thread_time
from typing import Any

VISIT = 0.0005  # seconds in one loop: some thousand statements, yet short beside a scheduler's slice
COPIES = 10  # of a statement in the body of a loop, so that the loop itself is hardly measured
FEWEST_ROUNDS = 5


class Loop:
    """Run a statement many times in a context, as `timeit` would: its names are global, as in a program."""

    def __init__(self, statement: str, names: dict[str, Any], context: Context) -> None:
        self.context = context
        self.names = names
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
        names = {**self.names, "clock": thread_time}  # what others take of a busy machine is not counted
        exec(source, names)
        self.loop, self.copies = names["loop"], copies

    def seconds(self) -> float:
        taken: float = self.context.run(self.loop, repeat(None, self.visits))
        return taken

    def ns(self) -> float:
        """Return the time of one statement in ns."""
        return self.seconds() / (self.visits * self.copies) * 1e9


def side_by_side(ours: Loop, other: Loop, budget: float) -> dict[str, list[float]]:
    """Time two loops in turn for `budget` seconds; `ratio` is, round by round, ours to the other.

    A ratio is of two times a millisecond apart: whatever else the machine does, it does to both.
    Timing all of one and then all of the other, as worker processes of pyperf do, puts minutes and the
    drift of a shared machine's clock between them. Which goes first alternates, so that a steady drift
    cancels out. Garbage collection stays on, as users have it.
    """
    times: dict[str, list[float]] = {"ours": [], "other": []}
    end = perf_counter() + budget
    while perf_counter() < end or len(times["ours"]) < FEWEST_ROUNDS:
        pair = [("ours", ours), ("other", other)]
        for which, loop in pair if len(times["ours"]) % 2 else reversed(pair):
            times[which].append(loop.ns())
    times["ratio"] = [a / b for a, b in zip(times["ours"], times["other"], strict=True)]
    return times
