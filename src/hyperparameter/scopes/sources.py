"""Sources of parameters: mappings and `key=value` texts become keys and entries."""

from __future__ import annotations

from ..core.kernel import ReferenceBase
from ..core.key import check_key, check_length, is_below, join_name, parents, segments_of, split_override
from ..core.origin import marked_entry
from ..core.value import PLAIN_TYPES, hides, is_append, is_mapping, link, replace, untyped_entry
from ..errors import KeySyntaxError, short_repr
from ..secrecy import Secret
from .reading import path_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any, Protocol, TypeAlias

    from ..core.kernel import ScopeBase
    from ..core.origin import Origin
    from ..core.value import Entry

    class Keyed(Protocol):
        """What `dict(...)` accepts. A snapshot is one, though it is not a `Mapping`."""

        def keys(self) -> Iterable[Any]: ...
        def __getitem__(self, key: Any, /) -> Any: ...

    Source: TypeAlias = Mapping[Any, Any] | str | ScopeBase | Keyed

__all__ = ["entries_from", "flatten", "split_placed_text", "split_text"]


def entries_from(sources: Iterable[Any], params: Mapping[str, Any], origin: Origin | None) -> dict[str, Entry]:
    """Return the entries that mappings, then keyword parameters, then texts set; the later one wins.

    Raises `KeySyntaxError` for a bad key or text, and `TypeError` for a source of another type.
    """
    pairs: list[tuple[str, Entry]] = []
    texts: list[str] = []
    for source in sources:
        if isinstance(source, str):
            texts.append(source)
        elif hasattr(type(source), "__entries__"):
            # The entries of a scope and of a snapshot keep their origins.
            pairs += source.__entries__()
        elif type(source) is dict:
            _add_dict(pairs, source, origin)
        elif is_mapping(source) or hasattr(type(source), "keys"):
            _add_flattened(pairs, "", source if is_mapping(source) else dict(source), origin)
        else:
            raise TypeError(
                f"{short_repr(source)} is not a source of parameters: expected a mapping or a key=value text, "
                f"got {type(source).__name__}"
            )
    for key, value in params.items():
        value_type = type(value)
        # This is is_plain_type(value_type), without the call.
        if type(value_type) is type and value_type in PLAIN_TYPES:
            pairs.append((check_key(key), (value, origin)))
        else:
            _add_flattened(pairs, check_key(key), value, origin)
    for text in texts:
        key, value = split_text(text)
        pairs.append((key, untyped_entry(value, origin)))
    return _resolve(pairs)


def _add_dict(pairs: list[tuple[str, Entry]], source: dict[Any, Any], origin: Origin | None) -> None:
    flat: list[tuple[str, Entry]] = []
    for key, value in list(source.items()):
        value_type = type(value)
        if type(value_type) is not type or value_type not in PLAIN_TYPES:
            _add_flattened(pairs, "", source, origin)
            return
        flat.append((check_key(key), (value, origin)))
    pairs += flat


def _resolve(pairs: list[tuple[str, Entry]]) -> dict[str, Entry]:
    """Return the entries of pairs that were set one after the other."""
    entries = dict(pairs)
    # No key is set twice, and none is a prefix of another, because all have the same number of segments.
    if len(entries) == len(pairs) and len({len(segments_of(key)) for key in entries}) < 2:
        return entries
    entries = {}
    prefixes: set[str] = set()
    for key, entry in pairs:
        earlier = entries.pop(key, None)
        if key in prefixes and hides(entry[0]):
            for name in [name for name in entries if is_below(name, key)]:
                del entries[name]
        entries[key] = link(entry, earlier, is_append(key))
        prefixes.update(parents(key))
    return entries


def _add_flattened(pairs: list[tuple[str, Entry]], key: str, value: Any, origin: Origin | None) -> None:
    # A configuration keeps the entries that each value was loaded with. A value that the program replaced
    # later has the origin of this scope.
    loaded = getattr(value, "__loaded__", None) if hasattr(type(value), "__loaded__") else None
    for path, leaf in flatten(key, value):
        if issubclass(type(leaf), ReferenceBase):
            raise TypeError(
                f"the value of {path!r} is the reference {leaf!r}, not a value: "
                f"read it first, with {path_of(leaf.__key__)} | default, "
                f"or link to it with hp.ref({leaf.__key__!r})"
            )
        entry = marked_entry(leaf, origin) if type(leaf) is Secret else (leaf, origin)
        pairs += (loaded and loaded(path, leaf)) or [(path, entry)]


def flatten(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the key and value of each leaf of a nested mapping below `key`, which can be "".

    The keys at the very top are key texts, and each key further down is one segment. An empty mapping is a
    value, except at the top, and so is an empty `replace`, which comes before the items of each `replace` and
    of each mapping inside it. Raises `KeySyntaxError` for a bad key and for a mapping that contains itself.
    """
    if key and not _has_items(value):
        yield key, value
        return
    if type(value) is replace:
        yield _replace_marker(key)
    # The ids of the mappings on the stack.
    open_ids = {id(value)}
    stack = [(key, value, type(value) is replace, iter(list(value.items())))]
    while stack:
        prefix, mapping, in_replace, remaining_items = stack[-1]
        for name, item in remaining_items:
            path = join_name(prefix, name) if prefix else check_key(name)
            replaces = type(item) is replace or (in_replace and is_mapping(item))
            if replaces:
                yield path, replace()
            if not _has_items(item):
                if not replaces:
                    yield path, item
                continue
            if id(item) in open_ids:
                raise KeySyntaxError(path, value=path, detail="is not a value: the mapping contains itself")
            check_length(path, len(stack) + 1)
            open_ids.add(id(item))
            stack.append((path, item, replaces, iter(list(item.items()))))
            break
        else:
            open_ids.discard(id(mapping))
            stack.pop()


def _has_items(value: Any) -> bool:
    return is_mapping(value) and bool(value)


def _replace_marker(key: str) -> tuple[str, Any]:
    if not key:
        raise TypeError(
            "hp.replace is for the value of a key: to hide everything outside, use hp.scope.empty(...)"
        )
    return key, replace()


def split_text(text: str) -> tuple[str, str]:
    """Return the key and the value of a `key=value` text, split at the first `=` that is not in quotes."""
    override = split_override(text)
    if override is None:
        raise KeySyntaxError(text, value=text, detail="is not a valid override: expected key=value")
    return override


def split_placed_text(text: str, origin: Origin | None) -> tuple[str, str]:
    """Return the same as `split_text`; the error names the origin of the text."""
    try:
        return split_text(text)
    except KeySyntaxError as error:
        raise KeySyntaxError(error.key, value=error.value, detail=error.detail, origin=origin) from None
