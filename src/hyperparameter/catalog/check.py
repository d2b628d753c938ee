"""Check what is set against what the program declares: `hp.check`, and the check of `hp.launch`.

A check first looks for each key among the parameters of the functions that are decorated in this process. It
imports the scanner and scans the source code only if a key is not there, so most programs start without a scan.
"""

from __future__ import annotations

import linecache
import sys

from ..core.context import current_frame
from ..core.value import MISSING
from ..errors import UnknownParamError
from ..functions.registry import bindings
from ..scopes.scope import EmptyScope
from ..scopes.sources import entries_from

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from typing import Any

    from ..core.value import Entry
    from ..errors import ParamError
    from ..scopes.sources import Source

__all__ = ["check_sources", "entries_of", "errors_of", "running_program_files"]


def check_sources(sources: tuple[Source, ...], allow_unknown: bool, caller_file: str) -> None:
    """Check sources as `hp.check` describes it; `caller_file` is the file of the code that calls `hp.check`."""
    from warnings import warn

    from ..configuration.config import Config
    from ..core.origin import Origin
    from ..errors import ConfigError, UnknownParamWarning

    entries = entries_from(sources, {}, Origin.of_caller())
    referred = {key for source in sources if isinstance(source, Config) for key in source.referred}

    # Each `stacklevel` counts the frames up to the code that calls `hp.check`.
    def warn_of_problem(problem: str) -> None:
        warn(f"{problem}: its parameters are not known", UnknownParamWarning, stacklevel=5)

    errors, unread = errors_of(
        entries, referred, lambda: running_program_files(caller_file), allow_unknown, warn_of_problem
    )
    if errors:
        raise ConfigError(errors=errors)
    for error in unread:
        warn(str(error), UnknownParamWarning, stacklevel=3)


def entries_of(source: Any) -> dict[str, Entry]:
    """Return the entries that a source sets, by key, without the keys that it deletes."""
    entries = entries_from((source,), {}, None)
    return {key: entry for key, entry in entries.items() if entry[0] is not MISSING}


def errors_of(
    entries: dict[str, Entry],
    referred: Iterable[str],
    source_files: Callable[[], Iterable[Path]],
    allow_unknown: bool,
    report_problem: Callable[[str], None],
) -> tuple[list[ParamError], list[UnknownParamError]]:
    """Return the errors of a set of overrides, and the keys that are undeclared but not errors.

    Args:
        entries: the overrides.
        referred: keys that a configuration refers to, which are known.
        source_files: returns the files of the program, if they have to be scanned.
        allow_unknown: whether a key that resembles a declared one is accepted.
        report_problem: called with the reason why a file cannot be scanned.
    """
    errors = list(_conversion_errors(entries))
    known_keys = {parameter.key for binding in bindings() for parameter in binding.parameters.settable}
    known_keys.update(referred)
    if known_keys.issuperset(entries):
        return errors, []
    from .catalog import Catalog
    from .declaration import UnfollowedRead, registered_declarations
    from .source import is_file, scan

    files = list(source_files())
    hidden = [str(file) for file in files if not is_file(file)]
    scanned = scan(file for file in files if str(file) not in hidden)
    # A frozen program has no source files. Cells of a notebook and typed code have none, either.
    frozen = [file for file in hidden if not _is_typed_code(file)]
    if frozen:
        report_problem(f"{frozen[0]}: the source code is not there, as in a frozen program")
    for problem in scanned.problems:
        report_problem(problem)
    unfollowed = [*scanned.unfollowed, *(UnfollowedRead("", f"{file}:1") for file in hidden)]
    catalog = Catalog([*registered_declarations(), *scanned.declarations], unfollowed)
    catalog_errors, unread = catalog.errors(entries, known_keys, allow_unknown)
    reported = {error.key for error in errors}
    errors += (error for error in catalog_errors if error.key not in reported)
    return sorted(errors, key=lambda error: not isinstance(error, UnknownParamError)), unread


def _conversion_errors(entries: dict[str, Entry]) -> Iterator[ParamError]:
    """Yield an error for each value that does not fit a parameter of a decorated function of this process."""
    with EmptyScope(entries):
        frame = current_frame()
    for binding in bindings():
        if frame.segments_below(binding.namespace):
            yield from binding.errors_in(frame)


# --- The source files of the running program ---


def running_program_files(*files: str | None) -> list[Path]:
    """Return the source files of the running program.

    They are the given files and the main file, what those import from the program itself, and every loaded
    module that uses the library.
    """
    from pathlib import Path

    from .source import is_file, program_files

    main_files = dict.fromkeys([*files, getattr(sys.modules.get("__main__"), "__file__", None)])
    source_files: dict[Path, None] = {}
    for file in main_files:
        if file is not None:
            path = Path(_source_of(file))
            source_files |= dict.fromkeys(
                [one.absolute() for one in program_files(path)] if is_file(path) else [path]
            )
    source_files |= dict.fromkeys(Path(file).absolute() for file in _files_of_users())
    return list(source_files)


def _is_typed_code(file: str) -> bool:
    """Return whether a name without a file stands for code that was typed, or for a cell of a notebook."""
    return file.startswith("<") or file in linecache.cache


def _source_of(file: str) -> str:
    """Return the name of the source file of a module's file; it need not exist."""
    return file.removesuffix("c") if file.endswith(".pyc") else file


def _files_of_users() -> Iterator[str]:
    """Yield the file of each loaded module that has imported something of this package."""
    from ..functions.param import param
    from ..scopes.scope import scope

    package = __name__.partition(".")[0]
    public_objects = {id(sys.modules[package]), id(scope), id(param)}
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if not isinstance(file, str) or name.split(".")[0] == package:
            continue
        if any(id(value) in public_objects for value in list(vars(module).values())):
            yield _source_of(file)
