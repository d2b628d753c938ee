"""Decorated classes: their constructors take arguments from scopes, and they stay the same classes."""

import dataclasses
import inspect
import pickle
from typing import NamedTuple

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
