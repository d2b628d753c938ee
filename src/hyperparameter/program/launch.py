"""`hp.launch`: decorated functions become a program."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from os import PathLike
    from typing import Any

    from ..configuration.environment import Environment

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
    """Run a function as a program, or one of several as its subcommands, and return what it returns.

    Parameters without a default are positional arguments, the others options. Every parameter of the
    program, not of the function alone, can be set by `-D key=value` and by files given with `-C`.
    What is set becomes the baseline, which threads and bound processes see. Where several sources set
    a parameter, the later of these wins: default, file, environment, `-D`, option.

    Args:
        functions: functions or classes, decorated by `hp.param` or not; without any, those that the
            calling module decorates, but for names with a leading underscore.
        argv: arguments, instead of those of the process.
        prog: name of the program in its messages, instead of that of the script.
        description: what the program is for, instead of the function's docstring.
        config: files that are read before those that the user gives.
        env: prefix of the environment variables that set parameters, such as `"APP_"`; none without it.
        allow_unknown: go on where a key is set that nothing declares, as with `--allow-unknown`.

    Wrong input ends the process with exit code 2 and a message on stderr, before a function is called:
    `SystemExit` is raised. Raises `TypeError` for a function that cannot become a program.

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
    from .command import decorated_in
    from .program import Program

    caller = sys._getframe(1)
    if not functions:
        functions = tuple(decorated_in(caller.f_globals))
    program = Program(
        functions,
        prog=prog,
        description=description,
        config=config,
        env=env,
        allow_unknown=allow_unknown,
        caller=caller.f_code.co_filename,
    )
    if isinstance(argv, str) or not all(isinstance(text, str) for text in argv or ()):
        raise TypeError(f"argv is a list of texts, not {argv!r}")
    return program.run(sys.argv[1:] if argv is None else list(argv))
