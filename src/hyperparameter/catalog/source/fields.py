"""Classes whose constructor is made from their fields: dataclasses, attrs, named tuples, models."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from .meanings import Def, Env, dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Asked", "base_definitions", "fields_of", "has_unknown_base", "init_var", "is_generated", "lineage"]

DATACLASSES = ("dataclasses.dataclass", "pydantic.dataclasses.dataclass")
ATTRS = tuple(
    f"{module}.{name}"
    for module in ("attr", "attrs")
    for name in ("s", "attrs", "attributes", "dataclass", "define", "frozen", "mutable")
)
BASES = {"typing.NamedTuple": "__new__", "pydantic.BaseModel": "__init__"}  # to what they have made
WITHOUT_FIELDS = (*BASES, "abc.ABC", "builtins.object", "typing.Generic", "typing.Protocol")
SPECIFIERS = ("dataclasses.field", "attr.ib", "attr.attrib", "attr.field", "attrs.field", "pydantic.Field")
EMPTY: dict[str, ast.expr] = {
    "builtins.list": ast.List([], ast.Load()),
    "builtins.dict": ast.Dict([], []),
    "builtins.tuple": ast.Tuple([], ast.Load()),
}


class Asked(NamedTuple):
    """Hold one parameter as it is written, and where its annotation is to be understood."""

    name: str
    annotation: ast.expr | None
    default: ast.expr | None
    env: Env


def base_definitions(definition: Def) -> Iterator[Def]:
    """Yield the bases of a class that are of the same file."""
    for base in getattr(definition.node, "bases", ()):
        named = base.value if isinstance(base, ast.Subscript) else base  # Base[int]
        if isinstance(named, ast.Name):
            found = definition.env.find(named.id) or ()
            classes = [one for one in found if isinstance(one, Def) and isinstance(one.node, ast.ClassDef)]
            yield from (one for one in classes if one.node is not definition.node)


def has_unknown_base(definition: Def) -> bool:
    """Tell whether a class has a base of another file, which may have fields."""
    known = {id(one.node) for one in base_definitions(definition)}
    return len(known) < sum(
        dotted(base.value if isinstance(base, ast.Subscript) else base, definition.env) not in WITHOUT_FIELDS
        for base in getattr(definition.node, "bases", ())
    )


def is_generated(definition: Def, name: str) -> bool:
    """Tell whether a class itself has a constructor `name` made from its fields."""
    made = _made_by(definition)
    return made is not None and BASES.get(made, "__init__") == name


def fields_of(definition: Def) -> dict[str, Asked]:
    """Return the parameters that the fields of a class become, by the names of the fields."""
    return _fields(definition, {})


def init_var(node: ast.expr | None, env: Env) -> ast.expr | None:
    """Return what an `InitVar` is of, and any other annotation as it is."""
    is_one = isinstance(node, ast.Subscript) and dotted(node.value, env) == "dataclasses.InitVar"
    return node.slice if is_one and isinstance(node, ast.Subscript) else node


def lineage(definition: Def) -> Iterator[Def]:
    """Yield a class and its bases of the same file, each once, in about the order that Python looks them up."""
    seen: set[ast.AST] = set()
    waiting = [definition]
    while waiting:
        one = waiting.pop()
        if one.node not in seen:
            seen.add(one.node)
            yield one
            waiting.extend(reversed(list(base_definitions(one))))


def _made_by(definition: Def) -> str | None:
    """Return the full name of what makes the constructor of a class, None for nothing."""
    own = _own_maker(definition)
    if own is not None:
        return own or None
    is_model = any(_own_maker(base) == "pydantic.BaseModel" for base in lineage(definition))
    return "pydantic.BaseModel" if is_model else None


def _own_maker(definition: Def) -> str | None:
    """Return what a class itself names that makes its constructor: None for nothing, "" for what must not."""
    node = definition.node
    if not isinstance(node, ast.ClassDef):
        return None
    for decorator in node.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        name = dotted(call.func if call else decorator, definition.env)
        if name in DATACLASSES or name in ATTRS:
            return "" if call and _is_false(_keyword(call, "init")) else name
    names = (dotted(base, definition.env) for base in node.bases)
    return next((name for name in names if name in BASES), None)


def _fields(definition: Def, known: dict[ast.AST, dict[str, Asked]]) -> dict[str, Asked]:
    if definition.node in known:
        return known[definition.node]
    found: dict[str, Asked] = {}
    known[definition.node] = {}  # as the text has it, a class can be its own base
    for base in reversed(list(base_definitions(definition))):
        found |= _fields(base, known)
    known[definition.node] = found
    made = _made_by(definition)
    if made is None or not isinstance(definition.node, ast.ClassDef):
        return found
    for statement in definition.node.body:
        field = _field(statement, definition.inner, made in ATTRS)
        if field is not None:
            name, asked = field
            found.pop(name, None) if asked is None else found.update({name: asked})
    return found


def _field(statement: ast.stmt, env: Env, of_attrs: bool) -> tuple[str, Asked | None] | None:
    """Return the name of a field and its parameter, if it is one."""
    value: ast.expr | None
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        name, annotation, value = statement.target.id, statement.annotation, statement.value
        if _is_no_field(annotation, env):
            return None
    elif of_attrs and isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        name, annotation, value = statement.targets[0].id, None, statement.value
        if not _is_specifier(value, env):
            return None
    else:
        return None
    given = name.lstrip("_") if of_attrs else name
    if value is None or not isinstance(value, ast.Call) or not _is_specifier(value, env):
        return name, Asked(given, annotation, value, env)
    if _is_false(_keyword(value, "init")):
        return name, None
    alias = _keyword(value, "alias")
    if isinstance(alias, ast.Constant) and isinstance(alias.value, str):
        given = alias.value
    return name, Asked(given, annotation, _default(value, env), env)


def _is_specifier(node: ast.expr, env: Env) -> bool:
    return isinstance(node, ast.Call) and dotted(node.func, env) in SPECIFIERS


def _is_no_field(annotation: ast.expr, env: Env) -> bool:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            annotation = ast.parse(annotation.value.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    named = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return dotted(named, env) in ("typing.ClassVar", "typing_extensions.ClassVar", "dataclasses.KW_ONLY")


def _default(call: ast.Call, env: Env) -> ast.expr | None:
    """Return the default of a field; what a factory makes, where that can be written."""
    default = _keyword(call, "default") or (call.args[0] if call.args else None)
    if default is not None:
        is_required = isinstance(default, ast.Constant) and default.value is ...
        return None if is_required else default
    factory = _keyword(call, "default_factory") or _keyword(call, "factory")
    if factory is None:
        return None
    if isinstance(factory, ast.Lambda):
        return factory.body
    return EMPTY.get(dotted(factory, env) or "", ast.Call(factory, [], []))


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def _is_false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False
