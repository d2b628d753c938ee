"""A configuration, which is a nested dict that knows where its values were set; and `hp.replace`."""

from __future__ import annotations

from ..core.origin import place_of
from ..core.value import MISSING, replace
from ..scopes.sources import flatten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from ..core.value import Entry

__all__ = ["Config", "Provenance", "replace"]


class Provenance:
    """What a configuration knows about its values, by flat key.

    Attributes:
        entries: the values and their origins.
        earlier: the entries that later sources overrode or removed, oldest first.
        originals: the values before references were resolved and types converted, if that changed them.
        referred: the keys that other values refer to.
        instance: the object of the schema, or None.
    """

    __slots__ = ("earlier", "entries", "instance", "originals", "referred")

    def __init__(
        self,
        entries: dict[str, Entry],
        earlier: dict[str, list[Entry]] | None = None,
        originals: dict[str, Any] | None = None,
        referred: Iterable[str] = (),
        instance: Any = None,
    ) -> None:
        self.entries = entries
        self.earlier = earlier or {}
        self.originals = originals or {}
        self.referred = frozenset(referred)
        self.instance = instance

    def with_entries(self, entries: dict[str, Entry]) -> Provenance:
        return Provenance(entries, self.earlier, self.originals, self.referred, self.instance)


class Config(dict):  # type: ignore[type-arg]
    """A configuration, as `hp.config` returns it: a nested dict of plain dicts and lists.

    A configuration knows where each of its values was set. `hp.scope(cfg)` keeps these places, and errors
    name them. A value that you put into the dict later has the place where the scope is created.

    Attributes:
        referred: The keys that other values refer to with `${...}`.
        instance: The object of the schema, or None without a schema.

    Examples:
        >>> import hyperparameter as hp
        >>> cfg = hp.config({"train": {"lr": 0.1}}, "train.lr=0.2")
        >>> cfg
        {'train': {'lr': '0.2'}}
        >>> tuple(value for value, place in cfg.history("train.lr"))
        (0.1, '0.2')
    """

    __slots__ = ("_provenance",)

    def __init__(self, nested: Any = (), /, *, provenance: Provenance | None = None) -> None:
        super().__init__(nested)
        self._provenance = Provenance({}) if provenance is None else provenance

    @property
    def __loaded__(self) -> dict[str, Entry]:
        """The entries that were loaded. `hp.scope(cfg)` takes the origins of its values from them."""
        return self._provenance.entries

    @property
    def referred(self) -> frozenset[str]:
        return self._provenance.referred

    @property
    def instance(self) -> Any:
        return self._provenance.instance

    def where(self, key: str) -> str | None:
        """Return the place that set the value of a flat key, or None if it is not known.

        Examples:
            >>> import hyperparameter as hp
            >>> hp.config(hp.env("APP_", environ={"APP_TRAIN__LR": "0.1"})).where("train.lr")
            'environment variable APP_TRAIN__LR'
        """
        entry = self._provenance.entries.get(key)
        value: Any = self
        for segment in key.split("."):
            value = value.get(segment, MISSING) if isinstance(value, dict) else MISSING
        # A value that was put into the dict later is another object, and its place is not known.
        return place_of(entry[1]) if entry is not None and value is entry[0] else None

    def history(self, key: str) -> list[tuple[Any, str | None]]:
        """Return all values that were set for a flat key, with their places; the last one won.

        The values are those of the sources, before references are resolved and types converted. The
        history of a key that `hp.replace` removed stays.

        Examples:
            >>> import hyperparameter as hp
            >>> cfg = hp.config({"m": {"a": 1}}, {"m": hp.replace({"b": 2})})
            >>> cfg, [value for value, place in cfg.history("m.a")]
            ({'m': {'b': 2}}, [1])
        """
        return [(value, place_of(origin)) for value, origin in self.__history__(key)]

    def __history__(self, key: str) -> list[Entry]:
        """Return all entries that were set for a flat key, as their sources have them, oldest first."""
        provenance = self._provenance
        entries = list(provenance.earlier.get(key, ()))
        if key in provenance.entries:
            value, origin = provenance.entries[key]
            entries.append((provenance.originals.get(key, value), origin))
        return entries

    def copy(self) -> Config:
        """Return a shallow copy with the same places and history."""
        return Config(self, provenance=self._provenance)

    __copy__ = copy

    def __deepcopy__(self, memo: dict[int, Any]) -> Config:
        from copy import deepcopy

        return _with_origins(deepcopy(dict(self), memo), self._origins(), self._provenance)

    def __reduce__(self) -> tuple[Any, ...]:
        # The entries are left out, because `_with_origins` creates new ones.
        return _with_origins, (dict(self), self._origins(), self._provenance.with_entries({}))

    def _origins(self) -> dict[str, Any]:
        """Return the origins of the values that were not replaced in the dict since they were loaded."""
        entries = self._provenance.entries
        return {
            key: entries[key][1]
            for key, leaf in flatten("", self)
            if key in entries and entries[key][0] is leaf
        }


def _with_origins(nested: dict[str, Any], origins: dict[str, Any], provenance: Provenance) -> Config:
    """Return a configuration of copied values, with new entries.

    An entry counts only while the dict has the same object as the entry, so copies cannot use the old ones.
    """
    entries = {key: (leaf, origins[key]) for key, leaf in flatten("", nested) if key in origins}
    return Config(nested, provenance=provenance.with_entries(entries))
