"""Arrange declarations as records, groups and trees; the output formats share these arrangements."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ..core.key import parent_of, segments_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..catalog.declaration import Declaration
    from .targets import ScannedTarget, Target

__all__ = [
    "TreeNode",
    "as_record",
    "as_tree",
    "group_by_namespace",
    "title_and_version",
    "type_text",
]


@dataclass
class TreeNode:
    """One segment of a key, with the declaration that ends there, if any, and the segments below it."""

    name: str
    declaration: Declaration | None = None
    children: dict[str, TreeNode] = field(default_factory=dict)


def as_record(declaration: Declaration, target: Target) -> dict[str, Any]:
    """Return a declaration as a JSON object; `docs/tool.md` documents its fields."""
    names = ("key", "kind", "type", "default", "required", "help", "place", "owner")
    return {name: getattr(declaration, name) for name in names} | {"package": target.package}


def title_and_version(target: Target) -> str:
    return f"{target.title} {target.version}" if target.version else target.title


def type_text(declaration: Declaration) -> str:
    return declaration.type or ("(subtree)" if declaration.kind == "tree" else "")


def group_by_namespace(scanned: ScannedTarget) -> Iterator[tuple[str, list[Declaration]]]:
    """Yield each namespace with its keys, one declaration for each key."""
    declarations = scanned.catalog.parameters()
    for namespace, group in groupby(declarations, key=lambda declaration: parent_of(declaration.key)):
        yield namespace, list(group)


def as_tree(declarations: Iterable[Declaration], name: str = "") -> TreeNode:
    """Return a tree of keys whose root is called `name`."""
    root = TreeNode(name)
    for declaration in declarations:
        node = root
        for segment in segments_of(declaration.key):
            node = node.children.setdefault(segment, TreeNode(segment))
        node.declaration = declaration
    return root
