"""What is declared as JSON, Markdown or a page of HTML."""

from __future__ import annotations

import json
import re
from html import escape
from typing import TYPE_CHECKING, Any

from .layout import default_of, groups, heading, record, tree, type_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..catalog.declaration import Declaration
    from .layout import Node
    from .targets import Declares, Target

__all__ = ["as_html", "as_json", "as_markdown", "dumps"]

PIPE = r"\|"  # in a cell of a table, which a bare one would end
COLUMNS = ("key", "type", "default", "help", "declared at")
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
table { border-collapse: collapse; margin-bottom: 1.5rem; width: 100%; }
th, td { border-bottom: 1px solid #8884; padding: .25rem .75rem .25rem 0; text-align: left; }
td { vertical-align: top; }
code { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
:root { color-scheme: light dark; }
"""


def dumps(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def as_json(found: Sequence[Declares], nested: bool) -> str:
    """Return a list of one object for each key; where nested, of one tree for each package."""
    if nested:
        return dumps([_node(tree(part.names.listed(), part.target.title), part.target) for part in found])
    return dumps([record(one, part.target) for part in found for one in part.names.listed()])


def _node(node: Node, target: Target) -> dict[str, Any]:
    return {
        "name": node.name,
        "declared": None if node.declared is None else record(node.declared, target),
        "children": [_node(child, target) for child in node.inner.values()],
    }


# --- Markdown ---


def as_markdown(found: Sequence[Declares], nested: bool) -> str:
    """Return a heading for each package, and its tables or its nested list."""
    return "\n".join(line for part in found for line in _markdown(part, nested))


def _markdown(part: Declares, nested: bool) -> Iterator[str]:
    yield f"# {_escaped(heading(part.target))}\n"
    if nested:
        yield "".join(_items(tree(part.names.listed()), 0))
        return
    for namespace, ones in groups(part):
        yield f"## {_code(namespace) if namespace else '(no namespace)'}\n"
        yield f"| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}"
        for one in ones:
            default = _code(one.default) if one.default is not None else default_of(one)
            cells = (_code(one.key), _code(type_of(one)), default, _escaped(one.help), _code(one.place))
            yield f"| {' | '.join(cell.replace('|', PIPE) for cell in cells)} |"
        yield ""


def _items(node: Node, depth: int) -> Iterator[str]:
    for child in node.inner.values():
        one = child.declared
        said = ""
        if one is not None:
            asked = f": {_code(type_of(one))}" if type_of(one) else ""
            default = f" = {_code(one.default)}" if one.default is not None else f" {default_of(one)}"
            said = f"{asked}{default.rstrip()} ({_code(one.place)}) {_escaped(one.help)}".rstrip()
        yield f"{'    ' * depth}- {_code(child.name)}{said}\n"
        yield from _items(child, depth + 1)


def _escaped(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return re.sub(r"([\\`*_{}\[\]<>#~&])", r"\\\1", " ".join(text.split()))


def _code(text: str) -> str:
    """Return text as code, in as many backticks as it needs."""
    if not text:
        return ""
    text = " ".join(text.split())
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    space = " " if text[:1] == "`" or text[-1:] == "`" else ""
    return f"{fence}{space}{text}{space}{fence}"


# --- HTML ---


def as_html(found: Sequence[Declares], nested: bool) -> str:
    """Return a page that needs no other file, and runs nothing."""
    title = escape(", ".join(heading(part.target) for part in found) or "parameters")
    body = "".join(line for part in found for line in _sections(part, nested))
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )


def _sections(part: Declares, nested: bool) -> Iterator[str]:
    yield f"<h1>{escape(heading(part.target))}</h1>\n"
    if nested:
        yield from _list(tree(part.names.listed()))
        return
    for namespace, ones in groups(part):
        yield f"<h2>{escape(namespace) or '(no namespace)'}</h2>\n<table>\n"
        yield f"<tr>{''.join(f'<th>{name}</th>' for name in COLUMNS)}</tr>\n"
        yield from map(_row, ones)
        yield "</table>\n"


def _row(one: Declaration) -> str:
    default = _tag(one.default) if one.default is not None else default_of(one)
    cells = (_tag(one.key), _tag(type_of(one)), default, escape(one.help), _tag(one.place))
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>\n"


def _tag(text: str) -> str:
    return f"<code>{escape(text)}</code>" if text else ""


def _list(node: Node) -> Iterator[str]:
    yield "<ul>\n"
    for child in node.inner.values():
        yield f"<li>{_tag(child.name)}"
        one = child.declared
        if one is not None:
            asked = f": {_tag(type_of(one))}" if type_of(one) else ""
            default = f" = {_tag(one.default)}" if one.default is not None else f" {default_of(one)}"
            yield f"{asked}{default.rstrip()} {_tag(one.place)} {escape(one.help)}".rstrip()
        if child.inner:
            yield from _list(child)
        yield "</li>\n"
    yield "</ul>\n"
