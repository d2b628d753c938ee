"""References that a module keeps by name for others: what those read beneath them cannot be told.

A file that does not name the library is not parsed, so whether it takes such a name from a module is told by
its words alone: those of its import statements, and the name somewhere.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from .source import BadFileError, bytes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ..declaration import Declaration

__all__ = ["taken_elsewhere"]

IMPORT = re.compile(rb"^[ \t]*(?:from|import)\b.*", re.MULTILINE)
WORD = re.compile(rb"\w+")


def taken_elsewhere(
    shared: Mapping[Path, Mapping[str, list[Declaration]]], files: Iterable[Path]
) -> Iterator[Declaration]:
    """Yield what is declared by the names of modules that other files import."""
    importing: dict[bytes, list[Path]] = defaultdict(list)
    for file in files:
        for word in {word for line in IMPORT.findall(_text(file)) for word in WORD.findall(line)}:
            importing[word].append(file)
    for file, names in shared.items():
        module = file.parent.name if file.stem == "__init__" else file.stem
        words = [set(WORD.findall(_text(other))) for other in importing[module.encode()] if other != file]
        for name, ones in names.items():
            if any(name.encode() in found for found in words):
                yield from ones


def _text(file: Path) -> bytes:
    try:
        return bytes_of(file)
    except BadFileError:
        return b""  # it was told of where the file was looked through
