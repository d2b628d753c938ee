"""The catalog distinguishes known keys from misspelled ones."""

import pytest
from scanning import scan_text

import hyperparameter as hp
from hyperparameter.catalog.catalog import Catalog
from hyperparameter.catalog.declaration import registered_declarations

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
def test_a_key_that_only_a_read_of_the_whole_namespace_reads_is_reported(tmp_path, reading, key, reason):
    catalog = catalog_of(tmp_path, TRAIN + reading)
    read = f"only the whole subtree 'train' is read, at {tmp_path / 'program.py'}:4"
    for allow_unknown in (False, True):
        errors, unread = catalog.errors({key: (1, None)}, allow_unknown=allow_unknown)
        assert (errors, [str(error) for error in unread]) == (
            [],
            [f"{key!r} {reason.format(read=read)}"],
        )


def test_a_misspelled_parameter_is_refused_unless_unknown_keys_are_allowed(tmp_path):
    catalog = catalog_of(tmp_path, TRAIN)
    (error,), unread = catalog.errors({"train.lrr": (1, None)})
    assert (str(error), unread) == ("'train.lrr' is not a parameter of train(); did you mean 'train.lr'?", [])
    errors, (warning,) = catalog.errors({"train.lrr": (1, None)}, allow_unknown=True)
    assert (errors, str(warning)) == ([], str(error))


def test_a_part_that_is_computed_at_run_time_can_be_several_segments(tmp_path):
    catalog = catalog_of(tmp_path, "hp.scope[f'task.{name}.seed'] | 1\nhp.scope.model[name] | 1\n")
    for key in ("task.a.seed", "task.a.b.seed", "model.a", "model.a.b"):
        assert catalog.unknown_key_error(key, (1, None)) is None
    for key in ("task.seed", "task.a.seeds"):
        assert catalog.unknown_key_error(key, (1, None)) is not None


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

    catalog = Catalog(registered_declarations())
    for key in ("methods.one.width", "methods.two.width", "functions.self"):
        assert catalog.errors({key: (1, None)}) == ([], [])
    for key in ("methods.one.self", "methods.two.cls"):
        (error,), _ = catalog.errors({key: (1, None)})
        assert "is not a parameter of" in str(error)
    # Decorated functions are known as long as they exist.
    del Model, function
