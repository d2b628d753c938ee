"""Turn the parameters of a function into arguments of a command line."""

from __future__ import annotations

from argparse import SUPPRESS
from enum import Enum

from ..catalog.declaration import default_of
from ..catalog.fields import fields_of_parameter
from ..conversion.rule import Misfit, convert, convert_like
from ..conversion.type_checks import ABSTRACT_COLLECTIONS, is_abstract_collection, is_literal, is_union
from ..core.value import MISSING, UntypedText
from ..errors import default_text
from ..output import escape_lines
from .actions import ParameterOption, PositionalParameter, SwitchOption, SwitchValue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, TypeAlias

    from ..catalog.fields import FieldParameter
    from ..functions.parameter import Parameter
    from .command import Command
    from .parsed_arguments import ParsedArguments

    AnyParameter: TypeAlias = Parameter | FieldParameter

__all__ = ["add_arguments", "add_docstring_help", "choices_of", "expected_type", "show_values"]

_METAVARS = {"str": "TEXT", "list": "ITEM", "tuple": "ITEM", "set": "ITEM", "frozenset": "ITEM", "dict": "JSON"}


def add_arguments(parser: ArgumentParser, command: Command, parsed: ParsedArguments) -> None:
    """Add an argument for each parameter of a function: positional without a default, `--name` with one.

    Raises `TypeError` if two parameters would have the same option.
    """
    _refuse_equal_options(command.parameters)
    for parameter in command.parameters:
        default = default_of(command.binding, parameter)
        _add_argument(parser, parameter, default, parsed, is_required=parameter.default is MISSING)
        fields = fields_of_parameter(parameter.name, parameter.key, parameter.annotation, default)
        for field in fields if parameter.is_bound else ():
            _add_argument(parser, field, field.default, parsed, is_required=False)
    for name in command.star_args:
        parser.add_argument(
            name, action=PositionalParameter, parsed=parsed, key=None, nargs="*", metavar=name.upper()
        )


def _refuse_equal_options(parameters: Iterable[Parameter]) -> None:
    """Raise `TypeError` for parameters such as `cache: bool` and `no_cache`, which both have `--no-cache`."""
    names: dict[str, str] = {}
    for parameter in parameters:
        option = _option_of(parameter)
        options = (option, f"--no-{option.removeprefix('--')}") if _is_switch(parameter) else (option,)
        for text in options:
            other = names.setdefault(text, parameter.name)
            if other != parameter.name:
                raise TypeError(
                    f"hp.launch got the parameters {other!r} and {parameter.name!r}, "
                    f"which would both have the option {text}"
                )


def _add_argument(
    parser: ArgumentParser, parameter: AnyParameter, default: Any, parsed: ParsedArguments, *, is_required: bool
) -> None:
    key = parameter.key if parameter.is_bound else None
    settings: dict[str, Any] = {"parsed": parsed, "key": key}
    if default is not MISSING:
        settings["help"] = f"(default: {default_text(default, parameter.key)})".replace("%", "%%")
    if _is_switch(parameter):
        option = _option_of(parameter)
        parser.add_argument(option, action=SwitchOption, dest=parameter.name, **settings)
        settings["help"] = SUPPRESS
        parser.add_argument(f"{option}{SwitchValue.MARK}", action=SwitchValue, dest=parameter.name, **settings)
        return
    type_ = expected_type(parameter.annotation, parameter.default)
    choices = choices_of(type_)
    if choices:
        settings["metavar"] = escape_lines(f"{{{','.join(choices)}}}")
    else:
        settings["metavar"] = parameter.name.upper() if is_required else _metavar_of(type_)
    if _takes_several_texts(type_):
        settings["nargs"] = "+"
        settings["convert_texts"] = _converter_of_items(parameter)
    if is_required:
        action = parser.add_argument(parameter.name, action=PositionalParameter, **settings)
    else:
        option = _option_of(parameter)
        action = parser.add_argument(option, action=ParameterOption, dest=parameter.name, **settings)
    if choices:
        # argparse would refuse other texts that the conversion accepts, such as the name of a member.
        action.completer = _completer_of(choices)  # type: ignore[attr-defined]


def _completer_of(choices: list[str]) -> Callable[..., list[str]]:
    """Return a function that returns the choices that start with a prefix, for tab completion."""

    def complete(prefix: str, **_: Any) -> list[str]:
        return [choice for choice in choices if choice.startswith(prefix)]

    return complete


def _option_of(parameter: AnyParameter) -> str:
    return "--" + parameter.name.replace("_", "-")


def _is_switch(parameter: AnyParameter) -> bool:
    # A field is always an option, also without a default.
    is_option = parameter.default is not MISSING or "." in parameter.name
    return is_option and expected_type(parameter.annotation, parameter.default) is bool


def show_values(parser: ArgumentParser, values: Mapping[str, tuple[str, str]]) -> None:
    """Show the values that a file or variable sets instead of the defaults, each with its place."""
    for action in parser._actions:
        key = action.key if isinstance(action, ParameterOption) else None
        if key is not None and key in values and action.help != SUPPRESS:
            text, place = values[key]
            action.help = escape_lines(f"(default: {text}, from {place})").replace("%", "%%")


def add_docstring_help(parser: ArgumentParser, parameter_help: Mapping[str, str]) -> None:
    """Add the help texts of a docstring to the options. Parsing a docstring is slow, so only --help does it."""
    for action in parser._actions:
        is_shown = isinstance(action, ParameterOption) and action.help != SUPPRESS
        if is_shown and action.dest in parameter_help:
            text = escape_lines(parameter_help[action.dest]).replace("%", "%%")
            action.help = f"{text} {action.help or ''}".rstrip()


# --- Types ---


def expected_type(annotation: Any, default: Any) -> Any:
    """Return the type that a parameter expects: its annotation, or else the type of its default.

    `Annotated[X, ...]` and `X | None` give X. A parameter that accepts any value gives None.
    """
    if annotation is MISSING:
        return None if default is MISSING or default is None else type(default)
    type_ = annotation
    while True:
        if hasattr(type_, "__metadata__"):
            type_ = type_.__origin__
        elif is_union(type_):
            members = [member for member in type_.__args__ if member is not type(None)]
            if len(members) != 1:
                return type_
            type_ = members[0]
        else:
            return type_


def choices_of(type_: Any) -> list[str] | None:
    """Return the texts that a Literal or an enum accepts; None for any other type.

    The members of an enum have their values as texts, or their names if some values are not text.
    """
    if is_literal(type_):
        values = [value.value if isinstance(value, Enum) else value for value in type_.__args__]
    elif isinstance(type_, type) and issubclass(type_, Enum):
        values = [member.value for member in type_]
        if not all(isinstance(value, str) for value in values):
            values = [member.name for member in type_]
    else:
        return None
    return ["none" if value is None else str(value) for value in values]


def _takes_several_texts(type_: Any) -> bool:
    origin = getattr(type_, "__origin__", type_)
    if is_abstract_collection(type_):
        return ABSTRACT_COLLECTIONS[origin.__name__] is not dict
    return origin in (list, tuple, set, frozenset)


def _metavar_of(type_: Any) -> str:
    origin = getattr(type_, "__origin__", type_)
    name = origin.__name__ if isinstance(origin, type) and not is_union(type_) else "value"
    if name in ("PosixPath", "WindowsPath"):
        name = "path"
    elif not name.isidentifier() or "function" in name:
        name = "value"
    return _METAVARS.get(name, name.upper())


# --- Lists and other collections ---


def _converter_of_items(parameter: AnyParameter) -> Callable[[list[str]], Any]:
    """Return a function that converts the texts of an option to the collection that a parameter expects."""

    has_plain_items = _has_plain_items(parameter)

    def convert_texts(texts: list[str]) -> Any:
        if has_plain_items and not texts[0].lstrip().startswith("["):
            texts = [part for text in texts for part in text.split(",")]
        untyped = [UntypedText(text) for text in texts]
        if len(texts) == 1 and (texts[0].lstrip().startswith("[") or _means_none(untyped[0], parameter)):
            # One text of JSON, or for None, as -D accepts it.
            return texts[0]
        try:
            return _convert_items(untyped, parameter)
        except Misfit:
            # The check of all values reports these texts, together with every other error.
            return texts

    return convert_texts


def _has_plain_items(parameter: AnyParameter) -> bool:
    """Return whether the items are numbers or choices: then a comma can only separate two of them."""
    type_ = expected_type(parameter.annotation, parameter.default)
    item_types = [item for item in getattr(type_, "__args__", ()) if item is not ...]
    if not item_types and parameter.default is not MISSING:
        items = parameter.default if isinstance(parameter.default, list | tuple | set | frozenset) else ()
        item_types = list({type(item) for item in items})
    choices = [choices_of(expected_type(item, MISSING)) for item in item_types]
    return bool(item_types) and all(
        item in (int, float, bool) or (texts is not None and not any("," in text for text in texts))
        for item, texts in zip(item_types, choices, strict=True)
    )


def _means_none(text: UntypedText, parameter: AnyParameter) -> bool:
    if parameter.annotation is MISSING:
        return False
    try:
        return convert(text, parameter.annotation) is None
    except Misfit:
        return False


def _convert_items(texts: list[UntypedText], parameter: AnyParameter) -> Any:
    has_item_type = bool(getattr(parameter.annotation, "__args__", ()))
    if has_item_type:
        return convert(texts, parameter.annotation)
    default = () if parameter.default is MISSING or parameter.default is None else parameter.default
    items = [_convert_like_items(text, default) for text in texts]
    type_ = expected_type(parameter.annotation, parameter.default)
    return convert(items, type_) if isinstance(type_, type) else convert_like(items, default)


def _convert_like_items(text: UntypedText, default_items: Any) -> Any:
    """Convert a text to the type of the default's items; if they have no common type, read it as JSON."""
    item_types = {type(item) for item in default_items}
    if len(item_types) == 1:
        try:
            return convert_like(text, next(iter(default_items)))
        except Misfit:
            return text
    import json

    try:
        return json.loads(text)
    except ValueError:
        return text
