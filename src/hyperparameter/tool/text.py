"""What is declared as text: in columns, or as a tree; in colours on a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from .layout import default_of, groups, heading, tree, type_of
from .terminal import clean, console, emit, pad, width_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..catalog.declaration import Declaration
    from .layout import Node
    from .targets import Declares

    Part = tuple[str, str]  # text, and the style that rich gives it
    Line = list[Part]

__all__ = ["columns", "keys", "keys_as_tree", "plain", "rows_of", "show"]

WIDEST = 32  # of a column; what is longer moves the rest of its line alone
LINES = "├└│─"  # that trees are drawn with
STYLES = ("bold", "cyan", "green", "dim", "")


def plain(lines: Iterable[Line]) -> str:
    """Return lines as they are written where there are no colours."""
    return "".join("".join(text for text, _ in line).rstrip() + "\n" for line in lines)


def show(lines: list[Line]) -> None:
    """Write lines to stdout."""
    rich = console(sys.stdout)
    if rich is None:
        emit(_encodable(plain(lines)))
        return
    from rich.text import Text

    for line in lines:
        rich.print(Text.assemble(*line), soft_wrap=True)


def _encodable(text: str) -> str:
    """Return text with a tree drawn so that stdout can write it."""
    try:
        LINES.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return text.translate(str.maketrans(LINES, "|`|-"))
    return text


def columns(rows: Sequence[Sequence[str]], indent: str = "", styles: Sequence[str] = STYLES) -> Iterator[Line]:
    """Yield rows as lines, their columns below each other."""
    cleaned = [[clean(text) for text in row] for row in rows]
    widths = [min(max(map(width_of, column)), WIDEST) for column in zip(*cleaned, strict=True)]
    for row in cleaned:
        cells = [pad(text, width) + "  " if width else "" for text, width in zip(row, widths, strict=True)]
        cells = [*cells[:-1], row[-1]]
        yield [(indent, ""), *zip(cells, styles, strict=False)]


def rows_of(declared: Iterable[Declaration]) -> list[tuple[str, ...]]:
    return [
        (one.key.rpartition(".")[2], type_of(one), default_of(one), one.place, one.help) for one in declared
    ]


def keys(found: Sequence[Declares], titles: bool) -> Iterator[Line]:
    """Yield the keys by namespace: of each its name, type, default, place and help."""
    for number, part in enumerate(found):
        if titles:
            yield from _title(part, number)
        grouped = [(namespace, rows_of(ones)) for namespace, ones in groups(part)]
        lines = list(columns([row for _, rows in grouped for row in rows], "  ")) if grouped else []
        rest = iter(lines)
        for namespace, rows in grouped:
            yield [(clean(namespace) or "(no namespace)", "bold yellow")]
            for _ in rows:
                yield next(rest)


def _title(part: Declares, number: int) -> Iterator[Line]:
    if number:
        yield []
    yield [(f"# {clean(heading(part.target))}", "bold magenta")]
    if not part.declared:
        yield [("nothing", "dim")]


# --- Trees ---


def keys_as_tree(found: Sequence[Declares], titles: bool) -> Iterator[Line]:
    """Yield the keys as a tree, each with type, default, place and help."""
    for number, part in enumerate(found):
        if titles:
            yield from _title(part, number)
        for node in tree(part.names.listed()).inner.values():
            yield _leaf(node, "")
            yield from _beneath(node, "")


def _beneath(node: Node, indent: str) -> Iterator[Line]:
    inner = list(node.inner.values())
    for number, child in enumerate(inner, 1):
        ends = number == len(inner)
        yield _leaf(child, indent + ("└── " if ends else "├── "))
        yield from _beneath(child, indent + ("    " if ends else "│   "))


def _leaf(node: Node, before: str) -> Line:
    line = [(before, "dim"), (clean(node.name), "bold yellow" if node.declared is None else "bold")]
    one = node.declared
    if one is not None:
        asked, default = type_of(one), default_of(one)
        line.append((f": {clean(asked)}" if asked else "", "cyan"))
        line.append((f" = {clean(default)}" if one.default is not None else f" {default}", "green"))
        line.append((f"  {clean(one.place)}", "dim"))
        line.append((f"  {clean(one.help)}" if one.help else "", ""))
    return line
