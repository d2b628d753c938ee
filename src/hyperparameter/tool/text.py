"""Write declarations as text: in columns, or as a tree of keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.key import split_last
from ..output import escape_unprintable
from .layout import as_tree, group_by_namespace, title_and_version, type_text
from .terminal import pad, width_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..catalog.declaration import Declaration
    from .layout import TreeNode
    from .targets import ScannedTarget
    from .terminal import Line

__all__ = ["align_columns", "declaration_rows", "draw_trees", "list_by_namespace"]

# A longer cell does not widen its column: it only moves the rest of its own line.
WIDEST_COLUMN = 32
COLUMN_STYLES = ("bold", "cyan", "green", "dim", "")


def align_columns(
    rows: Sequence[Sequence[str]], indent: str = "", styles: Sequence[str] = COLUMN_STYLES
) -> Iterator[Line]:
    """Yield one line for each row, with aligned columns."""
    escaped_rows = [[escape_unprintable(text) for text in row] for row in rows]
    columns = zip(*escaped_rows, strict=True)
    widths = [min(max(map(width_of, column)), WIDEST_COLUMN) for column in columns]
    for row in escaped_rows:
        cells = [pad(text, width) + "  " if width else "" for text, width in zip(row, widths, strict=True)]
        cells[-1] = row[-1]
        yield [(indent, ""), *zip(cells, styles, strict=False)]


def declaration_rows(declarations: Iterable[Declaration]) -> list[tuple[str, ...]]:
    """Return a row for each declaration: name, type, default, place and help."""
    return [
        (
            split_last(declaration.key)[1],
            type_text(declaration),
            declaration.shown_default,
            declaration.place,
            declaration.help,
        )
        for declaration in declarations
    ]


def list_by_namespace(scanned_targets: Sequence[ScannedTarget], with_titles: bool) -> Iterator[Line]:
    """Yield each namespace, and below it a line for each of its keys."""
    for number, scanned in enumerate(scanned_targets):
        if with_titles:
            yield from _title(scanned, is_first=number == 0)
        groups = [
            (namespace, declaration_rows(declarations))
            for namespace, declarations in group_by_namespace(scanned)
        ]
        all_rows = [row for _, rows in groups for row in rows]
        lines = align_columns(all_rows, "  ")
        for namespace, rows in groups:
            yield [(escape_unprintable(namespace) or "(no namespace)", "bold yellow")]
            for _ in rows:
                yield next(lines)


def _title(scanned: ScannedTarget, is_first: bool) -> Iterator[Line]:
    if not is_first:
        yield []
    yield [(f"# {escape_unprintable(title_and_version(scanned.target))}", "bold magenta")]
    if not scanned.declarations:
        yield [("no parameters", "dim")]


# --- Trees ---


def draw_trees(scanned_targets: Sequence[ScannedTarget], with_titles: bool) -> Iterator[Line]:
    """Yield a tree of keys for each target; a key has its type, default, place and help beside it."""
    for number, scanned in enumerate(scanned_targets):
        if with_titles:
            yield from _title(scanned, is_first=number == 0)
        for node in as_tree(scanned.catalog.parameters()).children.values():
            yield _node_line(node, "")
            yield from _draw_children(node, "")


def _draw_children(node: TreeNode, indent: str) -> Iterator[Line]:
    children = list(node.children.values())
    for number, child in enumerate(children, 1):
        is_last = number == len(children)
        yield _node_line(child, indent + ("└── " if is_last else "├── "))
        yield from _draw_children(child, indent + ("    " if is_last else "│   "))


def _node_line(node: TreeNode, branch: str) -> Line:
    declaration = node.declaration
    name = escape_unprintable(node.name)
    if declaration is None:
        return [(branch, "dim"), (name, "bold yellow")]
    type_name = escape_unprintable(type_text(declaration))
    default = escape_unprintable(declaration.shown_default)
    equals = " = " if declaration.default is not None else " " if default else ""
    return [
        (branch, "dim"),
        (name, "bold"),
        (f": {type_name}" if type_name else "", "cyan"),
        (equals + default, "green"),
        (f"  {escape_unprintable(declaration.place)}", "dim"),
        (f"  {escape_unprintable(declaration.help)}" if declaration.help else "", ""),
    ]
