"""`hp.fingerprint(...)`: a short hash of what is set, the same in every process and on every kernel.

The hash of a Python object differs from process to process. So each value is written as bytes that start with
a letter for its type and have their length, in an order that depends on the content alone. An object of another
type is written as pickle would rebuild it: its class, its arguments and its state.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import PurePath
from types import BuiltinFunctionType, FunctionType
from typing import TYPE_CHECKING, Any

from ..core.context import current_frame
from ..core.key import is_below
from ..scopes.reading import plain_value_in

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["fingerprint_of_view", "matches"]

# 64 bits: in a million runs, the probability that two have the same fingerprint is below one in ten million.
LENGTH = 16


def fingerprint_of_view(patterns: tuple[str, ...]) -> str:
    """Return the hash of the visible keys that match one of the patterns, of all keys if there are none."""
    digest = sha256()
    frame = current_frame()
    for key, entry in frame.visible_items():
        if not patterns or matches(key, patterns):
            try:
                digest.update(_bytes_of([key, plain_value_in(frame, key, entry)]))
            except (TypeError, RecursionError) as error:
                reason = "it contains itself" if isinstance(error, RecursionError) else error
                raise TypeError(f"the value of {key!r} has no fingerprint: {reason}") from error
    return digest.hexdigest()[:LENGTH]


def matches(key: str, patterns: Iterable[str]) -> bool:
    """Return whether a key matches a pattern, or is below a key that is a pattern."""
    from fnmatch import fnmatchcase

    return any(fnmatchcase(key, pattern) or is_below(key, pattern) for pattern in patterns)


def _bytes_of(value: Any) -> bytes:
    """Return a value as bytes that depend on its type and content alone."""
    cls = type(value)
    # Numbers and texts are equal to those of other types: `1 == True == 1.0`.
    if value is None or cls is bool or cls is int:
        return _tagged("n", str(value).encode())
    if cls is float:
        return _tagged("f", value.hex().encode())
    if cls is str:
        return _tagged("s", value.encode("utf-8", "surrogatepass"))
    if cls is bytes:
        return _tagged("b", value)
    if cls is list or cls is tuple:
        return _tagged("l" if cls is list else "t", b"".join(map(_bytes_of, value)))
    if cls is set or cls is frozenset:
        return _tagged("S", b"".join(sorted(map(_bytes_of, value))))
    if cls is dict:
        return _tagged("d", b"".join(sorted(_bytes_of(key) + _bytes_of(item) for key, item in value.items())))
    if isinstance(value, PurePath):
        return _tagged("p", value.as_posix().encode("utf-8", "surrogatepass"))
    if isinstance(value, type | FunctionType | BuiltinFunctionType):
        return _tagged("c", _name_of(value).encode())
    return _tagged("o", _bytes_of(_parts_of(value)))


def _tagged(letter: str, content: bytes) -> bytes:
    return b"%s%d:%s" % (letter.encode(), len(content), content)


def _name_of(value: Any) -> str:
    if "<" in value.__qualname__:
        raise TypeError(f"{value!r} is local, so its name does not say what it does")
    return f"{value.__module__}:{value.__qualname__}"


def _parts_of(value: Any) -> list[Any]:
    """Return what pickle would write of an object."""
    reduced = value.__reduce_ex__(2)
    if isinstance(reduced, str):
        return [type(value), reduced]
    function, arguments, *state = reduced
    # The last two items of the state are iterators over items of a list and of a dict.
    rest = [part if number == 0 or part is None else list(part) for number, part in enumerate(state[:3])]
    return [type(value), function, tuple(arguments), rest]
