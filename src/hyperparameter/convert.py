"""The one conversion rule: what is set is given as the reader asks for it, or refused.

A reader asks by annotation, else by the type of its default. Numbers, text, yes and no, and JSON for
containers are ours, so that they mean the same in every language; every other annotation
goes to msgspec in its lax mode, which is imported when it is first needed.
"""

from __future__ import annotations

import sys

from .errors import nearest
from .keys import is_mapping

TYPE_CHECKING = False  # spares the import of typing, as dear as the rest of the library
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, TypeAlias, TypeGuard

    Rule: TypeAlias = Callable[[Any, bool], Any]

__all__ = ["Misfit", "convert", "convert_like", "is_immutable", "is_union", "takes_subtree", "type_name"]

INFINITY = float("inf")
EXACT = 2**53  # past it a float no longer holds every whole number
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


def convert_like(value: Any, default: Any) -> Any:
    """Return a value as the type of `default` asks; raise `Misfit` where it does not fit.

    None, as value or as default, leaves the value as it is.
    """
    wanted = type(default)
    if value is None or default is None or type(value) is wanted:
        return value
    rule = _rule(wanted)
    if rule is not None:
        return rule(value, False)
    if type(value) is not str and not _known(wanted):
        return value  # a default of a class of the user's own says nothing about what else will do
    return convert(value, wanted)


def convert(value: Any, wanted: Any) -> Any:
    """Return a value as an annotation asks; raise `Misfit` where it does not fit.

    None is left as it is.
    """
    if value is None or _is_anything(wanted):
        return value
    if isinstance(wanted, type) and not hasattr(wanted, "__args__"):
        rule = _rule(wanted)
        if rule is not None:
            return rule(value, True)
        if not hasattr(wanted, "__total__") and _is_instance(value, wanted):
            return value
    elif hasattr(wanted, "__metadata__"):  # Annotated[...]
        value = convert(value, wanted.__origin__)
        return _library(value, wanted) if _is_constrained(wanted) else value
    elif hasattr(wanted, "__value__"):  # the alias of a `type` statement
        return convert(value, wanted.__value__)
    elif is_union(wanted):
        return _union(value, wanted)
    return _library(value, wanted)


_IMMUTABLE = frozenset((bool, int, float, complex, str, bytes, type(None)))
_IMMUTABLE_MODULES = ("enum", "pathlib", "datetime", "decimal", "uuid")


def is_immutable(value: Any) -> bool:
    """Tell whether a converted value can be shared by all that read it."""
    cls = type(value)
    if cls in _IMMUTABLE:
        return True
    if cls is tuple or cls is frozenset:
        return all(map(is_immutable, value))
    return _derives_from(cls, _IMMUTABLE_MODULES)


def _derives_from(cls: type, modules: tuple[str, ...]) -> bool:
    return any(base.__module__.partition(".")[0] in modules for base in cls.__mro__)


# --- The rows of the table that are ours: rule(value, from an annotation?) ---


def _bool(value: Any, _exact: bool) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        word = WORDS.get(value.strip().lower())
        if word is not None:
            return word
    elif _is_number(value) and (value == 0 or value == 1):
        return bool(value)
    raise Misfit(bool)


def _int(value: Any, exact: bool) -> Any:
    number: Any = _number(value) if isinstance(value, str) else value
    if isinstance(value, str) and number is None and value.strip().lower() in ("true", "false"):
        number = value.strip().lower() == "true"
    if isinstance(number, int):
        return int(number) if isinstance(number, bool) else number
    if not _is_number(number):
        raise Misfit(int)
    try:
        whole: int | None = int(number)
    except (OverflowError, ValueError):  # inf and nan
        whole = None
    if whole is not None and whole == number:
        if isinstance(value, str) and abs(whole) > EXACT:
            raise Misfit(int, "it is too large to be exact: write all of its digits")
        return whole
    if exact:
        raise Misfit(int, "it is not a whole number")
    return float(number)


def _float(value: Any, _exact: bool) -> Any:
    if isinstance(value, float):
        return value
    number: Any = _number(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not _is_number(number):
        raise Misfit(float)
    try:
        return float(number)
    except OverflowError:
        raise Misfit(float, "it is too large") from None


def _str(value: Any, _exact: bool) -> Any:
    if isinstance(value, str):
        return value
    if _is_number(value):
        return str(value)
    raise Misfit(str)


def _container(base: type) -> Rule:
    def rule(value: Any, _exact: bool) -> Any:
        if isinstance(value, base):
            return value
        detail = None
        if isinstance(value, str):
            value, detail = _json(value)
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


def _rule(wanted: type) -> Rule | None:
    rule = _RULES.get(wanted)
    if rule is not None or wanted.__module__ == "builtins":
        return rule
    if _known(wanted) or hasattr(wanted, "_fields") or hasattr(wanted, "__total__"):
        return None  # enums, named tuples and typed dicts are not the plain type they derive from
    for base in wanted.__mro__:
        if base in _RULES:
            return _RULES[base]
    import numbers  # numbers of other libraries, numpy's for one, are registered there

    if issubclass(wanted, numbers.Integral):
        return _int
    return _float if issubclass(wanted, numbers.Real) else None


def _is_number(value: Any) -> TypeGuard[float]:
    if isinstance(value, int | float):
        return True
    if type(value).__module__ == "builtins":
        return False
    import numbers

    return isinstance(value, numbers.Number) and hasattr(type(value), "__float__")


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


def _json(text: str) -> tuple[Any, str | None]:
    import json

    try:
        return json.loads(text), None
    except (ValueError, RecursionError) as error:
        return None, f"text is read as JSON: {error}"


# --- Everything else: msgspec ---


def _structured(cls: type) -> bool:
    marks = ("__dataclass_fields__", "__struct_fields__", "__attrs_attrs__", "model_fields")
    return any(hasattr(cls, mark) for mark in marks)


def _known(cls: type) -> bool:
    """Tell whether msgspec knows the class, or a class that it derives from."""
    return _derives_from(cls, _IMMUTABLE_MODULES) or _structured(cls) or cls in (frozenset, bytes, bytearray)


def takes_subtree(wanted: Any) -> bool:
    """Tell whether an annotation asks for something that a mapping of keys can become."""
    if _is_anything(wanted):
        return True
    origin = getattr(wanted, "__origin__", wanted)
    if hasattr(wanted, "__metadata__"):
        return takes_subtree(origin)
    if is_union(wanted):
        return any(takes_subtree(member) for member in wanted.__args__)
    from _collections_abc import Mapping

    return isinstance(origin, type) and (issubclass(origin, Mapping) or _structured(origin))


def _is_anything(wanted: Any) -> bool:
    typing = sys.modules.get("typing")
    return wanted is object or (typing is not None and wanted is typing.Any)


def is_union(wanted: Any) -> bool:
    """Tell whether an annotation is `A | B`, `Union[A, B]` or `Optional[A]`."""
    typing = sys.modules.get("typing")
    return type(wanted).__name__ == "UnionType" or (
        typing is not None and getattr(wanted, "__origin__", None) is typing.Union
    )


def _is_constrained(wanted: Any) -> bool:
    import msgspec

    return any(isinstance(mark, msgspec.Meta) for mark in wanted.__metadata__)


def _is_instance(value: Any, wanted: type) -> bool:
    try:
        return isinstance(value, wanted)
    except TypeError:  # a protocol that cannot be checked at run time: text alone is refused
        return not isinstance(value, str)


def _union(value: Any, wanted: Any) -> Any:
    members = [member for member in wanted.__args__ if member is not type(None)]
    if type(value) in members:
        return value
    optional = len(members) < len(wanted.__args__)
    if optional and isinstance(value, str) and str not in members and value.strip().lower() in ("none", "null"):
        return None
    refusal = Misfit(wanted)
    if len(members) > 1:
        try:
            return _library(value, wanted)
        except Misfit as misfit:
            if not isinstance(value, str):
                raise
            refusal = misfit
        except TypeError:  # a union that msgspec cannot tell apart
            pass
    for member in members:
        try:
            return convert(value, member)
        except Misfit as misfit:
            if len(members) == 1:
                refusal = Misfit(wanted, misfit.detail, misfit.path)
    raise refusal


def _library(value: Any, wanted: Any) -> Any:
    """Convert by msgspec; text that looks like JSON is tried as what it holds first."""
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        parsed, fault = _json(value)
        if fault is None:
            try:
                return _library(parsed, wanted)
            except Misfit as misfit:
                try:
                    return _msgspec(value, wanted)
                except Misfit:
                    raise misfit from None
    result = _msgspec(value, wanted)
    _refuse_unknown(value, result, wanted, "")
    return result


def _msgspec(value: Any, wanted: Any) -> Any:
    import msgspec

    try:
        return msgspec.convert(value, wanted, strict=False, dec_hook=_hook)
    except msgspec.ValidationError as error:
        text, _, path = str(error).partition(" - at `$")
        if isinstance(value, str) and text.startswith(("Expected `array`", "Expected `object`")):
            text += ": text is read as JSON"
        raise Misfit(wanted, text, path.rstrip("`")) from None
    except RecursionError as error:
        raise Misfit(wanted, str(error)) from None


def _hook(wanted: Any, value: Any) -> Any:
    """Convert for msgspec what it does not know itself."""
    from _collections_abc import Callable as AnyCallable

    cls: Any = getattr(wanted, "__origin__", wanted)
    if not isinstance(cls, type) or (cls is AnyCallable and callable(value)) or isinstance(value, cls):
        return value
    if isinstance(value, str) and _derives_from(cls, ("pathlib",)):
        return cls(value)
    if hasattr(cls, "model_validate"):  # pydantic's models convert themselves
        return cls.model_validate(value)
    raise ValueError(f"Expected `{cls.__name__}`, got `{type(value).__name__}`")


def _refuse_unknown(given: Any, result: Any, wanted: Any, path: str) -> None:
    """Refuse keys that the library dropped: dataclasses and typed dicts ignore what they do not know."""
    if isinstance(given, list | tuple) and isinstance(result, list | tuple):
        for number, (before, after) in enumerate(zip(given, result, strict=False)):
            _refuse_unknown(before, after, wanted, f"{path}[{number}]")
    if not isinstance(given, dict):
        return
    fields = _fields(result)
    for name, before in given.items():
        if name in fields:
            _refuse_unknown(before, fields[name], wanted, f"{path}.{name}")
        elif not isinstance(result, dict) or len(result) < len(given):
            near = nearest(str(name), map(str, fields))
            hint = f"; nearest: {', '.join(map(repr, near))}" if near else ""
            raise Misfit(wanted, f"no such field{hint}", f"{path}.{name}")


def _fields(result: Any) -> dict[str, Any]:
    """Return the fields of an object by the names that they have in its input."""
    cls: Any = type(result)
    names: Iterable[tuple[str, str]]
    if isinstance(result, dict):
        return result
    if hasattr(cls, "__struct_fields__"):
        names = zip(cls.__struct_encode_fields__, cls.__struct_fields__, strict=True)
    elif hasattr(cls, "__dataclass_fields__"):
        names = ((name, name) for name in cls.__dataclass_fields__)
    elif hasattr(cls, "__attrs_attrs__"):
        names = ((field.alias, field.name) for field in cls.__attrs_attrs__)
    else:
        return _Anything()
    return {name: getattr(result, attribute, None) for name, attribute in names}


class _Anything(dict):  # type: ignore[type-arg]
    """Stand for the fields of an object that checks its own."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> None:
        return None
