"""`@hp.param`: the decorator that binds the parameters of a function to keys."""

from __future__ import annotations

import sys

from ..core.key import check_key
from ..errors import short_repr
from .binding import decorate_function
from .constructors import decorate_class

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any, TypeVar, overload

    F = TypeVar("F", bound=Callable[..., Any])
else:

    def overload(function):
        return function


__all__ = ["param"]


@overload
def param(namespace: str | None = None, /) -> Callable[[F], F]: ...
@overload
def param(function: F, /) -> F: ...
def param(target: Any = None, /) -> Any:
    """Bind the parameters of a function, method or class to keys below a namespace.

    The parameter `x` of a function that is decorated with `@hp.param("ns")` is bound to the key `ns.x`. The
    caller's argument wins, then the value that a scope sets, then the default in the signature. A parameter
    without default can come from a scope. Without a namespace, the function's own name is used.

    A call raises `hp.ParamError` if a value does not fit the annotation or the default, and
    `hp.MissingArgumentError`, a `TypeError`, if neither the caller nor a scope gives an argument.
    The decorator raises `ValueError` if the namespace is not a valid key, and `TypeError` if there are no
    parameters to bind.

    Examples:
        >>> import hyperparameter as hp
        >>> @hp.param("train")
        ... def train(lr=0.1, steps=100):
        ...     return lr, steps
        >>> with hp.scope("train.lr=0.5"):
        ...     train(), train(lr=0.9), train(0.9)
        ((0.5, 100), (0.9, 100), (0.9, 100))
    """
    if target is None or isinstance(target, str):
        namespace = None if target is None else check_key(target)
        return lambda function: _decorate(function, namespace, sys._getframe(1))
    return _decorate(target, None, sys._getframe(1))


def _decorate(target: Any, namespace: str | None, frame: FrameType) -> Any:
    """Decorate a function or class. Text in its annotations can name the variables of `frame`."""
    if isinstance(target, staticmethod | classmethod):
        return type(target)(_decorate(target.__func__, namespace, frame))
    if not callable(target):
        raise TypeError(f"hp.param expected a function or class, got {short_repr(target)}")
    if namespace is None:
        if not hasattr(target, "__name__"):
            raise TypeError(f"{short_repr(target)} has no name: give hp.param a namespace")
        namespace = check_key(target.__name__)
    if isinstance(target, type):
        return decorate_class(target, namespace, frame)
    return decorate_function(target, namespace, frame)
