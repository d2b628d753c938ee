"""`hp.tree`: what is set, each value with its place."""

import pytest

import hyperparameter as hp


def test_a_tree_lists_visible_keys_with_values_and_places(tmp_path):
    file = tmp_path / "conf.toml"
    file.write_text("[train]\nlr = 0.1\nsteps = 3\n", encoding="utf-8")
    config = hp.config(file, hp.env("APP_", environ={"APP_TRAIN__STEPS": "5"}))
    with hp.scope(config), hp.scope({"trainer": "x", "train.name": "a\nb"}):
        tree = hp.tree("train")
        assert [row.key for row in hp.tree()] == ["train.lr", "train.name", "train.steps", "trainer"]
    lr, name, steps = tree
    assert str(lr) == f"train.lr = 0.1  ({file}:2)"
    assert name.text == "'a\\nb'"
    assert (steps.text, steps.where) == ("'5'", "environment variable APP_TRAIN__STEPS")
    assert str(tree).splitlines() == [str(lr), str(name), str(steps)]


def test_a_hidden_value_is_not_listed():
    with hp.scope(a=1), hp.scope(a=2):
        assert [row.text for row in hp.tree()] == ["2"]


def test_an_empty_tree_says_so():
    assert repr(hp.tree()) == "<hp.tree: nothing is set>"
    assert (len(hp.tree("a")), str(hp.tree("a"))) == (0, "")


def test_secrets_are_masked_and_html_is_escaped():
    with hp.scope({"a": hp.secret("hunter2"), "b.password": "hunter2", "c": "<i>"}):
        tree = hp.tree()
    assert "hunter2" not in repr(tree) + repr(tree.rows) + tree._repr_html_()
    assert "&lt;i&gt;" in tree._repr_html_()


def test_a_bad_prefix_is_refused():
    with pytest.raises(hp.KeySyntaxError):
        hp.tree("a..b")
