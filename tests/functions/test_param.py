"""The decorator, over every kind of function, method and class."""

import collections
import dataclasses
import decimal
import enum
import functools
import inspect
import pickle
import pydoc
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Self, TypedDict

import attrs
import msgspec
import pydantic
import pytest

import hyperparameter as hp


def scoped(call, **params):
    """Return what a call returns with parameters set under "ns"."""
    with hp.scope({"ns": params}):
        return call()


@hp.param("ns")
def many(a, b=2, /, c=3, *rest, d=4, e, **more):
    """Return every argument."""
    return a, b, c, rest, d, e, more


@hp.param()
def by_its_own_name(x=1):
    return x


@hp.param
def without_brackets(x=1):
    return x


@hp.param("ns")
class Model:
    """Be a class."""

    def __init__(self, dim, depth=2):
        self.dim, self.depth = dim, depth


@hp.param("ns")
@dataclasses.dataclass(frozen=True)
class Data:
    dim: int = 1
    name: str = "none"


class Child(Model):
    def __init__(self, depth=7):
        super().__init__(depth=depth)


@hp.param("ns")
class Heir(Model):
    """Inherit the constructor."""


def test_the_caller_wins_then_the_scope_then_the_signature():
    @hp.param("ns")
    def f(x=1, y=2):
        return x, y

    assert f() == (1, 2)
    with hp.scope(**{"ns.x": 10, "ns.y": 20}):
        assert f() == (10, 20)
        assert f(5) == (5, 20)
        assert f(5, 6) == (5, 6)
        assert f(y=6) == (10, 6)
        with hp.scope(**{"ns.x": 11}):
            assert f(y=6) == (11, 6)
    assert f() == (1, 2)


def test_every_parameter_that_can_be_passed_is_bound():
    assert many(1, e=5) == (1, 2, 3, (), 4, 5, {})
    assert scoped(lambda: many(1), b=20, c=30, d=40, e=50) == (1, 20, 30, (), 40, 50, {})
    assert scoped(lambda: many(1, 2, 3, 4, x=6), b=20, c=30, d=40, e=50) == (1, 2, 3, (4,), 40, 50, {"x": 6})
    assert scoped(lambda: many(1, b=6), b=20, e=5) == (1, 20, 3, (), 4, 5, {"b": 6})


def test_a_parameter_without_default_can_come_from_the_scope():
    with pytest.raises(TypeError, match=r"many\(\) is missing the argument 'e'.*'ns.e' is not set") as caught:
        many(1)
    assert isinstance(caught.value, KeyError)
    with pytest.raises(hp.MissingArgumentError, match=r"did you mean 'ns\.ee'\?"):
        with hp.scope({"other": {"e": 1}, "ns.ee": 1}):

            @hp.param("ns")
            def f(e):
                return e

            f()
    assert scoped(lambda: f(), e=None) is None


def test_a_positional_only_parameter_without_default_is_the_callers_to_give():
    """Nothing that a scope sets takes its place, nor that of the one before it."""

    @hp.param("ns")
    def f(a, b=2, /, **more):
        return a, b, more

    for params in ({}, {"b": 20}, {"a": 10, "b": 20}):
        with hp.scope({"ns": params}):
            with pytest.raises(
                hp.MissingArgumentError,
                match=r"f\(\) is missing the argument 'a', which can only be",
            ):
                f()
            with pytest.raises(hp.MissingArgumentError):
                f(a=1)
            assert f(1) == (1, params.get("b", 2), {})


def test_a_keyword_is_not_taken_for_the_positional_only_parameter_of_its_name():
    @hp.param("ns")
    def f(a: int = 1, /, **more):
        return a, more

    with hp.scope("ns.a=bad"):
        for _ in range(3):
            with pytest.raises(hp.ParamError, match="'ns.a' = 'bad' is not a valid"):
                f(a=2)
        assert f(1, a=2) == (1, {"a": 2})
    with hp.scope("ns.a=5"):
        assert [f(a=2), f(a=2)] == [(5, {"a": 2})] * 2


def test_a_reference_is_no_default_of_a_parameter():
    for wrong in (lambda lr=hp.scope.other.lr: lr, lambda *, lr=hp.scope.other.lr: lr):
        with pytest.raises(
            TypeError, match=r"is the reference <hp\.scope\.other\.lr \(missing\)>, not a value"
        ):
            hp.param("ns")(wrong)


def test_pythons_own_errors_for_a_wrong_call_stay():
    with pytest.raises(TypeError, match="unexpected keyword argument 'z'"):
        by_its_own_name(z=1)
    with pytest.raises(TypeError, match="takes from 0 to 1 positional arguments but 2 were given"):
        by_its_own_name(1, 2)


def test_an_override_that_only_variadic_parameters_could_take_is_refused():
    for key in ("ns.more", "ns.rest", "ns.other"):
        with hp.scope(**{key: 1}):
            with pytest.raises(hp.UnusableOverrideError, match=key) as caught:
                many(1, e=5)
            assert isinstance(caught.value, TypeError)
            assert hp.snapshot().keys() == {key}
    with (
        hp.scope(**{"ns.dd": 1}),
        pytest.raises(TypeError, match=r"did you mean 'ns\.d'.*set at .*\.py:\d+"),
    ):
        many(1, e=5)
    with hp.scope({"ns": {"inner": {"key": 1}}}):  # a namespace of its own beneath
        assert many(1, e=5)[-1] == {}


def test_functions_that_share_a_namespace_do_not_refuse_each_others_parameters():
    @hp.param("shared")
    def first(x=1, **more):
        return x, more

    @hp.param("shared")
    def second(y=2):
        return y

    with hp.scope(**{"shared.x": 10, "shared.y": 20}):
        assert (first(), second()) == ((10, {}), 20)


def test_the_namespace_is_the_functions_own_without_a_name():
    with hp.scope(**{"by_its_own_name.x": 5, "without_brackets.x": 6}):
        assert (by_its_own_name(), without_brackets()) == (5, 6)
    with pytest.raises(ValueError, match="segment 2 is empty"):
        hp.param("a..b")
    with pytest.raises(TypeError, match="hp.param decorates functions and classes, not 3"):
        hp.param("a")(3)


def test_a_function_keeps_name_docstring_signature_and_pickles_by_reference():
    assert (many.__name__, many.__doc__, many.__module__) == ("many", "Return every argument.", __name__)
    assert str(inspect.signature(many)) == "(a, b=2, /, c=3, *rest, d=4, e, **more)"
    assert inspect.isfunction(many)
    assert inspect.isfunction(many.__wrapped__)
    assert pickle.loads(pickle.dumps(many)) is many


def test_methods_static_and_class_methods():
    class Thing:
        @hp.param("ns")
        def method(self, x=1):
            return self, x

        @hp.param("ns")
        @staticmethod
        def static_below(x=1):
            return x

        @staticmethod
        @hp.param("ns")
        def static_above(x=1):
            return x

        @hp.param("ns")
        @classmethod
        def class_below(cls, x=1):
            return cls, x

        @classmethod
        @hp.param("ns")
        def class_above(cls, x=1):
            return cls, x

        @property
        @hp.param("ns")
        def prop(self, x=1):
            return x

        @hp.param("ns")
        def steps(self, x=1):
            yield x

        @hp.param("ns")
        async def job(self, x=1):
            return x

    thing = Thing()
    with hp.scope(**{"ns.x": 5}):
        assert thing.method() == (thing, 5)
        assert thing.method(6) == Thing.method(thing, 6) == (thing, 6)
        assert [Thing.static_below(), thing.static_below(), Thing.static_above(), thing.static_above(6)] == [
            5,
            5,
            5,
            6,
        ]
        assert [Thing.class_below(), thing.class_above(6)] == [(Thing, 5), (Thing, 6)]
        assert thing.prop == 5
        assert [list(thing.steps()), list(thing.steps(6)), list(Thing.steps(thing))] == [[5], [6], [5]]
    assert inspect.isgeneratorfunction(thing.steps)
    assert inspect.iscoroutinefunction(thing.job)
    assert inspect.iscoroutinefunction(Thing.job)
    assert str(inspect.signature(thing.steps)) == "(x=1)"


def test_methods_that_a_class_makes_static_or_class_methods_of_itself():
    """By their names, as it does with any function."""

    class Base:
        @hp.param("ns")
        def __new__(cls, x=1):
            self = super().__new__(cls)
            self.x = x
            return self

        @hp.param("ns")
        def __init_subclass__(cls, tag="none", **more):
            super().__init_subclass__(**more)
            cls.tag = tag

        @hp.param("ns")
        @hp.param("other")
        def __class_getitem__(cls, item, more=1):
            return cls, item, more

    assert [type(vars(Base)[name]) for name in ("__new__", "__init_subclass__", "__class_getitem__")] == [
        staticmethod,
        classmethod,
        classmethod,
    ]
    with hp.scope({"ns": {"x": 5, "tag": "set"}, "other.more": 6}):

        class Set(Base):
            pass

        class Given(Base, tag="given"):
            @classmethod
            @hp.param("ns")
            def __init_subclass__(cls, tag="none"):
                cls.inner = tag

            @staticmethod
            @hp.param("ns")
            def __new__(cls, x=2):
                return super().__new__(cls, x + 1)

        class Below(Given):
            pass

        assert (Set.tag, Given.tag, Below.inner) == ("set", "given", "set")
        assert (Base().x, Set(7).x, Given().x, Base[3], Set[4]) == (5, 7, 6, (Base, 3, 6), (Set, 4, 6))

    @hp.param("ns")
    def __new__(cls, x=1):  # noqa: N807  (of no class)
        return cls, x

    class Member(enum.Enum):
        @hp.param("ns")
        def __new__(cls, value, more=8):
            self = object.__new__(cls)
            self._value_ = value + more
            return self

        ONE = 1

    assert (__new__(3), Member.ONE.value, Member(9)) == ((3, 1), 9, Member.ONE)


def test_a_class_stays_that_class():
    assert isinstance(Model, type)
    assert (Model.__name__, Model.__doc__, str(inspect.signature(Model))) == (
        "Model",
        "Be a class.",
        "(dim, depth=2)",
    )
    with hp.scope({"ns": {"dim": 8}}):
        model = Model()
        assert isinstance(model, Model)
        assert (model.dim, model.depth, Model(9, 3).dim) == (8, 2, 9)
        child = Child()
        assert (child.dim, child.depth, isinstance(child, Model)) == (8, 7, True)
        assert (Heir().dim, Heir(3).dim) == (8, 3)
    assert pickle.loads(pickle.dumps(model)).__dict__ == {"dim": 8, "depth": 2}
    with pytest.raises(TypeError, match="Model.* is missing the argument 'dim'"):
        Model()


def test_dataclasses_and_named_tuples():
    with hp.scope("ns.dim=8"):
        assert Data() == Data(8, "none")
        assert dataclasses.replace(Data(), name="x") == Data(8, "x")
        assert dataclasses.asdict(Data(name="y")) == {"dim": 8, "name": "y"}
        assert pickle.loads(pickle.dumps(Data())) == Data()

        @hp.param("ns")
        class Point(NamedTuple):
            dim: int = 1

        assert Point() == Point(8)
        assert Point(3)._replace(dim=4) == (4,)

        @hp.param("ns")
        @attrs.define
        class Attrs:
            dim: int = 1

        assert Attrs() == Attrs(8)

        @hp.param("ns")
        class Pydantic(pydantic.BaseModel):
            dim: int = 1

        assert Pydantic().dim == 8
    with pytest.raises(TypeError, match="put hp.param above it"):

        @dataclasses.dataclass
        @hp.param("ns")
        class Wrong:
            x: int = 1

    with pytest.raises(TypeError, match="msgspec.Struct"):

        @hp.param("ns")
        class Struct(msgspec.Struct):
            x: int = 1


def test_multiple_inheritance_keeps_its_order():
    class Base:
        def __init__(self, x=1):
            self.seen = [x]

    @hp.param("ns")
    class Left(Base):
        pass

    class Right(Base):
        def __init__(self, x=1):
            super().__init__(x)
            self.seen.append("right")

    class Both(Left, Right):
        pass

    assert scoped(lambda: Both().seen, x=5) == [5, "right"]


def test_other_callables():
    def f(a, b=2):
        return a, b

    assert scoped(lambda: hp.param("ns")(functools.partial(f, 1))(), b=5) == (1, 5)

    @functools.wraps(f)
    def wrapper(*args, **kwargs):
        return f(*args, **kwargs)

    assert scoped(lambda: hp.param("ns")(wrapper)(1), b=5) == (1, 5)
    assert scoped(lambda: hp.param("ns")(hp.param("other")(f))(1), b=5) == (1, 5)
    with pytest.raises(TypeError, match="give hp.param a namespace"):
        hp.param(functools.partial(f, 1))


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
    """Have fields of types that msgspec does not know."""

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
        (list[Odd], [ODD], [ODD]),
        (Self, ODD, ODD),
        (ClassVar[int], "3", 3),
        ("UnknownName", 3, 3),
    ],
)
def test_a_value_is_given_as_the_annotation_asks(annotation, value, expected):
    def f(x=7):
        return x

    f.__annotations__["x"] = annotation
    result = scoped(hp.param("ns")(f), x=value)
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
        (list, "1,2", "'ns.x' = '1,2' is not a valid list: text is read as JSON: "),
        (list[int], '["a"]', "is not a valid list[int]: at 'ns.x[0]': Expected `int`, got `str`"),
        (Literal["adam", "sgd"], "adma", "is not a valid Literal['adam', 'sgd']: Invalid enum value 'adma'"),
        (Colour, "blue", "is not a valid Colour: Invalid enum value 'blue'"),
        (Path, 3, "is not a valid Path"),
        (Annotated[int, msgspec.Meta(gt=5)], "3", "is not a valid int: Expected `int` >= 6"),
        (
            tuple[Annotated[float, "rate"], ...],
            "1",
            "tuple[float, ...]: Expected `array`, got `str`: text is read as JSON",
        ),
        (Optimizer, {"lr": "fast"}, "is not a valid Optimizer: at 'ns.x.lr': Expected `float`, got `str`"),
        (Optimizer, {"lrr": 1}, "is not a valid Optimizer: at 'ns.x.lrr': no such field; did you mean 'lr'?"),
        (
            Optimizer,
            {"inner": {"lrr": 1}},
            "is not a valid Optimizer: at 'ns.x.inner.lrr': no such field; did you mean 'lr'?",
        ),
        (Size, {"widht": 1}, "at 'ns.x.widht': no such field"),
        (Schema, {"lr": "fast"}, "is not a valid Schema"),
        (Schema, {"lrr": 3}, "is not a valid Schema: at 'ns.x.lrr': no such field; did you mean 'lr'?"),
        (Schema, {"inner": {"lrr": 3}}, "at 'ns.x.inner.lrr': no such field"),
        (dict[int, Optimizer], {"1": {"lrr": 3}}, ": at 'ns.x.1.lrr': no such field; did you mean 'lr'?"),
        (Port, "x", "is not a valid Port"),
        (
            Iterable[int],
            "12",
            "is not a valid Iterable[int]: Expected `array`, got `str`: text is read",
        ),
        (Iterable[int], '["a"]', "is not a valid Iterable[int]: at 'ns.x[0]': Expected `int`, got `str`"),
        (Sequence, "abc", "is not a valid Sequence: text is read as JSON: "),
        (list[Iterable[int]], '["ab"]', "is not a valid list[Iterable[int]]"),
        (Literal[Colour.RED], "blue", "is not a valid Literal[<Colour.RED: 'red'>]"),
        (list[First | Second], [{"x": 1}, {"z": 1}], "is not a valid list[First | Second]: at 'ns.x[1]'"),
        (tuple[First | Second, int], [{"x": 1}], "it has 1 items, not 2"),
        (Odd, {"half": 1.5}, "is not a valid Odd: Literal may only contain"),
        (Self, "text", "is not a valid Self"),
        (Picky, {"x": 1}, "is not a valid Picky: KeyError: 1"),
        (decimal.Decimal, "x", "is not a valid Decimal"),
        (int | str | None, 2.5, "is not a valid int | str | None"),
        (dict, 3, "is not a valid dict"),
    ],
)
def test_what_does_not_fit_is_refused_with_key_value_type_and_place(annotation, value, message):
    def f(x=7):
        return x

    f.__annotations__["x"] = annotation
    f = hp.param("ns")(f)
    with hp.scope({"ns": {"x": value}}), pytest.raises(hp.ParamError) as caught:
        f()
    assert message in str(caught.value)
    assert "set at " + __file__ in str(caught.value)
    assert f(x=value) == value  # what the caller gives is the caller's
    with hp.scope({"ns": {"x": value}}):
        assert f(1) == 1


def test_a_scalar_parameter_is_not_given_what_lies_beneath_its_key():
    @hp.param("ns")
    def f(model="resnet", *, options={}, anything):  # noqa: B006
        return model, options, anything

    with hp.scope({"ns": {"model": {"dim": 3}, "options": {"a": {"b": 1}}, "anything": {"c": 2}}}):
        assert f() == ("resnet", {"a": {"b": 1}}, {"c": 2})


def test_text_is_converted_once_for_a_reader_and_frame():
    made = []

    class Counted(Path):
        _flavour = getattr(Path("."), "_flavour", None)

        def __new__(cls, *args):
            made.append(args)
            return super().__new__(cls, *args)

    default = Counted("x")
    with hp.scope("ns.x=1", "path=y"):
        made.clear()
        assert {id(hp.scope.path | default) for _ in range(5)} == {id(hp.scope.path | default)}
        assert len(made) == 1


def test_what_is_made_for_a_call_is_made_for_each_anew():
    """A call may change a list or an object that its text or keys became; no other call sees it."""

    @hp.param("ns")
    def f(items: list[int], opt: Optimizer = None, options=None, lr=0.1):
        items.append(lr)
        opt.lr *= 0.5
        return items, opt.lr, options

    given = {"a": 1}
    with hp.scope("ns.items=[1]", "ns.opt.lr=1", "ns.lr=2"):
        assert [f(), f(), f(options=given)] == [([1, 2.0], 0.5, None)] * 2 + [([1, 2.0], 0.5, given)]
        with hp.scope(other=1):
            assert f([3]) == ([3, 2.0], 0.5, None)
    with hp.scope({"ns": {"cfg": {"a": 1}}}):
        for taker in (lambda cfg: cfg.pop("a"), lambda cfg={}: cfg.pop("a")):
            assert [hp.param("ns")(taker)() for _ in range(2)] == [1, 1]
            decorated = hp.param("ns")(taker)
            assert [decorated(), decorated()] == [1, 1]


def test_an_object_that_was_set_comes_out_as_that_object():
    items, opt = [1], Optimizer()
    with hp.scope({"ns": {"items": items, "opt": opt}}):
        f = hp.param("ns")(lambda items=[], opt=opt: (items, opt))
        assert [f()[0] is items, f()[1] is opt, (hp.scope.ns.items | []) is items] == [True] * 3


def test_help_shows_the_docstring_of_a_decorated_function():
    @hp.param("ns")
    def told(lr=0.1):
        """Train a model."""

    assert "told(lr=0.1)\n    Train a model." in pydoc.render_doc(told, renderer=pydoc.plaintext)
    for name in ("__doc__", "__name__", "__code__", "__defaults__", "__dict__"):
        assert object.__getattribute__(told, name) == getattr(told, name)
        assert inspect.getattr_static(told, name) is not None


def test_a_metaclass_has_no_say_in_what_a_decorated_function_is_to_its_class():
    class Frozen(type):
        def __setattr__(cls, name, value):
            raise AttributeError("the class is frozen")

    class Made(metaclass=Frozen):
        @hp.param("made")
        def __new__(cls, size=1):
            made = object.__new__(cls)
            made.size = size
            return made

        @hp.param("made")
        def __class_getitem__(cls, item, size=1):
            return item, size

    with hp.scope(**{"made.size": 2}):
        assert (Made().size, Made[7]) == (2, (7, 2))
