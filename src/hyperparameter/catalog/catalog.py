"""Tell the keys that a program knows from those that it will never read.

A key that nothing declares is a fault where it lies under a decorated function's namespace, which tells
what its parameters are, or where it is nearly a key that is declared: both are what a slip of the pen
looks like. With nothing near it may be for code that makes its keys at run time, so it is only told of.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..conversion.rule import Misfit, accepts_subtree
from ..core.frame import MISSING
from ..core.key import is_mapping
from ..errors import ParamError, UnknownParamError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..core.frame import Entry
    from .declaration import Declaration

__all__ = ["Catalog"]

MOST_NAMED = 10  # parameters of a function that an error lists
ALIKE = 0.65  # share of two segments that has to be the same, for one to be taken for the other


class Catalog:
    """Answer which keys are known, from what is declared."""

    def __init__(self, declared: Iterable[Declaration]) -> None:
        self.by_key: dict[str, list[Declaration]] = defaultdict(list)
        self.namespaces: dict[str, list[Declaration]] = defaultdict(list)
        self._trees: set[str] = set()
        self._parts: set[str] = set()  # of the keys: what lies above them
        self._patterns: list[tuple[list[str], bool]] = []  # segments, and whether all beneath is known too
        self._made: dict[str, list[Declaration]] = defaultdict(list)  # those patterns as they are declared
        self._kept: dict[tuple[str, str, str], int] = {}  # which of those of its key each is
        for one in declared:
            self._add(one)

    def _add(self, one: Declaration) -> None:
        if one.kind == "namespace":
            self.namespaces[one.key].append(one)
            return
        tree = _takes_beneath(one)
        segments = one.key.split(".")
        if "*" in segments:
            self._patterns.append((segments, tree))
            self._keep(self._made[one.key], one)
            return
        self._keep(self.by_key[one.key], one)
        self._parts.update(_above(segments))
        if tree:
            self._trees.add(one.key)

    def _keep(self, ones: list[Declaration], one: Declaration) -> None:
        """Keep a declaration; one found twice, by its decorator and in its source, is one."""
        number = self._kept.setdefault((one.key, one.kind, one.place), len(ones))
        if number < len(ones):
            ones[number] = replace(ones[number], help=ones[number].help or one.help)
        else:
            ones.append(one)

    def knows(self, key: str) -> bool:
        """Tell whether something declares a key, or reads all that lies beneath a part of it."""
        return bool(self.declaring(key))

    def declaring(self, key: str) -> list[Declaration]:
        """Return what declares a key, then what takes all that lies beneath a part of it."""
        segments = key.split(".")
        found = list(self.by_key.get(key, ()))
        for pattern in self._patterns:
            if _matches(*pattern, segments):
                found += self._made[".".join(pattern[0])]
        found += (
            one
            for part in _above(segments)
            if part in self._trees
            for one in self.by_key[part]
            if _takes_beneath(one)
        )
        return found

    def listed(self) -> list[Declaration]:
        """Return one declaration of each key, by key: the first, with what others of the key add to it."""
        return [_joined(ones) for _, ones in sorted({**self._made, **self.by_key}.items(), key=_by_namespace)]

    def holds(self, key: str) -> bool:
        """Tell whether a key is a part of one that is declared."""
        return key in self.namespaces or key in self._parts

    def namespace_of(self, key: str) -> str | None:
        """Return the innermost namespace of a decorated function that a key lies under."""
        return next((part for part in _above(key.split(".")) if part in self.namespaces), None)

    def near(self, key: str) -> list[str]:
        """Return the declared keys that a key may be a misspelling of, best first."""
        names = list(self.by_key)
        same = [name for name in names if name.endswith("." + key) or key.endswith("." + name)]
        lower = {name.lower(): name for name in names}
        close = [lower[name] for name in nearest(key.lower(), lower, most=20)]
        likely = [name for name in close if name not in same and _is_like(key, name)]
        return (likely + sorted(same))[:3]

    def fault(self, key: str, entry: Entry) -> UnknownParamError | None:
        """Return what is wrong with setting a key, None for nothing.

        Under a decorated function's namespace, that all beneath it is read too makes nothing known: a slip of
        the pen would go unnoticed there.
        """
        namespace = self.namespace_of(key)
        found = self.declaring(key)
        depth = -1 if namespace is None else namespace.count(".")
        if any(one.key.count(".") > depth for one in found):
            return None
        if self.holds(key):
            if is_mapping(entry[0]) or entry[0] is None:
                return None
            named = ", ".join(map(repr, sorted(self.beneath(key))[:MOST_NAMED]))
            detail = f"what is read lies beneath it{f': {named}' if named else ''}"
            return UnknownParamError.of(key, entry, detail, (), key)
        if namespace is None:
            return UnknownParamError.of(key, entry, "nothing is found that reads it", self.near(key))
        owners = {f"{one.owner or namespace}()": None for one in self.namespaces[namespace]}
        has, it = ("have", "they") if len(owners) > 1 else ("has", "it")
        detail = f"{' and '.join(owners)} {has} no such parameter"
        beneath = self.beneath(namespace)
        near = [name for name in nearest(key, beneath) if _is_like(key, name)]
        if not near and beneath:
            names = [repr(name.removeprefix(namespace + ".")) for name in sorted(beneath)]
            detail += f"; {it} {has} {', '.join(names[:MOST_NAMED])}{', …' if names[MOST_NAMED:] else ''}"
        if found:
            detail += f"; only all of {found[0].key!r} is read ({found[0].place})"
        return UnknownParamError.of(key, entry, detail, near, namespace)

    def beneath(self, key: str) -> list[str]:
        """Return the declared keys that lie beneath one."""
        return [name for name in self.by_key if name.startswith(key + ".")]

    def misfit(self, key: str, entry: Entry) -> ParamError | None:
        """Return what is wrong with the value of a key, None for nothing.

        A parameter has to take it, and one of those that read it: each may have a default of another type.
        """
        fault = None
        is_taken = False
        for one in self.declaring(key):
            if one.key.count(".") != key.count("."):  # it takes the key with others, as a whole
                continue
            misfit = _misfit(one, key, entry)
            if misfit is not None and one.kind == "parameter":
                return misfit
            fault = fault or misfit
            is_taken = is_taken or misfit is None
        return None if is_taken else fault

    def faults(
        self, entries: Mapping[str, Entry], taken: Iterable[str] = (), lenient: bool = False
    ) -> tuple[list[ParamError], list[UnknownParamError]]:
        """Return what is wrong with a set of overrides, and the keys that nothing declares, nor anything near.

        What is `taken` is known by other means. Where `lenient`, near misses are let through.
        """
        taken = set(taken)
        refused: list[ParamError] = []
        misfits: list[ParamError] = []
        unread: list[UnknownParamError] = []
        for key, entry in entries.items():
            unknown = None if key in taken else self.fault(key, entry)
            if unknown is None:
                misfit = self.misfit(key, entry)
                misfits += [misfit] if misfit is not None else []
            elif unknown.namespace is not None or (unknown.near and not lenient):
                refused.append(unknown)
            else:
                unread.append(unknown)
        return refused + misfits, unread


def _misfit(one: Declaration, key: str, entry: Entry) -> ParamError | None:
    value, origin = entry
    try:
        one.converted(value)
    except Misfit as misfit:
        how = "declared" if one.kind == "parameter" else "read"
        detail = f"{how} at {one.place}" + (f"; {misfit.detail}" if misfit.detail else "")
        return ParamError(key, value=value, wanted=misfit.wanted, detail=detail, origin=origin)
    return None


def _above(segments: list[str]) -> list[str]:
    """Return the keys that one of these segments lies beneath, the nearest first."""
    return [".".join(segments[:count]) for count in range(len(segments) - 1, 0, -1)]


def _by_namespace(item: tuple[str, Any]) -> tuple[str, str]:
    namespace, _, name = item[0].rpartition(".")
    return namespace, name


def _joined(ones: list[Declaration]) -> Declaration:
    first = ones[0]
    found = {
        name: next((getattr(one, name) for one in ones if getattr(one, name)), getattr(first, name))
        for name in ("default", "type", "help", "required")
    }
    return replace(first, **found)


def _takes_beneath(one: Declaration) -> bool:
    return one.kind == "tree" or (one.kind == "parameter" and _takes_tree(one))


def _takes_tree(one: Declaration) -> bool:
    """Tell whether a parameter is made from keys beneath its own."""
    if one.wanted is not MISSING:
        return accepts_subtree(one.wanted)
    if one.like is MISSING:  # required, or with a default that cannot be told without running the program
        return True
    return (one.like is None and bool(one.type)) or accepts_subtree(type(one.like))


def _matches(pattern: list[str], tree: bool, segments: list[str]) -> bool:
    if len(segments) < len(pattern) or (len(segments) > len(pattern) and not tree):
        return False
    return all(asked in ("*", given) for asked, given in zip(pattern, segments, strict=False))


def _is_like(one: str, other: str) -> bool:
    """Tell whether each segment of a key is, or nearly is, that of another."""
    from difflib import SequenceMatcher

    ours, theirs = one.lower().split("."), other.lower().split(".")
    if len(ours) != len(theirs):
        return _plain(one) == _plain(other)
    return all(
        a == b or SequenceMatcher(None, a, b).ratio() >= ALIKE for a, b in zip(ours, theirs, strict=True)
    )


def _plain(key: str) -> str:
    return key.lower().replace(".", "").replace("_", "").replace("-", "")
