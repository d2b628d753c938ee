"""The reference model: what a read returns by the contract, in the simplest code.

It knows nothing of the library. A tree holds what is set, `assign` sets one key of it, and `convert` is the
conversion rule. `Refused` stands for every error.
"""

from __future__ import annotations

import json
from typing import Any

from described_types import REQUIRED, Choice, DictOf, ListOf, Optional, Scalar, Struct, TupleOf, Union

MISSING: Any = REQUIRED


class Refused(Exception):
    """The value does not fit, or a value is missing."""


class Untyped(str):
    """Text from a place without types."""

    __slots__ = ()


class Node:
    """What is set at a key, and below it."""

    def __init__(self, value: Any = MISSING) -> None:
        self.value = value
        self.children: dict[str, Node] = {}
        self.appended: list[Any] = []

    def is_empty(self) -> bool:
        return self.value is MISSING and not self.has_parts()

    def has_parts(self) -> bool:
        return bool(self.children or self.appended)


# --- Setting keys ---


def assign(node: Node, path: tuple[str, ...], value: Any) -> None:
    """Set a key in a scope: a value hides what is set below its key."""
    if path == ("+",):
        node.appended.append(value)
    elif path:
        assign(node.children.setdefault(path[0], Node()), path[1:], value)
    elif isinstance(value, dict):
        for name, item in value.items():
            assign(node, (name,), item)
        if not value and node.is_empty():
            node.value = {}
    else:
        node.__init__(value)  # type: ignore[misc]


def as_node(value: Any) -> Node:
    node = Node()
    assign(node, (), value)
    return node


def overlay(outer: Node, inner: Node) -> Node:
    """Return a node in which parts of another one are set."""
    if (inner.value is not MISSING and inner.value != {}) or outer.is_empty():
        return inner
    result = Node(MISSING if outer.value == {} and inner.has_parts() else outer.value)
    result.children = dict(outer.children)
    for name, child in inner.children.items():
        result.children[name] = overlay(result.children.get(name, Node()), child)
    result.appended = outer.appended + inner.appended
    return result


# --- The conversion rule ---

YES = {"true", "yes", "on", "t", "y", "1"}
NO = {"false", "no", "off", "f", "n", "0"}


def convert(kind: Any, node: Node, base: Any) -> Any:
    """Convert what is set to a type. What is not set comes from the base: the default."""
    if node.is_empty():
        if base is MISSING:
            raise Refused
        return base
    if node.value == {} and node.has_parts():
        # An empty mapping sets nothing.
        node = overlay(Node(), node)
    match kind:
        case Scalar(cls):
            return SCALARS[cls](_own(node))
        case Choice(cls):
            return to_choice(cls, _own(node))
        case Optional(item):
            if means_none(node.value) and not node.has_parts():
                return None
            return convert(item, node, base)
        case Union(members):
            return to_union(members, node)
        case ListOf(item):
            return to_list(item, node, base)
        case TupleOf(item):
            return tuple(to_list(item, node, base))
        case DictOf():
            return to_dict(kind, node, base)
        case Struct():
            return to_struct(kind, node, base)
    raise AssertionError(kind)


def means_none(value: Any) -> bool:
    return value is None or (isinstance(value, Untyped) and value.strip().lower() in ("none", "null"))


def _own(node: Node) -> Any:
    if node.value is MISSING:
        raise Refused
    return node.value


def to_bool(value: Any) -> bool:
    if isinstance(value, str):
        word = value.strip().lower()
        if word in YES or word in NO:
            return word in YES
    elif isinstance(value, bool | int | float) and value in (0, 1):
        return bool(value)
    raise Refused


def to_number(value: Any) -> int | float:
    if isinstance(value, str):
        text = value.strip()
        if text.lower() in ("true", "false"):
            return text.lower() == "true"
        try:
            return int(text)
        except ValueError:
            try:
                return float(text)
            except ValueError:
                raise Refused from None
    if isinstance(value, int | float):
        return value
    raise Refused


def to_int(value: Any) -> int:
    number = to_number(value)
    if number != int(number):
        raise Refused
    return int(number)


def to_float(value: Any) -> float:
    number = to_number(value)
    if isinstance(number, bool):
        raise Refused
    return float(number)


def to_str(value: Any) -> str:
    if isinstance(value, bool | int | float | str):
        return str(value)
    raise Refused


SCALARS: dict[type, Any] = {bool: to_bool, int: to_int, float: to_float, str: to_str}


def to_choice(cls: Any, value: Any) -> Any:
    """Return the member of an enum by itself, its name or its value, or the choice of a `Literal`."""
    if isinstance(cls, type):
        if isinstance(value, cls):
            return value
        for member in cls:  # type: ignore[attr-defined]
            if isinstance(value, str) and value == member.name:
                return member
            if _converts_to(member.value, value):
                return member
    elif isinstance(value, str) and value in cls.__args__:
        return str(value)
    raise Refused


def _converts_to(choice: Any, value: Any) -> bool:
    try:
        return bool(SCALARS[type(choice)](value) == choice)
    except Refused:
        return False


def to_union(members: tuple[Any, ...], node: Node) -> Any:
    if node.has_parts():
        raise AssertionError("the parts of a union's value are not part of the model")
    value = node.value
    if not isinstance(value, Untyped):
        for member in members:
            if isinstance(member, Scalar) and type(value) is member.cls:
                return value
        has_numbers = any(isinstance(member, Scalar) and member.cls is not str for member in members)
        if not isinstance(value, str) and has_numbers:
            members = tuple(member for member in members if member != Scalar(str))
    elif value.lstrip()[:1] in ("[", "{"):
        members = tuple(sorted(members, key=lambda member: isinstance(member, Scalar)))
    for member in members:
        try:
            return convert(member, node, MISSING)
        except Refused:
            continue
    raise Refused


def parsed(value: Any, cls: type) -> Any:
    """Return a list or dict, also from text in JSON."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise Refused from None
    if cls is list and isinstance(value, tuple):
        return list(value)
    if not isinstance(value, cls):
        raise Refused
    return value


def to_list(kind: Any, node: Node, base: Any) -> list[Any]:
    """Convert a list: an index sets an item, and `+` appends one."""
    if node.value is MISSING:
        elements = [(Node(), item) for item in (() if base is MISSING or base is None else base)]
    elif means_none(node.value) and node.has_parts():
        elements = []
    else:
        elements = [(as_node(item), MISSING) for item in parsed(node.value, list)]
    for name, child in node.children.items():
        digits = name.removeprefix("-")
        index = int(name) if digits.isdecimal() else len(elements)
        if not -len(elements) <= index < len(elements):
            raise Refused
        outer, outer_base = elements[index]
        elements[index] = (overlay(outer, child), outer_base)
    elements += [(as_node(item), MISSING) for item in node.appended]
    return [_convert_item(kind, item, item_base) for item, item_base in elements]


def _convert_item(kind: Any, node: Node, base: Any) -> Any:
    if node.value is None and not node.has_parts() and not isinstance(kind, Optional):
        raise Refused
    return convert(kind, node, base)


def _parts(node: Node, base: Any) -> tuple[dict[str, Node], Any]:
    """Return what is set of a mapping by name, and the base of all other parts."""
    if node.appended:
        raise AssertionError("a mapping with + is not part of the model")
    if node.value is MISSING:
        return node.children, base
    if means_none(node.value) and node.has_parts():
        return node.children, MISSING
    outer = as_node(parsed(node.value, dict))
    return overlay(outer, _without_value(node)).children, base


def _without_value(node: Node) -> Node:
    result = Node()
    result.children = node.children
    return result


def to_dict(kind: Any, node: Node, base: Any) -> dict[str, Any]:
    parts, base = _parts(node, base)
    result = {} if base is MISSING or base is None else dict(base)
    for name, child in parts.items():
        result[name] = _convert_item(kind.item, child, result.get(name, MISSING))
    return result


def to_struct(kind: Any, node: Node, base: Any) -> dict[str, Any]:
    parts, base = _parts(node, base)
    if parts.keys() - {field.name for field in kind.fields}:
        raise Refused
    result = {}
    for field in kind.fields:
        field_base = field.default if base is MISSING or base is None else base[field.name]
        result[field.name] = _convert_item(field.type, parts.get(field.name, Node()), field_base)
    return result
