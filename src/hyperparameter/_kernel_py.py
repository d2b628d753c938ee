"""The kernel in Python: frames, references, scopes and the decorated call. It defines the behaviour.

One idea: a key names a value in an immutable map. One `ContextVar` points at the current frame;
entering a scope points it at a new frame on top, leaving points it back. `frozen()` publishes one
pointer, the baseline, on which every chain of frames ends. There is no other state.

Frames are in `_frames_py.py`, references in `_references_py.py`; scopes and the decorated call are here.
"""

from __future__ import annotations

import sys

from . import _frames_py as frames
from . import _references_py
from ._frames_py import (
    MISSING,
    NOWHERE,
    Frame,
    base_frame,
    current,
    delete,
    frame_of,
    freeze,
    get_baseline,
    innermost,
    leave,
    loose,
    present,
    set_baseline,
    swap,
    write,
)
from ._references_py import (
    HandleReference,
    Reference,
    assign,
    attribute_key,
    caller,
    keep,
    misfit_error,
    new_reference,
    overrides,
    read,
    require,
    set_scope,
)
from .keys import check

TYPE_CHECKING = False  # spares the import of typing, as dear as the rest of the library
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    from ._map import Map

    class Binding(Protocol):
        """What the decorated call asks when it has no plan yet (see param.py)."""

        token: object  # stands for the binding in a frame's memo, which must not keep the function alive

        def plans(self, frame: Frame) -> dict[int, Any]: ...
        def arguments(
            self, frame: Frame, args: tuple[Any, ...], kwargs: dict[str, Any]
        ) -> tuple[tuple[Any, ...], dict[str, Any]]: ...


__all__ = [
    "MISSING",
    "NAME",
    "NOWHERE",
    "Frame",
    "Reference",
    "RootBase",
    "ScopeBase",
    "adopt",
    "base_frame",
    "caller",
    "decorate",
    "frame_of",
    "freeze",
    "get_baseline",
    "innermost",
    "misfit_error",
    "overrides",
    "present",
    "read",
    "require",
    "set_baseline",
    "swap",
    "write",
]

NAME: str = "python"
_get = current.get
_set = current.set


# --- Scopes ---


class ScopeBase:
    """Hold a set of overrides that is entered and left. (What users call is in scope.py.)"""

    __slots__ = ("__own__", "__weakref__")
    __own__: Map
    __empty__ = False  # does it hide what is outside?

    def __new__(cls, own: Map) -> Any:
        scope = _new(cls)
        _set_own(scope, own)
        return scope

    def __enter__(self) -> Any:
        below = _get()
        if below is None:
            below = frames.baseline
        elif below.parent is None:
            below = below.over(frames.baseline)
        _set(Frame(self, self.__own__, below))
        return self

    def __exit__(self, *exception: object) -> None:
        frame = _get()
        if frame is not None and frame.scope is self and frame.parent is not None:
            below = frame.parent
            _set(below if below.parent is not None and below.scope is not frames.CONTEXT else loose(below))
        else:
            leave(self)

    def __getattr__(self, name: str) -> Reference:
        reference: HandleReference = new_reference(HandleReference, attribute_key(name))
        set_scope(reference, self)
        return reference

    def __setattr__(self, name: str, value: Any) -> None:
        assign(self, _own_attribute(type(self), name), value)

    def __setitem__(self, key: str | int, value: Any) -> None:
        assign(self, check(key), value)

    def __delattr__(self, name: str) -> None:
        delete(self, _own_attribute(type(self), name))

    def __delitem__(self, key: str | int) -> None:
        delete(self, check(key))


_set_own = ScopeBase.__dict__["__own__"].__set__
_new = object.__new__


def _own_attribute(cls: type, name: str) -> str:
    if hasattr(cls, name):
        raise AttributeError(f"{name!r} is a method here; write [{name!r}] for the parameter")
    return attribute_key(name)


class RootBase:
    """Make scopes when called, and references when asked for attributes and items."""

    __slots__ = ("__dict__",)
    __scope__: type[ScopeBase]  # what a call makes

    def __call__(self, /, *sources: Any, **params: Any) -> Any:
        frame = sys._getframe(1)
        scope = _new(self.__scope__)
        _set_own(scope, overrides(sources, params, (frame.f_code, frame.f_lasti)))
        return scope

    def __getattr__(self, name: str) -> Reference:
        reference: Reference = new_reference(Reference, attribute_key(name))
        keep(self.__dict__, name, reference)
        return reference

    def __getitem__(self, key: str | int) -> Reference:
        return new_reference(Reference, check(key))

    def __setattr__(self, name: str, value: Any) -> None:
        assign(None, _own_attribute(type(self), name), value)

    def __setitem__(self, key: str | int, value: Any) -> None:
        assign(None, check(key), value)

    def __delattr__(self, name: str) -> None:
        delete(None, _own_attribute(type(self), name))

    def __delitem__(self, key: str | int) -> None:
        delete(None, check(key))


def adopt(context: ScopeBase, root: RootBase) -> None:
    """Take the two objects of which there is one each: the context's own scope, and `hp.scope`."""
    frames.CONTEXT = context
    _references_py.ROOT = root


# --- The decorated call ---


def _made_anew(parameters: list[Any], given: dict[str, Any]) -> dict[str, Any]:
    frame = present()
    return {parameter.name: parameter.value(frame) for parameter in parameters if parameter.name not in given}


def decorate(function: Callable[..., Any], binding: Binding) -> Callable[..., Any]:
    """Return a function that calls `function` with what the scopes set for it.

    A frame remembers, for each binding, its plans: from the number of positional arguments to
    the keyword arguments to add. Where that is not all, the plan is a triple: with the names that
    the caller has to give for it to hold, and the parameters whose value is made for each call
    anew, since a call may change it.
    """

    token = binding.token

    def call(*args: Any, **kwargs: Any) -> Any:
        plans = (_get() or frames.baseline).memo.get(token)
        if plans is None:
            plans = binding.plans(present())
        plan = plans.get(len(args))
        if type(plan) is dict:
            if not plan:
                return function(*args, **kwargs)
            return function(*args, **{**plan, **kwargs}) if kwargs else function(*args, **plan)
        if plan is not None and kwargs.keys() >= plan[1]:
            return function(*args, **{**plan[0], **_made_anew(plan[2], kwargs), **kwargs})
        args, kwargs = binding.arguments(present(), args, kwargs)
        return function(*args, **kwargs)

    return call
