"""`hp.executor`: an executor whose tasks run in the view of the moment at which they are submitted."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Executor
from weakref import WeakKeyDictionary

from ..core.context import current_frame
from ..errors import short_repr
from .carried import CarriedTask, CarriedView

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future
    from typing import Any

    from ..core.frame import Frame

__all__ = ["ExecutorInView"]

# Tasks of `map` whose results nobody waits for find the file of their view as long as it is one of so many.
KEPT_VIEWS = 16


class ViewsOfExecutor:
    """The views that an executor carried last."""

    def __init__(self, executor: Executor) -> None:
        # The class of loky has the same name. Its processes, too, are on this machine.
        self._is_local = any(cls.__name__ == "ProcessPoolExecutor" for cls in type(executor).__mro__)
        self._last: tuple[Frame, CarriedView] | None = None
        self._kept: deque[CarriedView] = deque(maxlen=KEPT_VIEWS)

    def current(self) -> CarriedView:
        """Return the current view. As long as it does not change, it is the same object."""
        frame = current_frame()
        last = self._last
        if last is not None and last[0] is frame:
            return last[1]
        view = CarriedView(self._is_local)
        self._kept.append(view)
        self._last = frame, view
        return view


# They last as long as the executor that has the tasks, which can be longer than the one in front of it.
_views: WeakKeyDictionary[Executor, ViewsOfExecutor] = WeakKeyDictionary()


class ExecutorInView(Executor):
    """An executor that carries the view of the moment of submission. Made by `hp.executor`."""

    def __init__(self, executor: Executor) -> None:
        if not callable(getattr(executor, "submit", None)) or isinstance(executor, type):
            raise TypeError(f"hp.executor expected an executor with submit, got {short_repr(executor)}")
        self._executor = executor
        self._views = _views.setdefault(executor, ViewsOfExecutor(executor))

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Submit a call, which runs in the current view."""
        view = self._views.current()
        future = self._executor.submit(CarriedTask(fn, view, view.frame), *args, **kwargs)
        # The future keeps the view, and so its file.
        future.hyperparameter_view = view  # type: ignore[attr-defined]
        return future

    def map(self, fn: Callable[..., Any], *iterables: Iterable[Any], **options: Any) -> Iterator[Any]:
        """Submit a call for each item. All of them run in the view of this moment."""
        view = self._views.current()
        results = self._executor.map(CarriedTask(fn, view, view.frame), *iterables, **options)
        return _results(results, view)

    def shutdown(self, *args: Any, **options: Any) -> None:
        """Shut the executor down that runs the tasks."""
        self._executor.shutdown(*args, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._executor, name)

    def __repr__(self) -> str:
        return f"<hp.executor({self._executor!r})>"


def _results(results: Iterator[Any], view: CarriedView) -> Iterator[Any]:
    """Yield the results, and keep the view, and so its file, until the last one."""
    yield from results
    del view
