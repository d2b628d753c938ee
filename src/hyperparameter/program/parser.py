"""The argument parser of a program: argparse, with the options that every program has."""

from __future__ import annotations

import argparse
import os
import re
import sys
from functools import partial
from itertools import pairwise

from ..errors import did_you_mean, nearest
from ..output import escape_lines, plain_message, write
from .actions import CommonOption, PositionalParameter, SwitchValue
from .arguments import add_arguments, add_docstring_help, show_values
from .parsed_arguments import NEGATIVE_NUMBER, is_negative_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any, NoReturn

    from .command import Command
    from .settings import Settings

__all__ = ["Parser", "help_formatter"]

PARAMETERS_HEADING = "\nall parameters, to set with -D KEY=VALUE or in a file:\n"
# No parameter can have this name.
COMMAND_ATTRIBUTE = "#command"
# What `--switch` takes as its value without "=". Other texts, such as "1", can be the next positional argument.
SWITCH_VALUES = ("true", "false", "yes", "no", "on", "off")


class Parser(argparse.ArgumentParser):
    """The parser of a program, or of one of its subcommands."""

    def __init__(self, settings: Settings, command: Command | None = None, **kwargs: Any) -> None:
        super().__init__(
            # A mistyped option must never be taken for the abbreviation of another one.
            allow_abbrev=False,
            # A parameter called `config` gets the option --config; the files of the program keep -C.
            conflict_handler="resolve",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            **kwargs,
        )
        self._negative_number_matcher = NEGATIVE_NUMBER
        self.settings = settings
        self._command = command
        _add_common_options(self, settings)
        if command is not None:
            add_arguments(self, command, settings.parsed)
            self.set_defaults(**{COMMAND_ATTRIBUTE: command})

    def format_help(self) -> str:
        command = self._command
        if command is not None:
            show_values(self, self.settings.values_and_places)
            add_docstring_help(self, command.doc.parameters)
            self.description = self.description or escape_lines(command.doc.text)
        self.formatter_class = help_formatter()
        return super().format_help() + PARAMETERS_HEADING + self.settings.list_parameters()

    def parse(self, argv: Sequence[str]) -> Command | None:
        """Return the command to run; end the process if the command line is wrong."""
        dashed = self.settings.argv = _with_dashes(argv)
        namespace, rest = self.parse_known_args(self._separate_command(dashed))
        command: Command | None = getattr(namespace, COMMAND_ATTRIBUTE, None)
        # argparse leaves a "--" in the rest if nothing follows it.
        unknown = [text for text in rest if text != "--"]
        if unknown and command is not None:
            unknown = self._parser_of(command)._take_items(unknown, argv)
        written = dict(zip(dashed, argv, strict=True))
        extra = [written.get(text, text) for text in unknown]
        if unknown and self.settings.extra == "refuse":
            self.error(f"unrecognized arguments: {' '.join(extra)}{self._suggest_options(unknown)}")
        self.settings.extra_arguments = extra
        return command

    def _parser_of(self, command: Command) -> Parser:
        parsers = [self, *self._commands().values()]
        return next(parser for parser in parsers if parser._command is command)

    def _take_items(self, rest: list[str], argv: Sequence[str]) -> list[str]:
        """Add the texts that argparse did not recognize to the last positional argument, if it takes several.

        Return the others. argparse assigns no more texts to such an argument after the first option.
        """
        after_dashes = argv[argv.index("--") + 1 :] if "--" in argv else ()
        items = [
            text
            for text in rest
            if not text.startswith("-") or text in after_dashes or is_negative_number(text)
        ]
        several = [action for action in self._actions if isinstance(action, PositionalParameter)]
        if not several or several[-1].nargs not in ("+", "*"):
            return rest
        if len(items) < len(rest) and self.settings.extra == "refuse":
            return rest
        several[-1].take_items(items)
        return [text for text in rest if text not in items]

    # The typeshed has overloads for the kinds of namespaces.
    def parse_known_args(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, args: Any = None, namespace: Any = None
    ) -> Any:
        """Parse a command line, or that of a subcommand, in which a switch can have a value."""
        return super().parse_known_args(self._mark_switch_values(list(args)), namespace)

    def _mark_switch_values(self, argv: list[str]) -> list[str]:
        """Return a command line with the hidden option for each switch that has a value."""
        result: list[str] = []
        texts = iter(enumerate(argv))
        for number, text in texts:
            if text == "--":
                return [*result, *argv[number:]]
            name, equals, value = text.partition("=")
            hidden = name + SwitchValue.MARK
            if hidden in self._option_string_actions:
                if equals:
                    text = f"{hidden}={value}"
                elif argv[number + 1 : number + 2] and argv[number + 1].lower() in SWITCH_VALUES:
                    text = f"{hidden}={argv[number + 1]}"
                    next(texts)
            result.append(text)
        return result

    def _separate_command(self, argv: list[str]) -> list[str]:
        """Return a command line with `--` before the subcommand, so that -D or -C do not take it as a value."""
        commands = self._commands()
        for number, text in enumerate(argv):
            if text == "--":
                break
            is_explained_key = argv[number - 1 : number] in (["-ep"], ["--explain"])
            if text.replace("_", "-") in commands and not is_explained_key:
                argv = [*argv[:number], text.replace("_", "-"), *argv[number + 1 :]]
                return [*argv[:number], "--", *argv[number:]] if number else argv
        return argv

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        # Before Python 3.13, argparse leaves the "--" before the name of a subcommand.
        if action.nargs == argparse.PARSER and arg_strings[:1] == ["--"]:
            arg_strings = arg_strings[1:]
        return super()._get_values(action, arg_strings)

    def _suggest_options(self, unknown: Iterable[str]) -> str:
        """Return the text that suggests, for each unknown option, the most similar option."""
        parsers = (self, *self._commands().values())
        options = [
            option
            for parser in parsers
            for option in parser._option_string_actions
            if option.startswith("--") and not option.endswith(SwitchValue.MARK)
        ]
        similar = [
            option
            for text in unknown
            if text.startswith("--")
            for option in nearest(text.partition("=")[0], options, most=1)
        ]
        return did_you_mean(similar)

    def _commands(self) -> dict[str, Parser]:
        commands: dict[str, Parser] = {}
        for action in self._actions:
            # Only the action of the subcommands has a dict of choices.
            if isinstance(action.choices, dict):
                commands |= action.choices
        return commands

    def print_and_exit(self, text: str) -> NoReturn:
        """Write text to stdout and end the process; do nothing if the reader has closed the pipe."""
        try:
            write(sys.stdout, text)
            sys.stdout.flush()
        except BrokenPipeError:
            # Python flushes stdout once more when it exits. That must not fail.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except OSError as error:
            self.fail(f"cannot write to stdout: {error.strerror}")
        self.exit(0)

    def fail(self, message: str) -> NoReturn:
        """End the process because of a value; unlike `error`, do not print the usage."""
        self.exit(2, f"{plain_message(f'{self.prog}: error: {message}')}\n")

    def error(self, message: str) -> NoReturn:
        """End the process because of a wrong command line."""
        self.print_usage(sys.stderr)
        self.fail(f"{message}{self._dash_hint(message)}")

    def _dash_hint(self, message: str) -> str:
        """Return how to write a value that begins with a dash, if an option without a value is before one."""
        option = re.search(r"(--[\w-]+): expected (?:at least )?one argument", message)
        if option is None:
            return ""
        name, texts = option[1], self.settings.argv
        for text, next_text in pairwise(texts):
            if text == name and next_text[:1] == "-" and next_text not in self._option_string_actions:
                return f"; a value that begins with a dash is written {name}={next_text}"
        return ""

    def _print_message(self, message: str, file: Any = None) -> None:
        write(sys.stderr if file is None else file, message)


def _with_dashes(argv: Sequence[str]) -> list[str]:
    """Return a command line with dashes for underscores in options: users may write `--batch_size` too."""
    result: list[str] = []
    for number, text in enumerate(argv):
        if text == "--":
            return [*result, *argv[number:]]
        if text.startswith("--"):
            name, equals, value = text.partition("=")
            text = name.replace("_", "-") + equals + value
        result.append(text)
    return result


def help_formatter() -> Any:
    """Return the class that formats help: with colours on a terminal, if rich-argparse is installed."""
    plain_formatter = argparse.RawDescriptionHelpFormatter
    if sys.stdout is None or not sys.stdout.isatty() or "NO_COLOR" in os.environ:
        return plain_formatter
    try:
        from rich_argparse import RawDescriptionRichHelpFormatter
    except ImportError:
        return plain_formatter

    class ColouredFormatter(RawDescriptionRichHelpFormatter):
        # Brackets in a docstring are brackets, not markup.
        help_markup = text_markup = usage_markup = False
        # Do not change the case of headings.
        group_name_formatter = str

    return ColouredFormatter


def _add_common_options(parser: Parser, settings: Settings) -> None:
    parsed = settings.parsed
    group = parser.add_argument_group("configuration options")
    add = partial(group.add_argument, action=CommonOption)
    define = add(
        "-D",
        "--define",
        store=parsed.add_defines,
        nargs="+",
        metavar="KEY=VALUE",
        help="set parameters; if a key is set twice, the last value wins",
    )
    add(
        "-C",
        "--config",
        store=parsed.add_files,
        nargs="+",
        metavar="FILE",
        help="read parameters from TOML, YAML or JSON files",
    )
    add("-lps", "--list-params", store=parsed.request_list, nargs=0, help="list all parameters and exit")
    explain = add(
        "-ep",
        "--explain",
        store=parsed.request_explanation,
        nargs="+",
        metavar="KEY",
        help="show the values of parameters and where they are set, and exit",
    )
    add(
        "--allow-unknown",
        store=parsed.allow_unknown,
        nargs=0,
        help="warn of an unknown key, instead of refusing it",
    )
    sweep = add(
        "--sweep",
        store=parsed.add_sweep,
        metavar="KEY=VALUES",
        help="run once for each set of values, such as train.lr=0.1,0.2 or train.lr=loguniform(1e-4,1e-1); "
        "with it: --trials, --jobs, --out, --metric, --maximize",
    )
    if settings.is_sweep:
        _add_sweep_options(partial(group.add_argument, action=CommonOption, store=parsed.add_sweep_option))
    if settings.version is not None:
        group.add_argument(
            "--version",
            action="version",
            version=f"{parser.prog} {settings.version}",
            help="show the version of the program and exit",
        )
    # argcomplete reads this attribute.
    define.completer = settings.complete_define  # type: ignore[attr-defined]
    sweep.completer = settings.complete_define  # type: ignore[attr-defined]
    explain.completer = settings.complete_key  # type: ignore[attr-defined]


def _add_sweep_options(add: Callable[..., object]) -> None:
    """Add the options of a sweep. Each has a second name, because a parameter may have the first one."""
    add("--trials", "--sweep-trials", type=_positive_integer, metavar="N", help="draw so many sets at random")
    add(
        "--jobs",
        "--sweep-jobs",
        type=_positive_integer,
        metavar="N",
        help="run the trials in so many processes",
    )
    add("--out", "--sweep-out", metavar="FILE", help="write the trials to a file, and go on where it stops")
    add("--metric", "--sweep-metric", metavar="NAME", help="the result to compare, if results are mappings")
    add("--maximize", "--sweep-maximize", nargs=0, help="the highest result is the best")


def _positive_integer(text: str) -> int:
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"expected a positive integer, got {text!r}")
