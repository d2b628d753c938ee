"""Values that are computed when they are read: `hp.ref(key)` and `hp.lazy(function)`.

A scope sets such a value like any other, and a frame knows nothing of it. A reader finds it in the input of
conversion, and calls `compute` with its own frame:

    with hp.scope({"head.classes": hp.ref("model.classes"), "model.classes": 10}):
        hp.scope.head.classes | 2       ->  frame.input("head.classes")  is  Ref("model.classes")
                                        ->  frame.input("model.classes") is  10
        with hp.scope(**{"model.classes": 20}):
            hp.scope.head.classes | 2   ->  20: the reader has another frame

A part of a computed value is a computed value too: if `opt` is `hp.ref("base")`, then `opt.lr` is
`hp.ref("base.lr")`. Answers are never cached, because the next reader may be in another frame.
"""

from __future__ import annotations

from _thread import _local

from ..errors import ConfigError, did_you_mean, nearest
from ..secrecy import is_secret_key
from . import tree
from .context import current_frame, replace_current
from .kernel import ReferenceBase
from .key import check_key, is_below, join_name
from .origin import SecretOrigin
from .value import MISSING, Appended, Computed, Parts, UntypedText

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from .frame import Frame
    from .origin import Origin

__all__ = ["Lazy", "Ref", "compute", "is_computed", "lazy", "origin_in", "ref"]

# The most keys in a chain. A reference to a part of itself would make it grow for ever.
MAX_CHAIN = 100

_running = _local()


def ref(key: Any) -> Any:
    """Return a value that stands for the value of another key, in the view of each reader.

    Reading it reads the other key, with everything that is set below that key. A part that is set below this
    key overrides that part. Reading it raises `ConfigError` if the other key is not set, or if it refers back
    to this one.

    Examples:
        >>> import hyperparameter as hp
        >>> with hp.scope({"model.classes": 10, "head.classes": hp.ref("model.classes")}):
        ...     with hp.scope(**{"model.classes": 20}):
        ...         hp.scope.head.classes | 2
        20
    """
    if isinstance(key, ReferenceBase) and key.__scope__ is None:
        return Ref(key.__key__)
    if not isinstance(key, str):
        raise TypeError(f"expected a key, such as hp.ref('train.lr'), got {key!r}")
    return Ref(check_key(key))


def lazy(function: Callable[[], Any], *, once: bool = False) -> Any:
    """Return a value that calls a function at each read, in the view of the reader.

    What nobody reads is never computed. With `once`, a scope calls the function at most once, unless a
    parameter is set in it afterwards; a scope inside it calls the function again. Two threads that read at the
    same time can both call it, and get the same value.

    Examples:
        >>> import hyperparameter as hp
        >>> with hp.scope({"steps": 10, "warmup": hp.lazy(lambda: (hp.scope.steps | 0) // 5)}):
        ...     with hp.scope(steps=100):
        ...         hp.scope.warmup | 0
        20
    """
    if not callable(function):
        raise TypeError(f"expected a function without arguments, got {function!r}")
    return Lazy(function, once)


def compute(given: Any, frame: Frame, key: str) -> Any:
    """Return the input of conversion of a key with its computed values replaced.

    Raises `ConfigError` if a reference cannot be resolved.
    """
    return _compute(given, frame, (key,)) if is_computed(given) else given


def is_computed(given: Any) -> bool:
    """Return whether the input of conversion of a key has a computed value in it. This computes nothing."""
    if not Computed.exist:
        return False
    # A loop, because keys can have many segments, and a list can contain itself.
    pending, seen_ids = [given], set()
    while pending:
        item = pending.pop()
        cls = type(item)
        if cls is Parts:
            pending += (item.value, *item.items.values())
        elif cls is dict or cls is list or cls is tuple or cls is Appended:
            if id(item) not in seen_ids:
                seen_ids.add(id(item))
                pending += item.values() if cls is dict else item
        elif isinstance(item.like if cls is UntypedText else item, Computed):
            return True
    return False


def _compute(given: Any, frame: Frame, keys: tuple[str, ...]) -> Any:
    cls = type(given)
    if cls is Parts:
        *earlier, key = keys
        items = {
            name: _compute(item, frame, (*earlier, join_name(key, name))) for name, item in given.items.items()
        }
        return Parts(_compute(given.value, frame, keys), items)
    if cls is dict:
        return {name: _compute(item, frame, keys) for name, item in given.items()}
    if cls is list or cls is tuple or cls is Appended:
        return cls(_compute(item, frame, keys) for item in given)
    if cls is UntypedText:
        # The type of a computed value is not known, so the text does not take it.
        return UntypedText(given) if isinstance(given.like, Computed) else given
    return given.input_in(frame, keys) if isinstance(given, Computed) else given


def origin_in(frame: Frame, key: str) -> Origin | None:
    """Return the origin of the value that a reader gets: for `hp.ref`, that of the value it stands for."""
    key_of_value, is_hidden = key, False
    for _ in range(MAX_CHAIN):
        value = frame.entry(key_of_value)[0]
        if type(value) is not Ref:
            break
        key_of_value = value.key
        is_hidden = is_hidden or is_secret_key(key_of_value)
    origin = frame.origin_of(key_of_value)
    return SecretOrigin.of(origin) if is_hidden else origin


class Ref(Computed):
    """The value of another key.

    Attributes:
        key: the other key.
        whole: for a part of a link, the key of the whole. If it is set, the part may be missing.
    """

    __slots__ = ("key", "whole")

    def __init__(self, key: str, whole: str | None = None) -> None:
        super().__init__()
        self.key = key
        self.whole = whole

    def part(self, names: Sequence[str]) -> Computed:
        key = self.key
        for name in names:
            key = join_name(key, name)
        return Ref(key, self.whole or self.key)

    def input_in(self, frame: Frame, keys: tuple[str, ...]) -> Any:
        # Whoever reads a key also reads the keys below it.
        first = next(
            (index for index, key in enumerate(keys) if key == self.key or is_below(key, self.key)), None
        )
        if first is not None:
            raise _error(self, frame, keys, f"it refers to itself: {' -> '.join([*keys[first:], self.key])}")
        if len(keys) >= MAX_CHAIN:
            value = frame.entry(keys[0])[0]
            raise _error(value, frame, keys[:1], f"the chain of references is longer than {MAX_CHAIN} keys")
        given = frame.input(self.key)
        if given is not MISSING:
            given = _compute(given, frame, (*keys, self.key))
        if given is MISSING and (self.whole is None or frame.input(self.whole) is MISSING):
            near = did_you_mean(nearest(self.key, frame.visible_keys()))
            raise _error(self, frame, keys, f"{self.key!r} is not set{near}")
        return given

    def __eq__(self, other: object) -> bool:
        return type(other) is Ref and self.key == other.key

    def __hash__(self) -> int:
        return hash((Ref, self.key))

    def __repr__(self) -> str:
        return f"hp.ref({self.key!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        # The other process has to know that there is a computed value.
        return Ref, (self.key,)


class Lazy(Computed):
    """The value that a function returns in the view of the reader."""

    __slots__ = ("cache_key", "function", "once")

    def __init__(self, function: Callable[[], Any], once: bool) -> None:
        super().__init__()
        self.function = function
        self.once = once
        # Equal values are cached apart from each other: both may call a function that counts.
        self.cache_key = object()

    def part(self, names: Sequence[str]) -> Computed:
        return _LazyPart(self, tuple(names))

    def input_in(self, frame: Frame, keys: tuple[str, ...]) -> Any:
        value = self._cached_in(frame)
        if value is MISSING:
            value = self._call(frame, keys)
            if self.once:
                frame.cache_answer(self.cache_key, Lazy, value)
                value = self._cached_in(frame)
        return _compute(value, frame, keys)

    def _cached_in(self, frame: Frame) -> Any:
        return MISSING if frame.answers is None else frame.answers.get((self.cache_key, Lazy), MISSING)

    def _call(self, frame: Frame, keys: tuple[str, ...]) -> Any:
        """Call the function in the view of a frame."""
        running: list[Lazy] = _running.__dict__.setdefault("values", [])
        if any(value is self for value in running):
            raise _error(self, frame, keys, "its function reads this value itself")
        running.append(self)
        previous = replace_current(frame) if frame is not current_frame() else MISSING
        try:
            return self.function()
        except Exception as error:
            origin = frame.origin_of(keys[-1])
            error.add_note(
                f"while {keys[-1]!r} = {self!r} was computed{'' if origin is None else f' ({origin})'}"
            )
            raise
        finally:
            if previous is not MISSING:
                replace_current(previous)
            running.pop()

    def __eq__(self, other: object) -> bool:
        return type(other) is Lazy and (self.function, self.once) == (other.function, other.once)

    def __hash__(self) -> int:
        return hash((Lazy, self.once))

    def __repr__(self) -> str:
        name = getattr(self.function, "__qualname__", None) or type(self.function).__name__
        return f"hp.lazy({name}{', once=True' if self.once else ''})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Lazy, (self.function, self.once)


class _LazyPart(Computed):
    """A part of what a function returns."""

    __slots__ = ("names", "whole")

    def __init__(self, whole: Lazy, names: tuple[str, ...]) -> None:
        super().__init__()
        self.whole = whole
        self.names = names

    def part(self, names: Sequence[str]) -> Computed:
        return _LazyPart(self.whole, (*self.names, *names))

    def input_in(self, frame: Frame, keys: tuple[str, ...]) -> Any:
        return tree.part_of(self.whole.input_in(frame, keys), self.names)

    def __repr__(self) -> str:
        return f"{self.whole!r} at {'.'.join(self.names)}"


def _error(value: Any, frame: Frame, keys: tuple[str, ...], detail: str) -> ConfigError:
    detail = f"cannot be resolved: {detail}"
    return ConfigError(keys[-1], value=value, detail=detail, origin=frame.origin_of(keys[-1]))
