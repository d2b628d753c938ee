"""The types of YAML's scalars, as in version 1.2: `no` is text, and `1e-3` is a number.

Dates are those of YAML 1.1, which most parsers read. A number can have underscores, and keeps its spelling.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from ...conversion.spelling import with_spelling

TAG_PREFIX = "tag:yaml.org,2002:"

_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
# Any other plain scalar is text: the first characters of the words, numbers and dates.
_TYPED_STARTS = frozenset("~nNtTfF+-.0123456789")
_INT = re.compile(r"[-+]?(?:[0-9][0-9_]*|0b[01][01_]*|0o[0-7][0-7_]*|0x[0-9a-fA-F][0-9a-fA-F_]*)")
_FLOAT = re.compile(
    r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*|[0-9][0-9_]*(?=[eE]))(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"|([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[Tt]|[ \t]+)([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]*))?"
    r"(?:[ \t]*(?:(Z)|([-+])([0-9]{1,2})(?::([0-9]{2}))?))?"
)
_BASES = {"0b": 2, "0o": 8, "0x": 16}


def value_of(text: str, tag: str | None, *, is_plain: bool) -> Any:
    """Return the value of a scalar; raise `ValueError` if it has none."""
    # Most scalars are text.
    if tag is None and (not is_plain or (text and text[0] not in _TYPED_STARTS)):
        return text
    kind = kind_of(text, tag, is_plain=is_plain)
    if kind == "str":
        return text
    if kind not in _PARSERS:
        name = str(tag).replace(TAG_PREFIX, "!!")
        raise ValueError(f"the tag {name!r} is not allowed: use plain values only")
    is_valid, parse = _PARSERS[kind]
    if tag is not None and not is_valid(text):
        raise ValueError(f"{text!r} is not a valid {kind}")
    return parse(text)


def kind_of(text: str, tag: str | None, *, is_plain: bool) -> str:
    """Return the kind of a scalar: `str`, `int`, `float`, `bool`, `null`, `timestamp`, or that of its tag."""
    if tag is not None:
        # A scalar with the tag `!` is text.
        return "str" if tag == "!" else tag.removeprefix(TAG_PREFIX)
    if not is_plain:
        return "str"
    if text in _WORDS:
        return "null" if _WORDS[text] is None else "bool"
    if _INT.fullmatch(text):
        return "int"
    if _FLOAT.fullmatch(text):
        return "float"
    return "timestamp" if _TIMESTAMP.fullmatch(text) else "str"


def _int(text: str) -> Any:
    digits = text.replace("_", "")
    prefix = digits.lstrip("+-")[:2]
    return with_spelling(int(digits, _BASES.get(prefix, 10)), text)


def _float(text: str) -> Any:
    number = text.replace("_", "")
    # YAML writes `.inf` and `.nan`.
    return with_spelling(float(number.replace(".", "") if number[-1].isalpha() else number), text)


def _timestamp(text: str) -> date:
    groups = _TIMESTAMP.fullmatch(text).groups()  # type: ignore[union-attr]
    if groups[0]:
        return date(*map(int, groups[:3]))
    year, month, day, hour, minute, second = map(int, groups[3:9])
    fraction, is_utc, sign, hours, minutes = groups[9:]
    zone = UTC if is_utc else None
    if sign:
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
        zone = timezone(-offset if sign == "-" else offset)
    microsecond = int((fraction or "")[:6].ljust(6, "0"))
    return datetime(year, month, day, hour, minute, second, microsecond, zone)


def _is_number(text: str) -> bool:
    return bool(_FLOAT.fullmatch(text) or (_INT.fullmatch(text) and text.lstrip("+-").isdecimal()))


def _binary(text: str) -> bytes:
    from base64 import b64decode

    # White space can be anywhere in the text.
    return b64decode("".join(text.split()), validate=True)


# For each kind: whether a text with its tag is valid, and the value of a valid text.
_PARSERS: dict[str, tuple[Callable[[str], object], Callable[[str], Any]]] = {
    "null": (lambda _: True, lambda _: None),
    "bool": (lambda text: type(_WORDS.get(text)) is bool, _WORDS.__getitem__),
    "int": (_INT.fullmatch, _int),
    "float": (_is_number, _float),
    "timestamp": (_TIMESTAMP.fullmatch, _timestamp),
    "binary": (lambda _: True, _binary),
}
