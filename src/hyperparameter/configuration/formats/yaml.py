"""YAML 1.2, by the scanner of PyYAML, which is libyaml where it is compiled.

PyYAML turns a text into events: a scalar, the start or the end of a list or mapping, an alias. This module
builds the values from them, in one pass and by rules of its own:

- the types of scalars are those of YAML 1.2 (see `yaml_scalars`), also if a `%YAML 1.1` is in the text
- keys are text, as it is written, and are not repeated
- tags other than those of plain values are refused, and so are aliases that produce too much
"""

from __future__ import annotations

import re
from typing import Any

import yaml
from yaml.events import AliasEvent, DocumentStartEvent, MappingEndEvent, ScalarEvent, SequenceEndEvent

from ..merge import MAX_DEPTH
from .document import Document
from .keys import key_below
from .syntax_error import FileSyntaxError, line_and_column
from .yaml_scalars import TAG_PREFIX, kind_of, value_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

# The most nodes that aliases may add to the nodes that are written.
MAX_ALIASED = 100_000
_NOT_ALLOWED = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OPEN: Any = object()


# Only the events of the loader are used. Without libyaml, they are the same, but slower.
_Loader: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


def parse(text: str) -> list[Document]:
    """Return the documents of a YAML text that are not empty; raise `FileSyntaxError`."""
    return _Builder(text).documents()


def lines(text: str) -> list[dict[str, int]]:
    """Return the line of each key, by flat key, for each document; keys in lists have none."""
    builder = _Builder(text)
    result = []
    for document in builder.documents():
        line_of_key: dict[str, int] = {}
        if type(document.value) is dict:
            builder.add_lines(document.value, "", line_of_key)
        result.append(line_of_key)
    return result


class _Anchored:
    """The node of an anchor.

    Attributes:
        event: the event that starts the node.
        value: its value, `_OPEN` until the node ends.
        size: the number of nodes in it, with itself.
    """

    __slots__ = ("event", "size", "value")

    def __init__(self, event: Any, value: Any, size: int) -> None:
        self.event = event
        self.value = value
        self.size = size


class _Builder:
    """Builds the values of one text.

    Attributes:
        written: the number of nodes in the text.
        size: the same, but an alias counts as a copy of its node.
        key_lines: the line of each key of a mapping, by the id of the mapping.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.next_event: Any = None
        self.anchors: dict[str, _Anchored] = {}
        self.written = 0
        self.size = 0
        self.key_lines: dict[int, dict[str, int]] = {}

    def documents(self) -> list[Document]:
        bad_character = _NOT_ALLOWED.search(self.text)
        if bad_character:
            detail = f"unacceptable character #x{ord(bad_character[0]):04x}: special characters are not allowed"
            raise FileSyntaxError(detail, *line_and_column(self.text, bad_character.start()))
        try:
            loader = _Loader(self.text)
            self.next_event = loader.get_event
            return list(self._documents(loader))
        except yaml.MarkedYAMLError as error:
            detail = f"{error.context}: {error.problem}" if error.context else str(error.problem)
            mark = error.problem_mark or error.context_mark
            place = (mark.line + 1, mark.column + 1) if mark else ()
            raise FileSyntaxError(f"not valid YAML: {detail}", *place) from None

    def _documents(self, loader: Any) -> Iterator[Document]:
        while loader.check_event():
            event = self.next_event()
            if type(event) is DocumentStartEvent:
                self.anchors = {}
                root = self.next_event()
                value = self._value(root, 0)
                if value is not None:
                    yield Document(value, root.start_mark.line + 1, root.start_mark.column + 1)

    def add_lines(self, table: dict[str, Any], prefix: str, line_of_key: dict[str, int]) -> None:
        """Add the lines of the keys in a table below a prefix."""
        key_lines = self.key_lines[id(table)]
        for name, value in table.items():
            key = key_below(prefix, name)
            line_of_key.setdefault(key, key_lines[name])
            if type(value) is dict:
                self.add_lines(value, key, line_of_key)

    # --- Values ---

    def _value(self, event: Any, depth: int) -> Any:
        """Return the value of the node that an event starts."""
        if type(event) is AliasEvent:
            anchored = self._anchored(event)
            self.size += anchored.size
            return anchored.value
        self.written += 1
        self.size += 1
        if type(event) is ScalarEvent:
            value = _scalar(event)
            if event.anchor:
                self.anchors[event.anchor] = _Anchored(event, value, 1)
            return value
        if depth > MAX_DEPTH:
            raise _error(f"it is nested deeper than {MAX_DEPTH} levels", event)
        _check_tag(event)
        size_before = self.size
        if not event.anchor:
            value = self._collection(event, depth)
        else:
            anchored = self.anchors[event.anchor] = _Anchored(event, _OPEN, 1)
            value = anchored.value = self._collection(event, depth)
            anchored.size = 1 + self.size - size_before
        if self.size > self.written + MAX_ALIASED:
            raise _error(f"the aliases in it expand to more than {MAX_ALIASED:,} values", event)
        return value

    def _anchored(self, alias: Any) -> _Anchored:
        anchored = self.anchors.get(alias.anchor)
        if anchored is None:
            raise _error(f"not valid YAML: found undefined alias {alias.anchor!r}", alias)
        if anchored.value is _OPEN:
            raise _error(f"the value of the anchor '&{alias.anchor}' contains itself", anchored.event)
        return anchored

    def _collection(self, event: Any, depth: int) -> Any:
        return self._list(depth) if _kind(event) == "seq" else self._mapping(depth)

    def _list(self, depth: int) -> list[Any]:
        result = []
        while type(event := self.next_event()) is not SequenceEndEvent:
            result.append(self._value(event, depth + 1))
        return result

    def _mapping(self, depth: int) -> dict[str, Any]:
        table: dict[str, Any] = {}
        key_lines: dict[str, int] = {}
        merged: list[dict[str, Any]] = []
        while type(event := self.next_event()) is not MappingEndEvent:
            name = self._name(event)
            if name in key_lines:
                raise _error(f"the key {name!r} is set twice, first on line {key_lines[name]}", event)
            key_lines[name] = event.start_mark.line + 1
            value_event = self.next_event()
            value = self._value(value_event, depth + 1)
            if name == "<<" and _is_plain(event):
                merged += _tables_to_merge(value, value_event)
            else:
                table[name] = value
        if merged:
            table, key_lines = self._with_merged(table, key_lines, merged)
        self.key_lines[id(table)] = key_lines
        return table

    def _with_merged(
        self, table: dict[str, Any], key_lines: dict[str, int], merged: list[dict[str, Any]]
    ) -> tuple[dict[str, Any], dict[str, int]]:
        """Return a table with the items of merged ones, and their lines. The first table with a key wins."""
        result: dict[str, Any] = {}
        lines_of_result: dict[str, int] = {}
        for other in merged:
            for name, value in other.items():
                if name not in result:
                    result[name] = value
                    lines_of_result[name] = self.key_lines[id(other)][name]
        return result | table, lines_of_result | key_lines

    def _name(self, event: Any) -> str:
        """Return the text of a key."""
        self.written += 1
        self.size += 1
        named = event
        if type(event) is AliasEvent:
            named = self._anchored(event).event
        if type(named) is not ScalarEvent:
            raise _error(f"expected text as a key, got {_kind(named)}", event)
        kind = kind_of(named.value, named.tag, is_plain=named.implicit[0])
        if kind not in ("str", "int"):
            raise _error(f"expected text as a key, got {kind} ({named.value})", event)
        if named is event and event.anchor:
            self.anchors[event.anchor] = _Anchored(event, _scalar(event), 1)
        return named.value


def _is_plain(event: Any) -> bool:
    """Return whether an event is a scalar without quotes and without a tag."""
    return type(event) is ScalarEvent and event.implicit[0]


def _tables_to_merge(value: Any, event: Any) -> list[dict[str, Any]]:
    """Return the mappings that the value of a key `<<` merges into the mapping around it."""
    tables = value if type(value) is list else [value]
    if not all(type(table) is dict for table in tables):
        raise _error("the value of '<<' is expected to be a mapping or a list of mappings", event)
    return tables


def _scalar(event: Any) -> Any:
    try:
        return value_of(event.value, event.tag, is_plain=event.implicit[0])
    # The scalar is an integer of thousands of digits, a date that does not exist, or does not fit its tag.
    except ValueError as error:
        raise _error(str(error), event) from None


def _check_tag(event: Any) -> None:
    """Refuse the tag of a list or mapping, unless it says what the node is."""
    if event.tag not in (None, "!", TAG_PREFIX + _kind(event)):
        tag = event.tag.replace(TAG_PREFIX, "!!")
        raise _error(f"the tag {tag!r} is not allowed: use plain values only", event)


def _kind(event: Any) -> str:
    return "map" if isinstance(event, yaml.MappingStartEvent) else "seq"


def _error(detail: str, event: Any) -> FileSyntaxError:
    return FileSyntaxError(detail, event.start_mark.line + 1, event.start_mark.column + 1)
