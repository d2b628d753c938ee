"""Visit definitions of functions and classes; their bodies are visited after the module.

The environment of a body has the parameters, with the values that are known of them: a default that is a
reference, a scope by its annotation, an instance for `self`, and the scopes that calls in the same file
pass.
"""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from .environment import Environment
from .imports import full_name
from .signatures import is_static_method, pair_with_defaults
from .values import (
    UNKNOWN,
    Class,
    Decorator,
    Function,
    Instance,
    LibraryObject,
    Reference,
    reads_any_key,
)

if TYPE_CHECKING:
    from .interpreter import Evaluators, Executors, Interpreter
    from .values import AbstractValue

    FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

__all__ = ["EVALUATORS", "EXECUTORS"]

# The decorators of these modules leave the parameters of a function as they are.
TRUSTED_MODULES = (
    "abc",
    "attr",
    "attrs",
    "builtins",
    "contextlib",
    "dataclasses",
    "functools",
    "hyperparameter",
    "pydantic",
    "torch",
    "typing",
    "typing_extensions",
)


def _function(interpreter: Interpreter, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    decorators = [interpreter.use_here(decorator) for decorator in node.decorator_list]
    env = interpreter.env
    body_env = _defer_body(interpreter, node, env.nested_qualname(node.name))
    positional = [*node.args.posonlyargs, *node.args.args]
    if positional and env.is_class and not is_static_method(node):
        body_env.arguments[positional[0].arg] = (Instance(env),)
    _bind_definition(interpreter, Function(node, env, body_env), node.name, decorators)


def _lambda(interpreter: Interpreter, node: ast.Lambda) -> AbstractValue:
    _defer_body(interpreter, node, interpreter.env.qualname)
    return UNKNOWN


def _class(interpreter: Interpreter, node: ast.ClassDef) -> None:
    decorators = [interpreter.use_here(decorator) for decorator in node.decorator_list]
    bases = [interpreter.use_here(base) for base in node.bases]
    bases += [interpreter.use(keyword.value) for keyword in node.keywords]
    outer = interpreter.env
    body_env = Environment(outer, outer.nested_qualname(node.name), is_class=True)
    body_env.bases = tuple(item.body_env for base in bases for item in base if isinstance(item, Class))
    interpreter.env = body_env
    interpreter.execute(node.body)
    interpreter.env = outer
    _bind_definition(interpreter, Class(node, outer, body_env), node.name, decorators)


def _bind_definition(
    interpreter: Interpreter, definition: Function | Class, name: str, decorators: list[AbstractValue]
) -> None:
    interpreter.env.bind(name, (definition,))
    nodes: list[ast.expr] = getattr(definition.node, "decorator_list", [])
    for number, decorator in enumerate(decorators):
        for item in decorator:
            if item is LibraryObject.PARAM or isinstance(item, Decorator):
                namespace = item.namespace if isinstance(item, Decorator) else None
                interpreter.decorated.append((definition, namespace))
                inner = zip(nodes[number + 1 :], decorators[number + 1 :], strict=True)
                if not all(_keeps_parameters(interpreter, node, value) for node, value in inner):
                    interpreter.wrapped.add(definition.node)


def _keeps_parameters(interpreter: Interpreter, decorator: ast.expr, value: AbstractValue) -> bool:
    """Return whether a decorator is known to leave the parameters of a function as they are."""
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = full_name(function, interpreter.env) or ""
    if name.partition(".")[0] in TRUSTED_MODULES:
        return True
    return bool(value) and all(isinstance(item, Function) and _wraps(item) for item in value)


def _wraps(decorator: Function) -> bool:
    """Return whether a decorator returns the function itself, or a wrapper with its signature."""
    arguments = decorator.node.args.args
    first = arguments[0].arg if arguments else ""
    nodes = list(ast.walk(decorator.node))
    results = [node.value for node in nodes if isinstance(node, ast.Return)]
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    return any(full_name(call.func, decorator.body_env) == "functools.wraps" for call in calls) or (
        bool(results) and all(isinstance(result, ast.Name) and result.id == first for result in results)
    )


def _defer_body(interpreter: Interpreter, node: FunctionNode, qualname: str) -> Environment:
    """Have the body of a function visited later, and return its environment."""
    body_env = Environment(interpreter.env, qualname)
    body_env.arguments = _arguments(interpreter, node.args)
    body_env.visit_body = partial(_visit_body, interpreter, node, body_env)
    interpreter.defer(body_env.visit_body)
    return body_env


def _visit_body(interpreter: Interpreter, node: FunctionNode, body_env: Environment) -> None:
    interpreter.env = body_env
    body_env.names |= body_env.arguments
    if isinstance(node, ast.Lambda):
        interpreter.use(node.body)
    else:
        interpreter.execute(node.body)


def _arguments(interpreter: Interpreter, args: ast.arguments) -> dict[str, AbstractValue]:
    """Return what the parameters of a function may be, by their defaults and annotations."""
    arguments: dict[str, AbstractValue] = {}
    for argument, default in pair_with_defaults(args):
        value = UNKNOWN if default is None else interpreter.evaluate(default)
        arguments[argument.arg] = tuple(
            item for item in value if type(item) is Reference or reads_any_key(item)
        )
        if _is_scope_class(interpreter, argument.annotation):
            arguments[argument.arg] += (LibraryObject.ENTERED_SCOPE,)
    rest = [argument for argument in (args.vararg, args.kwarg) if argument is not None]
    return arguments | {argument.arg: UNKNOWN for argument in rest}


def _is_scope_class(interpreter: Interpreter, annotation: ast.expr | None) -> bool:
    if not isinstance(annotation, ast.Name | ast.Attribute):
        return False
    return LibraryObject.SCOPE_CLASS in interpreter.evaluate(annotation)


EVALUATORS: Evaluators = {ast.Lambda: _lambda}
EXECUTORS: Executors = {
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
}
