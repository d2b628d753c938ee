"""How a view is pickled: the same values give the same bytes, and an error names the key.

pickle writes an object that it meets again as a reference to the first one. So its bytes depend on whether two
equal texts are one object, and on the order of sets. `pickled_form` returns what does not depend on either:

    keys       every key, sorted
    values     plain data is copied: equal texts are one object, containers are new, sets are sorted
    origins    equal places are one object
    tails      what an entry has after its value and origin, by number; few entries have it

A value of another type stays as it is, so that the pickler which is at work treats it in its own way: joblib
shares arrays, and torch shares tensors. But it is first pickled into nothing, because only then can an error
name the key. Large buffers are not copied by that. What only cloudpickle can pickle becomes its bytes.
"""

from __future__ import annotations

import pickle
import sys

from ..core.origin import is_secret, place_of
from ..core.value import MISSING
from ..errors import short_repr, shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from ..core.origin import Origin
    from ..core.value import Entry

__all__ = ["by_value", "picklable", "pickled_form", "unpickled_entries", "values_hash"]

# They have no parts, and pickle writes them without references.
_NUMBERS = frozenset((bool, int, float, type(None)))
# Deeper containers are left to the pickler, which can also find that they contain themselves.
_MAX_DEPTH = 20


def pickled_form(entries: Iterable[tuple[str, Entry]]) -> tuple[Any, ...]:
    """Return entries, in the order of their keys, as the arguments of `unpickled_entries`.

    Raises `pickle.PicklingError`, which names the key, for a value that does not pickle.
    """
    entries = list(entries)
    keys = [key for key, _ in entries]
    values: list[Any] = []
    places: list[Origin | None] = []
    tails: dict[int, Any] = {}
    # The first of equal texts and origins, which stands for all of them.
    known: dict[Any, Any] = dict(zip(keys, keys, strict=True))
    origins: dict[Any, Any] = {}
    previous = place = None
    for key, entry in entries:
        value, origin = entry[0], entry[1]
        if len(entry) > 2:
            tails[len(values)] = _form_of_tail(key, entry, known, origins)
        if origin is not previous:
            previous, place = origin, _form_of_origin(origin, origins)
        cls = type(value)
        values.append(value if cls is float or cls is int else _form_of(key, value, origin, known))
        places.append(place)
    return keys, values, places, tails


def unpickled_entries(
    keys: list[str], values: list[Any], places: list[Origin | None], tails: dict[int, Any]
) -> Iterator[tuple[str, Entry]]:
    """Yield the entries again that `pickled_form` was called with."""
    for number, (key, value, origin) in enumerate(zip(keys, values, places, strict=True)):
        entry: Entry = (value, origin)
        yield key, entry + tails[number] if number in tails else entry


def values_hash(entries: Iterable[tuple[str, Entry]]) -> str:
    """Return a hash of the keys and values, whatever set them.

    Raises `pickle.PicklingError`, which names the key, for a value that does not pickle.
    """
    from hashlib import sha256

    keys, values, _, tails = pickled_form((key, (entry[0], None, *entry[2:])) for key, entry in entries)
    return sha256(_dumps((keys, values, tails))).hexdigest()[:16]


def _is_number(cls: type) -> bool:
    # A metaclass can define `__hash__`, or have none.
    return type(cls) is type and cls in _NUMBERS


def _form_of_tail(key: str, entry: Entry, known: dict[Any, Any], origins: dict[Any, Any]) -> tuple[Any, ...]:
    if len(entry) == 3:
        return entry[2:]
    # The entry below has the same form again, and can be on top of another one.
    below = entry[2]
    if below is not None:
        value, origin = below[0], below[1]
        tail = _form_of_tail(key, below, known, origins) if len(below) > 2 else ()
        below = (_form_of(key, value, origin, known), _form_of_origin(origin, origins), *tail)
    return below, entry[3]


def _form_of_origin(origin: Origin | None, origins: dict[Any, Any]) -> Origin | None:
    """Return the origin with its place as text. `origins` has the first of each text, by text and by `id`."""
    if origin is None:
        return None
    # The entries keep the origin, so no other object gets its `id`.
    form = origins.get(id(origin))
    if form is None:
        text = (type(origin), origin.preposition, origin.place)
        form = origins[id(origin)] = origins.setdefault(text, type(origin)(text[1:]))
    return form


def _form_of(key: str, value: Any, origin: Origin | None, known: dict[Any, Any]) -> Any:
    form = _plain_form(value, known, 0)
    return _checked(key, value, origin) if form is MISSING else form


def _plain_form(value: Any, known: dict[Any, Any], depth: int) -> Any:
    """Return a copy of plain data, `MISSING` if any part is of another type."""
    cls = type(value)
    if cls is str or cls is bytes:
        return known.setdefault(value if cls is str else (bytes, value), value)
    if cls is list or cls is tuple or cls is set or cls is frozenset:
        items = [_plain_form(item, known, depth + 1) for item in value] if depth < _MAX_DEPTH else [MISSING]
        if any(item is MISSING for item in items):
            return MISSING
        if cls is list:
            return items
        return tuple(items) if cls is tuple else _SortedSet(cls, items)
    if cls is dict:
        items = [_plain_form(item, known, depth + 1) for pair in value.items() for item in pair]
        if depth >= _MAX_DEPTH or any(item is MISSING for item in items):
            return MISSING
        return dict(zip(items[::2], items[1::2], strict=True))
    return value if _is_number(cls) else MISSING


class _SortedSet:
    """A set that pickles in the order of its items' bytes, and comes out as a set. It hashes as itself."""

    __slots__ = ("_cls", "_items")

    def __init__(self, cls: type, items: list[Any]) -> None:
        self._cls = cls
        self._items = sorted(items, key=pickle.dumps)

    def __reduce__(self) -> tuple[Any, ...]:
        return self._cls, (self._items,)


# --- Values of other types ---


class _Nowhere:
    """A file that keeps nothing."""

    def write(self, data: Any) -> int:
        return len(data)


class _Pickled:
    """A value as the bytes of cloudpickle, which comes out as the value."""

    __slots__ = ("_data",)

    def __init__(self, data: bytes) -> None:
        self._data = data

    def __reduce__(self) -> tuple[Any, ...]:
        return pickle.loads, (self._data,)


def _checked(key: str, value: Any, origin: Origin | None) -> Any:
    """Return a value if it pickles, or what stands for it; raise `PicklingError` if it does not."""
    try:
        return picklable(value)
    # Any code of the value can run here.
    except Exception as error:
        raise _pickling_error(key, value, origin, error) from error


def picklable(value: Any) -> Any:
    """Return a value if it pickles, or what pickles in its place. Raise what pickle raises if it does not."""
    pickler = pickle.Pickler(_Nowhere(), 5, buffer_callback=lambda _: None)
    multiprocessing = sys.modules.get("multiprocessing.reduction")
    if multiprocessing is not None:
        pickler.dispatch_table = _skipping(multiprocessing.ForkingPickler._extra_reducers)
    try:
        pickler.dump(value)
    except Exception:
        pickled = by_value(value)
        if pickled is None:
            raise
        return pickled
    return value


def _skipping(types: Iterable[type]) -> dict[type, Callable[[Any], Any]]:
    """Return the reducers of a pickler that takes it that some types pickle.

    They are the types for which `multiprocessing` has a reducer. It would hand out file descriptors.
    """
    import copyreg

    return {**copyreg.dispatch_table, **dict.fromkeys(types, lambda _: (object, ()))}


def by_value(value: Any) -> Any:
    """Return what pickles as the bytes of cloudpickle, None if it is not installed or fails."""
    try:
        import cloudpickle

        return _Pickled(cloudpickle.dumps(value))
    # Without cloudpickle, or if it fails too, the error of pickle is the one to report.
    except Exception:
        return None


def _dumps(form: Any) -> bytes:
    try:
        return pickle.dumps(form, 5)
    # A value for which only `multiprocessing` has a reducer was skipped.
    except Exception as error:
        raise pickle.PicklingError(f"a value of this view does not pickle: {error}") from error


def _pickling_error(key: str, value: Any, origin: Origin | None, error: Exception) -> pickle.PicklingError:
    place = place_of(origin, key, value)
    reason = "" if is_secret(key, origin, value) else f": {shorten(str(error)) or type(error).__name__}"
    named = f"a {type(value).__name__}" if reason == "" else short_repr(value)
    set_at = "" if place is None else f" (set at {place})"
    return pickle.PicklingError(f"the value of {key!r} does not pickle: {named}{reason}{set_at}")
