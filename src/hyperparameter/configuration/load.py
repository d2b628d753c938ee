"""From sources to a configuration: `load`, which `hp.config` calls, and `hp.launch` with sources of its own."""

from __future__ import annotations

import os
from functools import partial

from ..core.frame import MISSING
from ..core.key import flatten, is_mapping, split_text
from ..core.map import items
from ..errors import ConfigError, short_repr
from . import files
from .config import Config, Trace
from .environment import Environment
from .merge import MARK, Merged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from ..errors import Origin

__all__ = ["Given", "load"]


class Given:
    """Be a `key=value` text or a mapping with an origin of its own: any object whose `str` is the place."""

    __slots__ = ("is_final", "origin", "source")

    def __init__(self, source: str | Mapping[Any, Any], origin: Origin, *, is_final: bool = False) -> None:
        self.source = source
        self.origin = origin
        self.is_final = is_final  # is `${` in it just text?


def load(
    sources: Iterable[Any],
    schema: Any = None,
    declared: Callable[[], Iterable[str]] = tuple,
    origin: Origin = None,
) -> Config:
    """Return the configuration of sources, in order.

    `declared` gives keys, beside those of this process's decorated functions, that the names of
    environment variables may mean: it is called only where there are such variables. `origin` is that of
    mappings and texts.

    Raises what `hp.config` raises.
    """
    try:
        return _load(sources, schema, declared, origin)
    except RecursionError:  # bounds are far below Python's, but the program may itself be near that
        raise ConfigError(
            detail="the configuration nests too deep, or the program does that loads it"
        ) from None


def _load(sources: Iterable[Any], schema: Any, declared: Callable[[], Iterable[str]], origin: Origin) -> Config:
    merged = Merged()
    if schema is not None:
        from ..conversion.structures import required_schema

        schema = required_schema(schema)
    for source in sources:
        _add(merged, source, schema, declared, origin)
    referred: Iterable[str] = ()
    if any(_may_refer(value) for value, _ in merged.leaves.values()):
        from .interpolation import resolve

        referred = resolve(merged)
    instance = None
    if schema is not None:
        from .schema import fit

        instance = fit(merged, schema, referred)
    trace = Trace(merged.leaves, merged.earlier, merged.given, referred)
    trace.instance = instance
    return Config(merged.nested(), trace=trace)


def _may_refer(value: Any) -> bool:
    return "${" in value if type(value) is str else type(value) is list


def _add(
    merged: Merged, source: Any, schema: Any, declared: Callable[[], Iterable[str]], origin: Origin
) -> None:
    if isinstance(source, Given):
        is_final, origin, source = source.is_final, source.origin, source.source
        source = Config(source) if is_final else source  # what a configuration holds was resolved before
    if isinstance(source, str) and "=" in source:
        _add_text(merged, source, origin)
    elif isinstance(source, str | os.PathLike):
        _add_file(merged, source)
    elif isinstance(source, Environment):
        for key, value, variable in source.items(merged.leaves, schema, declared):
            merged.put(key, value, variable)
    elif isinstance(source, Config):
        _add_config(merged, source, origin)
    elif hasattr(type(source), "__entries__"):  # a scope or a snapshot: they keep their origins
        for key, (value, place) in sorted(items(source.__entries__()), key=lambda item: item[0]):
            if value is not MISSING:
                merged.put(key, value, place)
                merged.final.add(key)
            elif key in merged.leaves:
                merged.take_away(key)
    elif is_mapping(source):
        merged.add(source, lambda _: origin)
    else:
        raise TypeError(
            f"{short_repr(source)} is not a source of a configuration: expected a path, a mapping, a key=value "
            f"text, hp.env(...), a scope or a snapshot, got {type(source).__name__}"
        )


def _add_text(merged: Merged, text: str, origin: Origin) -> None:
    key, value = split_text(text)
    if MARK in key.split("."):
        raise ConfigError(
            key, value=value, detail=f"is no value: {MARK} marks a table of a file", origin=origin
        )
    merged.put(key, value, origin)


def _add_file(merged: Merged, path: str | os.PathLike[str]) -> None:
    file = files.read(os.fsdecode(path))
    merged.add(file.parsed(), partial(files.Place, file), is_file=True)


def _add_config(merged: Merged, source: Config, origin: Origin) -> None:
    kept = source.__kept__
    for key, leaf in flatten("", source):
        entry = kept.get(key)
        is_kept = entry is not None and entry[0] is leaf
        merged.put(key, leaf, entry[1] if entry is not None and is_kept else origin)
        merged.final.add(key)
        if is_kept:
            *before, (given, _) = source.__history__(key)
            if before:
                merged.earlier.setdefault(key, []).extend(before)
            if given is not leaf:
                merged.given[key] = given
