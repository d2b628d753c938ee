"""Warn of a context manager or fixture whose scope cannot reach the block that it is for.

    @contextmanager
    @hp.param("tuned")
    def tuned(lr=0.1):
        with hp.scope(**{"train.lr": lr}):
            yield

A decorated generator runs in a view of its own. So the block of `with tuned():` does not see the scope that the
generator has entered.
"""

from __future__ import annotations

import sys

from ..core.origin import PACKAGE_FOLDER
from ..scopes.scope import scope
from .steps import View, ViewScope, drive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["drive_checked"]

# What calls a generator function to make a context manager or a fixture of it: the module, and what to do.
_ADVICE = {
    "contextlib": "the block of its `with`. Put hp.param above the context manager decorator",
    "_pytest.fixtures": "the test. Read the parameters of the fixture by hp.scope, without hp.param",
}


def drive_checked(generator: Any, view: View, function: Any) -> Any:
    """Drive a generator of `function`; warn if it yields inside of a scope that its block does not see."""
    advice = _ADVICE.get(_calling_module())
    if advice is None:
        return drive(generator, view)

    def check() -> None:
        if type(scope.current()) is not ViewScope:
            _warn(function, advice)

    return drive(generator, view, check)


def _calling_module() -> Any:
    """Return the name of the module that called the decorated function; None if Python itself called it."""
    depth = 1
    # In CPython 3.11 `frame.f_back` hides an error if memory is exhausted. So each frame is found by its depth.
    try:
        while sys._getframe(depth).f_code.co_filename.startswith(PACKAGE_FOLDER):
            depth += 1
        return sys._getframe(depth).f_globals.get("__name__")
    except ValueError:
        return None


def _warn(function: Any, advice: str) -> None:
    from warnings import warn_explicit

    code = function.__code__
    name = f"{function.__qualname__}()"
    text = f"{name} is decorated by hp.param, so the scope that it enters does not reach {advice}"
    warn_explicit(text, UserWarning, code.co_filename, code.co_firstlineno, function.__module__)
