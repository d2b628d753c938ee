"""TOML, by the standard library, which gives no lines for keys.

So `lines` parses one statement after the other. A statement is the fewest lines that parse: a statement of
several lines does not parse without its last line.

    1  [train]          a header: the keys after it are below `train`
    2  lr = 0.1         train.lr is on line 2
    3  sizes = [        does not parse alone
    4    1, 2           cannot be the end: it has no closing bracket or quotes
    5  ]                lines 3 to 5 parse: train.sizes is on line 3
"""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from typing import Any

from ...conversion.spelling import float_of
from ...core.key import MAX_SEGMENTS
from ...core.value import FileValue
from .document import Document
from .keys import key_below
from .syntax_error import FileSyntaxError, line_and_column

# A statement of several lines ends with a line that contains one of these.
CLOSERS = ("]", "}", '"""', "'''")
# The most characters that are parsed to find lines, in addition to twice the text. A long array is parsed again
# with each of its lines.
MAX_WORK = 2_000_000


# A line with as many dots as a key may have segments. Few files have one, and only their text is searched for
# long keys.
_MAYBE_LONG_KEY = re.compile(rf"(?:[^\n.]*\.){{{MAX_SEGMENTS}}}")
_SEGMENT = r"""(?:[\w-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_KEY_TOKEN = re.compile(
    r'''"""(?:\\.|[^\\])*?"{3,5}'''  # text in double quotes, of several lines
    r"""|'''.*?'{3,5}"""  # text in single quotes, of several lines
    r"|#[^\n]*"  # a comment
    rf"|(?P<key>{_SEGMENT}(?:[ \t]*\.[ \t]*{_SEGMENT})*)",
    re.DOTALL,
)


def parse(text: str) -> list[Document]:
    """Return the document of a TOML text; raise `FileSyntaxError`."""
    if _MAYBE_LONG_KEY.search(text):
        _check_length_of_keys(text)
    try:
        table = tomllib.loads(text, parse_float=float_of)
    except tomllib.TOMLDecodeError as error:
        detail, line, column = _split_place(str(error), text)
        raise FileSyntaxError(f"not valid TOML: {detail}", line, column) from None
    # Python refuses to read an integer of thousands of digits. `lines` raises the error with the line.
    except ValueError as error:
        _lines(text)
        raise FileSyntaxError(str(error)) from None
    if _MAYBE_UNUSUAL.search(text):
        table = _with_spellings(table, _unusual_integers(text))
    return [Document(table)]


# tomllib has no hook for integers. Few files have an integer that Python writes in another way, and only their
# text is searched.
_MAYBE_UNUSUAL = re.compile(r"\+\d|-0|\d_|0[xob]")
_TOKEN = re.compile(
    r'''"""(?:\\.|[^\\])*?"{3,5}|"(?:\\.|[^"\\])*"'''  # text in double quotes
    r"""|'''.*?'{3,5}|'[^']*'"""  # text in single quotes
    r"|#[^\n]*"  # a comment
    r"|(?P<integer>(?<![\w.:+-])[+-]?(?:0[xob]\w+|\d[\d_]*)(?![\w.:+-]))",
    re.DOTALL,
)


def _unusual_integers(text: str) -> dict[int, str | None]:
    """Return the spellings of integers that Python writes in another way, None if there are several of one."""
    spellings: dict[int, set[str]] = {}
    for match in _TOKEN.finditer(text):
        token = match["integer"]
        # A key without quotes can be like `0042`, which is no integer.
        with suppress(ValueError):
            spellings.setdefault(int(token or "", 0), set()).add(token)
    return {
        number: next(iter(tokens)) if len(tokens) == 1 else None
        for number, tokens in spellings.items()
        if tokens != {str(number)}
    }


def _with_spellings(value: Any, spellings: dict[int, str | None]) -> Any:
    """Return a value in which the integers have these spellings."""
    if type(value) is dict:
        return {name: _with_spellings(item, spellings) for name, item in value.items()}
    if type(value) is list:
        return [_with_spellings(item, spellings) for item in value]
    return FileValue(value, spellings[value]) if type(value) is int and value in spellings else value


def _check_length_of_keys(text: str) -> None:
    """Refuse a key of too many segments. The time that tomllib takes for a key grows with its square."""
    for match in _KEY_TOKEN.finditer(text):
        if match["key"] and len(re.findall(_SEGMENT, match["key"])) > MAX_SEGMENTS:
            place = line_and_column(text, match.start())
            raise FileSyntaxError(f"a key has more than {MAX_SEGMENTS} segments", *place)


def _split_place(message: str, text: str) -> tuple[str, int, int]:
    """Return what a message of tomllib says is wrong, and the line and the column in it."""
    match = re.fullmatch(r"(.*?) \((?:at line (\d+), column (\d+)|at end of document)\)", message, re.DOTALL)
    if match is None:
        return message, 1, 1
    if match[2]:
        return match[1], int(match[2]), int(match[3])
    return f"{match[1]} at the end of the file", *line_and_column(text, len(text))


def lines(text: str) -> list[dict[str, int]]:
    """Return the line of each key of the document, by flat key; keys in lists have none."""
    return [_lines(text)]


def _lines(text: str) -> dict[str, int]:
    """Return the line that each key's statement starts at, by flat key.

    Tables and keys of inline tables have a line too.
    """
    line_of_key: dict[str, int] = {}
    work_left = 2 * len(text) + MAX_WORK
    # The current table, and the current statement with the line that it starts at.
    table, pending, start = "", "", 0
    all_lines = text.split("\n")
    for number, line in enumerate(all_lines, 1):
        if not pending:
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            start = number
        is_inside = bool(pending) and not any(closer in line for closer in CLOSERS)
        pending += line + "\n"
        if is_inside or (number < len(all_lines) and not _can_start_statement(all_lines[number].strip())):
            continue
        work_left -= len(pending)
        if work_left < 0:
            break
        try:
            statement = tomllib.loads(pending)
        except tomllib.TOMLDecodeError:
            continue
        except ValueError as error:
            raise FileSyntaxError(str(error), start) from None
        is_header = pending.lstrip().startswith("[")
        keys = _keys_of(statement, "" if is_header else table)
        for key in keys:
            line_of_key.setdefault(key, start)
        if is_header:
            table = keys[-1]
        pending = ""
    return line_of_key


def _can_start_statement(line: str) -> bool:
    """Return whether a line can be the first of a statement, or is empty. An item of an array cannot."""
    if line.startswith("["):
        return not line.endswith(",")
    return not line.startswith(("{", "]", "}", ","))


def _keys_of(statement: dict[str, Any], prefix: str) -> list[str]:
    keys = []
    for name, value in statement.items():
        key = key_below(prefix, name)
        keys.append(key)
        if isinstance(value, dict):
            keys += _keys_of(value, key)
    return keys
