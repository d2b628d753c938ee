"""Decorated classes: their constructors take arguments from scopes, and they stay the same classes."""

import copy
import dataclasses
import inspect
import pickle
import sys
from fractions import Fraction
from textwrap import TextWrapper
from typing import NamedTuple, Protocol

import attrs
import msgspec
import pydantic
import pytest

import hyperparameter as hp


@hp.param("ns")
class Model:
    """A model."""

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
class Subclass(Model):
    """A class that inherits its constructor."""


def test_a_decorated_class_stays_the_same_class():
    assert isinstance(Model, type)
    assert (Model.__name__, Model.__doc__, str(inspect.signature(Model))) == (
        "Model",
        "A model.",
        "(dim, depth=2)",
    )
    with hp.scope({"ns": {"dim": 8}}):
        model = Model()
        assert isinstance(model, Model)
        assert (model.dim, model.depth, Model(9, 3).dim) == (8, 2, 9)
        child = Child()
        assert (child.dim, child.depth, isinstance(child, Model)) == (8, 7, True)
        assert (Subclass().dim, Subclass(3).dim) == (8, 3)
    assert pickle.loads(pickle.dumps(model)).__dict__ == {"dim": 8, "depth": 2}
    with pytest.raises(TypeError, match="Model.* is missing the argument 'dim'"):
        Model()


def test_classes_whose_constructor_is_generated_can_be_decorated():
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


def test_with_multiple_inheritance_the_next_constructor_in_order_is_called():
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

    with hp.scope(**{"ns.x": 5}):
        assert Both().seen == [5, "right"]


class Named(Protocol):
    """A Protocol whose classes also inherit an `__init__` from elsewhere."""

    name: str


class Net:
    def __init__(self, dim=1):
        self.dim = dim


def test_a_protocol_before_the_base_with_the_constructor_is_passed_over():
    @hp.param("ns")
    class Both(Named, Net):
        pass

    class Other(Named, Net):
        pass

    class Child(Both, Other):
        pass

    assert (Both().dim, Both(2).dim, Child().dim) == (1, 2, 1)
    with hp.scope(**{"ns.dim": 5}):
        assert (Both().dim, Both(2).dim, Child().dim, Other().dim) == (5, 2, 5, 1)
    for wrong in (lambda: Both(1, 2), lambda: Both(size=1)):
        with pytest.raises(TypeError, match="argument"):
            wrong()


def test_the_next_constructor_in_order_can_take_other_arguments():
    class Base:
        def __init__(self, x):
            self.x = x

    @hp.param("ns")
    class Left(Base):
        pass

    class Right(Base):
        def __init__(self, y=3):
            super().__init__(y)

    class Both(Left, Right):
        pass

    assert [Both().x, Both(4).x, Both(y=5).x] == [3, 4, 5]
    with pytest.raises(hp.MissingArgumentError, match="'ns.x' is not set"):
        Left()


def test_a_class_of_a_protocol_without_constructor_has_no_parameters():
    with pytest.raises(TypeError, match="Bare has no parameters to bind"):

        @hp.param("ns")
        class Bare(Named):
            pass


def test_a_class_of_another_module_is_not_changed():
    """Each call returns a subclass with a namespace of its own."""
    first, second = hp.param("p1")(TextWrapper), hp.param("p2")(TextWrapper)
    with hp.scope(**{"p1.width": 10, "p2.width": 20}):
        assert (first().width, second().width, TextWrapper().width) == (10, 20, 70)
        assert (first(30).width, isinstance(first(), TextWrapper), issubclass(second, TextWrapper)) == (
            30,
            True,
            True,
        )
    assert hp.param("p1")(TextWrapper) is first
    assert (first.__name__, first.__doc__, first.__module__) == ("TextWrapper", TextWrapper.__doc__, __name__)
    assert inspect.signature(first) == inspect.signature(TextWrapper)


def test_a_second_name_for_a_class_makes_a_subclass():
    class Base:
        def __init__(self, x=1):
            self.x = x

    first, second = hp.param("p1")(Base), hp.param("p2")(Base)
    assert first is Base
    assert (second.__mro__[1], second.__module__, second.__qualname__) == (Base, __name__, Base.__qualname__)
    with hp.scope(**{"p1.x": 10, "p2.x": 20}):
        assert (first().x, second().x) == (10, 20)
    with hp.scope(**{"p1.x": 10}):
        assert second().x == 10


def test_a_helper_of_another_module_decorates_a_new_class_in_place(monkeypatch):
    helpers = {"__name__": "helpers", "hp": hp}
    exec("def configured(cls): return hp.param('ns')(cls)", helpers)

    class Base:
        def __init__(self, x=1):
            self.x = x

    assert helpers["configured"](Base) is Base
    monkeypatch.setattr(sys.modules[__name__], "Net", Net)
    assert helpers["configured"](Net) is not Net


def test_objects_of_a_class_of_another_module_pickle():
    wrapper = hp.param("p1")(TextWrapper)(width=10)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        loaded = pickle.loads(pickle.dumps(wrapper, protocol))
        assert type(loaded) is type(wrapper)
        assert vars(loaded) == vars(wrapper)
    assert type(copy.deepcopy(wrapper)) is type(wrapper)
    number = hp.param("p1")(Fraction)(3)
    with hp.scope(**{"p1.denominator": 2}):
        assert type(number)(3) == 1.5
    loaded = pickle.loads(pickle.dumps(number))
    assert (loaded, type(loaded)) == (3, type(number))


def test_a_class_that_a_decorated_metaclass_makes_belongs_to_its_own_module():
    @hp.param("ns")
    class OwnInit(type):
        def __init__(cls, name, bases, namespace, frozen=False):
            super().__init__(name, bases, namespace)
            cls.frozen = frozen

    @hp.param("ns")
    class OwnNew(type):
        def __new__(mcls, name, bases, namespace, frozen=False):
            cls = super().__new__(mcls, name, bases, namespace)
            cls.frozen = frozen
            return cls

        def __init__(cls, *args, **kwargs):
            pass

    @hp.param("ns")
    class Inherits(OwnNew):
        pass

    @hp.param("ns")
    class Plain(type):
        pass

    metaclasses = (OwnInit, OwnNew, Inherits)
    assert {metaclass("Made", (), {}).__module__ for metaclass in (*metaclasses, Plain)} == {__name__}
    with hp.scope(**{"ns.frozen": True}):
        assert [metaclass("Made", (), {}).frozen for metaclass in metaclasses] == [True] * 3
