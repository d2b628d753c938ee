"""The value that a scope gives a parameter: converted as its annotation or default says, or refused."""

import collections
import dataclasses
import decimal
import enum
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self, TypedDict

import msgspec
import pydantic
import pytest

import hyperparameter as hp


class Colour(enum.Enum):
    RED = "red"


class Size(TypedDict, total=False):
    width: int


@dataclasses.dataclass
class Optimizer:
    lr: float = 0.1
    betas: tuple[float, float] = (0.9, 0.99)
    inner: "Optimizer | None" = None


class Schema(pydantic.BaseModel):
    lr: float = 0.1
    inner: "Schema | None" = None


class Renamed(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(populate_by_name=True)
    lr: float = pydantic.Field(0.1, alias="rate")


class Open(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="allow")


class Port(int):
    pass


class Label(str):
    __slots__ = ()


@dataclasses.dataclass
class First:
    x: int


@dataclasses.dataclass
class Second:
    y: int


@dataclasses.dataclass
class Odd:
    """A structure with fields of types that msgspec does not know."""

    half: Literal[1.5] = 1.5
    next: Self | None = None


@dataclasses.dataclass
class Picky:
    x: int = 0

    def __post_init__(self):
        {0: "ok"}[self.x]


ODD = Odd()


NOISE = iter("abc")


@pytest.mark.parametrize(
    ("annotation", "value", "expected"),
    [
        (bool, "off", False),
        (int, 3.0, 3),
        (int, "1_000", 1000),
        (float, "1e-4", 1e-4),
        (float, 1, 1.0),
        (str, 5, "5"),
        (float | None, "none", None),
        (float | None, "2", 2.0),
        (bool | None, "yes", True),
        (int | str, "3", "3"),
        (int | float, "0.5", 0.5),
        (list[int], "[1, 2]", [1, 2]),
        (list[int] | None, "[1, 2]", [1, 2]),
        (tuple[int, ...], [1, 2], (1, 2)),
        (set[str], '["a"]', {"a"}),
        (dict[str, float], '{"a": 1}', {"a": 1.0}),
        (list[int] | tuple[int, ...], "[1]", [1]),
        (Literal["adam", "sgd"], "sgd", "sgd"),
        (Literal[1, 2], "2", 2),
        (Colour, "red", Colour.RED),
        (Colour, Colour.RED, Colour.RED),
        (Path, "/tmp", Path("/tmp")),
        (Path, "[1]", Path("[1]")),
        (Path | None, "/tmp", Path("/tmp")),
        (Annotated[int, "a note"], "3", 3),
        (Annotated[int, msgspec.Meta(gt=1)], "3", 3),
        (Optimizer, '{"lr": "0.5"}', Optimizer(0.5)),
        (Optimizer, {"lr": 0.5, "inner": {"lr": 1}}, Optimizer(0.5, inner=Optimizer(1.0))),
        (Optimizer | None, {"lr": 0.5}, Optimizer(0.5)),
        (Schema, {"lr": "0.5"}, Schema(lr=0.5)),
        (Size, {"width": "5"}, {"width": 5}),
        (dict, {"a": {"b": 1}}, {"a": {"b": 1}}),
        (Any, {"a": 1}, {"a": 1}),
        (Any, "text", "text"),
        (int, None, None),
        ("int", "3", 3),
        (Port, "80", Port(80)),
        (Port, 80.0, Port(80)),
        (list[Port], '["80"]', [80]),
        (Port | None, "80", Port(80)),
        (Label, "x", Label("x")),
        (collections.OrderedDict, '{"a": 1}', collections.OrderedDict(a=1)),
        (collections.Counter, {"a": 1}, collections.Counter(a=1)),
        (collections.defaultdict, {"a": 1}, collections.defaultdict(None, a=1)),
        (Iterable[int], '["1", 2]', [1, 2]),
        (Iterable[int], ("1", 2), (1, 2)),
        (Iterable[int], NOISE, NOISE),
        (Iterable[int] | None, "none", None),
        (Sequence, "[1]", [1]),
        (Sequence[int], {1}, [1]),
        (Mapping[str, int], {"a": "1"}, {"a": 1}),
        (dict[int, Optimizer], {"1": {"lr": 3}}, {1: Optimizer(3.0)}),
        (Schema, {"inner": {"lr": 1}}, Schema(inner=Schema(lr=1))),
        (Renamed, {"rate": 1}, Renamed(lr=1)),
        (Renamed, {"lr": 1}, Renamed(lr=1)),
        (Open, {"any": 1}, Open(any=1)),
        (Literal["none", "a"] | None, "none", "none"),
        (Literal["none", "a"] | None, "None", None),
        (Literal[Colour.RED], "red", Colour.RED),
        (Literal[Colour.RED], Colour.RED, Colour.RED),
        (Literal[1.5, 2], "1.5", 1.5),
        (list[First | Second], '[{"x": 1}, {"y": 2}]', [First(1), Second(2)]),
        (tuple[First | Second, int], ({"y": 1}, "2"), (Second(1), 2)),
        (dict[str, First | Second], {"a": {"y": 1}}, {"a": Second(1)}),
        (list[Port | int], [1], [1]),
        (Odd, ODD, ODD),
        (Odd, {"next": {"half": "1.5"}}, Odd(next=Odd())),
        (list[Odd], [ODD], [ODD]),
        (Self, ODD, ODD),
        (ClassVar[int], "3", 3),
        ("UnknownName", 3, 3),
    ],
)
def test_a_value_is_converted_to_the_annotation(annotation, value, expected):
    def f(x=7):
        return x

    f.__annotations__["x"] = annotation
    with hp.scope({"ns": {"x": value}}):
        result = hp.param("ns")(f)()
    assert (result, type(result)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("annotation", "value", "message"),
    [
        (int, 0.5, "'ns.x' = 0.5 is not a valid int: it is not a whole number"),
        (int, "0.5", "'ns.x' = '0.5' is not a valid int: it is not a whole number"),
        (int, "three", "'ns.x' = 'three' is not a valid int"),
        (bool, "flase", "'ns.x' = 'flase' is not a valid bool"),
        (bool, 2, "'ns.x' = 2 is not a valid bool"),
        (float, "1e-4x", "'ns.x' = '1e-4x' is not a valid float"),
        (float, True, "'ns.x' = True is not a valid float"),
        (float | None, "fast", "'ns.x' = 'fast' is not a valid float | None"),
        (list, "1,2", "'ns.x' = '1,2' is not a valid list: expected a list in JSON, such as [1, 2] "),
        (list, "[1,", "'ns.x' = '[1,' is not a valid list: the text is not valid JSON: "),
        (dict, "a=1", "'ns.x' = 'a=1' is not a valid dict: expected an object in JSON, such as "),
        (list[int], '["a"]', "'ns.x[0]' = 'a' is not a valid int"),
        (Literal["adam", "sgd"], "adma", "is not a valid Literal['adam', 'sgd']: did you mean 'adam'?"),
        (Colour, "blue", "'ns.x' = 'blue' is not a valid Colour: expected 'red'"),
        (Path, 3, "is not a valid Path"),
        (Annotated[int, msgspec.Meta(gt=5)], "3", "is not a valid int: expected int >= 6"),
        (tuple[Annotated[float, "rate"], ...], "1", "'ns.x' = '1' is not a valid tuple[float, ...]"),
        (Optimizer, {"lr": "fast"}, "'ns.x.lr' = 'fast' is not a valid float"),
        (Optimizer, {"lrr": 1}, "'ns.x.lrr' is not a field of Optimizer; did you mean 'ns.x.lr'?"),
        (
            Optimizer,
            {"inner": {"lrr": 1}},
            "'ns.x.inner.lrr' is not a field of Optimizer; did you mean 'ns.x.inner.lr'?",
        ),
        (Size, {"widht": 1}, "'ns.x.widht' is not a field of Size; did you mean 'ns.x.width'?"),
        (Schema, {"lr": "fast"}, "'ns.x.lr' = 'fast' is not a valid float"),
        (Schema, {"lrr": 3}, "'ns.x.lrr' is not a field of Schema; did you mean 'ns.x.lr'?"),
        (Schema, {"inner": {"lrr": 3}}, "'ns.x.inner.lrr' is not a field of Schema"),
        (
            dict[int, Optimizer],
            {"1": {"lrr": 3}},
            "'ns.x.1.lrr' is not a field of Optimizer; did you mean",
        ),
        (Port, "x", "is not a valid Port"),
        (Iterable[int], "12", "'ns.x' = '12' is not a valid Iterable[int]"),
        (Iterable[int], '["a"]', "'ns.x[0]' = 'a' is not a valid int"),
        (Sequence, "abc", "is not a valid Sequence: expected a list in JSON, such as [1, 2] "),
        (list[Iterable[int]], '["ab"]', "'ns.x[0]' = 'ab' is not a valid Iterable[int]: expected a list"),
        (Literal[Colour.RED], "blue", "is not a valid Literal[<Colour.RED: 'red'>]"),
        (list[First | Second], [{"x": 1}, {"z": 1}], "'ns.x[1].z' is not a field of First"),
        (tuple[First | Second, int], [{"x": 1}], "expected 2 items, got 1"),
        (Odd, {"half": 2.5}, "'ns.x.half' = 2.5 is not a valid Literal[1.5]"),
        (Self, "text", "is not a valid Self"),
        (Picky, {"x": 1}, "is not a valid Picky: KeyError: 1"),
        (decimal.Decimal, "x", "is not a valid Decimal"),
        (int | str | None, 2.5, "is not a valid int | str | None"),
        (dict, 3, "is not a valid dict"),
    ],
)
def test_the_error_for_a_value_that_does_not_fit_has_key_value_type_and_place(annotation, value, message):
    def f(x=7):
        return x

    f.__annotations__["x"] = annotation
    f = hp.param("ns")(f)
    with hp.scope({"ns": {"x": value}}), pytest.raises(hp.ParamError) as caught:
        f()
    assert message in str(caught.value)
    assert "set at " + __file__ in str(caught.value)
    # An argument of the caller is passed on as it is.
    assert f(x=value) == value
    with hp.scope({"ns": {"x": value}}):
        assert f(1) == 1


def test_a_scalar_parameter_does_not_take_the_subtree_of_its_key():
    @hp.param("ns")
    def f(model="resnet", *, options={}, anything):  # noqa: B006
        return model, options, anything

    with hp.scope({"ns": {"model": {"dim": 3}, "options": {"a": {"b": 1}}, "anything": {"c": 2}}}):
        assert f() == ("resnet", {"a": {"b": 1}}, {"c": 2})


def test_a_read_converts_text_once_in_a_frame():
    conversions = []

    class CountedPath(Path):
        _flavour = getattr(Path("."), "_flavour", None)

        def __new__(cls, *args):
            conversions.append(args)
            return super().__new__(cls, *args)

    default = CountedPath("x")
    with hp.scope("ns.x=1", "path=y"):
        conversions.clear()
        assert {id(hp.scope.path | default) for _ in range(5)} == {id(hp.scope.path | default)}
        assert len(conversions) == 1
