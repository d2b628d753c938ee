"""YAML 1.2, by ruamel.yaml. The nodes are checked before any value is built from them.

The check refuses tags other than those of plain values, repeated keys, and aliases that produce too much.
"""

from __future__ import annotations

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode

from ...conversion.spelling import with_spelling
from ..merge import MAX_DEPTH
from .keys import key_below
from .syntax_error import FileSyntaxError, line_and_column

TAG_PREFIX = "tag:yaml.org,2002:"
PLAIN_KINDS = ("null", "bool", "int", "float", "str", "seq", "map", "merge", "timestamp", "binary")
PLAIN_TAGS = frozenset(TAG_PREFIX + kind for kind in PLAIN_KINDS)
STR_TAG, INT_TAG, MERGE_TAG = (TAG_PREFIX + kind for kind in ("str", "int", "merge"))
KEY_TAGS = frozenset((STR_TAG, INT_TAG, MERGE_TAG))
# The most nodes that aliases may add to the nodes that are written.
MAX_ALIASED = 100_000


def parse(text: str) -> dict[str, Any]:
    """Return the mapping of a YAML text, {} for an empty text; raise `FileSyntaxError`."""
    try:
        yaml, root = _compose(text)
        if root is None:
            return {}
        if not isinstance(root, MappingNode):
            raise _error(f"expected a mapping at the top, got a {root.id}", root)
        _Check(yaml).check(root, 0)
        return yaml.constructor.construct_document(root)
    except MarkedYAMLError as error:
        detail = f"{error.context}: {error.problem}" if error.context else str(error.problem)
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        raise FileSyntaxError(f"not valid YAML: {detail}", line, column) from None
    # ruamel.yaml checks the version of a %YAML directive by an assertion.
    except AssertionError as error:
        detail = str(error) or "its %YAML directive names another version"
        raise FileSyntaxError(f"not valid YAML 1.2: {detail}") from None
    # The text has a character that YAML does not allow.
    except YAMLError as error:
        place = line_and_column(text, getattr(error, "position", 0))
        raise FileSyntaxError(str(error).partition("\n")[0], *place) from None


def lines(text: str) -> dict[str, int]:
    """Return the line of each key, by flat key; keys in lists have none."""
    line_of_key: dict[str, int] = {}
    _add_lines(_compose(text)[1], "", line_of_key)
    return line_of_key


class _Constructor(SafeConstructor):
    """Builds plain values; numbers keep their spelling."""

    def construct_int(self, node: ScalarNode) -> Any:
        return with_spelling(self.construct_yaml_int(node), node.value)

    def construct_float(self, node: ScalarNode) -> Any:
        return with_spelling(self.construct_yaml_float(node), node.value)


_Constructor.add_constructor(TAG_PREFIX + "int", _Constructor.construct_int)
_Constructor.add_constructor(TAG_PREFIX + "float", _Constructor.construct_float)


def _compose(text: str) -> tuple[YAML, Any]:
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _Constructor
    # YAML allows a second anchor of the same name.
    yaml.composer.warn_double_anchors = False
    return yaml, yaml.compose(text)


def _add_lines(mapping: Any, prefix: str, line_of_key: dict[str, int]) -> None:
    merged: list[Any] = []
    for name, value in mapping.value:
        if name.tag == MERGE_TAG:
            merged += [value] if isinstance(value, MappingNode) else value.value
            continue
        key = key_below(prefix, name.value)
        line_of_key.setdefault(key, name.start_mark.line + 1)
        if isinstance(value, MappingNode):
            _add_lines(value, key, line_of_key)
    # Keys of the mapping itself override merged keys, so they come first.
    for merged_mapping in merged:
        _add_lines(merged_mapping, prefix, line_of_key)


class _Check:
    """Checks a tree of nodes, and counts them. Each alias counts as a copy of its node."""

    def __init__(self, yaml: YAML) -> None:
        self.yaml = yaml
        # The number of nodes in each checked node, by the id of the node.
        self.sizes: dict[int, int] = {}
        # The ids of the nodes around the current node.
        self.enclosing: set[int] = set()

    def check(self, node: Any, depth: int) -> int:
        """Return the number of nodes in a node, with itself; raise `FileSyntaxError` if any is refused."""
        size = self.sizes.get(id(node))
        if size is not None:
            return size
        if id(node) in self.enclosing:
            raise _error(f"the value of the anchor '&{node.anchor}' contains itself", node)
        if node.tag not in PLAIN_TAGS:
            raise _error(f"the tag {_short_tag(node.tag)!r} is not allowed: use plain values only", node)
        if depth > MAX_DEPTH:
            raise _error(f"it is nested deeper than {MAX_DEPTH} levels", node)
        if isinstance(node, ScalarNode):
            size = 1
            self._check_scalar(node)
        else:
            self.enclosing.add(id(node))
            size = 1 + sum(self.check(part, depth + 1) for part in _parts_of(node))
            self.enclosing.discard(id(node))
        self.sizes[id(node)] = size
        if size > len(self.sizes) + MAX_ALIASED:
            raise _error(f"the aliases in it expand to more than {MAX_ALIASED:,} values", node)
        return size

    def _check_scalar(self, node: ScalarNode) -> None:
        if node.tag == MERGE_TAG:
            return
        try:
            self.yaml.constructor.construct_object(node)
        # The node is an integer of thousands of digits, or a date that does not exist.
        except ValueError as error:
            raise _error(str(error), node) from None
        # The node has the tag !!bool, and another text than a bool.
        except KeyError:
            raise _error(f"{node.value!r} is not a valid {_short_tag(str(node.tag))[2:]}", node) from None


def _parts_of(node: Any) -> list[Any]:
    if not isinstance(node, MappingNode):
        return node.value
    _check_keys(node)
    # A key is text, as it is written: `0042` has zeros.
    node.value = [(_as_text(name), value) for name, value in node.value]
    return [part for pair in node.value for part in pair]


def _as_text(name: ScalarNode) -> ScalarNode:
    return ScalarNode(STR_TAG, name.value, name.start_mark, name.end_mark) if name.tag == INT_TAG else name


def _check_keys(mapping: MappingNode) -> None:
    first_nodes: dict[str, Any] = {}
    for name, _ in mapping.value:
        if not isinstance(name, ScalarNode) or name.tag not in KEY_TAGS:
            kind = name.tag.removeprefix(TAG_PREFIX)
            value = f" ({name.value})" if isinstance(name, ScalarNode) else ""
            raise _error(f"expected text as a key, got {kind}{value}", name)
        first = first_nodes.setdefault(name.value, name)
        if first is not name:
            line = first.start_mark.line + 1
            raise _error(f"the key {name.value!r} is set twice, first on line {line}", name)


def _short_tag(tag: str) -> str:
    return tag.replace(TAG_PREFIX, "!!")


def _error(detail: str, node: Any) -> FileSyntaxError:
    return FileSyntaxError(detail, node.start_mark.line + 1, node.start_mark.column + 1)
