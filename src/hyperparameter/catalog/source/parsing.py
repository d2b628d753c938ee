"""Read and parse source files; an error names the file and the line."""

from __future__ import annotations

import ast
import os
import re
import tokenize
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["TOO_DEEP", "SourceError", "is_file", "parse", "read"]

TOO_DEEP = "cannot be scanned: it is nested too deeply"


# `%magic`, `!command`, `?name` and `name?`; and `name = %magic`.
IPYTHON_LINE = re.compile(r"^(\s*)(?:[%!?].*|[\w.]+\?{1,2}\s*)$")
IPYTHON_VALUE = re.compile(r"^(\s*[\w, ]+=\s*)[%!].*$")


class SourceError(Exception):
    """A file that cannot be scanned, with the reason."""

    def __init__(self, path: Path, line: int | None, reason: str) -> None:
        super().__init__(f"{path}:{line or 1}: {reason}")
        self.reason = reason


def is_file(path: str | Path) -> bool:
    """Return whether a path is a file, on the disk or in an archive such as a zipapp."""
    return os.path.isfile(path) or _in_archive(path) is not None


def _in_archive(path: str | Path) -> bytes | None:
    """Return the content of a file in an archive, or None if there is none."""
    archive, members = str(path), ""
    while not os.path.lexists(archive):
        archive, name = os.path.split(archive)
        members = f"{name}/{members}" if members else name
        if not name:
            return None
    if not members or not os.path.isfile(archive):
        return None
    import zipfile

    try:
        with zipfile.ZipFile(archive) as opened:
            return opened.read(members.replace(os.sep, "/"))
    except (zipfile.BadZipFile, KeyError, OSError):
        return None


def read(path: Path) -> bytes:
    """Return the content of a file; raise `SourceError` if it is not a readable file."""
    archived = _in_archive(path)
    if archived is not None:
        return archived
    try:
        if path.is_dir():
            # A folder without read permission reports that instead.
            os.scandir(path).close()
            raise SourceError(path, 1, "is a folder, not a file")
        # Reading from a pipe could block for ever.
        if path.exists() and not path.is_file():
            raise SourceError(path, 1, "is not a regular file")
        return path.read_bytes()
    except OSError as error:
        raise SourceError(path, 1, f"cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        # The file's name contains a null byte.
        raise SourceError(path, 1, f"cannot be read: {error}") from None


def parse(path: Path, data: bytes) -> ast.Module:
    """Return the syntax tree of a file; raise `SourceError` if it is not valid Python."""
    text = _text_of_cells(path, data) if path.suffix == ".ipynb" else _decode(path, data)
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise SourceError(path, error.lineno, f"not valid Python: {error.msg}") from None
    except (RecursionError, MemoryError):
        raise SourceError(path, 1, TOO_DEEP) from None
    except ValueError as error:
        # The text contains null bytes, or characters that UTF-8 cannot encode.
        line = text[: text.index("\0")].count("\n") + 1 if "\0" in text else 1
        raise SourceError(path, line, f"not valid Python: {error}") from None


def _text_of_cells(path: Path, data: bytes) -> str:
    """Return the code of a notebook as one text; lines that only IPython understands become `pass`."""
    import json

    try:
        cells = [cell for cell in json.loads(data)["cells"] if cell["cell_type"] == "code"]
        sources = ["".join(cell["source"]) for cell in cells]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise SourceError(path, 1, "is not a notebook") from None
    lines = [line for source in sources if not source.startswith("%%") for line in source.split("\n")]
    return "\n".join(IPYTHON_VALUE.sub(r"\1None", IPYTHON_LINE.sub(r"\1pass", line)) for line in lines)


def _decode(path: Path, data: bytes) -> str:
    """Decode a file by the rules of `tokenize.open`."""
    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(data).readline)
    except SyntaxError as error:
        line = 2 if b"coding" in b"".join(data.splitlines()[1:2]) else 1
        raise SourceError(path, line, f"not valid Python: {error.msg}") from None
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SourceError(path, line, f"is not written in {encoding}: {error.reason}") from None
    except (UnicodeError, LookupError) as error:
        raise SourceError(path, 1, f"cannot be decoded: {error}") from None
