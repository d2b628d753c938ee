"""The state of the abstract interpretation of one file, and what every visitor of a syntax node calls."""

from __future__ import annotations

import ast
from itertools import product
from typing import TYPE_CHECKING, Any, TypeAlias

from ...core.value import MISSING
from ..declaration import Declaration
from .defaults import BOTH, READ, enum_default, read_kinds
from .environment import Environment
from .imports import imported_value
from .literals import literal_type, literal_value, source_text
from .values import (
    HOLE,
    UNKNOWN,
    ImportedName,
    Instance,
    LibraryObject,
    Reference,
    child_key,
    join,
    reads_any_key,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .modules import Imports
    from .values import AbstractValue, Class, Function

    Evaluators: TypeAlias = Mapping[type[ast.expr], Callable[["Interpreter", Any], AbstractValue]]
    Executors: TypeAlias = Mapping[type[ast.stmt], Callable[["Interpreter", Any], None]]

__all__ = ["Interpreter"]

# How many function bodies are visited again because a call passes them a scope.
MOST_REVISITS = 1000


class Interpreter:
    """The state of the interpretation of one file.

    Two tables map each type of syntax node to the function that visits it: an evaluator returns the value of
    an expression, and an executor runs a statement. These functions call `evaluate`, `use`, `test` or
    `execute` for the parts of their node.

    Attributes:
        imports: what the file imports from the other files of its program.
        declarations: the reads so far.
        decorated: each decorated function or class and its namespace, None if that is its own name.
        wrapped: the definitions of those that other decorators may have changed before.
        module_references: for each name that the top of the module gives a reference to, the expression or
            the import, and the value.
        loaded_names: every name that the file uses somewhere.
        unknown_attributes: the names of attributes whose value was not known when they were used.
        unfollowed: the lines where the file reads a key that the scanner cannot find out, or hands a scope on
            to code that the scanner does not follow.
        open_namespaces: the namespaces of decorated functions whose parameters are not known, and the lines.
        env: the environment of the node that is being visited.
        line: the line of the statement that is being visited.
    """

    def __init__(self, file: str, imports: Imports, evaluators: Evaluators, executors: Executors) -> None:
        self.file = file
        self.imports = imports
        self.declarations: list[Declaration] = []
        self.decorated: list[tuple[Function | Class, str | None]] = []
        self.wrapped: set[ast.AST] = set()
        self.module_references: dict[str, tuple[ast.expr | ast.stmt, AbstractValue]] = {}
        self.loaded_names: set[str] = set()
        self.unknown_attributes: set[str] = set()
        self.unfollowed: set[int] = set()
        self.open_namespaces: dict[str, int] = {}
        self.env = Environment()
        self.line = 1
        self._evaluators = evaluators
        self._executors = executors
        self._bodies: list[Callable[[], None]] = []
        self._revisits = 0
        self._needs_second_pass = False

    def run(self, module: ast.Module) -> None:
        """Visit the statements of a module, then the bodies of its functions."""
        module_env = self.env
        self.execute(module.body)
        self._visit_bodies()
        if self._needs_second_pass:
            # A method can use an attribute that a later method assigns.
            self._visit_bodies()
        self.env = module_env

    # --- Statements ---

    def execute(self, body: list[ast.stmt]) -> None:
        """Visit statements in their order."""
        for statement in body:
            self.line = statement.lineno
            executor = self._executors.get(type(statement))
            if executor is None:
                self._use_parts(statement)
            else:
                executor(self, statement)

    def defer(self, visit_body: Callable[[], None]) -> None:
        """Visit the body of a function after the module, because it can use names that are bound later."""
        self._bodies.append(visit_body)

    def revisit(self, body_env: Environment) -> None:
        """Visit the body of a function again, because it is called with arguments that were not known."""
        if body_env.visit_body is None:
            return
        if self._revisits < MOST_REVISITS:
            self._revisits += 1
            self._bodies.append(body_env.visit_body)
        else:
            self.unfollowed.add(self.line)

    def _visit_bodies(self) -> None:
        # The list grows while it is iterated over.
        for visit_body in self._bodies:
            visit_body()

    # --- Expressions ---

    def evaluate(self, node: ast.expr) -> AbstractValue:
        """Return the value of an expression. A reference in it is not read yet."""
        evaluator = self._evaluators.get(type(node))
        if evaluator is not None:
            return evaluator(self, node)
        self._use_parts(node)
        return UNKNOWN

    def use(self, node: ast.expr) -> AbstractValue:
        """Return the value of an expression that is not followed further: references in it count as read."""
        value = self.use_here(node)
        self.hand_on(node, value)
        return value

    def use_here(self, node: ast.expr) -> AbstractValue:
        """Return the value of an expression that references are read in, but that hands no scope on."""
        value = self.evaluate(node)
        self.read(node, value)
        return value

    def test(self, node: ast.expr) -> AbstractValue:
        """Return the value of an expression whose truth is tested, which reads one value of a reference."""
        value = self.evaluate(node)
        self.read(node, value, READ)
        return value

    def _use_parts(self, node: ast.AST) -> None:
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.expr):
                self.use(part)
            elif not isinstance(part, ast.expr_context):
                self._use_parts(part)

    # --- Reads ---

    def read(
        self,
        node: ast.expr | ast.stmt,
        value: AbstractValue,
        kinds: tuple[str, ...] = BOTH,
        *,
        required: bool = False,
    ) -> None:
        """Declare that a node reads the references in a value, without a default."""
        for key in self._keys(node, value) if value else ():
            for kind in kinds:
                self.declarations.append(
                    Declaration(key, kind, f"{self.file}:{node.lineno}", self.env.qualname, required=required)
                )

    def read_with_default(self, node: ast.expr, value: AbstractValue, default: ast.expr) -> None:
        """Declare that a node reads the references in a value, with a default."""
        self.use(default)
        keys = self._keys(node, value)
        if not keys:
            return
        kinds = read_kinds(default, self.env)
        written_default, choices = enum_default(default, self.env)
        default_value = literal_value(default)
        if choices is not MISSING and isinstance(default, ast.Attribute):
            type_text = source_text(default.value)
        else:
            type_text = literal_type(default_value)
        default_text = source_text(written_default)
        for key, kind in product(keys, kinds):
            declaration = Declaration(
                key,
                kind,
                f"{self.file}:{node.lineno}",
                self.env.qualname,
                default_text,
                type_text,
                annotation=choices,
                default_value=default_value,
            )
            self.declarations.append(declaration)

    def hand_on(self, node: ast.expr, value: AbstractValue) -> None:
        """Note that a value goes to code that is not followed: through a scope it can read any key."""
        for item in value:
            is_module = isinstance(item, ImportedName) and self.imports.is_exporting_module(item.name)
            if is_module or reads_any_key(item):
                self.unfollowed.add(node.lineno)

    def open_namespace(self, node: ast.expr, namespace: str | None) -> None:
        """Note that functions whose parameters are not known are decorated with a namespace."""
        key = child_key("", namespace or HOLE)
        if key is None or "*" in key:
            self.unfollowed.add(node.lineno)
        else:
            self.open_namespaces[key] = node.lineno

    def _keys(self, node: ast.expr | ast.stmt, value: AbstractValue) -> list[str]:
        """Return the keys of the references in a value, without those whose segments are all unknown."""
        keys = [item.key for item in value if type(item) is Reference]
        known = [key for key in keys if key.strip("*.")]
        if len(known) < len(keys):
            self.unfollowed.add(node.lineno)
        return known

    # --- Imports ---

    def imported(self, module: str, name: str) -> AbstractValue:
        """Return the value of a name that the file imports from a module."""
        return self.imports.value_of(module, name) or imported_value(module, name)

    # --- Assignments ---

    def assign(self, target: ast.expr, value: AbstractValue) -> None:
        """Bind the names of an assignment's target to a value. The names in a tuple are not followed."""
        if isinstance(target, ast.Name):
            self.env.bind(target.id, value)
        elif isinstance(target, ast.Tuple | ast.List):
            for part in target.elts:
                self.assign(part, UNKNOWN)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, UNKNOWN)
        elif isinstance(target, ast.Subscript):
            self.evaluate(target.value)
            self.use(target.slice)
        elif isinstance(target, ast.Attribute):
            self._assign_attribute(self.evaluate(target.value), target.attr, value)

    def _assign_attribute(self, base: AbstractValue, name: str, value: AbstractValue) -> None:
        followed = tuple(item for item in value if isinstance(item, LibraryObject | Reference))
        for item in base if followed else ():
            if isinstance(item, Instance):
                attributes = item.class_env.attributes
                before = attributes.get(name, UNKNOWN)
                attributes[name] = join((before, followed))
                if name in self.unknown_attributes and attributes[name] != before:
                    self._needs_second_pass = True
