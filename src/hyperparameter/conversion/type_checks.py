"""Questions about types and annotations, answered without an import of `typing`."""

from __future__ import annotations

import sys
from abc import ABCMeta

from ..core.value import has_plain_hash

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# The abstract collections that have a conversion rule, and the type that text for them is read as.
ABSTRACT_COLLECTIONS: dict[str, type] = {
    **dict.fromkeys(("Iterable", "Collection", "Container", "Reversible", "Sequence", "MutableSequence"), list),
    **dict.fromkeys(("Set", "MutableSet"), set),
    **dict.fromkeys(("Mapping", "MutableMapping"), dict),
}

# The modules of the standard library whose classes are immutable and have a conversion: `datetime.date`.
IMMUTABLE_MODULES = ("enum", "pathlib", "datetime", "decimal", "uuid")
_IMMUTABLE_TYPES = frozenset((bool, int, float, complex, str, bytes, type(None)))


def origin_of(annotation: Any) -> Any:
    """Return the generic type of an annotation, `list` for `list[int]`, or else the annotation itself."""
    return getattr(annotation, "__origin__", annotation)


def arguments_of(annotation: Any) -> tuple[Any, ...]:
    """Return the arguments in the brackets of an annotation: `(int,)` for `list[int]`."""
    return getattr(annotation, "__args__", ())


def type_name(annotation: Any) -> str:
    """Return an annotation as a person writes it: `int | None`, `list[float]`."""
    if is_annotated(annotation):
        return type_name(annotation.__origin__)
    if annotation is ... or annotation is type(None):
        return "..." if annotation is ... else "None"
    arguments = [type_name(argument) for argument in arguments_of(annotation)]
    if is_union(annotation):
        return " | ".join(arguments)
    origin = origin_of(annotation)
    if isinstance(origin, type):
        return f"{origin.__name__}[{', '.join(arguments)}]" if arguments else origin.__name__
    return repr(annotation).replace("typing.", "")


def is_anything(annotation: Any) -> bool:
    """Return whether an annotation accepts every value: `object` or `Any`."""
    typing = sys.modules.get("typing")
    return annotation is object or (typing is not None and annotation is typing.Any)


def is_annotated(annotation: Any) -> bool:
    """Return whether an annotation is `Annotated[...]`."""
    return hasattr(annotation, "__metadata__")


def is_type_alias(annotation: Any) -> bool:
    """Return whether an annotation is the alias that a `type` statement defines."""
    return hasattr(annotation, "__value__")


def is_union(annotation: Any) -> bool:
    """Return whether an annotation is `A | B`, `Union[A, B]` or `Optional[A]`."""
    typing = sys.modules.get("typing")
    return type(annotation).__name__ == "UnionType" or (
        typing is not None and getattr(annotation, "__origin__", None) is typing.Union
    )


def is_literal(annotation: Any) -> bool:
    """Return whether an annotation is `Literal[...]`."""
    return type(annotation).__name__ == "_LiteralGenericAlias"


def is_enum(annotation: Any) -> bool:
    """Return whether an annotation is a class of `enum`."""
    return hasattr(annotation, "_value2member_map_")


def is_abstract_collection(annotation: Any) -> bool:
    """Return whether an annotation is an abstract collection that has a rule: `Sequence`, `Iterable[int]`."""
    origin = origin_of(annotation)
    return getattr(origin, "__module__", None) == "collections.abc" and origin.__name__ in ABSTRACT_COLLECTIONS


def is_structure(annotation: Any) -> bool:
    """Return whether an annotation is a class with fields."""
    return isinstance(annotation, type) and (
        hasattr(annotation, "__dataclass_fields__")
        or is_struct(annotation)
        or hasattr(annotation, "__attrs_attrs__")
        or is_model(annotation)
        or is_typed_dict(annotation)
        or is_named_tuple(annotation)
    )


def is_typed_dict(annotation: Any) -> bool:
    """Return whether an annotation is a typed dict."""
    return isinstance(annotation, type) and issubclass(annotation, dict) and hasattr(annotation, "__total__")


def is_named_tuple(annotation: Any) -> bool:
    """Return whether an annotation is a class of named tuples."""
    return isinstance(annotation, type) and issubclass(annotation, tuple) and hasattr(annotation, "_fields")


def is_model(annotation: Any) -> bool:
    """Return whether an annotation is a pydantic model."""
    return hasattr(annotation, "model_validate") and hasattr(annotation, "model_fields")


def is_struct(cls: Any) -> bool:
    """Return whether a class is a msgspec struct."""
    return hasattr(cls, "__struct_fields__")


def is_instance(value: Any, cls: Any) -> bool:
    """Return whether the real type of a value is a class, or derives from it.

    A mock or proxy can claim with its `__class__` to be of any class.
    """
    check: Any = type(cls).__instancecheck__
    if check is type.__instancecheck__:
        return issubclass(type(value), cls)
    if check is ABCMeta.__instancecheck__:
        # `issubclass` with an abstract class hashes the class of the value.
        value_type = type(value)
        if has_plain_hash(value_type):
            return issubclass(value_type, cls)
        return any(base is cls for base in value_type.__mro__)
    if is_typed_dict(cls):
        return issubclass(type(value), dict)
    try:
        # The metaclass has its own meaning of an instance, as that of a protocol has.
        return isinstance(value, cls)
    # A protocol that cannot be checked at run time accepts everything except text.
    except TypeError:
        return not issubclass(type(value), str)


def is_immutable(value: Any) -> bool:
    """Return whether all readers can share a converted value."""
    cls = type(value)
    if type(cls) is type and cls in _IMMUTABLE_TYPES:
        return True
    if cls is tuple or cls is frozenset:
        return all(map(is_immutable, value))
    return derives_from_modules(cls, IMMUTABLE_MODULES)


def derives_from_modules(cls: type, modules: tuple[str, ...]) -> bool:
    """Return whether a class, or a class that it derives from, is defined in one of the modules."""
    return any(base.__module__.partition(".")[0] in modules for base in cls.__mro__)
