"""Conversion by msgspec in its lax mode, for every type that has no rule in `builtin_types`.

msgspec is imported on first use.
"""

from __future__ import annotations

from ..errors import did_you_mean, nearest
from .builtin_types import Misfit, looks_like_json, parse_json, rule_for
from .type_checks import derives_from_modules, is_abstract_collection, is_model, is_structure, origin_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class UnsupportedType(Misfit):
    """A type that msgspec does not support, whatever the value."""


def convert_by_msgspec(value: Any, annotation: Any) -> Any:
    """Convert a value by msgspec; raise `Misfit` if it does not fit.

    Text that looks like JSON is first tried as the value that it holds, and then as text.
    """
    if looks_like_json(value):
        parsed, fault = parse_json(value)
        if fault is None:
            try:
                return convert_by_msgspec(parsed, annotation)
            except Misfit as misfit:
                try:
                    return _convert(value, annotation)
                except Misfit:
                    raise misfit from None
    converted = _convert(value, annotation)
    refuse_unknown_keys(value, converted, annotation)
    return converted


def _convert(value: Any, annotation: Any) -> Any:
    import msgspec

    try:
        return msgspec.convert(value, annotation, strict=False, dec_hook=_convert_unsupported)
    except msgspec.ValidationError as error:
        raise _misfit_of(str(error), value, annotation) from None
    except NameError as error:
        raise Misfit(annotation, f"an annotation in it cannot be resolved: {error}") from None
    # msgspec turns a TypeError of the program's code into a ValidationError, so this one is its own.
    except TypeError as error:
        raise UnsupportedType(annotation, str(error)) from None
    # The program's code raises it, such as the `__post_init__` of a dataclass.
    except Exception as error:
        raise Misfit(annotation, f"{type(error).__name__}: {error}") from error


def _misfit_of(message: str, value: Any, annotation: Any) -> Misfit:
    """Return the error for a message of msgspec, such as "Expected `int`, got `str` - at `$.layers[0]`"."""
    detail, _, place = message.partition(" - at `")
    place = place.rstrip("`")
    is_key = place.startswith("key` in `")
    path = place.removeprefix("key` in `").removeprefix("$")
    if isinstance(value, str) and detail.startswith(("Expected `array`", "Expected `object`")):
        detail += "; text is read as JSON"
    return Misfit(annotation, _in_python_terms(detail) + (" as a key" if is_key else ""), path)


def _in_python_terms(message: str) -> str:
    """Return a message of msgspec, which names the types of JSON, with the types of Python."""
    if message.startswith("Expected `"):
        # Every second part is a type between backticks.
        parts = message.split("`")
        parts[1::2] = [_python_type(name) for name in parts[1::2]]
        return "expected " + "".join(parts).removeprefix("Expected ")
    if message.startswith("Object missing required field `"):
        return f"the field {message.split('`')[1]!r} is missing"
    if message.startswith("Object contains unknown field `"):
        return f"no such field: {message.split('`')[1]!r}"
    # Any other message may be the program's own.
    return "invalid " + message.removeprefix("Invalid ") if message.startswith("Invalid ") else message


def _python_type(name: str) -> str:
    names = {"array": "list", "object": "dict", "null": "None"}
    return " | ".join(names.get(member, member) for member in name.split(" | "))


def _convert_unsupported(annotation: Any, value: Any) -> Any:
    """Convert to a type that msgspec does not support: msgspec calls this for parts of a larger type too."""
    from _collections_abc import Callable

    cls: Any = origin_of(annotation)
    if not isinstance(cls, type) or (cls is Callable and callable(value)):
        return value
    is_text_for_collection = isinstance(value, str) and is_abstract_collection(cls)
    if isinstance(value, cls) and not is_text_for_collection:
        return value
    if isinstance(value, str) and derives_from_modules(cls, ("pathlib",)):
        return cls(value)
    if is_model(cls):
        return _convert_to_model(value, cls)
    rule = rule_for(cls)
    if rule is not None:
        try:
            return rule(value, True)
        # msgspec turns the ValueError below into its own error, and adds the path to the value.
        except Misfit:
            pass
    raise ValueError(f"Expected `{cls.__name__}`, got `{type(value).__name__}`")


def _convert_to_model(value: Any, cls: Any) -> Any:
    try:
        return cls.model_validate(value)
    except ValueError as error:
        list_errors = getattr(error, "errors", None)
        if list_errors is None:
            raise
        # Write all errors on one line: the text of pydantic's exception has several.
        details = [(".".join(map(str, detail["loc"])), detail["msg"]) for detail in list_errors()]
        texts = [f"{place}: {text}" if place else text for place, text in details]
        raise ValueError("; ".join(texts)) from None


def refuse_unknown_keys(value: Any, converted: Any, annotation: Any, path: str = "") -> None:
    """Raise `Misfit` for a key of the value that the conversion dropped.

    msgspec ignores keys that a dataclass or typed dict does not have, and so does pydantic.
    """
    if isinstance(value, list | tuple) and isinstance(converted, list | tuple):
        for index, (item, converted_item) in enumerate(zip(value, converted, strict=False)):
            refuse_unknown_keys(item, converted_item, annotation, f"{path}[{index}]")
    elif isinstance(value, dict) and isinstance(converted, dict):
        if len(value) == len(converted):
            # The keys may have been converted, but not reordered.
            for (key, item), converted_item in zip(value.items(), converted.values(), strict=True):
                part = converted.get(key, converted_item)
                refuse_unknown_keys(item, part, annotation, f"{path}.{key}")
        else:
            for key, item in value.items():
                if key not in converted:
                    raise _no_such_field(key, list(converted), annotation, path)
                refuse_unknown_keys(item, converted[key], annotation, f"{path}.{key}")
    elif isinstance(value, dict) and is_structure(type(converted)):
        _refuse_unknown_fields(value, converted, annotation, path)


def _refuse_unknown_fields(value: dict[Any, Any], converted: Any, annotation: Any, path: str) -> None:
    # This runs for every structure, and importing a module is faster than importing a name from it.
    from . import structures

    structure = structures.describe(type(converted))
    if structure.accepts_unknown:
        return
    for name, item in value.items():
        field = structure.by_name.get(name)
        if field is not None:
            part = getattr(converted, field.attribute, None)
            refuse_unknown_keys(item, part, annotation, f"{path}.{name}")
        elif name != structure.tag:
            names = [*structure.by_name] if structure.tag is None else [*structure.by_name, structure.tag]
            raise _no_such_field(name, names, annotation, path)


def _no_such_field(name: Any, names: list[Any], annotation: Any, path: str) -> Misfit:
    near = nearest(str(name), map(str, names))
    return Misfit(annotation, f"no such field{did_you_mean(near)}", f"{path}.{name}")
