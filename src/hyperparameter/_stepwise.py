"""Decorated functions that run step by step: coroutine functions, generators, async generators."""

from __future__ import annotations

import sys

from .bind import DRIVERS, kind_of, present_view

TYPE_CHECKING = False  # spares the import of typing, as dear as the rest of the library
if TYPE_CHECKING:
    from typing import Any, Self

__all__ = ["Stepwise"]


class Stepwise:
    """Be a decorated coroutine, generator or async generator function.

    Its arguments are resolved at the call, which no function that is itself of that kind can do:
    nothing of such a function runs before its first step. So it is an object with what makes a
    function one to `inspect`.
    """

    def __init__(self, call: Any) -> None:
        self.__bound__ = call
        self._resemble(call.__wrapped__)
        call.__qualname__ += ".__bound__"  # where it is found by name

    def _resemble(self, function: Any) -> None:
        from functools import update_wrapper

        update_wrapper(self, function)
        for name in ("__code__", "__defaults__", "__kwdefaults__"):
            if hasattr(function, name):
                setattr(self, name, getattr(function, name))
        self.__driver = DRIVERS.get(kind_of(function))

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        made = self.__bound__(*args, **kwargs)
        return made if self.__driver is None else self.__driver(self, made, present_view())

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        from types import MethodType

        return self if instance is None else MethodType(self, instance)

    def __repr__(self) -> str:
        return f"<hp.param {self.__wrapped__!r}>"

    # Whether a function is pickled by name or by value is for whoever pickles to say, and only of what is a
    # function: so we leave it to say of the one that we call.

    def __reduce_ex__(self, protocol: Any) -> Any:
        return (_again, (self.__bound__,)) if protocol >= 4 else self.__qualname__

    def __getattr__(self, name: str) -> Any:
        # Unpickled as a part of the function that it calls, it is there before that is whole.
        if name != "__bound__" and "__wrapped__" not in vars(self):
            self._resemble(self.__bound__.__wrapped__)
        return object.__getattribute__(self, name)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: Any) -> Self:
        return self


def _again(call: Any) -> Stepwise:
    """Return the object that calls this function: where that was found by name, the one that has it."""
    found: Any = sys.modules.get(call.__module__)
    for name in call.__qualname__.split(".")[:-1]:
        found = getattr(found, name, None)
    if getattr(found, "__bound__", None) is call:
        return found
    made = Stepwise.__new__(Stepwise)
    made.__bound__ = call
    return made
