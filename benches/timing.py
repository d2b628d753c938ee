"""Time two statements side by side."""

from __future__ import annotations

import textwrap
from contextvars import Context
from itertools import repeat
from time import perf_counter, thread_time
from typing import Any

# Seconds for one run of a loop: some thousand statements, and much less than a time slice of the scheduler.
VISIT = 0.0005
# How often a statement stands in the body of a loop, so that the loop itself hardly counts.
COPIES = 10
FEWEST_ROUNDS = 5


class Loop:
    """A loop that runs a statement many times in a context. Its names are globals, as in a program."""

    def __init__(self, statement: str, names: dict[str, Any], context: Context) -> None:
        self.context = context
        self.names = names
        self.compile(statement, 1)
        self.visits = 1
        # The first run fills caches.
        self.seconds()
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
        # Each loop has its own globals, so that the interpreter specializes its code alone. The clock counts
        # processor time, which other processes of a busy machine do not change.
        names = {**self.names, "clock": thread_time}
        exec(source, names)
        self.loop, self.copies = names["loop"], copies

    def seconds(self) -> float:
        seconds: float = self.context.run(self.loop, repeat(None, self.visits))
        return seconds

    def ns(self) -> float:
        """Return the time of one statement in ns."""
        return self.seconds() / (self.visits * self.copies) * 1e9


def side_by_side(ours: Loop, other: Loop, budget: float) -> dict[str, list[float]]:
    """Time two loops in turns for `budget` seconds. `ratio` is the ratio of ours to the other in each round.

    The two times of a ratio are a millisecond apart, so the load of the machine affects both. Timing one loop
    completely before the other, as pyperf does, would put minutes between them. The loop that runs first
    alternates, so that a steady drift cancels out. Garbage collection stays on, as it is for users.
    """
    times: dict[str, list[float]] = {"ours": [], "other": []}
    end = perf_counter() + budget
    while perf_counter() < end or len(times["ours"]) < FEWEST_ROUNDS:
        pair = [("ours", ours), ("other", other)]
        for which, loop in pair if len(times["ours"]) % 2 else reversed(pair):
            times[which].append(loop.ns())
    times["ratio"] = [a / b for a, b in zip(times["ours"], times["other"], strict=True)]
    return times
