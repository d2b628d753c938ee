"""Scan files: interpret each one, and put their declarations together."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, NamedTuple

from ...core.key import parents
from ..declaration import Declaration, UnfollowedRead
from . import blocks, calls, definitions, expressions, loops, statements
from .interpreter import Interpreter
from .modules import Exports, Imports
from .parsing import TOO_DEEP, SourceError, parse, read
from .signatures import decorated_declarations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from .interpreter import Evaluators, Executors
    from .values import AbstractValue

__all__ = ["Scan", "scan"]

EVALUATORS: Evaluators = {
    **expressions.EVALUATORS,
    **calls.EVALUATORS,
    **loops.EVALUATORS,
    **definitions.EVALUATORS,
}
EXECUTORS: Executors = {**statements.EXECUTORS, **blocks.EXECUTORS, **definitions.EXECUTORS}


# Code that runs files which no import statement names.
DYNAMIC_IMPORT = re.compile(
    rb"""\bimport_module\s*\((?!\s*["'][\w.]+["']\s*,?\s*\))"""
    rb"|\b(?:spec_from_file_location|exec_module|load_module|run_path|run_module|entry_points|iter_entry_points"
    rb"|iter_modules|walk_packages|SourceFileLoader)\s*\("
    rb"|(?<![.\w])__import__\s*\("
)
# How often a file is interpreted again because a file that it imports was.
MOST_ROUNDS = 10


class Scan(NamedTuple):
    """The result of scanning files.

    Attributes:
        declarations: sorted by key, then by place.
        problems: `file:line: reason` for each file that could not be scanned.
        unfollowed: where the program may read keys that are not among the declarations.
    """

    declarations: list[Declaration]
    problems: list[str]
    unfollowed: list[UnfollowedRead]


class FileScan(NamedTuple):
    """The result of interpreting one file.

    Attributes:
        unused: the reads of the references at the top of the module that it does not use itself, by name.
        imports: what the result depends on.
    """

    declarations: list[Declaration]
    unfollowed: list[UnfollowedRead]
    unused: dict[str, list[Declaration]]
    imports: Imports


def scan(files: Iterable[Path], progress: Callable[[int, int], None] | None = None) -> Scan:
    """Return the declarations in files of source code, without importing or running any of it.

    `progress` is called after each file, with the number of files scanned and the number of all files.
    """
    paths = list(files)
    program = _Program(paths)
    with warnings.catch_warnings():
        # The parser warns of invalid escapes, for example. A scan does not report these warnings.
        warnings.simplefilter("ignore")
        for number, path in enumerate(paths, 1):
            program.read(path)
            if progress is not None:
                progress(number, len(paths))
        program.follow_imports()
    results = program.results.values()
    declarations = [*program.unused(), *(item for result in results for item in result.declarations)]
    unfollowed = [*program.unfollowed, *(item for result in results for item in result.unfollowed)]
    return Scan(
        sorted(_resolve_reads(declarations), key=_sort_key), list(program.problems.values()), unfollowed
    )


class _Program:
    """The files of a program, and the results of interpreting them.

    Attributes:
        results: for each file that was interpreted.
        problems: for each file that could not be scanned.
        unfollowed: what the files that were not interpreted may read.
    """

    def __init__(self, paths: list[Path]) -> None:
        self.results: dict[Path, FileScan] = {}
        self.problems: dict[Path, str] = {}
        self.unfollowed: list[UnfollowedRead] = []
        self._exports = Exports(paths)
        self._changed: set[Path] = set()
        # The contents of the files that were not interpreted.
        self._others: dict[Path, bytes] = {}

    def read(self, path: Path) -> None:
        """Read a file, and interpret it if it mentions the library."""
        try:
            data = read(path)
        except SourceError as error:
            self._report(path, error)
            return
        if b"hyperparameter" in data:
            self._interpret(path, data)
        else:
            self._others[path] = data
        for match in DYNAMIC_IMPORT.finditer(data):
            line = data[: match.start()].count(b"\n") + 1
            self.unfollowed.append(UnfollowedRead("", f"{path}:{line}"))

    def follow_imports(self) -> None:
        """Interpret the files that import something of the library from other files, until nothing changes."""
        for _ in range(MOST_ROUNDS):
            changed, self._changed = self._changed, set()
            if not changed or len(self.results) + len(self._others) < 2:
                return
            outdated = [path for path, result in self.results.items() if result.imports.is_outdated]
            importers = list(self._exports.importers(changed, self._others))
            for path in [*outdated, *importers]:
                self._others.pop(path, None)
                try:
                    self._interpret(path, read(path))
                except SourceError as error:
                    self._report(path, error)
        self.unfollowed += (UnfollowedRead("", f"{path}:1") for path in self._changed)

    def unused(self) -> Iterator[Declaration]:
        """Yield the reads of references that no file of the program uses: they must be for other code."""
        for path, result in self.results.items():
            for name, declarations in result.unused.items():
                if (path, name) not in self._exports.used:
                    yield from declarations

    def _interpret(self, path: Path, data: bytes) -> None:
        try:
            self.results[path], names = _scan_file(path, data, Imports(path, self._exports))
        except SourceError as error:
            self._report(path, error)
            return
        if self._exports.update(path, names):
            self._changed.add(path)

    def _report(self, path: Path, error: SourceError) -> None:
        self.problems[path] = str(error)
        self.unfollowed.append(UnfollowedRead("", str(error).removesuffix(f": {error.reason}")))


def _scan_file(path: Path, data: bytes, imports: Imports) -> tuple[FileScan, dict[str, AbstractValue]]:
    """Return the result for a file, and the names at its top."""
    interpreter = Interpreter(str(path), imports, EVALUATORS, EXECUTORS)
    module = parse(path, data)
    try:
        interpreter.run(module)
        unused = _unused_references(interpreter)
        # Annotations can use any name of the file, so signatures come last.
        decorated = [
            item
            for definition, namespace in interpreter.decorated
            for item in decorated_declarations(
                str(path), definition, namespace, definition.node in interpreter.wrapped
            )
        ]
    except (RecursionError, MemoryError):
        raise SourceError(path, interpreter.line, TOO_DEEP) from None
    except Exception as error:
        # A bug of the scanner must not keep a program from starting, and must not be hidden.
        raise SourceError(path, interpreter.line, f"cannot be scanned: {error!r}") from error
    declarations = [item for item in decorated if isinstance(item, Declaration)]
    # A body that is visited again declares its reads again.
    distinct = {
        (item.key, item.kind, item.place, item.owner, item.default): item
        for item in [*interpreter.declarations, *declarations]
    }
    lines = [*(("", line) for line in sorted(interpreter.unfollowed)), *interpreter.open_namespaces.items()]
    unfollowed = [UnfollowedRead(key, f"{path}:{line}") for key, line in lines]
    unfollowed += (item for item in decorated if isinstance(item, UnfollowedRead))
    return FileScan(list(distinct.values()), unfollowed, unused, imports), interpreter.env.names


def _unused_references(interpreter: Interpreter) -> dict[str, list[Declaration]]:
    """Return the reads of the references at the top of a module that it does not use itself, by name."""
    unused: dict[str, list[Declaration]] = {}
    for name, (node, value) in interpreter.module_references.items():
        if name not in interpreter.loaded_names:
            before = len(interpreter.declarations)
            interpreter.read(node, value)
            unused[name] = interpreter.declarations[before:]
            del interpreter.declarations[before:]
    return unused


def _resolve_reads(declarations: list[Declaration]) -> Iterator[Declaration]:
    """Yield the declarations. A read of a value or a subtree is one of a subtree if there are keys below it."""
    prefixes: set[str] = set()
    for declaration in declarations:
        for prefix in parents(declaration.key):
            if prefix in prefixes:
                break
            prefixes.add(prefix)
    subtrees = {(item.key, item.place) for item in declarations if item.kind == "tree"}
    for declaration in declarations:
        is_also_subtree = (declaration.key, declaration.place) in subtrees
        if not (declaration.kind == "read" and declaration.key in prefixes and is_also_subtree):
            yield declaration


def _sort_key(declaration: Declaration) -> tuple[str, str, int, str]:
    file, _, line = declaration.place.rpartition(":")
    return declaration.key, file, int(line), declaration.kind
