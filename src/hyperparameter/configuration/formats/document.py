"""A document of a file: what its parser returns. Only a YAML file has several."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Document:
    """The value of a document, and the place where it starts."""

    __slots__ = ("column", "line", "value")

    def __init__(self, value: Any, line: int = 1, column: int = 1) -> None:
        self.value = value
        self.line = line
        self.column = column
