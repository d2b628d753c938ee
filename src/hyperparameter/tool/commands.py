"""The commands of the `hp` tool, and how the process ends."""

from __future__ import annotations

import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING

from ..errors import ParamError, nearest
from .parser import COMMANDS, made
from .targets import UnusableError
from .terminal import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["run"]


def run(argv: Sequence[str]) -> int:
    """Run one command line, and return the exit code: 0, 1 for what is at fault, 2 for what cannot be used."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names that the terminal's encoding lacks
    parser = made()
    if not argv:
        parser.print_help(sys.stderr)
        return 2
    if argv[0][:1] != "-" and argv[0] not in COMMANDS:
        near = nearest(argv[0], COMMANDS, most=1)
        hint = f"nearest: {near[0]!r}" if near else f"there are {', '.join(COMMANDS)}"
        return _fail(f"no command is called {argv[0]!r}; {hint}")
    try:
        arguments, unknown = parser.parse_known_args(argv)
        if unknown:
            arguments.parser.refuse(unknown)
        code: int = arguments.run(arguments)
        sys.stdout.flush()
        return code
    except (UnusableError, ParamError) as error:
        return _fail(str(error))
    except BrokenPipeError:  # as by `| head`: who has seen enough is told no more
        from .terminal import gone

        gone()
        return 0


def _fail(text: str) -> int:
    sys.stderr.write("".join(f"{clean(line)}\n" for line in f"hp: error: {text}".split("\n")))
    return 2
