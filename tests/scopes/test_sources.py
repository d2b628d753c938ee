"""Sources of parameters, origins, and the errors for bad keys and sources."""

import collections
import operator
import sys
import types

import pytest

import hyperparameter as hp


def test_every_kind_of_source_is_accepted():
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
            lambda: hp.scope({"a": {1.5: 1}}),
            ValueError,
            "1.5 is not a valid key: expected text, got float (below 'a')",
        ),
        (
            lambda: hp.scope({"a=b": 1}),
            ValueError,
            "'a=b' is not a valid key: segment 'a=b' contains '='; write it in quotes: \"a=b\"",
        ),
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
        (lambda: operator.setitem(hp.scope, "x", {"ok": 1, None: 2}), ValueError, "None is not a valid key"),
        (lambda: hp.scope.init("x=1", ""), ValueError, "'' is not a valid override"),
        (lambda: hp.scope.a(1, 2), TypeError, "positional argument"),
        (lambda: hp.bind(3), TypeError, "hp.bind expected a callable, got 3"),
    ],
)
def test_an_error_names_the_bad_input_and_nothing_changes(make, kind, message):
    with hp.scope(kept=1):
        before = hp.snapshot()
        with pytest.raises(kind) as caught:
            make()
        assert message in str(caught.value)
        assert hp.snapshot() == before
    assert dict(hp.scope.current()) == {}


def test_a_mapping_that_contains_itself_is_rejected_and_a_deep_one_is_accepted():
    cycle = {"a": {}}
    cycle["a"]["b"] = cycle
    with pytest.raises(ValueError, match="'a.b' is not a value: the mapping contains itself"):
        hp.scope(cycle)
    shared = {"x": 1}
    assert hp.scope({"a": shared, "b": shared}).keys() == {"a.x", "b.x"}
    deep = 1
    for _ in range(256):
        deep = {"d": deep}
    with hp.scope(deep):
        node = hp.scope.d()
        while isinstance(node, dict):
            node = node["d"]
        assert node == 1
    for too_deep in ({"d": deep}, "d." * 256 + "d=1"):
        with pytest.raises(ValueError, match="is not a valid key: it has more than 256 segments"):
            hp.scope(too_deep)


def test_the_origin_of_a_write_is_the_line_that_writes():
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


@pytest.mark.parametrize("make", [hp.scope, hp.scope.empty])
def test_a_scope_as_a_source_is_what_its_mapping_shows(make):
    with hp.scope(base=1), hp.scope(a=1, b=1) as ps:
        ps.a = 2
        hp.scope.c = 3
        del ps.b
        kept = make(ps)
        assert dict(ps) == {"a": 2, "base": 1, "c": 3}
        assert dict(make(hp.scope.current())) == dict(ps)
        line = str(hp.explain("a")).splitlines()[1]
    with kept:
        assert dict(kept) == {"a": 2, "base": 1, "c": 3}
        assert str(hp.explain("a")).splitlines()[1] == line
    assert dict(hp.config(kept).items()) == {"a": 2, "base": 1, "c": 3}


def test_a_scope_as_a_source_is_read_when_the_new_scope_is_made():
    with hp.scope(a=1) as ps:
        copy = hp.scope(ps)
        ps.a = 2
    with copy:
        assert hp.scope.a | 0 == 1
