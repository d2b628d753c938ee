"""Expressions as they stand in the source: their value if they are literals, and their text."""

from __future__ import annotations

import ast
from typing import Any

from ...core.value import MISSING
from ...errors import MAX_REPR_LENGTH

__all__ = ["literal_value", "source_text"]


def literal_value(node: ast.expr) -> Any:
    """Return the value of a literal, or `MISSING` for any other expression."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name | ast.Attribute):
        return MISSING
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return MISSING


def source_text(node: ast.expr) -> str:
    """Return an expression as text: short, and on one line."""
    try:
        text = " ".join(ast.unparse(node).split("\n"))
    except (ValueError, RecursionError):
        # Some f-strings cannot be written by `ast.unparse`, and an expression can be nested too deeply for it.
        return "…"
    return text if len(text) <= MAX_REPR_LENGTH else text[: MAX_REPR_LENGTH - 1] + "…"
