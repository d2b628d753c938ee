"""Carry a view to where it would be lost: other threads, processes, callbacks, generators."""

from __future__ import annotations

import sys

from ..core.frame import EMPTY_FRAME, Frame, current_frame, replace_current
from ..errors import short_repr
from ..scopes.scope import EmptyScope, Scope
from ..scopes.snapshot import Snapshot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator
    from typing import Any, ParamSpec, TypeVar

    P = ParamSpec("P")
    R = TypeVar("R")

__all__ = ["Bound", "bind"]


def bind(function: Callable[P, R], /) -> Callable[P, R]:
    """Return a callable that runs `function` in the view of this moment.

    It runs in any thread, any number of times, at once too, and pickles when `function` and the
    values of the view do, so that it goes through process pools. What the function sets
    stays inside the call. Coroutine functions and generators run in the view at each of their steps.

    Raises `TypeError` for what cannot be called.

    Examples:
        >>> from concurrent.futures import ThreadPoolExecutor
        >>> import hyperparameter as hp
        >>> def work(x):
        ...     return x * (hp.scope.factor | 1)
        >>> with ThreadPoolExecutor() as pool, hp.scope(factor=10):
        ...     list(pool.map(work, [1, 2])), list(pool.map(hp.bind(work), [1, 2]))
        ([1, 2], [10, 20])
    """
    if not callable(function):
        raise TypeError(f"bind takes a callable, not {short_repr(function)}")
    return _bound(function, present_view()[0])


def _bound(function: Callable[..., Any], frame: Frame) -> Any:
    cls = _AsyncBound if kind_of(function) == "coroutine" else Bound
    return cls(function, frame)


def _bound_again(function: Callable[..., Any], view: Snapshot) -> Any:
    scope = EmptyScope(view.__entries__())
    return _bound(function, Frame(scope, scope.__overrides__, EMPTY_FRAME))


class Bound:
    """Call a function in the view that a frame gives. Made by `hp.bind`.

    The frame is kept as it is, not flattened, so that handles find their scopes in it. Where it is
    pickled, the view alone goes along.
    """

    def __init__(self, function: Callable[..., Any], frame: Frame) -> None:
        for name in ("__module__", "__name__", "__qualname__", "__doc__"):
            if hasattr(function, name):
                setattr(self, name, getattr(function, name))
        self.__wrapped__ = function
        self._frame = frame
        self._driver = DRIVERS.get(kind_of(function))

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        view: list[Frame | None] = [self._frame]
        made = run(self.__wrapped__, args, kwargs, view)
        return made if self._driver is None else self._driver(self.__wrapped__, made, view)

    def __repr__(self) -> str:
        return f"<hp.bind({self.__wrapped__!r}): {len(self._frame.visible_keys())} parameters>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _bound_again, (self.__wrapped__, Snapshot(self._frame.view()))


class _AsyncBound(Bound):
    """Be a coroutine function to those who ask by `__call__`."""

    async def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        view: list[Frame | None] = [self._frame]
        return await Steps(run(self.__wrapped__, args, kwargs, view), view)


# --- Running something in a view of its own ---


def kind_of(function: Any) -> str:
    """Return "function", "coroutine", "generator", "awaitable generator" or "async generator"."""
    from functools import partial

    while isinstance(function, partial):
        function = function.func
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    if code is None and callable(function):  # an object whose class says how
        code = getattr(type(function).__call__, "__code__", None)
    flags = getattr(code, "co_flags", 0)
    if flags & 0x20:  # inspect.CO_GENERATOR, and CO_ITERABLE_COROUTINE: made so by types.coroutine
        return "awaitable generator" if flags & 0x100 else "generator"
    if flags & 0x200:  # inspect.CO_ASYNC_GENERATOR
        return "async generator"
    return "coroutine" if flags & 0x80 else "function"  # inspect.CO_COROUTINE


# A view that something runs in is a cell, because what runs may enter scopes and leave them.


class _View(Scope):
    """Take what is set in something that runs in a view of its own."""

    __slots__ = ()


def present_view() -> list[Frame]:
    """Return the present view, with a scope on top that takes what is set in it."""
    below = current_frame()
    while type(below.scope) is _View and not below.overrides:
        below = below.parent  # else what binds itself anew in each of its calls would lie ever deeper
    scope = _View({})
    return [Frame(scope, scope.__overrides__, below)]


def run(function: Callable[..., Any], args: Any, kwargs: Any, view: list[Frame | None]) -> Any:
    """Call a function in a view."""
    before = replace_current(view[0])
    try:
        return function(*args, **kwargs)
    finally:
        view[0] = replace_current(before)


def steps(generator: Any, view: list[Frame | None]) -> Generator[Any, Any, Any]:
    """Drive a generator, each of its steps in the view, and the consumer's view restored after each."""

    advance: Callable[..., Any] = generator.send
    given: tuple[Any, ...] = (None,)
    while True:
        try:
            item = run(advance, given, {}, view)
        except StopIteration as stop:
            return stop.value
        try:
            given = ((yield item),)
            advance = generator.send
        except GeneratorExit:
            run(generator.close, (), {}, view)
            raise
        except BaseException as error:
            advance, given = generator.throw, (error,)


class Steps:
    """Await something, each of its steps in the view."""

    def __init__(self, awaitable: Any, view: list[Frame | None]) -> None:
        self._awaitable = awaitable
        self._view = view

    def __await__(self) -> Generator[Any, Any, Any]:
        return steps(self._awaitable.__await__(), self._view)


def first_step(generator: Any) -> Any:
    """Begin an async generator unknown to the event loop.

    The loop closes at its end all that it has seen begin, at once: were it to know this one and the
    one that drives it, which closes it too, the two would collide.
    """
    hooks = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(None, None)
    try:
        return generator.asend(None)
    finally:
        sys.set_asyncgen_hooks(*hooks)


async def async_steps(generator: Any, view: list[Frame | None]) -> AsyncGenerator[Any, Any]:
    """Drive an async generator as `steps` drives a generator."""
    step = first_step(generator)
    while True:
        try:
            item = await Steps(step, view)
        except StopAsyncIteration:
            return
        try:
            step = generator.asend((yield item))
        except GeneratorExit:
            await Steps(generator.aclose(), view)
            raise
        except BaseException as error:
            step = generator.athrow(error)


def _driver(drive: Callable[..., Any]) -> Callable[..., Any]:
    """Return what makes of a function's generator one that runs in a view, and is named for the function."""

    def driven(function: Any, generator: Any, view: list[Frame | None]) -> Any:
        outer = drive(generator, view)
        outer.__name__ = getattr(function, "__name__", outer.__name__)
        outer.__qualname__ = getattr(function, "__qualname__", outer.__qualname__)
        return outer

    return driven


def _awaitable_steps(generator: Any, view: list[Frame | None]) -> Any:
    from types import coroutine

    return coroutine(lambda: steps(generator, view))()


DRIVERS = {  # by `kind_of`
    "generator": _driver(steps),
    "awaitable generator": _driver(_awaitable_steps),
    "async generator": _driver(async_steps),
}
