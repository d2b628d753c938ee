"""Evaluate expressions: names, attributes, items, operators and f-strings."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ...core.key import join as join_key
from .defaults import READ
from .texts import concatenate, format_percent
from .values import (
    HOLE,
    LONGEST_TEXT,
    UNKNOWN,
    Class,
    ImportedName,
    Instance,
    LibraryObject,
    Reference,
    ScopeMethod,
    Text,
    child_key,
    join,
    limit_values,
)

if TYPE_CHECKING:
    from .interpreter import Evaluators, Interpreter
    from .values import AbstractValue, PossibleValue

__all__ = ["EVALUATORS", "index_texts", "item_of"]

# Names that are methods, not keys, on an entered scope and on `hp.scope`.
ENTERED_SCOPE_METHODS = frozenset(("clear", "get", "items", "keys", "update", "values"))
SCOPE_METHODS = frozenset(("current", "empty", "frozen", "init"))
# Attributes of a configuration that read no value.
MAPPING_ATTRIBUTES = frozenset(("history", "referred", "where"))


def item_of(
    interpreter: Interpreter, node: ast.expr, base: AbstractValue, texts: list[str], *, required: bool = True
) -> AbstractValue:
    """Return the references that `base[text]` can be."""
    references: list[PossibleValue] = []
    for item in base:
        if item in (LibraryObject.SCOPE, LibraryObject.ENTERED_SCOPE) or isinstance(item, Reference):
            prefix = item.key if isinstance(item, Reference) else ""
            keys = (child_key(prefix, text) for text in texts)
            children = tuple(Reference(key) for key in keys if key is not None)
            if item is LibraryObject.ENTERED_SCOPE:
                # An item of an entered scope is the value itself, so this is a read.
                interpreter.read(node, children, required=required)
            else:
                references.extend(children)
    return limit_values(references)


def index_texts(interpreter: Interpreter, node: ast.expr) -> list[str]:
    """Return the texts that an index can be, none if it is not a key."""
    value = interpreter.use(node)
    if isinstance(node, ast.Constant) and not isinstance(node.value, str):
        return [str(node.value)] if type(node.value) is int else []
    return [item.text for item in value if type(item) is Text] or [HOLE]


def _name(interpreter: Interpreter, node: ast.Name) -> AbstractValue:
    interpreter.loaded_names.add(node.id)
    return interpreter.env.lookup(node.id) or UNKNOWN


def _constant(_: Interpreter, node: ast.Constant) -> AbstractValue:
    value = node.value
    if type(value) is str and len(value) <= LONGEST_TEXT and HOLE not in value:
        return (Text(value),)
    return UNKNOWN


# Attributes of a module or object that are texts, and do not lead to any key.
_TEXT_ATTRIBUTES = {
    "__doc__",
    "__file__",
    "__module__",
    "__name__",
    "__package__",
    "__qualname__",
    "__version__",
}


def _attribute(interpreter: Interpreter, node: ast.Attribute) -> AbstractValue:
    base = interpreter.evaluate(node.value)
    if (
        node.attr[:2] == "__"
        and node.attr[-2:] == "__"
        and node.attr not in _TEXT_ATTRIBUTES
        and not any(isinstance(item, Instance) for item in base)
    ):
        # Python's own attributes are not keys, but they can lead to any key.
        interpreter.hand_on(node.value, base)
    if LibraryObject.MAPPING in base and node.attr not in MAPPING_ATTRIBUTES:
        interpreter.unfollowed.add(node.lineno)
    value = tuple(item for possible in base for item in _attribute_of(interpreter, possible, node.attr))
    if base and not value:
        interpreter.unknown_attributes.add(node.attr)
    return value


def _attribute_of(interpreter: Interpreter, item: PossibleValue, name: str) -> AbstractValue:
    if isinstance(item, ImportedName):
        return interpreter.imported(item.name, name)
    if name[:2] == "__" and name[-2:] == "__":
        # Python's own attributes are not keys.
        return UNKNOWN
    match item:
        case Reference():
            return (Reference(join_key(item.key, name)),)
        case LibraryObject.SCOPE:
            return (ScopeMethod(name) if name in SCOPE_METHODS else Reference(name),)
        case LibraryObject.ENTERED_SCOPE:
            return (ScopeMethod(name) if name in ENTERED_SCOPE_METHODS else Reference(name),)
        case Instance():
            return item.class_env.instance_attribute(name)
        case Class():
            return item.body_env.class_attribute(name)
        case Text() if name == "value":
            # The text is the value of an enum's member.
            return (item,)
        case _:
            return UNKNOWN


def _subscript(interpreter: Interpreter, node: ast.Subscript) -> AbstractValue:
    base = interpreter.evaluate(node.value)
    if LibraryObject.MAPPING in base:
        interpreter.unfollowed.add(node.lineno)
    return item_of(interpreter, node, base, index_texts(interpreter, node.slice))


def _binary_operation(interpreter: Interpreter, node: ast.BinOp) -> AbstractValue:
    """Evaluate an operation in a loop: a long chain `a + b + c` nests too deeply for recursion."""
    chain = [node]
    while isinstance(chain[-1].left, ast.BinOp):
        chain.append(chain[-1].left)
    value = interpreter.evaluate(chain[-1].left)
    for operation in reversed(chain):
        value = _apply_operator(interpreter, operation, value)
    return value


def _apply_operator(interpreter: Interpreter, node: ast.BinOp, left: AbstractValue) -> AbstractValue:
    if isinstance(node.op, ast.BitOr) and any(type(item) is Reference for item in left):
        interpreter.read_with_default(node, left, node.right)
        return UNKNOWN
    interpreter.read(node.left, left)
    right = interpreter.use(node.right)
    if isinstance(node.op, ast.Add):
        return concatenate([left, right])
    if (
        isinstance(node.op, ast.Mod)
        and isinstance(node.left, ast.Constant)
        and isinstance(node.left.value, str)
    ):
        return format_percent(node.left.value)
    return UNKNOWN


def _boolean_operation(interpreter: Interpreter, node: ast.BoolOp) -> AbstractValue:
    *tested, last = node.values
    return join([*(interpreter.test(operand) for operand in tested), interpreter.evaluate(last)])


def _conditional(interpreter: Interpreter, node: ast.IfExp) -> AbstractValue:
    interpreter.test(node.test)
    return join([interpreter.evaluate(node.body), interpreter.evaluate(node.orelse)])


def _unary_operation(interpreter: Interpreter, node: ast.UnaryOp) -> AbstractValue:
    if isinstance(node.op, ast.Not):
        interpreter.test(node.operand)
    else:
        interpreter.use(node.operand)
    return UNKNOWN


def _comparison(interpreter: Interpreter, node: ast.Compare) -> AbstractValue:
    """Evaluate a comparison, of which `"a.b" in scope` is a read."""
    left = interpreter.use_here(node.left)
    for operator, right in zip(node.ops, node.comparators, strict=True):
        container = interpreter.use_here(right)
        if isinstance(operator, ast.In | ast.NotIn):
            if LibraryObject.ENTERED_SCOPE in container:
                texts = [item.text for item in left if type(item) is Text] or [HOLE]
                keys = (child_key("", text) for text in texts)
                interpreter.read(node, tuple(Reference(key) for key in keys if key is not None), READ)
            if LibraryObject.MAPPING in container:
                interpreter.unfollowed.add(node.lineno)
    return UNKNOWN


def _assignment_expression(interpreter: Interpreter, node: ast.NamedExpr) -> AbstractValue:
    value = interpreter.evaluate(node.value)
    interpreter.assign(node.target, value)
    return value


def _f_string(interpreter: Interpreter, node: ast.JoinedStr) -> AbstractValue:
    parts: list[AbstractValue] = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            value = interpreter.use(part.value)
            if part.format_spec is not None:
                interpreter.use(part.format_spec)
            is_plain = part.format_spec is None and part.conversion == -1
            parts.append(value if is_plain else UNKNOWN)
        else:
            parts.append(interpreter.evaluate(part))
    return concatenate(parts)


EVALUATORS: Evaluators = {
    ast.Name: _name,
    ast.Constant: _constant,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.BinOp: _binary_operation,
    ast.BoolOp: _boolean_operation,
    ast.IfExp: _conditional,
    ast.UnaryOp: _unary_operation,
    ast.Compare: _comparison,
    ast.NamedExpr: _assignment_expression,
    ast.JoinedStr: _f_string,
}
