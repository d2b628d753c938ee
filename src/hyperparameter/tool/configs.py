"""`hp check` and `hp show`: a configuration, against what is declared and as it is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .documents import dumps
from .targets import UnusableError, declared_by, target_of
from .terminal import clean, emit, warn
from .text import columns
from .text import show as show_lines

if TYPE_CHECKING:
    from argparse import Namespace

    from ..catalog.catalog import Catalog
    from ..configuration.config import Config

__all__ = ["check", "show"]


def check(arguments: Namespace) -> int:
    """Tell every fault of a configuration at once."""
    from ..catalog.known import entries_of

    (found,) = declared_by([target_of(arguments.path)])
    names = found.names
    settings = _loaded(arguments, names)
    entries = entries_of(settings)
    faults, unread = names.faults(entries, settings.referred, lenient=arguments.allow_unknown)
    for one in unread:
        warn(str(one))
    emit("".join(f"{clean(str(fault))}\n" for fault in faults))
    counted = f"{len(faults)} fault{'' if len(faults) == 1 else 's'}" if faults else "no faults"
    sys.stderr.write(f"{counted} in {len(entries)} value{'' if len(entries) == 1 else 's'}\n")
    return 1 if faults else 0


def show(arguments: Namespace) -> int:
    """Show each value of a configuration, and what set it."""
    from ..core.key import flatten

    names = declared_by([target_of(arguments.path)])[0].names if arguments.path is not None else None
    settings = _loaded(arguments, names)
    keys = sorted(flatten("", settings))
    if arguments.format == "json":
        emit(dumps([_record(key, value, settings) for key, value in keys]))
        return 0
    rows = [(key, _written(value), settings.where(key) or "") for key, value in keys]
    if not rows:
        sys.stderr.write("nothing is set\n")
    show_lines(list(columns(rows, styles=("bold", "green", "dim"))) if rows else [])
    return 0


def _loaded(arguments: Namespace, names: Catalog | None) -> Config:
    """Return the configuration that files, variables and `-D` make, in that order."""
    from ..configuration.config import env
    from ..configuration.load import Given, load
    from ..core.key import split_text

    sources: list[Any] = [
        Path(file) for file in arguments.config
    ]  # as text, one with "=" in its name would be none
    if arguments.env == "":
        raise UnusableError("--env takes the text that names of variables begin with, such as APP_")
    if arguments.env is not None:
        sources.append(env(arguments.env))
    for text in arguments.define:
        split_text(text)  # one without "=" would be taken for the name of a file
        sources.append(Given(text, f"the command line: -D {text}"))
    return load(sources, declared=lambda: names.by_key if names is not None else ())


def _written(value: object) -> str:
    from ..errors import short_repr

    return short_repr(value)


def _record(key: str, value: Any, settings: Config) -> dict[str, Any]:
    *before, _ = settings.history(key)
    earlier = [{"value": _plain(value), "place": place} for value, place in before]
    return {"key": key, "value": _plain(value), "place": settings.where(key), "instead_of": earlier}


def _plain(value: Any) -> Any:
    """Return what JSON can hold of a value; a date, and numbers that it does not know, as their text."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return value if abs(value) < float("inf") else str(value)
    return value if isinstance(value, str | int | None) else str(value)
