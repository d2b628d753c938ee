"""Schemas: conversion, defaults, and the errors of each kind of structure."""

import dataclasses
import enum
import pickle
from pathlib import Path
from typing import Annotated, NotRequired, TypedDict

import attrs
import msgspec
import pydantic
import pytest

import hyperparameter as hp
from hyperparameter.configuration.load import PlacedSource, load
from hyperparameter.core.origin import Origin

pytestmark = pytest.mark.one_kernel


class Kind(enum.Enum):
    SGD = "sgd"
    ADAM = "adam"


@dataclasses.dataclass
class Layer:
    width: int


@dataclasses.dataclass
class Train:
    lr: float
    steps: int = 10
    kind: Kind = Kind.SGD
    layers: list[Layer] = dataclasses.field(default_factory=list)

    def __post_init__(self):
        if self.lr < 0:
            raise ValueError("lr is negative")


@dataclasses.dataclass
class Program:
    train: Train
    named: dict[str, Layer] = dataclasses.field(default_factory=dict)
    other: Train | None = None
    cache: bool = False


class Struct(msgspec.Struct, rename="camel"):
    learning_rate: Annotated[float, msgspec.Meta(gt=0)]
    inner: "Struct | None" = None


class Typed(TypedDict):
    lr: float
    sizes: NotRequired[list[int]]


@attrs.define
class Attrs:
    _lr: float
    out: Path = Path("out")


class Inner(pydantic.BaseModel):
    width: int
    sizes: list[int] = [1]


class Model(pydantic.BaseModel):
    lr: float = pydantic.Field(gt=0)
    inner: Inner
    layers: list[Inner] = []


def test_a_schema_converts_values_and_adds_defaults():
    Path("t.toml").write_text(
        '[train]\nlr = "1e-3"\nkind = "adam"\nlayers = [{width = "3"}]\n[named.a]\nwidth = 2\n'
    )
    cfg = hp.config("t.toml", "cache=yes", schema=Program)
    assert cfg.instance == Program(Train(0.001, 10, Kind.ADAM, [Layer(3)]), {"a": Layer(2)}, None, True)
    assert cfg == {
        "train": {"lr": 0.001, "steps": 10, "kind": Kind.ADAM, "layers": [{"width": 3}]},
        "named": {"a": {"width": 2}},
        "other": None,
        "cache": True,
    }
    assert (cfg.where("train.lr"), cfg.where("named.a.width")) == ("t.toml:2", "t.toml:6")
    assert (cfg.where("train.steps"), cfg.where("other")) == (
        "default of Train.steps",
        "default of Program.other",
    )
    assert cfg.history("train.lr") == [("1e-3", "t.toml:2")]
    assert pickle.loads(pickle.dumps(cfg)).instance == cfg.instance


@pytest.mark.parametrize(
    ("schema", "sources", "plain", "instance"),
    [
        (Struct, ["learningRate=0.5"], {"learningRate": 0.5, "inner": None}, Struct(0.5)),
        (Typed, ["lr=1", "sizes=[1, 2]"], {"lr": 1.0, "sizes": [1, 2]}, {"lr": 1.0, "sizes": [1, 2]}),
        (Attrs, ["lr=1"], {"lr": 1.0, "out": Path("out")}, Attrs(1.0)),
        (
            Model,
            ["lr=1", 'inner={"width": 3}', {"layers": [{"width": "4", "sizes": "[5]"}]}],
            {"lr": 1.0, "inner": {"width": 3, "sizes": [1]}, "layers": [{"width": 4, "sizes": [5]}]},
            Model(lr=1, inner=Inner(width=3), layers=[Inner(width=4, sizes=[5])]),
        ),
    ],
)
def test_every_kind_of_structure_can_be_a_schema(schema, sources, plain, instance):
    cfg = hp.config(*sources, schema=schema)
    assert (cfg, cfg.instance) == (plain, instance)


def test_all_errors_are_reported_together():
    Path("t.toml").write_text(
        'cach = true\n[train]\nlrr = "x"\nsteps = 2.5\nlayers = [{width = "w"}, {size = 1}]\n'
    )
    more = (
        PlacedSource("cache=maybe", Origin.by("-D cache=maybe")),
        PlacedSource({"other": {"lr": -1}}, Origin.at("a dict")),
    )
    with pytest.raises(hp.ConfigError) as caught:
        hp.config("t.toml", *more, schema=Program)
    text = """\
9 errors in the configuration:
  'cach' is not a field of Program; did you mean 'cache'? (set at t.toml:1)
  'train.lrr' is not a field of Train; did you mean 'train.lr'? \
(set at t.toml:3)
  'train.steps' = 2.5 is not a valid int: it is not a whole number (set at t.toml:4)
  'train.layers[0].width' = 'w' is not a valid int (set at t.toml:5)
  'train.layers[1].size' is not a field of Layer (set at t.toml:5)
  Layer is missing 'width', and the parameter 'train.layers[1].width' is not set
  Train is missing 'lr', and the parameter 'train.lr' is not set; did you mean 'train.lrr'?
  'cache' = 'maybe' is not a valid bool (set by -D cache=maybe)
  'other' is not a valid Train: ValueError: lr is negative (set at a dict)"""
    assert str(caught.value) == text
    assert [error.key for error in caught.value.errors][:3] == ["cach", "train.lrr", "train.steps"]
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), len(again.errors), again.errors[2].where) == (text, 9, "t.toml:4")


def test_the_errors_of_pydantic_have_keys_and_places():
    with pytest.raises(hp.ConfigError) as caught:
        load(["lr=-1", "inner.wdth=3", {"layers": [{"width": "x"}]}], Model, origin=Origin.at("here"))
    assert str(caught.value).split("\n  ") == [
        "4 errors in the configuration:",
        "'inner.wdth' is not a field of Inner; did you mean 'inner.width'? (set at here)",
        "Inner is missing 'width', and the parameter 'inner.width' is not set; did you mean 'inner.wdth'?",
        "'layers[0].width' = 'x' is not a valid int (set at here)",
        "'lr' = '-1' is not a valid float: Input should be greater than 0 (set at here)",
    ]


@pytest.mark.parametrize(
    ("schema", "source", "text"),
    [
        (Struct, "learningRate=0", "'learningRate' = '0' is not a valid float: expected float > 0.0"),
        (Typed, "lr=x", "'lr' = 'x' is not a valid float"),
        (Typed, {"lr": None}, "'lr' = None is not a valid float"),
        (Attrs, {}, "Attrs is missing 'lr', and the parameter 'lr' is not set"),
        (Program, "train=3", "'train' = '3' is not a valid Train"),
        (Train, "lr=-1", "the configuration is not a valid Train: ValueError: lr is negative"),
    ],
)
def test_a_single_error_is_reported_alone(schema, source, text):
    with pytest.raises(hp.ConfigError) as caught:
        hp.config(source, schema=schema)
    assert str(caught.value).partition(" (set at )")[0].startswith(text)


def test_variables_can_mean_the_fields_of_the_schema():
    environ = {"APP_TRAIN_LR": "0.5", "APP_CACHE": "on"}
    assert hp.config(hp.env("APP_", environ=environ), schema=Program).instance.train.lr == 0.5
    with pytest.raises(TypeError, match="expected a dataclass, .* as the schema, got int"):
        hp.config({}, schema=int)


class Part(pydantic.BaseModel):
    x: int = 1


class Whole(pydantic.BaseModel):
    several: tuple[Part, ...] = ()
    # pydantic copies the default for each object.
    named: dict[str, Part] = {}
    maybe: list[Part] | None = None


@pytest.mark.parametrize(
    "source", [{"several": [{"xx": 1}]}, {"named": {"k": {"xx": 1}}}, {"maybe": [{"xx": 1}]}]
)
def test_an_unknown_key_of_a_model_in_a_container_is_an_error(source):
    with pytest.raises(hp.ConfigError, match="is not a field of Part; did you mean '.*x'?"):
        hp.config(source, schema=Whole)


def test_the_tag_selects_the_struct():
    class Circle(msgspec.Struct, tag="circle"):
        radius: int = 1

    class Square(msgspec.Struct, tag="square"):
        side: int = 1

    class Drawing(msgspec.Struct):
        shape: Circle | Square

    cfg = hp.config({"shape": {"type": "square", "side": "3"}}, schema=Drawing)
    assert cfg.instance == Drawing(Square(3))


@pytest.mark.parametrize("schema", [dataclasses.make_dataclass("Made", [("n", int)]), Part])
def test_a_key_that_others_refer_to_need_not_be_a_field(schema):
    name = "x" if schema is Part else "n"
    cfg = hp.config({name: "${base.k}", "base": {"k": "5"}}, schema=schema)
    assert cfg == {name: 5}
    with pytest.raises(hp.ConfigError, match="'base' is not a field of"):
        hp.config({name: 1, "base": {"k": 5}}, schema=schema)


@dataclasses.dataclass
class Database:
    name: str
    env: str = "dev"


@dataclasses.dataclass
class Service:
    db: Database = dataclasses.field(default_factory=lambda: Database(name="a"))
    layers: list[int] = dataclasses.field(default_factory=lambda: [1, 2])
    rates: dict[str, float] = dataclasses.field(default_factory=lambda: {"lr": 0.1, "wd": 0})


def test_a_field_that_is_set_in_part_keeps_the_rest_of_its_default():
    environ = {"APP_DB__ENV": "prod"}
    cfg = hp.config("layers.0=7", "layers.+=8", "rates.lr=.5", hp.env("APP_", environ=environ), schema=Service)
    assert cfg.instance == Service(Database("a", "prod"), [7, 2, 8], {"lr": 0.5, "wd": 0})
    assert cfg == {"db": {"name": "a", "env": "prod"}, "layers": [7, 2, 8], "rates": {"lr": 0.5, "wd": 0}}
    places = [cfg.where(key) for key in ("db.env", "db.name")]
    assert places == ["environment variable APP_DB__ENV", "default of Database.name"]
    assert cfg.where("layers").startswith(__file__)
    replaced = hp.config({"db": hp.replace({"name": "b"}), "rates": hp.replace(m=1)}, schema=Service)
    assert replaced.instance == Service(Database("b"), [1, 2], {"m": 1.0})
    with pytest.raises(hp.ConfigError) as caught:
        hp.config("layers.7=1", {"db": hp.replace({"env": "x"})}, schema=Service)
    assert [str(error).partition(" (set")[0] for error in caught.value.errors] == [
        "'layers.7' is not the index of an item: the list has 2 items",
        "Database is missing 'name', and the parameter 'db.name' is not set",
    ]
