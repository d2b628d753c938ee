"""Names that a file imports."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from .values import ImportedName, LibraryObject

if TYPE_CHECKING:
    from .environment import Environment
    from .values import AbstractValue

__all__ = ["full_name", "imported_value"]


def imported_value(module: str, name: str) -> AbstractValue:
    """Return the value of `name` in a module. Every module of this library counts as the library itself."""
    if module == "hyperparameter" or module.startswith("hyperparameter."):
        for library_object in LibraryObject:
            if library_object.value == f"hp.{name}":
                return (library_object,)
    dot = "" if module.endswith(".") else "."
    return (ImportedName(f"{module}{dot}{name}"),)


def full_name(node: ast.expr, env: Environment) -> str | None:
    """Return the full dotted name of an imported object, such as `dataclasses.field`, or None.

    A name that nothing in the file binds is a builtin, such as `builtins.dict`.
    """
    if isinstance(node, ast.Attribute):
        base = full_name(node.value, env)
        return None if base is None else f"{base}.{node.attr}"
    if not isinstance(node, ast.Name):
        return None
    value = env.lookup(node.id)
    if value is None:
        return f"builtins.{node.id}"
    return next((item.name for item in value if isinstance(item, ImportedName)), None)
