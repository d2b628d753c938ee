"""The functions and classes that are decorated in this process."""

from __future__ import annotations

from weakref import WeakValueDictionary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .binding import Binding

__all__ = ["binding_of", "bindings", "bindings_in", "register"]

# By namespace, then by id. The values are weak, so that a decorated function is freed like any other.
_bindings: dict[str, WeakValueDictionary[int, Binding]] = {}


def register(binding: Binding) -> None:
    """Add the binding of a newly decorated function."""
    _bindings.setdefault(binding.namespace, WeakValueDictionary())[id(binding)] = binding


def bindings() -> list[Binding]:
    """Return the binding of every decorated function, grouped by namespace."""
    return [binding for namespace in list(_bindings) for binding in bindings_in(namespace)]


def bindings_in(namespace: str) -> list[Binding]:
    """Return the binding of every function that is decorated with this namespace."""
    references = _bindings[namespace].valuerefs() if namespace in _bindings else []
    return [binding for reference in references if (binding := reference()) is not None]


def binding_of(function: Any) -> Binding | None:
    """Return the binding of a decorated function or class; None if it is not decorated.

    A function that wraps a decorated one, as other decorators do, has the binding of that one.
    """
    function = getattr(function, "__func__", function)
    by_decorated = {id(binding.decorated): binding for binding in bindings()}
    while id(function) not in by_decorated and hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return by_decorated.get(id(function))
