"""What a decorated function or class declares: its namespace, and its parameters."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from ...core.frame import MISSING
from ..declaration import Declaration
from ..docstrings import Doc
from .fields import Asked, fields_of, has_unknown_base, init_var, is_generated, lineage
from .meanings import Def, Env, beneath, source
from .types import literal, valued, wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["declared", "is_static"]


class Signature(NamedTuple):
    """Hold what is known of a function that is called: where it is, what it takes, what is said of it.

    It is not complete where some of what it takes is of another file.
    """

    line: int
    parameters: list[Asked]
    docs: tuple[str | None, ...]
    is_complete: bool = True


def declared(file: str, definition: Def, namespace: str | None) -> Iterator[Declaration]:
    """Yield what a decorated function or class declares under a namespace, None for its own name."""
    node = definition.node
    name = "<lambda>" if isinstance(node, ast.Lambda) else node.name
    key = beneath("", name if namespace is None else namespace)
    if key is None:
        return  # decorating raises
    owner = definition.env.within(name)
    for signature in _signatures(definition):
        place = f"{file}:{signature.line}"
        doc = Doc(*signature.docs)
        if key.strip("*.") and signature.is_complete:  # of a namespace what is not declared is refused
            yield Declaration(key, "namespace", place, owner, help=doc.summary)
        said = _said(doc, signature)
        for asked in signature.parameters:
            yield _parameter(f"{key}.{asked.name}", place, owner, asked, said.get(asked.name, ""))


def _said(doc: Doc, signature: Signature) -> dict[str, str]:
    """Return what is said of each parameter; no docstring is parsed that names none."""
    whole = "\n".join(text for text in signature.docs if text)
    return doc.parameters if any(asked.name in whole for asked in signature.parameters) else {}


def _parameter(key: str, place: str, owner: str, asked: Asked, said: str) -> Declaration:
    default = None if asked.default is None else valued(asked.default, asked.env)[0]
    like = MISSING if asked.default is None else literal(asked.default)
    annotation = init_var(asked.annotation, asked.env)
    if annotation is not None:
        text = _annotation_text(annotation)
    else:
        text = "" if like is MISSING or like is None else type(like).__name__
    return Declaration(
        key,
        "parameter",
        place,
        owner,
        None if default is None else source(default),
        text,
        said,
        wanted(annotation, asked.env),
        like,
        required=default is None,
    )


def _annotation_text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return " ".join(node.value.split())
    return source(node)


def _signatures(definition: Def) -> Iterator[Signature]:
    node = definition.node
    if isinstance(node, ast.ClassDef):
        yield from _constructors(definition)
    elif isinstance(node, ast.Lambda):
        yield Signature(node.lineno, _bound(node.args, False, definition.env), ())
    else:
        is_method = definition.env.is_class and not is_static(node)
        doc = ast.get_docstring(node, clean=False)
        yield Signature(_first_line(node), _bound(node.args, is_method, definition.env), (doc,))


def _constructors(definition: Def) -> Iterator[Signature]:
    """Yield what makes the instances of a class: `__init__` and `__new__`, its own or inherited in the file."""
    classes = list(lineage(definition))
    said = ast.get_docstring(definition.node, clean=False)  # type: ignore[arg-type]
    for name in ("__init__", "__new__"):
        for one in classes:
            function = _method(one.node, name)
            if function is not None:
                doc = ast.get_docstring(function, clean=False)
                parameters = _bound(function.args, True, one.inner)
                yield Signature(_first_line(function), parameters, (said, doc))
            elif is_generated(one, name):
                fields = list(fields_of(one).values())
                is_complete = not any(map(has_unknown_base, classes))
                yield Signature(_first_line(definition.node), fields, (said,), is_complete)
            else:
                continue
            break


def _method(node: ast.AST, name: str) -> ast.FunctionDef | None:
    body: list[ast.stmt] = getattr(node, "body", [])
    found = [one for one in body if isinstance(one, ast.FunctionDef) and one.name == name]
    return found[-1] if found else None


def is_static(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Tell whether a function of a class is a static method."""
    return any(isinstance(one, ast.Name) and one.id == "staticmethod" for one in node.decorator_list)


def _first_line(node: ast.AST) -> int:
    """Return the line that Python takes for the first of a function: that of its first decorator."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(one.lineno for one in decorators)])  # type: ignore[attr-defined]


def _bound(args: ast.arguments, skips_first: bool, env: Env) -> list[Asked]:
    """Return the parameters that a scope can give: all that have a name, or else a default."""
    positional = [*args.posonlyargs, *args.args]
    defaults = [None] * (len(positional) - len(args.defaults)) + args.defaults
    by_position = list(zip(positional, defaults, strict=True))
    unnamed = len(args.posonlyargs)
    found = [
        Asked(one.arg, one.annotation, default, env)
        for index, (one, default) in enumerate(by_position)
        if (index or not skips_first) and (index >= unnamed or default is not None)
    ]
    by_name = zip(args.kwonlyargs, args.kw_defaults, strict=True)
    return found + [Asked(one.arg, one.annotation, default, env) for one, default in by_name]
