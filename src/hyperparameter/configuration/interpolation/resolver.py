"""Resolve the references in merged values.

A value is resolved when it is first needed: in the loop over all values, or for a reference to it. The keys
whose values are being resolved form a chain. If a value refers to a key in the chain, that key refers to
itself, which is an error.
"""

from __future__ import annotations

import os
from operator import is_

from ...conversion.builtin_types import is_number
from ...conversion.rule import Misfit, convert, part_of
from ...conversion.spelling import as_file_value, plain_of
from ...conversion.type_checks import is_immutable
from ...core.key import check_key, is_below, name_of, parents, segments_of
from ...core.origin import SecretOrigin, is_secret, place_of
from ...core.value import (
    MISSING,
    FileValue,
    UntypedText,
    input_of,
    is_append,
    is_exactly,
    is_mapping,
    is_untyped,
    replace,
)
from ...errors import ConfigError, KeySyntaxError, did_you_mean, nearest
from ...secrecy import is_secret_key
from ..merge import flatten_dict
from ..nested import shown_value
from .parser import Foreign, Reference, Unresolvable, parse
from .unresolved import Unresolved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...core.value import Entry
    from ..merge import Merged
    from .parser import Part

RESOLVERS = ("env", "oc.env")
# The types of values that references can be in.
_MAY_HAVE_REFERENCES = (str, UntypedText, list, FileValue)
# The most keys in a chain. Python's recursion limit is far higher.
MAX_CHAIN = 100
# The most characters that all references together may produce. Without a limit, a few short texts that refer
# to one another could fill the memory.
MAX_PRODUCED = 1 << 23
# An item of a list or dict counts as this many characters.
ITEM_SIZE = 16


def resolve_references(merged: Merged, *, reads_environment: bool) -> set[str]:
    """Replace the references in the merged values, in place, and return the keys that they refer to.

    A value that cannot be resolved becomes an `Unresolved`. Raises `ConfigError` if all references together
    produce too much. If `reads_environment` is false, `${env:NAME}` stays text.
    """
    resolver = _Resolver(merged, reads_environment)
    leaves: dict[str, Entry] = {}
    for key, entry in merged.leaves.items():
        unresolved = entry[0]
        try:
            value = resolver.resolve_key(key) if is_exactly(unresolved, *_MAY_HAVE_REFERENCES) else unresolved
            if is_append(key) and key not in merged.literal_keys:
                leaves[key] = resolver.resolve_appended(key, entry)
                continue
        except _UnresolvedValue as error:
            # It is no text without a type any more. A value that is appended keeps those before it.
            below = (entry[2], False) if is_append(key) and len(entry) == 4 else ()
            leaves[key] = (Unresolved(unresolved, error.fault), entry[1], *below)
            merged.originals[key] = unresolved
            continue
        if value is unresolved or value is resolver.inputs.get(key):
            leaves[key] = entry
        elif type(value) is dict and value:
            for leaf_key, leaf in flatten_dict(key, value):
                leaves[leaf_key] = _entry_of(leaf, entry)
                merged.originals[leaf_key] = unresolved
                if key in merged.earlier:
                    merged.earlier[leaf_key] = [*merged.earlier[key], *merged.earlier.get(leaf_key, ())]
        else:
            leaves[key] = _entry_of(value, entry)
            merged.originals[key] = unresolved
    merged.leaves = _with_marks(leaves, merged.originals)
    return resolver.referred


def _with_marks(leaves: dict[str, Entry], originals: dict[str, Any]) -> dict[str, Entry]:
    """Mark the values that contain a secret because of a reference, such as `postgres://me:${password}@host`."""
    if not originals:
        return leaves
    secret_texts = {str(entry[0]) for key, entry in leaves.items() if is_secret(key, entry[1])} - {"", "None"}
    marked = {}
    for key, unresolved in originals.items():
        entry = leaves.get(key)
        if entry is None:
            continue
        shown = str(entry[0])
        if any(text in shown for text in secret_texts) or _names_secret_variable(str(unresolved)):
            marked[key] = (entry[0], SecretOrigin.of(entry[1]), *entry[2:])
    return {**leaves, **marked}


def _names_secret_variable(unresolved: str) -> bool:
    """Return whether a text refers to an environment variable with a secret name: `${env:DB_PASSWORD}`."""
    names = [text.partition("}")[0].partition(",")[0] for text in unresolved.split("${env:")[1:]]
    return any(is_secret_key(name.strip()) for name in names)


def _entry_of(value: Any, unresolved: Entry) -> Entry:
    """Return the entry of a resolved value: untyped text stays untyped, and items stay appended."""
    below = unresolved[2] if len(unresolved) == 4 else None
    if type(value) is not UntypedText:
        return (value, unresolved[1]) if below is None or is_untyped(unresolved) else (value, *unresolved[1:])
    if below is None and value.like is not MISSING:
        below = value.like, None
    return str.__str__(value), unresolved[1], below, True


class _UnresolvedValue(Exception):  # noqa: N818
    """The value of a key cannot be resolved; `fault` has the fields of the error."""

    def __init__(self, fault: dict[str, Any]) -> None:
        super().__init__()
        self.fault = fault


class _Resolver:
    """Resolves the values of one configuration. Each value is resolved once, and then cached."""

    def __init__(self, merged: Merged, reads_environment: bool) -> None:
        self.merged = merged
        self.reads_environment = reads_environment
        self.referred: set[str] = set()
        # The input of conversion for each value, without references and with them.
        self.resolved: dict[str, Any] = {}
        self.inputs: dict[str, Any] = {}
        # The keys whose values are being resolved. The value of each refers to the next.
        self.chain: list[str] = []
        # The number of characters that the references have produced so far.
        self.size = 0

    def resolve_key(self, key: str) -> Any:
        """Return the resolved value of a leaf."""
        if key in self.resolved:
            return self.resolved[key]
        value = self.inputs[key] = input_of(self.merged.leaves[key])
        if key not in self.merged.literal_keys and is_exactly(value, *_MAY_HAVE_REFERENCES):
            if key in self.chain:
                cycle = [*self.chain[self.chain.index(key) :], key]
                raise self._error(key, f"it refers to itself: {' -> '.join(map(self._with_place, cycle))}")
            if len(self.chain) >= MAX_CHAIN:
                detail = f"the chain of references is longer than {MAX_CHAIN} keys"
                raise self._error(self.chain[0], detail)
            self.chain.append(key)
            try:
                value = self._resolve(value)
            except Unresolvable as error:
                raise self._error(key, str(error)) from None
            finally:
                self.chain.pop()
        self.resolved[key] = value
        return value

    def resolve_appended(self, key: str, entry: Entry) -> Entry:
        """Return the entry of a value that is appended to a list, with those that were appended before it."""
        value, origin, *below = entry
        try:
            resolved = self._resolve(value)
        except Unresolvable as error:
            raise self._error(key, str(error)) from None
        is_untyped_text = is_untyped(entry) and type(resolved) is str
        if not below:
            return resolved, origin
        return resolved, origin, below[0] and self.resolve_appended(key, below[0]), is_untyped_text

    def _resolve(self, value: Any) -> Any:
        """Return a value with its references resolved, or the same object if it has none."""
        if isinstance(value, str):
            if "${" not in value:
                return value
            resolved = self._resolve_text(value)
            # Text that is made of untyped text is untyped.
            if type(value) is UntypedText and type(resolved) is str:
                return UntypedText(resolved, value.like)
            return resolved
        if type(value) is list:
            items = [self._resolve(item) for item in value]
            return value if all(map(is_, items, value)) else items
        if type(value) is dict:
            table = {name: self._resolve(item) for name, item in value.items()}
            return value if all(map(is_, table.values(), value.values())) else table
        if type(value) is FileValue and type(value.spelled) is list:
            spelled = self._resolve(value.spelled)
            return value if spelled is value.spelled else as_file_value(spelled)
        return value

    def _resolve_text(self, text: str) -> Any:
        parts = parse(text)
        if len(parts) == 1 and isinstance(parts[0], Reference):
            try:
                return self._copy(self._value_of(parts[0]))
            except Foreign:
                return text
        return self._join(parts)

    # --- Text with references in it ---

    def _join(self, parts: list[Part]) -> str:
        texts = [part if isinstance(part, str) else self._text_of(part) for part in parts]
        self._count(sum(map(len, texts)))
        return "".join(texts)

    def _text_of(self, reference: Reference) -> str:
        try:
            value = self._value_of(reference)
        except Foreign:
            return reference.source
        if value is None:
            type_text = "None"
        elif not isinstance(value, str | bool) and not is_number(value) and is_immutable(value):
            # Dates, paths and other immutable values have a text.
            return str(value)
        else:
            try:
                return str(convert(value, str))
            except Misfit:
                type_text = "a table" if is_mapping(value) else f"a {type(value).__name__}"
        raise Unresolvable(f"expected a reference inside a text to be text or a number, got {type_text}")

    # --- The value of a reference ---

    def _value_of(self, reference: Reference) -> Any:
        parts = reference.parts
        head = parts[0] if parts and isinstance(parts[0], str) else ""
        resolver, colon, rest = head.partition(":")
        # A quoted segment of a key can contain a colon.
        if colon and '"' not in resolver:
            if resolver.strip() not in RESOLVERS or not self.reads_environment:
                raise Foreign
            return self._value_of_variable([rest, *parts[1:]])
        key = self._join(parts).strip()
        if key.startswith(".") and key.strip("."):
            raise Unresolvable(
                f"'${{{key}}}' is not a reference to a key: write the full key, as in '${{train.lr}}'"
            )
        try:
            key = check_key(key)
        except KeySyntaxError as error:
            # `${a..b}` is a key with a mistake, and `${x=y}` is something else.
            if key.strip(".") and all(part.isidentifier() for part in key.split(".") if part):
                raise Unresolvable(str(error)) from None
            raise Foreign from None
        return self._value_of_key(key)

    def _value_of_variable(self, parts: list[Part]) -> Any:
        """Return the text of an environment variable, or the default after the first comma if it is not set."""
        name, default = _split_at_comma(parts)
        variable = self._join(name).strip()
        if variable in os.environ:
            return os.environ[variable]
        if default is None:
            hint = did_you_mean(nearest(variable, os.environ))
            raise Unresolvable(
                f"the environment variable {variable!r} is not set, and the reference has no default{hint}"
            )
        return self._default_of_variable(default)

    def _default_of_variable(self, parts: list[Part]) -> Any:
        parts = [part for part in parts if not isinstance(part, str) or part.strip()]
        if len(parts) == 1 and isinstance(parts[0], Reference):
            return None if self._value_of(parts[0]) is None else self._text_of(parts[0])
        text = self._join(parts).strip()
        if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
            return text[1:-1]
        return None if text == "null" else text

    def _value_of_key(self, key: str) -> Any:
        """Return the value of a key: a leaf, a table, or a part of a leaf that refers to a table."""
        self.referred.add(key)
        prefix = next(filter(self._has_value, parents(key)), None)
        if prefix is not None:
            self.referred.add(prefix)
            value = part_of(plain_of(self._value_with_parts(prefix)), _names_below(key, prefix))
        elif self._has_value(key):
            value = self._value_with_parts(key)
        elif key in self.merged.tables or key in self.merged.leaves:
            value = self._value_of_table(key)
        else:
            value = MISSING
        if value is MISSING:
            raise self._missing(key)
        return value

    def _has_value(self, key: str) -> bool:
        """Return whether a key is a leaf that is not only the mark of a table that replaced another one."""
        return key in self.merged.leaves and type(self.merged.leaves[key][0]) is not replace

    def _value_with_parts(self, key: str) -> Any:
        """Return the value of a leaf, in which parts may be set, such as the first item of a list."""
        if key not in self.merged.tables:
            return self.resolve_key(key)
        leaves = self.merged.leaves
        keys = [leaf_key for leaf_key in leaves if leaf_key == key or is_below(leaf_key, key)]
        self.referred.update(keys)
        return shown_value(key, [(name, _entry_of(self.resolve_key(name), leaves[name])) for name in keys])

    def _value_of_table(self, key: str) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for leaf_key in [leaf_key for leaf_key in self.merged.leaves if is_below(leaf_key, key)]:
            self.referred.add(leaf_key)
            if any(map(self._has_value, parents(leaf_key))):
                # A part of a value, which has it already.
                continue
            self._count(ITEM_SIZE)
            table = result
            *names, last_name = _names_below(leaf_key, key)
            for name in names:
                table = table.setdefault(name, {})
            table[last_name] = self._value_with_parts(leaf_key) if self._has_value(leaf_key) else {}
        return result

    def _copy(self, value: Any) -> Any:
        """Return a copy of a value in which no list or dict is shared with the original."""
        self._count(len(value) if isinstance(value, str) else ITEM_SIZE)
        if type(value) is dict:
            return {name: self._copy(item) for name, item in value.items()}
        return [self._copy(item) for item in value] if type(value) is list else value

    def _count(self, size: int) -> None:
        self.size += size
        if self.size > MAX_PRODUCED:
            raise ConfigError(detail=f"the references produce more than {MAX_PRODUCED:,} characters")

    # --- Errors ---

    def _missing(self, key: str) -> Unresolvable:
        near = nearest(key, [*self.merged.leaves, *self.merged.tables])
        return Unresolvable(f"{key!r} is not set{did_you_mean(near)}")

    def _with_place(self, key: str) -> str:
        value, origin = self.merged.leaves[key][:2]
        place = place_of(origin, key, value)
        return f"{key} ({place})" if place else key

    def _error(self, key: str, detail: str) -> _UnresolvedValue:
        value, origin = self.merged.leaves[key][:2]
        return _UnresolvedValue(
            {"key": key, "value": plain_of(value), "detail": f"cannot be resolved: {detail}", "origin": origin}
        )


def _names_below(key: str, prefix: str) -> list[str]:
    """Return the names of the segments of a key that follow a prefix of it."""
    return list(map(name_of, segments_of(key)[len(segments_of(prefix)) :]))


def _split_at_comma(parts: list[Part]) -> tuple[list[Part], list[Part] | None]:
    """Return the parts before and after the first comma in plain text; None if there is none."""
    for index, part in enumerate(parts):
        if isinstance(part, str) and "," in part:
            before, _, after = part.partition(",")
            return [*parts[:index], before], [after, *parts[index + 1 :]]
    return parts, None
