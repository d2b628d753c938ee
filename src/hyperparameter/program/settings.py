"""The settings of a program: what can be set, what is set, and whether the two fit."""

from __future__ import annotations

import sys
from functools import cached_property

from ..catalog.check import entries_of, errors_of, running_program_files
from ..configuration.environment import Environment
from ..core.key import check_key, is_below, split_override
from ..core.value import UntypedText
from ..errors import ConfigError, KeySyntaxError, ParamError
from ..output import escape_lines, plain_message, write
from .parsed_arguments import ParsedArguments

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from os import PathLike
    from pathlib import Path
    from typing import Any

    from ..catalog.catalog import Catalog
    from ..configuration.config import Config
    from ..configuration.environment import Environment
    from ..core.value import Entry

__all__ = ["Settings"]

MOST_WARNINGS = 100


class Settings:
    """What sets the parameters of a program, and what declares them.

    Parsing the command line fills `parsed`. Everything else is computed from it on first use.
    """

    def __init__(
        self,
        config_files: Iterable[str | PathLike[str]],
        env: str | Environment | None,
        allow_unknown: bool,
        main_files: Iterable[str | None],
        version: str | None = None,
        extra: str = "refuse",
        is_sweep: bool = False,
    ) -> None:
        self.parsed = ParsedArguments(self._is_set_elsewhere, allow_unknown)
        self._config_files = config_files
        self._env = env
        self._main_files = main_files
        self.version = version
        # Whether the command line has --sweep, so that the other options of a sweep count.
        self.is_sweep = is_sweep
        # The command line, with dashes for underscores in options.
        self.argv: list[str] = []
        # What happens to arguments that the program does not know, and these arguments.
        self.extra = extra
        self.extra_arguments: list[str] = []

    # --- Values ---

    @cached_property
    def config(self) -> Config:
        """The configuration of files, environment and command line, in this order."""
        from ..configuration.load import PlacedSource, load

        parsed = self.parsed
        sources: list[Any] = _paths([*self._config_files, *parsed.files])
        if self._env is not None:
            sources.append(Environment(self._env) if isinstance(self._env, str) else self._env)
        sources += [PlacedSource(text, origin) for text, origin in parsed.defines]
        sources += [
            PlacedSource({key: UntypedText(value) if type(value) is str else value}, origin, is_literal=True)
            for key, (value, origin) in parsed.values.items()
        ]
        return load(sources, declared_keys=lambda: self.catalog.by_key)

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """The values of `config` by flat key, each with its origin."""
        return entries_of(self.config)

    def _is_set_elsewhere(self, key: str) -> bool:
        keys = [*self.entries, *self.parsed.sweeps]
        return any(name == key or is_below(name, key) for name in keys)

    # --- Declarations ---

    def _source_files(self) -> list[Path]:
        return running_program_files(*self._main_files)

    @cached_property
    def catalog(self) -> Catalog:
        """Every parameter that the program declares, in any of its source files."""
        from ..catalog.catalog import Catalog
        from ..catalog.declaration import registered_declarations
        from ..catalog.source import scan

        return Catalog([*registered_declarations(), *scan(self._source_files()).declarations])

    def check(self, prog: str, swept: Mapping[str, Entry]) -> None:
        """Raise `ConfigError` for unknown keys and invalid values; warn of keys that nothing seems to read.

        `swept` has a value of each key of a sweep.
        """

        def warn(problem: object) -> None:
            write(sys.stderr, f"{plain_message(f'{prog}: warning: {problem}')}\n")

        errors, unread = errors_of(
            {**self.entries, **swept},
            self.config.referred,
            self._source_files,
            self.parsed.allows_unknown,
            warn,
        )
        if errors:
            raise ConfigError(errors=errors)
        for unknown in unread[:MOST_WARNINGS]:
            warn(unknown)
        if len(unread) > MOST_WARNINGS:
            warn(f"{len(unread) - MOST_WARNINGS:,} more keys are not used")

    # --- Help ---

    def list_parameters(self) -> str:
        """Return a table of all parameters."""
        from .listing import format_parameters

        return escape_lines(format_parameters(self.catalog, self.values_and_places))

    @cached_property
    def values_and_places(self) -> dict[str, tuple[str, str]]:
        """The value that a run would use for each key that is set, as text, and the place that sets it.

        It is empty if the configuration has errors, because help has to work nevertheless.
        """
        from .listing import values_in_use

        try:
            return values_in_use(self.entries, self.config)
        except ParamError:
            return {}

    def requested_text(self) -> str:
        """Return the list or the explanation that the command line requests."""
        keys = self.parsed.explained_keys
        if not keys:
            return self.list_parameters()
        from .listing import explain_key

        return "\n".join(explain_key(check_key(key), self.catalog, self.config) for key in keys)

    def complete_key(self, prefix: str, **_: Any) -> list[str]:
        """Return the keys that start with a prefix, for tab completion."""
        return [key for key in self.catalog.by_key if key.startswith(prefix)]

    def complete_define(self, prefix: str, **_: Any) -> list[str]:
        """Return the `KEY=` and `KEY=VALUE` texts that start with a prefix, for tab completion."""
        from .listing import possible_values

        try:
            override = split_override(prefix)
        # The quote that starts a segment is not closed yet.
        except KeySyntaxError:
            override = None
        if override is not None:
            key, _value = override
            return [f"{key}={value}" for value in possible_values(key, self.catalog)]
        return [f"{name}=" for name in self.complete_key(prefix)]


def _paths(files: list[str | PathLike[str]]) -> list[Path]:
    """Return file names as paths, because a source that is a text would be an override if it contains "="."""
    if not files:
        # Most programs read no files. They start faster without pathlib.
        return []
    from pathlib import Path

    return [Path(file) for file in files]
