"""What is set, against what is known: a program's own start, so all that is dear loads when it is needed."""

from __future__ import annotations

import sys

from ..core.frame import MISSING, current_frame
from ..errors import UnknownParamError
from ..functions.registry import bindings
from ..scopes.reference import entries_from
from ..scopes.scope import EmptyScope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from typing import Any

    from ..core.frame import Entry
    from ..errors import ParamError

__all__ = ["entries_of", "faults", "program_sources"]


def entries_of(source: Any) -> dict[str, Entry]:
    """Return the keys and entries that a source of parameters sets."""
    found = entries_from((source,), {}, None)
    return {key: entry for key, entry in found.items() if entry[0] is not MISSING}  # but what is deleted


def faults(
    entries: dict[str, Entry],
    referred: Iterable[str],
    sources: Callable[[], Iterable[Path]],
    lenient: bool,
    tell: Callable[[str], None],
) -> tuple[list[ParamError], list[UnknownParamError]]:
    """Return what is wrong with a set of overrides, and the keys that nothing declares, nor anything near.

    What decorated functions of this process declare is asked first; only where that leaves a key
    unknown are the files of source code looked through. Where `lenient`, near misses are let through. What
    keeps a file from being looked through is told by `tell`.
    """
    wrong: list[ParamError] = list(_misfits(entries))
    taken = {parameter.key for binding in bindings() for parameter in binding.settable}
    taken.update(referred)
    if taken.issuperset(entries):
        return wrong, []
    from .catalog import Catalog
    from .declaration import registered
    from .source import scan

    found = scan(sources())
    for problem in found.problems:
        tell(problem)
    known = Catalog([*registered(), *found.declared])
    more, unread = known.faults(entries, taken, lenient)
    told = {fault.key for fault in wrong}
    wrong += (fault for fault in more if fault.key not in told)
    return sorted(wrong, key=lambda fault: not isinstance(fault, UnknownParamError)), unread


def _misfits(entries: dict[str, Entry]) -> Iterator[ParamError]:
    """Yield an error for each value that a decorated function of this process could not take."""
    with EmptyScope(entries):
        frame = current_frame()
    for binding in bindings():
        if frame.segments_below(binding.namespace):
            yield from binding.errors_in(frame)


# --- Where the program's source code is ---


def program_sources(*files: str | None) -> list[Path]:
    """Return the source files of the program that is running, which `files` are of.

    They are what those files and the main one import from their own root, and every module loaded
    that uses the library.
    """
    from pathlib import Path

    from .source import program_files

    mains = dict.fromkeys([*files, getattr(sys.modules.get("__main__"), "__file__", None)])
    found: dict[Path, None] = {}
    for main in mains:
        if main is not None and Path(main).is_file():
            found |= dict.fromkeys(path.absolute() for path in program_files(Path(main)))
    found |= dict.fromkeys(Path(file).absolute() for file in _using_modules())
    return list(found)


def _using_modules() -> Iterator[str]:
    """Yield the file of each module loaded, not of this package, that has something of this package."""
    from ..functions.param import param
    from ..scopes.scope import scope

    package = __name__.partition(".")[0]
    ours = {id(sys.modules[package]), id(scope), id(param)}
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if not isinstance(file, str) or not file.endswith(".py") or name.split(".")[0] == package:
            continue
        if any(id(value) in ours for value in list(vars(module).values())):
            yield file
