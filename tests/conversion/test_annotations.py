"""Annotations that are text: which names they can use, and what happens if a name is not found."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, Optional

import elsewhere
import pytest

import hyperparameter as hp

if TYPE_CHECKING:
    from nowhere import Array


class Colour(enum.Enum):
    RED = "red"


@dataclasses.dataclass
class Node:
    lr: float = 0.1
    child: Node | None = None


@hp.param("ns")
def quoted(
    optional: Optional["Node"] = None,  # noqa: UP037, UP045
    several: Sequence["Node"] = (),  # noqa: UP037
    by_name: "dict[str, Node]" = {},  # noqa: B006, UP037
    noted: Annotated["Colour", "a note"] = None,  # noqa: UP037
    literal: Literal["later"] | None = None,
    later: Later | None = None,
):
    return optional, several, by_name, noted, literal, later


class Later(enum.Enum):
    """An enum that is defined after the function whose annotation names it."""

    X = "x"


def test_text_anywhere_in_an_annotation_is_evaluated():
    with hp.scope("ns.optional.lr=3", 'ns.several=[{"lr": 1}]', "ns.by_name.a.lr=2", "ns.noted=red"):
        assert quoted() == (Node(3.0), [Node(1.0)], {"a": Node(2.0)}, Colour.RED, None, None)
    with hp.scope("ns.literal=later", "ns.later=x", {"ns.optional": Node(5)}):
        assert quoted() == (Node(5), (), {}, None, "later", Later.X)
    for key in ("ns.optional.lrr=3", "ns.noted=blue", "ns.literal=sooner"):
        with hp.scope(key), pytest.raises(hp.ParamError):
            quoted()


def test_an_annotation_can_name_the_local_variables_around_the_function():
    class Local(enum.Enum):
        A = "a"

    @hp.param("ns")
    def f(x: Local, y: list[Local] | None = None):
        return x, y

    def enclosed():
        @hp.param("ns")
        def f(x: Local):
            return Local, x

        return f

    class Thing:
        class Inner(enum.Enum):
            B = "b"

        @hp.param("ns")
        def method(self, x: Inner | Local):
            return x

    for call in (lambda: f()[0], lambda: enclosed()()[1], Thing().method):
        with hp.scope("ns.x=a"):
            assert call() is Local.A
        with (
            hp.scope("ns.x=garbage"),
            pytest.raises(hp.ParamError, match=r"is not a valid (Local|Inner \| Local)"),
        ):
            call()
    with hp.scope("ns.x=a", 'ns.y=["a"]'):
        assert f() == (Local.A, [Local.A])
    with hp.scope("ns.x=b"):
        assert Thing().method() is Thing.Inner.B


class Outer:
    @hp.param("ns")
    def method(self, x: Inner):
        return x

    class Inner(enum.Enum):
        B = "b"


def test_an_annotation_of_a_method_can_name_what_its_class_defines():
    with hp.scope("ns.x=b"):
        assert Outer().method() is Outer.Inner.B


@hp.param("ns")
@dataclasses.dataclass
class Inherited(elsewhere.Base):
    colour: Colour = Colour.RED


@hp.param("ns")
class Heir(elsewhere.Plain):
    pass


@hp.param("ns")
class Pair(NamedTuple):
    colour: Colour
    mode: elsewhere.Mode | None = None


def test_the_annotations_of_a_class_are_evaluated_where_they_were_written():
    with hp.scope("ns.place=/tmp", "ns.mode=fast", "ns.colour=red"):
        assert Inherited() == Inherited(Path("/tmp"), elsewhere.Mode.FAST, Colour.RED)
        assert vars(Heir()) == {"place": Path("/tmp"), "mode": elsewhere.Mode.FAST}
        assert Pair() == (Colour.RED, elsewhere.Mode.FAST)
    for key in ("ns.mode=slow", "ns.place={}"):
        with hp.scope(key), pytest.raises(hp.ParamError):
            Heir()


def test_a_decorated_local_class_can_name_itself():
    @hp.param("ns")
    @dataclasses.dataclass
    class Tree:
        left: Tree | None = None
        depth: dataclasses.InitVar[int] = 0

        def __post_init__(self, depth):
            self.deep = depth

    leaf = Tree()
    with hp.scope({"ns.left": leaf}, "ns.depth=3"):
        assert (Tree().left, Tree().deep) == (leaf, 3)
    with hp.scope("ns.depth=deep"), pytest.raises(hp.ParamError, match="is not a valid int"):
        Tree()


def test_an_annotation_that_cannot_be_resolved_refuses_text_and_keys():
    """It is not known what they would have to become. A value that was set as an object is left unchanged."""

    @hp.param("ns")
    def f(x: Array, y: Array | None = None, z: Array = 3):
        return x, y, z

    unresolved = "the annotation cannot be resolved: name 'Array' is not defined"
    message = rf"is not a valid Array( \| None)?: {unresolved} \(set at"
    with hp.scope("ns.x=1"), pytest.raises(hp.ParamError, match=message):
        f()
    with hp.scope({"ns.x": [1]}):
        assert f() == ([1], None, 3)
        with hp.scope("ns.y.shape=3"), pytest.raises(hp.ParamError, match=message):
            f()
        with hp.scope({"ns.z.shape": 3}):
            assert f() == ([1], None, 3)
