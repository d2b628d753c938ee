"""The parser of a program: argparse, with what every program has."""

from __future__ import annotations

import argparse
import os
import sys

from ..errors import nearest
from .arguments import add_arguments, add_help
from .parsed_arguments import NEGATIVE, Gather

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, NoReturn

    from .command import Command
    from .program import Program

__all__ = ["Parser"]

COMMAND = "#command"  # what no parameter can be called


class Parser(argparse.ArgumentParser):
    """Parse the command line of a program, or of one of its commands."""

    def __init__(self, program: Program, command: Command | None = None, **kwargs: Any) -> None:
        super().__init__(
            allow_abbrev=False,  # a mistyped option is never taken for another
            conflict_handler="resolve",  # a parameter called `config` gets --config, and files have -C
            formatter_class=argparse.RawDescriptionHelpFormatter,
            **kwargs,
        )
        self._negative_number_matcher = NEGATIVE
        self._program = program
        _add_common(self, program)
        self._command = command
        if command is not None:
            add_arguments(self, command, program.given)
            self.set_defaults(**{COMMAND: command})

    def format_help(self) -> str:
        command = self._command
        if command is not None:
            add_help(self, command.doc.parameters)
            self.description = self.description or command.doc.text
        self.formatter_class = formatter()
        return super().format_help() + self._program.listing("\nparameters, for -D and files:\n")

    def parse(self, argv: Sequence[str]) -> Command | None:
        """Return the command that a command line asks for; end the process for what it cannot take."""
        found, rest = self.parse_known_args(self._parted(_dashed(argv)))
        command: Command | None = getattr(found, COMMAND, None)
        unknown = [text for text in rest if text != "--"]  # argparse leaves it where nothing follows
        if unknown and command is not None:
            unknown = command.take_items(unknown, argv, self._program.given)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}{self._near(unknown)}")
        return command

    def _parted(self, argv: list[str]) -> list[str]:
        """Return a command line with `--` before the command, else -D or -C would take it for their own."""
        commands = self._commands()
        for number, text in enumerate(argv):
            if text == "--":
                break
            if text in commands and argv[number - 1 : number] not in (["-ep"], ["--explain"]):
                return [*argv[:number], "--", *argv[number:]] if number else argv
        return argv

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        if action.nargs == argparse.PARSER and arg_strings[:1] == ["--"]:  # left there before Python 3.13
            arg_strings = arg_strings[1:]
        return super()._get_values(action, arg_strings)

    def _near(self, unknown: Sequence[str]) -> str:
        options = [
            option for parser in (self, *self._commands().values()) for option in parser._option_string_actions
        ]
        near = [
            name
            for text in unknown
            if text.startswith("--")
            for name in nearest(text.partition("=")[0], (o for o in options if o.startswith("--")), most=1)
        ]
        return f" (nearest: {', '.join(near)})" if near else ""

    def _commands(self) -> dict[str, Parser]:
        found: dict[str, Parser] = {}
        for action in self._actions:
            found |= action.choices if isinstance(action.choices, dict) else {}
        return found

    def tell(self, text: str) -> NoReturn:
        """Write to stdout what was asked for, and end the process; a reader that has gone is no fault."""
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at the end
        except OSError as error:
            self.fail(f"cannot write: {error.strerror}")
        self.exit(0)

    def fail(self, text: str) -> NoReturn:
        """End the process for what is set, which is no fault of the usage."""
        self.exit(2, f"{self.prog}: error: {text}\n")


def _dashed(argv: Sequence[str]) -> list[str]:
    """Return a command line with options written with dashes, as they are declared; both may be used."""
    made: list[str] = []
    for number, text in enumerate(argv):
        if text == "--":
            return [*made, *argv[number:]]
        if text.startswith("--"):
            name, equals, value = text.partition("=")
            text = name.replace("_", "-") + equals + value
        made.append(text)
    return made


def formatter() -> Any:
    """Return what lays help out: in colours on a terminal, where rich-argparse is there."""
    plain = argparse.RawDescriptionHelpFormatter
    if sys.stdout is None or not sys.stdout.isatty() or "NO_COLOR" in os.environ:
        return plain
    try:
        from rich_argparse import RawDescriptionRichHelpFormatter
    except ImportError:
        return plain

    class Formatter(RawDescriptionRichHelpFormatter):
        help_markup = text_markup = usage_markup = False  # brackets in a docstring are brackets
        group_name_formatter = str  # headings as they are

    return Formatter


def _add_common(parser: Parser, program: Program) -> None:
    given = program.given
    group = parser.add_argument_group("parameters of the whole program")

    def add(short: str, long: str, put: Any, completer: Any = None, **options: Any) -> None:
        names = [name for name in (short, long) if name]
        group.add_argument(*names, action=Gather, put=put, **options).completer = completer  # type: ignore[attr-defined]

    add(
        *("-D", "--define", given.define, program.complete_define),
        nargs="+",
        metavar="KEY=VALUE",
        help="set parameters; of the same key the last wins",
    )
    add(
        *("-C", "--config", lambda files, _: given.files.extend(files)),
        nargs="+",
        metavar="FILE",
        help="read parameters from TOML, YAML or JSON",
    )
    add("-lps", "--list-params", given.show, nargs=0, help="list every parameter, and exit")
    add(
        *("-ep", "--explain", given.show, program.complete_key),
        metavar="KEY",
        help="tell what a parameter is and what sets it, and exit",
    )
    add("", "--allow-unknown", given.allow, nargs=0, help="go on where a key looks like a misspelt one")
