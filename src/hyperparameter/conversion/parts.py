"""Parts of values: read one, set some, and the value of parts that nobody asks a type for.

A mapping, JSON text, structure or list has parts. `Parts` sets some of them: in the value of the key itself,
which was set further out, or else in the default.
"""

from __future__ import annotations

from ..core.value import (
    APPEND,
    MISSING,
    Appended,
    FileValue,
    Parts,
    UntypedText,
    is_exactly,
    is_mapping,
    is_scalar_type,
    replace,
)
from .misfit import Misfit, shown
from .spelling import as_file_value, float_of, int_of
from .type_checks import is_named_tuple, is_structure, is_typed_dict, origin_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, TypeAlias, TypeGuard

    # The function that converts a part: its value, its annotation, and the default that it merges with.
    Walk: TypeAlias = Callable[[Any, Any, Any], Any]

_SEQUENCES = (list, tuple, set, frozenset)


# --- JSON ---


def looks_like_json(value: Any) -> TypeGuard[str]:
    """Return whether a value is text that starts like an array or object of JSON."""
    return issubclass(type(value), str) and value.lstrip()[:1] in ("[", "{")


def parse_json(text: str) -> tuple[Any, str | None]:
    """Return the value of a JSON text and None, or None and what is wrong with the text.

    An item of the value can be a `FileValue`, because a reader may ask for a number as text.
    """
    value, detail = read_json(text)
    if type(value) is list:
        return [as_file_value(item) for item in value], detail
    if type(value) is dict:
        return {name: as_file_value(item) for name, item in value.items()}, detail
    return value, detail


def read_json(text: str) -> tuple[Any, str | None]:
    """Return the same as `parse_json`, except that only numbers are `FileValue`s, and no lists and dicts."""
    import json

    try:
        return json.loads(str.__str__(text), parse_float=float_of, parse_int=int_of), None
    except (ValueError, RecursionError) as error:
        return None, f"the text is not valid JSON: {error}"


# --- Read a part ---


def part_of(value: Any, names: Sequence[str]) -> Any:
    """Return the part of a mapping, structure, list, tuple or JSON text, or `MISSING`."""
    for name in names:
        value = _direct_part(value, name)
        if value is MISSING:
            return MISSING
    return value


def _direct_part(value: Any, name: str) -> Any:
    if looks_like_json(value):
        value = parse_json(value)[0]
    elif type(value) is FileValue:
        value = value.spelled
    cls = type(value)
    if is_mapping(value):
        return value.get(key_in(value, name), MISSING)
    if cls is list or (issubclass(cls, list | tuple) and not is_named_tuple(cls)):
        index = parse_index(name, len(value))
        return MISSING if index is None else value[index]
    if not is_structure(cls):
        return MISSING
    from .structures import describe

    field = describe(cls).by_name.get(name)
    if field is not None:
        return getattr(value, field.attribute, MISSING)
    return (getattr(value, "model_extra", None) or {}).get(name, MISSING)


def key_in(mapping: Mapping[Any, Any], name: str) -> Any:
    """Return the key of a mapping that a name means: itself, or an integer that is in the mapping."""
    if name not in mapping and name.removeprefix("-").isdecimal():
        number = int(name)
        return number if number in mapping else name
    return name


def names_item(name: str) -> bool:
    """Return whether a name is that of an item of a list: an index, or what appends."""
    return name == APPEND or name.removeprefix("-").isdecimal()


def parse_index(name: str, length: int) -> int | None:
    """Return the index that a name means in a list of some length, or None if it is not an index of it."""
    if not (name.isascii() and name.removeprefix("-").isdecimal()):
        return None
    index = int(name) if len(name) < 20 else length
    return index if -length <= index < length else None


# --- Set parts of a mapping ---


def split(value: Any, base: Any, annotation: Any) -> tuple[Mapping[Any, Any], Any]:
    """Return the parts that a value sets, by name, and the base that all other parts come from.

    `base` may be `MISSING`, and so may the result. Raises `Misfit` for a value that has no parts by name.
    """
    cls = type(value)
    if cls is dict:
        return value, base
    if cls is replace:
        return value, MISSING
    if cls is FileValue and type(value.spelled) is dict:
        return value.spelled, base
    if cls is Parts:
        items = value.items
        if APPEND in items:
            items = items | {APPEND: _last(items[APPEND])}
        own = value.value
        if own is MISSING:
            return items, base
        if is_none(own):
            return items, MISSING
        if is_structure(type(own)) and not is_mapping(own):
            return items, own
        outer, base = split(own, base, annotation)
        return overlaid(outer, items), base
    if is_mapping(value):
        return dict(value), base
    is_text = issubclass(cls, str)
    detail = None
    if is_text:
        parsed, detail = parse_json(value)
        if type(parsed) is dict:
            return parsed, base
    if not looks_like_json(value):
        if is_structure(origin_of(annotation)):
            detail = "expected a mapping, or an object in JSON" if is_text else "expected a mapping"
        elif is_text:
            detail = 'expected an object in JSON, such as {"name": 1}'
    raise Misfit.of(value, annotation, detail)


def _last(item: Any) -> Any:
    """Return the value of the key `+` of a mapping, which is an ordinary key there."""
    return item[-1] if type(item) is Appended else item


def is_none(value: Any) -> bool:
    """Return whether a value is None, or untyped text that means None."""
    return value is None or (type(value) is UntypedText and value.strip().lower() in ("none", "null"))


def overlaid(outer: Mapping[Any, Any], items: Mapping[str, Any]) -> dict[Any, Any]:
    """Return a mapping in which some parts are set."""
    result = dict(outer)
    for name, item in items.items():
        key = key_in(result, name)
        result[key] = combined(result.get(key, MISSING), item)
    return result


def combined(outer: Any, item: Any) -> Any:
    """Return the value of a part that is set to `item`, and further out to `outer`."""
    if outer is MISSING:
        return item
    if type(item) is Parts and item.value is MISSING:
        return Parts(outer, item.items)
    if type(item) is UntypedText and item.like is MISSING:
        return UntypedText(item, outer.like if type(outer) is UntypedText else shown(outer))
    return Parts(outer, dict(item)) if type(item) is dict and item else item


# --- Values that nobody asks a type for ---


def plain_value(value: Any, base: Any, walk: Walk, convert_like: Callable[[Any, Any], Any]) -> Any:
    """Return a value without an expected type: what it is, with the parts that come from the base."""
    cls = type(value)
    if cls is UntypedText:
        return _typed_text(value, base, walk, convert_like)
    if cls is FileValue:
        return value.value
    if cls is Parts and _starts_from_nothing(value, base):
        # This is the most common case, and keys of many segments need many levels of the stack.
        subtree = {}
        for name, item in value.items.items():
            subtree[name] = plain_value(_last(item), MISSING, walk, convert_like)
        return subtree
    if cls is Parts or cls is dict or cls is replace:
        kind = _kind_of(value, base)
        if kind is not None:
            return walk(value, kind, base)
        # A scalar has no parts, so it wins over what is set below its key.
        return plain_value(value.value, base, walk, convert_like)
    if (cls is list or cls is tuple) and any(is_exactly(item, UntypedText, Parts, replace) for item in value):
        return cls(plain_value(item, MISSING, walk, convert_like) for item in value)
    return value


def _starts_from_nothing(parts: Parts, base: Any) -> bool:
    """Return whether there is no mapping, list or structure whose parts are set."""
    own = parts.value
    if own is MISSING:
        return base is MISSING or is_scalar_type(type(base))
    return type(own) is replace and not own


def _typed_text(text: UntypedText, base: Any, walk: Walk, convert_like: Callable[[Any, Any], Any]) -> Any:
    """Return a text with the type of the value that it overrides, if it fits that type."""
    plain = str.__str__(text)
    for like, is_base in ((text.like, False), (base, True)):
        if like is MISSING or like is None:
            continue
        try:
            if not is_base and (is_mapping(like) or is_structure(type(like))):
                # The text replaces that value, and does not merge with it.
                return walk(plain, dict if type(like) is replace else type(like), MISSING)
            return convert_like(plain, like)
        except Misfit:
            pass
    return plain


def _kind_of(value: Any, base: Any) -> type | None:
    """Return the type that a mapping or parts have: that of what they set parts of; None for other values."""
    if type(value) is not Parts:
        is_part = type(value) is dict and (_is_instance_of_structure(base) or issubclass(type(base), dict))
        return type(base) if is_part and type(base) is not replace else dict
    own = value.value
    if own is MISSING:
        # A base that has no parts is replaced.
        own = base if _has_parts(base) else MISSING
    elif type(own) is Parts:
        return _kind_of(own, base)
    elif type(own) is FileValue:
        own = own.value
    if issubclass(type(own), str):
        parsed = parse_json(own)[0] if looks_like_json(own) else None
        return type(parsed) if type(parsed) in (dict, list) else None
    if own is not MISSING and (_is_instance_of_structure(own) or issubclass(type(own), _SEQUENCES)):
        return type(own)
    if issubclass(type(own), dict) and type(own) is not replace:
        return type(own)
    return dict if own is MISSING or is_mapping(own) else None


def _has_parts(value: Any) -> bool:
    is_container = is_mapping(value) or issubclass(type(value), _SEQUENCES)
    return is_container or _is_instance_of_structure(value)


def _is_instance_of_structure(value: Any) -> bool:
    return is_structure(type(value)) and not is_typed_dict(type(value))
