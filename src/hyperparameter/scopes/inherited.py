"""`hp.frozen(processes=True)`: the baseline of processes that this one starts, in an environment variable.

The variable has JSON, never pickle, because reading pickle can run any code. A list of JSON is a list; another
container is an object with its type as the only name, such as `{"tuple": [1, 2]}`. A large view, or one with a
secret, is in a file that only this user can read: then the variable has `@` and the name of the file.

    entry                                  JSON
    (value, origin)                        [value, preposition, place, is secret]
    (value, origin, file value)            [..., {"spelled": text}]
    (value, origin, below, is untyped)     [..., {"below": entry, "untyped": bool}]
"""

from __future__ import annotations

import json
import os
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from ..core.frame import new_baseline
from ..core.kernel import set_baseline
from ..core.origin import Origin, SecretOrigin, is_secret
from ..core.tree import EMPTY_NODE, items, merge
from ..core.value import FileValue
from .private_file import remove_private_file, write_private_file

if TYPE_CHECKING:
    from ..core.tree import Node
    from ..core.value import Entry

__all__ = ["VARIABLE", "inherit", "publish"]

VARIABLE = "HYPERPARAMETER_BASELINE"
# Linux limits one variable to 128 kB, and Windows to 32 kB.
MAX_LENGTH = 16_384

_CONTAINERS: dict[str, Any] = {"tuple": tuple, "set": set, "frozenset": frozenset}


def publish(view: Node) -> None:
    """Let the processes that are started from now on begin with a view as their baseline.

    Raises `TypeError`, which names the key, for a value that JSON cannot carry.
    """
    entries = sorted(items(view), key=lambda item: item[0])
    text = json.dumps({key: _encoded_entry(key, entry) for key, entry in entries})
    has_secret = any(is_secret(key, *entry[1::-1]) for key, entry in entries)
    os.environ[VARIABLE] = "@" + _private_file(text) if has_secret or len(text) > MAX_LENGTH else text


def inherit(text: str) -> None:
    """Set the baseline that another process published. Raises `ImportError` if it cannot be read."""
    try:
        if text[0] == "@":
            text = _read_private_file(text[1:])
        entries = {key: _decoded_entry(entry) for key, entry in json.loads(text).items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise ImportError(
            f"the environment variable {VARIABLE} does not have the baseline of another process ({error}); "
            "it is set by hp.frozen(processes=True), and its file is there as long as that process runs"
        ) from error
    set_baseline(new_baseline(merge(EMPTY_NODE, entries.items())))


# --- Entries ---


def _encoded_entry(key: str, entry: Entry) -> list[Any]:
    origin = entry[1]
    place = [None, None, False] if origin is None else [origin.preposition, origin.place, origin.is_secret]
    encoded = [_encoded(key, entry[0]), *place]
    if len(entry) == 3 and type(entry[2]) is FileValue and type(entry[2].spelled) is str:
        encoded.append({"spelled": entry[2].spelled})
    elif len(entry) == 4:
        below: Any = entry[2]
        encoded.append({"below": below and _encoded_entry(key, below), "untyped": entry[3]})
    return encoded


def _decoded_entry(encoded: list[Any]) -> tuple[Any, ...]:
    value, preposition, place, secret, *rest = encoded
    value = _decoded(value)
    origin = None if preposition is None else (SecretOrigin if secret else Origin)((preposition, place))
    if not rest:
        return value, origin
    if "spelled" in rest[0]:
        return value, origin, FileValue(value, rest[0]["spelled"])
    below = rest[0]["below"]
    return value, origin, None if below is None else _decoded_entry(below), rest[0]["untyped"]


def _encoded(key: str, value: Any) -> Any:
    cls = type(value)
    if value is None or cls is bool or cls is int or cls is float or cls is str:
        return value
    if cls is list:
        return [_encoded(key, item) for item in value]
    if cls is dict:
        return {"dict": [[_encoded(key, name), _encoded(key, item)] for name, item in value.items()]}
    for name, container in _CONTAINERS.items():
        if cls is container:
            return {name: [_encoded(key, item) for item in value]}
    if isinstance(value, PurePath):
        return {"path": str(value)}
    raise TypeError(
        f"hp.frozen(processes=True) cannot send the value of {key!r}: it is of type {cls.__name__}, and JSON "
        "carries numbers, texts, paths and containers of them; use hp.executor or hp.bind for other values"
    )


def _decoded(value: Any) -> Any:
    if isinstance(value, list):
        return [_decoded(item) for item in value]
    if not isinstance(value, dict):
        return value
    ((name, content),) = value.items()
    if name == "dict":
        return {_decoded(key): _decoded(item) for key, item in content}
    if name == "path":
        from pathlib import Path

        return Path(content)
    return _CONTAINERS[name](_decoded(item) for item in content)


# --- The file ---


def _private_file(text: str) -> str:
    """Write a file that is removed when this process ends."""
    import atexit

    name = write_private_file(text.encode())
    atexit.register(remove_private_file, name, os.getpid())
    return name


def _read_private_file(name: str) -> str:
    with open(name, encoding="utf-8") as file:
        status = os.fstat(file.fileno())
        if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o077):
            raise PermissionError(f"{name} is not private to this user")
        return file.read()
