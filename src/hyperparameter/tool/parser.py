"""The command line of the `hp` tool."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, NoReturn

from .. import __version__
from ..errors import nearest
from ..program.parser import formatter
from .terminal import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["COMMANDS", "FORMATS", "made"]

COMMANDS = ("ls", "describe", "check", "show")
FORMATS = ("text", "json", "markdown", "html")
WHERE = "a file, a folder, an installed package or a top-level module"


class Parser(argparse.ArgumentParser):
    """Parse as argparse does, and name the nearest of an unknown option."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)

    def format_help(self) -> str:
        self.formatter_class = formatter()
        return super().format_help()

    def refuse(self, unknown: Sequence[str]) -> NoReturn:
        """End the process for arguments that this command does not have."""
        options = [option for option in self._option_string_actions if option.startswith("--")]
        near = nearest(unknown[0].partition("=")[0], options, most=1)
        self.error(f"unrecognized arguments: {' '.join(unknown)}" + (f"; nearest: {near[0]}" if near else ""))

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: error: {clean(message)}; {self.prog} --help tells more\n")


def made() -> Parser:
    """Return the parser of all commands; what it finds has the function of a command, `run`, and its parser."""
    parser = Parser(
        prog="hp", description="Look at the parameters of programs and packages without running them."
    )
    parser.add_argument("--version", action="version", version=f"hp {__version__}")
    several = parser.add_subparsers(metavar="COMMAND", title="commands", required=True)
    _add_ls(several.add_parser("ls", help="list packages that use the library, or the parameters of one"))
    _add_describe(several.add_parser("describe", help="tell all that is declared of one parameter"))
    _add_check(several.add_parser("check", help="find what is wrong with a configuration"))
    _add_show(several.add_parser("show", help="show a configuration, and where its values come from"))
    return parser


def _add_ls(parser: argparse.ArgumentParser) -> None:
    from .listing import ls

    parser.description = (
        "List the installed packages that use the library, or the parameters that one declares."
    )
    parser.set_defaults(run=ls, parser=parser)
    parser.add_argument("path", nargs="?", metavar="PACKAGE|PATH", help=WHERE)
    parser.add_argument("--tree", action="store_true", help="as a tree of keys")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--all", action="store_true", help="those of its dependencies too")
    which.add_argument("--deps", action="store_true", help="those of its dependencies alone")
    _add_format(parser, FORMATS)
    parser.add_argument("-o", "--output", metavar="FILE", help="write to a file")


def _add_describe(parser: argparse.ArgumentParser) -> None:
    from .listing import describe

    parser.description = "Tell all that is declared of a parameter, or the parameters beneath a namespace."
    parser.set_defaults(run=describe, parser=parser)
    parser.add_argument("key", metavar="KEY")
    parser.add_argument("path", metavar="PATH", help=WHERE)
    _add_format(parser, FORMATS[:2])


def _add_check(parser: argparse.ArgumentParser) -> None:
    from .configs import check

    parser.description = (
        "Find every unknown key and every value that does not fit, before anything runs. "
        "The exit code is 0 for none, 1 for some, 2 for input that cannot be used."
    )
    parser.set_defaults(run=check, parser=parser)
    parser.add_argument("path", metavar="PATH", help=WHERE)
    _add_sources(parser)
    parser.add_argument(
        "--allow-unknown", action="store_true", help="warn of a key that looks like a misspelt one"
    )


def _add_show(parser: argparse.ArgumentParser) -> None:
    from .configs import show

    parser.description = (
        "Show what a configuration sets once its sources are merged, and where each value is from."
    )
    parser.set_defaults(run=show, parser=parser)
    parser.add_argument("path", nargs="?", metavar="PATH", help=f"what names variables may mean: {WHERE}")
    _add_sources(parser)
    _add_format(parser, FORMATS[:2])


def _add_format(parser: argparse.ArgumentParser, formats: tuple[str, ...]) -> None:
    def one(text: str) -> str:
        if text in formats:
            return text
        near = nearest(text, formats, most=1)
        hint = f"nearest: {near[0]}" if near else f"there are {', '.join(formats)}"
        raise argparse.ArgumentTypeError(f"no format is called {text!r}; {hint}")

    choices = f"{', '.join(formats)}; default: text"
    parser.add_argument("-f", "--format", type=one, default="text", metavar="FORMAT", help=choices)


def _add_sources(parser: argparse.ArgumentParser) -> None:
    def add(*names: str, **options: Any) -> None:
        parser.add_argument(*names, nargs="+", action="extend", default=[], **options)

    add("-C", "--config", metavar="FILE", help="read TOML, YAML or JSON; of several the later wins")
    add("-D", "--define", metavar="KEY=VALUE", help="set parameters, over files and variables")
    parser.add_argument("--env", metavar="PREFIX", help="read the variables of the environment that begin so")
