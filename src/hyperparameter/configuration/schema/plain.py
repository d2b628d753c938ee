"""Turn the object of a schema back into plain nested values, with the origin of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...conversion.spelling import plain_of
from ...conversion.structures import describe
from ...conversion.type_checks import is_structure
from ...core.key import join_name, parents
from ...core.origin import Origin
from ...core.value import is_exactly
from ..merge import can_become_table, flatten_dict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...core.value import Entry
    from ..merge import Merged


def replace_leaves(merged: Merged, instance: Any, nested: dict[str, Any]) -> None:
    """Make the values of an object the merged leaves, each with the origin of the value it came from.

    `nested` is what the object was made from. A value that is not in it is a default of the schema.
    """
    default_origins: dict[str, Origin] = {}
    plain = _to_plain(instance, nested, "", default_origins)
    schema_default = Origin.at("default of the schema")
    leaves: dict[str, Entry] = {}
    for key, value in flatten_dict("", plain):
        set_keys = (prefix for prefix in (key, *parents(key)) if prefix in merged.leaves)
        # For a list, the sources may set only parts, which are below it.
        source_key = merged.leaf_below(key) if key in merged.tables else next(set_keys, "")
        source_entry = merged.leaves.get(source_key, (None, None))
        source, origin = source_entry[:2]
        # No source sets the key, except that its prefix can be None or an empty table: this is a default.
        if not source_key or (source_key != key and can_become_table(source_entry)):
            leaves[key] = value, default_origins.get(key, schema_default)
            continue
        leaves[key] = value, origin
        if value is not source:
            merged.originals[key] = merged.originals.get(source_key, plain_of(source))
        if source_key != key and source_key in merged.earlier:
            merged.earlier[key] = merged.earlier[source_key]
    merged.leaves = leaves
    merged.tables = set()


def _to_plain(value: Any, source: Any, path: str, default_origins: dict[str, Origin]) -> Any:
    """Return an object as nested dicts and lists, and add the origin of each default to `default_origins`."""
    source = source if type(source) is dict else {}
    if type(value) is dict:
        plain: dict[str, Any] = {}
        for name, item in value.items():
            text = name if isinstance(name, str) else str(name)
            plain[text] = _to_plain(item, source.get(name), join_name(path, name), default_origins)
        return plain
    if is_exactly(value, list, tuple):
        return type(value)(_to_plain(item, None, path, {}) for item in value)
    cls = type(value)
    if not is_structure(cls):
        return value
    plain = dict(getattr(value, "model_extra", None) or {})
    for name, attribute in _used_names(cls, source):
        key = join_name(path, name)
        default_origins[key] = Origin.at(f"default of {cls.__qualname__}.{attribute}")
        item = getattr(value, attribute, source.get(name))
        plain[name] = _to_plain(item, source.get(name), key, default_origins)
    return plain


def _used_names(cls: Any, source: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the name and the attribute of each field. If it has aliases, the name is the one in the source."""
    for field in describe(cls).fields:
        if field.is_settable:
            used = [name for name in (field.name, *field.aliases) if name in source]
            yield used[-1] if used else field.name, field.attribute
