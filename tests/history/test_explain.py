"""`hp.explain`: everything that sets a key, what wins, what is hidden, and what readers make of it."""

import os
from dataclasses import dataclass

import pytest

import hyperparameter as hp


def facts(why):
    """Return key, value, kind and whether it is hidden, for each setter."""
    return [(setter.key, setter.value, setter.kind, setter.is_hidden) for setter in why.setters]


def test_setters_are_listed_from_the_innermost_scope_to_the_baseline():
    with hp.scope({"train.lr": 0.1}):
        hp.frozen()
    with hp.scope({"train.lr": 0.2}), hp.scope(other=1), hp.scope({"train.lr": 0.3}):
        why = hp.explain("train.lr")
    assert facts(why) == [
        ("train.lr", 0.3, "scope", False),
        ("train.lr", 0.2, "scope", True),
        ("train.lr", 0.1, "baseline", True),
    ]
    assert (why.key, why.is_set, why.value, why.winner) == ("train.lr", True, 0.3, why.setters[0])
    assert why.hidden == why.setters[1:]


def test_a_setter_knows_its_file_line_and_function():
    with hp.scope(a=1):
        winner = hp.explain("a").winner
    file, _, line = winner.where.rpartition(":")
    assert os.path.basename(file) == "test_explain.py"
    assert line.isdigit()
    assert winner.function == "test_a_setter_knows_its_file_line_and_function"
    assert winner.place_text == f"set at {winner.where} in {winner.function}()"


def test_writes_and_deletions_are_told_from_what_the_scope_was_made_of():
    with hp.scope(a=1, b=1), hp.scope(b=2):
        hp.scope.a = 2
        del hp.scope.b
        assert facts(hp.explain("a")) == [("a", 2, "write", False), ("a", 1, "scope", True)]
        why = hp.explain("b")
    assert [setter.kind for setter in why.setters] == ["deletion", "scope"]
    assert (why.is_set, why.value, why.winner) == (False, None, None)
    assert str(why).splitlines()[:2] == ["b is not set", "  deleted by `del`"]


def test_a_write_outside_of_any_scope_is_a_write():
    hp.scope.a = 1
    assert facts(hp.explain("a")) == [("a", 1, "write", False)]


def test_an_empty_scope_hides_everything_outside_it():
    with hp.scope(a=1), hp.scope.empty(b=2):
        why = hp.explain("a")
    assert facts(why) == [("a", 1, "scope", True)]
    assert not why.is_set


@dataclass
class Opt:
    lr: float = 0.1
    decay: float = 0.0


def test_a_value_above_the_key_sets_its_part():
    opt = Opt(lr=0.5)
    with hp.scope(opt=opt), hp.scope({"opt.decay": 1.0}):
        part, other = hp.explain("opt.lr"), hp.explain("opt.decay")
    assert facts(part) == [("opt", 0.5, "scope", False)]
    assert part.value == 0.5
    assert facts(other) == [("opt.decay", 1.0, "scope", False), ("opt", 0.0, "scope", True)]


def test_a_value_hides_what_is_set_below_its_key_further_out():
    with hp.scope({"opt.lr": 1.0}), hp.scope(opt=3):
        why = hp.explain("opt.lr")
        assert hp.explain("opt").value == 3
    assert [(setter.key, setter.is_hidden) for setter in why.setters] == [("opt", False), ("opt.lr", True)]
    assert not why.is_set
    assert why.winner is None


def test_empty_mappings_and_appended_values_hide_nothing():
    with hp.scope({"m.a": 1}, "n.+=1"), hp.scope({"m": {}}, "n.+=2"):
        assert facts(hp.explain("m")) == [("m", {}, "scope", False), ("m.a", 1, "scope", False)]
        assert [setter.is_hidden for setter in hp.explain("n").setters] == [False, False]


def test_a_subtree_lists_the_keys_below_it():
    with hp.scope({"m.a": 1, "m.b": 1}), hp.scope({"m.b": 2, "m.c.d": 3}):
        why = hp.explain("m")
    assert why.value == {"a": 1, "b": 2, "c": {"d": 3}}
    assert [(setter.key, setter.value, setter.is_hidden) for setter in why.setters] == [
        ("m.b", 2, False),
        ("m.c.d", 3, False),
        ("m.a", 1, False),
        ("m.b", 1, True),
    ]


@pytest.mark.parametrize("count", [1, 40])
def test_the_value_is_what_a_read_returns(count):
    more = {f"m.key{number}": number for number in range(count)}
    with hp.scope({"m.x": 0.5, "m.l": [1], **more}), hp.scope("m.x=2", "m.l.+=3", {"m.y": None, **more}):
        for key in ("m.x", "m.l", "m.y", "m.key0", "m"):
            assert hp.explain(key).value == hp.scope[key](), key
        hp.frozen()
    for key in ("m.x", "m.l", "m.y", "m.key0", "m"):
        assert hp.explain(key).value == hp.scope[key](), key


def test_the_baseline_keeps_the_typed_value_that_a_text_overrides():
    with hp.scope(a=0.5), hp.scope("a=2"):
        hp.frozen()
    assert facts(hp.explain("a")) == [("a", "2", "baseline", False), ("a", 0.5, "baseline", True)]


def test_readers_show_defaults_and_conversions():
    @hp.param("learn")
    def learn(lr: float = 0.001, steps=10): ...

    def text(key):
        return [str(reader) for reader in hp.explain(key).readers]

    assert text("learn.lr") == [f"{learn.__qualname__}(lr: float = 0.001) reads 0.001"]
    with hp.scope("learn.lr=1", "learn.steps=x"):
        (reader,) = hp.explain("learn.lr").readers
        assert (reader.default, reader.value, reader.error) == (0.001, 1.0, None)
        (reader,) = hp.explain("learn.steps").readers
        assert isinstance(reader.error, hp.ParamError)
        assert "fails: 'learn.steps' = 'x' is not a valid int" in str(reader)


def test_a_parameter_without_a_default_needs_a_value():
    @hp.param("fit")
    def fit(data): ...

    (reader,) = hp.explain("fit.data").readers
    assert reader.value is reader.default is hp.explain("fit.data").MISSING
    assert str(reader).endswith("(data) needs a value")


def test_a_missing_key_has_the_nearest_names():
    @hp.param("convnet")
    def convnet(momentum=0.9): ...

    with hp.scope({"convnet.lr": 1}):
        assert hp.explain("convnet.lrr").nearest == ("convnet.lr",)
        assert hp.explain("convnet.momentun").nearest[0] == "convnet.momentum"
        assert hp.explain("convnet.lr").nearest == ()
    with hp.scope({f"g{number}.lr": 1 for number in range(6000)}):
        assert hp.explain("g5.lrr").nearest[0] == "g5.lr"


def test_the_text_is_for_terminals_and_notebooks():
    with hp.scope(a="<b>"), hp.scope(a="\x1b[31m"):
        why = hp.explain("a")
    outer, inner = why.setters[1], why.setters[0]
    expected = f"a = '\\x1b[31m'\n  {inner.place_text}\n  instead of '<b>', {outer.place_text}"
    assert str(why) == expected
    assert repr(why) == "<hp.explain: a = '\\x1b[31m'>"
    assert repr(hp.explain("nothing")) == "<hp.explain: nothing (missing)>"
    assert "&lt;b&gt;" in why._repr_html_()
    assert why._repr_html_().startswith("<pre>")


def test_options_variables_and_files_are_named(tmp_path):
    (tmp_path / "conf.toml").write_text("a = 1\nb = 2\n", encoding="utf-8")
    with hp.scope(hp.config(tmp_path / "conf.toml", hp.env("APP_", environ={"APP_B": "3"}))):
        assert hp.explain("a").winner.where == f"{tmp_path / 'conf.toml'}:1"
        assert hp.explain("b").winner.where == "environment variable APP_B"
        assert hp.explain("a").winner.function is None


def test_a_reference_of_a_scope_is_explained_from_there():
    with hp.scope(a=1) as outer, hp.scope(a=2):
        assert hp.explain(outer.a).value == 1
        assert hp.explain(hp.scope.a).value == 2


def test_a_bad_key_is_refused():
    with pytest.raises(ValueError, match="not a valid key|empty"):
        hp.explain("a..b")
