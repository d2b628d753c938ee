"""Decorated functions that run step by step: coroutine functions, generators, async generators."""

from __future__ import annotations

from .bind import DRIVERS, first_step, kind_of, present_view
from .wrappers import pickled, stand_in_steps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["Stepwise"]


def _of_plain(name: str) -> Any:
    """Return an attribute that the class would have of its own as that of its function."""
    return property(lambda self: getattr(self._Stepwise__plain, name))


# A decorated coroutine, generator or async generator function. Its arguments are resolved at the call, which
# no function that is itself of that kind can do: nothing of such a function runs before its first step. So
# it is an object which says that it is a function, and whose attributes are those of one of its kind,
# its docstring and module too. That function is what it is pickled as by value.


class Stepwise:
    __doc__ = _of_plain("__doc__")
    __dict__ = _of_plain("__dict__")
    __class__ = _of_plain("__class__")  # pyright: ignore[reportIncompatibleMethodOverride]
    __slots__ = ("__call", "__driver", "__plain", "__weakref__")

    def __init__(self, call: Any, function: Any, binding: Any) -> None:
        from functools import update_wrapper

        kind = kind_of(function)
        plain = update_wrapper(stand_in_steps(function, binding, kind, first_step), function)
        # each of what is written in the class's own way, which is to write to the function
        object.__setattr__(self, "_Stepwise__plain", plain)
        object.__setattr__(self, "_Stepwise__call", call)
        object.__setattr__(self, "_Stepwise__driver", DRIVERS.get(kind))

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        made = self.__call(*args, **kwargs)
        return made if self.__driver is None else self.__driver(self, made, present_view())

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        from types import MethodType

        return self if instance is None else MethodType(self, instance)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__plain, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.__plain, name, value)
        if name == "__code__":  # it has other code now
            object.__setattr__(self, "_Stepwise__call", self.__plain)
            object.__setattr__(self, "_Stepwise__driver", None)

    def __delattr__(self, name: str) -> None:
        delattr(self.__plain, name)

    def __dir__(self) -> list[str]:
        return dir(self.__plain)

    def __repr__(self) -> str:
        return f"<hp.param {self.__plain.__wrapped__!r}>"

    def __reduce_ex__(self, protocol: Any) -> Any:
        return pickled(self)


class _Module(str):
    """Be a class's module, which others take for text, and to an object of it that of its function."""

    __slots__ = ()

    def __get__(self, made: Any, owner: type | None = None) -> str:
        return self if made is None else made._Stepwise__plain.__module__


Stepwise.__module__ = _Module(__name__)
