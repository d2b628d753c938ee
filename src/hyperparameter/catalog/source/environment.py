"""Environments, which give the names of a module, function or class their abstract values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .values import Class, Function, LibraryObject, Reference, Text, join

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .values import AbstractValue, PossibleValue

__all__ = ["Environment", "join_names"]


class Environment:
    """The names of a module, a function body or a class body, by Python's scoping rules."""

    __slots__ = (
        "arguments",
        "attributes",
        "bases",
        "has_unknown_names",
        "is_class",
        "names",
        "outer",
        "owners",
        "qualname",
        "visit_body",
    )

    def __init__(self, outer: Environment | None = None, qualname: str = "", is_class: bool = False) -> None:
        self.outer = outer
        self.qualname = qualname
        self.is_class = is_class
        self.names: dict[str, AbstractValue] = {}
        # The environments that own the names declared `global` or `nonlocal` here.
        self.owners: dict[str, Environment] = {}
        # For a function: the values that its parameters may have, and the function that visits its body.
        self.arguments: dict[str, AbstractValue] = {}
        self.visit_body: Callable[[], None] | None = None
        # For a class: the bases that the file defines, and the attributes that methods assign to `self`.
        self.bases: tuple[Environment, ...] = ()
        self.attributes: dict[str, AbstractValue] = {}
        # For a module: whether a star import can bind any name.
        self.has_unknown_names = False

    def lookup(self, name: str) -> AbstractValue | None:
        """Return the value of a name here, or None if nothing in the file binds it."""
        start = self.owners.get(name, self)
        env: Environment | None = start
        while env is not None:
            # Only the class body itself sees the names of a class, not the functions in it.
            if name in env.names and (env is start or not env.is_class):
                return env.names[name]
            env = env.outer
        return None

    def bind(self, name: str, value: AbstractValue) -> None:
        """Set the value of a name."""
        self.owners.get(name, self).names[name] = value

    def class_attribute(self, name: str) -> AbstractValue:
        """Return the value of an attribute that is looked up on the class itself."""
        followed = (LibraryObject, Reference, Function, Class, Text)
        return _lookup_in([env.names for env in self._lineage()], name, followed)

    def instance_attribute(self, name: str) -> AbstractValue:
        """Return the value of an attribute that is looked up on an instance.

        A text is not followed, because a subclass in another file can override it.
        """
        lineage = list(self._lineage())
        tables = [env.names for env in lineage] + [env.attributes for env in lineage]
        return _lookup_in(tables, name, (LibraryObject, Reference, Function, Class))

    def _lineage(self) -> Iterator[Environment]:
        """Yield the class and all its bases, each once."""
        seen: set[Environment] = set()
        waiting: list[Environment] = [self]
        while waiting:
            env = waiting.pop()
            if env not in seen:
                seen.add(env)
                yield env
                waiting.extend(env.bases)

    def nested_qualname(self, name: str) -> str:
        """Return the qualified name of a function or class that is defined here."""
        if not self.qualname:
            return name
        return f"{self.qualname}.{name}" if self.is_class else f"{self.qualname}.<locals>.{name}"

    def module(self) -> Environment:
        """Return the environment of the module."""
        env = self
        while env.outer is not None:
            env = env.outer
        return env


def join_names(branches: list[dict[str, AbstractValue]]) -> dict[str, AbstractValue]:
    """Return the values of names after several branches, of which the program takes one."""
    names = dict(branches[0])
    for branch in branches[1:]:
        for name, value in branch.items():
            before = names.get(name, value)
            names[name] = value if before is value else join((before, value))
    return names


def _lookup_in(
    tables: list[dict[str, AbstractValue]], name: str, followed: tuple[type[PossibleValue], ...]
) -> AbstractValue:
    """Return the values that a name has in some tables, of the followed types only."""
    values = join(table[name] for table in tables if name in table)
    return tuple(value for value in values if isinstance(value, followed))
