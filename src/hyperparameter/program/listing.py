"""What a program prints about its parameters: the list of all, and the explanation of one."""

from __future__ import annotations

import textwrap
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ..core.context import current_frame
from ..core.key import is_below, parent_of, split_last
from ..core.origin import is_secret, marked_keys
from ..core.value import MISSING
from ..errors import ConfigError, ParamError, did_you_mean, plain_default, shown
from ..functions.registry import bindings
from ..scopes.scope import EmptyScope
from .arguments import choices_of, expected_type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..catalog.catalog import Catalog
    from ..catalog.declaration import Declaration
    from ..configuration.config import Config
    from ..core.origin import Origin
    from ..core.value import Entry

__all__ = ["explain_key", "format_parameters", "possible_values", "values_in_use"]

# A longer cell does not widen its column: it only moves the rest of its own line.
WIDEST_COLUMN = 32
# The table has at most this many columns of text, and at least this many for the help.
WIDEST_LINE = 100
NARROWEST_HELP = 30


def values_in_use(entries: Mapping[str, Entry], config: Config) -> dict[str, tuple[str, str]]:
    """Return the value that a run uses for each key that is set, as text, and the place that sets it."""
    marked = config.__marked__()
    values = {key: entry[0] for key, entry in entries.items()}
    places = {key: config.where(key) or "" for key in values}
    with EmptyScope(dict(entries)):
        frame = current_frame()
    for binding in bindings():
        for parameter in binding.parameters.settable if frame.segments_below(binding.namespace) else ():
            keys = [key for key in entries if key == parameter.key or is_below(key, parameter.key)]
            try:
                value = parameter.value_in(frame) if keys else MISSING
            except ParamError:
                # A run reports the error.
                continue
            if value is not MISSING:
                values[parameter.key] = plain_default(value)
                places.setdefault(parameter.key, config.where(keys[0]) or "")
    return {key: (shown(key, value, marked), places[key]) for key, value in values.items()}


def format_parameters(catalog: Catalog, values: Mapping[str, tuple[str, str]]) -> str:
    """Return a table of every parameter by namespace: its name, type, default and help.

    A value that is set is shown instead of the default, with its place.
    """
    # A key above others, such as one read as a whole subtree, would only repeat what is listed below it.
    leaves = (declaration for declaration in catalog.parameters() if not catalog.is_prefix(declaration.key))
    groups = [
        (namespace, [_parameter_row(declaration, values) for declaration in declarations])
        for namespace, declarations in groupby(leaves, key=lambda leaf: parent_of(leaf.key))
    ]
    columns = list(zip(*(row for _, rows in groups for row in rows), strict=True))
    # The last column holds the help texts. It needs no width.
    widths = [min(max(map(len, column)), WIDEST_COLUMN) for column in columns[:-1]]
    lines = []
    for namespace, rows in groups:
        lines.append(f"  {namespace or '(no namespace)'}")
        for row in rows:
            lines += _table_lines(row, widths)
    return "".join(f"{line}\n" for line in lines)


def _table_lines(row: tuple[str, str, str, str], widths: list[int]) -> list[str]:
    """Return the lines of one parameter; a long help text continues on the next ones."""
    *cells, help_text = row
    start = "  ".join(text.ljust(width) for text, width in zip(cells, widths, strict=True))
    indent = min(sum(widths) + 2 * len(widths), WIDEST_LINE - NARROWEST_HELP)
    first, *rest = textwrap.wrap(help_text, WIDEST_LINE - indent) or [""]
    if first and len(start) + 2 + len(first) > WIDEST_LINE:
        first, rest = "", [first, *rest]
    line = f"{start}  {first}".rstrip()
    if len(line) > WIDEST_LINE:
        line = f"{line[: WIDEST_LINE - 1]}…"
    return [line, *(" " * indent + text for text in rest)]


def _parameter_row(
    declaration: Declaration, values: Mapping[str, tuple[str, str]]
) -> tuple[str, str, str, str]:
    name, default = split_last(declaration.key)[1], declaration.shown_default
    help_text = declaration.help
    if declaration.key in values:
        default, place = values[declaration.key]
        help_text = f"{help_text} (from {place})".lstrip()
    return f"    {name}", declaration.type, default, help_text


def explain_key(key: str, catalog: Catalog, config: Config) -> str:
    """Return the value of a key, everything that set it, and its declarations.

    For a key that is only a prefix of others, return this for each key below it. Raises
    `ConfigError` for a key that is neither declared nor set.
    """
    entries = config.__history__(key)
    declarations = catalog.by_key.get(key, [])
    if entries or declarations:
        lines = _value_lines(key, entries, declarations, config)
        for declaration in declarations:
            lines.append(f"  declared as {_declaration_text(declaration)}")
            if declaration.help:
                lines.append(f"    {declaration.help}")
        return "".join(f"{line}\n" for line in lines)
    keys_below = catalog.keys_below(key)
    if not keys_below:
        hint = did_you_mean(catalog.suggestions(key)[:1])
        raise ConfigError(detail=f"{key!r} is not a parameter and is not set{hint}")
    return "\n".join(explain_key(name, catalog, config) for name in sorted(keys_below))


def _value_lines(key: str, entries: list[Entry], declarations: list[Declaration], config: Config) -> list[str]:
    """Return the value of a key and everything that set it; the parts of it that are set on their own, too."""
    lines = []
    if entries:
        *earlier, (value, origin) = entries
        resolved = config.__resolved__(key)
        lines.append(f"{key} = {_shown(key, resolved, origin)}")
        is_reference = type(value) is str and "${" in value and resolved != value
        source = f"{_shown(key, value, origin)}, " if is_reference else ""
        lines.append(f"  {source}{_place(key, value, origin)}")
        lines += [f"  instead of {_value_text(key, *entry)}" for entry in reversed(earlier)]
    elif declarations[0].default is not None:
        lines.append(f"{key} = {declarations[0].default}, the default")
    else:
        lines.append(f"{key} is not set and has no default")
    for name in config.__keys_below__(key):
        lines.append(f"  {name} = {_value_text(name, *config.__history__(name)[-1])}")
    return lines


def _value_text(key: str, value: Any, origin: Origin | None) -> str:
    return f"{_shown(key, value, origin)}, {_place(key, value, origin)}"


def _shown(key: str, value: Any, origin: Origin | None) -> str:
    return shown(key, value, marked_keys([(key, (value, origin))]))


def _place(key: str, value: Any, origin: Origin | None) -> str:
    return str(origin.without_value() if origin is not None and is_secret(key, origin, value) else origin)


def _declaration_text(declaration: Declaration) -> str:
    """Return a declaration as text, such as "lr: float = 0.1, a parameter of train() at train.py:3"."""
    name = split_last(declaration.key)[1]
    type_part = f": {declaration.type}" if declaration.type else ""
    default_part = f" = {declaration.default}" if declaration.default is not None else ""
    kind = f"a parameter of {declaration.owner}()" if declaration.kind == "parameter" else "read"
    return f"{name}{type_part}{default_part}, {kind} at {declaration.place}"


def possible_values(key: str, catalog: Catalog) -> list[str]:
    """Return the texts that a key of a bool, Literal or enum type accepts, for tab completion."""
    for declaration in catalog.by_key.get(key, ()):
        type_ = expected_type(declaration.annotation, declaration.default_value)
        if type_ is bool:
            return ["true", "false"]
        choices = choices_of(type_)
        if choices:
            return choices
    return []
