"""The grammar of keys, and helpers that take keys apart.

A key is segments joined by dots. A segment is any non-empty text without `.`, `=` and control characters, and
without white space at its ends. Case matters, and nothing is normalised.
"""

from __future__ import annotations

from ..errors import KeySyntaxError, short_repr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["check_key", "is_below", "join", "parent_of", "parents", "split_last", "valid_keys"]

# A cache of keys that passed the check. Both kernels look into it before they call `check_key`.
valid_keys: set[str] = set()
# The cache is bounded, because a program can make any number of keys while it runs.
MAX_VALID_KEYS = 4096


def check_key(key: object) -> str:
    """Return a key as text, an integer as its digits; raise `KeySyntaxError` if it is not a key."""
    if type(key) is str:
        if key in valid_keys:
            return key
        text = key
    elif isinstance(key, str):
        # The __str__ of an enum would return the name of the member.
        text = str.__str__(key)
    elif isinstance(key, int) and not isinstance(key, bool):
        return str(int(key))
    else:
        raise KeySyntaxError(
            short_repr(key), value=key, detail=f"is not a valid key: expected text, got {type(key).__name__}"
        )
    problem = _problem_of(text)
    if problem:
        raise KeySyntaxError(text, value=text, detail=f"is not a valid key: {problem}")
    if len(valid_keys) >= MAX_VALID_KEYS:
        valid_keys.clear()
    valid_keys.add(text)
    return text


def _problem_of(key: str) -> str | None:
    """Return what is wrong with a key, None if it is valid."""
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
            return f"segment {segment!r} starts or ends with white space"
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
    """Return whether a key has a prefix and is longer than it; every key is below the prefix `""`."""
    return not prefix or key.startswith(prefix + ".")
