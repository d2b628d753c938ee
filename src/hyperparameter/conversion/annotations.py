"""Evaluate annotations that are written as text, with the names of the place where they were written.

An annotation is text after `from __future__ import annotations`, or if it is in quotes. A part of it can be
text too, as in `list["Model"]`. The text can name:

- variables of the function's module, of its closure, and of its class
- local variables around the function; they exist only while it is decorated, so `outer_names` returns them
- the type parameters of the function

An annotation is evaluated when it is first needed. It can name a class that is defined after the function.
"""

from __future__ import annotations

import sys

from .misfit import Misfit
from .type_checks import arguments_of, is_literal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from inspect import Signature
    from types import FrameType
    from typing import Any

__all__ = [
    "UnresolvedAnnotation",
    "annotations_of",
    "module_names",
    "outer_names",
    "resolve_annotation",
    "signature_of",
]


class UnresolvedAnnotation:
    """An annotation that cannot be evaluated, such as one with names that only type checkers import.

    Its type is not known. Text and keys below the parameter would have to become an object of that type, so
    they are refused. Any other value is left unchanged.
    """

    def __init__(self, text: str, error: Exception) -> None:
        self.text = text
        self.error = error

    def __repr__(self) -> str:
        return self.text

    def convert(self, value: Any, is_subtree: bool) -> Any:
        """Return a value unchanged, or raise `Misfit`."""
        if is_subtree or isinstance(value, str):
            raise Misfit.of(value, self, f"the annotation cannot be resolved: {self.error}")
        return value


def signature_of(function: Any) -> Signature:
    """Return the signature of a function; annotations that cannot be evaluated yet are left as text.

    A wrapper that passes on `*args` or `**kwargs` has the signature of the function that it wraps. Without
    them, it has its own. A function that has no signature, as some of C, takes any arguments.
    """
    import inspect

    options: dict[str, Any] = {}
    if sys.version_info >= (3, 14):
        from annotationlib import Format

        options["annotation_format"] = Format.FORWARDREF
    try:
        signature = inspect.signature(function, follow_wrapped=False, **options)
        kinds = {parameter.kind for parameter in signature.parameters.values()}
        if not kinds & {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}:
            return signature
    except ValueError:
        # A wrapper written in C, as that of `functools.cache`, has no signature of its own.
        pass
    try:
        return inspect.signature(function, **options)
    except ValueError:
        return inspect.signature(lambda *args, **kwargs: (args, kwargs))


def outer_names(function: Any, frame: FrameType) -> dict[str, Any]:
    """Return the local variables that a function's annotations name, in the frame that decorates it.

    A class body also sees the variables around the class, so the frames around it are searched too.
    """
    names = _names_in_annotations(function)
    values: dict[str, Any] = {}
    current: FrameType | None = frame
    while names and current is not None and current.f_locals is not current.f_globals:
        values = {name: current.f_locals[name] for name in names if name in current.f_locals} | values
        # The flag is `inspect.CO_OPTIMIZED`: the code is a function's, and not a class body's.
        is_function = current.f_code.co_flags & 1
        current = None if is_function else current.f_back
    return values


def module_names(function: Any) -> dict[str, Any]:
    """Return the names of a function's module that its annotations use."""
    module = getattr(function, "__globals__", {})
    return {name: module[name] for name in _names_in_annotations(function) if name in module}


def resolve_annotation(
    annotation: Any, name: str, function: Any, cls: Any, variables: Mapping[str, Any]
) -> Any:
    """Return the annotation of the parameter `name` with all text in it evaluated.

    `variables` are what `outer_names` returned when the function was decorated. Returns an
    `UnresolvedAnnotation` if the text cannot be evaluated.
    """
    if next(_texts_in(annotation), None) is None:
        return annotation
    from typing import get_type_hints

    def holder() -> None: ...

    holder.__annotations__ = {"annotation": annotation}
    global_names, local_names = _names_for(annotation, name, function, cls)
    try:
        hints = get_type_hints(holder, global_names, {**local_names, **variables}, include_extras=True)
        return hints["annotation"]
    # The text is the program's own code, and can raise anything.
    except Exception as error:
        text = annotation if isinstance(annotation, str) else repr(annotation).replace("typing.", "")
        return UnresolvedAnnotation(text, error)


def _names_for(annotation: Any, name: str, function: Any, cls: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the global names that the text can use, and the local names: those of classes and functions."""
    from functools import partial
    from inspect import unwrap

    while isinstance(function, partial):
        function = function.func
    function = unwrap(function)
    module = getattr(function, "__globals__", {})
    type_parameters = {parameter.__name__: parameter for parameter in getattr(function, "__type_params__", ())}
    inner = type_parameters | _closure_of(function)
    if cls is None:
        return module, _names_of_class_around(function, module) | inner
    module = {**_module_of(cls), **module}
    # A class may inherit the field from a class of another module, where the text was written.
    owners = [base for base in cls.__mro__ if annotations_of(base).get(name) == annotation]
    owner_names: dict[str, Any] = {}
    if owners:
        module |= _module_of(owners[0])
        # The default of a field has the field's name, and is not a type.
        fields = annotations_of(owners[0])
        owner_names = {key: value for key, value in vars(owners[0]).items() if key not in fields}
    return module, {**owner_names, cls.__name__: cls, **inner}


def _names_of_class_around(function: Any, module: dict[str, Any]) -> dict[str, Any]:
    """Return the names of a method's class, if the module has the class."""
    *path, _ = getattr(function, "__qualname__", "").split(".")
    cls: Any = None
    for name in path:
        cls = module.get(name) if cls is None else vars(cls).get(name)
        if not isinstance(cls, type):
            return {}
    return {} if cls is None else dict(vars(cls))


def _module_of(cls: type) -> dict[str, Any]:
    return getattr(sys.modules.get(cls.__module__), "__dict__", {})


def _closure_of(function: Any) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if not getattr(function, "__closure__", None):
        return values
    for name, cell in zip(function.__code__.co_freevars, function.__closure__, strict=True):
        try:
            values[name] = cell.cell_contents
        # The variable has no value yet.
        except ValueError:
            continue
    return values


def annotations_of(target: Any) -> dict[str, Any]:
    """Return the annotations of a function, or a class's own without those of its bases, unevaluated."""
    if sys.version_info >= (3, 14):
        from annotationlib import Format, get_annotations

        try:
            return get_annotations(target, format=Format.FORWARDREF)
        # The target is an object that its class makes callable.
        except TypeError:
            return {}
    if isinstance(target, type):
        return vars(target).get("__annotations__", {})
    return getattr(target, "__annotations__", {})


def _names_in_annotations(function: Any) -> set[str]:
    return {
        name
        for annotation in annotations_of(function).values()
        for text in _texts_in(annotation)
        for name in _names_in_text(text)
    }


def _texts_in(annotation: Any) -> Iterator[str]:
    """Yield the texts in an annotation that have to be evaluated."""
    if isinstance(annotation, str):
        yield annotation
    elif hasattr(annotation, "__forward_arg__"):
        yield annotation.__forward_arg__
    elif not is_literal(annotation):
        for argument in arguments_of(annotation):
            yield from _texts_in(argument)


def _names_in_text(text: str) -> tuple[str, ...]:
    try:
        return compile(text, "<annotation>", "eval").co_names
    except (SyntaxError, ValueError):
        return ()
