"""The declarations of a decorated function or class: its namespace and its parameters."""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING, NamedTuple

from ...core.key import join
from ...core.value import MISSING
from ..declaration import Declaration, UnfollowedRead
from ..docstrings import ParsedDocstring
from .annotations import annotation_object
from .defaults import enum_default
from .fields import WrittenParameter, fields_of, has_generated, has_unknown_base, init_var_type, lineage
from .literals import literal_type, literal_value, source_text
from .values import Class, Function, child_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .environment import Environment

__all__ = ["decorated_declarations", "is_static_method", "pair_with_defaults"]


class Signature(NamedTuple):
    """The signature of a function that a call of the decorated object runs.

    Attributes:
        line: where the function is defined.
        docstrings: those of the class and of the function, None for a missing one.
        is_complete: whether all its parameters are known; a base class of another file can add some.
    """

    line: int
    parameters: list[WrittenParameter]
    docstrings: tuple[str | None, ...]
    is_complete: bool = True


def decorated_declarations(
    file: str, definition: Function | Class, namespace: str | None, is_wrapped: bool
) -> Iterator[Declaration | UnfollowedRead]:
    """Yield the declarations of a decorated function or class, under its own name if `namespace` is None.

    If it can have parameters that are not known, yield its namespace as unfollowed. `is_wrapped` says that
    another decorator may have changed its parameters.
    """
    node = definition.node
    name = "<lambda>" if isinstance(node, ast.Lambda) else node.name
    key = child_key("", name if namespace is None else namespace)
    if key is None:
        # When the program runs, the decorator refuses this namespace.
        return
    owner = definition.env.nested_qualname(name)
    for signature in _signatures(definition):
        place = f"{file}:{signature.line}"
        docstring = ParsedDocstring(*signature.docstrings)
        # Below a declared namespace every undeclared key is refused, so all parameters must be known.
        if is_wrapped or not signature.is_complete:
            yield UnfollowedRead("" if "*" in key else key, place)
        elif key.strip("*."):
            yield Declaration(key, "namespace", place, owner, help=docstring.summary)
        helps = _parameter_helps(docstring, signature)
        for parameter in signature.parameters:
            help_text = helps.get(parameter.name, "")
            yield _declaration(join(key, parameter.name), place, owner, parameter, help_text)


def is_static_method(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether a function in a class body is a static method."""
    return any(isinstance(name, ast.Name) and name.id == "staticmethod" for name in node.decorator_list)


def pair_with_defaults(args: ast.arguments) -> list[tuple[ast.arg, ast.expr | None]]:
    """Return all arguments except `*args` and `**kwargs`, each with its default or None."""
    positional = [*args.posonlyargs, *args.args]
    defaults = [None] * (len(positional) - len(args.defaults)) + args.defaults
    return [*zip(positional, defaults, strict=True), *zip(args.kwonlyargs, args.kw_defaults, strict=True)]


def _parameter_helps(docstring: ParsedDocstring, signature: Signature) -> dict[str, str]:
    """Return the help of each parameter. To save time, a docstring that names none of them is not parsed."""
    text = "\n".join(text for text in signature.docstrings if text)
    return docstring.parameters if any(parameter.name in text for parameter in signature.parameters) else {}


def _declaration(key: str, place: str, owner: str, parameter: WrittenParameter, help_text: str) -> Declaration:
    default_text, default_value = None, MISSING
    if parameter.default is not None:
        default_text = source_text(enum_default(parameter.default, parameter.env)[0])
        default_value = literal_value(parameter.default)
    annotation = init_var_type(parameter.annotation, parameter.env)
    type_text = literal_type(default_value) if annotation is None else _annotation_text(annotation)
    expected = annotation_object(annotation, parameter.env)
    if annotation is not None and expected is MISSING:
        # The annotation decides what fits, not the default. It cannot be told, so every value fits.
        default_value = MISSING
    return Declaration(
        key,
        "parameter",
        place,
        owner,
        default_text,
        type_text,
        help_text,
        expected,
        default_value,
        required=parameter.default is None,
    )


def _annotation_text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return " ".join(node.value.split())
    return source_text(_WithoutOptional().visit(copy.deepcopy(node)))


class _WithoutOptional(ast.NodeTransformer):
    """Writes `Optional[X]` as `X | None`, and `Union[X, Y]` as `X | Y`, as the help of a program does."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        self.generic_visit(node)
        name = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
        if name not in ("Optional", "Union"):
            return node
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if name == "Optional":
            parts = [*parts, ast.Constant(None)]
        union = parts[0]
        for part in parts[1:]:
            union = ast.BinOp(union, ast.BitOr(), part)
        return ast.copy_location(union, node)


def _signatures(definition: Function | Class) -> Iterator[Signature]:
    if isinstance(definition, Class):
        yield from _constructors(definition)
        return
    node, env = definition.node, definition.env
    if isinstance(node, ast.Lambda):
        yield Signature(node.lineno, _settable_parameters(node.args, env), ())
    else:
        is_method = env.is_class and not is_static_method(node)
        parameters = _settable_parameters(node.args, env, is_method)
        yield Signature(_first_line(node), parameters, (ast.get_docstring(node, clean=False),))


def _constructors(definition: Class) -> Iterator[Signature]:
    """Yield the signatures of `__init__` and `__new__`: the class's own, or inherited in the same file."""
    classes = list(lineage(definition))
    class_docstring = ast.get_docstring(definition.node, clean=False)
    is_complete = not any(map(has_unknown_base, classes))
    has_constructor = False
    for name in ("__init__", "__new__"):
        for cls in classes:
            function = _method(cls.node, name)
            if function is not None:
                docstrings = class_docstring, ast.get_docstring(function, clean=False)
                parameters = _settable_parameters(function.args, cls.body_env, is_method=True)
                has_constructor = True
                yield Signature(_first_line(function), parameters, docstrings)
                break
            if has_generated(cls, name):
                parameters = list(fields_of(cls).values())
                has_constructor = True
                yield Signature(_first_line(definition.node), parameters, (class_docstring,), is_complete)
                break
    if not has_constructor and not is_complete:
        yield Signature(_first_line(definition.node), [], (class_docstring,), is_complete=False)


def _method(node: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    methods = [item for item in node.body if isinstance(item, ast.FunctionDef) and item.name == name]
    return methods[-1] if methods else None


def _first_line(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    """Return the line that Python reports for a definition: that of its first decorator."""
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _settable_parameters(
    args: ast.arguments, env: Environment, is_method: bool = False
) -> list[WrittenParameter]:
    """Return the parameters that a scope can set: positional-only ones need a default."""
    has_receiver = is_method and bool(args.posonlyargs or args.args)
    first, positional_only = int(has_receiver), len(args.posonlyargs)
    return [
        WrittenParameter(argument.arg, argument.annotation, default, env)
        for index, (argument, default) in enumerate(pair_with_defaults(args))
        if index >= first and (index >= positional_only or default is not None)
    ]
