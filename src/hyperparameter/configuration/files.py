"""Read configuration files, and find the line of a key. Refuse a file that is no text, or too large."""

from __future__ import annotations

import os
import stat
from functools import cached_property, partial

from ..conversion.spelling import plain_of
from ..core.key import parents
from ..core.origin import Origin
from ..errors import ConfigError, did_you_mean, nearest
from .formats.syntax_error import FileSyntaxError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType
    from typing import Any

    from .formats.document import Document

# The largest file that is read, in bytes. People write configurations, and write far less.
MAX_SIZE = 16 * 1024 * 1024
FORMATS = {".toml": "toml", ".json": "json", ".yaml": "yaml", ".yml": "yaml"}


class File:
    """The text of a file, and the parser of its format. The lines of keys are found when they are needed."""

    def __init__(self, name: str, text: str, parser: ModuleType) -> None:
        self.name = name
        self.text = text
        self.parser = parser

    def tables(self) -> Iterator[tuple[dict[str, Any], Callable[[str], Origin]]]:
        """Yield the table of each document, and the origin of a key in it; raise `ConfigError`."""
        for number, document in enumerate(self._parse()):
            if type(document.value) is not dict:
                place = f"{self.name}:{document.line}:{document.column}"
                detail = f"expected a table at the top, got {_kind_of(document.value)}"
                raise ConfigError(detail=detail, origin=Origin.at(place))
            yield document.value, partial(self._origin_of, number)

    def _parse(self) -> list[Document]:
        """Return the documents of the file; raise `ConfigError` with line and column if the text is broken."""
        try:
            return self.parser.parse(self.text)
        except FileSyntaxError as error:
            place = [str(number) for number in (error.line, error.column) if number is not None]
            raise ConfigError(
                detail=error.detail, origin=Origin.at(":".join([self.name, *place]))
            ) from error.__cause__
        except RecursionError:
            raise ConfigError(detail="it is nested too deeply", origin=Origin.at(self.name)) from None

    @cached_property
    def _lines(self) -> list[dict[str, int]]:
        try:
            return self.parser.lines(self.text)
        # The lines are for the text of an error. If they cannot be found, the error must still be shown.
        except Exception:
            return []

    def _origin_of(self, number: int, key: str) -> Origin:
        return Origin.at(Place(self, number, key))

    def place(self, number: int, key: str) -> str:
        """Return `file:line` of a key in a document, or of its nearest prefix that has a line."""
        lines = self._lines[number] if number < len(self._lines) else {}
        if key in lines:
            return f"{self.name}:{lines[key]}"
        prefix = next((prefix for prefix in parents(key) if prefix in lines), None)
        return f"{self.name}:{lines[prefix]}" if prefix else self.name


class Place:
    """The place of a value in a file. Its text is `file:line`; the line is found when the text is needed."""

    __slots__ = ("file", "key", "number")

    def __init__(self, file: File, number: int, key: str) -> None:
        self.file = file
        self.number = number
        self.key = key

    def __str__(self) -> str:
        return self.file.place(self.number, self.key)


def _kind_of(value: Any) -> str:
    """Return what a value at the top of a file is called."""
    value = plain_of(value)
    if value is None:
        return "null"
    names = {list: "a list", str: "text", bool: "true or false", int: "a number", float: "a number"}
    return names.get(type(value), type(value).__name__)


def read(path: str) -> File:
    """Return the file of a path; raise `ConfigError` if it cannot be read as text."""
    content = _read_bytes(path)
    suffix = os.path.splitext(path)[1].lower()
    if suffix not in FORMATS:
        got = repr(suffix) if suffix else "no suffix (a key=value text needs a '=')"
        *suffixes, last = FORMATS
        raise ConfigError(
            detail=f"expected a file with the suffix {', '.join(suffixes)} or {last}, got {got}",
            origin=Origin.at(path),
        )
    return File(path, _decode(path, content), _parser_of(FORMATS[suffix], path))


def _parser_of(file_format: str, path: str) -> ModuleType:
    if file_format == "toml":
        from .formats import toml

        return toml
    if file_format == "json":
        from .formats import json

        return json
    try:
        from .formats import yaml
    except ModuleNotFoundError as error:
        text = "to read YAML, install PyYAML: pip install PyYAML"
        raise ConfigError(detail=text, origin=Origin.at(path)) from error
    return yaml


def _read_bytes(path: str) -> bytes:
    try:
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            raise ConfigError(detail="expected a file, got a folder", origin=Origin.at(path))
        # Reading from a pipe could wait forever.
        if not stat.S_ISREG(status.st_mode):
            raise ConfigError(detail="expected a file, got a device or a pipe", origin=Origin.at(path))
        if status.st_size > MAX_SIZE:
            size = f"expected at most {MAX_SIZE:,} bytes, got {status.st_size:,}"
            raise ConfigError(detail=f"the file is too large: {size}", origin=Origin.at(path))
        with open(path, "rb") as file:
            return file.read(MAX_SIZE)
    # A ConfigError is a ValueError too, and it already says what is wrong.
    except ConfigError:
        raise
    except FileNotFoundError as error:
        raise ConfigError(detail=_not_found(path), origin=Origin.at(path or "''")) from error
    except ValueError as error:
        raise ConfigError(detail=f"the path is not valid: {error}", origin=Origin.at(ascii(path))) from error
    except OSError as error:
        raise ConfigError(
            detail=f"the file cannot be read: {error.strerror or error}", origin=Origin.at(path)
        ) from error


def _not_found(path: str) -> str:
    folder, name = os.path.split(path)
    try:
        with os.scandir(folder or ".") as entries:
            names = [entry.name for entry in entries]
    except OSError:
        return f"there is no such file, because there is no folder {folder!r}"
    near = nearest(name, names)
    if not near and os.path.splitext(name)[1].lower() not in FORMATS:
        # A text without "=" is the name of a file, but its author may have forgotten the value of a key.
        return "there is no such file; to set a parameter, write key=value"
    return f"there is no such file{did_you_mean(near)}"


def _decode(path: str, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
        byte = f"byte {error.start} is 0x{content[error.start]:02x}"
        origin = Origin.at(f"{path}:{line}:{column}")
        raise ConfigError(detail=f"not valid UTF-8: {byte}", origin=origin) from None
    return text.replace("\r\n", "\n")
