"""Evaluate calls: reads, scopes, decorators, and calls that pass a scope to a function of the file."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from .expressions import index_texts, item_of
from .imports import full_name
from .texts import format_text, join_texts
from .values import (
    HOLE,
    UNKNOWN,
    Class,
    Decorator,
    Function,
    ImportedName,
    Instance,
    LibraryObject,
    Reference,
    ScopeMethod,
    Text,
    join,
    reads_any_key,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .interpreter import Evaluators, Interpreter
    from .values import AbstractValue, PossibleValue

__all__ = ["EVALUATORS"]

DECLARING_FUNCTIONS = (LibraryObject.PARAM, LibraryObject.LAUNCH)
# Functions of the library whose results are mappings.
MAPPING_FUNCTIONS = ("hyperparameter.config", "hyperparameter.snapshot")
# Methods of a scope that read no key.
SETTING_METHODS = ("clear", "current", "empty", "frozen", "init", "update")
# Builtins that read nothing of a reference, and those that at most show what is in a scope.
BLIND_BUILTINS = ("callable", "id", "isinstance", "repr", "type")
HARMLESS_BUILTINS = (*BLIND_BUILTINS, "bool", "format", "len", "print", "str")
IMPORTING_FUNCTIONS = ("importlib.import_module", "builtins.__import__")


def _call(interpreter: Interpreter, node: ast.Call) -> AbstractValue:
    callee = interpreter.evaluate(node.func)
    special_result = _special_call(interpreter, node, callee)
    if special_result is not None:
        return special_result
    references = tuple(item for item in callee if type(item) is Reference)
    if references and not node.keywords and len(node.args) < 2:
        if node.args:
            interpreter.read_with_default(node, references, node.args[0])
        else:
            interpreter.read(node, references, required=True)
        return UNKNOWN
    arguments = [interpreter.evaluate(argument) for argument in node.args]
    keywords = {keyword.arg or "**": interpreter.use_here(keyword.value) for keyword in node.keywords}
    _pass_scopes(interpreter, node, callee, arguments, keywords)
    result = join(_result_of(interpreter, node, item, arguments) for item in callee) if callee else UNKNOWN
    is_declaration = any(isinstance(item, Decorator) or item in DECLARING_FUNCTIONS for item in callee)
    if not (is_declaration or _is_builtin(interpreter, node, BLIND_BUILTINS)):
        for argument, value in zip(node.args, arguments, strict=True):
            interpreter.read(argument, value)
    return result


def _result_of(
    interpreter: Interpreter, node: ast.Call, callee: PossibleValue, arguments: list[AbstractValue]
) -> AbstractValue:
    """Return the result of calling one of the values that the callee may be."""
    match callee:
        case LibraryObject.SCOPE:
            return (LibraryObject.ENTERED_SCOPE,)
        case LibraryObject.SCOPE_CLASS:
            return (LibraryObject.ENTERED_SCOPE,)
        case ScopeMethod(name):
            if name not in SETTING_METHODS:
                # It returns all keys, or all values.
                interpreter.unfollowed.add(node.lineno)
            return (LibraryObject.ENTERED_SCOPE,) if name in ("current", "empty", "init") else UNKNOWN
        case ImportedName(name):
            return (LibraryObject.MAPPING,) if name in MAPPING_FUNCTIONS else UNKNOWN
        case Class():
            return (Instance(callee.body_env),)
        case LibraryObject.LAUNCH:
            _launch(interpreter, arguments)
            return UNKNOWN
        case LibraryObject.PARAM:
            return _param(interpreter, node, arguments)
        case Decorator(namespace) if arguments:
            definitions = _definitions(interpreter, node.args[0], arguments[0])
            if not definitions:
                interpreter.open_namespace(node, namespace)
            return _decorate(interpreter, definitions, namespace)
        case _:
            return UNKNOWN


# --- Calls that handle references and texts in their own way ---


def _special_call(interpreter: Interpreter, node: ast.Call, callee: AbstractValue) -> AbstractValue | None:
    """Return the result of a call of some builtins and methods, or None for any other call."""
    arguments = node.args
    if isinstance(node.func, ast.Name) and not callee and not node.keywords:
        if node.func.id == "bool" and len(arguments) == 1:
            interpreter.test(arguments[0])
            return UNKNOWN
        if node.func.id == "getattr" and len(arguments) in (2, 3):
            base = interpreter.evaluate(arguments[0])
            interpreter.hand_on(node, tuple(item for item in base if isinstance(item, ImportedName)))
            attribute = item_of(interpreter, node, base, index_texts(interpreter, arguments[1]))
            return join([attribute, *(interpreter.evaluate(default) for default in arguments[2:])])
    if ScopeMethod("get") in callee and arguments:
        return _get_of_scope(interpreter, node)
    if len(arguments) == 1 and full_name(node.func, interpreter.env) in IMPORTING_FUNCTIONS:
        modules = interpreter.evaluate(arguments[0])
        return tuple(ImportedName(item.text) for item in modules if type(item) is Text)
    if isinstance(node.func, ast.Attribute):
        method = node.func.attr
        if method in ("enter_context", "enter_async_context") and len(arguments) == 1:
            return interpreter.use_here(arguments[0])
        if method in ("format", "join") and isinstance(node.func.value, ast.Constant):
            return _text_method(interpreter, node, method, node.func.value.value)
    return None


def _get_of_scope(interpreter: Interpreter, node: ast.Call) -> AbstractValue:
    """Read the keys that `scope.get(key, default)` can read."""
    keys = index_texts(interpreter, node.args[0])
    # The value is not converted, so the default says nothing about its type.
    item_of(interpreter, node, (LibraryObject.ENTERED_SCOPE,), keys, required=False)
    for default in [*node.args[1:], *(keyword.value for keyword in node.keywords)]:
        interpreter.use(default)
    return UNKNOWN


def _text_method(interpreter: Interpreter, node: ast.Call, method: str, text: object) -> AbstractValue:
    """Return the text that `text.format(...)` or `text.join(...)` returns."""
    for keyword in node.keywords:
        interpreter.use(keyword.value)
    if method == "format":
        return format_text(text, [interpreter.use(argument) for argument in node.args])
    if len(node.args) == 1 and isinstance(node.args[0], ast.List | ast.Tuple):
        return join_texts(text, [interpreter.use(item) for item in node.args[0].elts])
    for argument in node.args:
        interpreter.use(argument)
    return UNKNOWN


# --- Scopes as arguments ---


def _pass_scopes(
    interpreter: Interpreter,
    node: ast.Call,
    callee: AbstractValue,
    arguments: list[AbstractValue],
    keywords: dict[str, AbstractValue],
) -> None:
    """Bind the parameters of the functions called to the scopes that the call passes.

    References need not be passed on, because a reference that is passed to a function counts as read.
    """
    values = [*zip(node.args, arguments, strict=True)]
    values += [(keyword.value, keywords[keyword.arg or "**"]) for keyword in node.keywords]
    if not any(map(_scopes_in, (value for _, value in values))) or _is_harmless(interpreter, node, callee):
        return
    positional = [_scopes_in(value) for value in arguments]
    by_name = {name: _scopes_in(value) for name, value in keywords.items()}
    is_followed = bool(callee) and not any(isinstance(argument, ast.Starred) for argument in node.args)
    for item in callee if is_followed else ():
        functions = list(_functions_called(item))
        passed = [_pass_to_function(interpreter, function, positional, by_name) for function in functions]
        is_followed = is_followed and bool(passed) and all(passed)
    if not is_followed:
        for argument, value in values:
            interpreter.hand_on(argument, value)


def _is_harmless(interpreter: Interpreter, node: ast.Call, callee: AbstractValue) -> bool:
    """Return whether a call reads no key with the scopes that it gets."""
    if not callee:
        return _is_builtin(interpreter, node, HARMLESS_BUILTINS)
    return all(
        isinstance(item, LibraryObject | Decorator)
        or (isinstance(item, ScopeMethod) and item.name in SETTING_METHODS)
        or (isinstance(item, ImportedName) and item.name.startswith("hyperparameter."))
        for item in callee
    )


def _is_builtin(interpreter: Interpreter, node: ast.Call, names: tuple[str, ...]) -> bool:
    """Return whether a call is one of the builtins with these names."""
    module, _, name = (full_name(node.func, interpreter.env) or "").rpartition(".")
    return module == "builtins" and name in names


def _scopes_in(value: AbstractValue) -> AbstractValue:
    return tuple(item for item in value if reads_any_key(item))


def _functions_called(callee: PossibleValue) -> Iterator[Function]:
    """Yield the functions of the file that a call runs; of a class, its `__init__`."""
    if isinstance(callee, Function):
        yield callee
    elif isinstance(callee, Class):
        methods = callee.body_env.instance_attribute("__init__")
        yield from (method for method in methods if isinstance(method, Function))


def _pass_to_function(
    interpreter: Interpreter,
    function: Function,
    positional: list[AbstractValue],
    by_name: dict[str, AbstractValue],
) -> bool:
    """Add scopes to what the parameters of a function may be; visit its body again if they are new.

    Return whether each scope has a parameter.
    """
    parameters = function.body_env.arguments
    names = [argument.arg for argument in (*function.node.args.posonlyargs, *function.node.args.args)]
    if names and any(isinstance(item, Instance) for item in parameters.get(names[0], UNKNOWN)):
        # The call does not pass `self`.
        del names[0]
    has_new_values = False
    values = by_name | dict(zip(names, positional, strict=False))
    for name, scopes in values.items():
        before = parameters.get(name)
        if before is not None and not set(scopes) <= set(before):
            parameters[name] = join((before, scopes))
            has_new_values = True
    if has_new_values:
        interpreter.revisit(function.body_env)
    is_short = not any(positional[len(names) :])
    return is_short and all(name in parameters for name, scopes in values.items() if scopes)


# --- Declarations ---


def _param(interpreter: Interpreter, node: ast.Call, arguments: list[AbstractValue]) -> AbstractValue:
    """Return the result of `hp.param(...)`: a decorator, or the function that it is called with."""
    if not arguments or (isinstance(node.args[0], ast.Constant) and node.args[0].value is None):
        return (Decorator(None),)
    definitions = _definitions(interpreter, node.args[0], arguments[0])
    if definitions:
        return _decorate(interpreter, definitions, None)
    texts = [item.text for item in arguments[0] if type(item) is Text]
    if not texts:
        interpreter.unfollowed.add(node.lineno)
    return tuple(Decorator(text) for text in texts or [HOLE])


def _launch(interpreter: Interpreter, arguments: Iterable[AbstractValue]) -> None:
    """Declare the functions that `hp.launch` decorates, because they have no decorator in the source."""
    decorated = {definition.node for definition, _ in interpreter.decorated}
    for argument in arguments:
        for item in argument:
            if isinstance(item, Function | Class) and item.node not in decorated:
                interpreter.decorated.append((item, None))


def _decorate(
    interpreter: Interpreter, definitions: Iterable[Function | Class], namespace: str | None
) -> AbstractValue:
    definitions = tuple(definitions)
    interpreter.decorated.extend((definition, namespace) for definition in definitions)
    return definitions


def _definitions(
    interpreter: Interpreter, node: ast.expr, value: AbstractValue
) -> tuple[Function | Class, ...]:
    """Return the functions and classes that an argument may be."""
    if isinstance(node, ast.Lambda):
        return (Function(node, interpreter.env, interpreter.env),)
    return tuple(item for item in value if isinstance(item, Function | Class))


EVALUATORS: Evaluators = {ast.Call: _call}
