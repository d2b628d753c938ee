"""Run a function in its own view: a call, or each step of a coroutine or generator.

A coroutine or generator runs in steps: to its first `await` or `yield`, then to the next. Between two steps
other code runs in the same context, and must not see the scopes that the function has entered. So each step
swaps the current frame:

    consumer's frame    ──next()──┐              ┌── item ──    consumer's frame
                                  └─ view.frame ─┘
                                     one step; it may enter and leave scopes,
                                     so `view.frame` is stored again after it
"""

from __future__ import annotations

import sys
from types import AsyncGeneratorType, CoroutineType, GeneratorType

from ..core.context import current_frame
from ..core.frame import Frame
from ..core.kernel import View
from ..scopes.scope import Scope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
    from typing import Any

__all__ = [
    "DRIVERS",
    "AwaitInView",
    "View",
    "frame_for_view",
    "kind_of",
    "kind_of_result",
    "start_unregistered",
]


def kind_of(function: Any) -> str:
    """Return "function", "coroutine", "generator", "awaitable generator" or "async generator"."""
    from functools import partial

    while isinstance(function, partial):
        function = function.func
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    if code is None and callable(function):
        # An instance with `__call__` is of the kind of that method.
        code = getattr(type(function).__call__, "__code__", None)
    # The flags are those of `inspect`, which takes long to import.
    flags = getattr(code, "co_flags", 0)
    is_generator, is_coroutine = flags & 0x20, flags & 0x80
    is_awaitable_generator, is_async_generator = flags & 0x100, flags & 0x200
    if is_generator:
        # `types.coroutine` makes a generator awaitable.
        return "awaitable generator" if is_awaitable_generator else "generator"
    if is_async_generator:
        return "async generator"
    return "coroutine" if is_coroutine else "function"


def kind_of_result(result: Any) -> str:
    """Return the kind of what a call returned, as `kind_of` names it; "other" for any other object."""
    cls = type(result)
    if cls is GeneratorType:
        return "awaitable generator" if result.gi_code.co_flags & 0x100 else "generator"
    if cls is CoroutineType:
        return "coroutine"
    return "async generator" if cls is AsyncGeneratorType else "other"


class _ViewScope(Scope):
    """The innermost scope of a view. It receives what the function sets outside of any scope that it enters."""

    __slots__ = ()


def frame_for_view() -> Frame:
    """Return a frame that shows the current view, with a new scope for what the function sets."""
    parent = current_frame()
    # Without this, a function that binds itself in each of its calls would add a frame each time.
    while type(parent.scope) is _ViewScope and not parent.overrides:
        parent = parent.parent
    scope = _ViewScope({})
    return Frame(scope, scope.__overrides__, parent)


def generator_in_view(generator: Any, view: View) -> Generator[Any, Any, Any]:
    """Drive a generator: each of its steps runs in the view."""
    resume: Callable[..., Any] = generator.send
    # The argument is taken out of this list, so that it does not live until the next step.
    arguments: list[Any] = [None]
    while True:
        try:
            item = view.run(resume, arguments.pop())
        except StopIteration as stop:
            return stop.value
        try:
            arguments.append((yield item))
            resume = generator.send
        except GeneratorExit:
            view.run(generator.close)
            raise
        except BaseException as error:
            resume = generator.throw
            arguments.append(error)


def awaitable_generator_in_view(generator: Any, view: View) -> Any:
    """Drive a generator that `types.coroutine` made awaitable."""
    from types import coroutine

    return coroutine(lambda: generator_in_view(generator, view))()


async def async_generator_in_view(generator: Any, view: View) -> AsyncGenerator[Any, Any]:
    """Drive an async generator: each of its steps runs in the view."""
    step = start_unregistered(generator)
    while True:
        try:
            item = await AwaitInView(step, view)
        except StopAsyncIteration:
            return
        try:
            step = generator.asend((yield item))
        except GeneratorExit:
            await AwaitInView(generator.aclose(), view)
            raise
        except BaseException as error:
            step = generator.athrow(error)


class AwaitInView:
    """An awaitable that awaits another one, each of whose steps runs in the view."""

    __slots__ = ("_awaitable", "_view")

    def __init__(self, awaitable: Awaitable[Any], view: View) -> None:
        self._awaitable = awaitable
        self._view = view

    def __await__(self) -> Generator[Any, Any, Any]:
        return generator_in_view(self._awaitable.__await__(), self._view)


async def coroutine_in_view(coroutine: Any, view: View) -> Any:
    """Drive a coroutine: each of its steps runs in the view."""
    return await AwaitInView(coroutine, view)


def start_unregistered(generator: Any) -> Any:
    """Return the first step of an async generator, without registering the generator with the event loop.

    An event loop that ends closes all registered generators at the same time. It closes the driver, and the
    driver closes this generator. If the loop closed this generator too, one of the two would fail.
    """
    hooks = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(None, None)
    try:
        return generator.asend(None)
    finally:
        sys.set_asyncgen_hooks(*hooks)


def _named_after_function(drive: Callable[[Any, View], Any]) -> Callable[[Any, Any, View], Any]:
    """Return a driver whose generator has the name of the function that made the inner one."""

    def named_drive(function: Any, generator: Any, view: View) -> Any:
        driven = drive(generator, view)
        driven.__name__ = getattr(function, "__name__", driven.__name__)
        driven.__qualname__ = getattr(function, "__qualname__", driven.__qualname__)
        return driven

    return named_drive


# By `kind_of`. A driver takes an object that gives the name, the coroutine or generator, and the view.
DRIVERS = {
    "coroutine": _named_after_function(coroutine_in_view),
    "generator": _named_after_function(generator_in_view),
    "awaitable generator": _named_after_function(awaitable_generator_in_view),
    "async generator": _named_after_function(async_generator_in_view),
}
