"""Classes with a constructor generated from their fields: dataclasses, attrs, named tuples, pydantic."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from .imports import full_name
from .values import Class

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .environment import Environment

__all__ = [
    "WrittenParameter",
    "fields_of",
    "has_generated",
    "has_unknown_base",
    "init_var_type",
    "lineage",
]

DATACLASSES = ("dataclasses.dataclass", "pydantic.dataclasses.dataclass")
ATTRS = tuple(
    f"{module}.{name}"
    for module in ("attr", "attrs")
    for name in ("s", "attrs", "attributes", "dataclass", "define", "frozen", "mutable")
)
# Base classes that generate a constructor, and the method that they generate.
GENERATING_BASES = {"typing.NamedTuple": "__new__", "pydantic.BaseModel": "__init__"}
BASES_WITHOUT_FIELDS = (*GENERATING_BASES, "abc.ABC", "builtins.object", "typing.Generic", "typing.Protocol")
FIELD_FUNCTIONS = (
    "dataclasses.field",
    "attr.ib",
    "attr.attrib",
    "attr.field",
    "attrs.field",
    "pydantic.Field",
)
NOT_FIELDS = ("typing.ClassVar", "typing_extensions.ClassVar", "dataclasses.KW_ONLY")
EMPTY_CONTAINERS: dict[str, ast.expr] = {
    "builtins.list": ast.List([], ast.Load()),
    "builtins.dict": ast.Dict([], []),
    "builtins.tuple": ast.Tuple([], ast.Load()),
}


class WrittenParameter(NamedTuple):
    """A parameter as it is written in the source.

    Attributes:
        env: the environment that the annotation and the default are evaluated in.
    """

    name: str
    annotation: ast.expr | None
    default: ast.expr | None
    env: Environment


def has_unknown_base(definition: Class) -> bool:
    """Return whether a class has a base of another file, which may have fields."""
    known_bases = {id(base.node) for base in _bases(definition)}
    return len(known_bases) < sum(
        full_name(_without_subscript(base), definition.env) not in BASES_WITHOUT_FIELDS
        for base in definition.node.bases
    )


def has_generated(definition: Class, method: str) -> bool:
    """Return whether a class itself has a constructor `method` that is generated from its fields."""
    generator = _generator(definition)
    return generator is not None and GENERATING_BASES.get(generator, "__init__") == method


def fields_of(definition: Class) -> dict[str, WrittenParameter]:
    """Return the parameters of a generated constructor, by the names of the fields."""
    return _fields(definition, {})


def init_var_type(annotation: ast.expr | None, env: Environment) -> ast.expr | None:
    """Return the type inside an `InitVar[...]`, and any other annotation as it is."""
    if isinstance(annotation, ast.Subscript) and full_name(annotation.value, env) == "dataclasses.InitVar":
        return annotation.slice
    return annotation


def lineage(definition: Class) -> Iterator[Class]:
    """Yield a class and its bases of the same file, each once, roughly in Python's method resolution order."""
    seen: set[ast.AST] = set()
    waiting = [definition]
    while waiting:
        current = waiting.pop()
        if current.node not in seen:
            seen.add(current.node)
            yield current
            waiting.extend(reversed(list(_bases(current))))


def _bases(definition: Class) -> Iterator[Class]:
    """Yield the bases of a class that are of the same file."""
    for base in map(_without_subscript, definition.node.bases):
        if isinstance(base, ast.Name):
            for item in definition.env.lookup(base.id) or ():
                if isinstance(item, Class) and item.node is not definition.node:
                    yield item


def _without_subscript(base: ast.expr) -> ast.expr:
    """Return `Base` for `Base[int]`."""
    return base.value if isinstance(base, ast.Subscript) else base


def _generator(definition: Class) -> str | None:
    """Return the full name of what generates the constructor of a class, or None."""
    own_generator = _own_generator(definition)
    if own_generator is not None:
        return own_generator or None
    is_model = any(_own_generator(base) == "pydantic.BaseModel" for base in lineage(definition))
    return "pydantic.BaseModel" if is_model else None


def _own_generator(definition: Class) -> str | None:
    """Return the generator that a class statement itself names, "" for `init=False`, None if there is none."""
    for decorator in definition.node.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        name = full_name(call.func if call else decorator, definition.env)
        if name in DATACLASSES or name in ATTRS:
            return "" if call and _is_false(_keyword(call, "init")) else name
    names = (full_name(base, definition.env) for base in definition.node.bases)
    return next((name for name in names if name in GENERATING_BASES), None)


def _fields(
    definition: Class, known: dict[ast.AST, dict[str, WrittenParameter]]
) -> dict[str, WrittenParameter]:
    if definition.node in known:
        return known[definition.node]
    # In source code that never ran, a class can be its own base.
    known[definition.node] = {}
    fields: dict[str, WrittenParameter] = {}
    for base in reversed(list(_bases(definition))):
        fields |= _fields(base, known)
    known[definition.node] = fields
    generator = _generator(definition)
    if generator is None:
        return fields
    for statement in definition.node.body:
        field = _field(statement, definition.body_env, generator in ATTRS)
        if field is not None:
            name, parameter = field
            if parameter is None:
                fields.pop(name, None)
            else:
                fields[name] = parameter
    return fields


def _field(statement: ast.stmt, env: Environment, is_attrs: bool) -> tuple[str, WrittenParameter | None] | None:
    """Return the name of the field that a statement declares, and its parameter if the constructor has one."""
    value: ast.expr | None
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        name, annotation, value = statement.target.id, statement.annotation, statement.value
        if _excludes_field(annotation, env):
            return None
    elif is_attrs and isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        name, annotation, value = statement.targets[0].id, None, statement.value
        if not _calls_field_function(value, env):
            return None
    else:
        return None
    parameter = name.lstrip("_") if is_attrs else name
    if not isinstance(value, ast.Call) or not _calls_field_function(value, env):
        return name, WrittenParameter(parameter, annotation, value, env)
    if _is_false(_keyword(value, "init")):
        return name, None
    alias = _keyword(value, "alias")
    if isinstance(alias, ast.Constant) and isinstance(alias.value, str):
        parameter = alias.value
    return name, WrittenParameter(parameter, annotation, _field_default(value, env), env)


def _calls_field_function(node: ast.expr, env: Environment) -> bool:
    return isinstance(node, ast.Call) and full_name(node.func, env) in FIELD_FUNCTIONS


def _excludes_field(annotation: ast.expr, env: Environment) -> bool:
    """Return whether an annotation says that a class variable is not a field."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            annotation = ast.parse(annotation.value.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return full_name(_without_subscript(annotation), env) in NOT_FIELDS


def _field_default(call: ast.Call, env: Environment) -> ast.expr | None:
    """Return the default of a field as an expression: for a factory, a call of it."""
    default = _keyword(call, "default") or (call.args[0] if call.args else None)
    if default is not None:
        is_required = isinstance(default, ast.Constant) and default.value is ...
        return None if is_required else default
    factory = _keyword(call, "default_factory") or _keyword(call, "factory")
    if factory is None:
        return None
    if isinstance(factory, ast.Lambda):
        return factory.body
    return EMPTY_CONTAINERS.get(full_name(factory, env) or "", ast.Call(factory, [], []))


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def _is_false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False
