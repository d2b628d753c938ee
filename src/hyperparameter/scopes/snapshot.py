"""`hp.snapshot()`, `hp.frozen()` and `hp.reset()`: keep the current view, make it the baseline, or drop it."""

from __future__ import annotations

from ..core.computed import is_computed
from ..core.context import current_frame, freeze, replace_current
from ..core.frame import new_baseline
from ..core.origin import marked_keys
from ..core.tree import EMPTY_NODE, find, items, merge
from ..core.value import input_of
from ..errors import MissingParamError, shown
from .reading import plain_value, plain_value_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import ItemsView, Iterator, KeysView, ValuesView
    from typing import Any

    from ..core.tree import Node
    from ..core.value import Entry

__all__ = ["Snapshot", "frozen", "reset", "snapshot"]


def frozen(*, processes: bool = False) -> bool:
    """Make the current view the baseline, which is below every scope of the process.

    Code inside a scope keeps the baseline that was there when the outermost scope was entered: the scope pins
    it. A scope that sets nothing does not pin. Returns whether the calling context is pinned, so that it does
    not see what others freeze later. Other contexts can be pinned too, and nobody can tell how many.

    With `processes`, it is also the first baseline of every process that is started afterwards and imports this
    library: by `subprocess`, by a pool that spawns, by `torchrun`. An environment variable carries it as JSON,
    or the name of a file that only this user can read and that is removed when this process ends. A fork server
    that already runs does not see it. Raises `TypeError`, which names the key, for a value other than numbers,
    texts, paths, and lists, tuples, sets and dicts of them.

    Examples:
        >>> import threading, hyperparameter as hp
        >>> with hp.scope(seed=42):
        ...     hp.frozen()
        True
        >>> thread = threading.Thread(target=lambda: print(hp.scope.seed | 0))
        >>> thread.start(); thread.join()
        42
    """
    if processes:
        from .inherited import publish

        publish(current_frame().view())
    return freeze()


def reset() -> None:
    """Leave every scope of this context, and drop what was set outside of any, so that reads see the baseline.

    It is for interactive work, where an interrupted cell can leave a scope entered. Leaving such a scope later
    does nothing.

    Examples:
        >>> import hyperparameter as hp
        >>> ps = hp.scope.init(a=1)
        >>> hp.reset()
        >>> hp.scope.a | 0
        0
    """
    replace_current(None)


def snapshot() -> Snapshot:
    """Return the current view: immutable, picklable, and a source for `hp.scope(...)`.

    Examples:
        >>> import hyperparameter as hp
        >>> with hp.scope(a=1):
        ...     seen = hp.snapshot()
        >>> with hp.scope(seen):
        ...     hp.scope.a | 0
        1
    """
    return Snapshot(current_frame().view())


class Snapshot:
    """A view as it was at one moment: an immutable mapping of flat keys to values, in sorted order.

    Snapshots with equal items are equal, and have equal hashes. `hash` raises `TypeError` if a value has no
    hash, and names its key.

    Snapshots with the same values, set in the same places, pickle to the same bytes. `pickle.PicklingError`
    names the key whose value does not pickle.
    """

    __slots__ = ("_hash", "_sorted_entries", "_view")

    def __init__(self, view: Node) -> None:
        self._view = view
        self._hash: int | None = None
        self._sorted_entries: list[tuple[str, Entry]] | None = None

    def __entries__(self) -> Iterator[tuple[str, Entry]]:
        if self._sorted_entries is None:
            self._sorted_entries = sorted(items(self._view), key=lambda item: item[0])
        return iter(self._sorted_entries)

    def _dict(self) -> dict[str, Any]:
        return {key: self._value(key, entry) for key, entry in self.__entries__()}

    def _value(self, key: str, entry: Entry) -> Any:
        # Only a computed value needs a frame.
        if not is_computed(input_of(entry)):
            return plain_value(entry)
        return plain_value_in(new_baseline(self._view), key, entry)

    def _dict_as_set(self) -> dict[str, Any]:
        return {key: plain_value(entry) for key, entry in self.__entries__()}

    def keys(self) -> KeysView[str]:
        """Return all keys, sorted."""
        return self._dict_as_set().keys()

    def values(self) -> ValuesView[Any]:
        """Return the values in the order of their keys."""
        return self._dict().values()

    def items(self) -> ItemsView[str, Any]:
        """Return the pairs of key and value, sorted by key."""
        return self._dict().items()

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of a key, unconverted, or the default if the key is not set."""
        entry = find(self._view, key)[0]
        return default if entry is None else self._value(key, entry)

    def __getitem__(self, key: str) -> Any:
        entry = find(self._view, key)[0]
        if entry is None:
            raise MissingParamError(key, names=self.keys)
        return self._value(key, entry)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and find(self._view, key)[0] is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._dict_as_set())

    def __len__(self) -> int:
        return sum(1 for _ in items(self._view))

    def __eq__(self, other: object) -> bool:
        return self._dict_as_set() == other._dict_as_set() if isinstance(other, Snapshot) else NotImplemented

    def __hash__(self) -> int:
        if self._hash is None:
            pairs = self._dict_as_set()
            for key, value in pairs.items():
                try:
                    hash(value)
                except TypeError as error:
                    raise TypeError(f"the value of {key!r} is not hashable: {error}") from error
            self._hash = hash(frozenset(pairs.items()))
        return self._hash

    def __repr__(self) -> str:
        values = shown("", self._dict_as_set(), marked_keys(items(self._view)))
        return f"<hp.snapshot: {values}>"

    def __reduce__(self) -> tuple[Any, ...]:
        from .pickled import pickled_form

        return _unpickled, pickled_form(self.__entries__())


def _unpickled(*form: Any) -> Snapshot:
    from .pickled import unpickled_entries

    return Snapshot(merge(EMPTY_NODE, unpickled_entries(*form)))
