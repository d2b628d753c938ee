"""The functions and classes that are decorated in this process."""

from __future__ import annotations

# The module `weakref` would import four more modules.
from _weakref import ref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .binding import Binding

__all__ = ["binding_of", "bindings", "bindings_in", "register", "unregister"]

# The bindings by namespace and id. The references are weak, so that a decorated function can be freed.
_references: dict[tuple[str, int], ref[Binding]] = {}


def register(binding: Binding) -> None:
    """Add the binding of a newly decorated function."""
    key = binding.namespace, id(binding)
    _references[key] = ref(binding, lambda _: _references.pop(key, None))


def unregister(binding: Binding) -> None:
    """Remove a binding, before its namespace changes."""
    _references.pop((binding.namespace, id(binding)), None)


def bindings() -> list[Binding]:
    """Return the binding of every decorated function, grouped by namespace."""
    groups: dict[str, list[Binding]] = {}
    for key in _keys():
        groups.setdefault(key[0], []).extend(_bindings_at([key]))
    return [binding for group in groups.values() for binding in group]


def bindings_in(namespace: str) -> list[Binding]:
    """Return the binding of every function that is decorated with this namespace."""
    return _bindings_at([key for key in _keys() if key[0] == namespace])


def _keys() -> list[tuple[str, int]]:
    # Unlike a list of items, a list of keys creates no objects that could start the garbage collector. The
    # collector frees bindings, and with them items of the dict that is read.
    return list(_references)


def _bindings_at(keys: list[tuple[str, int]]) -> list[Binding]:
    references = [_references.get(key) for key in keys]
    return [binding for reference in references if reference and (binding := reference())]


def binding_of(function: Any) -> Binding | None:
    """Return the binding of a decorated function or class; None if it is not decorated.

    A function that wraps a decorated function, as other decorators do, has the binding of the decorated one.
    """
    function = getattr(function, "__func__", function)
    by_decorated = {id(binding.decorated): binding for binding in bindings()}
    while id(function) not in by_decorated and hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return by_decorated.get(id(function))
