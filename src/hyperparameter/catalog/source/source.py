"""Reading and parsing a file; what is wrong with one is told with its place."""

from __future__ import annotations

import ast
import os
import tokenize
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["BadFileError", "bytes_of", "tree_of"]

TOO_DEEP = "is nested too deeply to be looked through"


class BadFileError(Exception):
    """Say why a file cannot be looked through."""

    def __init__(self, path: Path, line: int | None, what: str) -> None:
        super().__init__(f"{path}:{line or 1}: {what}")


def bytes_of(path: Path) -> bytes:
    """Return what a file holds; raise `BadFileError` for what is no readable file."""
    try:
        if path.is_dir():
            os.scandir(path).close()  # one that cannot be read says so itself
            raise BadFileError(path, 1, "is a folder, not a file")
        if path.exists() and not path.is_file():
            raise BadFileError(path, 1, "is no regular file")  # to read a pipe could take for ever
        return path.read_bytes()
    except OSError as error:
        raise BadFileError(path, 1, f"cannot be read: {error.strerror or error}") from None
    except ValueError as error:  # a null byte in the very name
        raise BadFileError(path, 1, f"cannot be read: {error}") from None


def tree_of(path: Path, data: bytes) -> ast.Module:
    """Return the syntax tree of a file; raise `BadFileError` where it has none."""
    text = _decoded(path, data)
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise BadFileError(path, error.lineno, f"is no Python: {error.msg}") from None
    except (RecursionError, MemoryError):
        raise BadFileError(path, 1, TOO_DEEP) from None
    except ValueError as error:  # null bytes, and what has no UTF-8
        line = text[: text.index("\0")].count("\n") + 1 if "\0" in text else 1
        raise BadFileError(path, line, f"is no Python: {error}") from None


def _decoded(path: Path, data: bytes) -> str:
    """Decode a file by the rules of `tokenize.open`."""
    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(data).readline)
    except SyntaxError as error:
        line = 2 if b"coding" in b"".join(data.splitlines()[1:2]) else 1
        raise BadFileError(path, line, f"is no Python: {error.msg}") from None
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadFileError(path, line, f"is not written in {encoding}: {error.reason}") from None
    except (UnicodeError, LookupError) as error:
        raise BadFileError(path, 1, f"cannot be decoded: {error}") from None
