"""Show the progress of a long scan on a terminal."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .terminal import rich_console

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["show_progress"]

MANY_FILES = 200


@contextmanager
def show_progress(file_count: int) -> Iterator[Callable[[int, int], None] | None]:
    """Show a progress bar if there are many files; give the function to call after each file, or None.

    Without rich, one line at the start replaces the bar.
    """
    if file_count < MANY_FILES or not sys.stderr.isatty():
        yield None
        return
    console = rich_console(sys.stderr)
    if console is None:
        sys.stderr.write(f"scanning {file_count} files ...\n")
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("scanning"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("scanning", total=file_count)
        yield lambda *_: bar.advance(task)
