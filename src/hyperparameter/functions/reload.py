"""Reload in place: `%autoreload` of IPython puts new code into functions that are in use.

It runs the changed module, and then sets attributes of each old function to those of the new one:

    old.__code__ = new.__code__
    old.__defaults__ = new.__defaults__
    old.__dict__ = new.__dict__

These are attributes of the plain function of a decorated one, which has no code of the user. So if `new` is
decorated too, `old` takes over the function and the namespace of `new`. The last assignment tells which one it
is. If `new` is not decorated, as a method of a decorated class, its attributes are set on the function that was
decorated.

The function that was decorated keeps its identity if it can, and takes new code, too. A method that calls
`super()` refers to its class, and the objects of the old class would not be accepted by the new one.
"""

from __future__ import annotations

from types import CellType, CodeType, FunctionType

from ..core.origin import PACKAGE_FOLDER
from .registry import bindings, register, unregister

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .binding import Binding

__all__ = ["RELOADED", "set_attribute"]

RELOADED = ("__code__", "__defaults__", "__kwdefaults__", "__dict__")


def set_attribute(binding: Binding, plain: Any, name: str, value: Any) -> None:
    """Set an attribute of `RELOADED` of a decorated function that holds the function `plain`."""
    if name == "__dict__":
        other = _binding_with_attributes(value)
        if other is not None:
            _take_over(binding, other)
        plain.__dict__ = {**value, "__wrapped__": binding.function}
    elif name == "__code__":
        binding.is_set_to_decorated = _is_of_decorated_function(value)
        if not binding.is_set_to_decorated:
            binding.function = _with_code(binding.function, value, binding.cls)
            plain.__wrapped__ = binding.function
        elif len(value.co_freevars) == len(plain.__code__.co_freevars):
            # `inspect` tells by the code whether it is a coroutine or generator function.
            plain.__code__ = value
    elif not binding.is_set_to_decorated:
        setattr(binding.function, name, value)
    else:
        return
    binding.connect_function()


def _binding_with_attributes(attributes: dict[str, Any]) -> Binding | None:
    """Return the binding of the decorated function whose `__dict__` this is; None if there is none."""
    for binding in bindings():
        function = binding.decorated_function
        if function is not None and function.__dict__ is attributes:
            return binding
    return None


def _take_over(binding: Binding, other: Binding) -> None:
    unregister(binding)
    binding.namespace, binding.outer_names = other.namespace, other.outer_names
    binding.function = _updated(binding.function, other.function)
    register(binding)


def _updated(old: Any, new: Any) -> Any:
    """Return the old function with the code of the new one; the new one if that is not possible."""
    if old is new or type(old) is not FunctionType or type(new) is not FunctionType:
        return new
    if old.__code__.co_filename.startswith(PACKAGE_FOLDER):
        # It calls an inherited constructor.
        return old
    new.__code__ = _with_filename(new.__code__, old.__code__.co_filename)
    if set(old.__code__.co_freevars) - {"__class__"}:
        return new
    if old.__code__.co_freevars != new.__code__.co_freevars:
        return new
    for name in (*RELOADED, "__annotations__", "__doc__"):
        setattr(old, name, getattr(new, name))
    return old


def _is_of_decorated_function(code: Any) -> bool:
    """Return whether a code object is that of the plain function of a decorated one (see wrappers.py)."""
    is_of_package = code.co_filename.startswith(PACKAGE_FOLDER)
    return is_of_package and code.co_name == "call" and "binding" in code.co_freevars


def _with_filename(code: Any, filename: str) -> Any:
    """Return a code object that belongs to a file, if it seems to belong to this package.

    IPython compiles the new code as code of the file that the old function seems to come from.
    """
    if not code.co_filename.startswith(PACKAGE_FOLDER):
        return code
    constants = [
        _with_filename(value, filename) if type(value) is CodeType else value for value in code.co_consts
    ]
    return code.replace(co_filename=filename, co_consts=tuple(constants))


def _with_code(function: Any, code: Any, cls: Any) -> Any:
    """Return a function with other code; a new function if the code uses other variables around it."""
    if type(function) is not FunctionType:
        return function
    code = _with_filename(code, function.__code__.co_filename)
    if code.co_freevars == function.__code__.co_freevars:
        function.__code__ = code
        return function
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    if cls is not None:
        cells.setdefault("__class__", CellType(cls))
    if not cells.keys() >= set(code.co_freevars):
        return function
    closure = tuple(cells[name] for name in code.co_freevars)
    copy = FunctionType(code, function.__globals__, function.__name__, function.__defaults__, closure)
    copy.__kwdefaults__, copy.__qualname__ = function.__kwdefaults__, function.__qualname__
    copy.__annotations__, copy.__doc__ = function.__annotations__, function.__doc__
    copy.__dict__.update(function.__dict__)
    return copy
