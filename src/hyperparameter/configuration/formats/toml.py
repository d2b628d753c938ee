"""TOML, by the standard library; a key's line is found by parsing one statement after the other."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from ..files import Fault

CLOSERS = ("]", "}", '"""', "'''")  # one of them is on the last line of whatever takes several lines
MOST_WORK = (
    2_000_000  # characters, and twice the text, that finding its lines may parse: arrays are again and again
)


def parse(text: str) -> dict[str, Any]:
    """Return the table of a TOML text; raise `Fault`."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        detail, line, column = _place(str(error), text)
        raise Fault(f"this is not TOML: {detail}", line, column) from None
    except ValueError as error:  # an integer of thousands of digits
        lines(text)
        raise Fault(str(error)) from None


def _place(message: str, text: str) -> tuple[str, int, int]:
    """Part a message from the place at its end; Python 3.14's attributes say the same."""
    found = re.fullmatch(r"(.*?) \((?:at line (\d+), column (\d+)|at end of document)\)", message, re.DOTALL)
    if found is None:
        return message, 1, 1
    if found[2]:
        return found[1], int(found[2]), int(found[3])
    return f"{found[1]} at the end of the file", text.count("\n") + 1, len(text) - (text.rfind("\n") + 1) + 1


def lines(text: str) -> dict[str, int]:
    """Return the line that each key's statement starts at, by flat key; tables and what is in inline ones too.

    A statement is the fewest lines that parse: one that takes several does not without its end.
    """
    found: dict[str, int] = {}
    table = ""
    pending, start, work = "", 0, 2 * len(text) + MOST_WORK
    every = text.split("\n")
    for number, line in enumerate(every, 1):
        if not pending:
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            start = number
        elif not any(closer in line for closer in CLOSERS):
            pending += line + "\n"
            continue
        pending += line + "\n"
        if number < len(every) and not _may_begin(every[number].strip()):
            continue
        work -= len(pending)
        if work < 0:
            break
        try:
            statement = tomllib.loads(pending)
        except tomllib.TOMLDecodeError:
            continue
        except ValueError as error:
            raise Fault(str(error), start) from None
        is_header = pending.lstrip().startswith("[")
        keys = _keys(statement, "" if is_header or not table else table + ".")
        for key in keys:
            found.setdefault(key, start)
        if is_header:
            table = keys[-1]
        pending = ""
    return found


def _may_begin(line: str) -> bool:
    """Tell whether a statement can begin with a line, or nothing does: a row of an array of arrays cannot."""
    if line.startswith("["):
        return not line.endswith(",")
    return not line.startswith(("{", "]", "}", ","))


def _keys(statement: dict[str, Any], above: str) -> list[str]:
    keys = []
    for name, value in statement.items():
        keys.append(above + name)
        if isinstance(value, list) and value == [{}]:
            continue
        if isinstance(value, dict):
            keys += _keys(value, f"{above}{name}.")
    return keys
