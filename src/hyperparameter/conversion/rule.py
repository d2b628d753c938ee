"""The one conversion rule: what is set is given as the reader asks for it, or refused.

A reader asks by annotation, else by the type of its default. Numbers, text, yes and no, and JSON for
containers are ours, so that they mean the same in every language; every other annotation
goes to msgspec in its lax mode, which is imported when it is first needed. The rows that are ours
are in `_rows.py`, what is asked of msgspec in `_library.py`.
"""

from __future__ import annotations

from ..core.key import derives_mapping, hashes
from .by_msgspec import Unsupported, by_library
from .scalars import (
    ABSTRACT,
    Misfit,
    is_abstract,
    is_anything,
    is_immutable,
    is_union,
    known,
    rule_of,
    structured,
    type_name,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

__all__ = [
    "Misfit",
    "accepts_subtree",
    "convert",
    "convert_like",
    "is_immutable",
    "is_literal",
    "is_union",
    "type_name",
]


def convert_like(value: Any, default: Any) -> Any:
    """Return a value as the type of `default` asks; raise `Misfit` where it does not fit.

    None, as value or as default, leaves the value as it is.
    """
    wanted = type(default)
    if value is None or default is None or type(value) is wanted:
        return value
    rule = rule_of(wanted)
    if rule is not None:
        return rule(value, False)
    if type(value) is not str and not known(wanted):
        return value  # a default of a class of the user's own says nothing about what else will do
    return convert(value, wanted)


def convert(value: Any, wanted: Any) -> Any:
    """Return a value as an annotation asks; raise `Misfit` where it does not fit.

    None is left as it is.
    """
    if value is None or is_anything(wanted):
        return value
    if is_abstract(wanted):
        return _abstract(value, wanted)
    if isinstance(wanted, type) and not hasattr(wanted, "__args__"):
        rule = rule_of(wanted)
        if rule is not None:
            return rule(value, True)
        if not hasattr(wanted, "__total__") and _is_instance(value, wanted):
            return value
    elif hasattr(wanted, "__metadata__"):  # Annotated[...]
        value = convert(value, wanted.__origin__)
        return by_library(value, wanted) if _is_constrained(wanted) else value
    elif hasattr(wanted, "__value__"):  # the alias of a `type` statement
        return convert(value, wanted.__value__)
    elif is_union(wanted):
        return _union(value, wanted)
    try:
        return by_library(value, wanted)
    except Unsupported as unsupported:
        return _by_parts(value, wanted, unsupported)
    except Misfit as misfit:
        if not is_literal(wanted):
            raise
        return _literal(value, wanted, misfit)  # of other values than text and integers


def _is_constrained(wanted: Any) -> bool:
    import msgspec

    return any(isinstance(mark, msgspec.Meta) for mark in wanted.__metadata__)


def _is_instance(value: Any, wanted: type) -> bool:
    try:
        return isinstance(value, wanted)
    except TypeError:  # a protocol that cannot be checked at run time: text alone is refused
        return not isinstance(value, str)


def _abstract(value: Any, wanted: Any) -> Any:
    """Convert to the like of what the value is; text to what its JSON holds."""
    origin = getattr(wanted, "__origin__", wanted)
    arguments: tuple[Any, ...] = getattr(wanted, "__args__", ())
    kind = ABSTRACT[origin.__name__]
    if not hashes(type(value)):
        return value  # an abstract class cannot tell whether it is one
    if isinstance(value, origin) and not isinstance(value, str):
        if type(value) not in ((dict,) if kind is dict else (list, tuple, set, frozenset)):
            return value  # a generator, an array: looking at its items could use them up
        kind = type(value)
    if kind is tuple and arguments:
        arguments = (*arguments, ...)
    like: Any = kind
    try:
        return convert(value, like[arguments] if arguments else like)
    except Misfit as misfit:
        raise Misfit(wanted, misfit.detail, misfit.path) from misfit.__cause__


def _union(value: Any, wanted: Any) -> Any:
    members = [member for member in wanted.__args__ if member is not type(None)]
    if any(type(value) is member for member in members):
        return value
    if len(members) < len(wanted.__args__) and _says_none(value, members):
        return None
    refusal = Misfit(wanted)
    if len(members) > 1:
        try:
            return by_library(value, wanted)
        except Unsupported:  # a union that msgspec cannot tell apart: the first member that takes it
            pass
        except Misfit as misfit:
            if not isinstance(value, str):
                raise
            refusal = misfit
    for member in members:
        try:
            return convert(value, member)
        except Misfit as misfit:
            if len(members) == 1:
                refusal = Misfit(wanted, misfit.detail, misfit.path)
    raise refusal


def _says_none(value: Any, members: list[Any]) -> bool:
    """Tell whether a value is the text of None, and no member has that very text for a value."""
    if not isinstance(value, str) or value.strip().lower() not in ("none", "null"):
        return False
    for member in members:
        values = member.__args__ if is_literal(member) else getattr(member, "_value2member_map_", ())
        if member is str or value in values:
            return False
    return True


def is_literal(wanted: Any) -> bool:
    return type(wanted).__name__ == "_LiteralGenericAlias"


def _by_parts(value: Any, wanted: Any, unsupported: Misfit) -> Any:
    """Convert what msgspec does not know as a whole by what it is made of."""
    origin: Any = getattr(wanted, "__origin__", wanted)
    arguments: tuple[Any, ...] = getattr(wanted, "__args__", ())
    if is_literal(wanted):
        return _literal(value, wanted, unsupported)
    if hasattr(wanted, "_value2member_map_"):
        return wanted(_literal_of([member.value for member in wanted], value, unsupported))
    if origin is dict:
        asked, kind = arguments
        given = convert(value, dict).items()
        return {_part(key, asked, wanted, ""): _part(item, kind, wanted, f".{key}") for key, item in given}
    if origin in (list, tuple, set, frozenset):
        items = list(convert(value, origin))
        asked = arguments[:1] * len(items) if origin is not tuple or arguments[-1] is ... else arguments
        if len(asked) != len(items):
            raise Misfit(wanted, f"it has {len(items)} items, not {len(asked)}")
        pairs = enumerate(zip(items, asked, strict=True))
        return convert([_part(*pair, wanted, f"[{number}]") for number, pair in pairs], origin)
    if not isinstance(origin, type):
        if len(arguments) == 1:  # ClassVar, Final and their like say nothing of the value
            return convert(value, arguments[0])
        if not isinstance(value, str):
            return value  # Self or a type variable: what it stands for cannot be known
    raise unsupported


def _part(value: Any, wanted: Any, whole: Any, path: str) -> Any:
    try:
        return convert(value, wanted)
    except Misfit as misfit:
        raise Misfit(whole, misfit.detail, path + misfit.path) from misfit.__cause__


def _literal(value: Any, wanted: Any, misfit: Misfit) -> Any:
    """Convert to one of the values of a Literal that has others than msgspec takes; raise `misfit` for none."""
    if None in wanted.__args__ and _says_none(value, []):
        return None
    return _literal_of(wanted.__args__, value, misfit)


def _literal_of(ones: Iterable[Any], value: Any, misfit: Misfit) -> Any:
    for one in ones:
        if type(value) is type(one) and value == one:
            return value
    for one in ones:
        try:
            made = convert(value, type(one))
        except Misfit:
            continue
        if made == one:
            return one
    raise misfit


def accepts_subtree(wanted: Any) -> bool:
    """Tell whether an annotation asks for something that a mapping of keys can become."""
    if is_anything(wanted):
        return True
    origin = getattr(wanted, "__origin__", wanted)
    if hasattr(wanted, "__metadata__"):
        return accepts_subtree(origin)
    if is_union(wanted):
        return any(accepts_subtree(member) for member in wanted.__args__)
    return isinstance(origin, type) and (derives_mapping(origin) or structured(origin))
