"""The kernel in Python: what runs at every read, entry and decorated call. It defines the behaviour.

The Rust kernel, `_native`, has the same names. Everything that runs less often exists once, above the kernels,
which call it by hooks (see hooks.py).
"""

from __future__ import annotations

import gc
import sys
from contextvars import ContextVar
from types import AsyncGeneratorType, GeneratorType

from .key import check_key
from .origin import Origin
from .value import MISSING, SCALAR_TYPES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol, Self

    from .hooks import Hooks
    from .map import Map
    from .value import Entry

    class Binding(Protocol):
        """What a kernel uses of a decorated function's link to its namespace (see functions/binding.py)."""

        plan_key: object

        def resolve(
            self, args: tuple[Any, ...], kwargs: dict[str, Any]
        ) -> tuple[tuple[Any, ...], dict[str, Any]]: ...
        def drive(self, generator: Any, /) -> Any: ...
        # Only the Rust kernel calls these: its decorated functions are objects of its own class.
        def set_attribute(self, plain: Any, name: str, value: Any) -> None: ...
        def simple_parameters(self) -> tuple[Any, ...] | None: ...
        def as_function(self) -> Callable[..., Any]: ...


__all__ = [
    "FrameBase",
    "ReferenceBase",
    "RootBase",
    "ScopeBase",
    "View",
    "connect",
    "current",
    "decorate",
    "get_baseline",
    "set_baseline",
    "set_current",
]

# The frame of this context; None stands for the baseline.
current: ContextVar[Any] = ContextVar("hyperparameter", default=None)
_get_current = current.get
_set_current = current.set
_baseline: Any = None
_hooks: Hooks
# The hooks of the hot paths. As globals they cost one lookup less than as attributes of `_hooks`.
_read: Callable[..., Any]
_ambient_scope: ScopeBase
_entries_from: Callable[[tuple[Any, ...], dict[str, Any], Origin], dict[str, Entry]]
_frame_type: type
_reference_type: type
_scope_type: type


def connect(hooks: Hooks) -> None:
    """Take what the kernel uses of the rest of the library."""
    global _hooks, _read, _ambient_scope, _entries_from, _frame_type, _reference_type, _scope_type
    _hooks = hooks
    _read, _entries_from, _ambient_scope = hooks.read, hooks.entries_from, hooks.ambient_scope
    _frame_type, _reference_type, _scope_type = hooks.frame_type, hooks.reference_type, hooks.scope_type


if sys.version_info < (3, 12):

    def set_current(frame: Any) -> None:
        """Point the context at a frame; None stands for the baseline."""
        # Before Python 3.12 the garbage collector may run inside `ContextVar.set`. If it then runs code that
        # sets the variable too, the interpreter uses freed memory (python/cpython#148891).
        is_enabled = gc.isenabled()
        try:
            gc.disable()
            _set_current(frame)
        finally:
            if is_enabled:
                gc.enable()

else:

    def set_current(frame: Any) -> None:
        """Point the context at a frame; None stands for the baseline."""
        _set_current(frame)


def get_baseline() -> Any:
    return _baseline


def set_baseline(frame: Any) -> None:
    global _baseline
    _baseline = frame


class FrameBase:
    """The fields of a frame, which frame.py describes."""

    # These fields are set when they are first needed. As class attributes they cost nothing on entry.
    answers: dict[tuple[object, type], Any] | None = None
    plans: dict[object, dict[int, Any]] | None = None
    tree: Any = None
    # In an unpinned frame: the frames that it stands for, on top of a baseline.
    rebased: Any = None
    # What records the reads. A frame takes them from the frame below it.
    recorders: tuple[Any, ...] | None = None

    def __init__(self, scope: Any, overrides: Map, parent: Any) -> None:
        self.scope = scope
        self.overrides = overrides
        self.parent = parent
        self.cache: dict[str, Any] = overrides if type(overrides) is dict else {}
        if parent is not None and parent.recorders is not None:
            self.recorders = parent.recorders
            _hooks.record_overrides(parent.recorders, overrides)


# --- References ---

# The children of a reference are bounded, because a program can read any number of them by `getattr`.
MAX_CHILDREN = 4096


class ReferenceBase:
    """A reference to one parameter: its key, and a cache of its attributes, which are references too."""

    # Every name that is not a dunder is a segment of a key, so the fields have dunder names. The attributes
    # that were read are in __dict__, where Python finds them without a call.
    __slots__ = ("__dict__", "__key__", "__scope__", "__weakref__")
    __key__: str
    # The scope from which it reads outwards; None for the innermost one.
    __scope__: ScopeBase | None

    def __new__(cls, /, *args: Any, **kwargs: Any) -> Self:
        if kwargs or not 1 <= len(args) <= 2 or type(args[0]) is not str:
            raise TypeError("expected a key as a str, and a scope or None, by position")
        scope = args[1] if len(args) == 2 else None
        if scope is not None and not isinstance(scope, ScopeBase):
            raise TypeError("expected a scope or None as the second argument")
        reference = object.__new__(cls)
        _set_key(reference, args[0])
        _set_scope(reference, scope)
        return reference

    def __or__(self, default: Any) -> Any:
        if self.__scope__ is not None:
            return _read(self.__key__, default, self.__scope__)
        frame = _get_current() or _baseline
        # An unpinned frame has no recorders of its own: it is read on top of the baseline.
        if (_baseline if frame.parent is None else frame).recorders is not None:
            return _read(self.__key__, default)
        entry = frame.cache.get(self.__key__)
        if entry is None:
            if frame.parent is None and frame.scope is not None:
                # This is an unpinned frame, which is read on top of the baseline of this moment.
                return _read(self.__key__, default)
            entry = frame.entry(self.__key__)
        value = entry[0]
        default_type = type(default)
        if type(value) is default_type:
            # Values of other types can have parts that are set on their own, so `read` has to look.
            if default_type is float or default_type is int or default_type is str or default_type is bool:
                return value
        # This includes is_scalar_type(default_type), without the call.
        elif value is MISSING and type(default_type) is type and default_type in SCALAR_TYPES:
            return default
        return _read(self.__key__, default)

    def __ror__(self, other: Any) -> Any:
        return _hooks.reject_operator(self)

    def __call__(self, /, *default: Any, **kwargs: Any) -> Any:
        if kwargs or len(default) > 1:
            return _hooks.require(self, default)
        return self | default[0] if default else _hooks.require(self)

    def __getattr__(self, name: str) -> Any:
        return _new_child(self, name)


# Assigning to `reference.__key__` would set a parameter.
_set_key = ReferenceBase.__dict__["__key__"].__set__
_set_scope = ReferenceBase.__dict__["__scope__"].__set__


def _new_child(parent: Any, name: str) -> Any:
    child = _hooks.child_of(parent, name)
    children = parent.__dict__
    if len(children) >= MAX_CHILDREN:
        children.clear()
    children[name] = child
    return child


# --- Scopes ---


class ScopeBase:
    """A set of overrides, which `with` enters and leaves."""

    __slots__ = ("__overrides__", "__weakref__")
    __overrides__: Map

    def __new__(cls, /, *args: Any, **kwargs: Any) -> Self:
        if kwargs or len(args) != 1 or not isinstance(args[0], (dict, tuple)):
            raise TypeError("expected one positional argument, a map of entries; hp.scope(...) makes a scope")
        scope = object.__new__(cls)
        # Frames answer from the overrides, so nobody else may hold the dict and change it.
        _set_overrides(scope, dict.copy(args[0]) if isinstance(args[0], dict) else args[0])
        return scope

    def __enter__(self) -> Any:
        below = _get_current()
        if below is None:
            below = _baseline
        elif below.parent is None:
            # This is an unpinned frame: the baseline of this moment is below it until the scope is left.
            below = _hooks.rebased_on(below, _baseline)
        frame = _frame_type(self, self.__overrides__, below)
        is_plain = type(self) is _scope_type and not self.__overrides__
        set_current(_hooks.unpinned_if_possible(frame) if is_plain else frame)
        return self

    def __exit__(self, *exception: object) -> None:
        frame = _get_current()
        if frame is not None and frame.scope is self and frame.parent is not None:
            below = frame.parent
            if below.scope is None:
                # The frame below is the baseline. Outside of any scope, a read sees the baseline of its moment,
                # which can be another one.
                set_current(None)
                return
            # These frames pin the baseline.
            if below.overrides and below.scope is not _ambient_scope:
                set_current(below)
                return
        # The scope is not the innermost one, or the frame below it may be an unpinned one.
        _hooks.leave(self)


_set_overrides = ScopeBase.__dict__["__overrides__"].__set__


class RootBase:
    """`hp.scope`: a call makes a scope, an attribute or an item is a reference."""

    __slots__ = ("__dict__",)

    def __call__(self, /, *sources: Any, **params: Any) -> Any:
        # The caller is one frame up. `Origin.of_caller` would find it too, but at a higher cost.
        caller = sys._getframe(1)
        origin = Origin((caller.f_code, caller.f_lasti))
        scope: Any = object.__new__(_scope_type)
        _set_overrides(scope, _entries_from(sources, params, origin))
        return scope

    def __getattr__(self, name: str) -> Any:
        return _new_child(self, name)

    def __getitem__(self, key: str | int) -> Any:
        reference: Any = object.__new__(_reference_type)
        _set_key(reference, check_key(key))
        _set_scope(reference, None)
        return reference


# --- Views ---


class View:
    """A view that functions run in; `frame` is the current frame between two calls, None for the baseline."""

    __slots__ = ("frame",)

    def __init__(self, frame: Any, /) -> None:
        self.frame = frame

    def run(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Call a function in the view, and keep the frame that it leaves as current."""
        outer = _get_current()
        try:
            set_current(self.frame)
            return function(*args, **kwargs)
        finally:
            self.frame = _get_current()
            set_current(outer)

    def steps(self, iterator: Any, /) -> Steps:
        """Return an iterator that runs each step of another one in the view."""
        return Steps(self, iterator)


class Steps:
    """An iterator that runs each step of another one in a view. `yield from` calls its methods."""

    __slots__ = ("_iterator", "_view")

    def __init__(self, view: View, iterator: Any) -> None:
        self._view = view
        self._iterator = iterator

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        # This is `self._view.run(next, self._iterator)`, without the call. Generators can nest deeper so.
        view = self._view
        outer = _get_current()
        try:
            set_current(view.frame)
            return next(self._iterator)
        finally:
            view.frame = _get_current()
            set_current(outer)

    def send(self, value: Any, /) -> Any:
        return self._view.run(self._iterator.send, value)

    def throw(self, *error: Any) -> Any:
        if not hasattr(self._iterator, "throw"):
            # An iterator that is not a generator cannot catch an exception.
            raise error[0]
        return self._view.run(self._iterator.throw, *error)

    def close(self) -> None:
        if hasattr(self._iterator, "close"):
            self._view.run(self._iterator.close)


# --- The decorated call ---


def decorate(function: Callable[..., Any], binding: Binding) -> Callable[..., Any]:
    """Return a function that calls `function` with the arguments that the scopes set.

    The plan of a call is a dict of keyword arguments to add. A frame caches a plan for each binding and number
    of positional arguments. If there is no plan, or one that is not a dict, the binding resolves the arguments.
    """
    plan_key = binding.plan_key
    generator_types = GeneratorType, AsyncGeneratorType

    def call(*args: Any, **kwargs: Any) -> Any:
        plans_by_binding = (_get_current() or _baseline).plans
        plans = None if plans_by_binding is None else plans_by_binding.get(plan_key)
        plan = None if plans is None else plans.get(len(args))
        if type(plan) is not dict:
            args, kwargs = binding.resolve(args, kwargs)
        elif plan:
            kwargs = {**plan, **kwargs} if kwargs else plan
        result = function(*args, **kwargs)
        return binding.drive(result) if type(result) in generator_types else result

    return call
