"""Telling known keys from slips of the pen, from what is declared."""

import pytest

import hyperparameter as hp
from hyperparameter.catalog.catalog import Catalog
from hyperparameter.catalog.source import scan

pytestmark = pytest.mark.once


def names_of(tmp_path, text):
    path = tmp_path / "program.py"
    path.write_text("import hyperparameter as hp\n" + text)
    return Catalog(scan([path]).declarations)


TRAIN = "@hp.param('train')\ndef train(lr=0.1, steps=3): ...\n"


@pytest.mark.parametrize("reading", ["hp.scope.train()", "hp.scope.train | {}", "print(hp.scope.train)"])
@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("train.lrr", "is not a parameter of train() ({read}); did you mean 'train.lr'?"),
        ("train.colour", "is not a parameter of train(), which has 'lr', 'steps' ({read})"),
    ],
)
def test_that_all_beneath_a_namespace_is_read_excuses_no_slip(tmp_path, reading, key, told):
    known = names_of(tmp_path, TRAIN + reading)
    read = f"only the whole subtree 'train' is read, at {tmp_path / 'program.py'}:4"
    refused, unread = known.errors({key: (1, None)}, allow_unknown=True)
    assert ([str(fault) for fault in refused], unread) == (
        [f"{key!r} {told.format(read=read)}"],
        [],
    )


@pytest.mark.parametrize(
    ("reading", "key"),
    [
        ("hp.scope.train.lrr | 1", "train.lrr"),
        ("hp.scope.train.opt | {}", "train.opt.lr"),
        ("hp.scope[name].lrr | 1", "train.lrr"),
        ("hp.scope.train[name] | 1", "train.lrr"),
    ],
)
def test_what_is_read_beneath_a_namespace_is_known(tmp_path, reading, key):
    assert names_of(tmp_path, TRAIN + reading).unknown_key_error(key, (1, None)) is None


@pytest.mark.parametrize("value", [3, "3", [1], True])
def test_a_value_where_a_table_is_read_is_refused(tmp_path, value):
    known = names_of(tmp_path, TRAIN + "hp.scope.model.dim | 1\n")
    for key, beneath in (("train", "'train.lr', 'train.steps'"), ("model", "'model.dim'")):
        refused, _ = known.errors({key: (value, None)}, allow_unknown=True)
        assert [str(fault) for fault in refused] == [
            f"{key!r} is a namespace, not a parameter: its parameters are {beneath}"
        ]
        assert known.errors({key: ({}, None)}) == ([], [])
        assert known.errors({key: (None, None)}) == ([], [])


def test_a_key_of_another_case_is_near(tmp_path):
    known = names_of(tmp_path, "hp.scope.model.dim | 1\n")
    assert known.suggestions("MODEL.DIM") == ["model.dim"]


def test_what_a_method_is_called_on_is_no_parameter():
    class Model:
        @hp.param("methods.one")
        def one(self, width=1): ...

        @classmethod
        @hp.param("methods.two")
        def two(cls, width=1): ...

    @hp.param("functions")
    def function(self=1, width=1): ...

    hp.check({"methods.one.width": 1, "methods.two.width": 2, "functions.self": 3})
    for key in ("methods.one.self", "methods.two.cls"):
        with pytest.raises(hp.ConfigError, match="is not a parameter of"):
            hp.check({key: 1})
    del Model, function  # known as long as they live
