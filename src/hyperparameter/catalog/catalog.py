"""The catalog of a program's parameters: which keys are known, and what is wrong with the keys that are set.

An undeclared key is an error if it is below the namespace of a decorated function, because all parameters
of the function are known, or if it resembles a declared key: it is probably a misspelling. Any other
undeclared key is only reported. So is every undeclared key that the program may read in code that the scan
could not follow: a right key must never stop a program.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from ..conversion.faults import param_error
from ..conversion.rule import Misfit, accepts_parts
from ..core.key import is_below, parents, segments_of, split_last
from ..core.value import MISSING, Computed, input_of, is_mapping
from ..errors import ParamError, UnknownParamError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..core.value import Entry
    from .declaration import Declaration, UnfollowedRead
    from .suggestions import SimilarKeys

__all__ = ["Catalog"]

# An error lists at most this many parameters of a function.
MOST_LISTED = 10
MOST_SUGGESTIONS = 3


class Catalog:
    """The declarations of a program, by key.

    Attributes:
        by_key: the declarations of each key, except of those with segments that are computed at run time.
        namespaces: the decorated functions, by their namespaces.
    """

    def __init__(self, declarations: Iterable[Declaration], unfollowed: Iterable[UnfollowedRead] = ()) -> None:
        self.by_key: dict[str, list[Declaration]] = defaultdict(list)
        self.namespaces: dict[str, list[Declaration]] = defaultdict(list)
        # The declarations of keys with a `*`, by the segments of the key.
        self._patterns: dict[tuple[str, ...], list[Declaration]] = defaultdict(list)
        self._prefixes: set[str] = set()
        # The declared keys whose whole subtree is read.
        self._subtrees: set[str] = set()
        # Where each declaration is in the list of its key, by (key, kind, place).
        self._positions: dict[tuple[str, str, str], int] = {}
        for declaration in declarations:
            self._add(declaration)
        # The places that may read any key below a prefix; "" is above all keys. The parameters of a function
        # that is decorated in this process are known, even if the scan could not find them out.
        declared_places = {item.place for items in self.namespaces.values() for item in items}
        self._unfollowed: dict[str, str] = {}
        for prefix, place in unfollowed:
            if place not in declared_places:
                self._unfollowed.setdefault(prefix, place)

    def _add(self, declaration: Declaration) -> None:
        key = declaration.key
        segments = segments_of(key)
        if declaration.kind == "namespace":
            self.namespaces[key].append(declaration)
        elif "*" in segments:
            self._add_to(self._patterns[segments], declaration)
        else:
            self._add_to(self.by_key[key], declaration)
            self._prefixes.update(parents(key))
            if _reads_subtree(declaration):
                self._subtrees.add(key)

    def _add_to(self, declarations: list[Declaration], declaration: Declaration) -> None:
        """Add a declaration to those of its key, once if both the process and the source code declare it."""
        identity = declaration.key, declaration.kind, declaration.place
        position = self._positions.setdefault(identity, len(declarations))
        if position == len(declarations):
            declarations.append(declaration)
        elif not declarations[position].help:
            declarations[position] = replace(declarations[position], help=declaration.help)

    # --- Known keys ---

    def declarations_of(self, key: str) -> list[Declaration]:
        """Return the declarations of a key, then those that read a whole subtree with the key."""
        segments = segments_of(key)
        declarations = list(self.by_key.get(key, ()))
        for pattern, candidates in self._patterns.items():
            lengths = _matching_lengths(pattern, segments)
            if len(segments) in lengths:
                declarations += candidates
            elif lengths:
                declarations += filter(_reads_subtree, candidates)
        for prefix in parents(key):
            if prefix in self._subtrees:
                declarations += filter(_reads_subtree, self.by_key[prefix])
        return declarations

    def parameters(self) -> list[Declaration]:
        """Return one declaration for each key, sorted: the first one, completed by the others."""
        groups = [*self._patterns.values(), *self.by_key.values()]
        return sorted(map(_combine, groups), key=lambda declaration: split_last(declaration.key))

    def is_prefix(self, key: str) -> bool:
        """Return whether a key is a namespace, or a proper prefix of a declared key."""
        return key in self.namespaces or key in self._prefixes

    def keys_below(self, prefix: str) -> list[str]:
        """Return the declared keys below a prefix."""
        return [key for key in self.by_key if is_below(key, prefix)]

    def namespace_of(self, key: str) -> str | None:
        """Return the innermost namespace of a decorated function that a key is below."""
        return next((prefix for prefix in parents(key) if prefix in self.namespaces), None)

    def suggestions(self, key: str, namespace: str | None = None) -> list[str]:
        """Return the declared keys that a key may be a misspelling of, best first; those below a namespace."""
        similar = self._similar_keys.suggestions(key)
        if namespace is not None:
            return [name for name in similar if is_below(name, namespace)][:MOST_SUGGESTIONS]
        same_end = self._similar_keys.with_same_end(key)
        return ([name for name in similar if name not in same_end] + same_end)[:MOST_SUGGESTIONS]

    @cached_property
    def _similar_keys(self) -> SimilarKeys:
        from .suggestions import SimilarKeys

        return SimilarKeys(self.by_key)

    # --- Errors ---

    def errors(
        self, entries: Mapping[str, Entry], known_keys: Iterable[str] = (), allow_unknown: bool = False
    ) -> tuple[list[ParamError], list[UnknownParamError]]:
        """Return the errors of a set of overrides, and the keys that are undeclared but not errors.

        Every key in `known_keys` counts as declared. With `allow_unknown`, an undeclared key is not an error.
        """
        known_keys = set(known_keys)
        unknown_keys: list[ParamError] = []
        wrong_values: list[ParamError] = []
        unread: list[UnknownParamError] = []
        for key, entry in entries.items():
            error = None if key in known_keys else self.unknown_key_error(key, entry)
            if error is None:
                wrong_value = self.wrong_value_error(key, entry)
                if wrong_value is not None:
                    wrong_values.append(wrong_value)
            elif self._is_refused(error, allow_unknown):
                unknown_keys.append(error)
            else:
                unread.append(error)
        return unknown_keys + wrong_values, unread

    def _is_refused(self, error: UnknownParamError, allow_unknown: bool) -> bool:
        if self._unfollowed_place(error.key) is not None:
            return False
        if error.namespace == error.key:
            # The value itself is wrong: the keys below a namespace cannot be set by one value.
            return True
        is_read = bool(self.declarations_of(error.key))
        return not (allow_unknown or is_read) and (error.namespace is not None or bool(error.near))

    def _unfollowed_place(self, key: str) -> str | None:
        """Return a place where the program may read a key, although it is not declared."""
        prefixes = ("", *parents(key), key) if self._unfollowed else ()
        return next((self._unfollowed[prefix] for prefix in prefixes if prefix in self._unfollowed), None)

    def unknown_key_error(self, key: str, entry: Entry) -> UnknownParamError | None:
        """Return the error for a key that no code reads, or None for a known key.

        Code that reads a whole namespace does not make every key below it known, because a misspelled
        parameter would then go unnoticed.
        """
        namespace = self.namespace_of(key)
        declarations = self.declarations_of(key)
        depth = 0 if namespace is None else len(segments_of(namespace))
        if any(len(segments_of(declaration.key)) > depth for declaration in declarations):
            return None
        if self.is_prefix(key):
            return self._prefix_error(key, entry)
        if namespace is not None:
            return self._namespace_error(key, entry, namespace, declarations)
        if any(prefix in self._unfollowed for prefix in parents(key)):
            # It is a parameter of a function that only running the program shows.
            return None
        detail = f"is not used: no code reads it{self._unfollowed_text(key)}"
        return UnknownParamError.of(key, entry, detail, self.suggestions(key))

    def _unfollowed_text(self, key: str) -> str:
        place = self._unfollowed_place(key)
        return "" if place is None else f", but the code at {place} can read any key"

    def _prefix_error(self, key: str, entry: Entry) -> UnknownParamError | None:
        """Return the error for a value that is set at a prefix; an empty mapping and None are accepted."""
        if is_mapping(entry[0]) or entry[0] is None:
            return None
        detail = "is a namespace, not a parameter"
        keys = sorted(self.keys_below(key))[:MOST_LISTED]
        if keys:
            detail += f": its parameters are {', '.join(map(repr, keys))}"
        return UnknownParamError.of(key, entry, detail, (), key)

    def _namespace_error(
        self, key: str, entry: Entry, namespace: str, subtree_reads: list[Declaration]
    ) -> UnknownParamError:
        """Return the error for a key that is not a parameter of the function that owns its namespace."""
        owners = {f"{function.owner or namespace}()": None for function in self.namespaces[namespace]}
        detail = f"is not a parameter of {' or '.join(owners)}"
        suggestions = self.suggestions(key, namespace)
        names = [] if suggestions else self.keys_below(namespace)
        if names:
            parameters = [repr(name.removeprefix(f"{namespace}.")) for name in sorted(names)]
            more = ", …" if len(parameters) > MOST_LISTED else ""
            has = "have" if len(owners) > 1 else "has"
            detail += f", which {has} {', '.join(parameters[:MOST_LISTED])}{more}"
        if subtree_reads:
            whole = subtree_reads[0]
            detail += f" (only the whole subtree {whole.key!r} is read, at {whole.place})"
        detail += self._unfollowed_text(key)
        return UnknownParamError.of(key, entry, detail, suggestions, namespace)

    def wrong_value_error(self, key: str, entry: Entry) -> ParamError | None:
        """Return the error for a value of the wrong type, or None if it fits.

        It has to fit every parameter of a decorated function, and at least one of the reads, because their
        defaults can have different types.
        """
        first_error = None
        fits_any = False
        for declaration in self.declarations_of(key):
            if len(segments_of(declaration.key)) != len(segments_of(key)):
                # It reads the key only as a part of a subtree.
                continue
            error = _conversion_error(declaration, key, entry)
            if error is None:
                fits_any = True
            elif declaration.kind == "parameter":
                return error
            first_error = first_error or error
        return None if fits_any else first_error


def _conversion_error(declaration: Declaration, key: str, entry: Entry) -> ParamError | None:
    given = input_of(entry)
    if isinstance(given, Computed):
        return given.error
    try:
        declaration.convert(given)
    except Misfit as misfit:
        verb = "declared" if declaration.kind == "parameter" else "read"
        error = param_error(misfit, key, lambda _path: entry[1])
        for part in error.errors:
            reason = f"{part.detail}; " if part.detail else ""
            part.detail = f"{reason}it is {verb} at {declaration.place}"
        return error
    return None


def _combine(declarations: list[Declaration]) -> Declaration:
    """Return the first declaration of a key; what it lacks comes from the others."""
    first = declarations[0]
    details = {
        name: next((value for item in declarations if (value := getattr(item, name))), getattr(first, name))
        for name in ("default", "type", "help", "required")
    }
    return replace(first, **details)


def _reads_subtree(declaration: Declaration) -> bool:
    """Return whether a declaration reads the keys below its own, too."""
    if declaration.kind != "parameter":
        return declaration.kind == "tree"
    if declaration.annotation is not MISSING:
        return accepts_parts(declaration.annotation)
    if declaration.default_value is MISSING:
        # The parameter is required, or only running the program shows its default.
        return True
    if declaration.default_value is None:
        return bool(declaration.type)
    return accepts_parts(type(declaration.default_value))


def _matching_lengths(pattern: tuple[str, ...], segments: tuple[str, ...]) -> set[int]:
    """Return the lengths of the prefixes of a key that match a pattern, in segments.

    A `*` matches one or more segments, because a text that is computed at run time can contain dots.
    """
    lengths = {0}
    for expected in pattern:
        if not lengths:
            break
        if expected == "*":
            lengths = set(range(min(lengths) + 1, len(segments) + 1))
        else:
            lengths = {n + 1 for n in lengths if n < len(segments) and segments[n] == expected}
    return lengths
