"""Write text for people to a stream: whatever its encoding is, and whatever characters the text has."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

__all__ = ["escape_lines", "escape_unprintable", "plain_message", "write"]

# A message shows at most this many characters of a longer word. Most words are much shorter.
LONGEST_WORD = 400
SHOWN_OF_LONG_WORD = 200


def write(stream: TextIO | None, text: str) -> None:
    """Write text; characters that the encoding of the stream lacks become escape sequences."""
    if stream is not None:
        encoding = getattr(stream, "encoding", None) or "utf-8"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))


def escape_unprintable(text: str) -> str:
    """Return text with escape sequences for characters that could control the terminal."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def escape_lines(text: str) -> str:
    """Return lines of text with escape sequences for characters that could control the terminal."""
    return "\n".join(map(escape_unprintable, text.split("\n")))


def plain_message(text: str) -> str:
    """Return a message without control characters, and without very long words."""
    pattern = rf"(\S{{{SHOWN_OF_LONG_WORD}}})\S{{{LONGEST_WORD - SHOWN_OF_LONG_WORD},}}"
    return re.sub(pattern, r"\1…", escape_lines(text))
