"""`hp describe`: print every declaration of a key, or the keys of a namespace."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ..core.key import check_key, is_below, segments_of
from ..errors import KeySyntaxError, did_you_mean
from ..output import escape_unprintable, write
from .documents import dump_json
from .layout import as_record, type_text
from .parser import UsageError
from .targets import find_target, scan_targets
from .terminal import print_lines, print_text
from .text import align_columns, declaration_rows

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Sequence

    from ..catalog.catalog import Catalog
    from ..catalog.declaration import Declaration
    from .terminal import Line

__all__ = ["describe_key"]


def describe_key(arguments: Namespace) -> int:
    """Print the declarations of a key, and the keys below it."""
    (scanned,) = scan_targets([find_target(arguments.path)])
    key, catalog = _checked_key(arguments.key), scanned.catalog
    exact = [declaration for declaration in scanned.declarations if declaration.key == key]
    below = [declaration for declaration in catalog.parameters() if is_below(declaration.key, key)]
    if not exact and not below and catalog.unknown_key_error(key, (None, None)) is None:
        # A pattern such as `task.*.lr`, or a read of a whole subtree, declares the key.
        exact = catalog.declarations_of(key)
    keys: list[str] = []
    if not exact and not below:
        # Several keys can have the same last segment, or the same part.
        keys = _keys_with_part(key, catalog)
        if not keys:
            _report_unknown_key(key, catalog)
            return 1
        exact = [declaration for name in keys for declaration in catalog.by_key[name]]
    if arguments.format == "json":
        print_text(
            dump_json(
                [
                    as_record(declaration, scanned.target)
                    for declaration in (*exact, *below)
                    if declaration.kind != "namespace"
                ]
            )
        )
    else:
        names = list(dict.fromkeys(item.key for item in exact)) if keys else [key]
        lines = [
            line
            for name in names
            for line in _description(name, [item for item in exact if not keys or item.key == name])
        ]
        print_lines([*lines, *_keys_below(below)])
    return 0


def _keys_with_part(text: str, catalog: Catalog) -> list[str]:
    """Return the keys that end with a text; if there are none, those with a segment that contains it."""
    names = sorted(catalog.by_key)
    same_end = [name for name in names if name.endswith(f".{text}")]
    return same_end or [name for name in names if any(text in segment for segment in segments_of(name))]


def _checked_key(text: str) -> str:
    try:
        return check_key(text)
    except KeySyntaxError as error:
        raise UsageError(str(error)) from None


def _report_unknown_key(key: str, catalog: Catalog) -> None:
    message = f"{key!r} is not declared{did_you_mean(catalog.suggestions(key))}"
    write(sys.stderr, f"hp: {escape_unprintable(message)}\n")


def _description(key: str, declarations: Sequence[Declaration]) -> Iterator[Line]:
    if declarations:
        yield [(escape_unprintable(key), "bold yellow")]
    places_of_reads = {declaration.place for declaration in declarations if declaration.kind == "read"}
    for declaration in declarations:
        if declaration.kind == "tree" and declaration.place in places_of_reads:
            # One read without a default declares both a value and a subtree. Describe it once.
            continue
        yield [(f"  {escape_unprintable(_summary(declaration))}", "")]
        if declaration.kind == "namespace":
            continue
        details = {
            "key": declaration.key if declaration.key != key else "",
            "type": type_text(declaration),
            "default": declaration.shown_default,
            "help": declaration.help,
        }
        for name, text in details.items():
            if text:
                yield [(f"    {name:8}", "dim"), (escape_unprintable(text), "")]


def _summary(declaration: Declaration) -> str:
    """Return what declares a key and where, such as "parameter of train() at train.py:3"."""
    if declaration.kind in ("parameter", "namespace"):
        text = f"{declaration.kind} of {declaration.owner}()"
    else:
        text = "subtree read" if declaration.kind == "tree" else "read"
        text += f" in {declaration.owner}()" if declaration.owner else ""
    return f"{text} at {declaration.place}"


def _keys_below(declarations: Sequence[Declaration]) -> Iterator[Line]:
    rows = zip(declarations, declaration_rows(declarations), strict=True)
    yield from align_columns([(declaration.key, *details) for declaration, (_, *details) in rows])
