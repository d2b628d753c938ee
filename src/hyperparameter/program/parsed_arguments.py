"""Collect what a command line sets, with the argument that set it."""

from __future__ import annotations

import re

from ..core.key import check_key, split_override
from ..core.origin import Origin
from ..errors import ConfigError, shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["NEGATIVE_NUMBER", "ParsedArguments", "argument_origin", "is_negative_number"]

# A negative number is a value, although it begins with "-" as an option does.
NEGATIVE_NUMBER = re.compile(r"^-(\d[\d_]*\.?\d*|\.\d+)([eE][-+]?\d+)?$|^-inf$")


class ParsedArguments:
    """What a command line sets. The parsers of a program and of its subcommands fill one object.

    Attributes:
        defines: the texts of `-D`, with their origins.
        files: the files of `-C`.
        values: the value of each `--name` option and positional argument by key, with its origin.
        direct_values: the same by name, for parameters that no scope can set: positional-only ones and `*args`.
        allows_unknown: whether keys that look misspelled are accepted.
        lists_parameters: whether the program lists its parameters instead of running.
        explained_keys: the keys that the program explains instead of running.
        sweeps: the text of the values of each key of `--sweep`, with its origin.
        sweep_options: the other options of a sweep, by the names of the arguments of `hp.sweep`.
        is_set_elsewhere: returns whether a file, an environment variable or `-D` sets a key.
    """

    def __init__(self, is_set_elsewhere: Callable[[str], bool], allows_unknown: bool) -> None:
        self.is_set_elsewhere = is_set_elsewhere
        self.allows_unknown = allows_unknown
        self.defines: list[tuple[str, Origin]] = []
        self.files: list[str] = []
        self.values: dict[str, tuple[Any, Origin]] = {}
        self.direct_values: dict[str, tuple[Any, Origin]] = {}
        self.lists_parameters = False
        self.explained_keys: list[str] = []
        self.sweeps: dict[str, tuple[str, Origin]] = {}
        self.sweep_options: dict[str, Any] = {}

    @property
    def only_prints(self) -> bool:
        """Whether the program prints a list or an explanation instead of running."""
        return self.lists_parameters or bool(self.explained_keys)

    # --- Called by the options that every program has ---

    def add_defines(self, texts: list[str], option: str) -> None:
        for text in texts:
            origin = argument_origin(option, text)
            if "=" not in text:
                hint = f"put other arguments before {option}, or after --"
                raise ConfigError(
                    detail=f"{text!r} is not a valid override: expected key=value; {hint} ({origin})"
                )
            self.defines.append((text, origin))

    def add_sweep(self, text: str, option: str) -> None:
        origin = argument_origin(option, text)
        override = split_override(text)
        if override is None or not override[1].strip():
            raise ConfigError(
                detail=f"{text!r} has no values: expected KEY=VALUE,VALUE or KEY=uniform(LOW,HIGH) ({origin})"
            )
        self.sweeps[check_key(override[0])] = override[1], origin

    def add_sweep_option(self, value: Any, option: str) -> None:
        name = option.removeprefix("--").removeprefix("sweep-")
        self.sweep_options[name] = True if value == [] else value

    def add_files(self, files: list[str], _option: str) -> None:
        self.files.extend(files)

    def request_list(self, _nothing: object, _option: str) -> None:
        self.lists_parameters = True
        # Of --list-params and --explain, the last one wins.
        self.explained_keys = []

    def request_explanation(self, keys: list[str], _option: str) -> None:
        self.explained_keys += keys

    def allow_unknown(self, _nothing: object, _option: str) -> None:
        self.allows_unknown = True


def is_negative_number(text: str) -> bool:
    return NEGATIVE_NUMBER.match(text) is not None


def argument_origin(option: str | None, value: object = None) -> Origin:
    """Return the origin of a value that the command line sets: `set by --lr 0.1`, `set by the argument 0.1`."""
    parts = ["the argument" if option is None else option]
    if value is not None:
        text = shorten(str(value))
        parts.append(text if text and text.isprintable() else repr(text))
    return Origin.by(" ".join(parts))
