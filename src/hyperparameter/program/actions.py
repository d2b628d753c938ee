"""The argparse actions that fill `ParsedArguments`.

An action of argparse normally stores its value in a namespace, and values in the namespace of a subcommand
replace those of the program. These actions store their values in one `ParsedArguments` instead.
"""

from __future__ import annotations

import argparse

from .parsed_arguments import argument_origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from ..core.origin import Origin
    from .parsed_arguments import ParsedArguments

__all__ = ["CommonOption", "ParameterOption", "PositionalParameter", "SwitchOption", "SwitchValue"]


class CommonOption(argparse.Action):
    """An option that every program has, such as `-D`; `store` receives its value and its name."""

    def __init__(
        self, option_strings: Sequence[str], dest: str, store: Callable[[Any, str], None], **kwargs: Any
    ) -> None:
        self.store = store
        super().__init__(option_strings, dest, default=argparse.SUPPRESS, **kwargs)

    def __call__(self, parser: Any, namespace: Any, values: Any, option: str | None = None) -> None:
        self.store(values, str(option))


class ParameterOption(argparse.Action):
    """An option `--name VALUE` that sets one parameter of a function.

    Attributes:
        key: the key of the parameter; None if no scope can set it.
        convert_texts: converts the texts of an option that takes several; None if it takes one.
    """

    def __init__(
        self,
        option_strings: Sequence[str],
        dest: str,
        parsed: ParsedArguments,
        key: str | None,
        convert_texts: Callable[[list[str]], Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.parsed = parsed
        self.key = key
        self.convert_texts = convert_texts
        # The texts of an option or argument that takes several.
        self.texts: list[str] = []
        super().__init__(option_strings, dest, **kwargs)

    def __call__(self, parser: Any, namespace: Any, values: Any, option: str | None = None) -> None:
        self.texts = values if isinstance(values, list) else []
        origin = argument_origin(option, " ".join(values) if isinstance(values, list) else values)
        self.store(values if self.convert_texts is None else self.convert_texts(values), origin)

    def store(self, value: Any, origin: Origin) -> None:
        if self.key is None:
            self.parsed.direct_values[self.dest] = value, origin
        else:
            self.parsed.values[self.key] = value, origin


class PositionalParameter(ParameterOption):
    """A positional argument that sets one parameter; required, unless something else sets the parameter."""

    # argparse reads this after it has parsed the whole command line, so the texts of -D are known.
    @property
    def required(self) -> bool:
        if self.nargs == "*" or self.parsed.only_prints:
            return False
        return self.key is None or not self.parsed.is_set_elsewhere(self.key)

    # argparse also assigns this attribute. That has no effect, because the property computes it.
    @required.setter
    def required(self, value: bool) -> None:  # pyright: ignore[reportIncompatibleVariableOverride]
        pass

    def __call__(self, parser: Any, namespace: Any, values: Any, option: str | None = None) -> None:
        # argparse also calls the action of an argument that is missing, with None or an empty list.
        if values is not None and values != []:
            super().__call__(parser, namespace, values, option)

    def take_items(self, items: list[str]) -> None:
        """Add the arguments that come after an option: argparse passes an argument only the first ones."""
        PositionalParameter.__call__(self, None, None, [*self.texts, *items])


class SwitchOption(ParameterOption):
    """A pair of options `--name` and `--no-name` that sets one parameter to true or false."""

    def __init__(self, option_strings: Sequence[str], dest: str, **kwargs: Any) -> None:
        self._positive_options = option_strings
        negative_options = [f"--no-{name.removeprefix('--')}" for name in option_strings]
        super().__init__([*option_strings, *negative_options], dest, nargs=0, **kwargs)

    def __call__(self, parser: Any, namespace: Any, values: Any, option: str | None = None) -> None:
        self.store(option in self._positive_options, argument_origin(option))

    def format_usage(self) -> str:
        return " | ".join(self.option_strings)


class SwitchValue(ParameterOption):
    """The hidden option that `--name=false` and `--name false` become: argparse takes no value for a switch."""

    MARK = "\0"

    def __call__(self, parser: Any, namespace: Any, values: Any, option: str | None = None) -> None:
        super().__call__(parser, namespace, values, str(option).removesuffix(self.MARK))
