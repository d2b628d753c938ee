"""`@hp.param`: the decorator that binds the parameters of a function to keys."""

from __future__ import annotations

import sys

from ..conversion.annotations import outer_names
from ..core.key import check_key
from ..errors import short_repr
from ..scopes.reference import Reference
from .binding import Binding
from .wrappers import wrap

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
        return _decorate_class(target, namespace, frame)
    return _decorate_function(target, namespace, frame)


def _decorate_function(function: Any, namespace: str, frame: FrameType, cls: Any = None) -> Any:
    _refuse_reference_defaults(function)
    binding = Binding(namespace, function, outer_names(function, frame), cls)
    binding.decorated = decorated = wrap(function, binding)
    return decorated


def _refuse_reference_defaults(function: Any) -> None:
    positional_defaults = getattr(function, "__defaults__", None) or ()
    keyword_defaults = getattr(function, "__kwdefaults__", None) or {}
    for default in (*positional_defaults, *keyword_defaults.values()):
        # A proxy as default, such as `flask.current_app`, can fail if `isinstance` asks for its `__class__`.
        if issubclass(type(default), Reference):
            raise TypeError(
                f"a default of {function.__qualname__}() is the reference {default!r}, not a value: "
                "use a value as default, and read the reference in the body"
            )


def _decorate_class(cls: Any, namespace: str, frame: FrameType) -> Any:
    """Decorate the constructor of a class. The class is changed in place, so it stays that class."""
    if hasattr(cls, "__struct_fields__"):
        raise TypeError(f"{cls.__name__} is a msgspec.Struct, and its constructor cannot be bound")
    constructors = [name for name in ("__init__", "__new__") if getattr(cls, name) is not getattr(object, name)]
    if not constructors:
        raise TypeError(
            f"{cls.__name__} has no parameters to bind (if a decorator such as dataclass adds them, "
            "put hp.param above it)"
        )
    for name in constructors:
        function = cls.__dict__[name] if name in cls.__dict__ else _call_inherited(cls, name)
        # `__new__` is a static method.
        function = getattr(function, "__func__", function)
        decorated = _decorate_function(function, namespace, frame, cls)
        setattr(cls, name, staticmethod(decorated) if name == "__new__" else decorated)
    return cls


def _call_inherited(cls: Any, name: str) -> Any:
    """Return a constructor that calls the inherited one: the next in the order of the instance's class."""
    from functools import update_wrapper

    if name == "__init__":

        def init(self: Any, /, *args: Any, **kwargs: Any) -> None:
            super(cls, self).__init__(*args, **kwargs)

        return update_wrapper(init, cls.__init__)

    def new(instance_class: Any, /, *args: Any, **kwargs: Any) -> Any:
        return super(cls, instance_class).__new__(instance_class, *args, **kwargs)

    return update_wrapper(new, cls.__new__)
