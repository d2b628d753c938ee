"""Texts that are made at run time from parts that stand in the source."""

from __future__ import annotations

import re
from string import Formatter
from typing import TYPE_CHECKING

from .meanings import HOLE, LONGEST_TEXT, MOST, Meaning, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["formatted", "joined", "percent_formatted", "put_between"]

PERCENT = re.compile(r"%(?:\(\w*\))?[-#0 +]*[\d*]*(?:\.[\d*]+)?[a-zA-Z]")


def joined(parts: Iterable[Meaning]) -> Meaning:
    """Return the text that parts make together, each unknown one a hole; nothing where none is known.

    What is longer than any key is dropped: text that is added to itself grows without bound.
    """
    made = [""]
    for part in parts:
        texts = [thing.text for thing in part if type(thing) is Text] or [HOLE]
        if len(made) * len(texts) > MOST:
            texts = [HOLE]
        made = [before + text for before in made for text in texts if len(before) + len(text) <= LONGEST_TEXT]
    return tuple(Text(text) for text in made if text.strip(HOLE))


def formatted(text: object, arguments: Sequence[Meaning]) -> Meaning:
    """Return what `text.format(…)` is, of arguments by position; those by name are not followed."""
    if not isinstance(text, str):
        return ()
    try:
        fields = list(Formatter().parse(text))
    except ValueError:
        return ()
    parts: list[Meaning] = []
    automatic = iter(arguments)
    for said, field, specification, conversion in fields:
        parts.append((Text(said),))
        if field is not None:
            found: Meaning = ()
            if field == "":
                found = next(automatic, ())
            elif field.isdecimal() and len(field) < 4 and int(field) < len(arguments):
                found = arguments[int(field)]
            parts.append(() if specification or conversion else found)
    return joined(parts)


def put_between(text: object, items: Sequence[Meaning]) -> Meaning:
    """Return what `text.join(items)` is."""
    if not isinstance(text, str) or not items:
        return ()
    parts = [part for item in items for part in ((Text(text),), item)]
    return joined(parts[1:])


def percent_formatted(text: str) -> Meaning:
    """Return what `text % …` is."""
    return (Text(PERCENT.sub(HOLE, text).replace("%%", "%")),)
