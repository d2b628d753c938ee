"""Configurations: the order of sources, places, history and copies."""

import copy
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from config_errors import error_of

import hyperparameter as hp
from hyperparameter.configuration.load import PlacedSource, load
from hyperparameter.core.origin import Origin

pytestmark = [pytest.mark.one_kernel, pytest.mark.usefixtures("example_files")]


def test_an_error_in_a_scope_of_a_configuration_names_the_place():
    cfg = hp.config("a.toml", "train.lr=fast")
    with hp.scope(cfg):
        with pytest.raises(hp.ParamError) as caught:
            hp.scope.train.sizes | 0.5
    assert str(caught.value) == ("""'train.sizes' = ['[train]', ']'] is not a valid float (set at a.toml:5)""")
    with hp.scope(**cfg):
        assert (hp.scope.train.lr("x"), hp.scope.train.opt.name("x"), hp.scope.seed | 0) == ("fast", "sgd", 1)
    snapshot = pickle.loads(pickle.dumps(hp.snapshot()))
    assert dict(snapshot) == {}


def test_a_later_source_overrides_and_the_history_keeps_all():
    cfg = hp.config({"train": {"lr": 1, "steps": 10}}, "a.toml", {"train.lr": 0.3}, "train.lr=0.4")
    assert (cfg["train"]["lr"], cfg["train"]["steps"], cfg["seed"]) == (0.4, 10, 1)
    here = f"{__file__}:{test_a_later_source_overrides_and_the_history_keeps_all.__code__.co_firstlineno + 1}"
    assert cfg.history("train.lr") == [(1, here), (0.1, "a.toml:4"), (0.3, here), ("0.4", here)]
    assert (cfg.where("train"), cfg.where("none"), cfg.history("none")) == (None, None, [])


def test_replace_replaces_a_table():
    Path("r.toml").write_text("[train]\n_replace_ = true\nname = 'new'\n")
    Path("r.yaml").write_text("train:\n  opt: {_replace_: true}\n")
    for cfg in (hp.config("a.toml", {"train": hp.replace({"name": "new"})}), hp.config("a.toml", "r.toml")):
        assert (cfg["train"], cfg["seed"]) == ({"name": "new"}, 1)
        assert (cfg.where("train.lr"), cfg.history("train.lr")) == (None, [(0.1, "a.toml:4")])
    assert hp.config("a.toml", "r.yaml")["train"]["opt"] == {}
    assert hp.config("a.toml", hp.replace(a=1)) == {"a": 1}
    assert hp.config({"a": 3}, {"a": hp.replace({"b": {"_replace_": False, "c": 4}})}) == {"a": {"b": {"c": 4}}}


def test_a_table_replaces_only_none_and_empty_tables():
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


def test_a_value_set_later_does_not_have_the_place_of_the_old_one():
    cfg = hp.config("a.toml")
    cfg["train"]["lr"] = "fast"
    cfg["train"]["new"] = 1
    with hp.scope(cfg), pytest.raises(hp.ParamError) as caught:
        hp.scope.train.lr | 0.1
    assert caught.value.where.startswith(__file__)
    again = pickle.loads(pickle.dumps(cfg))
    assert (again.where("train.lr"), again.where("train.sizes")) == (None, "a.toml:5")


def test_changing_the_result_does_not_change_its_sources():
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
    for key in hp.scope(cfg):
        assert (other.where(key), other.history(key)) == (cfg.where(key), cfg.history(key))
    assert dict(hp.scope(other)) == dict(hp.scope(cfg))


def _error_in_a_worker():
    try:
        hp.scope.train.sizes | 0.5
    except hp.ParamError as error:
        return str(error)


def test_an_error_in_another_process_names_the_place():
    with hp.scope(hp.config("a.toml")):
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            message = pool.submit(hp.bind(_error_in_a_worker)).result()
    assert message.endswith("is not a valid float (set at a.toml:5)")


def test_placed_sources_have_their_own_origins():
    cfg = load(
        [
            PlacedSource("train.lr=1", Origin.by("-D train.lr=1")),
            PlacedSource({"a": {"b": 1}}, Origin.by("--a")),
        ],
        origin=Origin.at("elsewhere"),
    )
    assert (cfg.where("train.lr"), cfg.where("a.b")) == ("-D train.lr=1", "--a")
    assert load(["x=1"], origin=Origin.at("elsewhere")).where("x") == "elsewhere"


def test_a_value_set_later_has_no_place():
    cfg = hp.config({"a": {"b": 1, "c": 2}})
    assert cfg.where("a.b") is not None
    cfg["a"]["b"] = 99
    del cfg["a"]["c"]
    assert (cfg.where("a.b"), cfg.where("a.c")) == (None, None)


def test_bad_keys_and_sources_are_errors_as_in_a_scope():
    for source in ("=1", {"a..b": 1}, {("a",): 1}, {"a": {True: 1}}):
        with pytest.raises(hp.KeySyntaxError) as config_error:
            hp.config(source)
        with pytest.raises(hp.KeySyntaxError) as scope_error:
            hp.scope(source)
        assert str(scope_error.value).startswith(str(config_error.value))
    for source in (3, None, ["a=1"], b"a.toml"):
        with pytest.raises(TypeError, match="is not a source of a configuration: expected a path, a mapping"):
            hp.config(source)
    assert "'a._replace_' = 'true' cannot be set by text" in error_of("a._replace_=true")
    itself = {}
    itself["a"] = itself
    assert "is nested deeper than 100 levels" in error_of(itself)
