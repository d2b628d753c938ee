"""What parameters a program declares: by `@hp.param`, and by reading them.

The decorators of this process are asked for theirs; what only reads parameters is found in source
code, which `_static` looks through without running it. Both give the same record.
"""

from __future__ import annotations

from dataclasses import dataclass
from inspect import unwrap
from typing import TYPE_CHECKING, Any

from ..conversion.annotations import Unresolved
from ..conversion.rule import convert, convert_like, type_name
from ..core.frame import MISSING
from ..errors import default_text
from ..functions.registry import bindings

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Declaration", "registered"]


@dataclass(frozen=True, slots=True)
class Declaration:
    """Tell of one key that a program declares, or of the namespace of one decorated function.

    Attributes:
        key: the key; a segment made at run time is `*`.
        kind: "parameter" of a decorated function, "read" of one value, "tree": a read of all that lies
            beneath the key, or "namespace" of a decorated function.
        place: `file:line`.
        owner: the qualified name of the function that declares it, "" at the top of a module.
        default: the default as text, None where there is none.
        type: the type asked for, as text; "" where nothing is asked for.
        help: what a docstring says of it, on one line.
        wanted: the annotation as an object, `MISSING` where there is none or it is not known.
        like: the default as an object, `MISSING` where there is none or it is not known.
        required: is it an error that nothing sets it?
    """

    key: str
    kind: str
    place: str
    owner: str = ""
    default: str | None = None
    type: str = ""
    help: str = ""
    wanted: Any = MISSING
    like: Any = MISSING
    required: bool = False

    def converted(self, value: Any) -> Any:
        """Return a value as this declaration asks for it; raise `Misfit` where it does not fit."""
        if self.wanted is not MISSING:
            return convert(value, self.wanted)
        return value if self.like is MISSING else convert_like(value, self.like)


def registered() -> Iterator[Declaration]:
    """Yield what the decorated functions of this process declare."""
    for binding in bindings():
        code = getattr(unwrap(binding.function), "__code__", None)
        place = f"{code.co_filename}:{code.co_firstlineno}" if code else ""
        owner = getattr(binding.cls or binding.function, "__qualname__", binding.namespace)
        yield Declaration(binding.namespace, "namespace", place, owner)
        for parameter in binding.settable:
            yield Declaration(
                parameter.key,
                "parameter",
                place,
                owner,
                None if parameter.default is MISSING else default_text(parameter.default),
                _asked(parameter),
                wanted=MISSING if type(parameter.annotation) is Unresolved else parameter.annotation,
                like=parameter.default,
                required=parameter.default is MISSING,
            )


def _asked(parameter: Any) -> str:
    """Return what a parameter asks for as text, by its annotation, else its default."""
    if type(parameter.annotation) is Unresolved:
        return repr(parameter.annotation)
    if parameter.annotation is not MISSING:
        return type_name(parameter.annotation)
    return (
        "" if parameter.default is MISSING or parameter.default is None else type_name(type(parameter.default))
    )
