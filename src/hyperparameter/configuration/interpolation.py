"""References between values: `${a.b}`, and `${env:NAME,default}` to the environment.

A text is parted into plain text and references, which may hold others. A value is resolved when it is
first asked for; which values are being resolved is known, so that one that needs itself is refused.
"""

from __future__ import annotations

import os

from ..conversion.rule import convert
from ..conversion.scalars import Misfit, is_immutable, is_number
from ..core.key import is_mapping
from ..errors import ConfigError, nearest, where

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, TypeAlias

    from ..core.frame import Entry
    from .merge import Merged

    Part: TypeAlias = "str | Reference"

RESOLVERS = ("env", "oc.env")
MOST_DEEP = 100  # references that need others: Python's own recursion ends far beyond
MOST_INNER = 20  # references that hold others, in one text
MOST_MADE = 1 << 23  # characters that references may make in all; an item of a list or mapping counts as 16
ITEM = 16


class Reference:
    """Hold what is between `${` and `}`, in parts."""

    __slots__ = ("parts",)

    def __init__(self, parts: list[Part]) -> None:
        self.parts = parts


class _Unusable(Exception):  # noqa: N818  # the key that it is about is added
    pass


def parted(text: str) -> list[Part]:
    """Return the parts of a text; `\\${` is the text `${`, and `\\\\` before it one backslash."""
    return _parted(text, 0, 0)[0]


def _parted(text: str, at: int, inner: int) -> tuple[list[Part], int]:
    if inner > MOST_INNER:
        raise _Unusable(f"references in it are within more than {MOST_INNER} others")
    parts: list[Part] = []
    plain = ""
    while at < len(text):
        if inner and text[at] == "}":
            break
        opening = text.find("${", at)
        closing = text.find("}", at) if inner else -1
        if opening < 0 or 0 <= closing < opening:
            end = len(text) if closing < 0 else closing
            plain, at = plain + text[at:end], end
            continue
        slashes = opening - len(text[at:opening].rstrip("\\")) - at
        plain += text[at : opening - slashes] + "\\" * (slashes // 2)
        at = opening + 2
        if slashes % 2:
            plain += "${"
            continue
        held, at = _parted(text, at, inner + 1)
        if at == len(text):
            raise _Unusable("a '${' in it has no '}'")
        at += 1
        parts += [plain, Reference(held)] if plain else [Reference(held)]
        plain = ""
    return ([*parts, plain] if plain else parts), at


def resolve(merged: Merged) -> set[str]:
    """Put the values that references mean in their place; return the keys that are referred to.

    Raises `ConfigError` where one cannot be resolved, or where all of them make too much.
    """
    resolver = _Resolver(merged)
    leaves: dict[str, Entry] = {}
    for key, entry in merged.leaves.items():
        value = resolver.value(key)
        if value is entry[0]:
            leaves[key] = entry
        elif type(value) is dict and value:
            for path, leaf in _flat(key, value):
                leaves[path] = leaf, entry[1]
                merged.given[path] = entry[0]
                if key in merged.earlier:
                    merged.earlier[path] = [*merged.earlier[key], *merged.earlier.get(path, ())]
        else:
            leaves[key] = value, entry[1]
            merged.given[key] = entry[0]
    merged.leaves = leaves
    return resolver.referred


def _flat(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    if type(value) is dict and value:
        for name, item in value.items():
            yield from _flat(f"{key}.{name}", item)
    else:
        yield key, value


class _Resolver:
    def __init__(self, merged: Merged) -> None:
        self.merged = merged
        self.referred: set[str] = set()
        self.done: dict[str, Any] = {}
        self.open: list[str] = []  # the keys whose values are being resolved, each for the one before
        self.made = 0

    def value(self, key: str) -> Any:
        """Return the resolved value of a leaf."""
        if key in self.done:
            return self.done[key]
        value = self.merged.leaves[key][0]
        if key not in self.merged.final and type(value) in (str, list):
            if key in self.open:
                chain = " -> ".join(map(self._with_place, [*self.open[self.open.index(key) :], key]))
                raise self._fault(key, f"it refers to itself: {chain}")
            if len(self.open) >= MOST_DEEP:
                raise self._fault(self.open[0], f"it needs more than {MOST_DEEP} others, each through the next")
            self.open.append(key)
            try:
                value = self._resolved(value)
            except _Unusable as fault:
                raise self._fault(key, str(fault)) from None
            self.open.pop()
        self.done[key] = value
        return value

    def _resolved(self, value: Any) -> Any:
        if type(value) is str:
            return self._text(value) if "${" in value else value
        if type(value) is list:
            items = [self._resolved(item) for item in value]
            return value if all(map(_is, items, value)) else items
        if type(value) is dict:
            made = {name: self._resolved(item) for name, item in value.items()}
            return value if all(map(_is, made.values(), value.values())) else made
        return value

    def _text(self, text: str) -> Any:
        parts = parted(text)
        if len(parts) == 1 and isinstance(parts[0], Reference):
            return self._copy(self._referred(parts[0]))
        return self._joined(parts)

    def _joined(self, parts: list[Part]) -> str:
        texts = [part if isinstance(part, str) else self._as_text(part) for part in parts]
        self._count(sum(map(len, texts)))
        return "".join(texts)

    def _as_text(self, reference: Reference) -> str:
        value = self._referred(reference)
        if (
            not isinstance(value, str | bool)
            and not is_number(value)
            and is_immutable(value)
            and value is not None
        ):
            return str(value)  # a date, a path
        try:
            if value is not None:
                return str(convert(value, str))
        except Misfit:
            pass
        what = "None" if value is None else "a table" if is_mapping(value) else f"a {type(value).__name__}"
        raise _Unusable(f"a reference in the midst of it means {what}, which has no text")

    def _referred(self, reference: Reference) -> Any:
        parts = reference.parts
        head = parts[0] if parts and isinstance(parts[0], str) else ""
        name, colon, _ = head.partition(":")
        if colon:
            name = name.strip()
            if name not in RESOLVERS:
                raise _Unusable(f"{name!r} is no resolver: there are {' and '.join(RESOLVERS)}")
            return self._variable([head.partition(":")[2], *parts[1:]])
        key = self._joined(parts).strip()
        if not key or key.startswith("."):
            raise _Unusable(f"'${{{key}}}' names no key: a key is written in full")
        return self._at(key)

    def _variable(self, parts: list[Part]) -> Any:
        """Return an environment variable's text, else the default after the first comma."""
        for number, part in enumerate(parts):
            if isinstance(part, str) and "," in part:
                before, _, after = part.partition(",")
                name, default = [*parts[:number], before], [after, *parts[number + 1 :]]
                break
        else:
            name, default = parts, None
        variable = self._joined(name).strip()
        if variable in os.environ:
            return os.environ[variable]
        if default is None:
            near = nearest(variable, os.environ)
            hint = f"; nearest: {', '.join(map(repr, near))}" if near else ""
            raise _Unusable(f"the environment variable {variable!r} is not set, and has no default here{hint}")
        default = [part for part in default if not isinstance(part, str) or part.strip()]
        if len(default) == 1 and isinstance(default[0], Reference):
            return None if self._referred(default[0]) is None else self._as_text(default[0])
        text = self._joined(default).strip()
        if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
            return text[1:-1]
        return None if text == "null" else text

    def _at(self, key: str) -> Any:
        """Return the value of a key, be it a leaf, a table, or within what a leaf refers to."""
        leaves = self.merged.leaves
        self.referred.add(key)
        if key in leaves:
            return self.value(key)
        if key in self.merged.tables:
            return self._table(key)
        above, _, name = key.rpartition(".")
        below = [name]
        while above:
            if above in leaves:
                return self._within(above, below, key)
            above, _, name = above.rpartition(".")
            below.insert(0, name)
        raise self._missing(key)

    def _within(self, above: str, names: list[str], key: str) -> Any:
        self.referred.add(above)
        value = self.value(above)
        for name in names:
            if type(value) is not dict or name not in value:
                raise self._missing(key)
            value = value[name]
        return value

    def _table(self, key: str) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for path in [path for path in self.merged.leaves if path.startswith(key + ".")]:
            self.referred.add(path)
            self._count(ITEM)
            table = made
            *above, name = path[len(key) + 1 :].split(".")
            for segment in above:
                table = table.setdefault(segment, {})
            table[name] = self.value(path)
        return made

    def _copy(self, value: Any) -> Any:
        """Return a value as another key's own: lists and dicts are not shared."""
        self._count(len(value) if isinstance(value, str) else ITEM)
        if type(value) is dict:
            return {name: self._copy(item) for name, item in value.items()}
        return [self._copy(item) for item in value] if type(value) is list else value

    def _count(self, size: int) -> None:
        self.made += size
        if self.made > MOST_MADE:
            raise _Unusable(f"references make more than {MOST_MADE:,} characters in all")

    def _missing(self, key: str) -> _Unusable:
        near = nearest(key, [*self.merged.leaves, *self.merged.tables])
        hint = f"; nearest that is set: {', '.join(map(repr, near))}" if near else ""
        return _Unusable(f"there is no {key!r}{hint}")

    def _with_place(self, key: str) -> str:
        place = where(self.merged.leaves[key][1])
        return f"{key} ({place})" if place else key

    def _fault(self, key: str, detail: str) -> ConfigError:
        value, origin = self.merged.leaves[key]
        return ConfigError(key, value=value, detail=f"cannot be resolved: {detail}", origin=origin)


def _is(one: Any, other: Any) -> bool:
    return one is other
