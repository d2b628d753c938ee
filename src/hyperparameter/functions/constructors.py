"""Decorated classes: the parameters of their constructors are bound.

A class that is being defined is changed in place, so it stays that class. A class that is finished can have
other users. They must not notice, so a subclass is decorated instead:

    @hp.param("model")               Adam = hp.param("adam")(torch.optim.Adam)
    class Model: ...                 sparse = hp.param("sparse")(torch.optim.Adam)
"""

from __future__ import annotations

import sys
from types import BuiltinFunctionType, WrapperDescriptorType, new_class

from ..core.wrapper import with_globals
from .binding import decorate_with_binding
from .models import bind_validation
from .registry import bindings, bindings_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

__all__ = ["decorate_class"]


def decorate_class(cls: Any, namespace: str, frame: FrameType) -> Any:
    """Decorate the constructor of a class, or of a subclass if the class must not change."""
    if hasattr(cls, "__struct_fields__"):
        raise TypeError(f"{cls.__name__} is a msgspec.Struct, and its constructor cannot be bound")
    if not _constructors_of(cls):
        raise TypeError(
            f"{cls.__name__} has no parameters to bind (if a decorator such as dataclass adds them, "
            "put hp.param above it)"
        )
    module = frame.f_globals.get("__name__", "builtins")
    if module != cls.__module__ and _is_found_by_name(cls):
        return _decorated_subclass(cls, namespace, module, frame)
    if _is_decorated(cls):
        return _decorated_subclass(cls, namespace, cls.__module__, frame)
    return _bind_constructors(cls, namespace, frame)


def _decorated_subclass(cls: Any, namespace: str, module: str, frame: FrameType) -> Any:
    """Return the subclass that is decorated instead of a class: the same one each time."""
    for binding in bindings_in(namespace):
        subclass = binding.cls
        if subclass is not None and subclass.__base__ is cls and subclass.__module__ == module:
            reduce_ex = vars(subclass).get("__reduce_ex__")
            # The other subclasses are those that a user has written.
            if getattr(reduce_ex, "__module__", None) == __name__:
                return subclass
    return _bind_constructors(_subclass(cls, namespace, module), namespace, frame)


def _bind_constructors(cls: Any, namespace: str, frame: FrameType) -> Any:
    for name in _constructors_of(cls):
        function = cls.__dict__[name] if name in cls.__dict__ else _call_inherited(cls, name)
        # `__new__` is a static method.
        function = getattr(function, "__func__", function)
        decorated, binding = decorate_with_binding(function, namespace, frame, cls)
        setattr(cls, name, staticmethod(decorated) if name == "__new__" else decorated)
        if name == "__init__":
            bind_validation(cls, binding)
    return cls


def _constructors_of(cls: Any) -> list[str]:
    """Return which of `__init__` and `__new__` to bind: those of Python, as those of C name no parameters."""
    inherited = {"__init__": _first_init(cls.__mro__), "__new__": cls.__new__}
    names = [name for name, function in inherited.items() if function is not getattr(object, name)]
    of_python = [
        name for name in names if not isinstance(inherited[name], BuiltinFunctionType | WrapperDescriptorType)
    ]
    return of_python or names


def _first_init(classes: tuple[type, ...]) -> Any:
    """Return the first `__init__` in a sequence of classes, apart from those that a Protocol class has.

    A Protocol class has an `__init__` that searches for the next one, but only if no other class has its own.
    """
    placeholder = _protocol_init()
    for cls in classes:
        function = cls.__dict__.get("__init__", placeholder)
        if function is not placeholder:
            return function
    return object.__init__


def _protocol_init() -> Any:
    """Return the `__init__` of Protocol classes; None if `typing` is not imported."""
    return getattr(sys.modules.get("typing"), "_no_init_or_replace_init", None)


def _is_found_by_name(cls: Any) -> bool:
    """Return whether a class is finished: its module has it under its name."""
    found: Any = sys.modules.get(cls.__module__)
    for name in cls.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is cls


def _is_decorated(cls: Any) -> bool:
    own = (cls.__dict__.get(name) for name in ("__init__", "__new__"))
    if not any(hasattr(constructor, "__wrapped__") for constructor in own):
        # This is the usual case, and it does not need all bindings.
        return False
    return any(binding.cls is cls for binding in bindings())


def _subclass(cls: Any, namespace: str, module: str) -> Any:
    """Return a new subclass with the name of the class."""

    super_of: Any = super

    def reduce_ex(self: Any, protocol: Any) -> Any:
        reduced = super_of(subclass, self).__reduce_ex__(protocol)
        if type(self) is not subclass or type(reduced) is not tuple or _is_found_by_name(subclass):
            return reduced
        # pickle does not find the subclass by its name, so the process that loads the object decorates again.
        function, args, *rest = reduced
        is_class = tuple(value is subclass for value in (function, *args))
        values = tuple(None if value is subclass else value for value in (function, *args))
        return _rebuilt, (cls, namespace, module, is_class, values), *rest

    members = {
        "__module__": module,
        "__qualname__": cls.__qualname__,
        "__doc__": cls.__doc__,
        "__slots__": (),
        "__reduce_ex__": reduce_ex,
    }
    subclass = new_class(cls.__name__, (cls,), exec_body=lambda body: body.update(members))
    return subclass


def _rebuilt(cls: Any, namespace: str, module: str, is_class: tuple[bool, ...], values: tuple[Any, ...]) -> Any:
    """Call a function that makes an object. The decorated subclass of `cls` is put where `is_class` is true."""
    subclass = _decorated_subclass(cls, namespace, module, sys._getframe())
    function, *args = (subclass if put else value for put, value in zip(is_class, values, strict=True))
    return function(*args)


def _call_inherited(cls: Any, name: str) -> Any:
    """Return a constructor that calls the inherited one: the next in the order of the instance's class."""
    from functools import update_wrapper

    # A metaclass gives a class that it makes the module of the function that calls `type.__new__`. So these
    # must be functions of the module of `cls`, which use no global names of this module.
    super_of: Any = super
    placeholder, next_init = _protocol_init(), _init_after
    if name == "__init__":

        def init(self: Any, /, *args: Any, **kwargs: Any) -> None:
            inherited = super_of(cls, self).__init__
            if placeholder is not None and getattr(inherited, "__func__", None) is placeholder:
                inherited = next_init(cls, self)
            inherited(*args, **kwargs)

        return update_wrapper(_in_module_of(cls, init), _first_init(cls.__mro__))

    def new(instance_class: Any, /, *args: Any, **kwargs: Any) -> Any:
        return super_of(cls, instance_class).__new__(instance_class, *args, **kwargs)

    return update_wrapper(_in_module_of(cls, new), cls.__new__)


def _init_after(cls: Any, instance: Any) -> Any:
    """Return the bound `__init__` of the classes after `cls`, apart from those of Protocol classes."""
    classes = type(instance).__mro__
    return _first_init(classes[classes.index(cls) + 1 :]).__get__(instance)


def _in_module_of(cls: Any, function: Any) -> Any:
    """Return a copy of a closure as a function of the module of a class."""
    module = sys.modules.get(cls.__module__)
    return function if module is None else with_globals(function, vars(module))
