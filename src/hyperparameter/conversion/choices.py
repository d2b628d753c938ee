"""Conversion to a choice: a member of an enum, or a value of a `Literal`."""

from __future__ import annotations

from ..core.value import MISSING, UntypedText
from .misfit import Misfit
from .type_checks import is_enum, is_instance, is_literal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from .parts import Walk

__all__ = ["convert_to_enum", "convert_to_literal", "has_choice"]


def convert_to_enum(value: Any, cls: Any, walk: Walk) -> Any:
    """Return the member of an enum that a value is, or that has the value as its name or value."""
    if is_instance(value, cls):
        return value
    if type(value) is UntypedText:
        value = str.__str__(value)
    is_text = issubclass(type(value), str)
    if is_text and value in cls.__members__:
        return cls.__members__[value]
    member = _equal_choice([member.value for member in cls], value, walk)
    if member is not MISSING:
        return cls(member)
    # A flag combines members, and an enum can define `_missing_`.
    for candidate in (value, _as_member_value(value, cls, walk)):
        try:
            return cls(candidate)
        except Exception:
            continue
    choices = [member.value for member in cls]
    if not all(issubclass(type(choice), str) for choice in choices):
        choices = [member.name for member in cls]
    raise Misfit.of(value, cls, choices=choices)


def _as_member_value(value: Any, cls: Any, walk: Walk) -> Any:
    """Return a value with the type of the members' values, or unchanged if it does not fit."""
    try:
        return walk(value, type(next(iter(cls)).value), MISSING)
    except (Misfit, StopIteration):
        return value


def convert_to_literal(value: Any, annotation: Any, walk: Walk) -> Any:
    """Return the choice of a `Literal` that a value is, or that it converts to."""
    if type(value) is UntypedText:
        value = str.__str__(value)
    choice = _equal_choice(annotation.__args__, value, walk)
    if choice is not MISSING:
        return choice
    if (
        None in annotation.__args__
        and issubclass(type(value), str)
        and value.strip().lower() in ("none", "null")
    ):
        return None
    texts = [_text_of(choice) for choice in annotation.__args__]
    raise Misfit.of(value, annotation, choices=texts)


def _text_of(choice: Any) -> str:
    return str(choice.value if is_enum(type(choice)) else choice)


def _equal_choice(choices: Iterable[Any], value: Any, walk: Walk) -> Any:
    """Return the choice that equals a value, or else the first that it converts to, or `MISSING`."""
    for choice in choices:
        if type(value) is type(choice) and value == choice:
            return value
    for choice in choices:
        try:
            if walk(value, type(choice), MISSING) == choice:
                return choice
        except Misfit:
            continue
    return MISSING


def has_choice(annotation: Any, text: str) -> bool:
    """Return whether a text is itself a choice of an enum or `Literal`."""
    if is_literal(annotation):
        return text in annotation.__args__
    if is_enum(annotation):
        return text in annotation.__members__ or any(member.value == text for member in annotation)
    return False
