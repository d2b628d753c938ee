"""JSON, by the standard library, but for what it lets pass: a key that is there twice, and NaN."""

from __future__ import annotations

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
from typing import Any, NoReturn

from ..files import Fault

_SPACE = re.compile(r"[ \t\n\r]*")
_ATOM = re.compile(r"[^\s,\]}]+")
LONG = 500  # characters of a number, which is no common one
_NO_JSON = ("NaN", "Infinity", "-Infinity")


class _Refused(Exception):  # noqa: N818  # it is told with its place by the walk
    pass


def parse(text: str) -> dict[str, Any]:
    """Return the object of a JSON text, {} for an empty one; raise `Fault`."""
    if not text.strip():
        return {}
    try:
        found = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except _Refused as refused:
        _Walk(text).walk()
        raise Fault(str(refused)) from None
    except json.JSONDecodeError as error:
        raise Fault(f"this is not JSON: {error.msg}", error.lineno, error.colno) from None
    except ValueError as error:  # an integer of thousands of digits
        _Walk(text).walk()
        raise Fault(f"this is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise Fault(f"wanted an object at the top, not {type(found).__name__}", 1, 1)
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _Refused("a key is there twice")
    return made


def _constant(name: str) -> NoReturn:
    raise _Refused(f"{name} is not JSON")


def lines(text: str) -> dict[str, int]:
    """Return the line of each key, by flat key; what is in lists has none."""
    walk = _Walk(text)
    walk.walk()
    return walk.found


class _Walk:
    """Go through a text that is known to be JSON, for the places of its keys."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[str, int] = {}
        self._line, self._counted = 1, 0

    def walk(self) -> None:
        self._value("", keep=True)

    def _fault(self, detail: str, at: int) -> Fault:
        return Fault(detail, self.text.count("\n", 0, at) + 1, at - self.text.rfind("\n", 0, at))

    def _line_of(self, at: int) -> int:
        self._line += self.text.count("\n", self._counted, at)
        self._counted = at
        return self._line

    def _peek(self) -> str:
        self.at = _SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]
        return self.text[self.at]

    def _value(self, path: str, keep: bool) -> None:
        first = self._peek()
        if first == '"':
            self.at = scanstring(self.text, self.at + 1)[1]
        elif first == "{":
            self._object(path, keep)
        elif first == "[":
            self.at += 1
            while self._peek() != "]":
                self._value(path, keep=False)
                self.at += self._peek() == ","
            self.at += 1
        else:
            atom = _ATOM.match(self.text, self.at)
            if atom is None or atom[0] in _NO_JSON:
                raise self._fault(f"{atom[0] if atom else first} is not JSON", self.at)
            if len(atom[0]) > LONG:
                self._number(atom[0])
            self.at = atom.end()

    def _number(self, text: str) -> None:
        try:
            json.loads(text)
        except ValueError as error:  # Python refuses to read thousands of digits
            raise self._fault(str(error), self.at) from None

    def _object(self, path: str, keep: bool) -> None:
        seen: dict[str, int] = {}
        self.at += 1
        while self._peek() != "}":
            start = self.at
            name, self.at = scanstring(self.text, self.at + 1)
            line = self._line_of(start)
            if name in seen:
                raise self._fault(f"the key {name!r} is there twice, first on line {seen[name]}", start)
            seen[name] = line
            key = f"{path}.{name}" if path else name
            if keep:
                self.found.setdefault(key, line)
            self._peek()  # the colon
            self.at += 1
            self._value(key, keep)
            self.at += self._peek() == ","
        self.at += 1
