"""The part of the reference for single values: numbers, texts and choices."""

import enum
import math

from shapes import show
from view import MISSING, NOTHING, Node, Number, Refused

BOOLS = dict.fromkeys(("true", "yes", "on", "t", "y", "1"), True) | dict.fromkeys(
    ("false", "no", "off", "f", "n", "0"), False
)


def own(given):
    """Return the value of the key itself: what has no parts cannot use what is set below it."""
    if type(given) is Node:
        if given.value in (MISSING, NOTHING):
            raise Refused("a mapping for a single value")
        return own(given.value)
    return given


def convert_to_scalar(value, cls, is_annotated):
    if cls is str:
        if isinstance(value, str):
            return str(value)
        if type(value) is Number:
            return value.spelling
        if type(value) in (bool, int, float):
            return str(value)
        raise Refused("not a text")
    if type(value) is Number:
        value = value.value
    if type(value) not in (bool, int, float) and not isinstance(value, str):
        raise Refused("not a single value")
    if cls is bool:
        return to_bool(value)
    return to_int(value, is_annotated) if cls is int else to_float(value)


def to_bool(value):
    if isinstance(value, str) and value.strip().lower() in BOOLS:
        return BOOLS[value.strip().lower()]
    if not isinstance(value, str) and value in (0, 1):
        return bool(value)
    raise Refused("not a bool")


def to_int(value, is_annotated):
    if isinstance(value, str):
        word = value.strip().lower()
        value = word == "true" if word in ("true", "false") else number_of(value)
    if type(value) is float and not (math.isfinite(value) and value == int(value)):
        if is_annotated:
            raise Refused("not a whole number")
        return value
    return int(value)


def to_float(value):
    if type(value) is bool:
        raise Refused("a bool is not a float")
    return float(number_of(value) if isinstance(value, str) else value)


def number_of(text):
    for cls in (int, float):
        try:
            return cls(str(text))
        except ValueError:
            pass
    raise Refused("not a number")


def convert_to_choice(value, shape):
    if isinstance(value, enum.Enum):
        if type(value) is shape.enum:
            return value
        raise Refused("a member of another enum")
    if type(value) is Number:
        value = value.value
    is_text = isinstance(value, str)
    value = str(value) if is_text else value
    if shape.enum is not None and is_text and value in shape.enum.__members__:
        return shape.enum[value]
    choices = list(shape.enum) if shape.enum is not None else shape.choices
    values = [getattr(choice, "value", choice) for choice in choices]
    for choice, text in zip(choices, values, strict=True):
        if show(value) == show(text):
            return choice
    for choice, text in zip(choices, values, strict=True):
        try:
            if convert_to_scalar(value, type(text), True) == text:
                return choice
        except Refused:
            pass
    raise Refused("not a choice")
