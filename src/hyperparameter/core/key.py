"""The grammar of keys, and how mappings and texts become keys and values.

A key is segments joined by dots. A segment is any non-empty text without `.`, `=` and control
characters, and without white space at its ends. Case counts, and nothing is normalised.
"""

from __future__ import annotations

from ..errors import KeySyntaxError, short_repr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

__all__ = [
    "PLAIN",
    "check_key",
    "derives_mapping",
    "flatten",
    "hashes",
    "is_below",
    "is_mapping",
    "is_plain",
    "join",
    "parent_of",
    "parents",
    "split_last",
    "split_text",
]

PLAIN = frozenset((bool, int, float, str, bytes, list, tuple, set, frozenset, type(None)))  # never a mapping
MOST_KEPT = 4096  # keys remembered as good; bounded, since keys can be made at run time
good: set[str] = set()  # the kernels look a key up in it themselves


def check_key(key: object) -> str:
    """Return a key as text, an integer as its digits; raise `KeySyntaxError` where it is no key."""
    if type(key) is str:
        if key in good:
            return key
        text = key
    elif isinstance(key, str):
        text = str.__str__(key)  # an enum's own __str__ would give its name
    elif isinstance(key, int) and not isinstance(key, bool):
        return str(int(key))
    else:
        raise KeySyntaxError(
            short_repr(key), value=key, detail=f"is not a key: a key is text, not {type(key).__name__}"
        )
    fault = _fault(text)
    if fault:
        raise KeySyntaxError(text, value=text, detail=f"is not a key: {fault}")
    if len(good) >= MOST_KEPT:
        good.clear()
    good.add(text)
    return text


def _fault(key: str) -> str | None:
    if not key:
        return "it is empty"
    for number, segment in enumerate(key.split("."), 1):
        if not segment:
            return f"segment {number} is empty"
        if "=" in segment:
            return f"segment {segment!r} contains '='"
        if not segment.isprintable():
            for char in segment:
                if char < " " or "\x7f" <= char <= "\x9f":
                    return f"segment {segment!r} contains the control character {char!r}"
        if segment != segment.strip():
            return f"segment {segment!r} has white space at its ends"
    return None


def join(prefix: str, segment: str) -> str:
    """Return the key of a segment below a prefix: `"train.lr"`; below `""` it is the segment itself."""
    return f"{prefix}.{segment}" if prefix else segment


def split_last(key: str) -> tuple[str, str]:
    """Return the prefix and the last segment: `("train.opt", "lr")`; the prefix of a single segment is `""`."""
    prefix, _, segment = key.rpartition(".")
    return prefix, segment


def parent_of(key: str) -> str:
    """Return the key without its last segment: `"train.opt"` for `"train.opt.lr"`, `""` for `"train"`."""
    return key.rpartition(".")[0]


def parents(key: str) -> Iterator[str]:
    """Yield every proper prefix of a key, the longest first: `"train.opt"`, `"train"` for `"train.opt.lr"`."""
    while key := parent_of(key):
        yield key


def is_below(key: str, prefix: str) -> bool:
    """Return whether a key is in the subtree of a prefix and is not the prefix itself; every key is below `""`."""
    return not prefix or key.startswith(prefix + ".")


def split_text(text: str) -> tuple[str, str]:
    """Return key and value of a `key=value` text, split at the first `=`."""
    key, equals, value = text.partition("=")
    if not equals:
        raise KeySyntaxError(text, value=text, detail="is not an override: wanted key=value")
    return check_key(key), value


def hashes(cls: type) -> bool:
    """Tell whether a class hashes as classes do; any other may fail to, or run code of its own."""
    return type(cls).__hash__ is object.__hash__


def is_plain(cls: type) -> bool:
    """Tell whether a class is one of `PLAIN`, whatever its metaclass does when asked for a hash."""
    return type(cls) is type and cls in PLAIN


def is_mapping(value: object) -> bool:
    """Tell whether a value is a mapping, whose items are parameters of their own."""
    cls = type(value)  # a mock may claim any class, and a proxy may fail to tell
    return cls is dict or (not is_plain(cls) and derives_mapping(cls))


def derives_mapping(cls: type) -> bool:
    """Tell whether a class is one of mappings."""
    from _collections_abc import Mapping

    if hashes(cls):
        return issubclass(cls, Mapping)
    return any(base is dict or base is Mapping for base in cls.__mro__)  # an abstract class would hash it


def flatten(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the keys and values of a nested mapping under `key` ("" for none).

    An empty mapping is a value, except at the very top. Raises `KeySyntaxError` for a bad key
    and for a mapping that contains itself.
    """
    if key and (not is_mapping(value) or not value):
        yield key, value
        return
    open_ids = {id(value)}  # the mappings that the walk is inside of
    stack = [(key, value, iter(list(value.items())))]
    while stack:
        prefix, mapping, rest = stack[-1]
        for name, item in rest:
            path = _joined(prefix, name)
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


def _joined(prefix: str, name: object) -> str:
    if not prefix:
        return check_key(name)
    try:
        return f"{prefix}.{check_key(name)}"
    except KeySyntaxError as error:
        raise KeySyntaxError(error.key, value=name, detail=f"{error.detail} (beneath {prefix!r})") from None
