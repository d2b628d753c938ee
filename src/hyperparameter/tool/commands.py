"""Run one command line of `hp`, and return the exit code of the process."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

from ..errors import ParamError, did_you_mean, nearest
from ..output import escape_unprintable, write
from .parser import COMMANDS, UsageError, make_parser
from .terminal import discard_stdout

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Sequence

__all__ = ["run"]


def run(argv: Sequence[str]) -> int:
    """Run a command line.

    Return the exit code: 0 for success, 1 for errors in the configuration that was checked or for an
    unknown key, 2 for input that cannot be used.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # Keys may have characters that the encoding of the terminal lacks.
            stream.reconfigure(errors="backslashreplace")
    parser = make_parser()
    if "_ARGCOMPLETE" in os.environ:
        _complete(parser)
    if not argv:
        parser.print_help(sys.stderr)
        return 2
    if argv[0][:1] != "-" and argv[0] not in COMMANDS:
        return _fail(_unknown_command_message(argv[0]))
    try:
        arguments, unknown = parser.parse_known_args(argv)
        if unknown:
            arguments.parser.refuse(unknown)
        exit_code = _command_function(arguments.command)(arguments)
        sys.stdout.flush()
        return exit_code
    except (UsageError, ParamError) as error:
        return _fail(str(error))
    except BrokenPipeError:
        # A reader such as `head` has closed the pipe. That is not an error.
        discard_stdout()
        return 0


def _complete(parser: ArgumentParser) -> None:
    """Print completions and end the process, if argcomplete is installed."""
    try:
        import argcomplete
    except ImportError:
        return
    for action in parser._actions:
        # Only the action of the commands has a dict of choices.
        commands = action.choices.values() if isinstance(action.choices, dict) else ()
        for argument in (argument for command in commands for argument in command._actions):
            if argument.dest == "key":
                argument.completer = _complete_key
    argcomplete.autocomplete(parser)


def _complete_key(prefix: str, **_: Any) -> list[str]:
    """Return the keys of this folder that start with a prefix."""
    from .targets import find_target, scan_targets

    (scanned,) = scan_targets([find_target(".")])
    return [key for key in scanned.catalog.by_key if key.startswith(prefix)]


def _command_function(name: str) -> Callable[[Namespace], int]:
    """Import the function of a command; `hp --help` needs none of them."""
    if name == "ls":
        from .listing import list_parameters

        return list_parameters
    if name == "describe":
        from .description import describe_key

        return describe_key
    if name == "sweep":
        from .sweeps import show_sweep

        return show_sweep
    from .configs import check_config, show_config

    return check_config if name == "check" else show_config


def _unknown_command_message(name: str) -> str:
    hint = did_you_mean(nearest(name, COMMANDS, most=1)) or f"; the commands are {', '.join(COMMANDS)}"
    return f"{name!r} is not a command{hint}"


def _fail(message: str) -> int:
    lines = f"hp: error: {message}".split("\n")
    write(sys.stderr, "".join(f"{escape_unprintable(line)}\n" for line in lines))
    return 2
