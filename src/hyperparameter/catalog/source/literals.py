"""The values of literals, and the text of expressions."""

from __future__ import annotations

import ast
from typing import Any

from ...core.value import MISSING
from ...errors import shorten

__all__ = ["literal_type", "literal_value", "source_text"]


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


def literal_type(value: Any) -> str:
    """Return the name of the type of a literal's value; "" for None and `MISSING`, which show no type."""
    return "" if value is None or value is MISSING else type(value).__name__


def source_text(node: ast.expr) -> str:
    """Return an expression as text: short, and on one line."""
    try:
        return shorten(ast.unparse(node))
    except (ValueError, RecursionError):
        # Some f-strings cannot be written by `ast.unparse`, and an expression can be nested too deeply for it.
        return "…"
