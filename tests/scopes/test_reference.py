"""References: what they name, and what they reject."""

import copy
import operator
import pickle
import weakref

import pytest

import hyperparameter as hp

REJECTED_USES = [
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
    lambda ref: f"{ref}",
    lambda ref: "%s" % ref,  # noqa: UP031
    str,
    format,
    "{}".format,
    "{!s}".format,
    print,
    lambda ref: divmod(ref, 2),
    lambda ref: ref**2,
]


@pytest.mark.parametrize("use", REJECTED_USES)
def test_a_reference_never_passes_for_its_value(use):
    with hp.scope(a=1) as ps:
        for reference in (hp.scope.a, ps.a):
            with pytest.raises(TypeError, match=r"read it with hp\.scope\.a \| default or hp\.scope\.a\(\)"):
                use(reference)


def test_a_reference_as_default_or_value_raises_and_says_what_to_write():
    for read in (lambda: hp.scope.a | hp.scope.b, lambda: hp.scope.a(hp.scope.b)):
        with pytest.raises(TypeError, match=r"write hp\.scope\.a \| \(hp\.scope\.b \| default\)"):
            read()
        with hp.scope(a=1), pytest.raises(TypeError):
            read()
    with pytest.raises(TypeError, match=r"the value of 'a' is the reference <hp\.scope\.b \(missing\)>"):
        hp.scope(a=hp.scope.b)


def test_scopes_and_references_can_be_referred_to_weakly():
    scope = hp.scope(a=1)
    for target in (hp.scope, scope, hp.scope.a):
        assert weakref.ref(target)() is target


def test_references_are_equal_by_key_and_can_be_kept():
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


def test_parameters_named_as_methods_are_read_and_set_as_items():
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


def test_dunder_names_are_not_parameters():
    for owner in (hp.scope, hp.scope.a, hp.scope()):
        assert not hasattr(owner, "__array__")
        with pytest.raises(AttributeError, match=r"write \['__x__'\]"):
            owner.__x__ = 1
    hp.scope["__x__"] = 1
    assert hp.scope["__x__"]() == 1


def test_repr_shows_the_key_and_the_current_value():
    class Broken:
        def __repr__(self):
            raise RuntimeError

    assert repr(hp.scope.a.b) == "<hp.scope.a.b (missing)>"
    assert repr(hp.scope["a-b.0"]) == "<hp.scope['a-b.0'] (missing)>"
    with hp.scope({"a": {"b": "text"}, "c": Broken(), "d": "x" * 1000}) as ps:
        assert [repr(hp.scope.a.b), repr(ps.a.b)] == ["<hp.scope.a.b = 'text'>"] * 2
        assert repr(hp.scope.a) == "<hp.scope.a: {'b': 'text'}>"
        assert repr(hp.scope.c) == "<hp.scope.c = <Broken whose repr raises RuntimeError>>"
        assert len(repr(hp.scope.d)) < 230
        assert repr(hp.scope) == "<hp.scope: 3 parameters set>"
    assert repr(hp.scope.empty(a=1)) == "hp.scope.empty({'a': 1})"


def test_dir_lists_the_segments_below():
    with hp.scope({"a": {"b": 1, "c": {"d": 2}}}):
        assert dir(hp.scope.a) == ["b", "c"]
        assert "a" in dir(hp.scope)
        assert "current" in dir(hp.scope)


def test_references_and_scopes_pickle_and_copy():
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
