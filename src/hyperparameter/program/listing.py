"""What a program prints about its parameters: the list of all, and the explanation of one."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from ..core.key import parent_of, split_last
from ..core.origin import is_secret, marked_keys
from ..errors import ConfigError, did_you_mean, shown
from .arguments import choices_of, expected_type

if TYPE_CHECKING:
    from ..catalog.catalog import Catalog
    from ..catalog.declaration import Declaration
    from ..configuration.config import Config
    from ..core.origin import Origin
    from ..core.value import Entry

__all__ = ["explain_key", "format_parameters", "possible_values"]

# A longer cell does not widen its column: it only moves the rest of its own line.
WIDEST_COLUMN = 32


def format_parameters(catalog: Catalog) -> str:
    """Return a table of every parameter by namespace: its name, type, default and help."""
    # A key above others, such as one read as a whole subtree, would only repeat what is listed below it.
    leaves = (declaration for declaration in catalog.parameters() if not catalog.is_prefix(declaration.key))
    groups = [
        (namespace, list(map(_parameter_row, declarations)))
        for namespace, declarations in groupby(leaves, key=lambda leaf: parent_of(leaf.key))
    ]
    columns = list(zip(*(row for _, rows in groups for row in rows), strict=True))
    # The last column holds the help texts. It needs no width.
    widths = [min(max(map(len, column)), WIDEST_COLUMN) for column in columns[:-1]] + [0]
    lines = []
    for namespace, rows in groups:
        lines.append(f"  {namespace or '(no namespace)'}")
        for row in rows:
            cells = (text.ljust(width) for text, width in zip(row, widths, strict=True))
            lines.append("  ".join(cells).rstrip())
    return "".join(f"{line}\n" for line in lines)


def _parameter_row(declaration: Declaration) -> tuple[str, str, str, str]:
    name = split_last(declaration.key)[1]
    return f"    {name}", declaration.type, declaration.shown_default, declaration.help


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
