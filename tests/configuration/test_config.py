"""Configurations: sources and their order, places, references, the environment, schemas, Hydra."""

import copy
import dataclasses
import enum
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Annotated, NotRequired, TypedDict

import attrs
import msgspec
import pydantic
import pytest

import hyperparameter as hp
from hyperparameter.configuration.load import PlacedSource, load
from hyperparameter.core.origin import Origin

pytestmark = pytest.mark.once

TOML = """\
seed = 1

[train]
lr = 0.1  # a comment
sizes = [
  "[train]",
  "]",
]
text = '''
[data]
lr = 3
'''
opt = {name = "sgd", "decay.rate" = 2}

[[layers]]
width = 3
[[layers]]
width = 4
[data.a]
"""
YAML = """\
base: &base
  lr: 1e-3
  name: no
train:
  <<: *base
  lr: 2
1: one
"d.e": [{x: 1}]
none:
"""
JSON = """\
{"train": {"lr": "a \\"}, {",
  "sizes": [{"lr": 1}, "]"], "deep":
  {
    "x": -1.5e3, "y": {}}},
 "last": null}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.toml").write_text(TOML)
    Path("b.yaml").write_text(YAML)
    Path("c.json").write_text(JSON)


def flat(cfg):
    return dict(hp.scope(cfg)) if cfg else {}


def test_files_become_nested_plain_values():
    assert hp.config("a.toml") == {
        "seed": 1,
        "train": {
            "lr": 0.1,
            "sizes": ["[train]", "]"],
            "text": "[data]\nlr = 3\n",
            "opt": {"name": "sgd", "decay": {"rate": 2}},
        },
        "layers": [{"width": 3}, {"width": 4}],
        "data": {"a": {}},
    }
    assert hp.config(Path("b.yaml")) == {
        "base": {"lr": 1e-3, "name": "no"},
        "train": {"lr": 2, "name": "no"},
        "1": "one",
        "d": {"e": [{"x": 1}]},
        "none": None,
    }
    assert hp.config("c.json") == {
        "train": {"lr": 'a "}, {', "sizes": [{"lr": 1}, "]"], "deep": {"x": -1500.0, "y": {}}},
        "last": None,
    }
    assert all(type(hp.config(name)["train"]) is dict for name in ("a.toml", "b.yaml", "c.json"))


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "a.toml",
            {
                "seed": 1,
                "train.lr": 4,
                "train.sizes": 5,
                "train.text": 9,
                "train.opt.name": 13,
                "train.opt.decay.rate": 13,
                "layers": 15,
                "data.a": 19,
            },
        ),
        ("b.yaml", {"base.lr": 2, "base.name": 3, "train.lr": 6, "train.name": 3, "1": 7, "d.e": 8, "none": 9}),
        ("c.json", {"train.lr": 1, "train.sizes": 2, "train.deep.x": 4, "train.deep.y": 4, "last": 5}),
    ],
)
def test_every_value_of_a_file_knows_its_line(name, lines):
    cfg = hp.config(name)
    assert {key: cfg.where(key) for key in flat(cfg)} == {key: f"{name}:{line}" for key, line in lines.items()}


def test_a_scope_of_a_configuration_says_where_a_value_was_set():
    cfg = hp.config("a.toml", "train.lr=fast")
    with hp.scope(cfg):
        with pytest.raises(hp.ParamError) as caught:
            hp.scope.train.sizes | 0.5
    assert str(caught.value) == ("""'train.sizes' = ['[train]', ']'] is not a valid float (set at a.toml:5)""")
    with hp.scope(**cfg):
        assert (hp.scope.train.lr("x"), hp.scope.train.opt.name("x"), hp.scope.seed | 0) == ("fast", "sgd", 1)
    snapshot = pickle.loads(pickle.dumps(hp.snapshot()))
    assert dict(snapshot) == {}


def test_the_later_wins_leaf_by_leaf_and_the_history_is_kept():
    cfg = hp.config({"train": {"lr": 1, "steps": 10}}, "a.toml", {"train.lr": 0.3}, "train.lr=0.4")
    assert (cfg["train"]["lr"], cfg["train"]["steps"], cfg["seed"]) == ("0.4", 10, 1)
    here = f"{__file__}:{test_the_later_wins_leaf_by_leaf_and_the_history_is_kept.__code__.co_firstlineno + 1}"
    assert cfg.history("train.lr") == [(1, here), (0.1, "a.toml:4"), (0.3, here), ("0.4", here)]
    assert (cfg.where("train"), cfg.where("none"), cfg.history("none")) == (None, None, [])


def test_replace_takes_the_place_of_a_table():
    Path("r.toml").write_text("[train]\n_replace_ = true\nname = 'new'\n")
    Path("r.yaml").write_text("train:\n  opt: {_replace_: true}\n")
    for cfg in (hp.config("a.toml", {"train": hp.replace({"name": "new"})}), hp.config("a.toml", "r.toml")):
        assert (cfg["train"], cfg["seed"]) == ({"name": "new"}, 1)
        assert (cfg.where("train.lr"), cfg.history("train.lr")) == (None, [(0.1, "a.toml:4")])
    assert hp.config("a.toml", "r.yaml")["train"]["opt"] == {}
    assert hp.config("a.toml", hp.replace(a=1)) == {"a": 1}
    assert hp.config({"a": 3}, {"a": hp.replace({"b": {"_replace_": False, "c": 4}})}) == {"a": {"b": {"c": 4}}}


def test_a_table_takes_the_place_of_nothing_alone():
    assert hp.config({"a": None, "b": {}}, {"a": {"x": 1}, "b": {"y": 2}}) == {"a": {"x": 1}, "b": {"y": 2}}
    assert hp.config({"a": {"x": 1}}, {"a": {}}) == {"a": {"x": 1}}
    assert hp.config({"b": {}}, {"b": 3}) == {"b": 3}
    Path("d.toml").write_text("seed.x = 1\ntrain = [1]\n")
    with pytest.raises(hp.ConfigError) as caught:
        hp.config("a.toml", "d.toml")
    assert str(caught.value) == (
        "'seed' = 1 is a value (set at a.toml:1), but 'seed.x' makes it a table (set at d.toml:1); "
        "to replace the value, use hp.replace, or write _replace_ = true in the table"
    )
    with pytest.raises(hp.ConfigError) as caught:
        hp.config("d.toml", "a.toml")
    assert str(caught.value).startswith(
        "'seed' = 1 is a value (set at a.toml:1), but 'seed.x' makes it a table (set at d.toml:1)"
    )
    with pytest.raises(hp.ConfigError) as caught:
        hp.config({"train": {"lr": 1}}, PlacedSource("train=[1]", Origin.by("-D")))
    assert str(caught.value).startswith(
        "'train' = '[1]' is a value (set by -D), but 'train.lr' makes it a table (set at "
    )


def test_scopes_snapshots_and_configurations_keep_their_origins():
    cfg = hp.config("a.toml", {"n": {"x": "${seed}"}})
    with hp.scope(cfg), hp.scope("n.y=2") as inner:
        del hp.scope.n.x
        again = hp.config({"n.x": 5}, hp.snapshot(), inner, cfg, {"z": 1})
    assert (again["n"], again["z"], again.where("train.lr")) == ({"y": "2", "x": 1}, 1, "a.toml:4")
    assert [value for value, _ in again.history("n.x")] == [5, "${seed}"]
    with hp.scope({"text": "${not.a.reference}"}):
        assert hp.config(hp.snapshot()) == {"text": "${not.a.reference}"}
    assert hp.config(hp.config({"a": r"\${b}"})) == {"a": "${b}"}


def test_a_value_that_is_put_in_later_has_no_place_of_the_old():
    cfg = hp.config("a.toml")
    cfg["train"]["lr"] = "fast"
    cfg["train"]["new"] = 1
    with hp.scope(cfg), pytest.raises(hp.ParamError) as caught:
        hp.scope.train.lr | 0.1
    assert caught.value.where.startswith(__file__)
    again = pickle.loads(pickle.dumps(cfg))
    assert (again.where("train.lr"), again.where("train.sizes")) == (None, "a.toml:5")


def test_what_is_done_to_the_result_is_not_done_to_its_sources():
    source = {"a": [1, {"b": [2]}], "c": "${a}", "d": {"e": 1}}
    cfg = hp.config(source)
    cfg["a"][1]["b"].append(3)
    cfg["d"]["e"] = 2
    assert source == {"a": [1, {"b": [2]}], "c": "${a}", "d": {"e": 1}}
    assert cfg["c"] == [1, {"b": [2]}]


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, dict.copy, lambda c: pickle.loads(pickle.dumps(c))]
)
def test_copies_keep_the_places(copied):
    cfg = hp.config("a.toml", {"x": "${seed}", "big": 10**30}, "train.lr=0.5")
    other = cfg.copy() if copied is dict.copy else copied(cfg)
    Path("a.toml").unlink()
    assert (other, type(other)) == (cfg, hp.Config)
    assert other.referred == {"seed"}
    for key in flat(cfg):
        assert (other.where(key), other.history(key)) == (cfg.where(key), cfg.history(key))
    assert dict(hp.scope(other)) == dict(hp.scope(cfg))


def _lr_in_a_worker():
    try:
        hp.scope.train.sizes | 0.5
    except hp.ParamError as error:
        return str(error)


def test_a_process_is_told_the_place_too():
    with hp.scope(hp.config("a.toml")):
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            said = pool.submit(hp.bind(_lr_in_a_worker)).result()
    assert said.endswith("is not a valid float (set at a.toml:5)")


def test_sources_of_the_programs_own_have_origins_of_their_own():
    cfg = load(
        [
            PlacedSource("train.lr=1", Origin.by("-D train.lr=1")),
            PlacedSource({"a": {"b": 1}}, Origin.by("--a")),
        ],
        origin=Origin.at("elsewhere"),
    )
    assert (cfg.where("train.lr"), cfg.where("a.b")) == ("-D train.lr=1", "--a")
    assert load(["x=1"], origin=Origin.at("elsewhere")).where("x") == "elsewhere"


# --- The environment ---


def from_environment(*sources, **environ):
    return hp.config(*sources, hp.env("APP_", environ={**environ, "OTHER": "1"}))


def test_variables_become_keys():
    cfg = from_environment(APP_TRAIN__LR="0.1", APP_SEED="7")
    assert cfg == {"seed": "7", "train": {"lr": "0.1"}}
    assert cfg.where("train.lr") == "environment variable APP_TRAIN__LR"


def test_the_environment_is_read_when_it_is_asked_for(monkeypatch):
    source = hp.env("HP_TEST_")
    monkeypatch.setenv("HP_TEST_A__B", "1")
    assert hp.config(source) == {"a": {"b": "1"}}
    assert repr(source) == "hp.env('HP_TEST_')"


def test_declared_names_decide_what_a_variable_means():
    @hp.param("envtest.fit")
    def fit(batch_size=1, learn_Rate=0.1):  # noqa: N803
        return batch_size, learn_Rate

    cfg = from_environment(APP_ENVTEST_FIT_BATCH_SIZE="2", APP_ENVTEST__FIT__LEARN_RATE="3")
    assert cfg == {"envtest": {"fit": {"batch_size": "2", "learn_Rate": "3"}}}
    with hp.scope(cfg):
        assert fit() == (2, 3.0)
    assert from_environment({"my-key": {"a_b": 1}}, APP_MY_KEY__A__B="2") == {"my-key": {"a_b": "2"}}
    more = load([hp.env("APP_", environ={"APP_A_B": "1"})], declared_keys=lambda: ["a.b"])
    assert more == {"a": {"b": "1"}}


def test_a_variable_that_may_mean_several_keys_is_refused_unless_it_says_one_exactly():
    known = {"a_b": {"c": 1}, "a": {"b_c": 2}}
    with pytest.raises(hp.ConfigError) as caught:
        from_environment(known, APP_A_B_C="3")
    assert str(caught.value) == (
        "environment variable APP_A_B_C: it can mean 'a.b_c' or 'a_b.c'; "
        "write '__' for each '.', or set the key in another way"
    )
    assert from_environment(known, APP_A__B_C="3") == {"a_b": {"c": 1}, "a": {"b_c": "3"}}
    with pytest.raises(hp.ConfigError, match="'a.b' = '2' is set twice, by .* APP_A__B and APP_a__b"):
        from_environment(APP_A__B="1", APP_a__b="2")
    with pytest.raises(hp.ConfigError, match="environment variable APP___B: '.b' is not a valid key"):
        from_environment(APP___B="1")
    with pytest.raises(TypeError, match="hp.env expects the prefix of the variables"):
        hp.env("")


# --- References ---


def test_references_are_resolved_once_all_is_merged():
    Path("p.toml").write_text(
        'root = "/data"\ntrain = "${root}/train"\nboth = ["${train}", {x = "${n}"}]\nn = 3\n'
    )
    cfg = hp.config("p.toml", "root=/tmp", {"m": "${n}", "on": True, "s": "${on}-${n}"})
    assert cfg == {
        "root": "/tmp",
        "train": "/tmp/train",
        "both": ["/tmp/train", {"x": 3}],
        "n": 3,
        "m": 3,
        "on": True,
        "s": "True-3",
    }
    assert cfg.referred == {"root", "train", "n", "on"}
    assert cfg.history("train") == [("${root}/train", "p.toml:2")]


def test_a_reference_may_mean_a_table_and_what_is_in_it():
    cfg = hp.config(
        {"a": {"x": 1, "y": ["${z}"]}, "z": 2, "b": "${a}", "c": "${b.y}", "k": "a", "d": "${${k}.x}"}
    )
    assert (cfg["b"], cfg["c"], cfg["d"]) == ({"x": 1, "y": [2]}, [2], 1)
    assert cfg["b"]["y"] is not cfg["a"]["y"]
    assert cfg.referred == {"a", "a.x", "a.y", "z", "b", "b.y", "k"}
    assert [value for value, _ in cfg.history("b.x")] == ["${a}"]


def test_the_environment_is_referred_to_by_name(monkeypatch):
    monkeypatch.setenv("HP_TEST", "${seed} 8")
    texts = {
        "a": "${env:HP_TEST}",
        "b": "${oc.env:HP_TEST,x}/y",
        "c": "${env:HP_NONE,null}",
        "d": "${env:HP_NONE, ${n}}",
        "e": "${env:HP_NONE,'a, b'}",
        "f": "${env:HP_NONE,}",
    }
    cfg = hp.config(texts, {"n": 3})
    assert [cfg[name] for name in "abcdef"] == ["${seed} 8", "${seed} 8/y", None, "3", "a, b", ""]


def test_a_backslash_makes_a_reference_plain_text():
    cfg = hp.config({"a": r"\${b}", "b": 1, "c": r"\\${b}", "d": r"x\y${b}}", "e": "$b {b} $"})
    assert cfg == {"a": "${b}", "b": 1, "c": r"\1", "d": r"x\y1}", "e": "$b {b} $"}


def test_a_scope_resolves_nothing():
    with hp.scope({"a": "${b}"}):
        assert hp.scope.a("") == "${b}"


# --- Schemas ---


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


def test_a_schema_converts_and_fills_in():
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
def test_schemas_are_of_every_kind(schema, sources, plain, instance):
    cfg = hp.config(*sources, schema=schema)
    assert (cfg, cfg.instance) == (plain, instance)


def test_every_fault_is_told_at_once():
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
  'other' = {'lr': -1} is not a valid Train: ValueError: lr is negative (set at a dict)"""
    assert str(caught.value) == text
    assert [error.key for error in caught.value.errors][:3] == ["cach", "train.lrr", "train.steps"]
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), len(again.errors), again.errors[2].where) == (text, 9, "t.toml:4")


def test_a_models_faults_are_told_in_its_own_words_with_our_places():
    with pytest.raises(hp.ConfigError) as caught:
        load(["lr=-1", "inner.wdth=3", {"layers": [{"width": "x"}]}], Model, origin=Origin.at("here"))
    assert str(caught.value).split("\n  ") == [
        "4 errors in the configuration:",
        "'inner.wdth' is not a field of Inner; did you mean 'inner.width'? (set at here)",
        "'lr' = '-1' is not valid: Input should be greater than 0 (set at here)",
        "Inner is missing 'width', and the parameter 'inner.width' is not set; did you mean 'inner.wdth'?",
        "'layers[0].width' = 'x' is not valid: Input should be a valid integer, unable to parse string as an "
        "integer (set at here)",
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
def test_one_fault_is_told_alone(schema, source, text):
    with pytest.raises(hp.ConfigError) as caught:
        hp.config(source, schema=schema)
    assert str(caught.value).partition(" (set at )")[0].startswith(text)


def test_a_schema_names_the_keys_of_variables():
    environ = {"APP_TRAIN_LR": "0.5", "APP_CACHE": "on"}
    assert hp.config(hp.env("APP_", environ=environ), schema=Program).instance.train.lr == 0.5
    with pytest.raises(TypeError, match="expected a dataclass, .* as the schema, got int"):
        hp.config({}, schema=int)


# --- Hydra ---


@pytest.fixture
def conf():
    Path("conf/db").mkdir(parents=True)
    Path("conf/config.yaml").write_text("defaults: [{db: one}, _self_]\nlr: 1\nurl: ${db.host}/x\n")
    Path("conf/db/one.yaml").write_text("host: h1\n")
    Path("conf/db/two.yaml").write_text("host: h2\nraw: \\${x}\n")
    return Path("conf")


def test_hydra_composes(conf):
    cfg = hp.config.hydra(conf, "config", overrides=["db=two", "lr=2"])
    assert cfg == {"db": {"host": "h2", "raw": "${x}"}, "lr": 2, "url": "h2/x"}
    assert cfg.where("db.host") == "conf/config.yaml (hydra)"
    assert hp.config(cfg, "lr=3")["lr"] == "3"


def test_hydra_is_left_as_the_program_has_it(conf):
    import hydra
    from hydra.version import getbase

    with hydra.initialize_config_dir(str(conf.absolute()), version_base="1.2"):
        assert hp.config.hydra("conf", "config")["url"] == "h1/x"
        assert (hydra.compose("config").db.host, str(getbase())) == ("h1", "1.2")
    assert not hydra.core.global_hydra.GlobalHydra.instance().is_initialized()


@pytest.mark.parametrize(
    ("overrides", "text"),
    [
        (
            ["db=three"],
            "conf/config.yaml (hydra): In 'config': Could not find 'db/three'\n\nAvailable options in",
        ),
        (["learn=1"], "conf/config.yaml (hydra): Could not override 'learn'."),
        (["lr=[1"], "conf/config.yaml (hydra): no viable alternative at input '[1'"),
        (["lr=${none}"], "conf/config.yaml (hydra): Interpolation key 'none' not found"),
        (["lr=???"], "conf/config.yaml (hydra): Missing mandatory value: lr"),
    ],
)
def test_hydras_own_words_are_kept(conf, overrides, text):
    with pytest.raises(hp.ConfigError) as caught:
        hp.config.hydra(conf, "config", overrides=overrides)
    assert str(caught.value).startswith(text)
    with pytest.raises(hp.ConfigError, match="nowhere: there is no such folder"):
        hp.config.hydra("nowhere", "config")


# --- Found in the use of it ---


class Part(pydantic.BaseModel):
    x: int = 1


class Whole(pydantic.BaseModel):
    several: tuple[Part, ...] = ()
    named: dict[str, Part] = {}  # pydantic copies it
    maybe: list[Part] | None = None


@pytest.mark.parametrize(
    "given", [{"several": [{"xx": 1}]}, {"named": {"k": {"xx": 1}}}, {"maybe": [{"xx": 1}]}]
)
def test_a_model_within_a_container_is_refused_what_it_does_not_have(given):
    with pytest.raises(hp.ConfigError, match="no such field; did you mean 'x'?"):
        hp.config(given, schema=Whole)


def test_a_tagged_struct_is_told_by_its_tag():
    class Circle(msgspec.Struct, tag="circle"):
        radius: int = 1

    class Square(msgspec.Struct, tag="square"):
        side: int = 1

    class Drawing(msgspec.Struct):
        shape: Circle | Square

    cfg = hp.config({"shape": {"type": "square", "side": "3"}}, schema=Drawing)
    assert cfg.instance == Drawing(Square(3))


def test_a_value_that_is_put_in_later_has_no_place():
    cfg = hp.config({"a": {"b": 1, "c": 2}})
    assert cfg.where("a.b") is not None
    cfg["a"]["b"] = 99
    del cfg["a"]["c"]
    assert (cfg.where("a.b"), cfg.where("a.c")) == (None, None)


def test_what_a_yaml_table_has_itself_is_where_it_stands(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("b: &b\n  x: 1\n  y: 2\nc:\n  x: 9\n  <<: *b\n")
    cfg = hp.config(path)
    assert [cfg.where(key) for key in ("c.x", "c.y")] == [f"{path}:5", f"{path}:3"]


@pytest.mark.parametrize("text", ["a: !!bool foo", "%YAML 1.9\n---\na: 1"])
def test_odd_yaml_is_a_fault_of_the_file(tmp_path, text):
    path = tmp_path / "a.yaml"
    path.write_text(text)
    with pytest.raises(hp.ConfigError, match="a.yaml"):
        hp.config(path)


@pytest.mark.parametrize("schema", [dataclasses.make_dataclass("Made", [("n", int)]), Part])
def test_a_key_that_others_refer_to_need_not_be_the_schemas(schema):
    name = "x" if schema is Part else "n"
    cfg = hp.config({name: "${base.k}", "base": {"k": "5"}}, schema=schema)
    assert cfg == {name: 5}
    with pytest.raises(hp.ConfigError, match="'base' is not a field of"):
        hp.config({name: 1, "base": {"k": 5}}, schema=schema)
