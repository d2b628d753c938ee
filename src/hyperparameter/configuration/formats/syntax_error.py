"""The error that the parsers of all formats raise."""

from __future__ import annotations


class FileSyntaxError(Exception):
    """A fault in the text of a file; lines and columns count from 1. `File` turns it into a `ConfigError`."""

    def __init__(self, detail: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.line = line
        self.column = column
