"""Write declarations as JSON or Markdown."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from .layout import as_record, as_tree, group_by_namespace, title_and_version, type_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..catalog.declaration import Declaration
    from .layout import TreeNode
    from .targets import ScannedTarget, Target

__all__ = ["as_json", "as_markdown", "dump_json"]

# A plain pipe would end its table cell, even inside code.
ESCAPED_PIPE = r"\|"
COLUMNS = ("key", "type", "default", "help", "declared at")


def dump_json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def as_json(scanned_targets: Sequence[ScannedTarget], as_trees: bool) -> str:
    """Return a list of one object for each key; with `as_trees`, of one nested object for each target."""
    if as_trees:
        return dump_json([_target_record(scanned) for scanned in scanned_targets])
    return dump_json(
        [
            as_record(declaration, scanned.target)
            for scanned in scanned_targets
            for declaration in scanned.catalog.parameters()
        ]
    )


def _target_record(scanned: ScannedTarget) -> dict[str, Any]:
    root = as_tree(scanned.catalog.parameters(), scanned.target.title)
    return _node_record(root, scanned.target)


def _node_record(node: TreeNode, target: Target) -> dict[str, Any]:
    return {
        "name": node.name,
        "declared": None if node.declaration is None else as_record(node.declaration, target),
        "children": [_node_record(child, target) for child in node.children.values()],
    }


# --- Markdown ---


def as_markdown(scanned_targets: Sequence[ScannedTarget], as_trees: bool) -> str:
    """Return a heading for each target, then its tables; with `as_trees`, then a nested list."""
    return "\n".join(line for scanned in scanned_targets for line in _section(scanned, as_trees))


def _section(scanned: ScannedTarget, as_trees: bool) -> Iterator[str]:
    yield f"# {_escape(title_and_version(scanned.target))}\n"
    if as_trees:
        yield "".join(_list_items(as_tree(scanned.catalog.parameters()), 0))
        return
    for namespace, declarations in group_by_namespace(scanned):
        yield f"## {_code(namespace) if namespace else '(no namespace)'}\n"
        yield f"| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}"
        yield from map(_table_row, declarations)
        yield ""


def _table_row(declaration: Declaration) -> str:
    cells = (
        _code(declaration.key),
        _code(type_text(declaration)),
        _default_code(declaration),
        _escape(declaration.help),
        _code(declaration.place),
    )
    return f"| {' | '.join(cell.replace('|', ESCAPED_PIPE) for cell in cells)} |"


def _list_items(node: TreeNode, depth: int) -> Iterator[str]:
    for child in node.children.values():
        details = "" if child.declaration is None else _details(child.declaration)
        yield f"{'    ' * depth}- {_code(child.name)}{details}\n"
        yield from _list_items(child, depth + 1)


def _details(declaration: Declaration) -> str:
    """Return what follows a name in the nested list, such as ": `float` = `0.1` (`train.py:3`) help text"."""
    type_part = f": {_code(type_text(declaration))}" if type_text(declaration) else ""
    default = _default_code(declaration)
    default_part = f" = {default}" if declaration.default is not None else f" {default}" if default else ""
    return f"{type_part}{default_part} ({_code(declaration.place)}) {_escape(declaration.help)}".rstrip()


def _default_code(declaration: Declaration) -> str:
    return declaration.shown_default if declaration.default is None else _code(declaration.default)


def _escape(text: str) -> str:
    """Return text that Markdown shows unchanged."""
    return re.sub(r"([\\`*_{}\[\]<>#~&])", r"\\\1", " ".join(text.split()))


def _code(text: str) -> str:
    """Return text as inline code, fenced by more backticks than the text has in a row."""
    if not text:
        return ""
    text = " ".join(text.split())
    longest_run = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest_run + 1)
    space = " " if text[:1] == "`" or text[-1:] == "`" else ""
    return f"{fence}{space}{text}{space}{fence}"
