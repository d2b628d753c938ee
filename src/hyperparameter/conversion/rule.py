"""The conversion rule: convert a value to the type that its reader asks for, or refuse it.

A reader asks by an annotation (`convert`), or else by a default (`convert_like`). `convert` tries, in this
order:

1. None, and a value for `Any` or `object`: returned unchanged.
2. An abstract collection, such as `Sequence[int]`: a concrete type of the same kind.
3. A class with a rule in `builtin_types`: bool, numbers, text, containers.
4. A value that is an instance of the class: returned unchanged.
5. `Annotated`, an alias, a union: the types in it.
6. Everything else: msgspec, and part by part if msgspec does not support the type as a whole.
"""

from __future__ import annotations

from ..core.value import has_plain_hash, is_mapping_type
from .builtin_types import Misfit, is_known_to_msgspec, rule_for
from .by_msgspec import UnsupportedType, convert_by_msgspec
from .type_checks import (
    ABSTRACT_COLLECTIONS,
    arguments_of,
    is_abstract_collection,
    is_annotated,
    is_anything,
    is_enum,
    is_literal,
    is_structure,
    is_type_alias,
    is_typed_dict,
    is_union,
    origin_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

__all__ = ["Misfit", "accepts_subtree", "convert", "convert_like"]


def convert_like(value: Any, default: Any) -> Any:
    """Convert a value to the type of a default; raise `Misfit` if it does not fit.

    None, as value or as default, leaves the value unchanged.
    """
    cls = type(default)
    if value is None or default is None or type(value) is cls:
        return value
    rule = rule_for(cls)
    if rule is not None:
        return rule(value, False)
    # The class is the program's own. The default does not say which other types the program accepts.
    if type(value) is not str and not is_known_to_msgspec(cls):
        return value
    return convert(value, cls)


def convert(value: Any, annotation: Any) -> Any:
    """Convert a value to the type of an annotation; raise `Misfit` if it does not fit.

    The value None is left unchanged.
    """
    if value is None or is_anything(annotation):
        return value
    if is_abstract_collection(annotation):
        return _convert_to_collection(value, annotation)
    if isinstance(annotation, type):
        rule = rule_for(annotation)
        if rule is not None:
            return rule(value, True)
        # A typed dict has no instances: its values are plain dicts.
        if not is_typed_dict(annotation) and _is_instance(value, annotation):
            return value
    elif is_annotated(annotation):
        value = convert(value, annotation.__origin__)
        return convert_by_msgspec(value, annotation) if _has_constraint(annotation) else value
    elif is_type_alias(annotation):
        return convert(value, annotation.__value__)
    elif is_union(annotation):
        return _convert_to_union(value, annotation)
    try:
        return convert_by_msgspec(value, annotation)
    except UnsupportedType as unsupported:
        return _convert_by_parts(value, annotation, unsupported)
    except Misfit as misfit:
        if not is_literal(annotation):
            raise
        # msgspec tries only the choices that are text or integers.
        return _convert_to_literal(value, annotation, misfit)


def _has_constraint(annotation: Any) -> bool:
    import msgspec

    return any(isinstance(extra, msgspec.Meta) for extra in annotation.__metadata__)


def _is_instance(value: Any, cls: type) -> bool:
    try:
        return isinstance(value, cls)
    # A protocol that cannot be checked at run time accepts everything except text.
    except TypeError:
        return not isinstance(value, str)


def _convert_to_collection(value: Any, annotation: Any) -> Any:
    """Convert to an abstract collection: a value that is one keeps its type, others get the concrete type."""
    origin, arguments = origin_of(annotation), arguments_of(annotation)
    concrete = ABSTRACT_COLLECTIONS[origin.__name__]
    # `isinstance` with an abstract class needs the hash of the value's class.
    if not has_plain_hash(type(value)):
        return value
    if isinstance(value, origin) and not isinstance(value, str):
        # Do not convert the items of other collections: reading a generator, for example, would use it up.
        if type(value) not in ((dict,) if concrete is dict else (list, tuple, set, frozenset)):
            return value
        concrete = type(value)
    if concrete is tuple and arguments:
        arguments = (*arguments, ...)
    generic: Any = concrete
    try:
        return convert(value, generic[arguments] if arguments else generic)
    except Misfit as misfit:
        raise Misfit(annotation, misfit.detail, misfit.path) from misfit.__cause__


def _convert_to_union(value: Any, annotation: Any) -> Any:
    members = [member for member in annotation.__args__ if member is not type(None)]
    if any(type(value) is member for member in members):
        return value
    if len(members) < len(annotation.__args__) and _means_none(value, members):
        return None
    refusal = Misfit(annotation)
    if len(members) > 1:
        try:
            return convert_by_msgspec(value, annotation)
        # msgspec cannot tell the members apart: the first that accepts the value wins.
        except UnsupportedType:
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
                refusal = Misfit(annotation, misfit.detail, misfit.path)
    raise refusal


def _means_none(value: Any, members: list[Any]) -> bool:
    """Return whether a value is the text `None` or `null`, and no member accepts that text."""
    if not isinstance(value, str) or value.strip().lower() not in ("none", "null"):
        return False
    for member in members:
        choices = member.__args__ if is_literal(member) else getattr(member, "_value2member_map_", ())
        if member is str or value in choices:
            return False
    return True


# --- Types that msgspec does not support as a whole ---


def _convert_by_parts(value: Any, annotation: Any, unsupported: Misfit) -> Any:
    origin, arguments = origin_of(annotation), arguments_of(annotation)
    if is_literal(annotation):
        return _convert_to_literal(value, annotation, unsupported)
    if is_enum(annotation):
        return annotation(_choose([member.value for member in annotation], value, unsupported))
    if origin is dict:
        return _convert_items(value, annotation)
    if origin in (list, tuple, set, frozenset) and arguments:
        return _convert_elements(value, annotation)
    if not isinstance(origin, type):
        # `ClassVar`, `Final` and similar say nothing about the value.
        if len(arguments) == 1:
            return convert(value, arguments[0])
        # What `Self` or a type variable stands for is not known here.
        if not isinstance(value, str):
            return value
    raise unsupported


def _convert_items(value: Any, annotation: Any) -> dict[Any, Any]:
    key_type, item_type = annotation.__args__
    return {
        _convert_part(key, key_type, annotation, ""): _convert_part(item, item_type, annotation, f".{key}")
        for key, item in convert(value, dict).items()
    }


def _convert_elements(value: Any, annotation: Any) -> Any:
    origin, arguments = origin_of(annotation), arguments_of(annotation)
    elements = list(convert(value, origin))
    is_fixed_length = origin is tuple and arguments[-1] is not ...
    types = arguments if is_fixed_length else arguments[:1] * len(elements)
    if len(types) != len(elements):
        raise Misfit(annotation, f"expected {len(types)} items, got {len(elements)}")
    converted = [
        _convert_part(element, element_type, annotation, f"[{index}]")
        for index, (element, element_type) in enumerate(zip(elements, types, strict=True))
    ]
    return convert(converted, origin)


def _convert_part(value: Any, annotation: Any, whole: Any, path: str) -> Any:
    """Convert a part of a value; an error names the type of the whole, and the path to the part."""
    try:
        return convert(value, annotation)
    except Misfit as misfit:
        raise Misfit(whole, misfit.detail, path + misfit.path) from misfit.__cause__


def _convert_to_literal(value: Any, annotation: Any, misfit: Misfit) -> Any:
    """Convert to one of the choices of a `Literal`, whatever their types; raise `misfit` if none fits."""
    if None in annotation.__args__ and _means_none(value, []):
        return None
    return _choose(annotation.__args__, value, misfit)


def _choose(choices: Iterable[Any], value: Any, misfit: Misfit) -> Any:
    """Return the choice that equals the value, or that it converts to; raise `misfit` if there is none."""
    for choice in choices:
        if type(value) is type(choice) and value == choice:
            return value
    for choice in choices:
        try:
            converted = convert(value, type(choice))
        except Misfit:
            continue
        if converted == choice:
            return choice
    raise misfit


def accepts_subtree(annotation: Any) -> bool:
    """Return whether an annotation accepts a subtree as its value: a mapping, a structure, or anything."""
    if is_anything(annotation):
        return True
    origin = origin_of(annotation)
    if is_annotated(annotation):
        return accepts_subtree(origin)
    if is_union(annotation):
        return any(accepts_subtree(member) for member in annotation.__args__)
    return isinstance(origin, type) and (is_mapping_type(origin) or is_structure(origin))
