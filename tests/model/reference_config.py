"""The reference model of a configuration: how its sources merge."""

from __future__ import annotations

from typing import Any

from reference_model import MISSING, Node, Refused, as_node, overlay, parsed


def assign_in_config(node: Node, path: tuple[str, ...], value: Any) -> None:
    """Set a key of a configuration: tables merge, and a value and a table do not replace each other."""
    if path == ("+",):
        _refuse_scalar(node)
        node.appended.append(value)
    elif path:
        _refuse_scalar(node)
        assign_in_config(node.children.setdefault(path[0], Node()), path[1:], value)
    elif value == {} and node.value is None:
        # An empty mapping sets nothing.
        return
    elif isinstance(value, dict):
        _refuse_scalar(node)
        for name, item in value.items():
            assign_in_config(node, (name,), item)
        if not value and node.is_empty():
            node.value = {}
    elif node.children and not all(_names_item(name) for name in node.children):
        assign_in_config(node, (), _table_in(value))
    elif node.value is MISSING and node.has_parts():
        # All parts are items of a list, so only a list can replace them.
        parsed(value, list)
        node.__init__(value)  # type: ignore[misc]
    elif node.value == {} and isinstance(value, str) and value.lstrip()[:1] == "{":
        assign_in_config(node, (), _table_in(value))
    else:
        node.__init__(value)  # type: ignore[misc]


def check_indices(node: Node) -> None:
    """Refuse a name below a list that is not the index of an item. A configuration checks this at once."""
    if isinstance(node.value, list) or (isinstance(node.value, str) and node.value.lstrip()[:1] == "["):
        elements = [as_node(item) for item in parsed(node.value, list)] if node.has_parts() else []
        for name, child in node.children.items():
            index = int(name) if _names_item(name) else len(elements)
            if not -len(elements) <= index < len(elements):
                raise Refused
            check_indices(overlay(elements[index], child))
    else:
        for child in node.children.values():
            check_indices(child)


def _names_item(name: str) -> bool:
    return name.removeprefix("-").isdecimal()


def _refuse_scalar(node: Node) -> None:
    """Refuse to set a part of a value that has none. None and a JSON object become tables."""
    if node.value is None:
        node.value = MISSING
    value = node.value
    if isinstance(value, str) and value.lstrip()[:1] == "{":
        node.value = MISSING
        assign_in_config(node, (), _table_in(value))
        return
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        parsed(value, (list, dict))  # type: ignore[arg-type]
    elif value is not MISSING and not isinstance(value, list | dict):
        raise Refused


def _table_in(value: Any) -> dict[str, Any]:
    if not isinstance(value, str):
        raise Refused
    table: dict[str, Any] = parsed(value, dict)
    return table
