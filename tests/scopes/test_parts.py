"""A value and what is set below its key: which one wins, and how they are read together."""

import dataclasses

import pytest

import hyperparameter as hp


@dataclasses.dataclass
class Opt:
    lr: float = 0.1
    wd: float = 0.0


# --- Scope order decides between a value and its parts ---


@pytest.mark.parametrize(
    "value", ['opt={"lr": 1, "wd": 2}', {"opt": Opt(lr=1, wd=2)}, {"opt": {"lr": 1, "wd": 2}}]
)
def test_a_part_that_is_set_further_in_overrides_that_part_of_a_value(value):
    with hp.scope(value):
        assert hp.scope.opt | Opt() == Opt(1, 2)
        with hp.scope(**{"opt.lr": 3}):
            assert hp.scope.opt | Opt() == Opt(3, 2)
            assert hp.scope.opt.lr | 0.5 == 3
            assert hp.scope.opt.wd | 0.5 == 2
            with hp.scope("opt.lr=4"):
                assert hp.scope.opt | Opt() == Opt(4, 2)
        assert hp.scope.opt | Opt() == Opt(1, 2)


@pytest.mark.parametrize("value", [Opt(lr=5), 3, "text", None, [1], hp.replace({}), hp.replace({"x": 1})])
def test_a_value_hides_everything_below_it_that_is_set_further_out(value):
    with hp.scope({"opt": {"lr": 1, "momentum": {"beta": 2}}}) as outer:
        with hp.scope({"opt": value}) as inner:
            assert hp.scope.opt.momentum.beta | None is None
            assert hp.scope.opt.momentum({"none": 0}) == {"none": 0}
            assert "opt.momentum.beta" not in inner
            assert outer.opt.momentum.beta() == 2
            with hp.scope():
                assert hp.scope.opt.momentum.beta | None is None
        assert hp.scope.opt.momentum.beta() == 2


def test_a_mapping_merges_with_what_is_set_further_out_and_an_empty_one_changes_nothing():
    with hp.scope({"opt": {"lr": 1, "wd": 2}}), hp.scope({"opt": {"lr": 3}}), hp.scope({"opt": {}}):
        assert hp.scope.opt() == {"lr": 3, "wd": 2}


def test_replace_replaces_the_mappings_inside_it_too():
    with (
        hp.scope({"opt.tags": {"old": 1}}),
        hp.scope({"opt": hp.replace({"none": {}, "tags": {"new": {"x": 1}}})}),
    ):
        assert hp.scope.opt({"lr": 1}) == {"none": {}, "tags": {"new": {"x": 1}}}
        assert hp.scope.opt.none({"a": 1}) == {}
        assert hp.scope.opt.tags({"a": 1}) == {"new": {"x": 1}}
        assert hp.scope.opt.tags.new({"a": 1}) == {"x": 1}
        with hp.scope({"opt": {"tags": {"new": {"y": 2}}}}):
            assert hp.scope.opt.tags({"a": 1}) == {"new": {"x": 1, "y": 2}}


@pytest.mark.parametrize(
    ("sources", "params", "expected"),
    [
        ([{"opt.lr": 1, "opt": Opt(2, 2)}], {}, {"opt": Opt(2, 2)}),
        ([{"opt": Opt(2, 2), "opt.lr": 1}], {}, {"opt": Opt(2, 2), "opt.lr": 1}),
        ([{"opt.lr": 1}, {"opt": 7}], {}, {"opt": 7}),
        ([{"opt": 7}, {"opt.lr": 1}, {"opt": 8}], {}, {"opt": 8}),
        ([], {"opt.lr": 1, "opt": 7}, {"opt": 7}),
        (["opt.lr=1", "opt=x"], {}, {"opt": "x"}),
        (["opt=x", {"opt": {"lr": 1}}], {}, {"opt": "x"}),
        ([{"opt.lr": 1, "opt": {}}], {}, {"opt.lr": 1, "opt": {}}),
        ([{"opt.lr": 1}, {"opt": hp.replace({"wd": 2})}], {}, {"opt": {}, "opt.wd": 2}),
    ],
)
def test_in_one_call_the_later_wins(sources, params, expected):
    assert dict(hp.scope.empty(*sources, **params)) == expected
    with hp.scope(*sources, **params):
        assert dict(hp.scope.current()) == dict(hp.snapshot()) == expected


def test_a_write_hides_and_overrides_like_a_scope():
    with hp.scope({"opt": {"lr": 1}}) as ps:
        hp.scope.opt = Opt(wd=3)
        assert dict(ps) == {"opt": Opt(wd=3)}
        hp.scope.opt.lr = 9
        assert hp.scope.opt | Opt() == Opt(9, 3)
        assert hp.scope.opt() == Opt(9, 3)
        del hp.scope.opt.lr
        assert hp.scope.opt | Opt() == Opt(wd=3)
        del hp.scope.opt
        assert dict(ps) == {}


def test_a_deleted_part_of_a_value_further_out_is_missing():
    with hp.scope({"opt": Opt(lr=1)}), hp.scope():
        del hp.scope.opt.lr
        with hp.scope(x=1):
            assert hp.scope.opt.lr | 7.0 == 7
            assert hp.scope.opt.wd | 7.0 == 0


# --- Reading a part of a value ---


@pytest.mark.parametrize(
    "opt", [Opt(lr=3), {"lr": 3}, '{"lr": 3}', '{"lr": 3, "more": {"a.b": [5, {"c": 6}]}}']
)
def test_a_part_of_a_value_is_read_by_its_key(opt):
    with hp.scope(f"opt={opt}" if isinstance(opt, str) else {"opt": opt}):
        assert hp.scope.opt.lr | 0.5 == 3
        assert hp.scope.opt.lr() == 3
        assert hp.scope.opt.zz | 0.5 == 0.5
        if "more" in str(opt):
            assert hp.scope.opt.more['"a.b"'][1].c | 0 == 6
            assert hp.scope.opt.more({}) == {"a.b": [5, {"c": 6}]}


def test_a_part_of_a_value_becomes_an_argument():
    @hp.param("train.opt")
    def step(lr=0.1, wd=0.0, name="sgd"):
        return lr, wd, name

    with hp.scope(train={"opt": Opt(lr=3)}):
        assert step() == (3, 0, "sgd")
        with hp.scope("train.opt.wd=2"):
            assert step() == (3, 2, "sgd")
    with hp.scope('train={"opt": {"name": "adam"}}'):
        assert step() == (0.1, 0, "adam")


def test_text_that_is_no_json_has_no_parts():
    with hp.scope("opt=adam"), hp.scope("opt.lr=0.5"):
        assert (hp.scope.opt | "sgd", hp.scope.opt.lr | 0.1, hp.scope.opt.wd | 0.2) == ("adam", 0.5, 0.2)


# --- Lists ---


def test_an_index_sets_an_item_of_a_list_and_plus_appends():
    with hp.scope({"m": {"layers": [1, 2]}}):
        with hp.scope("m.layers.0=5", "m.layers.+=6", "m.layers.+=7"):
            assert hp.scope.m.layers | [0] == [5, 2, 6, 7]
            assert hp.scope.m.layers() == [5, 2, 6, 7]
            with hp.scope({"m": {"layers": {"-1": 9, "+": 8}}}):
                assert hp.scope.m({}) == {"layers": [5, 9, 6, 7, 8]}
                with hp.scope({"m.layers": [3]}):
                    assert hp.scope.m.layers() == [3]
        assert hp.scope.m.layers() == [1, 2]


def test_items_are_set_and_appended_in_the_default_of_a_list():
    @hp.param("m")
    def net(layers=(64, 32), names: list[str] = ["a"]):  # noqa: B006
        return layers, names

    with hp.scope("m.layers.1=16", "m.layers.+=8", "m.names.+=b"):
        assert net() == ((64, 16, 8), ["a", "b"])
        assert hp.scope.m.layers | [1, 2] == [1, 16, 8]
    assert net() == ((64, 32), ["a"])


def test_writes_append_one_after_the_other():
    with hp.scope({"layers": [1]}):
        for number in (2, 3):
            hp.scope.layers["+"] = number
        with hp.scope(x=1):
            assert hp.scope.layers() == [1, 2, 3]
        assert hp.bind(lambda: hp.scope.layers())() == [1, 2, 3]


def test_an_item_that_is_not_there_is_an_error():
    with hp.scope({"layers": [1]}), hp.scope("layers.1=2"):
        for read in (lambda: hp.scope.layers(), lambda: hp.scope.layers | [0]):
            with pytest.raises(hp.ParamError, match=r"'layers\[1\]'|'layers.1'"):
                read()


# --- Untyped text ---


def test_text_takes_the_type_of_the_value_that_it_overrides_if_nobody_asks_for_one():
    with hp.scope({"data": {"shuffle": True, "batch": 3, "name": "x", "rate": 0.5}}):
        texts = ["data.shuffle=false", "data.batch=4", "data.name=5", "data.rate=high", "data.new=6"]
        expected = {"shuffle": False, "batch": 4, "name": "5", "rate": "high", "new": "6"}
        with hp.scope(*texts):
            assert hp.scope.data() == hp.scope.data({}) == expected
            assert hp.scope.data.batch() == 4
            assert dict(hp.snapshot()) == {f"data.{name}": value for name, value in expected.items()}
            # A reader that asks for text gets the text.
            assert hp.scope.data.shuffle | "" == "false"
            with hp.scope("data.batch=5"):
                assert hp.scope.data({})["batch"] == 5
    with hp.scope("data.batch=7"):
        assert hp.scope.data({"batch": 1, "size": 2}) == {"batch": 7, "size": 2}


def test_a_snapshot_keeps_untyped_text_and_appended_items():
    import pickle

    with hp.scope({"a": 1, "l": [1]}), hp.scope("a=2", "l.+=2"), hp.scope("l.+=3"):
        view = pickle.loads(pickle.dumps(hp.snapshot()))
    with hp.scope(view):
        assert (hp.scope.a(), hp.scope.a | "", hp.scope.l()) == (2, "2", [1, 2, 3])
