"""A configuration, which is a nested dict that knows where its values were set."""

from __future__ import annotations

from ..core.key import check_key, is_below, name_of, parents, segments_of
from ..core.origin import marked_keys, place_of
from ..core.value import MISSING, replace
from ..scopes.sources import flatten
from ..secrecy import masked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from ..core.origin import Origin
    from ..core.value import Entry

__all__ = ["Config", "Provenance", "SpecialLeaf"]


class SpecialLeaf:
    """A leaf of the dict that is not the value of one entry.

    Attributes:
        shown: the value in the dict.
        pairs: the entries that make it.
    """

    __slots__ = ("_copy", "pairs", "shown")

    def __init__(self, shown: Any, pairs: list[tuple[str, Entry]]) -> None:
        self.shown = shown
        self.pairs = pairs
        self._copy = list(shown) if type(shown) is list else None

    def is_unchanged(self, leaf: Any) -> bool:
        """Return whether a leaf of the dict is this one, and the program did not change it."""
        return leaf is self.shown and (self._copy is None or leaf == self._copy)


class Provenance:
    """What a configuration knows about its values, by flat key.

    Attributes:
        entries: the entries, as a scope gets them.
        special: the leaves of the dict that are not the value of one entry.
        earlier: the values that later sources overrode or removed, with their origins, oldest first.
        originals: the values before references were resolved and types converted, if that changed them.
        referred: the keys that other values refer to.
        instance: the object of the schema, or None.
    """

    __slots__ = ("earlier", "entries", "instance", "originals", "referred", "special")

    def __init__(
        self,
        entries: dict[str, Entry],
        special: dict[str, SpecialLeaf] | None = None,
        earlier: dict[str, list[tuple[Any, Origin | None]]] | None = None,
        originals: dict[str, Any] | None = None,
        referred: Iterable[str] = (),
        instance: Any = None,
    ) -> None:
        self.entries = entries
        self.special = special or {}
        self.earlier = earlier or {}
        self.originals = originals or {}
        self.referred = frozenset(referred)
        self.instance = instance

    def with_entries(self, entries: dict[str, Entry], special: dict[str, SpecialLeaf]) -> Provenance:
        return Provenance(entries, special, self.earlier, self.originals, self.referred, self.instance)


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
        {'train': {'lr': 0.2}}
        >>> tuple(value for value, place in cfg.history("train.lr"))
        (0.1, '0.2')
    """

    __slots__ = ("_provenance",)

    def __init__(self, nested: Any = (), /, *, provenance: Provenance | None = None) -> None:
        super().__init__(nested)
        self._provenance = Provenance({}) if provenance is None else provenance

    def __loaded__(self, key: str, leaf: Any) -> list[tuple[str, Entry]] | None:
        """Return the entries that a leaf of the dict was loaded with, None if it was put there later."""
        special = self._provenance.special.get(key)
        if special is not None:
            return special.pairs if special.is_unchanged(leaf) else None
        entry = self._provenance.entries.get(key)
        return [(key, entry)] if entry is not None and entry[0] is leaf else None

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
        key = check_key(key)
        provenance = self._provenance
        entry = provenance.entries.get(key)
        # The parts of a list have entries, but are not leaves of the dict.
        leaf_key = next((name for name in (key, *parents(key)) if name in provenance.special), key)
        first, *others = segments_of(leaf_key)
        # At the top of a mapping, keys are key texts, not names.
        leaf = self.get(first, MISSING)
        for segment in others:
            leaf = leaf.get(name_of(segment), MISSING) if isinstance(leaf, dict) else MISSING
        # A value that was put into the dict later is another object, and its place is not known.
        return (
            place_of(entry[1], key, entry[0]) if entry is not None and self.__loaded__(leaf_key, leaf) else None
        )

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
        return [(value, place_of(origin, key, value)) for value, origin in self.__history__(check_key(key))]

    def __history__(self, key: str) -> list[tuple[Any, Origin | None]]:
        """Return all values that were set for a flat key, as their sources have them, oldest first."""
        provenance = self._provenance
        values = list(provenance.earlier.get(key, ()))
        entry = provenance.entries.get(key)
        if entry is not None and type(entry[0]) is not replace:
            values.append((provenance.originals.get(key, entry[0]), entry[1]))
        return values

    def __resolved__(self, key: str) -> Any:
        """Return the value of a flat key with its references resolved; the last one if the key was removed."""
        entry = self._provenance.entries.get(key)
        return entry[0] if entry and type(entry[0]) is not replace else self.__history__(key)[-1][0]

    def __keys_below__(self, key: str) -> list[str]:
        """Return the flat keys below a key that are set, sorted."""
        entries = self._provenance.entries.items()
        return sorted(name for name, entry in entries if is_below(name, key) and type(entry[0]) is not replace)

    def __repr__(self) -> str:
        return repr(masked("", dict(self), self.__marked__()))

    def __marked__(self) -> list[str]:
        """Return the keys whose values are marked as secret."""
        return marked_keys(self._provenance.entries.items())

    def copy(self) -> Config:
        """Return a shallow copy with the same places and history."""
        return Config(self, provenance=self._provenance)

    __copy__ = copy

    def __deepcopy__(self, memo: dict[int, Any]) -> Config:
        from copy import deepcopy

        return _with_origins(deepcopy(dict(self), memo), *self._origins())

    def __reduce__(self) -> tuple[Any, ...]:
        return _with_origins, (dict(self), *self._origins())

    def _origins(self) -> tuple[dict[str, Any], Provenance]:
        """Return the origins of the values that were not replaced in the dict, and what else is known.

        `_with_origins` creates new entries for these values.
        """
        provenance = self._provenance
        loaded = {key: pairs for key, leaf in flatten("", self) if (pairs := self.__loaded__(key, leaf))}
        special = {key: leaf for key, leaf in provenance.special.items() if key in loaded}
        entries = dict(pair for leaf in special.values() for pair in leaf.pairs)
        origins = {key: pairs[0][1][1] for key, pairs in loaded.items() if key not in special}
        return origins, provenance.with_entries(entries, special)


def _with_origins(nested: dict[str, Any], origins: dict[str, Any], provenance: Provenance) -> Config:
    """Return a configuration of copied values, with new entries.

    An entry counts only while the dict has the same object as the entry, so copies cannot use the old ones.
    """
    entries, special = {}, {}
    for key, leaf in flatten("", nested):
        if key in provenance.special:
            special[key] = SpecialLeaf(leaf, provenance.special[key].pairs)
        elif key in origins:
            entries[key] = leaf, origins[key]
    return Config(nested, provenance=provenance.with_entries({**provenance.entries, **entries}, special))
