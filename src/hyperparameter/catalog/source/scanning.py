"""Scan files: interpret each one, and put their declarations together."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, NamedTuple

from ...core.key import parents
from ..declaration import Declaration
from . import blocks, calls, definitions, expressions, loops, statements
from .exports import imported_declarations
from .interpreter import Interpreter
from .parsing import TOO_DEEP, SourceError, parse, read
from .signatures import decorated_declarations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from .interpreter import Evaluators, Executors

__all__ = ["Scan", "scan"]

EVALUATORS: Evaluators = {
    **expressions.EVALUATORS,
    **calls.EVALUATORS,
    **loops.EVALUATORS,
    **definitions.EVALUATORS,
}
EXECUTORS: Executors = {**statements.EXECUTORS, **blocks.EXECUTORS, **definitions.EXECUTORS}


class Scan(NamedTuple):
    """The result of scanning files.

    Attributes:
        declarations: sorted by key, then by place.
        problems: `file:line: reason` for each file that could not be scanned.
    """

    declarations: list[Declaration]
    problems: list[str]


def scan(files: Iterable[Path], progress: Callable[[int, int], None] | None = None) -> Scan:
    """Return the declarations in files of source code, without importing or running any of it.

    `progress` is called after each file, with the number of files scanned and the number of all files.
    """
    paths = list(files)
    declarations: list[Declaration] = []
    problems: list[str] = []
    exported: dict[Path, dict[str, list[Declaration]]] = {}
    with warnings.catch_warnings():
        # The parser warns of invalid escapes, for example. A scan does not report these warnings.
        warnings.simplefilter("ignore")
        for number, path in enumerate(paths, 1):
            try:
                file_declarations, exported[path] = _scan_file(path)
                declarations += file_declarations
            except SourceError as error:
                problems.append(str(error))
            if progress is not None:
                progress(number, len(paths))
    if len(paths) > 1:
        declarations += imported_declarations(exported, paths)
    return Scan(sorted(_resolve_reads(declarations), key=_sort_key), problems)


def _scan_file(path: Path) -> tuple[list[Declaration], dict[str, list[Declaration]]]:
    """Return the declarations in a file, and those of its top-level names if other files import them."""
    data = read(path)
    if b"hyperparameter" not in data:
        return [], {}
    module = parse(path, data)
    interpreter = Interpreter(str(path), EVALUATORS, EXECUTORS)
    try:
        interpreter.run(module)
        exported = _exported_reads(interpreter)
        # Annotations can use any name of the file, so signatures come last.
        for definition, namespace in interpreter.decorated:
            interpreter.declarations += decorated_declarations(str(path), definition, namespace)
    except (RecursionError, MemoryError):
        raise SourceError(path, interpreter.line, TOO_DEEP) from None
    except Exception as error:
        # A bug of the scanner must not keep a program from starting, and must not be hidden.
        raise SourceError(path, interpreter.line, f"cannot be scanned: {error!r}") from error
    # A body that is visited again declares its reads again.
    distinct = {
        (item.key, item.kind, item.place, item.owner, item.default): item for item in interpreter.declarations
    }
    return list(distinct.values()), exported


def _exported_reads(interpreter: Interpreter) -> dict[str, list[Declaration]]:
    """Return the reads of the references at the top of a module that the module itself uses, by name.

    They count if another file imports the name. A reference that the module itself does not use must be for
    other files, so it is declared as read immediately.
    """
    exported: dict[str, list[Declaration]] = {}
    for name, (expression, value) in interpreter.module_references.items():
        before = len(interpreter.declarations)
        interpreter.read(expression, value)
        if name in interpreter.loaded_names:
            exported[name] = interpreter.declarations[before:]
            del interpreter.declarations[before:]
    return exported


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
