"""Merge sources leaf by leaf, under flat keys, and keep the history of each key."""

from __future__ import annotations

from ..core.key import check_key, is_below, join, parent_of, parents, split_last
from ..core.value import is_mapping
from ..errors import ConfigError, KeySyntaxError, short_repr
from .config import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from ..core.origin import Origin
    from ..core.value import Entry

    # The origin of a flat key in a source.
    OriginOf = Callable[[str], Origin | None]

# In a table, `_replace_ = true` discards what earlier sources have in that table.
REPLACE_MARKER = "_replace_"
# The most levels of nesting. Python's recursion limit is far higher, so walking over the result cannot hit it.
MAX_DEPTH = 100
_REPLACE_HINT = f"; to replace the value, use hp.replace, or write {REPLACE_MARKER} = true in the table"


class Merged:
    """The sources merged so far.

    Attributes:
        leaves: the entries by flat key.
        earlier: the entries of each key that later sources overrode or removed, oldest first.
        originals: the values before references were resolved and types converted, if that changed them.
        literal_keys: the keys of values in which `${` is plain text, because the values come from a scope or
            from another configuration.
        tables: the keys that have leaves below them, each with the key of one such leaf.
    """

    def __init__(self) -> None:
        self.leaves: dict[str, Entry] = {}
        self.earlier: dict[str, list[Entry]] = {}
        self.originals: dict[str, Any] = {}
        self.literal_keys: set[str] = set()
        self.tables: dict[str, str] = {}

    def put(self, key: str, value: Any, origin: Origin | None) -> None:
        """Set a leaf; raise `ConfigError` if the key is a table, or lies below a leaf."""
        old = self.leaves.get(key)
        # Only an empty mapping is a leaf: callers put the leaves of any other mapping one by one.
        if old is not None:
            if is_mapping(value) and not can_become_table(old[0]):
                raise _clash(key, old, key, (value, origin), _REPLACE_HINT)
            # The new value stays in the place of the old one, so the order of the keys does not change.
            self._remember(key, old)
        elif key in self.tables:
            if is_mapping(value):
                return
            key_below = self.tables[key]
            raise _clash(key, (value, origin), key_below, self.leaves[key_below])
        elif parent_of(key) not in self.tables:
            self._add_tables(key, (value, origin))
        self.leaves[key] = value, origin

    def _add_tables(self, key: str, entry: Entry) -> None:
        """Make every prefix of a new key a table, unless it is one."""
        for prefix in parents(key):
            if prefix in self.tables:
                break
            leaf = self.leaves.get(prefix)
            if leaf is not None:
                if not can_become_table(leaf[0]):
                    raise _clash(prefix, leaf, key, entry, _REPLACE_HINT)
                self.remove(prefix)
            self.tables[prefix] = key

    def remove(self, key: str) -> None:
        """Remove a leaf; its history stays."""
        self._remember(key, self.leaves.pop(key))

    def remove_subtree(self, key: str) -> None:
        """Remove a leaf and all leaves below it; "" removes everything."""
        for leaf_key in list(self.leaves):
            if leaf_key == key or is_below(leaf_key, key):
                self.remove(leaf_key)
        self.tables = {}
        for leaf_key in self.leaves:
            for prefix in parents(leaf_key):
                self.tables.setdefault(prefix, leaf_key)

    def _remember(self, key: str, entry: Entry) -> None:
        value, origin = entry
        self.earlier.setdefault(key, []).append((self.originals.pop(key, value), origin))
        self.literal_keys.discard(key)

    def add_mapping(self, mapping: Mapping[Any, Any], origin_of: OriginOf) -> None:
        """Merge a nested mapping of the program."""
        _MappingMerge(self, origin_of).add("", mapping, 0)

    def add_file(self, table: dict[str, Any], origin_of: OriginOf) -> None:
        """Merge the table of a file, in which no key may be set twice, once dotted and once nested."""
        _FileMerge(self, origin_of).add("", table, 0)

    def nested(self) -> dict[str, Any]:
        """Return the leaves as a nested dict."""
        tables: dict[str, dict[str, Any]] = {"": {}}
        for key, entry in self.leaves.items():
            parent, _, name = key.rpartition(".")
            table = tables.get(parent)
            if table is None:
                table = _table_at(parent, tables)
            table[name] = entry[0]
        return tables[""]


def _table_at(key: str, tables: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the nested dict of a key; create it, and those around it, if they are not in `tables`."""
    table = tables.get(key)
    if table is None:
        parent, name = split_last(key)
        table = tables[key] = _table_at(parent, tables)[name] = {}
    return table


def can_become_table(value: Any) -> bool:
    """Return whether a table may replace a leaf without `hp.replace`: the leaf is None or an empty mapping."""
    return value is None or (is_mapping(value) and not value)


def flatten_dict(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the flat keys and leaves of nested dicts below a key ("" for the top).

    Unlike `scopes.sources.flatten` it does not check the keys, and other mappings than `dict` are leaves.
    """
    if type(value) is dict and (value or not key):
        for name, item in value.items():
            yield from flatten_dict(join(key, name), item)
    else:
        yield key, value


class _MappingMerge:
    """Merges one nested mapping."""

    def __init__(self, merged: Merged, origin_of: OriginOf) -> None:
        self.merged = merged
        self.origin_of = origin_of

    def add(self, prefix: str, mapping: Mapping[Any, Any], depth: int) -> None:
        if depth >= MAX_DEPTH:
            raise self._error(prefix, f"is nested deeper than {MAX_DEPTH} levels")
        if type(mapping) is replace or self._has_marker(prefix, mapping):
            self.merged.remove_subtree(prefix)
        is_empty = True
        for name, value in mapping.items():
            if name == REPLACE_MARKER:
                continue
            is_empty = False
            key = self.key_below(prefix, name)
            # Text comes first, because most values are text.
            if type(value) is str:
                self.put(key, value)
            elif is_mapping(value):
                self.add(key, value, depth + 1)
            else:
                self.put(key, self._copy(value, key, depth) if type(value) is list else value)
        if is_empty and prefix:
            self.merged.put(prefix, {}, self.origin_of(prefix))

    def key_below(self, prefix: str, name: object) -> str:
        return join(prefix, check_key(name))

    def put(self, key: str, value: Any) -> None:
        self.merged.put(key, value, self.origin_of(key))

    def _has_marker(self, prefix: str, mapping: Mapping[Any, Any]) -> bool:
        marker = mapping.get(REPLACE_MARKER, False)
        if marker is True or marker is False:
            return marker
        key = join(prefix, REPLACE_MARKER)
        raise self._error(key, f"is not valid: expected true or false, got {short_repr(marker)}")

    def _copy(self, value: Any, key: str, depth: int) -> Any:
        """Return a copy of a list, so that a change of the configuration does not change its source."""
        if depth >= MAX_DEPTH:
            raise self._error(key, f"is nested deeper than {MAX_DEPTH} levels")
        if type(value) is list:
            return [self._copy(item, key, depth + 1) for item in value]
        if type(value) is dict:
            return {name: self._copy(item, key, depth + 1) for name, item in value.items()}
        return value

    def _error(self, key: str, detail: str) -> ConfigError:
        return ConfigError(detail=f"{short_repr(key)} {detail}", origin=self.origin_of(key))


class _FileMerge(_MappingMerge):
    """Merges the table of a file. The error for a bad or repeated key has its place in the file."""

    def __init__(self, merged: Merged, origin_of: OriginOf) -> None:
        super().__init__(merged, origin_of)
        self.seen: set[str] = set()

    def key_below(self, prefix: str, name: object) -> str:
        try:
            return join(prefix, check_key(name))
        except KeySyntaxError as error:
            location = f" (below {prefix!r})" if prefix else ""
            origin = self.origin_of(join(prefix, str(name)))
            raise ConfigError(detail=f"{error}{location}", origin=origin) from None

    def put(self, key: str, value: Any) -> None:
        if key in self.seen:
            raise self._error(key, "is set twice, once with a dotted name")
        self.seen.add(key)
        self.merged.put(key, value, self.origin_of(key))


def _clash(key: str, leaf: Entry, table_key: str, table: Entry, hint: str = "") -> ConfigError:
    """Return the error for a key that is a value in one source and a table in another."""
    value, origin = leaf
    text = f"is a value{_in_parentheses(origin)}, but "
    text += "it is also a table" if table_key == key else f"{table_key!r} makes it a table"
    return ConfigError(key, value=value, detail=f"{text}{_in_parentheses(table[1])}{hint}")


def _in_parentheses(origin: Origin | None) -> str:
    return "" if origin is None else f" ({origin})"
