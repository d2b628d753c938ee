"""The nested dict that merged sources make, and what conversion gets of them.

Most leaves are values, and the dict has the values themselves. These are different:

- Untyped text: the dict has the value with the type of what the text overrides. The entry keeps the text.
- A value with parts, such as `layers` and `layers.0`: the dict has the value in which the parts are set.
- An empty `replace`: the dict has a table. The entry tells scopes that nothing outside shows through.
"""

from __future__ import annotations

from ..conversion.faults import errors_of, key_of
from ..conversion.rule import Misfit, plain
from ..core.key import is_below, name_of, parents, split_last
from ..core.tree import EMPTY_NODE, find, input_at, merge
from ..core.value import (
    MISSING,
    FileValue,
    Parts,
    appended_of,
    input_of,
    is_append,
    is_exactly,
    is_untyped,
    replace,
)
from ..errors import ConfigError
from .config import SpecialLeaf

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from ..core.origin import Origin
    from ..core.value import Entry
    from .merge import Merged

    # Entries by flat key, in order.
    Pairs = list[tuple[str, Entry]]


def nested_dict(merged: Merged) -> tuple[dict[str, Any], dict[str, SpecialLeaf]]:
    """Return the nested dict, by names, and its special leaves. Make the merged entries those of scopes.

    Raises `ConfigError` for a part that the value does not have.
    """
    shown_leaves: list[tuple[str, Any]] = []
    special: dict[str, SpecialLeaf] = {}
    markers: Pairs = []
    for key, pairs in _groups(merged):
        entry = pairs[0][1]
        if type(entry[0]) is FileValue:
            entry = merged.leaves[key] = entry[0].value, entry[1], entry[0]
            pairs[0] = key, entry
        if type(entry[0]) is replace:
            shown: Any = {}
            if key in merged.tables:
                markers += pairs
        elif len(pairs) == 1 and not is_untyped(entry):
            shown = entry[0]
        else:
            shown = shown_value(key, pairs)
        above = [marker for marker in markers if is_below(key, marker[0])] if markers else []
        if above:
            markers = [marker for marker in markers if marker not in above]
        if above or (shown is not entry[0] and key not in merged.tables) or len(pairs) > 1 or len(entry) == 3:
            special[key] = SpecialLeaf(shown, above + pairs)
        shown_leaves.append((key, shown))
    return nest(shown_leaves), special


def inputs_of(merged: Merged) -> dict[str, Any]:
    """Return the input of conversion for each leaf, as a nested dict, by names."""
    return nest((key, _input_of(key, pairs)) for key, pairs in _groups(merged))


def as_parts(table: dict[str, Any]) -> Parts:
    """Return the nested dict of `inputs_of` as the input of conversion."""
    parts = {
        name: as_parts(item) if is_exactly(item, dict, replace) and item else item
        for name, item in table.items()
    }
    return Parts(replace() if type(table) is replace else MISSING, parts)


def nest(leaves: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return the leaves of flat keys as a nested dict. An empty mapping can be a table that has leaves."""
    tables: dict[str, dict[str, Any]] = {"": {}}
    for key, value in leaves:
        parent, segment = split_last(key)
        table = tables.get(parent)
        if table is None:
            table = _table_at(parent, tables)
        table[name_of(segment)] = value
        if type(value) is dict or type(value) is replace:
            tables[key] = value
    return tables[""]


def _table_at(key: str, tables: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the nested dict of a key; create it, and those around it, if they are not in `tables`."""
    table = tables.get(key)
    if table is None:
        parent, segment = split_last(key)
        table = tables[key] = _table_at(parent, tables)[name_of(segment)] = {}
    return table


def _groups(merged: Merged) -> Iterator[tuple[str, Pairs]]:
    """Yield each leaf with its entry, and with the entries of its parts."""
    leaves = merged.leaves
    values_with_parts = {key for key in merged.tables if key in leaves and type(leaves[key][0]) is not replace}
    for key, entry in list(leaves.items()):
        if values_with_parts and not values_with_parts.isdisjoint(parents(key)):
            continue
        pairs = [(key, entry)]
        if key in values_with_parts:
            pairs += [(name, part) for name, part in leaves.items() if is_below(name, key)]
        yield key, pairs


def _input_of(key: str, pairs: Pairs) -> Any:
    if len(pairs) == 1:
        entry = pairs[0][1]
        if type(entry[0]) is replace:
            return replace()
        return appended_of(entry) if is_append(key) else input_of(entry)
    return input_at(find(merge(EMPTY_NODE, pairs), key))


def shown_value(key: str, pairs: Pairs) -> Any:
    """Return the value of a key for the dict, from its entry and the entries of its parts."""
    entry = pairs[0][1]
    if len(pairs) == 1 and (entry[2] is None or is_append(key)):
        # The text overrides nothing.
        return entry[0]
    try:
        return plain(_input_of(key, pairs))
    except Misfit as misfit:
        errors = errors_of(misfit, key, lambda path: origin_in(dict(pairs), key_of(key, path)))
        raise ConfigError(errors[0].key, errors=errors) from misfit.__cause__


def origin_in(leaves: dict[str, Entry], key: str) -> Origin | None:
    """Return the origin of a key, of the nearest prefix that is set, or of the first key below it."""
    for candidate in (key, *parents(key)):
        if candidate in leaves:
            return leaves[candidate][1]
    return next((entry[1] for leaf_key, entry in leaves.items() if is_below(leaf_key, key)), None)
