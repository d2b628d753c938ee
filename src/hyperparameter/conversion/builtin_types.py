"""The conversion rules for bool, numbers and text.

These types mean the same in every language, so their rules are written here and not left to a library. A
rule is a function of a value, and of whether an annotation asks for the type. If not, the type is that of a
default, and the rule is less strict: for a default of type int, a number with a fraction stays a float.
"""

from __future__ import annotations

from ..core.value import UntypedText, has_plain_hash
from .misfit import Misfit
from .type_checks import IMMUTABLE_MODULES, derives_from_modules, is_instance

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias, TypeGuard

    Rule: TypeAlias = Callable[[Any, bool], Any]

_BOOLS = {
    **dict.fromkeys(("true", "yes", "on", "t", "y", "1"), True),
    **dict.fromkeys(("false", "no", "off", "f", "n", "0"), False),
}
_INFINITY = float("inf")
# From here on, two neighbouring whole numbers can be the same float.
_FIRST_INEXACT_FLOAT = 2**53


def rule_for(cls: Any) -> Rule | None:
    """Return the rule of a scalar type, of a class that derives from one, or of a number class; or None."""
    rule = SCALAR_RULES.get(cls) if type(cls) is type else None
    # msgspec converts to decimals.
    if rule is not None or cls.__module__ == "builtins" or derives_from_modules(cls, IMMUTABLE_MODULES):
        return rule
    for base in cls.__mro__:
        if type(base) is type and base in SCALAR_RULES:
            return _rule_for_subclass(cls, SCALAR_RULES[base])
    # `issubclass` with an abstract class needs the hash of the class.
    if not has_plain_hash(cls):
        return None
    if _is_numpy_bool(cls):
        return _rule_for_subclass(cls, _to_bool)
    # Other libraries, such as numpy, register their numbers there.
    import numbers

    if issubclass(cls, numbers.Integral):
        return _rule_for_subclass(cls, _to_int)
    return _rule_for_subclass(cls, _to_float) if issubclass(cls, numbers.Real) else None


def _rule_for_subclass(cls: Any, base_rule: Rule) -> Rule:
    """Return the rule that converts by `base_rule` and builds an object of the class from the result.

    For a default of the class, only text becomes an object of it: the result of `base_rule` is good enough for
    any other value.
    """

    def rule(value: Any, is_annotated: bool) -> Any:
        if is_instance(value, cls):
            return value
        is_text = issubclass(type(value), str)
        if is_text and base_rule is _to_float and not issubclass(cls, float):
            try:
                # The text of a fraction, `1/3`, or of a number with more digits than a float has.
                return cls(str.__str__(value))
            # The class does not read this text. A float may have it.
            except Exception:
                pass
        try:
            plain = base_rule(value, is_annotated)
        except Misfit as misfit:
            raise misfit.as_type(cls) from None
        # A class of integers would cut off the fraction.
        is_fraction = base_rule is _to_int and type(plain) is float
        if is_fraction or not (is_annotated or is_text) or is_instance(plain, cls):
            return plain
        try:
            return cls(plain)
        except Exception as error:
            raise Misfit.of(value, cls, str(error)) from None

    return rule


# --- bool, int, float, str ---
# A mock or proxy claims to be of any class, so the rules look at the real type of a value.


def _to_bool(value: Any, _is_annotated: bool) -> Any:
    if _is_bool(value):
        return bool(value)
    if issubclass(type(value), str):
        word = _BOOLS.get(value.strip().lower())
        if word is not None:
            return word
    elif is_number(value) and _as_whole(value) in (0, 1):
        return bool(value)
    raise Misfit.of(value, bool)


def _to_int(value: Any, is_annotated: bool) -> Any:
    cls = type(value)
    if issubclass(cls, str):
        return _text_to_int(value, is_annotated)
    if issubclass(cls, int) and cls is not bool:
        return value
    if _is_bool(value):
        return int(bool(value))
    if not is_number(value):
        raise Misfit.of(value, int)
    whole = _as_whole(value)
    return _fraction_to_int(value, value, is_annotated) if whole is None else whole


def _text_to_int(text: str, is_annotated: bool) -> Any:
    number = _parse_number(text)
    if type(number) is int:
        return number
    if number is None:
        word = text.strip().lower()
        if word in ("true", "false"):
            return int(word == "true")
        raise Misfit.of(text, int)
    whole = _as_whole(number)
    if whole is None or _has_fraction(text):
        return _fraction_to_int(number, text, is_annotated)
    if abs(whole) >= _FIRST_INEXACT_FLOAT:
        raise Misfit.of(text, int, "it is too large to be exact: write all of its digits")
    return whole


def _fraction_to_int(number: Any, value: Any, is_annotated: bool) -> float:
    """Return a number with a fraction as a float, unless an annotation asks for an int."""
    if is_annotated:
        raise Misfit.of(value, int, "it is not a whole number")
    return _as_float(number, value, int)


def _to_float(value: Any, _is_annotated: bool) -> Any:
    cls = type(value)
    if issubclass(cls, float):
        return value
    number = _parse_float(value) if issubclass(cls, str) else value
    if type(number) is float:
        return number
    if type(number) is bool or not is_number(number):
        raise Misfit.of(value, float)
    return _as_float(number, value, float)


def _to_str(value: Any, _is_annotated: bool) -> Any:
    cls = type(value)
    if issubclass(cls, str):
        return str.__str__(value) if cls is UntypedText else value
    if is_number(value) or _is_bool(value):
        try:
            return str(value)
        # Python refuses to write an integer of thousands of digits.
        except ValueError as error:
            raise Misfit.of(value, str, str(error)) from None
    # A file has a type for dates, so they need quotes there to be text.
    detail = f"it is a {cls.__name__}: quote it" if cls.__module__ == "datetime" else None
    raise Misfit.of(value, str, detail)


SCALAR_RULES: dict[type, Rule] = {bool: _to_bool, int: _to_int, float: _to_float, str: _to_str}


# --- Numbers ---


def is_number(value: Any) -> TypeGuard[float]:
    """Return whether a value is a real number, of Python or of a library that registers its numbers."""
    cls = type(value)
    if issubclass(cls, int | float):
        return True
    if cls.__module__ == "builtins" or not has_plain_hash(cls):
        return False
    import numbers

    return issubclass(cls, numbers.Number) and hasattr(cls, "__float__")


def _is_bool(value: Any) -> TypeGuard[bool]:
    return type(value) is bool or _is_numpy_bool(type(value))


def _is_numpy_bool(cls: type) -> bool:
    """Return whether a class is numpy's bool, which numpy does not register as a number."""
    return cls.__module__ == "numpy" and cls.__name__ in ("bool", "bool_")


def _parse_number(text: str) -> int | float | None:
    """Return the number that a text spells in Python's notation, or None."""
    if not (text.isascii() or text.strip().isascii()):
        return None
    try:
        return int(text)
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        return None
    # A number that is too large for a float is not infinity.
    is_overflow = number in (_INFINITY, -_INFINITY) and "inf" not in text.lower()
    return None if is_overflow else number


def _parse_float(text: str) -> int | float | None:
    """Return the number that a text spells, as a float if it is in the range of one."""
    try:
        number = float(text)
    except ValueError:
        return None
    # The difference is nan for infinity and for nan.
    return number if number - number == 0.0 and text.isascii() else _parse_number(text)


def _as_whole(number: Any) -> int | None:
    """Return a number as an int, or None if it has a fraction, is infinite or is nan."""
    try:
        whole = int(number)
    # `int` refuses infinity and nan.
    except (OverflowError, ValueError):
        return None
    return whole if whole == number else None


def _has_fraction(text: str) -> bool:
    """Return whether the text of a number has a fraction, even one that is too small for a float."""
    mantissa, _, exponent = text.strip().lower().replace("_", "").partition("e")
    whole, _, decimals = mantissa.lstrip("+-").partition(".")
    # The exponent moves the decimal point to the right.
    shift = min(max(float(exponent or 0), -len(whole)), len(decimals))
    fraction = (whole + decimals)[len(whole) + int(shift) :]
    return bool(fraction.strip("0"))


def _as_float(number: Any, value: Any, cls: type) -> float:
    try:
        return float(number)
    except OverflowError:
        raise Misfit.of(value, cls, "it is too large") from None
    # A `Decimal` can be a signalling nan, which no float can be.
    except ValueError as error:
        raise Misfit.of(value, cls, str(error)) from None
