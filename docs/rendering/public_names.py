"""A griffe extension that shows each public name in the API reference as users write it.

`hp.scope` and `hp.config` are instances of private classes. The reference shows each of them under its
public name, with the signature of a call, as if the class had that name. Private base classes are left out.
The package has an `overload` of its own at run time, which griffe does not know, so the extension collects
the overloads of a function.
"""

from __future__ import annotations

from typing import Any

import griffe

PUBLIC_MODULES = ("hyperparameter", "hyperparameter.errors", "hyperparameter.testing")


class PublicNames(griffe.Extension):
    """Rewrite the public names of the package after it is loaded."""

    def __init__(self) -> None:
        super().__init__()
        self.overloads: dict[str, list[griffe.Function]] = {}

    def on_function_instance(self, *, func: griffe.Function, **_: Any) -> None:
        if any(str(decorator.value) == "overload" for decorator in func.decorators):
            self.overloads.setdefault(func.path, []).append(func)

    def on_package(self, *, pkg: griffe.Module, **_: Any) -> None:
        modules = [pkg.modules_collection[path] for path in PUBLIC_MODULES]
        for module in modules:
            for name in module.exports or ():
                public = module[name]
                if public.is_attribute and (cls := class_of_instance(public)):
                    cls.bases.clear()
                    # The template of a class shows the signature of `__call__` for such a class.
                    cls.labels.add("instance")
                    module.set_member(name, griffe.Alias(name, cls, parent=module))
                elif public.is_function:
                    function = pkg.modules_collection[public.canonical_path]
                    function.overloads = self.overloads.get(function.path)
                elif public.is_class:
                    public.bases[:] = [base for base in public.bases if is_public(base, modules)]
                    # Users get an instance from a function of the library. They do not construct it.
                    public.members.pop("__init__", None)


def class_of_instance(attribute: griffe.Attribute) -> griffe.Class | None:
    """Return the class of a value such as `scope = ScopeRoot(...)`, None for any other value."""
    if not isinstance(attribute.value, griffe.ExprCall):
        return None
    called = attribute.modules_collection[attribute.value.function.canonical_path]
    return called if called.is_class else None


def is_public(base: str | griffe.Expr, modules: list[griffe.Module]) -> bool:
    """Return whether a base class is a builtin or a public name of the package."""
    path = base if isinstance(base, str) else base.canonical_path
    return "." not in path or any(
        module[name].canonical_path == path for module in modules for name in module.exports or ()
    )
