"""How what is declared is arranged, whatever it is written as: records, groups and trees of keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..catalog.declaration import Declaration
    from .targets import Declares, Target

__all__ = ["Node", "default_of", "groups", "heading", "record", "tree", "type_of"]


@dataclass
class Node:
    """Be a part of a key: what is declared of it, and the parts that follow it."""

    name: str
    declared: Declaration | None = None
    inner: dict[str, Node] = field(default_factory=dict)


def record(one: Declaration, target: Target) -> dict[str, Any]:
    """Return what is told of a key in JSON; `docs/tool.md` promises these names."""
    names = ("key", "kind", "type", "default", "required", "help", "place", "owner")
    return {name: getattr(one, name) for name in names} | {"package": target.package}


def heading(target: Target) -> str:
    return f"{target.title} {target.version}" if target.version else target.title


def type_of(one: Declaration) -> str:
    return one.type or ("(all beneath)" if one.kind == "tree" else "")


def default_of(one: Declaration) -> str:
    """Return the default as text, and for what has to be set, that it has."""
    if one.default is not None:
        return one.default
    return "required" if one.required else ""


def groups(found: Declares) -> Iterator[tuple[str, list[Declaration]]]:
    """Yield the namespaces of what is declared, each with one declaration of each of its keys."""
    for namespace, ones in groupby(found.names.listed(), key=lambda one: one.key.rpartition(".")[0]):
        yield namespace, list(ones)


def tree(declared: Iterable[Declaration], name: str = "") -> Node:
    """Return keys as a tree, its root called `name`."""
    root = Node(name)
    for one in declared:
        node = root
        for segment in one.key.split("."):
            node = node.inner.setdefault(segment, Node(segment))
        node.declared = one
    return root
