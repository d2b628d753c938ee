"""Visit statements that contain no others: assignments, imports, `global`, `del`, `assert`."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING, Any

from .imports import imported_value
from .values import UNKNOWN, Expression, ImportedName, Reference

if TYPE_CHECKING:
    from .interpreter import Executors, Interpreter
    from .values import AbstractValue

__all__ = ["EXECUTORS"]

# What `from hyperparameter import *` binds, as far as the scanner knows it.
STAR_NAMES = ("scope", "param", "launch", "Scope")


# --- Assignments ---


def _assign(interpreter: Interpreter, node: ast.Assign) -> None:
    for target in node.targets:
        pairs = _matching_pairs(target, node.value)
        if pairs:
            for part, expression in pairs:
                _assign_expression(interpreter, part, expression, interpreter.evaluate(expression))
            return
    value = interpreter.evaluate(node.value)
    for target in node.targets:
        _assign_expression(interpreter, target, node.value, value)


def _matching_pairs(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    """Return the pairs of an assignment such as `a, b = 1, 2`, none for any other assignment."""
    if not isinstance(target, ast.Tuple | ast.List) or not isinstance(value, ast.Tuple | ast.List):
        return []
    is_starred = any(isinstance(part, ast.Starred) for part in target.elts)
    if is_starred or len(target.elts) != len(value.elts):
        return []
    return list(zip(target.elts, value.elts, strict=True))


def _assign_expression(
    interpreter: Interpreter, target: ast.expr, expression: ast.expr, value: AbstractValue
) -> None:
    if not isinstance(target, ast.Name) or interpreter.env.is_class:
        # From here on it is an attribute or an item, so a reference counts as read.
        interpreter.read(expression, value)
        interpreter.hand_on(expression, value)
    elif interpreter.env.outer is None and any(type(item) is Reference for item in value):
        interpreter.module_references[target.id] = expression, value
    interpreter.assign(target, value or (Expression(expression, interpreter.env),))


def _annotated_assignment(interpreter: Interpreter, node: ast.AnnAssign) -> None:
    if node.value is not None:
        _assign_expression(interpreter, node.target, node.value, interpreter.evaluate(node.value))


def _augmented_assignment(interpreter: Interpreter, node: ast.AugAssign) -> None:
    operation = ast.copy_location(ast.BinOp(node.target, node.op, node.value), node.target)
    interpreter.assign(node.target, interpreter.evaluate(operation))


def _type_alias(interpreter: Interpreter, node: Any) -> None:
    interpreter.env.bind(node.name.id, (Expression(node.value, interpreter.env),))


def _delete(interpreter: Interpreter, node: ast.Delete) -> None:
    for target in node.targets:
        interpreter.assign(target, UNKNOWN)


# --- Names of other modules and environments ---


def _import(interpreter: Interpreter, node: ast.Import) -> None:
    for alias in node.names:
        # `import a.b` binds `a`, and `import a.b as c` binds `c` to `a.b`.
        module = alias.name if alias.asname else alias.name.partition(".")[0]
        interpreter.env.bind(alias.asname or module, (ImportedName(module),))


def _import_from(interpreter: Interpreter, node: ast.ImportFrom) -> None:
    module = "." * node.level + (node.module or "")
    for alias in node.names:
        if alias.name != "*":
            value = interpreter.imported(module, alias.name)
            _bind_import(interpreter, node, alias.asname or alias.name, value)
        elif module == "hyperparameter":
            for name in STAR_NAMES:
                interpreter.env.bind(name, imported_value(module, name))
        else:
            interpreter.env.module().has_unknown_names = True
            for name, value in interpreter.imports.all_of(module).items():
                _bind_import(interpreter, node, name, value)


def _bind_import(interpreter: Interpreter, node: ast.ImportFrom, name: str, value: AbstractValue) -> None:
    interpreter.env.bind(name, value)
    if interpreter.env.outer is None and any(type(item) is Reference for item in value):
        interpreter.module_references[name] = node, value


def _global(interpreter: Interpreter, node: ast.Global) -> None:
    interpreter.env.owners |= dict.fromkeys(node.names, interpreter.env.module())


def _nonlocal(interpreter: Interpreter, node: ast.Nonlocal) -> None:
    for name in node.names:
        owner = interpreter.env.outer
        while owner is not None and (owner.is_class or name not in owner.names):
            owner = owner.outer
        interpreter.env.owners[name] = owner or interpreter.env


# --- Expressions ---


def _expression(interpreter: Interpreter, node: ast.Expr) -> None:
    # A reference alone on a line reads nothing.
    interpreter.evaluate(node.value)


def _assert(interpreter: Interpreter, node: ast.Assert) -> None:
    interpreter.test(node.test)
    if node.msg is not None:
        interpreter.use(node.msg)


EXECUTORS: Executors = {
    ast.Assign: _assign,
    ast.AnnAssign: _annotated_assignment,
    ast.AugAssign: _augmented_assignment,
    ast.Delete: _delete,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Global: _global,
    ast.Nonlocal: _nonlocal,
    ast.Expr: _expression,
    ast.Assert: _assert,
}
if sys.version_info >= (3, 12):
    EXECUTORS = {**EXECUTORS, ast.TypeAlias: _type_alias}
