"""Show how far a sweep is: a bar on a terminal, lines elsewhere."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .records import Trial

__all__ = ["show_progress"]

SECONDS_BETWEEN_LINES = 5


class Progress:
    """What the bar or the lines say."""

    def __init__(self, total: int, done: int, score: Callable[[Trial], float | None], maximize: bool) -> None:
        self.total, self.done, self.failed = total, done, 0
        self._score, self._maximize = score, maximize
        self._best: float | None = None
        self._start, self._done_before = time.monotonic(), done

    def add(self, trial: Trial) -> None:
        self.done += 1
        self.failed += trial.error is not None
        self.compare(trial)

    def compare(self, trial: Trial) -> None:
        score = self._score(trial)
        if score is not None and (
            self._best is None or (score > self._best if self._maximize else score < self._best)
        ):
            self._best = score

    def summary(self) -> str:
        failed = f", {self.failed} failed" if self.failed else ""
        best = "" if self._best is None else f", best {self._best:.6g}"
        return f"{self.done} of {self.total} trials{failed}{best}"

    def time_left(self) -> str:
        ended = self.done - self._done_before
        if ended == 0 or self.done == self.total:
            return ""
        seconds = (time.monotonic() - self._start) / ended * (self.total - self.done)
        minutes, seconds = divmod(round(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        return f", {hours}:{minutes:02}:{seconds:02} left" if hours else f", {minutes}:{seconds:02} left"


@contextmanager
def show_progress(progress: Progress) -> Iterator[Callable[[Trial], None]]:
    """Give the function to call after each trial."""
    if sys.stderr.isatty():
        try:
            from rich.console import Console
            from rich.progress import BarColumn, TextColumn
            from rich.progress import Progress as Bar
        except ImportError:
            pass
        else:
            columns = (BarColumn(), TextColumn("{task.description}"))
            with Bar(*columns, console=Console(file=sys.stderr)) as bar:
                task = bar.add_task(progress.summary(), total=progress.total, completed=progress.done)

                def advance(trial: Trial) -> None:
                    progress.add(trial)
                    text = progress.summary() + progress.time_left()
                    bar.update(task, advance=1, description=text.replace("[", r"\["))

                yield advance
            return
    with _lines(progress) as write_line:
        yield write_line


@contextmanager
def _lines(progress: Progress) -> Iterator[Callable[[Trial], None]]:
    """Write a line every few seconds. A short sweep writes none."""
    start = last = time.monotonic()

    def write_line(trial: Trial) -> None:
        nonlocal last
        progress.add(trial)
        if time.monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            print(progress.summary() + progress.time_left(), file=sys.stderr, flush=True)  # noqa: T201

    yield write_line
    if last > start:
        seconds = time.monotonic() - start
        print(f"{progress.summary()}, in {seconds:.0f} s", file=sys.stderr, flush=True)  # noqa: T201
