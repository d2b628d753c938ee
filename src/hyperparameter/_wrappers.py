"""The plain functions that decorated ones are, or have in the place of code of their own."""

from __future__ import annotations

TYPE_CHECKING = False  # spares the import of typing, as dear as the rest of the library
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["placed", "stand_in"]

_function: Any = type(lambda: None)


def placed(call: Callable[..., Any], function: Any) -> Any:
    """Return a closure as a function of the module that `function` is of.

    Whoever pickles it by value, or asks whose it is, looks at its globals. So it uses none.
    """
    made = _function(call.__code__, getattr(function, "__globals__", globals()), "call", None, call.__closure__)
    made.__qualname__ = "call"
    return made


def stand_in(function: Any, binding: Any) -> Any:
    """Return the plain function that stands for a decorated one which is an object of the Rust kernel's.

    That has its attributes, and is pickled by value as it: as code, which is this one's, and what the code
    closes over, which keeps the binding.
    """

    def call(*args: Any, **kwargs: Any) -> Any:
        return binding.call(*args, **kwargs)

    return placed(call, function)
