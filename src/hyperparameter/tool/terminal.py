"""What is written where: results to stdout or a file, the rest to stderr; colours on a terminal alone."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

    from rich.console import Console

__all__ = [
    "clean",
    "console",
    "emit",
    "gone",
    "pad",
    "progress",
    "unusable_output",
    "warn",
    "width_of",
    "write",
]

MANY = 200  # files, from which on a bar shows how far it is


def console(stream: TextIO) -> Console | None:
    """Return what writes in colours to a stream, None where it is no terminal or rich is not there."""
    if not stream.isatty() or os.environ.get("TERM") == "dumb":
        return None
    try:
        from rich.console import Console
    except ImportError:
        return None
    return Console(file=stream, highlight=False)


def warn(text: str) -> None:
    """Tell of what is no fault of the input's use."""
    sys.stderr.write(f"warning: {clean(text)}\n")


def emit(text: str) -> None:
    """Write a result to stdout; where its reader has gone, no one is told."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        gone()


def gone() -> None:
    """Send what is still to be written to stdout nowhere, so that no error comes at the process's end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


# --- Text that is not ours ---


def clean(text: str) -> str:
    """Return text with what is not printable as escapes, so that a docstring cannot steer the terminal."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def width_of(text: str) -> int:
    return len(text) if text.isascii() else sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def pad(text: str, width: int) -> str:
    return text + " " * (width - width_of(text))


# --- Files ---


def unusable_output(name: str) -> str | None:
    """Return why a file cannot be written, as far as that can be told before; None where it can."""
    path = Path(name)
    if path.is_dir():
        return f"{name!r} is a folder"
    if not path.parent.is_dir():
        return f"there is no folder {str(path.parent)!r}"
    return None


def write(name: str, text: str) -> None:
    """Write a file as a whole or not at all; raise `OSError` where it cannot be written."""
    mode = os.stat(name).st_mode if os.path.exists(name) else None
    if mode is not None and not stat.S_ISREG(mode):  # a device or a pipe: nothing can take its place
        with open(name, "w", encoding="utf-8", errors="backslashreplace") as device:
            device.write(text)
        return
    path = Path(name).resolve()  # a link stays one
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(text)
        os.chmod(temporary, stat.S_IMODE(mode) if mode is not None else 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


# --- How far it is ---


@contextmanager
def progress(total: int) -> Iterator[Callable[[int, int], None]]:
    """Give what is called after each file of several scans, and shows how many of all are done."""
    if total < MANY or not sys.stderr.isatty():
        yield _untold
        return
    rich = console(sys.stderr)
    if rich is None:
        with _counter(total) as tell:
            yield tell
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("scanning"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=rich, transient=True) as bar:
        task = bar.add_task("scanning", total=total)
        yield lambda *_: bar.advance(task)


def _untold(*_: int) -> None:
    pass


@contextmanager
def _counter(total: int) -> Iterator[Callable[[int, int], None]]:
    done = 0

    def tell(*_: int) -> None:
        nonlocal done
        done += 1
        if done % 50 == 0:
            sys.stderr.write(f"\rscanning {done}/{total}")
            sys.stderr.flush()

    try:
        yield tell
    finally:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
