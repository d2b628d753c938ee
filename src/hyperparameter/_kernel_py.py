"""The kernel in Python: frames, references, scopes and the decorated call. It defines the behaviour.

One idea: a key names a value in an immutable map. One `ContextVar` points at the current frame;
entering a scope points it at a new frame on top, leaving points it back. `frozen()` publishes one
pointer, the baseline, on which every chain of frames ends. There is no other state.

A frame holds its own overrides (`own`) and what it lies on (`parent`). It answers from `memo`,
a dict that starts as its overrides and gathers what else was asked; what is not there is looked up
in `own`, then in the map of all that is visible below, which each frame makes from its parent's
when it is first needed, and keeps. So neither the number of scopes nor the number of keys
below is felt by a read, and entering costs no more than the scope's own overrides.

An entry is a pair, value and origin. `ABSENT` is the entry of a key that is missing: as an
override it is a deletion, in a memo a remembered miss.
"""

from __future__ import annotations

import sys
from contextvars import ContextVar

from . import _map
from .convert import Misfit, convert_like
from .errors import MissingParamError, ParamError, shown
from .keys import check, flatten, is_mapping, split_text

TYPE_CHECKING = False  # spares the import of typing, as dear as the rest of the library
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, Protocol, TypeAlias, TypeVar, overload

    from ._map import Map
    from .errors import Origin

    T = TypeVar("T")
    Entry: TypeAlias = tuple[Any, Origin]

    class Binding(Protocol):
        """What the decorated call asks when it has no plan yet (see param.py)."""

        def plans(self, frame: Frame) -> dict[int, Any]: ...
        def arguments(
            self, frame: Frame, args: tuple[Any, ...], kwargs: dict[str, Any]
        ) -> tuple[tuple[Any, ...], dict[str, Any]]: ...


NAME = "python"

MISSING: Any = type("Missing", (), {"__repr__": lambda self: "<missing>"})()
ABSENT: Entry = (MISSING, None)
MOST_REMEMBERED = 4096  # answers a frame keeps; bounded, since keys can be made at run time
PLAIN = frozenset((bool, int, float, str, bytes, list, tuple, type(None)))  # never a mapping


# --- Frames ---


class Frame:
    """Answer what is set, as seen from one entered scope outwards. Never changed once made."""

    # Made when first needed. Class attributes, so that entering a scope does not set them.
    full: Map = None  # every visible key to its entry
    index: Map = None  # the index of `full`
    rebased: Frame | None = None  # of the context's own writes: see `over`

    def __init__(self, scope: ScopeBase | None, own: Map, parent: Frame | None) -> None:
        self.scope = scope
        self.own = own
        self.parent = parent
        self.memo: dict[Any, Any] = own if type(own) is dict else {}

    def entry(self, key: str) -> Entry:
        """Return the entry of a key, `ABSENT` where it is missing."""
        entry = self.memo.get(key)
        if entry is None:
            entry = _map.get(self.own, key)
            if entry is None:
                entry = (_map.get(self.below().view(), key) if self.parent else None) or ABSENT
            self.remember(key, entry)
        return entry  # type: ignore[no-any-return]

    def remember(self, key: Any, answer: Any) -> None:
        memo = self.memo
        if memo is self.own or len(memo) >= MOST_REMEMBERED:
            # `own` is shared by all entries of the scope and stays as it is
            few = type(self.own) is dict and len(self.own) <= _map.MOST
            memo = self.memo = dict(self.own) if few else {}
        memo[key] = answer

    def below(self) -> Frame:
        """Return the frame whose keys show through this one."""
        return NOWHERE if self.scope is None or self.scope.__empty__ else self.parent  # type: ignore[return-value]

    def view(self) -> Map:
        """Return the map of every visible key to its entry."""
        pending, frame = [], self
        while frame.full is None:
            pending.append(frame)
            frame = frame.below()
        full = frame.full
        for frame in reversed(pending):
            full = frame.full = _map.merge(full, frame.changes())
        return full

    def tree(self) -> Map:
        """Return the index of the view."""
        self.view()
        pending, frame = [], self
        while frame.index is None:
            pending.append(frame)
            frame = frame.below()
        index = frame.index
        for frame in reversed(pending):
            changes, before = frame.changes(), frame.below().full
            if len(changes) > _map.MOST:
                index = _map.index_of(key for key, _ in _map.items(frame.full))
            else:
                for key, entry in changes.items():
                    known = _map.get(before, key) is not None
                    if entry is None and known:
                        index = _map.index_without(index, key, frame.full)
                    elif entry is not None and not known:
                        index = _map.index_with(index, key)
            frame.index = index
        return index

    def changes(self) -> dict[str, Entry | None]:
        """Return this frame's overrides as changes of the map below."""
        return {key: None if entry is ABSENT else entry for key, entry in _map.items(self.own)}

    def subtree(self, key: str) -> dict[str, Any] | None:
        """Return what lies beneath a key as a nested dict, sorted by key; None for nothing.

        Where a key has both a value and keys beneath it, the value is shown.
        """
        index = self.tree()
        if _map.get(index, key) is None:
            return None
        top: dict[str, Any] = {}
        stack = [(key, top)]
        while stack:
            prefix, node = stack.pop()
            for segment in sorted(segment for segment, _ in _map.items(_map.get(index, prefix))):
                path = f"{prefix}.{segment}" if prefix else segment
                entry = _map.get(self.full, path)
                if entry is not None:
                    node[segment] = entry[0]
                else:
                    node[segment] = beneath = {}
                    stack.append((path, beneath))
        return top

    def beneath(self, key: str) -> list[str]:
        """Return the segments that follow a key, sorted."""
        return sorted(segment for segment, _ in _map.items(_map.get(self.tree(), key) or {}))

    def keys(self) -> list[str]:
        """Return every visible key, sorted."""
        return sorted(key for key, _ in _map.items(self.view()))

    def over(self, base: Frame) -> Frame:
        """Return the context's own writes as a frame on a baseline."""
        rebased = self.rebased
        if rebased is None or rebased.parent is not base:
            rebased = self.rebased = Frame(self.scope, self.own, base)
        return rebased


def base_frame(full: Map) -> Frame:
    """Return a frame that lies on nothing: a baseline."""
    frame = Frame(None, full, None)
    frame.full = full
    return frame


NOWHERE = base_frame({})
NOWHERE.index = {}
_baseline = NOWHERE
_current: ContextVar[Frame | None] = ContextVar("hyperparameter", default=None)
_get = _current.get
_set = _current.set


def present() -> Frame:
    """Return the frame that answers here and now."""
    frame = _get()
    if frame is None:
        return _baseline
    return frame.over(_baseline) if frame.scope is CONTEXT else frame


def swap(frame: Frame | None) -> Frame | None:
    """Point the context at another frame (None: the baseline) and return the one before."""
    before = _get()
    _set(frame)
    return before


def freeze() -> None:
    """Make the present view the baseline."""
    set_baseline(base_frame(present().view()))


def get_baseline() -> Frame:
    return _baseline


def set_baseline(frame: Frame) -> None:
    global _baseline
    _baseline = frame


# --- Reading ---


def read(frame: Frame, key: str, default: Any) -> Any:
    """Return the value of a key as its default asks, else the default."""
    value = frame.entry(key)[0]
    if isinstance(default, Reference):
        raise TypeError(
            f"the default of {path_of(key)} is the reference {default!r}, not a value: "
            f"write {path_of(key)} | ({path_of(default.__key__)} | default)"
        )
    if value is MISSING:
        if is_mapping(default):
            beneath = frame.subtree(key)
            return default if beneath is None else beneath
        return default
    if value is None or default is None:
        return value
    asked = (key, type(default))
    answer = frame.memo.get(asked)
    if answer is None:
        try:
            answer = (convert_like(value, default),)
        except Misfit as misfit:
            raise misfit_error(frame, key, value, misfit) from None
        frame.remember(asked, answer)
    return answer[0]


def require(frame: Frame, key: str) -> Any:
    """Return the value of a key, or what lies beneath it; raise `MissingParamError` for neither."""
    value = frame.entry(key)[0]
    if value is MISSING:
        value = frame.subtree(key)
        if value is None:
            raise MissingParamError(key, names=frame.keys)
    return value


def truth(frame: Frame, key: str) -> bool:
    """Return the truth of a value: of text by the word where it is a yes or no."""
    value = frame.entry(key)[0]
    if value is MISSING:
        return frame.subtree(key) is not None
    if isinstance(value, str):
        try:
            return bool(convert_like(value, True))
        except Misfit:
            return bool(value)
    return bool(value)


def misfit_error(frame: Frame, key: str, value: Any, misfit: Misfit) -> ParamError:
    """Return the error for a value that does not fit, with the place it was set at."""
    origin = frame.entry(key)[1]
    path = key + misfit.path
    detail = misfit.detail
    if misfit.path:
        detail = f"{detail} at {path!r}"
        if origin is None:
            origin = frame.entry(path)[1]
    return ParamError(key, value=value, wanted=misfit.wanted, detail=detail, origin=origin)


def describe(frame: Frame, key: str) -> str:
    value = frame.entry(key)[0]
    if value is MISSING:
        beneath = frame.subtree(key)
        return f"<{path_of(key)} (missing)>" if beneath is None else f"<{path_of(key)}: {shown(beneath)}>"
    return f"<{path_of(key)} = {shown(value)}>"


def path_of(key: str) -> str:
    """Return the program text that names a key."""
    named = all(segment.isidentifier() for segment in key.split("."))
    return f"hp.scope.{key}" if named else f"hp.scope[{key!r}]"


# --- References ---


def _reference(cls: type[Any], key: str) -> Any:
    reference = object.__new__(cls)
    _set_key(reference, key)
    return reference


def _attribute(name: str) -> str:
    """Return a name in source code as a key; dunder names are Python's, not parameters."""
    if name[:2] == "__" and name[-2:] == "__":
        raise AttributeError(f"{name!r} is not read as a parameter; write [{name!r}] if it is one")
    return name if name.isidentifier() else check(name)


class Reference:
    """Name a parameter: immutable, stateless, free to keep and share. It holds no value.

    `reference | default` and `reference(default)` give the value, else the default; `reference()`
    requires it. Attributes and items are references to what lies beneath.

    Example:
        >>> import hyperparameter as hp
        >>> train = hp.scope.train
        >>> with hp.scope(**{"train.lr": 0.5}):
        ...     train.lr | 0.1, train.steps | 100
        (0.5, 100)
    """

    # Every name that is not a dunder is a segment, so what is ours hides behind dunders.
    # Children that were named in source code are kept in __dict__, where Python finds them itself.
    __slots__ = ("__dict__", "__key__", "__weakref__")
    __key__: str

    def __or__(self, default: Any) -> Any:
        frame = _get() or _baseline
        entry = frame.memo.get(self.__key__)
        if entry is not None:
            value = entry[0]
            kind = type(default)
            if type(value) is kind or (value is MISSING and kind in PLAIN):
                return default if value is MISSING else value
        return read(present(), self.__key__, default)

    if TYPE_CHECKING:

        @overload
        def __call__(self) -> Any: ...
        @overload
        def __call__(self, default: None, /) -> Any: ...
        @overload
        def __call__(self, default: T, /) -> T: ...
        def __call__(self, *default: Any) -> Any: ...
    else:

        def __call__(self, default=MISSING, /):
            if default is MISSING:
                return require(_view_of(self), self.__key__)
            return self | default

    def __bool__(self) -> bool:
        return truth(_view_of(self), self.__key__)

    def __getattr__(self, name: str) -> Reference:
        child = _child(self, _attribute(name))
        self.__dict__[name] = child
        return child

    def __getitem__(self, key: str | int) -> Reference:
        return _child(self, check(key))

    def __setattr__(self, name: str, value: Any) -> None:
        self[_attribute(name)] = value

    def __setitem__(self, key: str | int, value: Any) -> None:
        write(_scope_of(self), overrides(({f"{self.__key__}.{check(key)}": value},), {}, caller(1)))

    def __delattr__(self, name: str) -> None:
        del self[_attribute(name)]

    def __delitem__(self, key: str | int) -> None:
        delete(_scope_of(self), f"{self.__key__}.{check(key)}")

    def __repr__(self) -> str:
        return describe(_view_of(self), self.__key__)

    def __dir__(self) -> list[str]:
        return _view_of(self).beneath(self.__key__)

    def __hash__(self) -> int:
        return hash(self.__key__)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Reference):
            raise _not_a_value(self)
        return self.__key__ == other.__key__ and _scope_of(self) is _scope_of(other)

    def __reduce__(self) -> tuple[Any, ...]:
        from operator import getitem

        return getitem, (ROOT, self.__key__)


_set_key = Reference.__dict__["__key__"].__set__  # `__setattr__` sets parameters


class HandleReference(Reference):
    """Name a parameter as seen from one scope outwards."""

    __slots__ = ("__scope__",)
    __scope__: ScopeBase

    def __or__(self, default: Any) -> Any:
        return read(_view_of(self), self.__key__, default)

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError(f"a reference into a scope does not pickle: pickle hp.snapshot() or {self.__key__!r}")


_set_scope = HandleReference.__dict__["__scope__"].__set__


def _child(parent: Reference, name: str) -> Any:
    child = _reference(type(parent), f"{parent.__key__}.{name}")
    if type(parent) is HandleReference:
        _set_scope(child, parent.__scope__)
    return child


def _scope_of(reference: Reference) -> ScopeBase | None:
    return reference.__scope__ if type(reference) is HandleReference else None


def _view_of(reference: Reference) -> Frame:
    return frame_of(reference.__scope__) if type(reference) is HandleReference else present()


def _not_a_value(reference: Reference) -> TypeError:
    path = path_of(reference.__key__)
    return TypeError(f"{path} is a reference, not its value: read it with {path} | default or {path}()")


def _refuse(self: Reference, *others: Any) -> Any:
    raise _not_a_value(self)


def _format(self: Reference, spec: str) -> str:
    if spec:
        raise _not_a_value(self)
    return repr(self)


for _name in [
    "lt",
    "le",
    "gt",
    "ge",
    "ne",
    "add",
    "radd",
    "sub",
    "rsub",
    "mul",
    "rmul",
    "matmul",
    "rmatmul",
    "truediv",
    "rtruediv",
    "floordiv",
    "rfloordiv",
    "mod",
    "rmod",
    "divmod",
    "rdivmod",
    "pow",
    "rpow",
    "lshift",
    "rlshift",
    "rshift",
    "rrshift",
    "and",
    "rand",
    "xor",
    "rxor",
    "ror",
    "neg",
    "pos",
    "abs",
    "invert",
    "int",
    "float",
    "complex",
    "index",
    "round",
    "trunc",
    "floor",
    "ceil",
    "len",
    "iter",
    "next",
    "reversed",
    "contains",
]:
    setattr(Reference, f"__{_name}__", _refuse)
Reference.__ne__ = lambda self, other: not self == other  # type: ignore[method-assign]
Reference.__format__ = _format  # type: ignore[method-assign]


# --- Scopes ---


def caller(depth: int) -> Origin:
    """Return the origin of a value that the caller's caller sets, `depth` frames further up."""
    frame = sys._getframe(depth + 1)
    return frame.f_code, frame.f_lasti


def overrides(sources: Iterable[Any], params: Mapping[str, Any], origin: Origin) -> dict[str, Entry]:
    """Return the entries that sources and keyword parameters set, the later winning."""
    own: dict[str, Entry] = {}
    for source in sources:
        if isinstance(source, str):
            key, value = split_text(source)
            own[key] = value, origin
        elif hasattr(type(source), "__entries__"):  # a scope or a snapshot: they keep their origins
            own.update(_map.items(source.__entries__()))
        elif is_mapping(source) or hasattr(type(source), "keys"):
            _flatten_into(own, "", source if is_mapping(source) else dict(source), origin)
        else:
            raise TypeError(
                f"{shown(source)} cannot be a source of parameters: wanted a mapping or a key=value text, "
                f"not {type(source).__name__}"
            )
    for key, value in params.items():
        if type(value) in PLAIN:
            own[check(key)] = value, origin
        else:
            _flatten_into(own, check(key), value, origin)
    return own


def _flatten_into(own: dict[str, Entry], key: str, value: Any, origin: Origin) -> None:
    for path, leaf in flatten(key, value):
        if isinstance(leaf, Reference):
            raise TypeError(
                f"the value of {path!r} is the reference {leaf!r}, not a value: "
                f"read it first, with {path_of(leaf.__key__)} | default"
            )
        own[path] = leaf, origin


class ScopeBase:
    """Hold a set of overrides that is entered and left. (What users call is in scope.py.)"""

    __slots__ = ("__empty__", "__own__", "__weakref__")
    __own__: Map
    __empty__: bool

    def __new__(cls, own: Map, empty: bool = False) -> Any:
        scope = object.__new__(cls)
        _set_own(scope, own)
        _set_empty(scope, empty)
        return scope

    def __enter__(self) -> Any:
        below = _get()
        if below is None:
            below = _baseline
        elif below.scope is CONTEXT:
            below = below.over(_baseline)
        _set(Frame(self, self.__own__, below))
        return self

    def __exit__(self, *exception: object) -> None:
        frame = _get()
        if frame is not None and frame.scope is self:
            below = frame.parent
            _set(below if below.scope is not None and below.scope is not CONTEXT else _loose(below))  # type: ignore[union-attr]
        else:
            leave(self)

    def __getattr__(self, name: str) -> Reference:
        reference = _reference(HandleReference, _attribute(name))
        _set_scope(reference, self)
        return reference  # type: ignore[no-any-return]

    def __setattr__(self, name: str, value: Any) -> None:
        self[_own_attribute(type(self), name)] = value

    def __setitem__(self, key: str | int, value: Any) -> None:
        write(self, overrides(({key: value},), {}, caller(1)))

    def __delattr__(self, name: str) -> None:
        del self[_own_attribute(type(self), name)]

    def __delitem__(self, key: str | int) -> None:
        delete(self, check(key))


_set_own = ScopeBase.__dict__["__own__"].__set__
_set_empty = ScopeBase.__dict__["__empty__"].__set__


def _own_attribute(cls: type, name: str) -> str:
    if hasattr(cls, name):
        raise AttributeError(f"{name!r} is a method here; write [{name!r}] for the parameter")
    return _attribute(name)


class RootBase:
    """Make scopes when called, and references when asked for attributes and items."""

    __slots__ = ("__dict__",)
    __scope__: type[ScopeBase]  # what a call makes

    def __call__(self, /, *sources: Any, **params: Any) -> Any:
        frame = sys._getframe(1)
        return self.__scope__(overrides(sources, params, (frame.f_code, frame.f_lasti)))

    def __getattr__(self, name: str) -> Reference:
        reference: Reference = _reference(Reference, _attribute(name))
        self.__dict__[name] = reference
        return reference

    def __getitem__(self, key: str | int) -> Reference:
        return _reference(Reference, check(key))  # type: ignore[no-any-return]

    def __setattr__(self, name: str, value: Any) -> None:
        self[_own_attribute(type(self), name)] = value

    def __setitem__(self, key: str | int, value: Any) -> None:
        write(None, overrides(({key: value},), {}, caller(1)))

    def __delattr__(self, name: str) -> None:
        del self[_own_attribute(type(self), name)]

    def __delitem__(self, key: str | int) -> None:
        delete(None, check(key))


# Made by scope.py: the scope that a context's writes outside of any scope belong to, and `hp.scope`.
CONTEXT: ScopeBase
ROOT: RootBase


def adopt(context: ScopeBase, root: RootBase) -> None:
    """Take the two objects of which there is one each."""
    global CONTEXT, ROOT
    CONTEXT, ROOT = context, root


def _loose(frame: Frame) -> Frame | None:
    """Return the bottom of a chain as the context keeps it outside of any scope: over the live baseline."""
    if frame.scope is None or not frame.own:
        return None
    loose = Frame(CONTEXT, frame.own, None)
    loose.memo = {}  # answers depend on the baseline of the moment: they are kept in `rebased`
    return loose


def _restack(frame: Frame, above: list[Frame]) -> None:
    """Point the context at the chain that ends on `frame`, with the frames above it put back on top."""
    if not above and (frame.scope is None or frame.scope is CONTEXT):
        _set(_loose(frame))
        return
    for upper in reversed(above):
        frame = Frame(upper.scope, upper.own, frame)
    _set(frame)


def _find(scope: ScopeBase) -> tuple[Frame | None, list[Frame]]:
    """Return the innermost frame of a scope in this context, and the frames above it."""
    frame: Frame | None = present()
    above = []
    while frame is not None and frame.scope is not scope:
        if frame.scope is None and scope is CONTEXT:  # nothing written yet: it lies on the baseline
            return Frame(CONTEXT, {}, frame), above
        above.append(frame)
        frame = frame.parent
    return frame, above


def leave(scope: ScopeBase) -> None:
    """Remove a scope from this context's view, wherever it lies; do nothing where it is not in it."""
    frame, above = _find(scope)
    if frame is not None:
        _restack(frame.parent, above)  # type: ignore[arg-type]


def frame_of(scope: ScopeBase) -> Frame:
    """Return the frame that answers from a scope outwards; where it is not entered, as if it were."""
    frame, _ = _find(scope)
    return Frame(scope, scope.__own__, present()) if frame is None else frame


def innermost() -> ScopeBase:
    """Return the innermost scope of this context."""
    frame = _get()
    return CONTEXT if frame is None or frame.scope is None else frame.scope


def write(scope: ScopeBase | None, changes: dict[str, Entry] | None) -> None:
    """Set entries in a scope (None: the innermost), for this context; None as changes clears it."""
    scope = innermost() if scope is None else scope
    frame, above = _find(scope)
    if frame is None:
        raise RuntimeError("this scope is not entered in this context, and a write lasts until it is left")
    own = {} if changes is None else _map.merge(frame.own, changes)
    _restack(Frame(scope, own, frame.parent), above)


def delete(scope: ScopeBase | None, key: str) -> None:
    """Make a key, and all beneath it, missing in a scope (None: the innermost)."""
    frame = present() if scope is None else frame_of(scope)
    gone, stack = {key: ABSENT}, [key]
    while stack:
        prefix = stack.pop()
        for segment in frame.beneath(prefix):
            path = f"{prefix}.{segment}"
            gone[path] = ABSENT
            stack.append(path)
    write(scope, gone)


# --- The decorated call ---


def decorate(function: Callable[..., Any], binding: Binding) -> Callable[..., Any]:
    """Return a function that calls `function` with what the scopes set for it.

    A frame remembers, for each binding, its plans: from the number of positional arguments to
    the keyword arguments to add. Where these depend on what else the caller gives, the plan is a
    pair with the names that the caller has to give for it to hold.
    """

    def call(*args: Any, **kwargs: Any) -> Any:
        plans = (_get() or _baseline).memo.get(binding)
        if plans is None:
            plans = binding.plans(present())
        plan = plans.get(len(args))
        if type(plan) is dict:
            if not plan:
                return function(*args, **kwargs)
            return function(*args, **{**plan, **kwargs}) if kwargs else function(*args, **plan)
        if plan is not None and kwargs.keys() >= plan[1]:
            return function(*args, **{**plan[0], **kwargs})
        args, kwargs = binding.arguments(present(), args, kwargs)
        return function(*args, **kwargs)

    return call
