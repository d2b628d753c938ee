"""The Rust kernel: it has the names of `kernel_py.py`, which defines what they do."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Self

from typing_extensions import disjoint_base

from .frame import Frame
from .hooks import Hooks
from .kernel_py import Binding
from .map import Map

__all__ = [
    "FrameBase",
    "ReferenceBase",
    "RootBase",
    "ScopeBase",
    "connect",
    "current",
    "decorate",
    "get_baseline",
    "set_baseline",
    "set_current",
]

current: ContextVar[Any]

@disjoint_base
class FrameBase:
    cache: dict[str, Any]
    answers: dict[tuple[str, type], Any] | None
    plans: dict[object, dict[int, Any]] | None
    tree: Any
    rebased: Any
    def __new__(cls, scope: Any, overrides: Map, parent: Any, /) -> Self: ...
    @property
    def scope(self) -> Any: ...
    @property
    def overrides(self) -> Map: ...
    @property
    def parent(self) -> Any: ...

@disjoint_base
class ReferenceBase:
    @property
    def __weakref__(self) -> Any: ...
    @property
    def __key__(self) -> str: ...
    def __new__(cls, key: str, /) -> Self: ...
    def __or__(self, default: Any, /) -> Any: ...
    def __ror__(self, other: Any, /) -> Any: ...
    def __call__(self, default: Any = ..., /) -> Any: ...

@disjoint_base
class ScopeBase:
    @property
    def __weakref__(self) -> Any: ...
    @property
    def __overrides__(self) -> Map: ...
    def __new__(cls, overrides: Map, /) -> Self: ...
    def __enter__(self) -> Any: ...
    def __exit__(self, *exception: object) -> None: ...

@disjoint_base
class RootBase:
    def __call__(self, /, *sources: Any, **params: Any) -> Any: ...
    def __getitem__(self, key: str | int, /) -> Any: ...

def connect(hooks: Hooks) -> None: ...
def get_baseline() -> Frame: ...
def set_baseline(frame: Frame) -> None: ...
def set_current(frame: Frame | None) -> None: ...
def decorate(function: Callable[..., Any], binding: Binding) -> Callable[..., Any]: ...
