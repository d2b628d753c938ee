"""JSON, by the standard library, except that repeated keys, NaN and lone surrogates are refused.

The standard library accepts them, and does not say where they are. If a text has one of them, or if the line of
a key is needed, `_Walk` goes over the text a second time.
"""

from __future__ import annotations

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
from typing import Any, NoReturn

from ...conversion.spelling import float_of, int_of
from ...errors import shorten
from .document import Document
from .keys import key_below
from .syntax_error import FileSyntaxError, line_and_column

_SPACE = re.compile(r"[ \t\n\r]*")
# What stands where a number, true, false or null is expected, and what is one of these.
_ATOM = re.compile(r"[^\s,:\[\]{}\"]*")
_VALID_ATOM = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null")
# A surrogate is half of a character. Two escapes, such as `\ud83d\ude00`, make a whole one.
_SURROGATE = re.compile("[\ud800-\udfff]")
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
# Python may refuse to read a number of more characters than this, because it has too many digits.
_LONG_NUMBER = 500


class _Refused(Exception):  # noqa: N818
    """The text has something that only the standard library accepts. `_Walk` finds its place."""


def parse(text: str) -> list[Document]:
    """Return the document of a JSON text, none for an empty text; raise `FileSyntaxError`."""
    if not text.strip():
        return []
    try:
        value = json.loads(
            text,
            object_pairs_hook=_refuse_repeated_keys,
            parse_constant=_refuse_constant,
            parse_float=float_of,
            parse_int=int_of,
        )
    # The walk raises the error with its place. The `raise` after it is for what the walk does not find.
    except _Refused as refused:
        _Walk(text).walk()
        raise FileSyntaxError(str(refused)) from None
    except json.JSONDecodeError as error:
        raise FileSyntaxError(f"not valid JSON: {error.msg}", error.lineno, error.colno) from None
    # Python refuses to read an integer of thousands of digits.
    except ValueError as error:
        _Walk(text).walk()
        raise FileSyntaxError(f"not valid JSON: {error}") from None
    # Few texts have such an escape, and only they are searched.
    if _SURROGATE_ESCAPE.search(text):
        _Walk(text).walk()
    return [Document(value, *line_and_column(text, _SPACE.match(text).end()))]  # type: ignore[union-attr]


def lines(text: str) -> list[dict[str, int]]:
    """Return the line of each key of the document, by flat key; keys in lists have none."""
    walk = _Walk(text)
    walk.walk()
    return [walk.lines]


def _refuse_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        raise _Refused("a key is set twice")
    return table


def _refuse_constant(name: str) -> NoReturn:
    raise _Refused(f"{name} is not valid JSON")


class _Walk:
    """Walks over a text that Python reads as JSON, to find the lines of keys and what `parse` refuses."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.lines: dict[str, int] = {}
        # The line and the position of the last key. The count for the next key starts there.
        self._line, self._line_position = 1, 0

    def walk(self) -> None:
        self._walk_value("", has_lines=True)

    def _walk_value(self, key: str, *, has_lines: bool) -> None:
        first = self._next_character()
        if first == '"':
            self._walk_string()
        elif first == "{":
            self._walk_object(key, has_lines=has_lines)
        elif first == "[":
            self.position += 1
            while self._next_character() != "]":
                self._walk_value(key, has_lines=False)
                self._skip_comma()
            self.position += 1
        else:
            self._walk_atom(first)

    def _walk_object(self, prefix: str, *, has_lines: bool) -> None:
        lines: dict[str, int] = {}
        self.position += 1
        while self._next_character() != "}":
            start = self.position
            name = self._walk_string()
            line = self._line_at(start)
            if name in lines:
                raise self._error(f"the key {name!r} is set twice, first on line {lines[name]}", start)
            lines[name] = line
            key = key_below(prefix, name)
            if has_lines:
                self.lines.setdefault(key, line)
            # Skip the colon.
            self._next_character()
            self.position += 1
            self._walk_value(key, has_lines=has_lines)
            self._skip_comma()
        self.position += 1

    def _walk_string(self) -> str:
        """Walk over a text in quotes, and return what it stands for."""
        start = self.position
        value, self.position = scanstring(self.text, start + 1)
        surrogate = _SURROGATE.search(value)
        if surrogate:
            detail = f"\\u{ord(surrogate[0]):04x} is half of a character, and the other half is missing"
            raise self._error(detail, start)
        return value

    def _walk_atom(self, first: str) -> None:
        """Walk over a number, true, false or null."""
        atom = _ATOM.match(self.text, self.position)[0]  # type: ignore[index]
        if not _VALID_ATOM.fullmatch(atom):
            raise self._error(f"{shorten(atom or first)} is not valid JSON", self.position)
        if len(atom) > _LONG_NUMBER:
            try:
                json.loads(atom)
            except ValueError as error:
                raise self._error(str(error), self.position) from None
        self.position += len(atom)

    def _skip_comma(self) -> None:
        if self._next_character() == ",":
            self.position += 1

    def _next_character(self) -> str:
        """Skip white space, and return the character after it."""
        self.position = _SPACE.match(self.text, self.position).end()  # type: ignore[union-attr]
        return self.text[self.position]

    def _line_at(self, position: int) -> int:
        self._line += self.text.count("\n", self._line_position, position)
        self._line_position = position
        return self._line

    def _error(self, detail: str, position: int) -> FileSyntaxError:
        return FileSyntaxError(detail, *line_and_column(self.text, position))
