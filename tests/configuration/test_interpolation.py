"""References between values: `${a.b}` and `${env:NAME}`."""

import sys
from pathlib import Path

import pytest
from config_errors import error_of

import hyperparameter as hp
from hyperparameter.configuration.load import PlacedSource, load
from hyperparameter.core.origin import Origin

pytestmark = pytest.mark.one_kernel


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
    ({"a": "${now:%Y}"}, "'a' = '${now:%Y}' @: 'now' is not a resolver: expected env or oc.env (set at here)"),
    ({"a": "x ${b"}, "'a' = 'x ${b' @: a '${' has no closing '}' (set at here)"),
    ({"a": "${b ${c}"}, "'a' = '${b ${c}' @: a '${' has no closing '}' (set at here)"),
    (
        {"a": "${}"},
        "'a' = '${}' @: '${}' is not a reference to a key: "
        "write the full key, as in '${train.lr}' (set at here)",
    ),
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
def test_an_unresolvable_reference_is_an_error_with_the_place(source, text):
    with pytest.raises(hp.ConfigError) as caught:
        load([PlacedSource(source, Origin.at("here"))])
    assert str(caught.value).startswith(text.replace("@", "cannot be resolved"))


def test_the_size_of_resolved_values_is_limited():
    for source in (MULTIPLYING_TEXTS, MULTIPLYING_LISTS):
        assert "the references produce more than 8,388,608 characters" in error_of(source)
    assert "references are nested deeper than 20 levels" in error_of({"a": "${" * 5000})


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
