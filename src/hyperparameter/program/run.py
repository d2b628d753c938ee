"""Run functions as a program: the implementation of `hp.launch`.

functions, argv ──► Parser ──► ParsedArguments ──┐
                 files, environment variables ───┴──► Settings ──► check ──► baseline ──► call
"""

from __future__ import annotations

import os
import sys
from functools import partial

from ..core.context import is_in_scope
from ..errors import ParamError, short_repr
from ..output import escape_lines, plain_message, write
from ..scopes.scope import Scope
from .baselines import run_baseline
from .command import Command, decorated_functions
from .parser import Parser
from .settings import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from os import PathLike
    from types import FrameType
    from typing import Any

    from ..configuration.environment import Environment
    from ..core.value import Entry

__all__ = ["run_program"]


def run_program(
    functions: Sequence[Callable[..., Any]],
    *,
    argv: Sequence[str] | None,
    prog: str | None,
    description: str | None,
    config: str | PathLike[str] | Iterable[str | PathLike[str]],
    env: str | Environment | None,
    allow_unknown: bool,
    version: str | None,
    extra: str,
    caller: FrameType,
) -> Any:
    """Run functions as `hp.launch` describes it; `caller` is the frame that calls `hp.launch`."""
    commands = [Command(function) for function in functions or _functions_of(caller)]
    _check_commands(commands)
    if argv is not None and not (
        isinstance(argv, list | tuple) and all(isinstance(text, str) for text in argv)
    ):
        raise TypeError(f"hp.launch expected argv to be a list of texts, got {short_repr(argv)}")
    if extra not in ("refuse", "ignore", "pass"):
        raise ValueError(
            f"hp.launch expected extra to be 'refuse', 'ignore' or 'pass', got {short_repr(extra)}"
        )
    arguments = _arguments_of_process() if argv is None else list(argv)
    settings = Settings(
        config_files=[config] if isinstance(config, str | os.PathLike) else list(config),
        env=env,
        allow_unknown=allow_unknown,
        main_files=[caller.f_code.co_filename, *(command.file for command in commands)],
        version=_version_of(caller) if version is None else version,
        extra=extra,
        is_sweep=_has_sweep(arguments),
    )
    parser = _make_parser(commands, settings, prog or _module_name(), description)
    return _run(parser, commands, arguments)


def _arguments_of_process() -> list[str]:
    """Return the command line; in a notebook it is that of the kernel, which is not for the program."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return [] if hasattr(shell, "kernel") else sys.argv[1:]


def _has_sweep(arguments: Sequence[str]) -> bool:
    return any(text == "--sweep" or text.startswith("--sweep=") for text in arguments)


def _version_of(caller: FrameType) -> str | None:
    """Return the `__version__` of the calling module, or of its package."""
    package = sys.modules.get(str(caller.f_globals.get("__package__") or ""))
    for names in (caller.f_globals, vars(package) if package is not None else {}):
        version = names.get("__version__")
        if isinstance(version, str):
            return version
    return None


def _functions_of(caller: FrameType) -> list[Any]:
    """Return the functions that the code around a launch decorates: of its function, else of its module."""
    local_names = {} if caller.f_locals is caller.f_globals else caller.f_locals
    module = caller.f_globals.get("__name__")
    return decorated_functions(local_names, module) or decorated_functions(caller.f_globals, module)


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
    # The spec of an archive or folder that is run has no name of its own.
    if spec is not None and spec.name == "__main__":
        return None
    return None if spec is None else f"python -m {spec.name.removesuffix('.__main__')}"


def _make_parser(
    commands: Sequence[Command], settings: Settings, prog: str | None, description: str | None
) -> Parser:
    if len(commands) == 1:
        return Parser(settings, commands[0], prog=prog, description=description)
    parser = Parser(settings, prog=prog, description=description)
    subparsers = parser.add_subparsers(metavar="COMMAND", title="commands", prog=prog)
    for command in commands:
        summary = escape_lines(command.doc.summary).replace("%", "%%")
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
            parser.print_and_exit(escape_lines(settings.requested_text()))
        if command is None:
            names = ", ".join(command.name for command in commands)
            parser.error(f"expected a command: {names}")
        space, swept = _space_of(parser)
        settings.check(parser.prog, swept)
        arguments = command.direct_arguments(settings.parsed)
        call = _sweep_of(command, arguments, space, parser) if space else partial(command.call, *arguments)
    except ParamError as error:
        parser.fail(str(error))
    if settings.extra != "pass":
        return _call(call, settings.entries)
    all_arguments, sys.argv = sys.argv, [*sys.argv[:1], *settings.extra_arguments]
    try:
        return _call(call, settings.entries)
    finally:
        sys.argv = all_arguments


def _space_of(parser: Parser) -> tuple[dict[str, Any], dict[str, Entry]]:
    """Return the values of each key of `--sweep`, and an entry with one of these."""
    parsed = parser.settings.parsed
    if parsed.sweeps:
        from .sweeping import example_of, space_of

        space = space_of(parsed, parser.settings.catalog)
        return space, {key: (example_of(space[key]), origin) for key, (_, origin) in parsed.sweeps.items()}
    if parsed.sweep_options:
        parser.error(f"--{next(iter(parsed.sweep_options))} needs --sweep KEY=VALUES")
    return {}, {}


def _sweep_of(
    command: Command, arguments: tuple[list[Any], list[Any]], space: dict[str, Any], parser: Parser
) -> Callable[[], Any]:
    """Return the sweep that the program runs instead of its function."""
    from .sweeping import CommandCall, summary_of, sweep_command

    parsed = parser.settings.parsed

    def sweep() -> Any:
        try:
            results = sweep_command(CommandCall(command, arguments), space, parsed)
        # The file of the sweep cannot be used.
        except OSError as error:
            parser.fail(f"cannot use {error.filename}: {error.strerror}" if error.strerror else str(error))
        except ValueError as error:
            parser.fail(str(error))
        except KeyboardInterrupt:
            file = parsed.sweep_options.get("out")
            hint = f"; the same command goes on with {file}" if file else ""
            parser.exit(130, f"{plain_message(f'{parser.prog}: the sweep was stopped{hint}')}\n")
        write(sys.stdout, summary_of(results))
        if len(results.failed) == len(results):
            parser.exit(1)
        return results

    return sweep


def _call(call: Callable[[], Any], entries: dict[str, Entry]) -> Any:
    scope = Scope(entries)
    with run_baseline(scope):
        if not is_in_scope():
            return call()
        # The scope of the caller would override the baseline, so enter the values again above that scope.
        with scope:
            return call()


def _complete(parser: Parser) -> None:
    """Print completions and end the process, if the shell requests them and argcomplete is installed."""
    try:
        import argcomplete
    except ImportError:
        return
    argcomplete.autocomplete(parser)
