"""References between values: `${a.b}` and `${env:NAME}`."""

import dataclasses
import pickle
import sys
from pathlib import Path

import pytest
from config_errors import error_of

import hyperparameter as hp
from hyperparameter.configuration.load import PlacedSource, load
from hyperparameter.core.origin import Origin

pytestmark = pytest.mark.one_kernel


@dataclasses.dataclass
class Abc:
    a: str
    b: str
    c: int = 0


@hp.param("unresolved")
def of_abc(a=0, b=0, c=0):
    return a, b, c


def test_references_are_resolved_after_the_merge():
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


def test_a_reference_can_be_to_a_table_or_a_part_of_it():
    cfg = hp.config(
        {"a": {"x": 1, "y": ["${z}"]}, "z": 2, "b": "${a}", "c": "${b.y}", "k": "a", "d": "${${k}.x}"}
    )
    assert (cfg["b"], cfg["c"], cfg["d"]) == ({"x": 1, "y": [2]}, [2], 1)
    assert cfg["b"]["y"] is not cfg["a"]["y"]
    assert cfg.referred == {"a", "a.x", "a.y", "z", "b", "b.y", "k"}
    assert [value for value, _ in cfg.history("b.x")] == ["${a}"]


def test_a_reference_can_be_to_an_environment_variable(monkeypatch):
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


def test_a_scope_does_not_resolve_references():
    with hp.scope({"a": "${b}"}):
        assert hp.scope.a("") == "${b}"


MULTIPLYING_TEXTS = {"a0": "ha" * 50, **{f"a{n}": f"${{a{n - 1}}}" * 10 for n in range(1, 10)}}
MULTIPLYING_LISTS = {"a0": ["ha"], **{f"a{n}": [f"${{a{n - 1}}}"] * 10 for n in range(1, 10)}}

# The `@` in a text stands for "cannot be resolved".
UNRESOLVABLE = [
    (
        {"a": "${b}", "b": ["${c}"], "c": "x${a}"},
        "'a' = '${b}' @: it refers to itself: a (here) -> b (here) -> c (here) -> a (here) (set at here)",
    ),
    ({"a": {"b": "${a}"}}, "'a.b' = '${a}' @: it refers to itself: a.b (here) -> a.b (here) (set at here)"),
    (
        {"train": {"lr": 1}, "a": "${train.lrr}"},
        "'a' = '${train.lrr}' @: 'train.lrr' is not set; did you mean 'train.lr' or 'train'? (set at",
    ),
    ({"b": {"x": 1}, "a": "${b}", "c": "${a.y}"}, "'c' = '${a.y}' @: 'a.y' is not set"),
    (
        {"a": "${env:HP_NO_SUCH}"},
        "'a' = '${env:HP_NO_SUCH}' @: the environment variable 'HP_NO_SUCH' is not set, "
        "and the reference has no default",
    ),
    ({"a": "${b..c}"}, "'a' = '${b..c}' @: 'b..c' is not a valid key: segment 2 is empty (set at here)"),
    ({"a": "x ${b"}, "'a' = 'x ${b' @: a '${' has no closing '}' (set at here)"),
    ({"a": "${b ${c}"}, "'a' = '${b ${c}' @: a '${' has no closing '}' (set at here)"),
    (
        {"a": {"b": "${.c}"}},
        "'a.b' = '${.c}' @: '${.c}' is not a reference to a key: "
        "write the full key, as in '${train.lr}' (set at here)",
    ),
    (
        {"a": "x${b}", "b": [1]},
        "'a' = 'x${b}' @: expected a reference inside a text to be text or a number, got a list (set at here)",
    ),
    (
        {"a": "x${b}", "b": None},
        "'a' = 'x${b}' @: expected a reference inside a text to be text or a number, got None",
    ),
    (
        {f"a{n}": f"${{a{n + 1}}}" for n in range(200)},
        "'a0' = '${a1}' @: the chain of references is longer than 100 keys (set at here)",
    ),
]


@pytest.mark.parametrize(("source", "text"), UNRESOLVABLE, ids=[text[:40] for _, text in UNRESOLVABLE])
def test_a_reference_that_cannot_be_resolved_is_an_error_when_it_is_read(source, text):
    cfg = load([PlacedSource({"fine": 1, **source}, Origin.at("here"))])
    key = text.split("'")[1]
    with hp.scope(cfg):
        assert hp.scope.fine | 0 == 1
        assert text.split("'")[3] in repr(hp.scope[key])
        for read in (lambda: hp.scope[key](), lambda: hp.scope[key] | 1, lambda: hp.scope[key].x | 1):
            with pytest.raises(hp.ConfigError) as caught:
                read()
            assert str(caught.value).startswith(text.replace("@", "cannot be resolved"))
            assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
        assert pickle.loads(pickle.dumps(hp.snapshot())) == hp.snapshot()


def test_a_later_configuration_can_set_what_a_reference_needs():
    cfg = hp.config({"a": "${root}/a", "b": "${a}"})
    assert hp.config(cfg, "root=/tmp") == {"a": "/tmp/a", "b": "/tmp/a", "root": "/tmp"}
    with hp.scope(cfg, a=1):
        assert hp.scope.a() == 1


def test_a_schema_and_a_decorated_function_ask_for_every_value():
    sources = {"a": "${x}", "b": "${y}", "c": 1}
    with pytest.raises(hp.ConfigError) as caught:
        hp.config(sources, schema=Abc)
    assert [error.key for error in caught.value.errors] == ["a", "b"]
    with hp.scope(hp.config({"unresolved": sources})):
        assert of_abc(a=1, b=2) == (1, 2, 1)
        with pytest.raises(
            hp.ConfigError, match="'unresolved.b' = '\\${y}' cannot be resolved: 'y' is not set"
        ):
            of_abc(1)


FOREIGN = [
    "${{ secrets.TOKEN }}/${{matrix.os}}",
    "${TAG:-latest}",
    "image:${TAG:-latest}-${OS:?no OS}",
    "${now:%Y-%m-%d}",
    "${hydra:runtime.cwd}/x",
    "${}",
    "${x=y}",
    "${{ x",
    "$${{ '}' }}",
]


@pytest.mark.parametrize("text", FOREIGN)
def test_what_is_no_reference_of_this_library_stays_text(text):
    cfg = hp.config({"a": text, "b": [text], "n": 1}, f"c={text}", {"d": text + "${n}"})
    assert cfg == {"a": text, "b": [text], "c": text, "d": text + "1", "n": 1}
    with hp.scope(cfg):
        assert hp.scope.a | "" == text


def test_references_can_be_turned_off(monkeypatch):
    monkeypatch.setenv("HP_TEST", "8")
    values = {"a": "${n}", "b": "${env:HP_TEST}", "c": r"\${x", "n": 1}
    assert hp.config(values, references=False) == values
    assert hp.config(values, references="keys") == {"a": 1, "b": "${env:HP_TEST}", "c": "${x", "n": 1}
    assert hp.config(values)["b"] == "8"
    with pytest.raises(ValueError, match="references='env' is not valid: expected True, False or 'keys'"):
        hp.config(values, references="env")


def test_the_size_of_resolved_values_is_limited():
    for source in (MULTIPLYING_TEXTS, MULTIPLYING_LISTS):
        assert "the references produce more than 8,388,608 characters" in error_of(source)
    with hp.scope(hp.config({"a": "${" * 5000})):
        with pytest.raises(hp.ConfigError, match="references are nested deeper than 20 levels"):
            hp.scope.a()


def test_a_deeply_nested_program_gets_a_config_error():
    chain = {f"a{n}": f"${{a{n + 1}}}" for n in range(90)} | {"a90": 1}

    def deep(levels):
        return deep(levels - 1) if levels else error_of(chain)

    frame, depth = sys._getframe(), 0
    while frame:
        frame, depth = frame.f_back, depth + 1
    assert hp.config(chain)["a0"] == 1
    assert deep(sys.getrecursionlimit() - depth - 100).startswith(
        "the configuration is nested too deeply, or the program"
    )
