"""Rebuild a wrapper as a function of the module of the function that it wraps."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["as_function", "with_globals"]

_function_type: Any = type(lambda: None)


def as_function(wrapper: Callable[..., Any], function: Any) -> Any:
    """Return a copy of the closure `wrapper` whose globals are those of `function`.

    A pickler that pickles functions by value, and a tool that finds the module of a function, use its globals.
    So the wrapper must not use any global name of its own module: it closes over everything that it needs.
    """
    return with_globals(wrapper, getattr(function, "__globals__", globals()))


def with_globals(wrapper: Callable[..., Any], function_globals: dict[str, Any]) -> Any:
    """Return a copy of the closure `wrapper` that has these globals (see `as_function`)."""
    copy = _function_type(wrapper.__code__, function_globals, "call", None, wrapper.__closure__)
    copy.__qualname__ = "call"
    return copy
