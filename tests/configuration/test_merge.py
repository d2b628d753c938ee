"""Merging: untyped text, parts of values, `hp.replace`, and what a scope gets of a configuration."""

import copy
import dataclasses
import pickle
from datetime import date
from pathlib import Path

import pytest
from config_errors import error_of

import hyperparameter as hp
from hyperparameter.configuration.load import PlacedSource, load
from hyperparameter.core.origin import Origin

pytestmark = pytest.mark.one_kernel


@dataclasses.dataclass
class Opt:
    lr: float = 0.1
    wd: float = 0.0


@hp.param("merge.typed")
def typed(layers: list[str] = (), name: str = "", opt: Opt = Opt(wd=1), data: dict = {"kept": True}):  # noqa: B006, B008
    return layers, name, opt, data


def test_a_text_takes_the_type_of_what_it_overrides():
    Path("m.toml").write_text("[m.data]\nshuffle = true\nbatch = 3\nname = '4'\nsizes = [1]\nrate = 1\n")
    texts = ["m.data.shuffle=no", "m.data.batch=4", "m.data.name=5", "m.data.sizes=[2, 3]", "m.data.new=6"]
    data = hp.config("m.toml", *texts)["m"]["data"]
    assert data == {"shuffle": False, "batch": 4, "name": "5", "sizes": [2, 3], "rate": 1, "new": "6"}
    assert hp.config("m.toml", "m.data.rate=high", "m.data.batch=1", "m.data.batch=2")["m"]["data"] == {
        "shuffle": True,
        "batch": 2,
        "name": "4",
        "sizes": [1],
        "rate": "high",
    }


def test_a_reader_of_a_configuration_still_sees_the_text():
    cfg = hp.config({"merge": {"typed": {"name": 7}}}, "merge.typed.name=007")
    assert cfg["merge"]["typed"]["name"] == 7
    for copied in (cfg, cfg.copy(), copy.deepcopy(cfg), pickle.loads(pickle.dumps(cfg)), hp.config(cfg)):
        assert copied == cfg
        with hp.scope(copied):
            assert typed()[1] == "007"
            assert hp.scope.merge.typed.name() == 7
    cfg["merge"]["typed"]["name"] = 8
    with hp.scope(cfg):
        assert typed()[1] == "8"


def test_json_text_merges_into_a_table():
    table = {"m": {"data": {"shuffle": True, "deep": {"a": 1, "b": 2}}}}
    cfg = hp.config(table, 'm.data={"shuffle": false, "deep": {"b": 3}}', "m.data.deep.a=4")
    assert cfg == {"m": {"data": {"shuffle": False, "deep": {"a": 4, "b": 3}}}}
    assert cfg.where("m.data.shuffle").startswith(__file__)
    # Without a table it stays text, until a part of it is set.
    assert hp.config('opt={"lr": 1}') == {"opt": '{"lr": 1}'}
    assert hp.config('opt={"lr": 1, "wd": 2}', "opt.lr=3") == {"opt": {"lr": 3, "wd": 2}}
    assert hp.config({"opt": {}}, 'opt={"lr": 1}', {"opt.wd": 2}) == {"opt": {"lr": 1, "wd": 2}}
    assert "'m.data' = '[1]' is a value" in error_of(table, "m.data=[1]")
    assert "'opt.lr' = 1 is a value" in error_of('opt={"lr": 1}', "opt.lr.x=3")


def test_a_part_of_a_list_or_structure_can_be_set():
    cfg = hp.config(
        {"m": {"layers": [1, 2], "opt": Opt(wd=2)}}, "m.layers.0=32", "m.layers.+=64", "m.layers.+=65"
    )
    assert cfg["m"]["layers"] == [32, 2, 64, 65]
    cfg = hp.config(cfg, "m.opt.lr=3", {"m.layers.-1": 66}, "ref=${m.layers}", "last=${m.layers.1}")
    assert cfg["m"] == {"layers": [32, 66, 64, 65], "opt": Opt(3, 2)}
    assert (cfg["ref"], cfg["last"]) == ([32, 66, 64, 65], 66)
    assert hp.config(cfg, {"all": "${m}"})["all"] == cfg["m"]
    assert hp.config('l=["a"]', "l.+=b") == {"l": ["a", "b"]}
    assert hp.config({"l": [1]}, "l.0=2", "l=[5]") == hp.config("l.+=2", {"l": [5]}) == {"l": [5]}
    assert hp.config({"l": [1]}, "l.+=${b}", "l.+=${c}", {"b": 2, "c": 3})["l"] == [1, 2, 3]
    items = hp.config({"l": [{"x": 1, "y": 1}]}, "l.0.x=2", {"l.+": {"x": 3}})["l"]
    assert items == [{"x": 2, "y": 1}, {"x": 3}]
    assert "'l.3' is not the index of an item: the list has 1 items" in error_of({"l": [1]}, "l.3=4")
    assert "'l' = [1] is a value (set at" in error_of({"l": [1]}, "l.x=4")


def test_a_scope_gets_the_parts_of_a_value_with_their_places():
    cfg = load(
        [{"merge": {"typed": {"layers": [1, 2]}}}, PlacedSource("merge.typed.layers.1=007", Origin.by("-D x"))],
        origin=Origin.at("here"),
    )
    assert cfg["merge"]["typed"]["layers"] == [1, 7]
    assert (cfg.where("merge.typed.layers"), cfg.where("merge.typed.layers.1")) == ("here", "-D x")
    for copied in (cfg, copy.deepcopy(cfg), pickle.loads(pickle.dumps(cfg))):
        with hp.scope(copied):
            assert typed()[0] == ["1", "007"]
    cfg["merge"]["typed"]["layers"].append(3)
    with hp.scope(cfg):
        assert typed()[0] == ["1", "7", "3"]


def test_replace_also_hides_what_is_outside_of_the_scope():
    Path("r.toml").write_text("[merge.typed.data]\n_replace_ = true\na = 1\n")
    outer = {"merge.typed.data": {"b": 2}}
    from_file = hp.config("r.toml")
    for cfg in (from_file, hp.config(from_file), hp.config({"merge.typed.data": hp.replace({"a": 1})})):
        assert cfg == {"merge": {"typed": {"data": {"a": 1}}}}
        for copied in (cfg, pickle.loads(pickle.dumps(cfg))):
            with hp.scope(outer), hp.scope(copied):
                assert typed()[3] == {"a": 1}
    nested = hp.config({"t": {"u": hp.replace({"a": 1}), "v": hp.replace()}, "w": "${t}", "x": "${t.u.a}"})
    assert (nested["w"], type(nested["w"]["v"]), nested["x"]) == ({"u": {"a": 1}, "v": {}}, dict, 1)
    with hp.scope(outer), hp.scope(hp.config({"merge.typed.data": {"a": 1}})):
        assert typed()[3] == {"a": 1, "b": 2, "kept": True}
    with hp.scope(outer), hp.scope(hp.config({"merge.typed.data": hp.replace()})):
        assert typed()[3] == {}


NUMBERS = {
    "n.yaml": "a: {x: 1E234, y: 1.10, z: 00123}\nl: [0x1F, 1_000, .inf, 1.10]\n"
    "d: {0042: [{v: 1.10}]}\nday: 2024-01-02\n",
    "n.toml": "a = {x = 1E234, y = 1.10, z = +123}\nl = [0x1F, 1_000, inf, 1.10]\n[d]\n0042 = [{v = 1.10}]\n",
    "n.json": '{"a": {"x": 1E234, "y": 1.10, "z": 12.30}, "l": [3E1, 1.10], "d": {"0042": [{"v": 1.10}]}}',
}


@dataclasses.dataclass
class Texts:
    x: str
    y: str
    z: str


@dataclasses.dataclass
class Spelled:
    a: Texts
    l: list[str]  # noqa: E741
    d: dict[str, list[dict[str, str]]]


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_of_a_file_is_read_as_text_as_the_file_writes_it(name):
    Path(name).write_text(NUMBERS[name])
    z = {"n.yaml": "00123", "n.toml": "+123", "n.json": "12.30"}[name]
    items = {"n.yaml": ["0x1F", "1_000", ".inf", "1.10"], "n.toml": ["0x1F", "1_000", "inf", "1.10"]}
    expected = Spelled(Texts("1E234", "1.10", z), items.get(name, ["3E1", "1.10"]), {"0042": [{"v": "1.10"}]})
    cfg = hp.config(name, {"t": "v${a.y}", "u": "${a.y}"})
    assert (cfg["a"]["x"], cfg["a"]["y"], cfg["l"][-1], cfg["t"]) == (1e234, 1.1, 1.1, "v1.10")
    assert cfg["d"] == {"0042": [{"v": 1.1}]}
    assert {type(value) for value in dict(hp.scope(cfg)).values()} <= {str, int, float, list, date}

    @hp.param("a")
    def texts(x: str, y: str, z: str):
        return Texts(x, y, z)

    for copied in (cfg, pickle.loads(pickle.dumps(cfg)), hp.config(cfg)):
        with hp.scope(copied):
            assert texts() == (hp.scope.a | Texts("", "", "")) == expected.a
            assert hp.scope.a.y("") == hp.scope.u("") == "1.10"
            assert (hp.scope.a.y(0.5), hp.scope.l()[-1], hp.scope.a()) == (1.1, 1.1, cfg["a"])
    del cfg["t"], cfg["u"]
    cfg.pop("day", None)
    assert hp.config(cfg, schema=Spelled).instance == expected


def test_a_number_that_is_written_in_two_ways_and_a_date_must_be_quoted_to_be_text():
    Path("n.toml").write_text("a = 31\nb = 0x1F\nday = 2024-01-02\n")
    with hp.scope(hp.config("n.toml")):
        with pytest.raises(hp.ParamError) as caught:
            hp.scope.b("")
        assert str(caught.value) == "'b' = 31 is not a valid str: put it in quotes (set at n.toml:2)"
        with pytest.raises(hp.ParamError, match="it is a date: quote it"):
            hp.scope.day("")
