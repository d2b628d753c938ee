"""Texts that are made at run time from parts that stand in the source."""

from __future__ import annotations

import re
from string import Formatter
from typing import TYPE_CHECKING

from .meanings import HOLE, LONGEST_TEXT, MOST, Meaning, Text

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["formatted", "joined", "percent_formatted"]

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


def formatted(text: object) -> Meaning:
    """Return what `text.format(…)` is."""
    if not isinstance(text, str):
        return ()
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return ()
    return (Text("".join(said + (HOLE if field is not None else "") for said, field, _, _ in parts)),)


def percent_formatted(text: str) -> Meaning:
    """Return what `text % …` is."""
    return (Text(PERCENT.sub(HOLE, text).replace("%%", "%")),)
