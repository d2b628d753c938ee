"""The environment as a source: find the key that the name of a variable means."""

from __future__ import annotations

import os

from ..core.key import check_key
from ..core.origin import Origin
from ..errors import ConfigError, KeySyntaxError, short_repr
from ..functions.registry import bindings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

# What separates the segments of a key in the name of a variable.
SEPARATOR = "__"


class Environment:
    """The environment variables with a prefix: `hp.env` creates it, `hp.config` reads them."""

    def __init__(self, prefix: str, environ: Mapping[str, str] | None = None) -> None:
        if not isinstance(prefix, str) or not prefix:
            raise TypeError(
                f"hp.env expected the prefix of the variables, such as 'APP_', got {short_repr(prefix)}"
            )
        self.prefix = prefix
        self.environ = environ

    def __repr__(self) -> str:
        return f"hp.env({self.prefix!r})"

    def items(
        self, earlier_keys: Iterable[str], schema: Any, declared_keys: Callable[[], Iterable[str]]
    ) -> Iterator[tuple[str, str, Origin]]:
        """Yield the key, text and origin of each variable.

        Raises `ConfigError` if a variable can mean several keys, or if two variables mean the same key.
        """
        environ = os.environ if self.environ is None else self.environ
        variables = sorted(name for name in environ if name.startswith(self.prefix))
        if not variables:
            return
        known_keys = [*earlier_keys, *_schema_keys(schema), *_parameter_keys(), *declared_keys()]
        by_folded_key = _group_by_folded_key(known_keys)
        variable_of: dict[str, str] = {}
        for variable in variables:
            key = _key_of(variable, self.prefix, by_folded_key)
            if key in variable_of:
                detail = f"is set twice, by the environment variables {variable_of[key]} and {variable}"
                raise ConfigError(key, value=environ[variable], detail=detail)
            variable_of[key] = variable
            yield key, environ[variable], Origin.by_variable(variable)


def _key_of(variable: str, prefix: str, by_folded_key: Mapping[str, set[str]]) -> str:
    """Return the known key that a variable means, or the key that its name spells if it means no known one."""
    origin = Origin.by_variable(variable)
    try:
        key = check_key(variable[len(prefix) :].lower().replace(SEPARATOR, "."))
    except KeySyntaxError as error:
        raise ConfigError(detail=str(error), origin=origin) from None
    candidates = by_folded_key.get(_fold(key), set())
    if key in candidates or not candidates:
        return key
    if len(candidates) == 1:
        return next(iter(candidates))
    either = " or ".join(map(repr, sorted(candidates)))
    raise ConfigError(
        detail=f"it can mean {either}; write '__' for each '.', or set the key in another way", origin=origin
    )


def _fold(key: str) -> str:
    """Return a key in lower case and without quotes, with `_` for each run of `.`, `_` and `-`.

    The name of a variable cannot express more than that. So it can mean every key with the same folded key.
    """
    text = key.lower().replace('"', "").replace(".", "_").replace("-", "_")
    return "_".join(filter(None, text.split("_")))


def _group_by_folded_key(keys: Iterable[str]) -> dict[str, set[str]]:
    by_folded_key: dict[str, set[str]] = {}
    for key in keys:
        by_folded_key.setdefault(_fold(key), set()).add(key)
    return by_folded_key


def _parameter_keys() -> Iterator[str]:
    """Yield the keys of the parameters of all decorated functions of this process."""
    return (parameter.key for binding in bindings() for parameter in binding.parameters.settable)


def _schema_keys(schema: Any) -> Iterable[str]:
    if schema is None:
        return ()
    from ..conversion.structures import keys_of

    return keys_of(schema)
