"""References, scopes and handles in Python: what contract/cases.toml cannot say in every language."""

import collections
import copy
import dataclasses
import decimal
import operator
import pickle
import sys
import types

import pytest

import hyperparameter as hp

REFUSED = [
    lambda ref: ref == 3,
    lambda ref: ref != "a",
    lambda ref: ref in [1, 2],
    lambda ref: ref < 1,
    lambda ref: 1 >= ref,
    lambda ref: ref + 1,
    lambda ref: 1 - ref,
    lambda ref: ref * ref,
    lambda ref: 3 | ref,
    lambda ref: ref & 3,
    lambda ref: -ref,
    lambda ref: ~ref,
    abs,
    int,
    float,
    complex,
    round,
    operator.index,
    len,
    list,
    iter,
    next,
    reversed,
    lambda ref: 1 in ref,
    lambda ref: [0, 1, 2][ref],
    lambda ref: range(ref),
    lambda ref: f"{ref:.3f}",
    lambda ref: divmod(ref, 2),
    lambda ref: ref**2,
]


@pytest.mark.parametrize("use", REFUSED)
def test_a_reference_never_passes_for_its_value(use):
    with hp.scope(a=1) as ps:
        for reference in (hp.scope.a, ps.a):
            with pytest.raises(TypeError, match=r"read it with hp\.scope\.a \| default or hp\.scope\.a\(\)"):
                use(reference)


def test_a_reference_as_default_says_what_to_write():
    for read in (lambda: hp.scope.a | hp.scope.b, lambda: hp.scope.a(hp.scope.b)):
        with pytest.raises(TypeError, match=r"write hp\.scope\.a \| \(hp\.scope\.b \| default\)"):
            read()
        with hp.scope(a=1), pytest.raises(TypeError):
            read()
    with pytest.raises(TypeError, match=r"the value of 'a' is the reference <hp\.scope\.b \(missing\)>"):
        hp.scope(a=hp.scope.b)


def test_references_are_equal_by_key_and_kept():
    assert hp.scope.a.b == hp.scope["a.b"] == hp.scope.a["b"]
    assert hp.scope.a.b != hp.scope.a.c
    assert hp.scope.a.b is hp.scope.a.b
    assert hash(hp.scope.a.b) == hash(hp.scope["a.b"])
    assert len({hp.scope.a, hp.scope["a"], hp.scope.b}) == 2
    with hp.scope(a=1) as ps:
        assert ps.a != hp.scope.a
    t = hp.scope.t
    with hp.scope({"t": {"a": 1, "b": 2}}):
        assert (t.a | 0, t.b | 0) == (1, 2)


@pytest.mark.parametrize(
    "name", ["keys", "get", "update", "items", "name", "values", "pop", "_private", "ключ", "class"]
)
def test_any_segment_works_as_an_attribute_of_a_reference(name):
    with hp.scope({"m": {name: 5}}):
        assert getattr(hp.scope.m, name) | 0 == 5
        setattr(hp.scope.m, name, 6)
        assert getattr(hp.scope.m, name)() == 6
        delattr(hp.scope.m, name)
        assert getattr(hp.scope.m, name) | 0 == 0


def test_the_taken_names_are_read_as_items():
    with hp.scope(dict.fromkeys(("current", "empty", "frozen", "init", "keys", "update", "clear"), 1)) as ps:
        assert hp.scope["current"] | 0 == hp.scope["init"]() == hp.scope.keys() == ps["keys"] == 1
        for owner, name in ((hp.scope, "current"), (ps, "keys")):
            with pytest.raises(AttributeError, match=rf"'{name}' is a method here; write \['{name}'\]"):
                setattr(owner, name, 3)
            with pytest.raises(AttributeError):
                delattr(owner, name)
        hp.scope["current"] = 2
        ps["keys"] = 3
        assert (hp.scope["current"](), ps["keys"]) == (2, 3)


def test_dunder_names_are_pythons():
    for owner in (hp.scope, hp.scope.a, hp.scope()):
        assert not hasattr(owner, "__array__")
        with pytest.raises(AttributeError, match=r"write \['__x__'\]"):
            owner.__x__ = 1
    hp.scope["__x__"] = 1
    assert hp.scope["__x__"]() == 1


def test_repr_shows_key_and_present_value():
    class Broken:
        def __repr__(self):
            raise RuntimeError

    assert repr(hp.scope.a.b) == "<hp.scope.a.b (missing)>"
    assert repr(hp.scope["a-b.0"]) == "<hp.scope['a-b.0'] (missing)>"
    with hp.scope({"a": {"b": "text"}, "c": Broken(), "d": "x" * 1000}) as ps:
        assert [repr(hp.scope.a.b), f"{hp.scope.a.b}", repr(ps.a.b)] == ["<hp.scope.a.b = 'text'>"] * 3
        assert repr(hp.scope.a) == "<hp.scope.a: {'b': 'text'}>"
        assert repr(hp.scope.c) == "<hp.scope.c = <Broken whose repr raises RuntimeError>>"
        assert len(repr(hp.scope.d)) < 230
        assert repr(hp.scope) == "<hp.scope: 3 parameters set>"
    assert repr(hp.scope.empty(a=1)) == "hp.scope.empty({'a': 1})"


def test_dir_lists_what_is_set_beneath():
    with hp.scope({"a": {"b": 1, "c": {"d": 2}}}):
        assert dir(hp.scope.a) == ["b", "c"]
        assert "a" in dir(hp.scope)
        assert "current" in dir(hp.scope)


def test_pickling_and_copying():
    for reference in (hp.scope.a.b, hp.scope["x-y"]):
        assert (
            pickle.loads(pickle.dumps(reference))
            == copy.deepcopy(reference)
            == copy.copy(reference)
            == reference
        )
    assert pickle.loads(pickle.dumps(hp.scope)) is copy.deepcopy(hp.scope) is hp.scope
    scope = pickle.loads(pickle.dumps(hp.scope.empty({"a": {"b": [1]}})))
    with hp.scope(c=1), scope as ps:
        assert dict(ps) == {"a.b": [1]}
    with pytest.raises(TypeError, match="pickle hp.snapshot"):
        pickle.dumps(hp.scope.current())


def test_sources_of_every_kind():
    ordered = collections.OrderedDict(b=collections.ChainMap({"c": 1}))
    proxy = types.MappingProxyType({"d": types.MappingProxyType({"x": 1})})
    snapshot = hp.bind(lambda: (hp.scope.init(e=5), hp.snapshot())[1])()
    with hp.scope({1: {2: "int keys"}}, ordered, proxy, snapshot, "f=a=b", hp.scope(g=7), g=8) as ps:
        assert dict(ps) == {"1.2": "int keys", "b.c": 1, "d.x": 1, "e": 5, "f": "a=b", "g": 8}
        assert hp.scope[1][2]() == "int keys"


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda: hp.scope("novalue"), ValueError, "'novalue' is not a valid override: expected key=value"),
        (lambda: hp.scope("=1"), ValueError, "'' is not a valid key: it is empty"),
        (lambda: hp.scope({"": 1}), ValueError, "'' is not a valid key: it is empty"),
        (lambda: hp.scope({"a..b": 1}), ValueError, "'a..b' is not a valid key: segment 2 is empty"),
        (
            lambda: hp.scope({"a": {".b": 1}}),
            ValueError,
            "'.b' is not a valid key: segment 1 is empty (below 'a')",
        ),
        (lambda: hp.scope({"a=b": 1}), ValueError, "'a=b' is not a valid key: segment 'a=b' contains '='"),
        (lambda: hp.scope({"a\x00": 1}), ValueError, "contains the control character '\\x00'"),
        (lambda: hp.scope({"a\x85b": 1}), ValueError, "contains the control character '\\x85'"),
        (lambda: hp.scope("a =1"), ValueError, "segment 'a ' starts or ends with white space"),
        (lambda: hp.scope({"a.\u00a0b": 1}), ValueError, "starts or ends with white space"),
        (lambda: hp.scope({1.5: 1}), ValueError, "1.5 is not a valid key: expected text, got float"),
        (lambda: hp.scope({True: 1}), ValueError, "True is not a valid key: expected text, got bool"),
        (lambda: hp.scope({None: 1}), ValueError, "None is not a valid key: expected text, got NoneType"),
        (lambda: hp.scope({("a",): 1}), ValueError, "('a',) is not a valid key: expected text, got tuple"),
        (lambda: hp.scope(3), TypeError, "3 is not a source of parameters"),
        (lambda: hp.scope(["a=1"]), TypeError, "expected a mapping or a key=value text, got list"),
        (lambda: hp.scope(None), TypeError, "None is not a source of parameters"),
        (lambda: hp.scope(**{"a": {"b": 1}, "b.": 2}), ValueError, "'b.' is not a valid key"),
        (lambda: hp.scope[""], ValueError, "'' is not a valid key"),
        (lambda: hp.scope["a."], ValueError, "'a.' is not a valid key"),
        (lambda: hp.scope.a[None], ValueError, "None is not a valid key"),
        (lambda: getattr(hp.scope, "a b "), ValueError, "starts or ends with white space"),
        (lambda: hp.scope.current().update({"x": 1}, "bad"), ValueError, "'bad' is not a valid override"),
        (lambda: operator.setitem(hp.scope, "x", {"ok": 1, "": 2}), ValueError, "'' is not a valid key"),
        (lambda: hp.scope.init("x=1", ""), ValueError, "'' is not a valid override"),
        (lambda: hp.scope.a(1, 2), TypeError, "positional argument"),
        (lambda: hp.bind(3), TypeError, "hp.bind expected a callable, got 3"),
    ],
)
def test_bad_input_is_named_and_changes_nothing(make, kind, message):
    with hp.scope(kept=1):
        before = hp.snapshot()
        with pytest.raises(kind) as caught:
            make()
        assert message in str(caught.value)
        assert hp.snapshot() == before
    assert dict(hp.scope.current()) == {}


def test_a_mapping_that_contains_itself_is_refused_and_a_deep_one_is_not():
    cycle = {"a": {}}
    cycle["a"]["b"] = cycle
    with pytest.raises(ValueError, match="'a.b' is not a value: the mapping contains itself"):
        hp.scope(cycle)
    shared = {"x": 1}
    assert hp.scope({"a": shared, "b": shared}).keys() == {"a.x", "b.x"}
    deep = 1
    for _ in range(3000):
        deep = {"d": deep}
    with hp.scope(deep):
        node = hp.scope.d()
        while isinstance(node, dict):
            node = node["d"]
        assert node == 1


def test_a_handle_that_is_not_entered_here_reads_as_if_it_were_and_refuses_writes():
    scope = hp.scope({"a": {"x": 1}}, b=2)
    with hp.scope(c=3):
        assert dict(scope) == {"a.x": 1, "b": 2, "c": 3}
        assert scope.a() == {"x": 1}
        assert scope["b"] == 2
        assert list(scope) == ["a.x", "b", "c"]
        assert "b" in scope
        assert "a" not in scope
        for change in (
            lambda: setattr(scope, "b", 5),
            lambda: scope.update(b=5),
            scope.clear,
            lambda: delattr(scope, "b"),
        ):
            with pytest.raises(RuntimeError, match="not entered in this context"):
                change()
        assert hp.scope.b | 0 == 0
    with pytest.raises(KeyError, match=r"parameter 'bb' is not set; did you mean 'b'?"):
        scope["bb"]


def test_writes_are_located_where_they_are_written():
    with hp.scope() as ps:
        line = sys._getframe().f_lineno
        hp.scope.a.b = "x"
        hp.scope["c"] = "x"
        hp.scope.a["d"] = "x"
        ps.e = "x"
        ps["f"] = "x"
        ps.update(g="x")
        hp.scope.h = "x"
        hp.scope.init(i="x")
        for number, key in enumerate(("a.b", "c", "a.d", "e", "f", "g", "h", "i"), 1):
            with pytest.raises(hp.ParamError) as caught:
                hp.scope[key] | 1.0
            assert caught.value.where == f"{__file__}:{line + number}"
            assert (caught.value.key, caught.value.value, caught.value.wanted) == (key, "x", "float")


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
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again)) == (type(error), str(error))
        for name in ("key", "wanted", "detail", "where"):
            assert getattr(again, name) == getattr(error, name)
        assert again.__notes__ == copy.copy(error).__notes__ == ["a note"]


def test_nearest_names_are_found_among_very_many():
    with hp.scope({f"section{i // 100}.name{i}": i for i in range(20000)}, {"train": {"lr": 1}}):
        with pytest.raises(KeyError, match=r"did you mean 'train\.lr'\?"):
            hp.scope.train.lrr()


def test_values_whose_methods_raise_break_nothing():
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


def test_truth():
    with hp.scope("no=false", "yes=on", "text=adam", "empty=", zero=0, one=1, none=None, sub={"x": 0}):
        truths = {
            key: bool(hp.scope[key])
            for key in ("no", "yes", "text", "empty", "zero", "one", "none", "sub", "nope")
        }
    assert [key for key, true in truths.items() if true] == ["yes", "text", "one", "sub"]


def test_snapshots():
    with hp.scope({"b": {"x": 1}}, a="text"):
        seen = hp.snapshot()
        with hp.scope(a=2):
            assert seen["a"] == "text"
    assert dict(seen) == {"a": "text", "b.x": 1} == dict(seen.items())
    assert (list(seen), len(seen), "a" in seen, "z" in seen, seen.get("z", 5)) == (
        ["a", "b.x"],
        2,
        True,
        False,
        5,
    )
    again = pickle.loads(pickle.dumps(seen))
    assert (again, hash(again)) == (seen, hash(seen))
    assert {seen: 1}[again] == 1
    with hp.scope(again), pytest.raises(hp.ParamError, match=r"set at .*test_scope\.py:\d+"):
        hp.scope.a | 1.5
    with pytest.raises(KeyError, match="'c' is not set"):
        seen["c"]


def test_a_subtree_is_a_fresh_plain_dict():
    with hp.scope({"a": {"b": {"c": 1}}}):
        first = hp.scope.a()
        first["b"]["c"] = 2
        assert type(first["b"]) is dict
        assert hp.scope.a() == {"b": {"c": 1}}


def test_defaults_of_other_classes_ask_for_nothing():
    def default():
        return 1

    class Own:
        pass

    with hp.scope(f=print, o=[1]):
        assert (hp.scope.f | default) is print
        assert (hp.scope.o | Own()) == [1]
    with hp.scope("o=text"), pytest.raises(hp.ParamError, match="is not a valid Own"):
        hp.scope.o | Own()


def test_what_lies_beneath_a_key_becomes_the_dataclass_that_the_default_asks_for():
    @dataclasses.dataclass
    class Optimizer:
        lr: float = 0.1
        name: str = "adam"

    default = Optimizer(name="sgd")
    assert hp.scope.opt | default is default
    with hp.scope("opt.lr=0.5"):
        assert hp.scope.opt | default == Optimizer(0.5)
        assert hp.scope.opt | {"lr": 1} == {"lr": "0.5"}
        assert hp.scope.opt | 3 == 3
        assert hp.param("ns")(lambda opt=default: opt)() is default
        assert hp.bind(hp.scope.opt)() == {"lr": "0.5"}
    with hp.scope("ns.opt.lr=0.5"):
        assert hp.param("ns")(lambda opt=default: opt)() == Optimizer(0.5)
    with (
        hp.scope("opt.lrr=0.5"),
        pytest.raises(hp.ParamError, match=r"'opt\.lrr': no such field; did you mean 'lr'?"),
    ):
        hp.scope.opt | default


def test_numbers_of_other_libraries():
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


def test_what_is_made_of_text_is_made_for_each_reader_anew():
    with hp.scope("a=[1]", 'b={"x": [1]}'):
        for _ in range(2):
            (hp.scope.a | []).append(9)
            (hp.scope.b | {})["x"].append(9)
        assert (hp.scope.a | [], hp.scope.b | {}, hp.scope.a | ()) == ([1], {"x": [1]}, (1,))
        assert (hp.scope.a | ()) is (hp.scope.a | ())  # which no reader can change


def test_a_handle_finds_its_scope_in_a_bound_view():
    with hp.scope(a=1) as ps:
        ps.a = 2
        with hp.scope(b=3):
            bound = hp.bind(lambda: (hp.scope.a(), ps.a(), dict(ps), hp.scope.b()))
        ps.a = 4
        assert bound() == (2, 2, {"a": 2}, 3)

        def write():
            ps.a = 5
            return hp.scope.a(), ps.a()

        assert [hp.bind(write)(), hp.bind(write)(), ps.a()] == [(5, 5), (5, 5), 4]


def test_numbers_that_python_refuses_to_handle_do_not_fit():
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


def test_an_object_that_marks_what_is_missing_is_no_mapping():
    """Only without default, or with a mapping or dataclass as default, is an inner node what is beneath."""
    missing = object()
    with hp.scope({"n": {"a": 1}}, v="text"):
        assert (hp.scope.n | missing) is hp.scope.n(missing) is hp.param("x")(lambda n=missing: n)() is missing
        assert hp.scope.v | missing == "text"
        with hp.scope({"x": {"n": {"a": 1}}}):
            assert hp.param("x")(lambda n=missing: n)() is missing


def test_the_root_is_no_mapping_and_says_what_is():
    with hp.scope(a=1):
        for use in (list, iter, lambda root: "a" in root, lambda root: [*root], lambda root: 1 in root):
            with pytest.raises(TypeError, match=r"hp\.scope\.current\(\) is the mapping of what is set"):
                use(hp.scope)
        assert hp.scope


def test_a_handle_takes_any_key_that_is_one():
    with hp.scope() as ps:
        ps.update({1: 2}, self=3)
        assert (ps[1], 1 in ps, "1" in ps, 2 in ps, ps["self"]) == (2, True, True, False, 3)
        assert [key in ps for key in (True, None, "a..b", "", 1.0)] == [False] * 5


def test_an_empty_mapping_gives_way_to_what_lies_beneath_it():
    @dataclasses.dataclass
    class Optimizer:
        lr: float = 0.1

    default = Optimizer()
    tr = hp.param("tr")(lambda opt=default: opt)
    with hp.scope({"tr": {"opt": {}}}) as ps:
        assert (tr(), hp.scope.tr.opt | {}, repr(hp.scope.tr.opt)) == (
            Optimizer(),
            {},
            "<hp.scope.tr.opt = {}>",
        )
        with hp.scope("tr.opt.lr=1"):
            assert tr() == hp.scope.tr.opt | Optimizer() == Optimizer(1.0)
            assert repr(hp.scope.tr.opt) == "<hp.scope.tr.opt: {'lr': '1'}>"
            assert (ps.tr.opt(), dict(hp.scope.current())) == ({}, {"tr.opt": {}, "tr.opt.lr": "1"})
            assert hp.scope.tr.opt | None is None
        line = sys._getframe().f_lineno + 1
        with hp.scope("tr.opt.lr=x"), pytest.raises(hp.ParamError, match=rf"set at {__file__}:{line}"):
            tr()


def test_a_deletion_hides_what_is_set_outside_and_leaves_nothing_behind_where_nothing_is():
    with hp.scope(a=1) as outer:
        with hp.scope(b=2) as inner:
            for key in ("a", "b", "c"):
                del hp.scope[key]
            assert dict(inner) == {}
            outer.update(a=3, b=3, c=3)
            assert dict(inner) == {"b": 3, "c": 3}
        assert dict(outer) == {"a": 3, "b": 3, "c": 3}


def test_a_deletion_leaves_hidden_what_was_hidden_beneath_it():
    with hp.scope({"a.b": 1}) as outer, hp.scope() as inner:
        del hp.scope.a
        del outer.a
        hp.scope["a.b.c"] = 2
        del hp.scope.a
        outer["a.b"] = 3
        assert dict(inner) == {}


def test_a_view_is_right_after_writes_and_deletions_among_many_keys():
    many = {f"k{number}": {"x": number, "y": {"z": number}} for number in range(300)}
    with hp.scope(many), hp.scope({f"k{number}.x": -number for number in range(100)}) as ps:
        assert len(ps) == 600
        for number in range(0, 300, 2):
            del hp.scope[f"k{number}"]
        hp.scope.k0.w = 5
        hp.scope.k1.y.v = 6
        assert (len(ps), hp.scope.k0(), hp.scope.k1()) == (302, {"w": 5}, {"x": -1, "y": {"v": 6, "z": 1}})
        assert hp.scope.k2 | None is None
        assert sorted(ps) == list(ps) == list(hp.snapshot())
        del hp.scope.k1.y
        assert (hp.scope.k1(), "k1.y.v" in ps, dir(hp.scope.k1)) == ({"x": -1}, False, ["x"])
