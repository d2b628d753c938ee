"""`hp.parallel`: inside it, joblib runs every task in the view of the moment at which `Parallel` was called.

joblib asks a *backend* for workers. The backends here are those of joblib, with two changes: a call of
`Parallel` notes the current view, and each batch of tasks is submitted as a carried task. joblib replaces a
backend by another one in some cases, such as in a worker. Then the other one is changed in the same way.
"""

from __future__ import annotations

from functools import cache

import joblib
from joblib import parallel as of_joblib

from .carried import CarriedTask, CarriedView

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    Backend: TypeAlias = Any
else:
    Backend = object

__all__ = ["ParallelInView"]


class ParallelInView(joblib.parallel_config):  # type: ignore[misc]
    """A `joblib.parallel_config` whose backend carries the view. Made by `hp.parallel`."""

    def __init__(self, backend: Any, options: dict[str, Any]) -> None:
        super().__init__(**({} if backend is None else {"backend": backend}), **options)
        chosen = self.parallel_config["backend"]
        is_default = not isinstance(chosen, of_joblib.ParallelBackendBase)
        if is_default:
            chosen = of_joblib.BACKENDS[of_joblib.DEFAULT_BACKEND](nesting_level=0)
        self.parallel_config["backend"] = in_view(chosen, follows_hints=is_default)


class InView(Backend):  # type: ignore[misc]
    """The changes to a backend, as the first base of its class."""

    supports_sharedmem = True
    view: CarriedView
    # The class of joblib, and whether `prefer="threads"` counts, as it does if nobody chose a backend.
    base: type
    follows_hints = False

    def configure(self, n_jobs: int = 1, parallel: Any = None, **options: Any) -> int:
        threads = options.get("require") == "sharedmem" or (
            self.follows_hints and options.get("prefer") == "threads"
        )
        if threads and not getattr(self.base, "supports_sharedmem", False):
            raise of_joblib.FallbackToBackend(
                in_view(of_joblib.ThreadingBackend(nesting_level=self.nesting_level))
            )
        try:
            return super().configure(n_jobs, parallel, **options)
        except of_joblib.FallbackToBackend as fallback:
            raise of_joblib.FallbackToBackend(in_view(fallback.backend)) from None

    def start_call(self) -> None:
        super().start_call()
        self.view = CarriedView(is_local=True)

    def submit(self, func: Any, callback: Any = None) -> Any:
        return super().submit(self._carried(func), callback)

    # The name of `submit` before joblib 1.5.
    def apply_async(self, func: Any, callback: Any = None) -> Any:
        return super().apply_async(self._carried(func), callback)

    def _carried(self, func: Any) -> Any:
        if self.base.__name__ == "DaskDistributedBackend":
            # It takes the batch apart, and sends the items.
            func.items = [(self._carried_task(task), *arguments) for task, *arguments in func.items]
            return func
        return self._carried_task(func)

    def _carried_task(self, func: Any) -> CarriedTask:
        return CarriedTask(func, self.view, self.view.frame, is_portable=True)

    def get_nested_backend(self) -> Any:
        backend, *rest = super().get_nested_backend()
        return in_view(backend), *rest

    def __reduce__(self) -> Any:
        state = {name: value for name, value in self.__dict__.items() if name != "view"}
        return _backend_with, (self.base, state)


def in_view(backend: Any, follows_hints: bool = False) -> Any:
    """Return a backend that carries the view; one that runs tasks in the calling thread stays as it is."""
    if isinstance(backend, InView | of_joblib.SequentialBackend):
        return backend
    carrying = _backend_with(type(backend), backend.__dict__)
    carrying.follows_hints = follows_hints
    return carrying


def _backend_with(base: type, state: dict[str, Any]) -> Any:
    backend: Any = object.__new__(_class_in_view(base))
    backend.__dict__.update(state)
    return backend


@cache
def _class_in_view(base: type) -> type:
    return type(f"{base.__name__}InView", (InView, base), {"base": base})
