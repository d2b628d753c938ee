"""What the files of a program import from each other: `hp`, `scope`, references, decorators.

A file can import the library from another file, as in `from common import hp`, and then it need not contain
the word "hyperparameter". So the scanner interprets the files with this word first, and collects the names at
the top of each one that lead to the library. Then it interprets the files that import such a name, and so on
until nothing new is found.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from .values import UNKNOWN, LibraryObject, Reference, join, reads_any_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from .values import AbstractValue

__all__ = ["Exports", "Imports", "Lookup"]

IMPORT_LINE = re.compile(rb"^[ \t]*(?:from|import)\b.*|\bimport_module\b.*", re.MULTILINE)
WORD = re.compile(rb"\w+")


class Lookup(NamedTuple):
    """A name that a file imports from a module; `*` for all names."""

    module: str
    name: str


class Exports:
    """The names of each file that lead to the library.

    Attributes:
        used: each exported name that another file looked up, with the file that exports it.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        self.used: set[tuple[Path, str]] = set()
        self._names: dict[Path, dict[str, AbstractValue]] = {}
        # The files by the last segment of their module's name, each with all segments of its path.
        self._files: dict[str, list[tuple[tuple[str, ...], Path]]] = defaultdict(list)
        for file in files:
            parts = file.parent.parts if file.stem == "__init__" else (*file.parent.parts, file.stem)
            if parts:
                self._files[parts[-1]].append((parts, file))

    def update(self, file: Path, names: dict[str, AbstractValue]) -> bool:
        """Set the names of a file that lead to the library; return whether they differ from before."""
        exported = {name: value for name, value in names.items() if any(map(_leads_to_library, value))}
        exported = {name: tuple(filter(_leads_to_library, value)) for name, value in exported.items()}
        has_changed = exported != self._names.get(file, {})
        self._names[file] = exported
        return has_changed

    def names_in(self, file: Path, module: str) -> dict[str, AbstractValue]:
        """Return the exported names of a module that a file imports."""
        if not any(self._names.values()):
            return {}
        tables = [self._names.get(other, {}) for other in self._files_of(file, module)]
        names = dict.fromkeys(name for table in tables for name in table)
        return {name: join(table[name] for table in tables if name in table) for name in names}

    def use(self, file: Path, module: str, name: str) -> None:
        """Note that a file uses an exported name of a module."""
        self.used.update((other, name) for other in self._files_of(file, module))

    def _files_of(self, file: Path, module: str) -> list[Path]:
        return [other for _, other in self._best(_module_parts(file, module)) if other != file]

    def is_exporting_module(self, module: str) -> bool:
        """Return whether an imported name is a module of the program that exports something."""
        parts = module.lstrip(".").split(".")
        return any(self._names.get(other) for count, other in self._best(parts) if count == len(parts))

    def _best(self, parts: list[str]) -> list[tuple[int, Path]]:
        """Return the files whose paths end like a module's name, with the number of equal segments.

        The folders that Python imports from are not known, so the longest match counts.
        """
        matches = [
            (_count_equal(parts, other_parts), file) for other_parts, file in self._files.get(parts[-1], ())
        ]
        most = max((count for count, _ in matches), default=0)
        return [match for match in matches if match[0] == most]

    def importers(self, exporters: Iterable[Path], contents: dict[Path, bytes]) -> Iterator[Path]:
        """Yield the files that may import an exported name of one of the exporters."""
        exported: dict[bytes, set[bytes]] = defaultdict(set)
        for file in exporters:
            module = file.parent.name if file.stem == "__init__" else file.stem
            exported[module.encode()].update(name.encode() for name in self._names[file])
        for file, content in contents.items():
            lines = IMPORT_LINE.findall(content) if exported else []
            words = {word for line in lines for word in WORD.findall(line)}
            # `from . import hp` imports from a folder that it does not name.
            words.update(folder.name.encode() for folder in file.parents)
            modules = words & exported.keys()
            names = set().union(*(exported[module] for module in modules))
            if names and (any(b"*" in line for line in lines) or names & set(WORD.findall(content))):
                yield file


class Imports:
    """The imports of one file from the other files of its program.

    Attributes:
        lookups: everything that the file looked up, with the result.
    """

    def __init__(self, file: Path, exports: Exports) -> None:
        self._file = file
        self._exports = exports
        self.lookups: dict[Lookup, object] = {}

    def value_of(self, module: str, name: str) -> AbstractValue:
        """Return what another file exports under a name, `UNKNOWN` if that does not lead to the library."""
        value = self._exports.names_in(self._file, module).get(name, UNKNOWN)
        self.lookups[Lookup(module, name)] = value
        self._exports.use(self._file, module, name)
        return value

    def all_of(self, module: str) -> dict[str, AbstractValue]:
        """Return all names that another file exports, for `from module import *`."""
        names = self._exports.names_in(self._file, module)
        self.lookups[Lookup(module, "*")] = names
        for name in names:
            self._exports.use(self._file, module, name)
        return names

    def is_exporting_module(self, name: str) -> bool:
        """Return whether an imported name is a module of the program that exports something."""
        return self._exports.is_exporting_module(name)

    @property
    def is_outdated(self) -> bool:
        """Whether a lookup would give another result now."""
        for (module, name), before in self.lookups.items():
            names = self._exports.names_in(self._file, module)
            if before != (names if name == "*" else names.get(name, UNKNOWN)):
                return True
        return False


def _leads_to_library(value: object) -> bool:
    return type(value) is Reference or value is LibraryObject.SCOPE_CLASS or reads_any_key(value)


def _module_parts(file: Path, module: str) -> list[str]:
    """Return the segments of a module's name; of a relative one, those of its path."""
    name = module.lstrip(".")
    level = len(module) - len(name)
    segments = name.split(".") if name else []
    parents = file.parents
    return [*(parents[level - 1].parts if 0 < level <= len(parents) else ()), *segments] or [""]


def _count_equal(parts: list[str], others: tuple[str, ...]) -> int:
    count = 0
    for part, other in zip(reversed(parts), reversed(others), strict=False):
        if part != other:
            break
        count += 1
    return count
