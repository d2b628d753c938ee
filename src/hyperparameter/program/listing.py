"""What a program tells of its parameters: a list of them all, and where the value of one comes from."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from ..errors import ConfigError, short_repr
from .arguments import asked_of, choices_of

if TYPE_CHECKING:
    from ..catalog.catalog import Catalog
    from ..catalog.declaration import Declaration
    from ..configuration.config import Config

__all__ = ["explain", "listing", "values_of"]


def listing(known: Catalog) -> str:
    """Return every parameter as text: by namespace, with type, default and help."""
    rows = []
    leaves = (one for one in known.listed() if not known.holds(one.key))  # not what is read as a whole too
    for namespace, ones in groupby(leaves, key=lambda one: one.key.rpartition(".")[0]):
        rows.append((f"  {namespace}" if namespace else "  (no namespace)", "", "", ""))
        for one in ones:
            default = "required" if one.default is None and one.required else one.default or ""
            rows.append((f"    {one.key.rpartition('.')[2]}", one.type, default, one.help))
    listed = [row for row in rows if row[0].startswith("    ")]
    widths = [min(max((len(row[column]) for row in listed), default=0), 32) for column in range(3)]
    lines = (
        "  ".join(text.ljust(width) for text, width in zip(row, [*widths, 0], strict=True)) for row in rows
    )
    return "".join(line.rstrip() + "\n" for line in lines)


def explain(key: str, known: Catalog, settings: Config) -> str:
    """Return what is known of a key, or of those beneath it: its value, and all that set it, the last first.

    Raises `ConfigError` for a key that is neither declared nor set.
    """
    history = settings.history(key)
    ones = known.by_key.get(key, [])
    if not history and not ones:
        beneath = known.beneath(key)
        if not beneath:
            near = "".join(f"; nearest: {one!r}" for one in known.near(key)[:1])
            raise ConfigError(detail=f"no parameter is called {key!r}, and nothing sets it{near}")
        return "\n".join(explain(one, known, settings) for one in sorted(beneath))
    return "".join(f"{line}\n" for line in _explained(key, history, ones))


def _explained(key: str, history: list[tuple[object, str | None]], ones: list[Declaration]) -> list[str]:
    lines = []
    if history:
        *before, (value, place) = history
        lines += [f"{key} = {short_repr(value)}", f"  set by     {place}"]
        lines += [f"  instead of {short_repr(value)}, set by {place}" for value, place in reversed(before)]
    elif ones[0].default is not None:
        lines.append(f"{key} = {ones[0].default}, the default")
    else:
        lines.append(f"{key} is not set, and has no default")
    for one in ones:
        default = f" = {one.default}" if one.default is not None else ""
        asked = f": {one.type}" if one.type else ""
        how = f"a parameter of {one.owner}()" if one.kind == "parameter" else "read"
        lines.append(f"  declared   {key.rpartition('.')[2]}{asked}{default}, {how} at {one.place}")
        if one.help:
            lines.append(f"             {one.help}")
    return lines


def values_of(known: Catalog, key: str) -> list[str]:
    """Return the values that a key can have, where they can be counted."""
    for one in known.by_key.get(key, ()):
        asked = asked_of(one.wanted, one.like)
        if asked is bool:
            return ["true", "false"]
        choices = choices_of(asked)
        if choices:
            return choices
    return []
