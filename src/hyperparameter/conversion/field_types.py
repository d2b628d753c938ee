"""The types of the fields of a structure: its annotations, evaluated.

A field of a generic class, such as `items: list[T]`, has another type in `Page[int]` than in `Page[str]`.
"""

from __future__ import annotations

from .annotations import annotations_of, resolve_annotation
from .structures import describe, types_of
from .type_checks import arguments_of, is_model, is_union, origin_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = ["alias_value", "field_types", "substitute"]


def field_types(cls: Any, arguments: tuple[Any, ...] = ()) -> dict[str, Any]:
    """Return the types of a structure's fields by attribute, for the arguments of a generic class.

    A type that cannot be evaluated yet is an `UnresolvedAnnotation`.
    """
    cache = describe(cls).types
    types = cache.get(arguments)
    if types is None:
        types, is_complete = _evaluate(cls)
        variables = _variables_of(cls, arguments)
        types = {name: substitute(annotation, variables) for name, annotation in types.items()}
        if is_complete:
            cache[arguments] = types
    return types


def _evaluate(cls: Any) -> tuple[dict[str, Any], bool]:
    """Return the types of the fields, and whether all of them could be evaluated."""
    try:
        return types_of(cls), True
    except TypeError:
        pass
    texts: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        texts |= annotations_of(base)
    attributes = [field.attribute for field in describe(cls).fields] or list(texts)
    types = {name: resolve_annotation(texts.get(name), name, cls, cls, {}) for name in attributes}
    return types, False


def _variables_of(cls: Any, arguments: tuple[Any, ...]) -> dict[Any, Any]:
    """Return what the type variables of a class and of its bases stand for, and `Self`."""
    import typing

    parameters = getattr(cls, "__parameters__", ())
    variables: dict[Any, Any] = dict(zip(parameters, arguments, strict=False))
    if not is_model(cls):
        _add_variables_of_bases(cls, variables)
    variables[typing.Self] = cls
    return variables


def _add_variables_of_bases(cls: Any, variables: dict[Any, Any]) -> None:
    for base in getattr(cls, "__orig_bases__", ()):
        origin = origin_of(base)
        if origin is not base and isinstance(origin, type):
            given = (substitute(argument, variables) for argument in arguments_of(base))
            for parameter, argument in zip(getattr(origin, "__parameters__", ()), given, strict=False):
                variables.setdefault(parameter, argument)
            _add_variables_of_bases(origin, variables)


def substitute(annotation: Any, variables: Mapping[Any, Any]) -> Any:
    """Return an annotation in which type variables are replaced."""
    for variable, value in variables.items():
        if annotation is variable:
            return value
    arguments = arguments_of(annotation)
    replaced = tuple(substitute(argument, variables) for argument in arguments)
    if all(new is old for new, old in zip(replaced, arguments, strict=True)):
        return annotation
    if is_union(annotation):
        from typing import Union

        return Union[replaced]  # noqa: UP007
    copy_with = getattr(annotation, "copy_with", None)
    return origin_of(annotation)[replaced] if copy_with is None else copy_with(replaced)


def alias_value(alias: Any) -> Any:
    """Return what the alias of a `type` statement stands for."""
    parameters = getattr(alias, "__type_params__", ())
    return substitute(alias.__value__, dict(zip(parameters, arguments_of(alias), strict=False)))
