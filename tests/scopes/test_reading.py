"""How values, subtrees and defaults are read in Python; contract/cases.toml has what all languages share."""

import copy
import dataclasses
import decimal
import pickle
import sys

import pytest

import hyperparameter as hp


def test_errors_pickle_with_their_text():
    with hp.scope(lr="x", lrr=object()):
        errors = []
        for read in (
            lambda: hp.scope.lr | 1.0,
            lambda: hp.scope.lrr | 1.0,
            lambda: hp.scope.l(),
            lambda: hp.scope("x"),
        ):
            with pytest.raises(ValueError) as caught:
                read()
            caught.value.add_note("a note")
            errors.append(caught.value)
    for error in errors:
        unpickled = pickle.loads(pickle.dumps(error))
        assert (type(unpickled), str(unpickled)) == (type(error), str(error))
        for name in ("key", "wanted", "detail", "where"):
            assert getattr(unpickled, name) == getattr(error, name)
        assert unpickled.__notes__ == copy.copy(error).__notes__ == ["a note"]


def test_a_similar_key_is_found_among_very_many():
    with hp.scope({f"section{i // 100}.name{i}": i for i in range(20000)}, {"train": {"lr": 1}}):
        with pytest.raises(KeyError, match=r"did you mean 'train\.lr'\?"):
            hp.scope.train.lrr()


def test_a_value_whose_methods_raise_can_be_set_and_read():
    class Hostile:
        def _raise(self, *_):
            raise RuntimeError("hostile")

        __eq__ = __bool__ = __hash__ = __len__ = __iter__ = __repr__ = __str__ = _raise

    hostile = Hostile()
    with hp.scope({"a": {"b": hostile}}) as ps:
        assert (hp.scope.a.b | None) is hostile
        assert ps["a.b"] is hostile
        assert next(iter(hp.snapshot().values())) is hostile
        assert hp.scope.a()["b"] is hostile
        hp.scope.a.c = hostile
        del hp.scope.a.c
        hp.frozen()
        repr(hp.scope.a.b), repr(hp.snapshot()), repr(ps)
        with pytest.raises(hp.ParamError, match="whose repr raises RuntimeError"):
            hp.scope.a.b | 3.5
        with pytest.raises(RuntimeError, match="hostile"):
            bool(hp.scope.a.b)

        @hp.param("a")
        def f(b=None, c=hostile):
            return b, c

        assert [value is hostile for value in f()] == [True, True]
        with pytest.raises(TypeError, match="'a.b'"), hp.scope({"a": {"b": []}}):
            hash(hp.snapshot())
    assert (hp.scope.missing | hostile) is hostile


def test_the_truth_of_a_text_is_its_meaning():
    with hp.scope("no=false", "yes=on", "text=adam", "empty=", zero=0, one=1, none=None, sub={"x": 0}):
        truths = {
            key: bool(hp.scope[key])
            for key in ("no", "yes", "text", "empty", "zero", "one", "none", "sub", "nope")
        }
    assert [key for key, is_true in truths.items() if is_true] == ["yes", "text", "one", "sub"]


def test_a_subtree_is_a_new_plain_dict():
    with hp.scope({"a": {"b": {"c": 1}}}):
        first = hp.scope.a()
        first["b"]["c"] = 2
        assert type(first["b"]) is dict
        assert hp.scope.a() == {"b": {"c": 1}}


def test_a_default_of_an_unknown_class_converts_only_text():
    def default():
        return 1

    class Custom:
        pass

    with hp.scope(f=print, o=[1]):
        assert (hp.scope.f | default) is print
        assert (hp.scope.o | Custom()) == [1]
    with hp.scope("o=text"), pytest.raises(hp.ParamError, match="is not a valid Custom"):
        hp.scope.o | Custom()


def test_a_subtree_becomes_the_dataclass_of_the_default():
    @dataclasses.dataclass
    class Optimizer:
        lr: float = 0.1
        name: str = "adam"

    default = Optimizer(name="sgd")
    assert hp.scope.opt | default is default
    with hp.scope("opt.lr=0.5"):
        assert hp.scope.opt | default == Optimizer(0.5, "sgd")
        assert hp.scope.opt | {"lr": 1} == {"lr": 0.5}
        assert hp.scope.opt | {"wd": 1} == {"wd": 1, "lr": "0.5"}
        assert hp.scope.opt | 3 == 3
        assert hp.param("ns")(lambda opt=default: opt)() is default
        assert hp.bind(hp.scope.opt)() == {"lr": "0.5"}
    with hp.scope("ns.opt.lr=0.5"):
        assert hp.param("ns")(lambda opt=default: opt)() == Optimizer(0.5, "sgd")
    with (
        hp.scope("opt.lrr=0.5"),
        pytest.raises(hp.ParamError, match=r"'opt\.lrr' is not a field of Optimizer; did you mean 'opt.lr'?"),
    ):
        hp.scope.opt | default


def test_numbers_of_numpy_are_converted():
    numpy = pytest.importorskip("numpy")
    with hp.scope("t=0.5", f=numpy.float32(0.5), i=numpy.int64(3), b=numpy.bool_(True)):
        assert (hp.scope.f | 1.0, type(hp.scope.f | 1.0)) == (0.5, float)
        assert (hp.scope.i | 1, type(hp.scope.i | 1)) == (3, int)
        assert hp.scope.f | 1 == 0.5
        assert hp.scope.t | numpy.float32(1) == 0.5
        assert (hp.scope.f | None).dtype == numpy.float32
        assert [hp.scope.b | False, hp.scope.b | 5, hp.scope.b | "x"] == [True, 1, "True"]
        assert [type(hp.scope.b | False), type(hp.scope.b | 5)] == [bool, int]
        assert type(hp.scope.t | numpy.float32(1)) is numpy.float32


def test_a_text_is_converted_to_a_new_list_at_each_read():
    with hp.scope("a=[1]", 'b={"x": [1]}'):
        for _ in range(2):
            (hp.scope.a | []).append(9)
            (hp.scope.b | {})["x"].append(9)
        assert (hp.scope.a | [], hp.scope.b | {}, hp.scope.a | ()) == ([1], {"x": [1]}, (1,))
        # No reader can change a tuple, so the converted one is cached.
        assert (hp.scope.a | ()) is (hp.scope.a | ())


def test_numbers_that_python_cannot_convert_are_not_valid():
    with hp.scope(nan=decimal.Decimal("sNaN"), huge=10**5000, digits="1" * 5000):
        for read, message in (
            (lambda: hp.scope.nan | True, "is not a valid bool"),
            (lambda: hp.scope.nan | 1, r"is not a valid int: cannot convert signaling NaN"),
            (lambda: hp.scope.nan | 1.0, r"is not a valid float: cannot convert signaling NaN"),
            (lambda: hp.scope.huge | 1.0, r"is not a valid float: it is too large"),
            (lambda: hp.scope.huge | "x", r"is not a valid str: Exceeds the limit"),
            (lambda: hp.scope.digits | 1, "is not a valid int"),
        ):
            with pytest.raises(hp.ParamError, match=message):
                read()


def test_a_default_of_class_object_does_not_ask_for_the_subtree():
    """Only a read without a default, or with a mapping or dataclass as default, returns the subtree."""
    missing = object()
    with hp.scope({"n": {"a": 1}}, v="text"):
        assert (hp.scope.n | missing) is hp.scope.n(missing) is hp.param("x")(lambda n=missing: n)() is missing
        assert hp.scope.v | missing == "text"
        with hp.scope({"x": {"n": {"a": 1}}}):
            assert hp.param("x")(lambda n=missing: n)() is missing


def test_an_empty_mapping_counts_as_not_set_if_keys_below_it_are():
    @dataclasses.dataclass
    class Optimizer:
        lr: float = 0.1

    default = Optimizer()
    train = hp.param("train")(lambda opt=default: opt)
    with hp.scope({"train": {"opt": {}}}) as ps:
        assert (train(), hp.scope.train.opt | {}, repr(hp.scope.train.opt)) == (
            Optimizer(),
            {},
            "<hp.scope.train.opt = {}>",
        )
        with hp.scope("train.opt.lr=1"):
            assert train() == hp.scope.train.opt | Optimizer() == Optimizer(1.0)
            assert repr(hp.scope.train.opt) == "<hp.scope.train.opt: {'lr': '1'}>"
            assert (ps.train.opt(), dict(hp.scope.current())) == ({}, {"train.opt": {}, "train.opt.lr": "1"})
            assert hp.scope.train.opt | None is None
        line = sys._getframe().f_lineno + 1
        with hp.scope("train.opt.lr=x"), pytest.raises(hp.ParamError, match=rf"set at {__file__}:{line}"):
            train()
