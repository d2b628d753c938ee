"""`hp.bind`: run a function in the current view, wherever it is called."""

from __future__ import annotations

from types import FunctionType, MethodType

from ..errors import short_repr
from ..scopes.snapshot import Snapshot
from .steps import AwaitInView, View, drive, frame_for_view, frame_of_snapshot, kind_of
from .wrappers import FunctionObject, held_by, plain_function_of_kind, plain_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, ParamSpec, TypeVar

    from ..core.frame import Frame

    P = ParamSpec("P")
    R = TypeVar("R")

__all__ = ["bind"]

# `inspect.iscoroutinefunction` looks at the code of every object that has the last four, and joblib.Memory at
# the source of the code.
_COPIED_ATTRIBUTES = (
    "__module__",
    "__name__",
    "__qualname__",
    "__doc__",
    "__code__",
    "__defaults__",
    "__kwdefaults__",
    "__annotations__",
)


def bind(function: Callable[P, R], /) -> Callable[P, R]:
    """Return a callable that runs `function` in the current view, wherever and whenever it is called.

    It can be called by any thread, any number of times, also at the same time. It pickles if `function` and the
    values of the view do, so it can be sent to another process; if a value does not, `pickle.PicklingError`
    names its key. What the function sets stays inside its call. If the call returns a coroutine or a generator
    each of its steps runs in the view too. `inspect` reports a bound coroutine or generator function as one.

    Call it before the pool starts, not inside a generator that the pool consumes. joblib and `Pool.imap` run
    such a generator in a thread of their own, where no scope is entered. `bind` cannot detect that.

    Raises `TypeError` if `function` is not callable.

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
        raise TypeError(f"hp.bind expected a callable, got {short_repr(function)}")
    return _bound(function, frame_for_view())


def _bound(function: Callable[..., Any], frame: Frame) -> Any:
    bound = _bound_object(function, frame)
    return BoundFunction(bound) if _is_function(function) else bound


def _bound_object(function: Callable[..., Any], frame: Frame) -> Bound:
    cls = BoundCoroutineFunction if kind_of(function) == "coroutine" else Bound
    return cls(function, frame)


def _is_function(function: Any) -> bool:
    """Return whether frameworks take an object for a function. They look into partials themselves."""
    from functools import partial

    while isinstance(function, partial):
        function = function.func
    return isinstance(function, FunctionType | MethodType)


def _unpickled(function: Callable[..., Any], view: Snapshot) -> Any:
    return _bound_object(function, frame_of_snapshot(view))


class Bound:
    """A function that runs in the view of a frame. Made by `hp.bind`.

    It keeps the frame, not the flat view, so that scope objects which the function uses find their own frames.
    Only the flat view is pickled.
    """

    def __init__(self, function: Callable[..., Any], frame: Frame) -> None:
        for name in _COPIED_ATTRIBUTES:
            if hasattr(function, name):
                setattr(self, name, getattr(function, name))
        self.__wrapped__ = function
        self._frame = frame

    @property
    def call(self) -> Callable[..., Any]:
        """The object itself: the plain function of a `BoundFunction` calls it."""
        return self

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        view = View(self._frame)
        # The function itself can be a plain wrapper, so what it returns decides.
        return drive(view.run(self.__wrapped__, *args, **kwargs), view)

    @property
    def func_name(self) -> str:
        """The name under which joblib.Memory stores results: the function's own, and a hash of the view.

        Raises `pickle.PicklingError`, which names the key, for a value that does not pickle.
        """
        from ..scopes.pickled import values_hash

        name = getattr(self, "__name__", type(self.__wrapped__).__name__)
        return f"{name}-{values_hash(Snapshot(self._frame.view()).__entries__())}"

    def __repr__(self) -> str:
        return f"<hp.bind({self.__wrapped__!r}): {len(self._frame.visible_keys())} parameters>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickled, (self.__wrapped__, Snapshot(self._frame.view()))


class BoundCoroutineFunction(Bound):
    """A bound coroutine function. Frameworks recognise it because its `__call__` is a coroutine function."""

    async def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        view = View(self._frame)
        return await AwaitInView(view.run(self.__wrapped__, *args, **kwargs), view)


class BoundFunction(FunctionObject):
    """A bound function that passes for a function, where a framework asks for one."""

    __slots__ = ()

    def __init__(self, bound: Bound) -> None:
        from functools import update_wrapper

        function = bound.__wrapped__
        plain = plain_function_of_kind(kind_of(function), function, bound)
        code = getattr(function, "__code__", None)
        if code is not None:
            # joblib.Memory reads the source of the function at this place.
            place = {"co_filename": code.co_filename, "co_firstlineno": code.co_firstlineno}
            plain.__code__ = plain.__code__.replace(**place)
        super().__init__(bound.__call__, update_wrapper(plain, function), bound)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        # As an attribute of a class it is no method: it has all its arguments from the caller.
        return self

    def __set_name__(self, owner: Any, name: str) -> None:
        pass

    def __reduce_ex__(self, protocol: Any) -> Any:
        return BoundFunction, (held_by(self),)

    def __repr__(self) -> str:
        return repr(held_by(self))

    def __getattribute__(self, name: str) -> Any:
        return held_by(self).func_name if name == "func_name" else super().__getattribute__(name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(plain_of(self), name, value)
