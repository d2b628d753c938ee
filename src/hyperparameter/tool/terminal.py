"""Write to stdout and stderr: results to stdout, messages to stderr, colours only on a terminal."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from ..output import plain_message, write

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from rich.console import Console

    # A text, and the name that rich gives its style.
    StyledText = tuple[str, str]
    Line = list[StyledText]

__all__ = [
    "as_plain_text",
    "discard_stdout",
    "pad",
    "print_lines",
    "print_text",
    "print_warning",
    "rich_console",
    "width_of",
]

TREE_CHARACTERS = "├└│─"


def rich_console(stream: TextIO) -> Console | None:
    """Return a console that writes in colours, or None without a terminal or without rich."""
    if not stream.isatty() or os.environ.get("TERM") == "dumb":
        return None
    try:
        from rich.console import Console
    except ImportError:
        return None
    return Console(file=stream, highlight=False)


def print_warning(text: str) -> None:
    write(sys.stderr, f"warning: {plain_message(text)}\n")


def print_text(text: str) -> None:
    """Write a result to stdout; do nothing if its reader has closed the pipe."""
    try:
        write(sys.stdout, text)
        sys.stdout.flush()
    except BrokenPipeError:
        discard_stdout()


def discard_stdout() -> None:
    """Redirect stdout to the null device, so that the flush at the end of the process does not fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_lines(lines: list[Line]) -> None:
    """Write styled lines to stdout."""
    console = rich_console(sys.stdout)
    if console is None:
        print_text(_without_tree_characters(as_plain_text(lines)))
        return
    from rich.text import Text

    for line in lines:
        console.print(Text.assemble(*line), soft_wrap=True)


def as_plain_text(lines: Iterable[Line]) -> str:
    """Return styled lines as text without styles."""
    return "".join("".join(text for text, _ in line).rstrip() + "\n" for line in lines)


def _without_tree_characters(text: str) -> str:
    """Return text that draws trees in ASCII if the encoding of stdout lacks the characters for trees."""
    try:
        TREE_CHARACTERS.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return text.translate(str.maketrans(TREE_CHARACTERS, "|`|-"))
    return text


# --- Text from source code and configurations ---


def width_of(text: str) -> int:
    """Return how many columns of a terminal a text fills."""
    return len(text) if text.isascii() else sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def pad(text: str, width: int) -> str:
    return text + " " * (width - width_of(text))
