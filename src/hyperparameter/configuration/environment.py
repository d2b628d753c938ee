"""The environment as a source: which key the name of a variable means."""

from __future__ import annotations

import os

from ..core.key import check_key
from ..errors import ConfigError, KeySyntaxError, short_repr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

SEPARATOR = "__"  # in the name of a variable; in its key, a dot


class Environment:
    """Name the variables that begin with a prefix; made by `hp.env`, read by `hp.config`."""

    def __init__(self, prefix: str, environ: Mapping[str, str] | None = None) -> None:
        if not isinstance(prefix, str) or not prefix:
            raise TypeError(
                f"hp.env takes the text that names begin with, such as 'APP_', not {short_repr(prefix)}"
            )
        self.prefix = prefix
        self.environ = environ

    def __repr__(self) -> str:
        return f"hp.env({self.prefix!r})"

    def items(
        self, earlier: Iterable[str], schema: Any, declared: Callable[[], Iterable[str]]
    ) -> Iterator[tuple[str, str, str]]:
        """Yield key, text and origin of each variable; raise `ConfigError` where one may mean several keys."""
        environ = os.environ if self.environ is None else self.environ
        names = sorted(name for name in environ if name.startswith(self.prefix))
        if not names:
            return
        known = _by_likeness([*earlier, *_fields(schema), *_registered(), *declared()])
        seen: dict[str, str] = {}
        for name in names:
            key = _key(name, self.prefix, known)
            if key in seen:
                text = f"is set twice, by the environment variables {seen[key]} and {name}"
                raise ConfigError(key, value=environ[name], detail=text)
            seen[key] = name
            yield key, environ[name], f"environment variable {name}"


def _key(name: str, prefix: str, known: Mapping[str, set[str]]) -> str:
    plain = name[len(prefix) :].lower().replace(SEPARATOR, ".")
    try:
        plain = check_key(plain)
    except KeySyntaxError as error:
        raise ConfigError(detail=str(error), origin=f"environment variable {name}") from None
    alike = known.get(_folded(plain), set())
    if plain in alike or not alike:
        return plain
    if len(alike) == 1:
        return next(iter(alike))
    either = " or ".join(map(repr, sorted(alike)))
    raise ConfigError(
        detail=f"it may mean {either}: set the key some other way", origin=f"environment variable {name}"
    )


def _folded(key: str) -> str:
    """Return what keys have in common that the name of a variable cannot tell apart."""
    return "_".join(filter(None, key.lower().replace(".", "_").replace("-", "_").split("_")))


def _by_likeness(keys: Iterable[str]) -> dict[str, set[str]]:
    alike: dict[str, set[str]] = {}
    for key in keys:
        alike.setdefault(_folded(key), set()).add(key)
    return alike


def _registered() -> Iterator[str]:
    from ..catalog.declaration import registered_declarations

    return (declared.key for declared in registered_declarations() if declared.kind != "namespace")


def _fields(schema: Any) -> Iterable[str]:
    if schema is None:
        return ()
    from ..conversion.structures import keys_of

    return keys_of(schema)
