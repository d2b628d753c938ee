"""Texts that a program computes from parts, some of which are written in the source."""

from __future__ import annotations

import re
from string import Formatter
from typing import TYPE_CHECKING

from .values import HOLE, LONGEST_TEXT, MOST_VALUES, UNKNOWN, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .values import AbstractValue

__all__ = ["concatenate", "format_percent", "format_text", "join_texts"]

PERCENT_FIELD = re.compile(r"%(?:\(\w*\))?[-#0 +]*[\d*]*(?:\.[\d*]+)?[a-zA-Z]")


def concatenate(parts: Iterable[AbstractValue]) -> AbstractValue:
    """Return the texts that result from joining parts, with a hole for each unknown part.

    The result is unknown if all parts are unknown. A text that is too long for a key is dropped, because a
    text that is added to itself in a loop grows without bound.
    """
    results = [""]
    for part in parts:
        texts = [value.text for value in part if type(value) is Text] or [HOLE]
        if len(results) * len(texts) > MOST_VALUES:
            texts = [HOLE]
        results = [
            before + text for before in results for text in texts if len(before) + len(text) <= LONGEST_TEXT
        ]
    return tuple(Text(text) for text in results if text.strip(HOLE))


def format_text(template: object, arguments: Sequence[AbstractValue]) -> AbstractValue:
    """Return the value of `template.format(*arguments)`."""
    if not isinstance(template, str):
        return UNKNOWN
    try:
        fields = list(Formatter().parse(template))
    except ValueError:
        return UNKNOWN
    parts: list[AbstractValue] = []
    next_arguments = iter(arguments)
    for literal, field, specification, conversion in fields:
        parts.append((Text(literal),))
        if field is not None:
            value = UNKNOWN
            if field == "":
                value = next(next_arguments, UNKNOWN)
            elif field.isdecimal() and len(field) < 4 and int(field) < len(arguments):
                value = arguments[int(field)]
            parts.append(UNKNOWN if specification or conversion else value)
    return concatenate(parts)


def join_texts(separator: object, items: Sequence[AbstractValue]) -> AbstractValue:
    """Return the value of `separator.join(items)`."""
    if not isinstance(separator, str) or not items:
        return UNKNOWN
    parts = [part for item in items for part in ((Text(separator),), item)]
    return concatenate(parts[1:])


def format_percent(template: str) -> AbstractValue:
    """Return the value of `template % arguments`, with a hole for each argument."""
    return (Text(PERCENT_FIELD.sub(HOLE, template).replace("%%", "%")),)
