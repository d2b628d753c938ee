"""Looking through files for what they declare."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, NamedTuple

from ..declaration import Declaration
from .shared import taken_elsewhere
from .source import TOO_DEEP, BadFileError, bytes_of, tree_of
from .statements import Visitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

__all__ = ["Scan", "scan"]


class Scan(NamedTuple):
    """Hold what files declare, and what could not be looked through.

    Attributes:
        declared: what is declared, sorted by key, then by place.
        problems: for each file that could not be looked through, `file:line: what`.
    """

    declared: list[Declaration]
    problems: list[str]


def scan(files: Iterable[Path], progress: Callable[[int, int], None] | None = None) -> Scan:
    """Return what files of source code declare, without importing or running any of it.

    `progress` is called after each file, with how many are done and how many there are.
    """
    paths = list(files)
    found = Scan([], [])
    shared: dict[Path, dict[str, list[Declaration]]] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of bad escapes and the like, which are not ours to tell
        for number, path in enumerate(paths, 1):
            try:
                declared, names = _declared(path)
                found.declared.extend(declared)
                if names:
                    shared[path] = names
            except BadFileError as bad:
                found.problems.append(str(bad))
            if progress is not None:
                progress(number, len(paths))
    if shared and len(paths) > 1:
        found.declared.extend(taken_elsewhere(shared, paths))
    return Scan(sorted(_without_doubt(found.declared), key=_order), found.problems)


def _declared(path: Path) -> tuple[list[Declaration], dict[str, list[Declaration]]]:
    """Return what a file declares, and what more it does by each name that another file imports."""
    data = bytes_of(path)
    if b"hyperparameter" not in data:
        return [], {}
    tree = tree_of(path, data)
    visitor = Visitor(str(path))
    try:
        found = visitor.module(tree)
    except (RecursionError, MemoryError):
        raise BadFileError(path, visitor.line, TOO_DEEP) from None
    except (
        Exception
    ) as error:  # a fault of ours must not keep a program from its start, nor be kept from anyone
        raise BadFileError(path, visitor.line, f"cannot be looked through: {error!r}") from error
    once = {(one.key, one.kind, one.place, one.owner, one.default): one for one in found}
    return list(once.values()), visitor.shared


def _without_doubt(declared: list[Declaration]) -> Iterator[Declaration]:
    """Yield what is declared; of what may read a value or all beneath a key, only the latter where keys are."""
    inner: set[str] = set()
    for one in declared:
        key = one.key.rpartition(".")[0]
        while key and key not in inner:
            inner.add(key)
            key = key.rpartition(".")[0]
    trees = {(one.key, one.place) for one in declared if one.kind == "tree"}
    for one in declared:
        if not (one.kind == "read" and one.key in inner and (one.key, one.place) in trees):
            yield one


def _order(one: Declaration) -> tuple[str, str, int, str]:
    file, _, line = one.place.rpartition(":")
    return one.key, file, int(line), one.kind
