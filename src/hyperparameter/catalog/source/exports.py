"""References at the top of a module that other files import.

After `train = hp.scope.train` in one file, another file that imports `train` can read any key below it. That
file need not contain the word "hyperparameter", and then it is not parsed. So every file counts as importing
`train` that has the module's name in an import statement and the word `train` anywhere.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from .parsing import SourceError, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from ..declaration import Declaration

__all__ = ["imported_declarations"]

IMPORT_LINE = re.compile(rb"^[ \t]*(?:from|import)\b.*", re.MULTILINE)
WORD = re.compile(rb"\w+")


def imported_declarations(
    exported: Mapping[Path, Mapping[str, list[Declaration]]], files: Iterable[Path]
) -> Iterator[Declaration]:
    """Yield the declarations of the exported names that another file imports."""
    exported = {file: names for file, names in exported.items() if names}
    if not exported:
        return
    importers: dict[bytes, list[Path]] = defaultdict(list)
    for file in files:
        for word in {word for line in IMPORT_LINE.findall(_content(file)) for word in WORD.findall(line)}:
            importers[word].append(file)
    for file, names in exported.items():
        module = file.parent.name if file.stem == "__init__" else file.stem
        word_sets = [
            set(WORD.findall(_content(other))) for other in importers[module.encode()] if other != file
        ]
        for name, declarations in names.items():
            if any(name.encode() in words for words in word_sets):
                yield from declarations


def _content(file: Path) -> bytes:
    try:
        return read(file)
    except SourceError:
        # Scanning the file reports the problem.
        return b""
