"""What a decorated function looks like to `inspect`, picklers, mocks and debuggers.

For all of these, a decorated function must look like a function of the same kind as the function that it wraps.
It has one of two forms:

- under the Rust kernel, an object of that kernel;
- for a coroutine or generator function, and for every function under the Python kernel, a `FunctionObject`.

Both hold a plain function, and have the attributes of that function. One of these attributes is `__class__`, so
that `isinstance` treats the object as a function. A real function would not do, because a tool that reloads
code in place puts new code into it, and the binding would be lost (see reload.py).

`pickle` pickles both by name. A pickler that works by value, such as cloudpickle, pickles the code, the
closure and the attributes of a plain function. For an object, it pickles the plain function in the object. So
this plain function has to work when it is called: it calls `binding.call`, which wraps the original function
again in the process that loads it.
"""

from __future__ import annotations

from types import FunctionType, MethodType

from ..core.kernel import decorate
from ..core.wrapper import as_function
from .reload import RELOADED, set_attribute
from .steps import kind_of, start_unregistered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .binding import Binding

__all__ = ["FunctionObject", "held_by", "plain_function", "plain_function_of_kind", "plain_of", "wrap"]


def wrap(function: Any, binding: Binding) -> Any:
    """Return `function` decorated: its calls take arguments from the scopes, and it looks like `function`."""
    from functools import update_wrapper

    wrapper = decorate(function, binding)
    kind = kind_of(function)
    if kind != "function" or type(wrapper) is FunctionType:
        cls = _PlainObject if kind == "function" else FunctionObject
        wrapper = cls(wrapper, plain_function_of_kind(kind, function, binding), binding)
    return update_wrapper(wrapper, function)


class FunctionObject:
    """A decorated function, in Python.

    A coroutine or generator function has its arguments resolved at the call. A real function of such a kind
    cannot do that, because Python runs nothing of it before the first step.
    """

    # `_held` is the binding. `__call__` is a slot, because Python then finds what to call without a method.
    __slots__ = ("__call__", "__dict__", "__weakref__", "_held", "_plain")
    __call__: Callable[..., Any]

    def __init__(self, call: Callable[..., Any], plain: Callable[..., Any], held: Any) -> None:
        object.__setattr__(self, "__call__", call)
        object.__setattr__(self, "_plain", plain)
        object.__setattr__(self, "_held", held)
        # `inspect.getattr_static` reads this without `__getattribute__`.
        object.__setattr__(self, "__dict__", plain.__dict__)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    def __set_name__(self, owner: Any, name: str) -> None:
        # A class turns these into static and class methods by itself, but only if they are real functions.
        if name == "__new__":
            type.__setattr__(owner, name, staticmethod(self))
        elif name in ("__init_subclass__", "__class_getitem__"):
            type.__setattr__(owner, name, classmethod(self))

    def __reduce_ex__(self, protocol: Any) -> Any:
        # pickle treats a text as the name of the object in its module.
        return self.__qualname__

    def __repr__(self) -> str:
        return repr(plain_of(self))

    # `help` and `inspect.getattr_static` read these without `__getattribute__`. The first one replaces the
    # docstring above.
    __doc__: Any = property(lambda self: plain_of(self).__doc__)
    __name__: Any = property(lambda self: plain_of(self).__name__)
    __code__: Any = property(lambda self: plain_of(self).__code__)
    __defaults__: Any = property(lambda self: plain_of(self).__defaults__)

    # Every other attribute is that of the plain function.

    def __getattribute__(self, name: str) -> Any:
        if name in ("__call__", "__get__", "__reduce_ex__"):
            return object.__getattribute__(self, name)
        return getattr(plain_of(self), name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in RELOADED:
            setattr(plain_of(self), name, value)
            return
        binding = held_by(self)
        set_attribute(binding, plain_of(self), name, value)
        object.__setattr__(self, "__call__", decorate(binding.function, binding))
        object.__setattr__(self, "__dict__", plain_of(self).__dict__)

    def __delattr__(self, name: str) -> None:
        delattr(plain_of(self), name)


# The class of the functions of the Python kernel. The interpreter names it in errors: "'function' object is not
# subscriptable".
_PlainObject: Any = type(
    "function",
    (FunctionObject,),
    {"__slots__": (), "__module__": "builtins", "__doc__": FunctionObject.__dict__["__doc__"]},
)

# These read the slots of a `FunctionObject` without calling its `__getattribute__`.
held_by: Callable[[FunctionObject], Any] = FunctionObject.__dict__["_held"].__get__
plain_of: Callable[[FunctionObject], Any] = FunctionObject.__dict__["_plain"].__get__


def plain_function(function: Any, binding: Binding) -> Any:
    """Return the plain function that holds the attributes of an object that wraps `function`."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return binding.call(*args, **kwargs)

    return as_function(call, function)


def plain_function_of_kind(kind: str, function: Any, binding: Any) -> Any:
    """Return a plain function of a kind, as `plain_function` does."""
    if kind == "function":
        return plain_function(function, binding)
    if kind == "coroutine":
        return as_function(_coroutine_function(binding), function)
    if kind == "async generator":
        return as_function(_async_generator_function(binding), function)
    call = _generator_function(binding)
    if kind == "awaitable generator":
        from types import coroutine

        call = coroutine(call)
    return as_function(call, function)


def _coroutine_function(binding: Binding) -> Any:
    async def call(*args: Any, **kwargs: Any) -> Any:
        return await binding.call(*args, **kwargs)

    return call


def _generator_function(binding: Binding) -> Any:
    def call(*args: Any, **kwargs: Any) -> Any:
        return (yield from binding.call(*args, **kwargs))

    return call


def _async_generator_function(binding: Binding, start: Callable[..., Any] = start_unregistered) -> Any:
    # `call` must not use a global name of this module (see `as_function`), so `start` is a local name.
    # An async generator cannot `yield from` another one. So `call` passes on each item, value and error.
    async def call(*args: Any, **kwargs: Any) -> Any:
        generator = binding.call(*args, **kwargs)
        step = start(generator)
        while True:
            try:
                item = await step
            except StopAsyncIteration:
                return
            try:
                step = generator.asend((yield item))
            except GeneratorExit:
                await generator.aclose()
                raise
            except BaseException as error:
                step = generator.athrow(error)

    return call
