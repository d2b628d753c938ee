"""The program that functions become, and what happens once its command line is parsed."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from functools import cached_property
from pathlib import Path

from ..catalog.known import entries_of, faults, program_sources
from ..configuration.config import env
from ..core import frame as _frames
from ..errors import ConfigError, ParamError
from ..scopes.scope import Scope
from .command import Command
from .parsed_arguments import Given
from .parser import Parser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from os import PathLike
    from typing import Any

    from ..catalog.catalog import Catalog
    from ..configuration.config import Config
    from ..configuration.environment import Environment
    from ..core.frame import Entry

__all__ = ["Program"]

MOST_TOLD = 100  # warnings of one kind


class Program:
    """Turn a command line into parameters, and run a function with them as the baseline."""

    def __init__(
        self,
        functions: Iterable[Callable[..., Any]],
        *,
        prog: str | None,
        description: str | None,
        config: str | PathLike[str] | Iterable[str | PathLike[str]],
        env: str | Environment | None,
        allow_unknown: bool,
        caller: str,
    ) -> None:
        self.commands = [Command(function) for function in functions]
        if not self.commands:
            raise TypeError("hp.launch has nothing to run: the calling module decorates no function")
        names = [command.name for command in self.commands]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise TypeError(f"hp.launch runs functions of different names; more than one is called {twice[0]}")
        self.prog = prog or _own_name()
        self.description = description
        self.config = [config] if isinstance(config, str | os.PathLike) else list(config)
        self.env = env
        self.caller = caller
        self.given = Given(self._supplies, lenient=allow_unknown)

    def run(self, argv: list[str]) -> Any:
        """Run the function that a command line asks for, with the parameters that it gives."""
        parser = self._parser()
        if "_ARGCOMPLETE" in os.environ:
            _complete(parser)
        try:
            command = parser.parse(argv)
            if self.given.shows is not None:
                parser.tell(self.listing() if self.given.shows == "" else self.explain(self.given.shows))
            if command is None:
                parser.error(f"a command is needed: {', '.join(command.name for command in self.commands)}")
            self._check(parser)
            arguments = command.arguments(self.given)
        except ParamError as error:
            parser.fail(str(error))
        scope = Scope(self.entries)
        outside = _frames.innermost_scope() is _frames.AMBIENT_SCOPE
        before = _frames.replace_current(None)  # a scope around the call is its caller's, and is left some time
        try:
            with scope:
                _frames.freeze()
        finally:
            _frames.replace_current(before)
        # As the baseline alone they are seen by threads too, and can be replaced; but where the caller is in a
        # scope, that would hide them.
        with nullcontext() if outside else scope:
            return command.call(*arguments)

    def _parser(self) -> Parser:
        described = self.description
        if len(self.commands) == 1:
            (command,) = self.commands
            return Parser(self, command, prog=self.prog, description=described)
        parser = Parser(self, prog=self.prog, description=described)
        several = parser.add_subparsers(metavar="COMMAND", title="commands", prog=self.prog)
        for command in self.commands:
            several.add_parser(
                command.name,
                program=self,
                command=command,
                help=command.doc.summary.replace("%", "%%"),
            )
        return parser

    # --- What is set ---

    @cached_property
    def settings(self) -> Config:
        """What files, environment and command line set; asked for when all is parsed."""
        from ..configuration.load import Given as Placed
        from ..configuration.load import load

        given = self.given
        sources: list[Any] = [
            Path(file) for file in (*self.config, *given.files)
        ]  # one may have a "=" in its name
        if self.env is not None:
            sources.append(env(self.env) if isinstance(self.env, str) else self.env)
        sources += [Placed(text, place) for text, place in given.defines]
        sources += [Placed({key: value}, place, is_final=True) for key, (value, place) in given.named.items()]
        return load(sources, declared=lambda: self.known.by_key)

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """The same by flat key."""
        return entries_of(self.settings)

    def _supplies(self, key: str) -> bool:
        return any(name == key or name.startswith(key + ".") for name in self.entries)

    def _check(self, parser: Parser) -> None:
        """Raise `ConfigError` for what no one reads and for what does not fit; tell of what may be unread."""

        def warn(what: object) -> None:
            sys.stderr.write(f"{parser.prog}: warning: {what}\n")

        referred, lenient = self.settings.referred, self.given.lenient
        wrong, unread = faults(self.entries, referred, self._sources, lenient, warn)
        if wrong:
            raise ConfigError(errors=wrong)
        for fault in unread[:MOST_TOLD]:
            warn(fault)
        if unread[MOST_TOLD:]:
            warn(f"{len(unread) - MOST_TOLD:,} more keys are not used")

    # --- What is known ---

    def _sources(self) -> Any:
        return program_sources(self.caller, *(command.file for command in self.commands))

    @cached_property
    def known(self) -> Catalog:
        """Every parameter that the program declares, wherever it does."""
        from ..catalog.catalog import Catalog
        from ..catalog.declaration import registered
        from ..catalog.source import scan

        return Catalog([*registered(), *scan(self._sources()).declared])

    def listing(self, title: str = "") -> str:
        from .listing import listing

        return title + listing(self.known)

    def explain(self, key: str) -> str:
        from .listing import explain

        return explain(key, self.known, self.settings)

    def complete_key(self, prefix: str, **_: Any) -> list[str]:
        return [key for key in self.known.by_key if key.startswith(prefix)]

    def complete_define(self, prefix: str, **_: Any) -> list[str]:
        from .listing import values_of

        key, equals, _value = prefix.partition("=")
        if equals:
            return [f"{key}={value}" for value in values_of(self.known, key)]
        return [f"{name}=" for name in self.complete_key(prefix)]


def _own_name() -> str | None:
    """Return how a program run by `python -m` is called; None leaves it to argparse."""
    spec = getattr(sys.modules.get("__main__"), "__spec__", None)
    return None if spec is None else f"python -m {spec.name.removesuffix('.__main__')}"


def _complete(parser: Parser) -> None:
    """Answer the shell where it asks for completions, and end the process."""
    try:
        import argcomplete
    except ImportError:
        return
    argcomplete.autocomplete(parser)
