"""`hp.scope`: read and write parameters through it, and call it to make a scope."""

from __future__ import annotations

from ..conversion.rule import part_of
from ..core.context import (
    clear,
    connect,
    current_frame,
    frame_of,
    freeze,
    innermost_scope,
    leave,
    unpinned_if_possible,
    write,
)
from ..core.frame import Frame
from ..core.hooks import Hooks
from ..core.kernel import RootBase, ScopeBase
from ..core.key import check_key
from ..core.map import items
from ..core.origin import Origin, marked_keys
from ..core.value import MISSING
from ..errors import KeySyntaxError, shown
from .reading import plain_value_in, read_current, require
from .recording import record_overrides, record_read, record_view
from .reference import (
    Reference,
    Signature,
    assign,
    attribute_key,
    child_of,
    reject_operator,
    require_reference,
    unassign,
)
from .sources import entries_from

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import ItemsView, Iterator, KeysView, ValuesView
    from typing import Any

    from ..core.value import Entry
    from .sources import Source

__all__ = ["EmptyScope", "Reference", "Scope", "ScopeRoot", "scope"]


class Scope(ScopeBase):
    """A set of overrides, which `with` enters and leaves.

    A scope can be kept, entered again, entered within itself, and entered by many threads and tasks at once.

    The attributes of a scope are references that read from it outwards, whatever scopes are inside it. If it is
    not entered, they read as if it were entered here. As a mapping, a scope is the flat view from it outwards:
    the keys are sorted, and `scope["a.b"]` is the value itself.

    Examples:
        >>> import hyperparameter as hp
        >>> with hp.scope(**{"train.lr": 0.1}) as outer:
        ...     with hp.scope(**{"train.lr": 0.2}):
        ...         hp.scope.train.lr(), outer.train.lr(), dict(outer)
        (0.2, 0.1, {'train.lr': 0.1})
    """

    __slots__ = ()
    __signature__ = Signature(lambda overrides, /: overrides)
    # Whether the scope hides everything outside it.
    __empty__ = False

    if TYPE_CHECKING:

        def __enter__(self) -> Scope: ...

    def __getattr__(self, name: str) -> Reference:
        return Reference(attribute_key(name), self)

    def __setattr__(self, name: str, value: Any) -> None:
        assign(self, _attribute_to_set(type(self), name), value)

    def __setitem__(self, key: str | int, value: Any) -> None:
        assign(self, check_key(key), value)

    def __delattr__(self, name: str) -> None:
        unassign(self, _attribute_to_set(type(self), name))

    def __delitem__(self, key: str | int) -> None:
        unassign(self, check_key(key))

    def keys(self) -> KeysView[str]:
        """Return every visible key, sorted.

        Examples:
            >>> import hyperparameter as hp
            >>> list(hp.scope(b=1, a=2).keys())
            ['a', 'b']
        """
        return dict.fromkeys(self).keys()

    def get(self, key: str | int, default: Any = None) -> Any:
        """Return the value of a key as `scope[key]` does, or the default if the key is not set.

        The value is not converted. Raises `ValueError` for a bad key.

        Examples:
            >>> import hyperparameter as hp
            >>> with hp.scope(a=1) as ps:
            ...     ps.get("a"), ps.get("b"), ps.get("b", 2)
            (1, None, 2)
        """
        try:
            return self[key]
        except KeyError:
            return default

    def items(self) -> ItemsView[str, Any]:
        """Return every visible key with its value, sorted by key.

        Examples:
            >>> import hyperparameter as hp
            >>> list(hp.scope(b=1, a=2).items())
            [('a', 2), ('b', 1)]
        """
        return dict(self).items()

    def values(self) -> ValuesView[Any]:
        """Return the value of every visible key, sorted by key.

        Examples:
            >>> import hyperparameter as hp
            >>> list(hp.scope(b=1, a=2).values())
            [2, 1]
        """
        return dict(self).values()

    def update(self, /, *sources: Source, **params: Any) -> None:
        """Set parameters in this scope until it is left. The sources are those of `hp.scope(...)`.

        Raises `RuntimeError` if the scope is not entered in this context, and `ValueError` for a bad key,
        before anything is set.

        Examples:
            >>> import hyperparameter as hp
            >>> with hp.scope() as ps:
            ...     ps.update({"train": {"lr": 0.1}}, "train.name=first")
            ...     hp.scope.train()
            {'lr': 0.1, 'name': 'first'}
        """
        write(self, entries_from(sources, params, Origin.of_caller()))

    def clear(self) -> None:
        """Drop everything that this scope itself sets, so that the values from outside are visible again.

        Raises `RuntimeError` if the scope is not entered in this context.

        Examples:
            >>> import hyperparameter as hp
            >>> with hp.scope(a=1), hp.scope(a=2) as inner:
            ...     inner.clear()
            ...     hp.scope.a()
            1
        """
        clear(self)

    def __getitem__(self, key: str | int) -> Any:
        frame, key = frame_of(self), check_key(key)
        # `dict(scope)` is the flat view. In it, a value and what is set below it are items of their own.
        entry = frame.node(key)[0]
        value = require(frame, key) if entry is None else plain_value_in(frame, key, entry)
        record_read(frame, key, value)
        return value

    def __contains__(self, key: object) -> bool:
        try:
            return frame_of(self).entry(check_key(key))[0] is not MISSING
        except KeySyntaxError:
            return False

    def __iter__(self) -> Iterator[str]:
        frame = frame_of(self)
        record_view(frame)
        return iter(frame.visible_keys())

    def __len__(self) -> int:
        return len(frame_of(self).visible_keys())

    def __bool__(self) -> bool:
        # `if ps:` asks whether there is a scope. Python would use `len`, which is 0 if nothing is set.
        return True

    def __repr__(self) -> str:
        pairs = _sorted_overrides(self)
        text = shown("", {key: entry[0] for key, entry in pairs}, marked_keys(pairs)) if pairs else ""
        return f"hp.scope{'.empty' if self.__empty__ else ''}({text})"

    def __entries__(self) -> Iterator[tuple[str, Entry]]:
        # As a source, a scope is what `dict(scope)` shows, with the origins.
        return iter(frame_of(self).visible_items())

    def __reduce__(self) -> tuple[Any, ...]:
        from .pickled import pickled_form

        return _unpickled, (type(self), *pickled_form(_sorted_overrides(self)))


def _sorted_overrides(scope: Scope) -> list[tuple[str, Entry]]:
    """Return what a scope was made with. A key comes before the keys below it."""
    overrides = scope.__overrides__
    if isinstance(overrides, dict):
        return list(overrides.items())
    return sorted(items(overrides), key=lambda item: item[0])


def _unpickled(cls: type[Scope], *form: Any) -> Scope:
    from .pickled import unpickled_entries

    return cls(dict(unpickled_entries(*form)))


def _attribute_to_set(cls: type, name: str) -> str:
    """Return the key that an assignment to an attribute sets; raise `AttributeError` if it is a method."""
    if hasattr(cls, name):
        raise AttributeError(f"{name!r} is a method here; write [{name!r}] for the parameter")
    return attribute_key(name)


class EmptyScope(Scope):
    """A scope that hides everything outside. `hp.scope.empty` makes it."""

    __slots__ = ()
    __empty__ = True


class _AmbientScope(Scope):
    """The scope that has what is written outside of any scope. Entering or leaving it does nothing."""

    __slots__ = ()

    def __enter__(self) -> Scope:
        return self

    def __exit__(self, *exception: object) -> None:
        return None

    def __reduce__(self) -> Any:
        raise TypeError("cannot pickle the ambient scope: pickle hp.snapshot() instead")


class ScopeRoot(RootBase):
    """Read parameters by attribute or item, and make a scope by a call.

    The sources of `hp.scope(*sources, **params)` are mappings, which may be nested, and `key=value` texts. The
    later one wins. A call raises `ValueError` for a bad key or a text without `=`, and `TypeError` for a source
    of another type.

    Examples:
        >>> import hyperparameter as hp
        >>> hp.scope.train.lr | 0.1
        0.1
        >>> with hp.scope({"train": {"lr": 0.2}}, "train.name=first", seed=3):
        ...     hp.scope.train.lr | 0.1, hp.scope["train.name"]("none"), hp.scope.seed()
        (0.2, 'first', 3)
    """

    __slots__ = ("__weakref__",)
    __signature__ = Signature(lambda: None, lambda *sources, **params: (sources, params))

    if TYPE_CHECKING:

        def __call__(self, /, *sources: Source, **params: Any) -> Scope: ...
        def __getattr__(self, name: str) -> Reference: ...
        def __getitem__(self, key: str | int) -> Reference: ...

    def __setattr__(self, name: str, value: Any) -> None:
        assign(None, _attribute_to_set(type(self), name), value)

    def __setitem__(self, key: str | int, value: Any) -> None:
        assign(None, check_key(key), value)

    def __delattr__(self, name: str) -> None:
        unassign(None, _attribute_to_set(type(self), name))

    def __delitem__(self, key: str | int) -> None:
        unassign(None, check_key(key))

    def empty(self, /, *sources: Source, **params: Any) -> Scope:
        """Return a scope that hides everything outside it, the baseline too.

        Examples:
            >>> import hyperparameter as hp
            >>> with hp.scope(a=1), hp.scope.empty(b=2) as ps:
            ...     dict(ps)
            {'b': 2}
        """
        return EmptyScope(entries_from(sources, params, Origin.of_caller()))

    def current(self) -> Scope:
        """Return the innermost scope.

        If no scope is entered, return the ambient scope, which has the values that were set outside any scope.

        Examples:
            >>> import hyperparameter as hp
            >>> with hp.scope(a=1) as ps:
            ...     hp.scope.current() is ps
            True
        """
        return innermost_scope()  # type: ignore[return-value]

    def frozen(self) -> bool:
        """Make the current view the baseline: see `hp.frozen`."""
        return freeze()

    def init(self, /, *sources: Source, **params: Any) -> Scope:
        """Enter a scope for the rest of this context, and return it.

        Examples:
            >>> import contextvars, hyperparameter as hp
            >>> def job():
            ...     hp.scope.init(a=1)
            ...     return hp.scope.a | 0
            >>> contextvars.copy_context().run(job), hp.scope.a | 0
            (1, 0)
        """
        return Scope(entries_from(sources, params, Origin.of_caller())).__enter__()

    def __iter__(self) -> Any:
        # Without this method, Python would ask for the items 0, 1, 2, … without end: each is a reference.
        raise _not_a_mapping()

    def __contains__(self, key: object) -> bool:
        raise _not_a_mapping()

    def __repr__(self) -> str:
        return f"<hp.scope: {len(current_frame().visible_keys())} parameters set>"

    def __dir__(self) -> list[str]:
        return ["current", "empty", "frozen", "init", *current_frame().segments_below("")]

    def __reduce__(self) -> str:
        return "scope"


def _not_a_mapping() -> TypeError:
    return TypeError(
        "hp.scope is not a mapping: use hp.scope.current() for the parameters that are set, "
        "and hp.scope[key] | default to read one parameter"
    )


connect(
    Hooks(
        frame_type=Frame,
        reference_type=Reference,
        scope_type=Scope,
        ambient_scope=_AmbientScope({}),
        rebased_on=Frame.rebased_on,
        unpinned_if_possible=unpinned_if_possible,
        leave=leave,
        entries_from=entries_from,
        child_of=child_of,
        read=read_current,
        require=require_reference,
        reject_operator=reject_operator,
        record_overrides=record_overrides,
        part_of=part_of,
    )
)
scope = ScopeRoot()
