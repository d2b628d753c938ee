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
from ..core.frame import EMPTY_FRAME, Frame
from ..core.kernel import View
from ..scopes.scope import EmptyScope, Scope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
    from typing import Any

    from ..scopes.snapshot import Snapshot

__all__ = [
    "AwaitInView",
    "View",
    "ViewScope",
    "drive",
    "frame_for_view",
    "frame_of_snapshot",
    "kind_of",
    "start_unregistered",
]

# The flags of code objects, as in `inspect`, which takes long to import. `types.coroutine` sets the third.
_GENERATOR, _COROUTINE, _AWAITABLE_GENERATOR, _ASYNC_GENERATOR = 0x20, 0x80, 0x100, 0x200


def kind_of(function: Any) -> str:
    """Return "function", "coroutine", "generator", "awaitable generator" or "async generator"."""
    from functools import partial

    while isinstance(function, partial):
        function = function.func
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    if code is None and callable(function):
        # An instance with `__call__` is of the kind of that method.
        code = getattr(type(function).__call__, "__code__", None)
    flags = getattr(code, "co_flags", 0)
    if flags & _GENERATOR:
        return "awaitable generator" if flags & _AWAITABLE_GENERATOR else "generator"
    if flags & _ASYNC_GENERATOR:
        return "async generator"
    return "coroutine" if flags & _COROUTINE else "function"


class ViewScope(Scope):
    """The innermost scope of a view. It receives what the function sets outside of any scope that it enters."""

    __slots__ = ()


def frame_for_view() -> Frame:
    """Return a frame that shows the current view, with a new scope for what the function sets."""
    parent = current_frame()
    # Without this, a function that binds itself in each of its calls would add a frame each time.
    while type(parent.scope) is ViewScope and not parent.overrides:
        parent = parent.parent
    scope = ViewScope({})
    return Frame(scope, scope.__overrides__, parent)


def frame_of_snapshot(snapshot: Snapshot) -> Frame:
    """Return a frame that shows a snapshot, and nothing else."""
    scope = EmptyScope(dict(snapshot.__entries__()))
    return Frame(scope, scope.__overrides__, EMPTY_FRAME)


class _CheckedGenerator:
    """A generator that calls a function before it yields to `next`."""

    __slots__ = ("_check", "_generator", "close", "send", "throw")

    def __init__(self, generator: Any, check: Callable[[], None]) -> None:
        self._generator, self._check = generator, check
        self.send, self.throw, self.close = generator.send, generator.throw, generator.close

    def __iter__(self) -> _CheckedGenerator:
        return self

    def __next__(self) -> Any:
        item = next(self._generator)
        self._check()
        return item


def generator_in_view(generator: Any, view: View) -> Generator[Any, Any, Any]:
    """Drive a generator: each of its steps runs in the view."""
    return (yield from view.steps(generator))


def awaitable_generator_in_view(generator: Any, view: View) -> Any:
    """Drive a generator that `types.coroutine` made awaitable."""
    from types import coroutine

    return coroutine(generator_in_view)(generator, view)


async def async_generator_in_view(
    generator: Any, view: View, check: Callable[[], None] | None = None
) -> AsyncGenerator[Any, Any]:
    """Drive an async generator: each of its steps runs in the view."""
    step = start_unregistered(generator)
    while True:
        try:
            item = await AwaitInView(step, view)
        except StopAsyncIteration:
            return
        if check is not None:
            view.run(check)
        # The step keeps what was sent or thrown, and must not keep it until the next step.
        del step
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

    def __await__(self) -> Any:
        return self._view.steps(self._awaitable.__await__())


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


def drive(result: Any, view: View, check: Callable[[], None] | None = None) -> Any:
    """Return the driver of a coroutine or generator that a function returned; any other object as it is.

    `check` is called in the view before a generator yields to `next`.
    """
    cls = type(result)
    driven: Any
    if cls is GeneratorType:
        steps = result if check is None else _CheckedGenerator(result, check)
        if result.gi_code.co_flags & _AWAITABLE_GENERATOR:
            driven = awaitable_generator_in_view(steps, view)
        else:
            driven = generator_in_view(steps, view)
    elif cls is AsyncGeneratorType:
        driven = async_generator_in_view(result, view, check)
    elif cls is CoroutineType:
        driven = coroutine_in_view(result, view)
    else:
        return result
    driven.__name__, driven.__qualname__ = result.__name__, result.__qualname__
    return driven
