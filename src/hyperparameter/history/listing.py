"""`hp.tree(prefix)`: what is set in the current view, each value with the place that set it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..core.context import current_frame
from ..core.key import check_key, is_below
from ..core.origin import marked_keys, place_of
from ..errors import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..core.frame import Frame

__all__ = ["Row", "Tree", "tree_of_view"]


class Row(NamedTuple):
    """One key that is set.

    Attributes:
        key: the key.
        text: the value as text, `******` if it is secret.
        where: the place that set it, None if it is unknown.
    """

    key: str
    text: str
    where: str | None

    def __str__(self) -> str:
        return f"{self.key} = {self.text}" + (f"  ({self.where})" if self.where else "")


class Tree:
    """The keys that are set, sorted, one a line. Iterating over it gives the rows."""

    def __init__(self, frame: Frame, prefix: str) -> None:
        items = [
            (key, entry)
            for key, entry in frame.visible_items()
            if not prefix or key == prefix or is_below(key, prefix)
        ]
        marked = marked_keys(items)
        self.rows = tuple(
            Row(key, shown(key, entry[0], marked), place_of(entry[1], key, entry[0])) for key, entry in items
        )

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __str__(self) -> str:
        return "\n".join(map(str, self.rows))

    def __repr__(self) -> str:
        return str(self) if self.rows else "<hp.tree: nothing is set>"

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(repr(self))}</pre>"


def tree_of_view(prefix: str) -> Tree:
    """Return the tree of what is set below a prefix in this context; `""` stands for everything."""
    return Tree(current_frame(), check_key(prefix) if prefix else "")
