"""Declarations: the parameters that a program declares, by `@hp.param` or by reading them.

`registered_declarations` returns the parameters of the functions that are decorated in this process.
`catalog/source` finds parameters and reads in source code. Both give `Declaration` objects.
"""

from __future__ import annotations

from dataclasses import dataclass
from inspect import unwrap
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

from ..conversion.annotations import UnresolvedAnnotation
from ..conversion.rule import convert, convert_like
from ..conversion.type_checks import type_name
from ..core.value import MISSING
from ..errors import default_text
from ..functions.registry import bindings
from ..secrecy import MASK, is_secret_key
from .fields import fields_of_parameter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..functions.binding import Binding
    from ..functions.parameter import Parameter

__all__ = ["Declaration", "UnfollowedRead", "default_of", "registered_declarations"]


@dataclass(frozen=True, slots=True)
class Declaration:
    """The declaration of one key, or of the namespace of a decorated function.

    Attributes:
        key: the key; a segment that is computed at run time is `*`.
        kind: "parameter" of a decorated function, "read" of one value, "tree" for a read of the whole
            subtree, or "namespace" of a decorated function.
        place: `file:line`.
        owner: the qualified name of the function that declares it, "" at the top of a module.
        default: the default as text, or None.
        type: the type as text, or "" if there is none.
        help: the text in the docstring, on one line.
        annotation: the annotation as an object; `MISSING` if there is none, or if it is not known.
        default_value: the default as an object; `MISSING` if there is none, or if it is not known.
        required: whether the program fails if the key is not set.
    """

    key: str
    kind: str
    place: str
    owner: str = ""
    default: str | None = None
    type: str = ""
    help: str = ""
    annotation: Any = MISSING
    default_value: Any = MISSING
    required: bool = False

    def __post_init__(self) -> None:
        # The text of a default can be any expression. Only these say that there is no secret in it.
        if self.default not in (None, "None", "''", '""') and is_secret_key(self.key):
            object.__setattr__(self, "default", MASK)

    @property
    def shown_default(self) -> str:
        """The default as text, "required" if the key has to be set, or "" if neither holds."""
        if self.default is not None:
            return self.default
        return "required" if self.required else ""

    def convert(self, value: Any) -> Any:
        """Convert a value to the declared type; raise `Misfit` if that is not possible."""
        if self.annotation is not MISSING:
            return convert(value, self.annotation)
        return value if self.default_value is MISSING else convert_like(value, self.default_value)


class UnfollowedRead(NamedTuple):
    """A place where the program may read keys that the scan does not find.

    Attributes:
        prefix: the program may read any key below it; "" for any key at all.
        place: `file:line`.
    """

    prefix: str
    place: str


def registered_declarations() -> Iterator[Declaration]:
    """Yield the declarations of the decorated functions of this process."""
    for binding in bindings():
        code = getattr(unwrap(binding.function), "__code__", None)
        place = f"{code.co_filename}:{code.co_firstlineno}" if code else ""
        owner = getattr(binding.cls or binding.function, "__qualname__", binding.namespace)
        yield Declaration(binding.namespace, "namespace", place, owner)
        for parameter in binding.parameters.settable:
            default = default_of(binding, parameter)
            is_resolved = type(parameter.annotation) is not UnresolvedAnnotation
            yield Declaration(
                parameter.key,
                "parameter",
                place,
                owner,
                None if default is MISSING else default_text(default),
                _type_text(parameter),
                annotation=parameter.annotation if is_resolved else MISSING,
                # An annotation decides what fits, also one that cannot be evaluated. Then every value fits.
                default_value=parameter.default if is_resolved else MISSING,
                required=parameter.default is MISSING,
            )
            annotation = parameter.annotation if is_resolved else None
            for field in fields_of_parameter(parameter.name, parameter.key, annotation, default):
                yield Declaration(
                    field.key,
                    "parameter",
                    place,
                    owner,
                    None if field.default is MISSING else default_text(field.default),
                    type_name(field.annotation),
                    annotation=field.annotation,
                    default_value=field.default,
                )


def default_of(binding: Binding, parameter: Parameter) -> Any:
    """Return the default of a parameter for help; of a field with a factory, what the factory returns."""
    cls = binding.cls
    field = getattr(cls, "__dataclass_fields__", {}).get(parameter.name)
    factory = getattr(field, "default_factory", None)
    for attribute in getattr(cls, "__attrs_attrs__", ()):
        takes_self = getattr(attribute.default, "takes_self", True)
        if not takes_self and parameter.name in (attribute.name, attribute.alias):
            factory = attribute.default.factory
    if not callable(factory):
        return parameter.default
    try:
        return factory()
    # Help must not fail because of the user's factory.
    except Exception:
        return parameter.default


def _type_text(parameter: Parameter) -> str:
    """Return the type of a parameter as text: its annotation, or the type of its default."""
    if type(parameter.annotation) is UnresolvedAnnotation:
        return repr(parameter.annotation)
    if parameter.annotation is not MISSING:
        return type_name(parameter.annotation)
    has_type = parameter.default is not MISSING and parameter.default is not None
    if not has_type or callable(parameter.default):
        return ""
    return "Path" if isinstance(parameter.default, PurePath) else type_name(type(parameter.default))
