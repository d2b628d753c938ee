"""The command line of `hp`: its commands and their options."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, NoReturn

from .. import __version__
from .. import kernel as kernel_name
from ..errors import did_you_mean, nearest
from ..output import plain_message
from ..program.parser import help_formatter

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["COMMANDS", "UsageError", "make_parser"]

COMMANDS = ("ls", "describe", "check", "show", "sweep")
FORMATS = ("text", "json", "markdown")
TEXT_OR_JSON = ("text", "json")
TARGET_HELP = "a file, a folder, an installed package or a top-level module"


class UsageError(Exception):
    """An argument that a command cannot work with."""


class Parser(argparse.ArgumentParser):
    """An argument parser that suggests the option that an unknown one resembles."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)

    def format_help(self) -> str:
        self.formatter_class = help_formatter()
        return super().format_help()

    def refuse(self, unknown: Sequence[str]) -> NoReturn:
        """End the process because of arguments that the command does not have."""
        options = [option for option in self._option_string_actions if option.startswith("--")]
        hint = did_you_mean(nearest(unknown[0].partition("=")[0], options, most=1))
        self.error(f"unrecognized arguments: {' '.join(unknown)}{hint}")

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: error: {plain_message(message)} (see {self.prog} --help)\n")


def make_parser() -> Parser:
    """Return the parser of all commands.

    The parsed arguments have two attributes beside the options: `command`, the name of the command, and
    `parser`, the parser of the command.
    """
    parser = Parser(
        prog="hp",
        description="List the parameters of Python programs, and check configurations, without running them.",
    )
    kernel_text = f"the {kernel_name.capitalize()} kernel"
    parser.epilog = f"This is hyperparameter {__version__} with {kernel_text}."
    parser.add_argument("--version", action="version", version=f"hp {__version__} ({kernel_text})")
    commands = parser.add_subparsers(metavar="COMMAND", dest="command", title="commands", required=True)
    _add_ls(commands.add_parser("ls", help="list the parameters of a program or package"))
    _add_describe(commands.add_parser("describe", help="describe one parameter"))
    _add_check(commands.add_parser("check", help="find the errors in a configuration"))
    _add_show(commands.add_parser("show", help="print a configuration, and where each value is set"))
    _add_sweep(commands.add_parser("sweep", help="print the trials of a sweep, or the best one"))
    return parser


def _add_ls(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "List the parameters that a program or package declares.\n"
        "Without PACKAGE or PATH, list the installed packages that use hyperparameter."
    )
    parser.set_defaults(parser=parser)
    parser.add_argument("path", nargs="?", metavar="PACKAGE|PATH", help=TARGET_HELP)
    parser.add_argument("--tree", action="store_true", help="draw the keys as a tree")
    dependencies = parser.add_mutually_exclusive_group()
    dependencies.add_argument("--all", action="store_true", help="add the parameters of its dependencies")
    dependencies.add_argument(
        "--deps", action="store_true", help="list the parameters of its dependencies only"
    )
    _add_format(parser, FORMATS)
    parser.add_argument("-o", "--output", metavar="FILE", help="write to a file instead of stdout")


def _add_describe(parser: argparse.ArgumentParser) -> None:
    parser.description = "Print every declaration of a parameter, or the parameters of a namespace."
    parser.set_defaults(parser=parser)
    parser.add_argument(
        "key", metavar="KEY", help="a parameter or a namespace, its last segment, or a part of it"
    )
    parser.add_argument(
        "path", nargs="?", default=".", metavar="PATH", help=f"{TARGET_HELP}; default: this folder"
    )
    _add_format(parser, TEXT_OR_JSON)


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Report every unknown key and every invalid value of a configuration.\n"
        "The exit code is 0 without errors, 1 with errors, and 2 if the input cannot be used."
    )
    parser.set_defaults(parser=parser)
    parser.add_argument("path", metavar="PATH", help=TARGET_HELP)
    _add_sources(parser)
    parser.add_argument(
        "--allow-unknown",
        action="store_true",
        help="warn of an unknown key, instead of reporting an error",
    )


def _add_show(parser: argparse.ArgumentParser) -> None:
    parser.description = "Merge the sources of a configuration, and print each value and where it is set."
    parser.set_defaults(parser=parser)
    parser.add_argument(
        "path",
        nargs="?",
        metavar="PATH",
        help=f"the program whose keys the variables of --env set: {TARGET_HELP}",
    )
    _add_sources(parser)
    _add_format(parser, TEXT_OR_JSON)


def _add_sweep(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Print the trials in the file of a sweep, the best first.\n"
        "Or print the parameters of the best one, a line each."
    )
    parser.set_defaults(parser=parser)
    parser.add_argument("action", choices=("show", "best"), metavar="show|best", help="what to print")
    parser.add_argument("file", metavar="FILE", help="the file that hp.sweep(..., out=FILE) wrote")
    parser.add_argument("--metric", metavar="NAME", help="the result to compare, if results are mappings")
    parser.add_argument("--maximize", action="store_true", help="the highest result is the best")


def _add_format(parser: argparse.ArgumentParser, formats: tuple[str, ...]) -> None:
    def check_format(text: str) -> str:
        if text in formats:
            return text
        hint = did_you_mean(nearest(text, formats, most=1)) or f"; the formats are {', '.join(formats)}"
        raise argparse.ArgumentTypeError(f"{text!r} is not a format{hint}")

    formats_help = f"one of {', '.join(formats)}; default: text"
    parser.add_argument(
        "-f", "--format", type=check_format, default="text", metavar="FORMAT", help=formats_help
    )


def _add_sources(parser: argparse.ArgumentParser) -> None:
    def add(*names: str, **options: Any) -> None:
        parser.add_argument(*names, nargs="+", action="extend", default=[], **options)

    add("-C", "--config", metavar="FILE", help="read TOML, YAML or JSON files; a later file wins")
    add(
        "-D",
        "--define",
        metavar="KEY=VALUE",
        help="set parameters; these win over files and environment variables",
    )
    parser.add_argument(
        "--env", metavar="PREFIX", help="read the environment variables that start with PREFIX, such as APP_"
    )
