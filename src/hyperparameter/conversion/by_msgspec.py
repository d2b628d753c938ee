"""Conversion by msgspec, in its lax mode: of what is no row of ours. It loads when first needed."""

from __future__ import annotations

from ..errors import nearest
from .scalars import Misfit, derives_from, is_abstract, parsed, rule_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


class Unsupported(Misfit):
    """Say that msgspec does not know the type at all, whatever the value."""


def by_library(value: Any, wanted: Any) -> Any:
    """Convert by msgspec; text that looks like JSON is tried as what it holds first."""
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        holds, fault = parsed(value)
        if fault is None:
            try:
                return by_library(holds, wanted)
            except Misfit as misfit:
                try:
                    return _msgspec(value, wanted)
                except Misfit:
                    raise misfit from None
    result = _msgspec(value, wanted)
    refuse_unknown(value, result, wanted, "")
    return result


def _msgspec(value: Any, wanted: Any) -> Any:
    import msgspec

    try:
        return msgspec.convert(value, wanted, strict=False, dec_hook=_hook)
    except msgspec.ValidationError as error:
        text, _, path = str(error).partition(" - at `$")
        if isinstance(value, str) and text.startswith(("Expected `array`", "Expected `object`")):
            text += ": text is read as JSON"
        raise Misfit(wanted, text, path.rstrip("`")) from None
    except NameError as error:
        raise Misfit(wanted, f"an annotation in it cannot be resolved: {error}") from None
    except TypeError as error:  # one of the program's own code comes as a ValidationError
        raise Unsupported(wanted, str(error)) from None
    except Exception as error:  # of the program's own code, such as a dataclass's __post_init__
        raise Misfit(wanted, f"{type(error).__name__}: {error}") from error


def _hook(wanted: Any, value: Any) -> Any:
    """Convert for msgspec what it does not know itself."""
    from _collections_abc import Callable as AnyCallable

    cls: Any = getattr(wanted, "__origin__", wanted)
    if not isinstance(cls, type) or (cls is AnyCallable and callable(value)):
        return value
    if isinstance(value, cls) and not (isinstance(value, str) and is_abstract(cls)):
        return value
    if isinstance(value, str) and derives_from(cls, ("pathlib",)):
        return cls(value)
    if hasattr(cls, "model_validate"):  # pydantic's models convert themselves
        return cls.model_validate(value)
    rule = rule_of(cls)
    if rule is not None:
        try:
            return rule(value, True)
        except Misfit:
            pass  # said in msgspec's words, which has the place
    raise ValueError(f"Expected `{cls.__name__}`, got `{type(value).__name__}`")


def refuse_unknown(given: Any, result: Any, wanted: Any, path: str) -> None:
    """Refuse keys that the library dropped: dataclasses and typed dicts ignore what they do not know."""
    if isinstance(given, list | tuple) and isinstance(result, list | tuple):
        for number, (before, after) in enumerate(zip(given, result, strict=False)):
            refuse_unknown(before, after, wanted, f"{path}[{number}]")
    if not isinstance(given, dict):
        return
    if isinstance(result, dict) and len(result) == len(given):
        for (name, before), after in zip(given.items(), result.values(), strict=True):
            refuse_unknown(before, result.get(name, after), wanted, f"{path}.{name}")
        return
    fields = _fields(result)
    for name, before in given.items():
        if name in fields:
            refuse_unknown(before, fields[name], wanted, f"{path}.{name}")
        else:
            near = nearest(str(name), map(str, fields))
            hint = f"; nearest: {', '.join(map(repr, near))}" if near else ""
            raise Misfit(wanted, f"no such field{hint}", f"{path}.{name}")


def _fields(result: Any) -> dict[str, Any]:
    """Return the fields of an object by the names that they have in its input."""
    cls: Any = type(result)
    names: Iterable[tuple[str, str]]
    if isinstance(result, dict):
        return result
    if hasattr(cls, "__struct_fields__"):
        names = [*zip(cls.__struct_encode_fields__, cls.__struct_fields__, strict=True)]
        if cls.__struct_config__.tag is not None:
            names.append((cls.__struct_config__.tag_field, ""))  # which says what it is
    elif hasattr(cls, "__dataclass_fields__"):
        names = ((name, name) for name in cls.__dataclass_fields__)
    elif hasattr(cls, "__attrs_attrs__"):
        names = ((field.alias, field.name) for field in cls.__attrs_attrs__)
    elif hasattr(cls, "model_fields"):
        return _fields_of_model(result)
    else:
        return _Anything()
    return {name: getattr(result, attribute, None) for name, attribute in names}


def _fields_of_model(model: Any) -> dict[str, Any]:
    """Return the fields of a pydantic model by all their names, where these are all that it can take."""
    cls = type(model)
    names: dict[str, Any] = {}
    if cls.model_config.get("extra") == "allow" or getattr(cls, "__pydantic_root_model__", False):
        return _Anything()
    if any(mark.info.mode != "after" for mark in cls.__pydantic_decorators__.model_validators.values()):
        return _Anything()  # it sees the input first, and may make of it what it likes
    for name, field in cls.model_fields.items():
        for alias in (name, field.alias, field.validation_alias):
            if not isinstance(alias, str | None):
                return _Anything()
            names[alias or name] = getattr(model, name, None)
    return names


class _Anything(dict):  # type: ignore[type-arg]
    """Stand for the fields of an object that checks its own."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> None:
        return None
