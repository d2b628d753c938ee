"""Sources of parameters: mappings and `key=value` texts become keys and entries."""

from __future__ import annotations

from ..core.kernel import ReferenceBase
from ..core.key import check_key
from ..core.map import items
from ..core.value import PLAIN_TYPES, is_mapping
from ..errors import KeySyntaxError, short_repr
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
    """Return the entries that sources and keyword parameters set; the later one wins.

    Raises `KeySyntaxError` for a bad key or text, and `TypeError` for a source of another type.
    """
    entries: dict[str, Entry] = {}
    for source in sources:
        if isinstance(source, str):
            key, text = split_text(source)
            entries[key] = text, origin
        elif hasattr(type(source), "__entries__"):
            # The entries of a scope and of a snapshot keep their origins.
            entries.update(items(source.__entries__()))
        elif is_mapping(source) or hasattr(type(source), "keys"):
            _add_flattened(entries, "", source if is_mapping(source) else dict(source), origin)
        else:
            raise TypeError(
                f"{short_repr(source)} is not a source of parameters: expected a mapping or a key=value text, "
                f"got {type(source).__name__}"
            )
    for key, value in params.items():
        value_type = type(value)
        # This is is_plain_type(value_type), without the call.
        if type(value_type) is type and value_type in PLAIN_TYPES:
            entries[check_key(key)] = value, origin
        else:
            _add_flattened(entries, check_key(key), value, origin)
    return entries


def _add_flattened(entries: dict[str, Entry], key: str, value: Any, origin: Origin | None) -> None:
    # A configuration keeps the entry of each value that it was loaded with. A value that the program replaced
    # later has the origin of this scope.
    loaded: Mapping[str, Entry] = value.__loaded__ if hasattr(type(value), "__loaded__") else {}
    for path, leaf in flatten(key, value):
        if issubclass(type(leaf), ReferenceBase):
            raise TypeError(
                f"the value of {path!r} is the reference {leaf!r}, not a value: "
                f"read it first, with {path_of(leaf.__key__)} | default"
            )
        entry = loaded.get(path)
        entries[path] = entry if entry is not None and entry[0] is leaf else (leaf, origin)


def flatten(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the key and value of each leaf of a nested mapping below `key`, which can be "".

    An empty mapping is a value, except at the very top. Raises `KeySyntaxError` for a bad key
    and for a mapping that contains itself.
    """
    if key and (not is_mapping(value) or not value):
        yield key, value
        return
    # The ids of the mappings on the stack.
    open_ids = {id(value)}
    stack = [(key, value, iter(list(value.items())))]
    while stack:
        prefix, mapping, remaining_items = stack[-1]
        for name, item in remaining_items:
            path = _path_below(prefix, name)
            if not is_mapping(item) or not item:
                yield path, item
                continue
            if id(item) in open_ids:
                raise KeySyntaxError(path, value=path, detail="is not a value: the mapping contains itself")
            open_ids.add(id(item))
            stack.append((path, item, iter(list(item.items()))))
            break
        else:
            open_ids.discard(id(mapping))
            stack.pop()


def _path_below(prefix: str, name: object) -> str:
    if not prefix:
        return check_key(name)
    try:
        return f"{prefix}.{check_key(name)}"
    except KeySyntaxError as error:
        raise KeySyntaxError(error.key, value=name, detail=f"{error.detail} (below {prefix!r})") from None


def split_text(text: str) -> tuple[str, str]:
    """Return the key and the value of a `key=value` text, split at the first `=`."""
    key, equals, value = text.partition("=")
    if not equals:
        raise KeySyntaxError(text, value=text, detail="is not a valid override: expected key=value")
    return check_key(key), value


def split_placed_text(text: str, origin: Origin | None) -> tuple[str, str]:
    """Return the same as `split_text`; the error names the origin of the text."""
    try:
        return split_text(text)
    except KeySyntaxError as error:
        raise KeySyntaxError(error.key, value=error.value, detail=error.detail, origin=origin) from None
