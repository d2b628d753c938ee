"""The error that the parsers of all formats raise, and the place in a text that it names."""

from __future__ import annotations


class FileSyntaxError(Exception):
    """A fault in the text of a file. `files.File` turns it into a `ConfigError`."""

    def __init__(self, detail: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.line = line
        self.column = column


def line_and_column(text: str, position: int) -> tuple[int, int]:
    """Return the line and the column of a position in a text, both counted from 1."""
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)
