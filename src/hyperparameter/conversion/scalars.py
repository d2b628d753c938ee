"""The rows of the conversion table that are ours: numbers, text, yes and no, JSON for containers.

They mean the same in every language.
"""

from __future__ import annotations

import sys

from ..core.key import hashes, is_mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias, TypeGuard

    Rule: TypeAlias = Callable[[Any, bool], Any]

INFINITY = float("inf")
EXACT = 2**53  # from it on a float does not tell every whole number from the next
WORDS = {
    **dict.fromkeys(("true", "yes", "on", "t", "y", "1"), True),
    **dict.fromkeys(("false", "no", "off", "f", "n", "0"), False),
}


class Misfit(Exception):  # noqa: N818  # it never reaches a user
    """Say that a value does not fit; the reader adds key and origin.

    `wanted` is the type's name, `detail` what the library said, `path` the dotted place within.
    """

    def __init__(self, wanted: Any, detail: str | None = None, path: str = "") -> None:
        super().__init__(wanted)
        self.wanted = type_name(wanted)
        self.detail = detail
        self.path = path


def type_name(wanted: Any) -> str:
    """Return a type as a person writes it."""
    if hasattr(wanted, "__metadata__"):  # Annotated[...]: what it adds is told by the detail
        return type_name(wanted.__origin__)
    if wanted is ... or wanted is type(None):
        return "..." if wanted is ... else "None"
    arguments = [type_name(argument) for argument in getattr(wanted, "__args__", ())]
    if is_union(wanted):
        return " | ".join(arguments)
    origin = getattr(wanted, "__origin__", wanted)
    if isinstance(origin, type):
        return f"{origin.__name__}[{', '.join(arguments)}]" if arguments else origin.__name__
    return repr(wanted).replace("typing.", "")  # Literal['a', 'b'] and its like


def is_anything(wanted: Any) -> bool:
    typing = sys.modules.get("typing")
    return wanted is object or (typing is not None and wanted is typing.Any)


def is_union(wanted: Any) -> bool:
    """Tell whether an annotation is `A | B`, `Union[A, B]` or `Optional[A]`."""
    typing = sys.modules.get("typing")
    return type(wanted).__name__ == "UnionType" or (
        typing is not None and getattr(wanted, "__origin__", None) is typing.Union
    )


# What every container of a kind is, and so text is not: the kind that its text is read as.
ABSTRACT: dict[str, type] = {
    **dict.fromkeys(("Iterable", "Collection", "Container", "Reversible", "Sequence", "MutableSequence"), list),
    **dict.fromkeys(("Set", "MutableSet"), set),
    **dict.fromkeys(("Mapping", "MutableMapping"), dict),
}


def is_abstract(wanted: Any) -> bool:
    """Tell whether an annotation is of `collections.abc`, and has a row: `Sequence`, `Iterable[int]`."""
    origin = getattr(wanted, "__origin__", wanted)
    return getattr(origin, "__module__", None) == "collections.abc" and origin.__name__ in ABSTRACT


def structured(cls: type) -> bool:
    marks = ("__dataclass_fields__", "__struct_fields__", "__attrs_attrs__", "model_fields")
    return any(hasattr(cls, mark) for mark in marks)


def known(cls: type) -> bool:
    """Tell whether msgspec knows the class, or a class that it derives from."""
    return derives_from(cls, IMMUTABLE_MODULES) or structured(cls) or any(cls is one for one in _BYTES)


_BYTES = (frozenset, bytes, bytearray)
_IMMUTABLE = frozenset((bool, int, float, complex, str, bytes, type(None)))
IMMUTABLE_MODULES = ("enum", "pathlib", "datetime", "decimal", "uuid")


def is_immutable(value: Any) -> bool:
    """Tell whether a converted value can be shared by all that read it."""
    cls = type(value)
    if type(cls) is type and cls in _IMMUTABLE:
        return True
    if cls is tuple or cls is frozenset:
        return all(map(is_immutable, value))
    return derives_from(cls, IMMUTABLE_MODULES)


def derives_from(cls: type, modules: tuple[str, ...]) -> bool:
    return any(base.__module__.partition(".")[0] in modules for base in cls.__mro__)


# --- rule(value, from an annotation?) ---


def _bool(value: Any, _exact: bool) -> Any:
    if _is_bool(value):
        return bool(value)
    if isinstance(value, str):
        word = WORDS.get(value.strip().lower())
        if word is not None:
            return word
    elif is_number(value) and _whole(value) in (0, 1):
        return bool(value)
    raise Misfit(bool)


def _int(value: Any, exact: bool) -> Any:
    number: Any = _number(value) if isinstance(value, str) else value
    if isinstance(value, str) and number is None and value.strip().lower() in ("true", "false"):
        number = value.strip().lower() == "true"
    if isinstance(number, int) and not isinstance(number, bool):
        return number
    if _is_bool(number):
        return int(bool(number))
    if not is_number(number):
        raise Misfit(int)
    whole = _whole(number)
    if whole is not None and not (isinstance(value, str) and _has_fraction(value)):
        if isinstance(value, str) and abs(whole) >= EXACT:
            raise Misfit(int, "it is too large to be exact: write all of its digits")
        return whole
    if exact:
        raise Misfit(int, "it is not a whole number")
    return _as_float(number, int)


def _float(value: Any, _exact: bool) -> Any:
    if isinstance(value, float):
        return value
    number: Any = _number(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not is_number(number):
        raise Misfit(float)
    return _as_float(number, float)


def _str(value: Any, _exact: bool) -> Any:
    if isinstance(value, str):
        return value
    if is_number(value) or _is_bool(value):
        try:
            return str(value)
        except ValueError as error:  # Python refuses to write an integer of thousands of digits
            raise Misfit(str, str(error)) from None
    raise Misfit(str)


def _container(base: type) -> Rule:
    def rule(value: Any, _exact: bool) -> Any:
        if isinstance(value, base):
            return value
        detail = None
        if isinstance(value, str):
            value, detail = parsed(value)
        if base is dict:
            if is_mapping(value):
                return dict(value)
        elif isinstance(value, list | tuple | set | frozenset):
            try:
                return base(value)
            except TypeError as error:  # a set of what cannot be hashed
                detail = str(error)
        raise Misfit(base, detail)

    return rule


_RULES: dict[type, Rule] = {
    bool: _bool,
    int: _int,
    float: _float,
    str: _str,
    **{base: _container(base) for base in (list, tuple, set, dict)},
}


def rule_of(wanted: type) -> Rule | None:
    """Return the rule for a class that is one of ours, or derives from one, or counts as a number."""
    rule = _RULES.get(wanted) if type(wanted) is type else None
    if rule is not None or wanted.__module__ == "builtins":
        return rule
    if known(wanted) or hasattr(wanted, "_fields") or hasattr(wanted, "__total__"):
        return None  # enums, named tuples and typed dicts are not the plain type they derive from
    for base in wanted.__mro__:
        if type(base) is type and base in _RULES:
            return _derived(wanted, _RULES[base])
    if not hashes(wanted):  # an abstract class would hash it
        return None
    if _is_numpys_bool(wanted):
        return _derived(wanted, _bool)
    import numbers  # numbers of other libraries, numpy's for one, are registered there

    if issubclass(wanted, numbers.Integral):
        return _derived(wanted, _int)
    return _derived(wanted, _float) if issubclass(wanted, numbers.Real) else None


def _derived(wanted: Any, rule: Rule) -> Rule:
    """Return the rule for a class that makes itself of what `rule` gives.

    A default asks for it of text alone: a plain number does for a number of some library.
    """

    def derived(value: Any, exact: bool) -> Any:
        try:
            plain = rule(value, exact)
        except Misfit as misfit:
            raise Misfit(wanted, misfit.detail) from None
        if isinstance(plain, wanted) or not (exact or isinstance(value, str)):
            return plain
        if rule is _int and isinstance(plain, float):  # one with a fraction, which it would cut off
            return plain
        try:
            if not issubclass(wanted, dict):
                return wanted(plain)
            made = wanted()  # a defaultdict's first argument, for one, is not its items
            made.update(plain)
            return made
        except (TypeError, ValueError) as error:
            raise Misfit(wanted, str(error)) from None

    return derived


def is_number(value: Any) -> TypeGuard[float]:
    if isinstance(value, int | float):
        return True
    if type(value).__module__ == "builtins" or not hashes(type(value)):
        return False
    import numbers

    return isinstance(value, numbers.Number) and hasattr(type(value), "__float__")


def _is_bool(value: Any) -> TypeGuard[bool]:
    return isinstance(value, bool) or _is_numpys_bool(type(value))


def _is_numpys_bool(cls: type) -> bool:
    return cls.__module__ == "numpy" and cls.__name__ in ("bool", "bool_")  # the one kind that is no Number


def _whole(number: Any) -> int | None:
    """Return a number as an int where it is whole."""
    try:
        whole = int(number)
    except (OverflowError, ValueError):  # inf and nan
        return None
    return whole if whole == number else None


def _has_fraction(text: str) -> bool:
    """Tell whether the text of a number writes a fraction, be it smaller than a float can hold."""
    mantissa, _, exponent = text.strip().lower().replace("_", "").partition("e")
    whole, _, digits = mantissa.lstrip("+-").partition(".")
    shift = min(max(float(exponent or 0), -len(whole)), len(digits))  # of the point, to the right
    return bool((whole + digits)[len(whole) + int(shift) :].strip("0"))


def _as_float(number: Any, wanted: type) -> float:
    try:
        return float(number)
    except OverflowError:
        raise Misfit(wanted, "it is too large") from None
    except ValueError as error:  # a decimal's signalling nan
        raise Misfit(wanted, str(error)) from None


def _number(text: str) -> Any:
    """Return the number that a text writes, in Python's own notation, else None."""
    text = text.strip()
    if text.isascii():
        for kind in (int, float):
            try:
                number = kind(text)
            except ValueError:
                continue
            finite = "inf" in text.lower() or number not in (INFINITY, -INFINITY)
            return number if finite else None
    return None


def parsed(text: str) -> tuple[Any, str | None]:
    import json

    try:
        return json.loads(text), None
    except (ValueError, RecursionError) as error:
        return None, f"text is read as JSON: {error}"
