"""The catalog distinguishes known keys from misspelled ones."""

import pytest
from scanning import scan_text

import hyperparameter as hp
from hyperparameter.catalog.catalog import Catalog

pytestmark = pytest.mark.one_kernel


def catalog_of(tmp_path, text):
    return Catalog(scan_text(tmp_path, text))


TRAIN = "@hp.param('train')\ndef train(lr=0.1, steps=3): ...\n"


@pytest.mark.parametrize("reading", ["hp.scope.train()", "hp.scope.train | {}", "print(hp.scope.train)"])
@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("train.lrr", "is not a parameter of train() ({read}); did you mean 'train.lr'?"),
        ("train.colour", "is not a parameter of train(), which has 'lr', 'steps' ({read})"),
    ],
)
def test_a_read_of_a_whole_namespace_does_not_make_a_misspelled_parameter_known(tmp_path, reading, key, reason):
    catalog = catalog_of(tmp_path, TRAIN + reading)
    read = f"only the whole subtree 'train' is read, at {tmp_path / 'program.py'}:4"
    errors, unread = catalog.errors({key: (1, None)}, allow_unknown=True)
    assert ([str(error) for error in errors], unread) == (
        [f"{key!r} {reason.format(read=read)}"],
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
def test_a_key_below_a_namespace_that_code_reads_is_known(tmp_path, reading, key):
    assert catalog_of(tmp_path, TRAIN + reading).unknown_key_error(key, (1, None)) is None


@pytest.mark.parametrize("value", [3, "3", [1], True])
def test_a_value_at_a_prefix_is_refused(tmp_path, value):
    catalog = catalog_of(tmp_path, TRAIN + "hp.scope.model.dim | 1\n")
    for key, keys_below in (("train", "'train.lr', 'train.steps'"), ("model", "'model.dim'")):
        errors, _ = catalog.errors({key: (value, None)}, allow_unknown=True)
        assert [str(error) for error in errors] == [
            f"{key!r} is a namespace, not a parameter: its parameters are {keys_below}"
        ]
        assert catalog.errors({key: ({}, None)}) == ([], [])
        assert catalog.errors({key: (None, None)}) == ([], [])


def test_a_key_in_another_case_is_suggested(tmp_path):
    catalog = catalog_of(tmp_path, "hp.scope.model.dim | 1\n")
    assert catalog.suggestions("MODEL.DIM") == ["model.dim"]


def test_self_and_cls_are_not_parameters_of_a_method():
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
    # Decorated functions are known as long as they exist.
    del Model, function
