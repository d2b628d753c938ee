"""YAML 1.2, by ruamel.yaml: its nodes are looked at before anything is made of them."""

from __future__ import annotations

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode

from ..files import Fault
from ..merge import DEEPEST

PREFIX = "tag:yaml.org,2002:"
PLAIN = ("null", "bool", "int", "float", "str", "seq", "map", "merge", "timestamp", "binary")
SAFE = frozenset(PREFIX + kind for kind in PLAIN)
MOST_MORE = 100_000  # nodes that aliases may add to those that are written


def parse(text: str) -> dict[str, Any]:
    """Return the mapping of a YAML text, {} for an empty one; raise `Fault`."""
    try:
        yaml, node = _composed(text)
        if node is None:
            return {}
        if not isinstance(node, MappingNode):
            raise _fault(f"wanted a mapping at the top, not a {node.id}", node)
        _Look(yaml).at(node, 0)
        return yaml.constructor.construct_document(node)
    except MarkedYAMLError as error:
        said = f"{error.context}: {error.problem}" if error.context else str(error.problem)
        mark = error.problem_mark or error.context_mark
        raise Fault(f"this is not YAML: {said}", mark and mark.line + 1, mark and mark.column + 1) from None
    except AssertionError as error:
        raise Fault(f"this is not YAML 1.2: {error or 'its %YAML directive names another version'}") from None
    except YAMLError as error:  # a character that is none of YAML's
        at = getattr(error, "position", 0)
        line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
        raise Fault(str(error).partition("\n")[0], line, column) from None


def lines(text: str) -> dict[str, int]:
    """Return the line of each key, by flat key; what is in lists has none."""
    found: dict[str, int] = {}
    _find(_composed(text)[1], "", found)
    return found


def _composed(text: str) -> tuple[YAML, Any]:
    yaml = YAML(typ="safe", pure=True)
    yaml.composer.warn_double_anchors = False  # YAML lets an anchor be given anew
    return yaml, yaml.compose(text)


def _find(node: Any, path: str, found: dict[str, int]) -> None:
    merged: list[Any] = []
    for name, value in node.value:
        if name.tag == PREFIX + "merge":
            merged += [value] if isinstance(value, MappingNode) else value.value
            continue
        key = f"{path}.{name.value}" if path else name.value
        found.setdefault(key, name.start_mark.line + 1)
        if isinstance(value, MappingNode):
            _find(value, key, found)
    for one in merged:  # what it has itself wins, and then the first
        _find(one, path, found)


class _Look:
    """Look through nodes for what is refused: tags, keys that are there twice, and aliases that grow."""

    def __init__(self, yaml: YAML) -> None:
        self.yaml = yaml
        self.sizes: dict[int, int] = {}  # of what each node comes to, aliases written out
        self.open: set[int] = set()

    def at(self, node: Any, depth: int) -> int:
        known = self.sizes.get(id(node))
        if known is not None:
            return known
        if id(node) in self.open:
            raise _fault(f"the anchor '&{node.anchor}' is of something that contains itself", node)
        if node.tag not in SAFE:
            raise _fault(f"the tag {_written(node.tag)!r} is refused: only plain values are read", node)
        if depth > DEEPEST:
            raise _fault(f"it nests deeper than {DEEPEST} levels", node)
        size = 1
        if isinstance(node, ScalarNode):
            if node.tag != PREFIX + "merge":
                self._try(node)
        else:
            self.open.add(id(node))
            if isinstance(node, MappingNode):
                _check_keys(node)
            parts = (
                node.value
                if not isinstance(node, MappingNode)
                else [part for pair in node.value for part in pair]
            )
            size += sum(self.at(part, depth + 1) for part in parts)
            self.open.discard(id(node))
        self.sizes[id(node)] = size
        if size > len(self.sizes) + MOST_MORE:
            raise _fault(f"its aliases come to more than {MOST_MORE:,} values: it is refused", node)
        return size

    def _try(self, node: ScalarNode) -> None:
        try:
            self.yaml.constructor.construct_object(node)
        except ValueError as error:  # an integer of thousands of digits, a day that no month has
            raise _fault(str(error), node) from None
        except KeyError:  # a word that is no bool
            raise _fault(f"{node.value!r} is no {_written(str(node.tag))[2:]}", node) from None


def _check_keys(node: MappingNode) -> None:
    seen: dict[str, Any] = {}
    for name, _ in node.value:
        if not isinstance(name, ScalarNode) or name.tag not in (
            PREFIX + "str",
            PREFIX + "int",
            PREFIX + "merge",
        ):
            kind = name.tag.removeprefix(PREFIX)
            raise _fault(
                f"a key is text, not {kind}{f' ({name.value})' if isinstance(name, ScalarNode) else ''}", name
            )
        first = seen.setdefault(name.value, name)
        if first is not name:
            line = first.start_mark.line + 1
            raise _fault(f"the key {name.value!r} is there twice, first on line {line}", name)


def _written(tag: str) -> str:
    return tag.replace(PREFIX, "!!")


def _fault(detail: str, node: Any) -> Fault:
    return Fault(detail, node.start_mark.line + 1, node.start_mark.column + 1)
