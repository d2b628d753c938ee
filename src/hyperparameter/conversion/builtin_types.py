"""The conversion rules for the built-in types: bool, numbers, text, and containers, whose text is JSON.

These types mean the same in every language, so their rules are written here and not left to a library. A
rule is a function of a value, and of whether an annotation asks for the type. If not, the type is that of a
default, and the rule is less strict: for a default of type int, a number with a fraction stays a float.
"""

from __future__ import annotations

from ..core.value import has_plain_hash, is_mapping
from .type_checks import IMMUTABLE_MODULES, derives_from_modules, is_structure, is_typed_dict, type_name

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


class Misfit(Exception):  # noqa: N818
    """A value that does not fit the type that is asked for. The reader of the value adds its key and origin.

    Attributes:
        wanted: the name of the type.
        detail: why the value does not fit, or None.
        path: where in the value the fault is, such as `.layers[0]`.
    """

    def __init__(self, annotation: Any, detail: str | None = None, path: str = "") -> None:
        super().__init__(annotation)
        self.wanted = type_name(annotation)
        self.detail = detail
        self.path = path


def rule_for(cls: type) -> Rule | None:
    """Return the rule of a built-in type, of a class that derives from one, or of a number class; or None."""
    rule = _RULES.get(cls) if type(cls) is type else None
    if rule is not None or cls.__module__ == "builtins":
        return rule
    # Enums, named tuples and typed dicts are not the built-in type that they derive from.
    if is_known_to_msgspec(cls) or hasattr(cls, "_fields") or is_typed_dict(cls):
        return None
    for base in cls.__mro__:
        if type(base) is type and base in _RULES:
            return _rule_for_subclass(cls, _RULES[base])
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


def is_known_to_msgspec(cls: type) -> bool:
    """Return whether msgspec converts to a class, or to a class that it derives from."""
    return (
        derives_from_modules(cls, IMMUTABLE_MODULES)
        or is_structure(cls)
        or any(cls is other for other in (frozenset, bytes, bytearray))
    )


def _rule_for_subclass(cls: Any, base_rule: Rule) -> Rule:
    """Return the rule that converts by `base_rule` and builds an object of the class from the result.

    For a default of the class, only text becomes an object of it: the result of `base_rule` is good enough for
    any other value.
    """

    def rule(value: Any, is_annotated: bool) -> Any:
        try:
            plain = base_rule(value, is_annotated)
        except Misfit as misfit:
            raise Misfit(cls, misfit.detail) from None
        if isinstance(plain, cls) or not (is_annotated or isinstance(value, str)):
            return plain
        # A class of integers would cut off the fraction.
        if base_rule is _to_int and isinstance(plain, float):
            return plain
        try:
            if not issubclass(cls, dict):
                return cls(plain)
            # The constructor of a subclass may expect something else than the items, as `defaultdict` does.
            mapping = cls()
            mapping.update(plain)
            return mapping
        except (TypeError, ValueError) as error:
            raise Misfit(cls, str(error)) from None

    return rule


# --- bool, int, float, str ---


def _to_bool(value: Any, _is_annotated: bool) -> Any:
    if _is_bool(value):
        return bool(value)
    if isinstance(value, str):
        word = _BOOLS.get(value.strip().lower())
        if word is not None:
            return word
    elif is_number(value) and _as_whole(value) in (0, 1):
        return bool(value)
    raise Misfit(bool)


def _to_int(value: Any, is_annotated: bool) -> Any:
    if isinstance(value, str):
        return _text_to_int(value, is_annotated)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if _is_bool(value):
        return int(bool(value))
    if not is_number(value):
        raise Misfit(int)
    whole = _as_whole(value)
    return _fraction_to_int(value, is_annotated) if whole is None else whole


def _text_to_int(text: str, is_annotated: bool) -> Any:
    number = _parse_number(text)
    if isinstance(number, int):
        return number
    if number is None:
        word = text.strip().lower()
        if word in ("true", "false"):
            return int(word == "true")
        raise Misfit(int)
    whole = _as_whole(number)
    if whole is None or _has_fraction(text):
        return _fraction_to_int(number, is_annotated)
    if abs(whole) >= _FIRST_INEXACT_FLOAT:
        raise Misfit(int, "it is too large to be exact: write all of its digits")
    return whole


def _fraction_to_int(number: Any, is_annotated: bool) -> float:
    """Return a number with a fraction as a float, unless an annotation asks for an int."""
    if is_annotated:
        raise Misfit(int, "it is not a whole number")
    return _as_float(number, int)


def _to_float(value: Any, _is_annotated: bool) -> Any:
    if isinstance(value, float):
        return value
    number: Any = _parse_number(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not is_number(number):
        raise Misfit(float)
    return _as_float(number, float)


def _to_str(value: Any, _is_annotated: bool) -> Any:
    if isinstance(value, str):
        return value
    if is_number(value) or _is_bool(value):
        try:
            return str(value)
        # Python refuses to write an integer of thousands of digits.
        except ValueError as error:
            raise Misfit(str, str(error)) from None
    raise Misfit(str)


# --- Containers ---


def _container_rule(cls: type) -> Rule:
    def rule(value: Any, _is_annotated: bool) -> Any:
        if isinstance(value, cls):
            return value
        detail = None
        if isinstance(value, str):
            value, detail = parse_json(value)
        if cls is dict:
            if is_mapping(value):
                return dict(value)
        elif isinstance(value, list | tuple | set | frozenset):
            try:
                return cls(value)
            # The items of a set have to be hashable.
            except TypeError as error:
                detail = str(error)
        raise Misfit(cls, detail)

    return rule


def looks_like_json(value: Any) -> TypeGuard[str]:
    """Return whether a value is text that starts like an array or object of JSON."""
    return isinstance(value, str) and value.lstrip()[:1] in ("[", "{")


def parse_json(text: str) -> tuple[Any, str | None]:
    """Return the value of a JSON text and None, or None and what is wrong with the text."""
    import json

    try:
        return json.loads(text), None
    except (ValueError, RecursionError) as error:
        return None, f"the text is not valid JSON: {error}"


_RULES: dict[type, Rule] = {
    bool: _to_bool,
    int: _to_int,
    float: _to_float,
    str: _to_str,
    **{cls: _container_rule(cls) for cls in (list, tuple, set, dict)},
}


# --- Numbers ---


def is_number(value: Any) -> TypeGuard[float]:
    """Return whether a value is a real number, of Python or of a library that registers its numbers."""
    if isinstance(value, int | float):
        return True
    if type(value).__module__ == "builtins" or not has_plain_hash(type(value)):
        return False
    import numbers

    return isinstance(value, numbers.Number) and hasattr(type(value), "__float__")


def _is_bool(value: Any) -> TypeGuard[bool]:
    return isinstance(value, bool) or _is_numpy_bool(type(value))


def _is_numpy_bool(cls: type) -> bool:
    """Return whether a class is numpy's bool, which numpy does not register as a number."""
    return cls.__module__ == "numpy" and cls.__name__ in ("bool", "bool_")


def _parse_number(text: str) -> int | float | None:
    """Return the number that a text spells in Python's notation, or None."""
    text = text.strip()
    if not text.isascii():
        return None
    for number_type in (int, float):
        try:
            number = number_type(text)
        except ValueError:
            continue
        # A number that is too large for a float is not infinity.
        is_overflow = number in (_INFINITY, -_INFINITY) and "inf" not in text.lower()
        return None if is_overflow else number
    return None


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


def _as_float(number: Any, cls: type) -> float:
    try:
        return float(number)
    except OverflowError:
        raise Misfit(cls, "it is too large") from None
    # A `Decimal` can be a signalling nan, which no float can be.
    except ValueError as error:
        raise Misfit(cls, str(error)) from None
