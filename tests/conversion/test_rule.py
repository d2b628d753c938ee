"""The one rule, at every depth: what a value becomes by an annotation, or like a default."""

import dataclasses
import decimal
import enum
import fractions
import typing
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, NewType, Optional, Protocol, TypeVar
from unittest.mock import Mock

import msgspec
import pytest

from hyperparameter.conversion.misfit import Misfit
from hyperparameter.conversion.rule import accepts_parts, convert, convert_like, part_of, plain
from hyperparameter.core.value import MISSING, Appended, Parts, UntypedText, replace

pytestmark = pytest.mark.one_kernel

T = TypeVar("T")
UserId = NewType("UserId", int)


class Level(enum.Enum):
    DEBUG = "debug"
    INFO = "info"
    NONE = "none"


class Mode(enum.Enum):
    TRAIN = 1
    EVAL = 2


Flags = enum.Flag("Flags", "R W")


@dataclasses.dataclass
class Net:
    layers: list[int] = dataclasses.field(default_factory=list)
    drop: float = 0.5
    bn: bool = True
    tag: str = ""


@dataclasses.dataclass
class Tree:
    value: int = 0
    left: Optional["Tree"] = None
    right: typing.Self | None = None


@dataclasses.dataclass
class Page(Generic[T]):
    item: T
    items: list[T] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class IntPage(Page[int]):
    number: int = 0


class HasName(Protocol):
    name: str


def text(value):
    return UntypedText(value)


def parts(value=MISSING, /, **items):
    return Parts(value, items)


def same(left, right):
    """Return whether two values are equal and of the same types, at any depth."""
    if type(left) is not type(right):
        return False
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    return left == right


@pytest.mark.parametrize(
    ("annotation", "value", "expected"),
    [
        # The rule of a scalar is that of an item, a value of a dict, and a field.
        (list[float], ["-.5", "1.", "+5", 2], [-0.5, 1.0, 5.0, 2.0]),
        (list[bool], ["yes", "off", 1], [True, False, True]),
        (list[str], [1, 0.5, "x"], ["1", "0.5", "x"]),
        (list[Path], ["a"], [Path("a")]),
        (list[list[int]], ["[1, 2]", [3.0]], [[1, 2], [3]]),
        (list[int | None], ["none", "3"], [None, 3]),
        (dict[str, str], {"a": 4}, {"a": "4"}),
        (dict[int, list[bool]], {"1": ["t"]}, {1: [True]}),
        (tuple[int, str], ["1", 2], (1, "2")),
        (frozenset[int], '["1"]', frozenset((1,))),
        (Net, {"layers": "[64]", "drop": ".5", "bn": "no", "tag": 7}, Net([64], 0.5, False, "7")),
        (dict[str, Net], {"a": {"tag": 7}}, {"a": Net(tag="7")}),
        (Tree, {"value": "1", "left": {"value": "2"}, "right": {"value": 3.0}}, Tree(1, Tree(2), Tree(3))),
        # Unions: untyped text is tried in the order written, and a typed str stays one.
        (int | str, text("4"), 4),
        (int | str, "4", "4"),
        (str | int, text("4"), "4"),
        (bool | str, text("false"), False),
        (float | int, 3, 3),
        (int | str, True, 1),
        (str | list[str], 7, "7"),
        (str | list[str], text('["a"]'), ["a"]),
        (str | list[str], '["a"]', '["a"]'),
        (list[str] | str, '["a"]', '["a"]'),
        (Net | dict[str, int], {"drop": 1}, Net(drop=1.0)),
        (dict[str, int] | Net, {"drop": 1}, {"drop": 1}),
        (Tree | Net, {"bn": "no"}, Net(bn=False)),
        # Enums: the member, its name, its value.
        (list[Mode], [Mode.EVAL, "TRAIN", 2, "1"], [Mode.EVAL, Mode.TRAIN, Mode.EVAL, Mode.TRAIN]),
        (dict[Mode, Level], {"EVAL": "info"}, {Mode.EVAL: Level.INFO}),
        (Flags, 3, Flags.R | Flags.W),
        (Literal[1, "a", None], text("1"), 1),
        (Literal[1.5, True], text("yes"), True),
        # None: the untyped texts `None` and `null`, unless they are a choice.
        (str | None, text("None"), None),
        (str | None, "None", "None"),
        (int | None, "null", None),
        (list[int] | None, text("null"), None),
        (Literal["a"] | None, text("NONE"), None),
        (Literal["none", "a"] | None, text("none"), "none"),
        (Level | None, text("null"), None),
        (Level | None, text("none"), Level.NONE),
        # Text that nobody asks a type for has the type of what it overrides.
        (Any, UntypedText("4", 3), 4),
        (dict[str, Any], {"a": UntypedText("no", True), "b": text("x")}, {"a": False, "b": "x"}),
        (Any, UntypedText("x", 3), "x"),
        (Any, UntypedText("[1]", [0]), [1]),
        # Other annotations.
        (Page[int], {"item": "1", "items": ["2"]}, Page(1, [2])),
        (Page, {"item": "1"}, Page("1")),
        (IntPage, {"item": "1", "number": "2"}, IntPage(1, [], 2)),
        (Annotated[list[int], msgspec.Meta(min_length=1)], '["1"]', [1]),
        (UserId, "1e3", 1000),
        (T, "text", "text"),
        (fractions.Fraction, "1/3", fractions.Fraction(1, 3)),
        (decimal.Decimal, "1.10", decimal.Decimal("1.10")),
        (Callable[[int], int], print, print),
        (HasName, Path("x"), Path("x")),
        (Sequence[float], (1, "2"), (1.0, 2.0)),
        (Iterable[str], {"a": 1}, {"a": 1}),
    ],
)
def test_a_value_is_converted_at_every_depth(annotation, value, expected):
    result = convert(value, annotation)
    assert same(result, expected), result


@pytest.mark.parametrize(
    ("default", "value", "expected"),
    [
        ({"lr": 0.1, "wd": 0}, {"lr": 1}, {"lr": 1, "wd": 0}),
        ({"lr": 0.1, "wd": 0}, '{"lr": 1}', {"lr": 1, "wd": 0}),
        ({"lr": 0.1, "wd": 0}, parts(lr=text("1")), {"lr": 1.0, "wd": 0}),
        ({"lr": 0.1, "wd": 0}, parts(replace(), lr=text("1")), {"lr": "1"}),
        ({"lr": 0.1, "wd": 0}, replace({"lr": 1}), {"lr": 1}),
        ({"a": {"b": True, "c": 1}}, parts(a=parts(b=text("off"))), {"a": {"b": False, "c": 1}}),
        ({"net": Net()}, parts(net=parts(bn=text("no"))), {"net": Net(bn=False)}),
        ({1: "a", 2: "b"}, parts(**{"1": "c"}), {1: "c", 2: "b"}),
        ({"a": 1}, parts(**{"+": Appended((1, 2)), "0": 3}), {"a": 1, "+": 2, "0": 3}),
        ([1, 2], parts(**{"0": text("8"), "-1": text("9")}), [8, 9]),
        ([1, 2], parts(**{"+": Appended((text("8"), 9))}), [1, 2, 8, 9]),
        ((1, 2), parts(**{"1": text("8")}), (1, 8)),
        ({1, 2}, parts(**{"+": Appended((3,))}), {1, 2, 3}),
        ([1, 2], [3], [3]),
        (Net(), parts(layers=parts(**{"+": Appended((text("1"),))})), Net([1])),
        (None, text("3"), "3"),
        (0.5, text("3"), 3.0),
        (Mode.EVAL, text("TRAIN"), Mode.TRAIN),
    ],
)
def test_a_value_merges_with_the_default(default, value, expected):
    result = convert_like(value, default)
    assert same(result, expected), result


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        # A part that is set further in overrides that part of a value of any kind.
        (parts({"lr": 1, "wd": 0}, lr=2), {"lr": 2, "wd": 0}),
        (parts(text('{"lr": 1, "wd": 0}'), lr=text("2")), {"lr": 2, "wd": 0}),
        (parts(Net(tag="a"), bn=text("no")), Net(tag="a", bn=False)),
        (parts([1, [2]], **{"1": parts(**{"0": 3})}), [1, [3]]),
        (parts(replace({"a": 1}), b=2), {"a": 1, "b": 2}),
        (parts(parts({"a": 1}, b=2), c=3), {"a": 1, "b": 2, "c": 3}),
        (parts(a=parts(b=text("x"))), {"a": {"b": "x"}}),
    ],
)
def test_parts_without_an_expected_type_have_the_kind_of_their_value(value, expected):
    result = plain(value)
    assert same(result, expected), result


def test_a_value_that_does_not_change_is_the_same_object():
    for annotation, value in (
        (list[int], [1, 2]),
        (dict[str, Net], {"a": Net()}),
        (Net | None, Net()),
        (list[Any], [[1]]),
        (Any, {"a": [1]}),
    ):
        assert convert(value, annotation) is value
    net = Net()
    assert convert(parts(), Net, net) is convert_like({}, net) is net


@pytest.mark.parametrize(
    ("value", "names", "expected"),
    [
        ({"a.b": {1: 2}}, ("a.b", "1"), 2),
        ('{"a": [1, {"b": 2}]}', ("a", "-1", "b"), 2),
        (Net([5]), ("layers", "0"), 5),
        ((1, 2), ("2",), MISSING),
        ("text", ("a",), MISSING),
        ("{", ("a",), MISSING),
        (3, ("real",), MISSING),
    ],
)
def test_a_part_of_a_value_can_be_read(value, names, expected):
    assert part_of(value, names) == expected


def test_parts_are_accepted_by_what_has_names_or_items():
    accepted = [list, set[int], Sequence[int], dict, Net, Net | None, Page[int], Any, T, Annotated[list, 1]]
    assert all(map(accepts_parts, accepted))
    assert not any(map(accepts_parts, [int, str, int | None, Mode, Path, Literal["a"], UserId]))


class Strange(type):
    """A metaclass whose classes have no hash."""

    __hash__ = None

    def __eq__(cls, other):
        raise RuntimeError("compared")


class Odd(metaclass=Strange):
    pass


def test_a_value_has_its_real_type_and_only_a_misfit_is_raised():
    cycle, endless_tree = [], {}
    cycle.append(cycle)
    endless_tree["left"] = endless_tree
    bad = [(Mock(spec=cls), cls) for cls in (bool, int, float, str, list, dict, Net, Mode, Path)]
    bad += [(Odd(), cls) for cls in (int, list[int], Net, Mode, int | str, Sequence[int], Literal[1])]
    bad += [
        ("[" * 2000, list),
        ("[" * 2000 + "]" * 2000, list[int]),
        (endless_tree, Tree),
        (endless_tree, dict),
    ]
    bad += [([10**5000], list[str]), ("1" * 5000, int), ([[1]], frozenset[list]), (1e400, fractions.Fraction)]
    for value, annotation in bad:
        with pytest.raises(Misfit):
            convert(value, annotation)
    assert convert(cycle, list[list]) is cycle
