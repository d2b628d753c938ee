"""The conversion rule: convert a value to the type that its reader asks for, or refuse it.

A reader asks by an annotation (`convert`), or else by a default (`convert_like`). The rule is one function,
`walk`, which calls itself for the items of a container and the fields of a structure. It holds at every depth:

    walk(value, annotation, base)
      ├─ bool, int, float, str            builtin_types
      ├─ Any, object                      parts         (untyped text takes the type of what it overrides)
      ├─ dataclass, attrs, msgspec, ...   build, models ──► walk(field, its type, the field of the base)
      ├─ list, tuple, set, dict, ...      containers    ──► walk(item, its type, the item of the base)
      ├─ enum, Literal                    choices       ──► walk(value, the type of a choice)
      ├─ A | B                            unions        ──► walk(value, each member)
      └─ Path, dates, UUID, Decimal       by_msgspec

`base` is the default, or the value that was set further out. What a value does not set comes from there.
"""

from __future__ import annotations

from weakref import ref

from ..core.value import MISSING, FileValue, Parts, UntypedText, has_plain_hash, is_scalar_type
from . import parts
from .acceptance import accepts_given, accepts_parts, accepts_subtree
from .annotations import UnresolvedAnnotation
from .build import convert_to_structure
from .builtin_types import SCALAR_RULES, rule_for
from .by_msgspec import check_constraints, convert_by_msgspec
from .choices import convert_to_enum, convert_to_literal
from .containers import container_kind, convert_to_mapping, convert_to_sequence, has_input
from .field_types import alias_value
from .misfit import Fault, Misfit, shown
from .parts import part_of
from .structures import accepts_none, describe, descriptions, stands_for
from .type_checks import (
    ABSTRACT_COLLECTIONS,
    IMMUTABLE_MODULES,
    arguments_of,
    derives_from_modules,
    is_abstract_collection,
    is_annotated,
    is_anything,
    is_enum,
    is_instance,
    is_literal,
    is_structure,
    is_type_alias,
    is_union,
    origin_of,
    type_name,
)
from .unions import convert_to_union

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    ToContainer: TypeAlias = Callable[[Any, Any, tuple[Any, ...], Any, Any, Any], Any]

__all__ = [
    "Misfit",
    "accepts_given",
    "accepts_parts",
    "accepts_subtree",
    "convert",
    "convert_like",
    "part_of",
    "plain",
]


def convert(value: Any, annotation: Any, base: Any = MISSING) -> Any:
    """Convert a value to the type of an annotation; raise `Misfit` if it does not fit.

    A structured value merges with the base. The value None is left unchanged.
    """
    if value is None:
        return None
    try:
        return walk(value, annotation, base)
    except Misfit:
        raise
    except Exception as error:
        raise _unexpected(error, value, annotation) from error


def convert_like(value: Any, default: Any) -> Any:
    """Convert a value to the type of a default, and merge it with it; raise `Misfit` if it does not fit.

    None as the value stays None. With None as the default, the value does not change.
    """
    cls = type(default)
    # A dict merges with the default.
    if value is None or (type(value) is cls and cls is not dict and not (cls is list and has_input(value))):
        return value
    try:
        return _walk_like(value, default, cls)
    except Misfit:
        raise
    except Exception as error:
        raise _unexpected(error, value, cls) from error


def plain(value: Any, base: Any = MISSING) -> Any:
    """Return a value that nobody asks a type for: parts as a dict, untyped text as what it overrides."""
    return convert(value, object, base)


def _unexpected(error: Exception, value: Any, annotation: Any) -> Misfit:
    """Return the misfit for an exception of the program's code, or for a value that is nested too deeply."""
    if isinstance(error, RecursionError):
        return Misfit.of(value, annotation, "it is nested too deeply")
    detail = f"{type(error).__name__}: {error}"
    # It is not known which part is at fault, and others may be secrets.
    is_single = is_scalar_type(type(value)) or (
        issubclass(type(value), str) and not parts.looks_like_json(value)
    )
    kind = "value" if is_single else "refused"
    return Misfit([Fault((), shown(value), type_name(annotation), detail, kind)])


# --- By a default ---


def _walk_like(value: Any, default: Any, cls: Any) -> Any:
    if default is None:
        return walk(value, object, MISSING)
    # A metaclass may have no hash.
    is_hashable = type(cls) is type or has_plain_hash(cls)
    structure = descriptions.get(ref(cls)) if is_hashable else None
    if structure is not None and type(value) is Parts:
        return convert_to_structure(value, cls, structure, (), default, cls, walk)
    if structure is not None or (is_hashable and cls in _CONTAINERS):
        return walk(value, cls, default)
    rule = rule_for(cls)
    if rule is not None:
        return rule(_own_value(value, cls), False)
    if container_kind(cls) is not None or is_structure(cls):
        return walk(value, cls, default)
    is_own_class = not (derives_from_modules(cls, IMMUTABLE_MODULES) or cls is bytes or cls is bytearray)
    # The default does not say which other types the program accepts beside its own class.
    if is_own_class and type(value) is not str and type(value) is not UntypedText:
        return walk(value, object, MISSING)
    return walk(value, cls, default)


def _own_value(value: Any, annotation: Any) -> Any:
    """Return the value of a key itself, which is all that a type without parts can use."""
    if type(value) is FileValue:
        return _text_of_number(value) if annotation is str else value.value
    if type(value) is not Parts:
        return value
    if value.value is MISSING:
        raise Misfit.of(value, annotation)
    return _own_value(value.value, annotation)


def _text_of_number(number: FileValue) -> str:
    if type(number.spelled) is not str:
        detail = "put it in quotes" if number.spelled is None else None
        raise Misfit.of(number, str, detail)
    return number.spelled


# --- By an annotation ---

# `types.GenericAlias`, without an import of `types`.
_GenericAlias: Any = type(list[int])
_CONTAINERS: dict[type, ToContainer] = {
    **dict.fromkeys((list, tuple, set, frozenset), convert_to_sequence),
    dict: convert_to_mapping,
}


def walk(value: Any, annotation: Any, base: Any = MISSING) -> Any:
    """Convert a value to the type of an annotation: the rule, at any depth."""
    if type(value) is FileValue:
        value = _file_value_for(value, annotation)
    if type(annotation) is type:
        rule = SCALAR_RULES.get(annotation)
        if rule is not None:
            if type(value) is Parts:
                value = _own_value(value, annotation)
            return None if value is None and base is None else rule(value, True)
        # The common classes need no more questions. Most classes with fields are known from an earlier read.
        if value is not None:
            to_container = _CONTAINERS.get(annotation)
            if to_container is not None:
                return to_container(value, annotation, (), base, annotation, walk)
            structure = descriptions.get(ref(annotation))
            if structure is not None:
                return convert_to_structure(value, annotation, structure, (), base, annotation, walk)
    elif type(annotation) is _GenericAlias and value is not None:
        to_container = _CONTAINERS.get(annotation.__origin__)
        if to_container is not None:
            return to_container(value, annotation.__origin__, annotation.__args__, base, annotation, walk)
    if is_anything(annotation):
        return parts.plain_value(value, base, walk, convert_like)
    if value is None and (base is None or accepts_none(annotation)):
        return None
    if isinstance(annotation, type):
        return _walk_class(value, annotation, (), base, annotation)
    return _walk_form(value, annotation, base)


def _file_value_for(value: FileValue, annotation: Any) -> Any:
    """Return what an annotation needs of a value of a file: the value as it is, or as the file writes it."""
    if is_literal(annotation) or type(annotation) is UnresolvedAnnotation:
        return value.value
    origin = origin_of(annotation)
    if is_union(annotation) or is_annotated(annotation) or not isinstance(origin, type):
        # The types in it decide.
        return value
    if isinstance(value.spelled, list | dict):
        return value.spelled if origin is not annotation or is_structure(origin) else value.value
    is_text = issubclass(origin, str) and not is_enum(origin)
    return _text_of_number(value) if is_text else value.value


def _walk_class(value: Any, cls: Any, arguments: tuple[Any, ...], base: Any, annotation: Any) -> Any:
    """Convert to a class. If it is generic, it may have arguments."""
    if is_enum(cls):
        return convert_to_enum(_own_value(value, cls), cls, walk)
    if is_structure(cls):
        return convert_to_structure(value, cls, describe(cls), arguments, base, annotation, walk)
    if is_abstract_collection(cls):
        return _walk_collection(value, cls, arguments, base, annotation)
    kind = container_kind(cls)
    if kind is dict:
        return convert_to_mapping(value, cls, arguments, base, annotation, walk)
    if kind is not None:
        return convert_to_sequence(value, cls, arguments, base, annotation, walk)
    rule = rule_for(cls)
    if rule is not None:
        return rule(_own_value(value, cls), True)
    if cls is not annotation and is_instance(value, cls):
        return value
    return convert_by_msgspec(_own_value(value, annotation), cls)


def _walk_collection(value: Any, cls: Any, arguments: tuple[Any, ...], base: Any, annotation: Any) -> Any:
    """Convert to an abstract collection: a value that is one keeps its type, others get the concrete type."""
    concrete: Any = ABSTRACT_COLLECTIONS[cls.__name__]
    # Parts change the collection below them, so they are of its kind.
    for candidate in (value, base if type(value) is Parts else MISSING):
        if candidate is MISSING or type(candidate) is Parts or issubclass(type(candidate), str):
            continue
        if is_instance(candidate, cls):
            kind = container_kind(type(candidate))
            is_same_kind = kind is not None and (kind is dict) == (concrete is dict)
            # Do not convert the items of other collections: reading a generator, for example, would use it up.
            if candidate is value and (not is_same_kind or is_structure(type(value))):
                return value
            concrete = kind if is_same_kind else concrete
            break
    if concrete is tuple and arguments:
        arguments = (*arguments, ...)
    to_container = convert_to_mapping if concrete is dict else convert_to_sequence
    return to_container(value, concrete, arguments, base, annotation, walk)


def _walk_form(value: Any, annotation: Any, base: Any) -> Any:
    """Convert to an annotation that is not a class."""
    if is_annotated(annotation):
        return check_constraints(walk(value, annotation.__origin__, base), value, annotation)
    if is_type_alias(annotation):
        return walk(value, alias_value(annotation), base)
    if is_union(annotation):
        return convert_to_union(value, annotation, base, walk)
    if is_literal(annotation):
        return convert_to_literal(_own_value(value, annotation), annotation, walk)
    if type(annotation) is UnresolvedAnnotation:
        return annotation.convert(value, type(value) is Parts)
    if annotation is None:
        return _walk_class(value, type(None), (), base, annotation)
    origin, arguments = origin_of(annotation), arguments_of(annotation)
    if isinstance(origin, type) and origin is not annotation:
        return _walk_generic(value, origin, arguments, base, annotation)
    bare = stands_for(annotation, arguments)
    if bare is not annotation:
        return walk(value, bare, base)
    # What `Self`, for example, stands for is not known here.
    if type(value) is Parts or issubclass(type(value), str):
        raise Misfit.of(value, annotation)
    return value


def _walk_generic(value: Any, origin: Any, arguments: tuple[Any, ...], base: Any, annotation: Any) -> Any:
    if origin.__module__ == "collections.abc" and origin.__name__ == "Callable":
        if callable(value):
            return value
        raise Misfit.of(value, annotation)
    return _walk_class(value, origin, arguments, base, annotation)
