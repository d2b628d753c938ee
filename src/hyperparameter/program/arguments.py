"""A function's parameters as arguments of a command line."""

from __future__ import annotations

from enum import Enum

from ..conversion.rule import Misfit, convert, convert_like, is_literal, is_union
from ..conversion.scalars import ABSTRACT, is_abstract
from ..core.frame import MISSING
from ..errors import default_text
from .parsed_arguments import Named, Positional, Switch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Callable, Mapping
    from typing import Any

    from .command import Command
    from .parsed_arguments import Given

__all__ = ["add_arguments", "add_help", "asked_of", "choices_of"]

_METAVARS = {"str": "TEXT", "list": "ITEM", "tuple": "ITEM", "set": "ITEM", "frozenset": "ITEM", "dict": "JSON"}


def add_arguments(parser: ArgumentParser, command: Command, given: Given) -> None:
    """Add an argument for each parameter of a function: required ones by position, others as `--name`.

    Raises `TypeError` where two would have the same option.
    """
    flags: dict[str, str] = {}
    for parameter in command.parameters:
        flag = _flag(parameter.name)
        for option in (flag, f"--no-{flag[2:]}") if _is_switch(parameter) else (flag,):
            if flags.setdefault(option, parameter.name) != parameter.name:
                raise TypeError(
                    f"hp.launch cannot tell {option} of {parameter.name!r} from that of {flags[option]!r}"
                )
        _add(parser, parameter, given)
    for name, written in command.binding.variadic.items():
        if not written.startswith("**"):
            parser.add_argument(name, action=Positional, given=given, key=None, nargs="*", metavar=name.upper())


def _add(parser: ArgumentParser, parameter: Any, given: Given) -> None:
    asked = asked_of(parameter.annotation, parameter.default)
    choices = choices_of(asked)
    needed = parameter.default is MISSING
    options: dict[str, Any] = {"given": given, "key": parameter.key if parameter.bound else None}
    if not needed:
        options["help"] = f"(default: {default_text(parameter.default)})".replace("%", "%%")
    flag = _flag(parameter.name)
    if _is_switch(parameter):
        parser.add_argument(flag, action=Switch, dest=parameter.name, **options)
        return
    if choices:
        options["choices"] = choices
    else:
        options["metavar"] = parameter.name.upper() if needed else _metavar(asked)
    if _is_many(asked):
        options["nargs"] = "+"
        options["made_of"] = _items_of(parameter)
    if needed:
        parser.add_argument(parameter.name, action=Positional, **options)
    else:
        parser.add_argument(flag, action=Named, dest=parameter.name, **options)


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _is_switch(parameter: Any) -> bool:
    needed = parameter.default is MISSING
    return not needed and asked_of(parameter.annotation, parameter.default) is bool


def add_help(parser: ArgumentParser, said: Mapping[str, str]) -> None:
    """Add what a docstring says to the help of each argument, which is dear and seldom asked for."""
    for action in parser._actions:
        if isinstance(action, Named) and action.dest in said:
            action.help = f"{said[action.dest].replace('%', '%%')} {action.help or ''}".rstrip()


def asked_of(annotation: Any, default: Any) -> Any:
    """Return what a parameter asks for, without what an annotation adds and without None; None for anything."""
    asked = annotation
    if annotation is MISSING:
        return None if default is MISSING or default is None else type(default)
    while True:
        if hasattr(asked, "__metadata__"):
            asked = asked.__origin__
        elif is_union(asked):
            members = [member for member in asked.__args__ if member is not type(None)]
            if len(members) != 1:
                return asked
            asked = members[0]
        else:
            return asked


def choices_of(asked: Any) -> list[str] | None:
    """Return the texts that a Literal or an enum takes, None for any other type."""
    if is_literal(asked):
        return [_text(one.value if isinstance(one, Enum) else one) for one in asked.__args__]
    if isinstance(asked, type) and issubclass(asked, Enum):
        return [_text(member.value) for member in asked]
    return None


def _items_of(parameter: Any) -> Callable[[list[str]], Any]:
    """Return what makes the value of a list or its like from the texts given for it."""

    def made(texts: list[str]) -> Any:
        if len(texts) == 1 and texts[0].lstrip().startswith("["):
            return texts[0]  # JSON, as -D takes it
        try:
            if getattr(parameter.annotation, "__args__", ()):
                return convert(texts, parameter.annotation)
            default = () if parameter.default is MISSING or parameter.default is None else parameter.default
            items = [_like_others(text, default) for text in texts]
            asked = asked_of(parameter.annotation, parameter.default)
            return convert(items, asked) if isinstance(asked, type) else convert_like(items, default)
        except Misfit:
            return texts  # refused with all other faults

    return made


def _like_others(text: str, items: Any) -> Any:
    """Return the text of an item as what the items of a default are: text, else what JSON takes it for."""
    kinds = {type(item) for item in items}
    if len(kinds) == 1:
        try:
            return convert_like(text, next(iter(items)))
        except Misfit:
            return text
    import json

    try:
        return json.loads(text)
    except ValueError:
        return text


def _text(value: object) -> str:
    return "none" if value is None else str(value)


def _is_many(asked: Any) -> bool:
    origin = getattr(asked, "__origin__", asked)
    if is_abstract(asked):
        return ABSTRACT[origin.__name__] is not dict
    return origin in (list, tuple, set, frozenset)


def _metavar(asked: Any) -> str:
    origin = getattr(asked, "__origin__", asked)
    name = origin.__name__ if isinstance(origin, type) and not is_union(asked) else "value"
    return _METAVARS.get(name, name.upper())
