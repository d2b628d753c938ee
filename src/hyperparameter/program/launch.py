"""`hp.launch`: run functions as a program.

functions, argv ──► Parser ──► ParsedArguments ──┐
                 files, environment variables ───┴──► Settings ──► check ──► baseline ──► call
"""

from __future__ import annotations

import os
import sys

from ..core.context import freeze, is_in_scope, replace_current
from ..errors import ParamError
from ..scopes.scope import Scope
from .command import Command, decorated_functions
from .parser import Parser
from .settings import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from os import PathLike
    from typing import Any

    from ..configuration.environment import Environment
    from ..core.value import Entry

__all__ = ["launch"]


def launch(
    *functions: Callable[..., Any],
    argv: Sequence[str] | None = None,
    prog: str | None = None,
    description: str | None = None,
    config: str | PathLike[str] | Iterable[str | PathLike[str]] = (),
    env: str | Environment | None = None,
    allow_unknown: bool = False,
) -> Any:
    """Run a function as a program, or several functions as subcommands, and return the function's result.

    A parameter without a default becomes a positional argument, any other parameter an option. `-D key=value`
    and the files of `-C` can set every parameter of the program, not only those of the function. The values
    become the baseline, which threads and bound processes see. If several sources set a parameter, the last
    of these wins: default, file, environment, `-D`, option.

    Args:
        functions: functions or classes, decorated by `hp.param` or not. Without any, the program runs those
            that the calling module decorates, except names with a leading underscore.
        argv: the arguments; by default those of the process.
        prog: the name of the program in its messages; by default that of the script.
        description: the description in the help; by default the docstring of the function.
        config: files to read before those that the user gives.
        env: the prefix of the environment variables that set parameters, such as `"APP_"`. Without it, no
            variables are read.
        allow_unknown: warn of a key that looks misspelled instead of refusing it, as `--allow-unknown` does.

    Wrong input ends the process before a function is called: a message is printed to stderr and
    `SystemExit` is raised with exit code 2. Raises `TypeError` for a function that cannot become a program.

    Examples:
        >>> import hyperparameter as hp
        >>> @hp.param("train")
        ... def train(lr: float = 0.1, steps: int = 100):
        ...     return lr, steps
        >>> from hyperparameter.testing import clean
        >>> with clean():
        ...     hp.launch(train, argv=["--lr", "0.5", "-D", "train.steps=7"])
        (0.5, 7)
    """
    caller = sys._getframe(1)
    commands = [Command(function) for function in functions or decorated_functions(caller.f_globals)]
    _check_commands(commands)
    if isinstance(argv, str) or not all(isinstance(text, str) for text in argv or ()):
        raise TypeError(f"hp.launch expected argv to be a list of texts, got {argv!r}")
    settings = Settings(
        config_files=[config] if isinstance(config, str | os.PathLike) else list(config),
        env=env,
        allow_unknown=allow_unknown,
        main_files=[caller.f_code.co_filename, *(command.file for command in commands)],
    )
    parser = _make_parser(commands, settings, prog or _module_name(), description)
    return _run(parser, commands, sys.argv[1:] if argv is None else list(argv))


def _check_commands(commands: Sequence[Command]) -> None:
    if not commands:
        raise TypeError("hp.launch has nothing to run: the calling module decorates no function with hp.param")
    names = [command.name for command in commands]
    duplicates = sorted({name for name in names if names.count(name) > 1})
    if duplicates:
        raise TypeError(f"hp.launch got more than one function with the name {duplicates[0]!r}")


def _module_name() -> str | None:
    """Return the name of a program that is run by `python -m`; argparse replaces None by the script's name."""
    spec = getattr(sys.modules.get("__main__"), "__spec__", None)
    return None if spec is None else f"python -m {spec.name.removesuffix('.__main__')}"


def _make_parser(
    commands: Sequence[Command], settings: Settings, prog: str | None, description: str | None
) -> Parser:
    if len(commands) == 1:
        return Parser(settings, commands[0], prog=prog, description=description)
    parser = Parser(settings, prog=prog, description=description)
    subparsers = parser.add_subparsers(metavar="COMMAND", title="commands", prog=prog)
    for command in commands:
        summary = command.doc.summary.replace("%", "%%")
        subparsers.add_parser(command.name, settings=settings, command=command, help=summary)
    return parser


def _run(parser: Parser, commands: Sequence[Command], argv: Sequence[str]) -> Any:
    """Parse a command line, check every value, and call the function with the values as the baseline."""
    if "_ARGCOMPLETE" in os.environ:
        _complete(parser)
    settings = parser.settings
    try:
        command = parser.parse(argv)
        if settings.parsed.only_prints:
            parser.print_and_exit(settings.requested_text())
        if command is None:
            names = ", ".join(command.name for command in commands)
            parser.error(f"expected a command: {names}")
        settings.check(parser.prog)
        arguments = command.direct_arguments(settings.parsed)
    except ParamError as error:
        parser.fail(str(error))
    return _call(command, arguments, settings.entries)


def _call(command: Command, arguments: tuple[list[Any], list[Any]], entries: dict[str, Entry]) -> Any:
    scope = Scope(entries)
    # The baseline must not include a scope of the caller, because the caller leaves that scope later.
    callers_frame = replace_current(None)
    try:
        with scope:
            freeze()
    finally:
        replace_current(callers_frame)
    if not is_in_scope():
        return command.call(*arguments)
    # The scope of the caller would override the baseline, so enter the values again above that scope.
    with scope:
        return command.call(*arguments)


def _complete(parser: Parser) -> None:
    """Print completions and end the process, if the shell requests them and argcomplete is installed."""
    try:
        import argcomplete
    except ImportError:
        return
    argcomplete.autocomplete(parser)
