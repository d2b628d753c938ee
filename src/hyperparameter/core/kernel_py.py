"""The kernel in Python: what runs at every read, entry and decorated call. It defines the behaviour.

The Rust kernel, `_native`, has these same names. What is not hot is the same code under both: frames and the
chain of scopes in `_frames.py`, reading and references in `_references.py`; `adopt` takes what is called of it.
"""

from __future__ import annotations

import gc
import sys
from contextvars import ContextVar

from .wrapper import as_function

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol, Self

    from .map import Map

    class Binding(Protocol):
        """What the decorated call asks when it has no plan to follow (see param.py)."""

        plan_key: object  # stands for the binding in a frame's cache, which must not keep the function alive

        def as_function(self) -> Callable[..., Any]: ...
        def resolve(
            self, args: tuple[Any, ...], kwargs: dict[str, Any]
        ) -> tuple[tuple[Any, ...], dict[str, Any]]: ...


__all__ = [
    "FrameBase",
    "ReferenceBase",
    "RootBase",
    "ScopeBase",
    "adopt",
    "current",
    "decorate",
    "get_baseline",
    "set_baseline",
    "set_current",
]

current: ContextVar[Any] = ContextVar("hyperparameter", default=None)
_get = current.get
_set = current.set
_baseline: Any = None

# Taken by `adopt`; as names of the module they cost a look-up and no more.
_ambient_scope: Any = None
_good: set[str] = set()
_plain: frozenset[type] = frozenset()
_missing: Any = None
_frame: Any = None
_reference: Any = None
_over: Any = None
_leave: Any = None
_read: Any = None
_require: Any = None
_refuse: Any = None
_child: Any = None
_check: Any = None
_entries_from: Any = None


def adopt(**parts: Any) -> None:
    """Take parts of the library by name; raise `KeyError` for a name that none has."""
    names = globals()
    for name, part in parts.items():
        if f"_{name}" not in _ADOPTED:
            raise KeyError(name)
        names[f"_{name}"] = part


_ADOPTED = frozenset(name for name in globals() if name[0] == "_" != name[1]) - {"_get", "_set", "_baseline"}


if sys.version_info < (3, 12):

    def set_current(frame: Any) -> None:
        """Point the context at a frame; None stands for the baseline."""
        # The collector could run in the midst of `set`, and other code then set it too, which frees what the
        # former is at, and leaves a dropped value where the variable is read from (python/cpython#148891).
        collects = gc.isenabled()
        try:
            gc.disable()
            _set(frame)
        finally:
            if collects:
                gc.enable()

else:

    def set_current(frame: Any) -> None:
        """Point the context at a frame; None stands for the baseline."""
        _set(frame)


def get_baseline() -> Any:
    return _baseline


def set_baseline(frame: Any) -> None:
    global _baseline
    _baseline = frame


class FrameBase:
    """Hold what a frame is made of; `Frame` says how it answers."""

    # Made when first needed. Class attributes, so that entering a scope does not set them.
    visible_map: Map = None  # every visible key to its entry
    prefix_index: Map = None  # the index of `visible_map`
    rebased: Any = None  # of the context's own writes: see `Frame.rebased_on`

    def __init__(self, scope: Any, own: Map, parent: Any) -> None:
        self.scope = scope
        self.overrides = own
        self.parent = parent
        self.cache: dict[Any, Any] = own if type(own) is dict else {}


# --- References ---

MOST_CHILDREN = 4096  # they can be named at run time too, by `getattr`


class ReferenceBase:
    """Read a parameter, and name what lies beneath it."""

    # Every name that is not a dunder is a segment, so what is ours hides behind dunders.
    # Children that were named in source code are kept in __dict__, where Python finds them itself.
    __slots__ = ("__dict__", "__key__", "__weakref__")
    __key__: str

    def __new__(cls, /, *key: Any, **named: Any) -> Self:
        if named or len(key) != 1:
            raise TypeError("a reference is made from one positional argument, its key")
        if type(key[0]) is not str:
            raise TypeError("a key is a str")
        reference = object.__new__(cls)
        _set_key(reference, key[0])
        return reference

    def __or__(self, default: Any) -> Any:
        frame = _get() or _baseline
        entry = frame.cache.get(self.__key__)
        if entry is not None:
            value = entry[0]
            kind = type(default)
            if type(value) is kind:
                if kind is not dict:  # an empty one gives way to what lies beneath
                    return value
            elif value is _missing and type(kind) is type and kind in _plain:
                return default
        return _read(self.__key__, default)

    def __ror__(self, other: Any) -> Any:
        return _refuse(self)

    def __call__(self, /, *default: Any, **named: Any) -> Any:
        if named or len(default) > 1:
            raise TypeError("a reference takes one positional argument, the default, or none")
        return self | default[0] if default else _require(self)

    def __getattr__(self, name: str) -> Any:
        return _named(self, name)


_set_key = ReferenceBase.__dict__["__key__"].__set__  # `__setattr__` sets parameters


def _named(parent: Any, name: str) -> Any:
    child = _child(parent, name)
    children = parent.__dict__
    if len(children) >= MOST_CHILDREN:
        children.clear()
    children[name] = child
    return child


# --- Scopes ---


class ScopeBase:
    """Enter and leave a set of overrides."""

    __slots__ = ("__overrides__", "__weakref__")
    __overrides__: Map

    def __new__(cls, /, *given: Any, **named: Any) -> Self:
        if named or len(given) != 1 or not (isinstance(given[0], dict) or type(given[0]) is tuple):
            raise TypeError(
                "a scope is made from one positional argument, its overrides: hp.scope(...) makes one"
            )
        scope = object.__new__(cls)
        # A copy, since frames answer from it, and others may have it and change it.
        _set_own(scope, dict.copy(given[0]) if isinstance(given[0], dict) else given[0])
        return scope

    def __enter__(self) -> Any:
        below = _get()
        if below is None:
            below = _baseline
        elif below.parent is None:
            below = _over(below, _baseline)
        set_current(_frame(self, self.__overrides__, below))
        return self

    def __exit__(self, *exception: object) -> None:
        frame = _get()
        if frame is not None and frame.scope is self and frame.parent is not None:
            below = frame.parent
            if below.scope is None:
                set_current(None)
                return
            if below.scope is not _ambient_scope:
                set_current(below)
                return
        _leave(self)


_set_own = ScopeBase.__dict__["__overrides__"].__set__


class RootBase:
    """Make scopes when called, and references when asked for attributes and items."""

    __slots__ = ("__dict__", "__scope__")
    __scope__: Any  # the type of what a call makes

    def __new__(cls, /, *scope: Any, **named: Any) -> Self:
        if named or len(scope) != 1 or not (isinstance(scope[0], type) and issubclass(scope[0], ScopeBase)):
            raise TypeError("what makes scopes is made from one positional argument, their type")
        root = object.__new__(cls)
        RootBase.__dict__["__scope__"].__set__(root, scope[0])
        return root

    def __call__(self, /, *sources: Any, **params: Any) -> Any:
        frame = sys._getframe(1)
        scope = object.__new__(self.__scope__)
        _set_own(scope, _entries_from(sources, params, (frame.f_code, frame.f_lasti)))
        return scope

    def __getattr__(self, name: str) -> Any:
        return _named(self, name)

    def __getitem__(self, key: str | int) -> Any:
        reference = object.__new__(_reference)
        _set_key(reference, _check(key))
        return reference


# --- The decorated call ---


def decorate(function: Callable[..., Any], binding: Binding) -> Callable[..., Any]:
    """Return a function that calls `function` with what the scopes set for it.

    A frame remembers, for each binding, its plans: from the number of positional arguments to
    the keyword arguments to add. A plan that is no dict is the binding's to follow.
    """

    # Its globals are those of `function`: what it uses of ours it closes over, and each part pickles.
    kernel = sys.modules[__name__]
    plan_key = binding.plan_key
    count, kind_of, kind = len, type, dict

    def call(*args: Any, **kwargs: Any) -> Any:
        plans = (kernel._get() or kernel._baseline).cache.get(plan_key)
        plan = None if plans is None else plans.get(count(args))
        if kind_of(plan) is kind:
            if not plan:
                return function(*args, **kwargs)
            return function(*args, **{**plan, **kwargs}) if kwargs else function(*args, **plan)
        args, kwargs = binding.resolve(args, kwargs)
        return function(*args, **kwargs)

    return as_function(call, function)
