"""Conversion by msgspec in its lax mode, for single values without a rule of their own: dates, UUIDs, decimals.

msgspec is imported on first use.
"""

from __future__ import annotations

from ..core.value import UntypedText
from .misfit import Misfit
from .type_checks import derives_from_modules, is_instance, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["check_constraints", "convert_by_msgspec"]

_MODULES = ("datetime", "decimal", "uuid")
_BYTES = (bytes, bytearray, memoryview)


def convert_by_msgspec(value: Any, cls: Any) -> Any:
    """Convert a single value to a class; raise `Misfit` if it does not fit, or if msgspec does not know it."""
    if is_instance(value, cls):
        return str.__str__(value) if type(value) is UntypedText else value
    is_text = issubclass(type(value), str)
    if is_text:
        value = str.__str__(value)
        if derives_from_modules(cls, ("pathlib",)):
            return cls(value)
    if not (derives_from_modules(cls, _MODULES) or any(cls is other for other in _BYTES)):
        raise Misfit.of(value, cls)
    return _convert(value, cls, value, cls)


def check_constraints(converted: Any, value: Any, annotation: Any) -> Any:
    """Return a converted value of an `Annotated` type, checked by the `msgspec.Meta` in it."""
    import msgspec

    metas = tuple(extra for extra in annotation.__metadata__ if isinstance(extra, msgspec.Meta))
    if not metas or converted is None:
        return converted
    # The parts of the value are converted already, so its own type is enough.
    _convert(converted, _constrained(converted, metas), value, annotation)
    return converted


def _constrained(value: Any, metas: tuple[Any, ...]) -> Any:
    """Return the type by which msgspec checks a value and nothing in it."""
    from typing import Annotated

    kinds = (bool, int, float, str, list, tuple, set, frozenset, dict)
    cls = next((kind for kind in kinds if is_instance(value, kind)), type(value))
    annotated: Any = Annotated
    return annotated[(cls, *metas)]


def _convert(converted: Any, msgspec_annotation: Any, value: Any, annotation: Any) -> Any:
    import msgspec

    try:
        return msgspec.convert(converted, msgspec_annotation, strict=False)
    except msgspec.ValidationError as error:
        wanted = type_name(annotation)
        raise Misfit.of(value, annotation, _in_python_terms(str(error), wanted)) from None
    except Exception as error:
        raise Misfit.of(value, annotation, str(error)) from None


def _in_python_terms(message: str, wanted: str) -> str | None:
    """Return a message of msgspec, which names the types of JSON, with the types of Python.

    The message "Expected `date`, got `int`" says no more than the error itself, and gives None.
    """
    if not message.startswith("Expected `"):
        return "invalid " + message.removeprefix("Invalid ") if message.startswith("Invalid ") else message
    # Every second part is a type between backticks.
    parts = message.split("`")
    if parts[1] in (wanted, "str", "bytes") and parts[2] == ", got ":
        return None
    parts[1::2] = [_python_type(name) for name in parts[1::2]]
    return "expected " + "".join(parts).removeprefix("Expected ")


def _python_type(name: str) -> str:
    names = {"array": "list", "object": "dict", "null": "None"}
    return " | ".join(names.get(member, member) for member in name.split(" | "))
