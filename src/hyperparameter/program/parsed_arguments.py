"""What the command line gives: texts in their order, each with the place that an error will name."""

from __future__ import annotations

import argparse
import re

from ..errors import ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

__all__ = ["Gather", "Given", "Named", "Positional", "Switch"]

# what is a value, though it begins as an option does
NEGATIVE = re.compile(r"^-(\d[\d_]*\.?\d*|\.\d+)([eE][-+]?\d+)?$|^-inf$")


class Given:
    """Gather what a command line gives; one is shared by a parser and those of its subcommands."""

    def __init__(self, supplies: Callable[[str], bool], lenient: bool) -> None:
        self.supplies = supplies  # tells whether files, variables or -D set a key
        self.lenient = lenient
        self.defines: list[tuple[str, str]] = []  # texts and places
        self.files: list[str] = []
        self.named: dict[str, tuple[Any, str]] = {}  # by key: value and place
        self.direct: dict[str, tuple[Any, str]] = {}  # by name: what no scope can hold
        self.shows: str | None = None  # the key to explain, instead of running; "" to list all

    def define(self, texts: list[str], option: str) -> None:
        for text in texts:
            if "=" not in text:
                hint = "what is not for -D goes before it, or after --"
                raise ConfigError(detail=f"{option} {text!r}: wanted KEY=VALUE ({hint})")
            self.defines.append((text, place_of(option, text)))

    def show(self, key: Any, _option: str) -> None:
        self.shows = key or ""

    def allow(self, _nothing: Any, _option: str) -> None:
        self.lenient = True


def is_negative(text: str) -> bool:
    """Tell whether a text is a number below zero, though it begins as an option does."""
    return NEGATIVE.match(text) is not None


def place_of(option: str | None, text: object) -> str:
    shown = None if text is None else str(text)
    if shown is not None and not (shown and shown.isprintable()):
        shown = repr(shown)
    return "the command line: " + " ".join(part for part in (option, shown) if part is not None)


class Gather(argparse.Action):
    """Put what is given where it is gathered, not in the namespace, where a subcommand's would replace it."""

    def __init__(
        self, option_strings: Sequence[str], dest: str, put: Callable[[Any, str], object], **kwargs: Any
    ) -> None:
        self.put = put
        super().__init__(option_strings, dest, default=argparse.SUPPRESS, **kwargs)

    def __call__(self, parser: Any, namespace: Any, values: Any, option: str | None = None) -> None:
        self.put(values, str(option))


class Named(argparse.Action):
    """Take the value of one parameter, as `--name value`."""

    def __init__(
        self,
        option_strings: Sequence[str],
        dest: str,
        given: Given,
        key: str | None,
        made_of: Callable[[Any], Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.given = given
        self.key = key  # None: it is handed to the function itself
        self.made_of = made_of
        super().__init__(option_strings, dest, **kwargs)

    def __call__(self, parser: Any, namespace: Any, values: Any, option: str | None = None) -> None:
        place = place_of(option, " ".join(values) if isinstance(values, list) else values)
        self.record(values if self.made_of is None else self.made_of(values), place)

    def record(self, value: Any, place: str) -> None:
        if self.key is None:
            self.given.direct[self.dest] = value, place
        else:
            self.given.named[self.key] = value, place


class Positional(Named):
    """Take the value of one parameter by its position: required, unless something else sets it."""

    @property  # asked when all is parsed, so that what -D gave is known
    def required(self) -> bool:
        if self.nargs == "*" or self.given.shows is not None:
            return False
        return self.key is None or not self.given.supplies(self.key)

    @required.setter
    def required(self, value: bool) -> None:  # pyright: ignore[reportIncompatibleVariableOverride]
        pass

    def __call__(self, parser: Any, namespace: Any, values: Any, option: str | None = None) -> None:
        if values is not None and values != []:  # argparse hands over the default of what is not given
            super().__call__(parser, namespace, values, option)


class Switch(Named):
    """Take `--name` and `--no-name`."""

    def __init__(self, option_strings: Sequence[str], dest: str, **kwargs: Any) -> None:
        self._yes = option_strings
        negated = [f"--no-{name[2:]}" for name in option_strings]
        super().__init__([*option_strings, *negated], dest, nargs=0, **kwargs)

    def __call__(self, parser: Any, namespace: Any, values: Any, option: str | None = None) -> None:
        self.record(option in self._yes, place_of(option, None))

    def format_usage(self) -> str:
        return " | ".join(self.option_strings)
