"""Merging sources leaf by leaf, under flat keys, with all that was set for each of them."""

from __future__ import annotations

from ..core.key import check_key, is_mapping
from ..errors import ConfigError, KeySyntaxError, short_repr, where
from .config import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from ..core.frame import Entry
    from ..errors import Origin

MARK = "_replace_"  # in a table of a file: it takes the place of what earlier sources have there
HINT = f": hp.replace, or {MARK} = true in it, puts the table in its place"
DEEPEST = (
    100  # levels of nesting: far from where Python's own recursion ends, in whatever is done with the result
)


class Merged:
    """Hold what the sources so far come to: leaves by flat key, and which keys have others beneath them."""

    def __init__(self) -> None:
        self.leaves: dict[str, Entry] = {}
        self.earlier: dict[str, list[Entry]] = {}
        self.given: dict[str, Any] = {}  # what a leaf was given as, where it is another value by now
        self.final: set[str] = set()  # the keys of values that come from scopes: `${` in them is just text
        self.tables: dict[str, str] = {}  # each key with others beneath it, to one of these

    def put(self, key: str, value: Any, origin: Origin) -> None:
        """Set a leaf; raise `ConfigError` where a table is, or where a leaf is above."""
        old = self.leaves.get(key)
        is_empty = is_mapping(value)
        if old is not None:
            if is_empty and not gives_way(old[0]):
                raise _clash(key, old, key, (value, origin), HINT)
            self._remember(key, old)  # and keep its place among the others
        elif key in self.tables:
            if is_empty:
                return  # nothing to merge into what is there
            witness = self.tables[key]
            raise _clash(key, (value, origin), witness, self.leaves[witness])
        else:
            self._open(key, (value, origin))
        self.leaves[key] = value, origin

    def _open(self, key: str, entry: Entry) -> None:
        parent = key.rpartition(".")[0]
        while parent and parent not in self.tables:
            above = self.leaves.get(parent)
            if above is not None:
                if not gives_way(above[0]):
                    raise _clash(parent, above, key, entry, HINT)
                self.take_away(parent)
            self.tables[parent] = key
            parent = parent.rpartition(".")[0]

    def take_away(self, key: str) -> None:
        """Remove a leaf, which its history keeps."""
        self._remember(key, self.leaves.pop(key))

    def _remember(self, key: str, entry: Entry) -> None:
        self.earlier.setdefault(key, []).append((self.given.pop(key, entry[0]), entry[1]))
        self.final.discard(key)

    def replace(self, key: str) -> None:
        """Remove a leaf, and all that lies beneath it; "" removes everything."""
        for path in list(self.leaves):
            if not key or path == key or path.startswith(key + "."):
                self.take_away(path)
        self.tables = {}
        for path in self.leaves:
            parent = path.rpartition(".")[0]
            while parent and parent not in self.tables:
                self.tables[parent] = path
                parent = parent.rpartition(".")[0]

    def add(
        self, mapping: Mapping[Any, Any], origin_of: Callable[[str], Origin], *, is_file: bool = False
    ) -> None:
        """Merge a nested mapping; in a file no key may be there twice, dotted or nested."""
        self._add("", mapping, origin_of, set() if is_file else None, 0)

    def _add(
        self,
        above: str,
        mapping: Mapping[Any, Any],
        origin_of: Callable[[str], Origin],
        seen: set[str] | None,
        depth: int,
    ) -> None:
        if depth >= DEEPEST:
            raise _fault(above, f"nests deeper than {DEEPEST} levels", origin_of)
        if type(mapping) is replace or _is_marked(above, mapping, origin_of):
            self.replace(above)
        is_empty = True
        for name, value in mapping.items():
            if name == MARK:
                continue
            key, is_empty = _joined(above, name, seen is not None, origin_of), False
            if type(value) is str:
                pass
            elif is_mapping(value):
                self._add(key, value, origin_of, seen, depth + 1)
                continue
            elif type(value) is list:
                value = _copied(value, key, origin_of, depth)
            if seen is not None:
                if key in seen:
                    raise _fault(key, "is set twice, once with a dotted name", origin_of)
                seen.add(key)
            self.put(key, value, origin_of(key))
        if is_empty and above:
            self.put(above, {}, origin_of(above))

    def nested(self) -> dict[str, Any]:
        """Return the leaves as a nested dict."""
        tables: dict[str, dict[str, Any]] = {"": {}}
        for key, entry in self.leaves.items():
            parent, _, name = key.rpartition(".")
            table = tables.get(parent)
            if table is None:
                table = _table(tables, parent)
            table[name] = entry[0]
        return tables[""]


def _table(tables: dict[str, dict[str, Any]], key: str) -> dict[str, Any]:
    found = tables.get(key)
    if found is None:
        parent, _, name = key.rpartition(".")
        found = tables[key] = _table(tables, parent)[name] = {}
    return found


def gives_way(value: Any) -> bool:
    """Tell whether a table may take the place of a leaf."""
    return value is None or (is_mapping(value) and not value)


def _is_marked(above: str, mapping: Mapping[Any, Any], origin_of: Callable[[str], Origin]) -> bool:
    mark = mapping.get(MARK, False)
    if mark is True or mark is False:
        return mark
    raise _fault(
        f"{above}.{MARK}" if above else MARK, f"is {short_repr(mark)}: wanted true or false", origin_of
    )


def _joined(above: str, name: object, is_file: bool, origin_of: Callable[[str], Origin]) -> str:
    try:
        name = check_key(name)
    except KeySyntaxError as error:
        if not is_file:
            raise  # of a mapping in the program: as `hp.scope` says it
        fault = f"{error}{f' (beneath {above!r})' if above else ''}"
        place = where(origin_of(f"{above}.{name}" if above else str(name)))
        raise ConfigError(detail=fault, origin=place) from None
    return f"{above}.{name}" if above else name


def _copied(value: Any, key: str, origin_of: Callable[[str], Origin], depth: int) -> Any:
    """Return a list of plain values anew: what is done to the result is not done to its source."""
    if depth >= DEEPEST:
        raise _fault(key, f"nests deeper than {DEEPEST} levels", origin_of)
    if type(value) is list:
        return [_copied(item, key, origin_of, depth + 1) for item in value]
    if type(value) is dict:
        return {name: _copied(item, key, origin_of, depth + 1) for name, item in value.items()}
    return value


def _fault(key: str, detail: str, origin_of: Callable[[str], Origin]) -> ConfigError:
    return ConfigError(detail=f"{short_repr(key)} {detail}", origin=where(origin_of(key)))


def _clash(key: str, leaf: Entry, inner: str, table: Entry, hint: str = "") -> ConfigError:
    """Return the error for a value in one source where another has a table."""
    value, origin = leaf
    at, there = where(origin), where(table[1])
    what = f"a table ({inner!r})" if inner != key else "a table"
    text = f"is a value{f' at {at}' if at else ''} and {what}{f' at {there}' if there else ''}"
    return ConfigError(key, value=value, detail=text + hint)
