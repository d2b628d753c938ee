"""Annotations as objects: text in them is evaluated where it was written.

Text is there by `from __future__ import annotations`, or in quotes, also within `list["Model"]`. It
can name what the function's module, closure or class has, and what stood around it when it was decorated.
"""

from __future__ import annotations

import sys

from .builtin_types import Misfit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from inspect import Signature
    from types import FrameType
    from typing import Any

__all__ = ["Unresolved", "names_around", "names_of_module", "resolve", "signature_of"]


class Unresolved:
    """Stand for an annotation that cannot be evaluated, such as one of names that type checkers alone import.

    What is asked for is not known, so nothing can be converted: what is text is refused, and so
    are keys, which would have to become some object. Any other value is taken as it is.
    """

    def __init__(self, text: str, fault: Exception) -> None:
        self.text = text
        self.fault = fault

    def __repr__(self) -> str:
        return self.text

    def take(self, value: Any, beneath: bool) -> Any:
        if beneath or isinstance(value, str):
            raise Misfit(self, f"the annotation cannot be resolved: {self.fault}")
        return value


def signature_of(function: Any) -> Signature:
    """Return the signature of a function, its annotations not yet evaluated where they cannot be."""
    import inspect

    if sys.version_info >= (3, 14):
        from annotationlib import Format

        return inspect.signature(function, annotation_format=Format.FORWARDREF)
    return inspect.signature(function)


def names_around(function: Any, frame: FrameType) -> dict[str, Any]:
    """Return what the text in a function's annotations names in the frame that decorates it.

    The variables of a function or class body are gone when the annotations are needed, so what is named is
    kept, and nothing else. A class body sees what is around it too.
    """
    wanted = _wanted(function)
    found: dict[str, Any] = {}
    inner: FrameType | None = frame
    while wanted and inner is not None and inner.f_locals is not inner.f_globals:
        found = {name: inner.f_locals[name] for name in wanted if name in inner.f_locals} | found
        inner = None if inner.f_code.co_flags & 1 else inner.f_back  # inspect.CO_OPTIMIZED: a function's
    return found


def names_of_module(function: Any) -> dict[str, Any]:
    """Return what the text in a function's annotations names in its module."""
    names = getattr(function, "__globals__", {})
    return {name: names[name] for name in _wanted(function) if name in names}


def _wanted(function: Any) -> set[str]:
    annotations = _annotations_of(function).values()
    return {name for annotation in annotations for text in _texts(annotation) for name in _names_in(text)}


def resolve(annotation: Any, name: str, function: Any, cls: Any, around: Mapping[str, Any]) -> Any:
    """Return the annotation of the parameter `name` with all text in it evaluated, else `Unresolved`."""
    if not any(True for _ in _texts(annotation)):
        return annotation
    from typing import get_type_hints

    def holder() -> None: ...

    holder.__annotations__ = {"it": annotation}
    names, inner = _names(annotation, name, function, cls)
    try:
        return get_type_hints(holder, names, {**inner, **around}, include_extras=True)["it"]
    except Exception as error:  # whatever evaluating the program's own text may raise
        text = annotation if isinstance(annotation, str) else repr(annotation).replace("typing.", "")
        return Unresolved(text, error)


def _names(annotation: Any, name: str, function: Any, cls: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what text can name: what modules have, and what functions and classes have."""
    from functools import partial
    from inspect import unwrap

    while isinstance(function, partial):
        function = function.func
    function = unwrap(function)
    names = getattr(function, "__globals__", {})
    inner = {kind.__name__: kind for kind in getattr(function, "__type_params__", ())} | _closure_of(function)
    if cls is None:
        return names, _class_of(function, names) | inner
    # a field's annotation is its own class's, which may be of another module than the constructor
    owners = [base for base in cls.__mro__ if _annotations_of(base).get(name) == annotation]
    names = {**_module_of(cls), **names}
    own: dict[str, Any] = {}
    if owners:
        names |= _module_of(owners[0])
        fields = _annotations_of(owners[0])  # whose defaults are no types
        own = {key: value for key, value in vars(owners[0]).items() if key not in fields}
    return names, {**own, cls.__name__: cls, **inner}


def _class_of(function: Any, names: dict[str, Any]) -> dict[str, Any]:
    """Return what the class of a method has, where the class can be found by its name."""
    *path, _ = getattr(function, "__qualname__", "").split(".")
    owner: Any = None
    for name in path:
        owner = names.get(name) if owner is None else vars(owner).get(name)
        if not isinstance(owner, type):
            return {}
    return {} if owner is None else dict(vars(owner))


def _module_of(cls: type) -> dict[str, Any]:
    return getattr(sys.modules.get(cls.__module__), "__dict__", {})


def _closure_of(function: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if not getattr(function, "__closure__", None):
        return found
    for name, cell in zip(function.__code__.co_freevars, function.__closure__, strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not assigned yet
            continue
    return found


def _annotations_of(target: Any) -> dict[str, Any]:
    """Return the annotations of a function, or a class's own, as they are written."""
    if sys.version_info >= (3, 14):
        from annotationlib import Format, get_annotations

        try:
            return get_annotations(target, format=Format.FORWARDREF)
        except TypeError:  # an object that is called by its class's `__call__`
            return {}
    if isinstance(target, type):
        return vars(target).get("__annotations__", {})  # asked for itself, it would give those of a base
    return getattr(target, "__annotations__", {})


def _texts(annotation: Any) -> Iterator[str]:
    """Yield what in an annotation is text to be evaluated."""
    if isinstance(annotation, str):
        yield annotation
    elif hasattr(annotation, "__forward_arg__"):
        yield annotation.__forward_arg__
    elif type(annotation).__name__ != "_LiteralGenericAlias":
        for argument in getattr(annotation, "__args__", ()):
            yield from _texts(argument)


def _names_in(text: str) -> tuple[str, ...]:
    try:
        return compile(text, "<annotation>", "eval").co_names
    except (SyntaxError, ValueError):
        return ()
