"""`hp check` and `hp show`: compare a configuration with the declared keys, or print it."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..catalog.source import program_files
from ..errors import shown
from ..output import escape_unprintable
from ..secrecy import MASK, has_secrets
from .documents import dump_json
from .parser import UsageError
from .targets import find_target, scan_targets
from .terminal import print_lines, print_text, print_warning
from .text import align_columns

if TYPE_CHECKING:
    from argparse import Namespace

    from ..catalog.catalog import Catalog
    from ..configuration.config import Config

__all__ = ["check_config", "show_config"]


def check_config(arguments: Namespace) -> int:
    """Print everything that is wrong with a configuration."""
    from ..catalog.check import entries_of

    catalog = _scan_catalog(arguments.path)
    config = _load_config(arguments, catalog)
    entries = entries_of(config)
    errors, unread = catalog.errors(entries, config.referred, allow_unknown=arguments.allow_unknown)
    for unknown in unread:
        print_warning(str(unknown))
    print_text("".join(f"{escape_unprintable(str(error))}\n" for error in errors))
    error_count = f"{len(errors) or 'no'} error{'' if len(errors) == 1 else 's'}"
    value_count = f"{len(entries)} value{'' if len(entries) == 1 else 's'}"
    sys.stderr.write(f"{error_count} in {value_count}\n")
    return 1 if errors else 0


def show_config(arguments: Namespace) -> int:
    """Print each value of a configuration, and what set it."""
    from ..scopes.sources import flatten

    catalog = None if arguments.path is None else _scan_catalog(arguments.path)
    config = _load_config(arguments, catalog)
    items = sorted(flatten("", config))
    if arguments.format == "json":
        print_text(dump_json([_value_record(key, value, config) for key, value in items]))
        return 0
    if not items:
        sys.stderr.write("nothing is set\n")
    rows = [(key, shown(key, value, config.__marked__()), config.where(key) or "") for key, value in items]
    print_lines(list(align_columns(rows, styles=("bold", "green", "dim"))))
    return 0


def _scan_catalog(path: str) -> Catalog:
    """Return what a target declares; for a file, with everything that it imports from its own program."""
    target = find_target(path)
    if target.package is None and Path(path).is_file():
        target = replace(target, files=program_files(Path(path)))
    (scanned,) = scan_targets([target])
    return scanned.catalog


def _load_config(arguments: Namespace, catalog: Catalog | None) -> Config:
    """Load the files, then the environment variables, then `-D`; a later source overrides an earlier one."""
    from ..configuration.environment import Environment
    from ..configuration.load import PlacedSource, load
    from ..core.origin import Origin
    from ..scopes.sources import split_placed_text

    # A file name as a plain text would be an override if it contains "=".
    sources: list[Any] = [Path(file) for file in arguments.config]
    if arguments.env == "":
        raise UsageError("--env: expected a prefix of environment variables, such as APP_, got an empty text")
    if arguments.env is not None:
        sources.append(Environment(arguments.env))
    for text in arguments.define:
        origin = Origin.by(f"-D {text}")
        # This raises for a text without "=", which `load` would read as the name of a file.
        split_placed_text(text, origin)
        sources.append(PlacedSource(text, origin))
    return load(sources, declared_keys=lambda: catalog.by_key if catalog is not None else ())


def _value_record(key: str, value: Any, config: Config) -> dict[str, Any]:
    *earlier, _ = config.history(key)

    def shown_value(value: Any) -> Any:
        is_hidden = has_secrets(key, value, config.__marked__())
        return MASK if is_hidden else _json_value(value)

    return {
        "key": key,
        "value": shown_value(value),
        "place": config.where(key),
        "instead_of": [{"value": shown_value(value), "place": place} for value, place in earlier],
    }


def _json_value(value: Any) -> Any:
    """Return a value that JSON can express; dates, `inf`, `nan` and the like become text."""
    if isinstance(value, dict):
        return {str(key): _json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json_value(item) for item in value]
    if isinstance(value, float):
        return value if abs(value) < float("inf") else str(value)
    return value if isinstance(value, str | int | None) else str(value)
