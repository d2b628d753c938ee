"""Reading configuration files: what is refused before it is parsed, and where in a file a key stands."""

from __future__ import annotations

import os
import stat
from functools import cached_property

from ..errors import ConfigError, nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

LARGEST = 16 * 1024 * 1024  # bytes of a file: a configuration is written by people
SUFFIXES = {".toml": "toml", ".json": "json", ".yaml": "yaml", ".yml": "yaml"}


class Fault(Exception):  # noqa: N818  # it never reaches a user
    """Say what is wrong with a file's text, and where: line and column from 1."""

    def __init__(self, detail: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.line = line
        self.column = column


class File:
    """Hold a file's text, which tells the line of a key when that is asked for."""

    def __init__(self, name: str, text: str, parser: ModuleType) -> None:
        self.name = name
        self.text = text
        self.parser = parser

    def parsed(self) -> dict[str, Any]:
        """Return the file's table; raise `ConfigError` with line and column where it is broken."""
        try:
            return self.parser.parse(self.text)
        except Fault as fault:
            at = [str(number) for number in (fault.line, fault.column) if number is not None]
            raise ConfigError(detail=fault.detail, origin=":".join([self.name, *at])) from fault.__cause__
        except RecursionError:
            raise ConfigError(detail="it nests too deep", origin=self.name) from None

    @cached_property
    def lines(self) -> dict[str, int]:
        try:
            return self.parser.lines(self.text)
        except Exception:  # a place is part of some other message, which its loss must not hide
            return {}

    def place(self, key: str) -> str:
        """Return `file:line` of a key, of what it lies beneath where it has no line of its own."""
        while key and key not in self.lines:
            key = key.rpartition(".")[0]
        return f"{self.name}:{self.lines[key]}" if key else self.name


class Place:
    """Be the origin of one value in a file: its text is `file:line`, worked out when it is shown."""

    __slots__ = ("file", "key")

    def __init__(self, file: File, key: str) -> None:
        self.file = file
        self.key = key

    def __str__(self) -> str:
        return self.file.place(self.key)

    def __reduce__(self) -> tuple[Any, ...]:
        return str, (str(self),)


def read(path: str) -> File:
    """Return a file by its path; raise `ConfigError` where it cannot be read as text."""
    content = _bytes(path)
    suffix = os.path.splitext(path)[1].lower()
    if suffix not in SUFFIXES:
        hint = "" if suffix else " (a key=value text has a '=')"
        raise ConfigError(
            detail=f"cannot tell what file this is by its suffix{hint}: wanted {', '.join(SUFFIXES)}",
            origin=path,
        )
    return File(path, _decoded(path, content), _parser(SUFFIXES[suffix], path))


def _parser(kind: str, path: str) -> ModuleType:
    if kind == "toml":
        from .formats import toml

        return toml
    if kind == "json":
        from .formats import json

        return json
    try:
        from .formats import yaml
    except ModuleNotFoundError as error:
        text = "reading YAML needs ruamel.yaml: pip install 'hyperparameter[yaml]'"
        raise ConfigError(detail=text, origin=path) from error
    return yaml


def _bytes(path: str) -> bytes:
    try:
        about = os.stat(path)
        if stat.S_ISDIR(about.st_mode):
            raise ConfigError(detail="this is a directory, not a file", origin=path)
        if not stat.S_ISREG(about.st_mode):
            raise ConfigError(detail="this is a device or a pipe, not a file", origin=path)
        if about.st_size > LARGEST:
            size = f"{about.st_size:,} bytes, more than {LARGEST:,}"
            raise ConfigError(detail=f"too large for a configuration: {size}", origin=path)
        with open(path, "rb") as file:
            return file.read(LARGEST + 1)[: LARGEST + 1]
    except FileNotFoundError as error:
        raise ConfigError(detail=_missing(path), origin=path) from error
    except ValueError as error:
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(detail=f"this is not a path: {error}", origin=ascii(path)) from error
    except OSError as error:
        raise ConfigError(detail=f"it cannot be read: {error.strerror or error}", origin=path) from error


def _missing(path: str) -> str:
    folder, name = os.path.split(path)
    try:
        with os.scandir(folder or ".") as entries:
            there = [entry.name for entry in entries]
    except OSError:
        return f"there is no such file: there is no folder {folder!r}"
    near = nearest(name, there)
    return f"there is no such file{'; nearest in that folder: ' if near else ''}{', '.join(map(repr, near))}"


def _decoded(path: str, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, len(before) - (before.rfind(b"\n") + 1) + 1
        byte = f"byte {error.start} is 0x{content[error.start]:02x}"
        raise ConfigError(detail=f"this is not UTF-8 text: {byte}", origin=f"{path}:{line}:{column}") from None
    return text.replace("\r\n", "\n")
