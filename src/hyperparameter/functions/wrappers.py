"""The plain functions that decorated ones are, or have in the place of code of their own."""

from __future__ import annotations

import sys

from ..core.wrapper import as_function

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["pickled", "stand_in", "stand_in_steps"]

_function: Any = type(lambda: None)


def pickled(made: Any) -> Any:
    """Return what a decorated function that is an object of ours is pickled as: its name, as any function.

    dill goes by the type, and is told here, where it first asks, that this one is a function's too: it then
    carries by value what it would of these.
    """
    dill = sys.modules.get("dill")
    if dill is None or type(made) in dill.Pickler.dispatch:
        return made.__qualname__
    dill.pickle(type(made), dill.Pickler.dispatch[_function])
    return _itself, (made,)  # so that whoever pickles, dill or not, asks again


def _itself(made: Any) -> Any:
    return made


def stand_in(function: Any, binding: Any) -> Any:
    """Return the plain function that stands for a decorated one which is an object of the Rust kernel's.

    That has its attributes, and is pickled by value as it: as code, which is this one's, and what the code
    closes over, which keeps the binding.
    """

    def call(*args: Any, **kwargs: Any) -> Any:
        return binding.call(*args, **kwargs)

    return as_function(call, function)


def stand_in_steps(function: Any, binding: Any, kind: str, first_step: Callable[..., Any]) -> Any:
    """Return the function that stands for a decorated one of its kind: for its attributes, and by value."""
    if kind == "coroutine":
        call = _coroutine(binding)
    elif kind == "async generator":
        call = _async_generator(binding, first_step)
    else:
        call = _generator(binding)
    if kind == "awaitable generator":
        from types import coroutine

        call = coroutine(call)
    return as_function(call, function)


def _coroutine(binding: Any) -> Any:
    async def call(*args: Any, **kwargs: Any) -> Any:
        return await binding.call(*args, **kwargs)

    return call


def _generator(binding: Any) -> Any:
    def call(*args: Any, **kwargs: Any) -> Any:
        return (yield from binding.call(*args, **kwargs))

    return call


def _async_generator(binding: Any, first_step: Callable[..., Any]) -> Any:
    async def call(*args: Any, **kwargs: Any) -> Any:
        made = binding.call(*args, **kwargs)
        step = first_step(made)
        while True:
            try:
                item = await step
            except StopAsyncIteration:
                return
            try:
                step = made.asend((yield item))
            except GeneratorExit:
                await made.aclose()
                raise
            except BaseException as error:
                step = made.athrow(error)

    return call
