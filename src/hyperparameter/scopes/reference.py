"""Reading, setting, and the references that name what is read: the same under both kernels."""

from __future__ import annotations

import sys

from ..conversion.rule import Misfit, accepts_subtree, convert_like, is_immutable
from ..core import key as keys
from ..core.frame import MISSING, Frame, current_frame, delete, frame_of, write
from ..core.kernel import ReferenceBase, adopt
from ..core.key import PLAIN, check_key, flatten, hashes, is_mapping, is_plain, split_text
from ..core.map import items
from ..errors import MissingParamError, ParamError, short_repr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, TypeVar, overload

    from ..core.frame import Entry
    from ..core.kernel import ScopeBase
    from ..errors import Origin

    T = TypeVar("T")
else:

    def overload(function):
        return function


def read(frame: Frame, key: str, default: Any) -> Any:
    """Return the value of a key as its default asks, else the default."""
    value = frame.entry(key)[0]
    kind = type(default)
    if value is not MISSING:
        if type(value) is kind and kind is not dict:
            return value
        made = frame.cache.get((key, kind)) if type(kind) is type or hashes(kind) else None
        if made is not None:
            return made[0]
        if not is_plain(type(value)):
            value = frame.read_entry(key)[0]
            if type(value) is kind:
                return value
    if issubclass(kind, Reference):
        raise TypeError(
            f"the default of {path_of(key)} is the reference {default!r}, not a value: "
            f"write {path_of(key)} | ({path_of(default.__key__)} | default)"
        )
    if value is MISSING:
        if is_plain(kind) or kind is object or not accepts_subtree(kind):  # object() marks what is missing
            return default
        value = frame.subtree(key)
        if value is None:
            return default
        if is_mapping(default):
            return value
    if value is None or default is None:
        return value
    try:
        answer = convert_like(value, default)
    except Misfit as misfit:
        raise misfit_error(frame, key, value, misfit) from misfit.__cause__
    if hashes(kind) and (answer is value or is_immutable(answer)):  # any other is made anew: one may change it
        frame.cache_answer((key, kind), (answer,))
    return answer


def require(frame: Frame, key: str) -> Any:
    """Return the value of a key, or what lies beneath it; raise `MissingParamError` for neither."""
    value = frame.read_entry(key)[0]
    if value is MISSING:
        value = frame.subtree(key)
        if value is None:
            raise MissingParamError(key, names=frame.visible_keys)
    return value


def truth(frame: Frame, key: str) -> bool:
    """Return the truth of a value: of text by the word where it is a yes or no."""
    value = frame.read_entry(key)[0]
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
    origin = frame.read_entry(key)[1]
    detail = misfit.detail
    if misfit.path:
        path = key + misfit.path
        detail = f"at {path!r}: {detail}"
        origin = origin or frame.entry(path)[1]
    if origin is None:  # what lies beneath the key was asked for: the place of its first part
        beneath = (name for name in frame.visible_keys() if name.startswith(key + "."))
        origin = frame.entry(next(beneath, key))[1]
    return ParamError(key, value=value, wanted=misfit.wanted, detail=detail, origin=origin)


def describe(frame: Frame, key: str) -> str:
    value = frame.read_entry(key)[0]
    if value is MISSING:
        beneath = frame.subtree(key)
        return f"<{path_of(key)} (missing)>" if beneath is None else f"<{path_of(key)}: {short_repr(beneath)}>"
    return f"<{path_of(key)} = {short_repr(value)}>"


def path_of(key: str) -> str:
    """Return the program text that names a key."""
    named = all(segment.isidentifier() for segment in key.split("."))
    return f"hp.scope.{key}" if named else f"hp.scope[{key!r}]"


# --- Setting ---


def caller(depth: int) -> Origin:
    """Return the origin of a value that the caller's caller sets, `depth` frames further up."""
    frame = sys._getframe(depth + 1)
    return frame.f_code, frame.f_lasti


def entries_from(sources: Iterable[Any], params: Mapping[str, Any], origin: Origin) -> dict[str, Entry]:
    """Return the entries that sources and keyword parameters set, the later winning."""
    own: dict[str, Entry] = {}
    for source in sources:
        if isinstance(source, str):
            key, value = split_text(source)
            own[key] = value, origin
        elif hasattr(type(source), "__entries__"):  # a scope or a snapshot: they keep their origins
            own.update(items(source.__entries__()))
        elif is_mapping(source) or hasattr(type(source), "keys"):
            _flatten_into(own, "", source if is_mapping(source) else dict(source), origin)
        else:
            raise TypeError(
                f"{short_repr(source)} cannot be a source of parameters: wanted a mapping or a key=value text, "
                f"not {type(source).__name__}"
            )
    for key, value in params.items():
        if is_plain(type(value)):
            own[check_key(key)] = value, origin
        else:
            _flatten_into(own, check_key(key), value, origin)
    return own


def _flatten_into(own: dict[str, Entry], key: str, value: Any, origin: Origin) -> None:
    kept: Mapping[str, Entry] = value.__kept__ if hasattr(type(value), "__kept__") else {}
    for path, leaf in flatten(key, value):
        if issubclass(type(leaf), Reference):
            raise TypeError(
                f"the value of {path!r} is the reference {leaf!r}, not a value: "
                f"read it first, with {path_of(leaf.__key__)} | default"
            )
        entry = kept.get(
            path
        )  # a configuration knows where its values came from, but not what was put in since
        own[path] = entry if entry is not None and entry[0] is leaf else (leaf, origin)


def assign(scope: ScopeBase | None, key: str, value: Any) -> None:
    """Set one key in a scope (None: the innermost), for the caller of an attribute or item assignment."""
    write(scope, entries_from(({key: value},), {}, caller(2)))


# --- References ---


def attribute_key(name: str) -> str:
    """Return a name in source code as a key; dunder names are Python's, not parameters."""
    if name[:2] == "__" and name[-2:] == "__":
        raise AttributeError(f"{name!r} is not read as a parameter; write [{name!r}] if it is one")
    return name if type(name) is str and name.isidentifier() else check_key(name)


class Signature:
    """Be the signature of a class, and of what is made of it where that is called.

    Those that `inspect` would find are the kernels', which take what they refuse too, or have none.
    """

    def __init__(self, made: Any, called: Any = None) -> None:
        self._made = made
        self._called = called

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        from inspect import signature

        asked = self._made if instance is None else self._called
        if asked is None:
            raise AttributeError("__signature__")
        return signature(asked)


class Reference(ReferenceBase):
    """Name a parameter: immutable, stateless, free to keep and share. It holds no value.

    `reference | default` and `reference(default)` give the value, else the default; `reference()`
    requires it. Attributes and items are references to what lies beneath.

    Examples:
        >>> import hyperparameter as hp
        >>> train = hp.scope.train
        >>> with hp.scope(**{"train.lr": 0.5}):
        ...     train.lr | 0.1, train.steps | 100
        (0.5, 100)
    """

    __slots__ = ()
    __signature__ = Signature(lambda key, /: key, lambda default=..., /: default)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Reference: ...
        @overload
        def __or__(self, default: None) -> Any: ...
        @overload
        def __or__(self, default: T) -> T: ...
        def __or__(self, default: Any) -> Any: ...
        @overload
        def __call__(self, /) -> Any: ...
        @overload
        def __call__(self, default: None, /) -> Any: ...
        @overload
        def __call__(self, default: T, /) -> T: ...
        def __call__(self, default: Any = ..., /) -> Any: ...

    def __bool__(self) -> bool:
        return truth(_view_of(self), self.__key__)

    def __getitem__(self, key: str | int) -> Reference:
        return _child(self, check_key(key))

    def __setattr__(self, name: str, value: Any) -> None:
        assign(_scope_of(self), f"{self.__key__}.{attribute_key(name)}", value)

    def __setitem__(self, key: str | int, value: Any) -> None:
        assign(_scope_of(self), f"{self.__key__}.{check_key(key)}", value)

    def __delattr__(self, name: str) -> None:
        delete(_scope_of(self), f"{self.__key__}.{attribute_key(name)}")

    def __delitem__(self, key: str | int) -> None:
        delete(_scope_of(self), f"{self.__key__}.{check_key(key)}")

    def __repr__(self) -> str:
        return describe(_view_of(self), self.__key__)

    def __dir__(self) -> list[str]:
        return _view_of(self).segments_below(self.__key__)

    def __hash__(self) -> int:
        return hash(self.__key__)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Reference):
            raise _not_a_value(self)
        return self.__key__ == other.__key__ and _scope_of(self) is _scope_of(other)

    def __reduce__(self) -> tuple[Any, ...]:
        from operator import getitem

        from .scope import scope

        return getitem, (scope, self.__key__)


class HandleReference(Reference):
    """Name a parameter as seen from one scope outwards."""

    __slots__ = ("__scope__",)
    __scope__: ScopeBase

    def __or__(self, default: Any) -> Any:
        return read(_view_of(self), self.__key__, default)

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError(f"a reference into a scope does not pickle: pickle hp.snapshot() or {self.__key__!r}")


set_scope = HandleReference.__dict__["__scope__"].__set__


def handle_reference(scope: ScopeBase, key: str) -> HandleReference:
    """Return the reference to a key as seen from a scope outwards."""
    reference: HandleReference = HandleReference(key)
    set_scope(reference, scope)
    return reference


def _child(parent: Reference, name: str) -> Reference:
    key = f"{parent.__key__}.{name}"
    return handle_reference(parent.__scope__, key) if type(parent) is HandleReference else Reference(key)


def _named(parent: Any, name: str) -> Reference:
    """Return the reference that an attribute of a reference, or of `hp.scope`, is."""
    key = attribute_key(name)
    return _child(parent, key) if isinstance(parent, Reference) else Reference(key)


def _scope_of(reference: Reference) -> ScopeBase | None:
    return reference.__scope__ if type(reference) is HandleReference else None


def _view_of(reference: Reference) -> Frame:
    return frame_of(reference.__scope__) if type(reference) is HandleReference else current_frame()


def _not_a_value(reference: Reference) -> TypeError:
    path = path_of(reference.__key__)
    return TypeError(f"{path} is a reference, not its value: read it with {path} | default or {path}()")


def _refuse(self: Reference, *others: Any) -> Any:
    if others == ("",):  # format() without a specification, as in an f-string, shows the repr
        return repr(self)
    raise _not_a_value(self)


_REFUSED = """
    lt le gt ge add radd sub rsub mul rmul matmul rmatmul truediv rtruediv floordiv rfloordiv mod rmod
    divmod rdivmod pow rpow lshift rlshift rshift rrshift and rand xor rxor neg pos abs invert int float
    complex index round trunc floor ceil len iter next reversed contains format
"""
for _name in _REFUSED.split():
    setattr(Reference, f"__{_name}__", _refuse)


def _read_here(key: str, default: Any) -> Any:
    return read(current_frame(), key, default)


def _require(reference: Reference) -> Any:
    return require(_view_of(reference), reference.__key__)


adopt(
    reference=Reference,
    plain=PLAIN,
    good=keys.good,
    check=check_key,
    child=_named,
    read=_read_here,
    require=_require,
    refuse=_refuse,
    entries_from=entries_from,
)
