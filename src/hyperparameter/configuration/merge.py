"""Merge sources leaf by leaf, under flat keys, and keep the history of each key."""

from __future__ import annotations

from ..conversion.parts import is_none, looks_like_json, parse_json, read_json
from ..conversion.spelling import as_file_value, plain_of
from ..conversion.type_checks import is_structure
from ..core.key import (
    check_key,
    is_below,
    join,
    join_name,
    name_of,
    parent_of,
    parents,
    segments_of,
    split_last,
)
from ..core.origin import is_secret, marked_entry
from ..core.value import APPEND, input_of, is_append, is_exactly, is_mapping, link, replace
from ..errors import ConfigError, KeySyntaxError, short_repr
from ..secrecy import Secret

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

    A key and keys below it can both have an entry: those below set parts of its value, such as `layers.0` of a
    list. An empty `replace` is the entry of a table that replaced another one.

    Attributes:
        leaves: the entries by flat key. A value of a file can be a `FileValue`.
        earlier: the values of each key that later sources overrode or removed, and their origins, oldest first.
        originals: the values before references were resolved and types converted, if that changed them.
        literal_keys: the keys of values in which `${` is plain text, because the values come from a scope or
            from another configuration.
        tables: the keys that have leaves below them.
    """

    def __init__(self) -> None:
        self.leaves: dict[str, Entry] = {}
        self.earlier: dict[str, list[tuple[Any, Origin | None]]] = {}
        self.originals: dict[str, Any] = {}
        self.literal_keys: set[str] = set()
        self.tables: set[str] = set()

    def put(self, key: str, entry: Entry) -> None:
        """Set a leaf; raise `ConfigError` if the key is a table, or lies below a leaf that has no parts."""
        if type(entry[0]) is Secret:
            entry = marked_entry(entry[0], entry[1])
        value = entry[0]
        if parent_of(key) not in self.tables:
            self._expand_json_above(key)
        old = self.leaves.get(key)
        if old is not None and type(old[0]) is replace and is_mapping(value):
            return
        # Only an empty mapping is a leaf: callers put the leaves of any other mapping one by one.
        if old is not None and type(old[0]) is not replace:
            if is_mapping(value) and not can_become_table(old):
                # An empty mapping sets nothing in a table that is JSON text.
                if self._expand_json(key):
                    return
                raise _clash(key, old, key, entry, _REPLACE_HINT)
            if is_mapping(old[0]) and self._put_json(key, entry):
                return
            if key in self.tables:
                # The parts that were set belong to the old value.
                self.remove_subtree(key)
            # The new value stays in the place of the old one, so the order of the keys does not change.
            else:
                self._remember(key, old)
            entry = link(entry, (plain_of(old[0]), *old[1:]), appends=is_append(key))
        elif key in self.tables:
            if is_mapping(value) or self._put_json(key, entry):
                return
            # None means that there is no table: it turns off an optional one.
            if not (is_none(input_of(entry)) or self._has_only_parts_of(key, value)):
                key_below = self.leaf_below(key)
                raise _clash(key, entry, key_below, self.leaves[key_below])
            self.remove_subtree(key)
        if parent_of(key) not in self.tables:
            self._add_tables(key, entry)
        self.leaves[key] = entry

    def _put_json(self, key: str, entry: Entry) -> bool:
        """Merge a text into the table of a key if it is an object in JSON, and return whether it is."""
        table = _json_object(entry)
        if table is None:
            return False
        _JsonMerge(self, lambda _: entry[1]).add(key, table, 0)
        return True

    def _has_only_parts_of(self, key: str, value: Any) -> bool:
        """Return whether all leaves below a key set items of a list, which a value can be."""
        if is_structure(type(value)):
            return False
        length = len(segments_of(key))
        names = (segments_of(leaf_key)[length] for leaf_key in self.leaves if is_below(leaf_key, key))
        return all(_has_part(value, name) for name in names)

    def _expand_json_above(self, key: str) -> None:
        """Make a table of a text that is an object in JSON, if it is the value of a prefix of a key."""
        # The text of a prefix may have the text of the next one in it.
        for prefix in reversed(list(parents(key))):
            self._expand_json(prefix)

    def _expand_json(self, key: str) -> bool:
        leaf = self.leaves.get(key)
        if leaf is None or _json_object(leaf) is None:
            return False
        self.remove(key)
        return self._put_json(key, leaf)

    def _add_tables(self, key: str, entry: Entry) -> None:
        """Make every prefix of a new key a table, unless it is one."""
        name = key
        for prefix in parents(key):
            if prefix in self.tables:
                break
            leaf = self.leaves.get(prefix)
            if leaf is not None and type(leaf[0]) is not replace:
                if can_become_table(leaf):
                    self.remove(prefix)
                elif not _has_part(leaf[0], name_of(split_last(name)[1])):
                    raise _clash(prefix, leaf, key, entry, _REPLACE_HINT)
            self.tables.add(prefix)
            name = prefix

    def leaf_below(self, table: str) -> str:
        """Return the key of the first leaf below a table."""
        return next(key for key in self.leaves if is_below(key, table))

    def remove(self, key: str) -> None:
        """Remove a leaf; its history stays."""
        self._remember(key, self.leaves.pop(key))

    def remove_subtree(self, key: str) -> None:
        """Remove a leaf and all leaves below it; "" removes everything."""
        for leaf_key in list(self.leaves):
            if leaf_key == key or is_below(leaf_key, key):
                self.remove(leaf_key)
        self.tables = {prefix for leaf_key in self.leaves for prefix in parents(leaf_key)}

    def _remember(self, key: str, entry: Entry) -> None:
        self.literal_keys.discard(key)
        if type(entry[0]) is not replace:
            value = self.originals.pop(key, plain_of(entry[0]))
            self.earlier.setdefault(key, []).append((value, entry[1]))

    def add_mapping(self, mapping: Mapping[Any, Any], origin_of: OriginOf) -> None:
        """Merge a nested mapping of the program."""
        _MappingMerge(self, origin_of).add("", mapping, 0)

    def add_file(self, table: dict[str, Any], origin_of: OriginOf) -> None:
        """Merge the table of a file, in which no key may be set twice, once dotted and once nested."""
        _FileMerge(self, origin_of).add("", table, 0)


def can_become_table(entry: Entry) -> bool:
    """Return whether a table may replace a leaf without `hp.replace`: the leaf is None or an empty mapping."""
    return is_none(input_of(entry)) or (is_mapping(entry[0]) and not entry[0])


def _json_object(entry: Entry) -> dict[str, Any] | None:
    """Return the object of a JSON text, None for any other value."""
    table = read_json(entry[0])[0] if looks_like_json(entry[0]) else None
    return table if type(table) is dict else None


def _has_part(value: Any, name: str) -> bool:
    """Return whether a name can set a part of a value that is not a mapping."""
    if isinstance(value, str):
        value = parse_json(value)[0] if looks_like_json(value) else value
    value = plain_of(value)
    if is_exactly(value, list, tuple, set, frozenset):
        return name == APPEND or (is_exactly(value, list, tuple) and name.removeprefix("-").isdecimal())
    return is_structure(type(value))


def flatten_dict(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the flat keys and leaves of nested dicts below a key ("" for the top).

    Unlike for `scopes.sources.flatten`, the keys of the dicts are names at the top too, and other mappings than
    `dict` are leaves.
    """
    if type(value) is dict and (value or not key):
        for name, item in value.items():
            yield from flatten_dict(join_name(key, name), item)
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
        is_empty = True
        if type(mapping) is replace or self._has_marker(prefix, mapping):
            self.merged.remove_subtree(prefix)
            if prefix:
                self.put(prefix, replace())
                is_empty = False
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
            self.merged.put(prefix, ({}, self.origin_of(prefix)))

    def key_below(self, prefix: str, name: object) -> str:
        """Return the key of an item: at the top its name is a key text, below it is one segment."""
        return join_name(prefix, name) if prefix else check_key(name)

    def put(self, key: str, value: Any) -> None:
        self.merged.put(key, (value, self.origin_of(key)))

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


class _JsonMerge(_MappingMerge):
    """Merges the object of a JSON text, whose numbers have their spelling."""

    def put(self, key: str, value: Any) -> None:
        super().put(key, as_file_value(value))


class _FileMerge(_MappingMerge):
    """Merges the table of a file. The error for a bad or repeated key has its place in the file."""

    def __init__(self, merged: Merged, origin_of: OriginOf) -> None:
        super().__init__(merged, origin_of)
        self.seen: set[str] = set()

    def key_below(self, prefix: str, name: object) -> str:
        try:
            return super().key_below(prefix, name)
        except KeySyntaxError as error:
            raise ConfigError(detail=str(error), origin=self.origin_of(str(name))) from None

    def put(self, key: str, value: Any) -> None:
        if key in self.seen:
            raise self._error(key, "is set twice, once with a dotted name")
        self.seen.add(key)
        self.merged.put(key, (as_file_value(value), self.origin_of(key)))


def _clash(key: str, leaf: Entry, table_key: str, table: Entry, hint: str = "") -> ConfigError:
    """Return the error for a key that is a value in one source and a table in another."""
    text = f"is a value{_in_parentheses(key, leaf)}, but "
    text += "it is also a table" if table_key == key else f"{table_key!r} makes it a table"
    detail = f"{text}{_in_parentheses(table_key, table)}{hint}"
    error = ConfigError(key, value=plain_of(leaf[0]), detail=detail)
    error.is_marked = is_secret(key, leaf[1])
    return error


def _in_parentheses(key: str, entry: Entry) -> str:
    origin = entry[1]
    if origin is None:
        return ""
    return f" ({origin.without_value() if is_secret(key, origin, plain_of(entry[0])) else origin})"
