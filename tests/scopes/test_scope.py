"""Scopes as objects: views, writes and deletions; contract/cases.toml has what all languages share."""

import pytest

import hyperparameter as hp


def test_a_scope_that_is_not_entered_reads_as_if_it_were_and_rejects_writes():
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


def test_a_scope_is_found_in_the_view_of_a_bound_function():
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


def test_the_root_is_not_a_mapping_and_says_what_is():
    with hp.scope(a=1):
        for use in (list, iter, lambda root: "a" in root, lambda root: [*root], lambda root: 1 in root):
            with pytest.raises(TypeError, match=r"hp\.scope is not a mapping: use hp\.scope\.current\(\)"):
                use(hp.scope)
        assert hp.scope


def test_a_scope_as_a_mapping_accepts_any_key():
    with hp.scope() as ps:
        ps.update({1: 2}, self=3)
        assert (ps[1], 1 in ps, "1" in ps, 2 in ps, ps["self"]) == (2, True, True, False, 3)
        assert [key in ps for key in (True, None, "a..b", "", 1.0)] == [False] * 5


def test_a_deletion_hides_the_outer_value_and_leaves_no_trace_if_there_is_none():
    with hp.scope(a=1) as outer:
        with hp.scope(b=2) as inner:
            for key in ("a", "b", "c"):
                del hp.scope[key]
            assert dict(inner) == {}
            outer.update(a=3, b=3, c=3)
            assert dict(inner) == {"b": 3, "c": 3}
        assert dict(outer) == {"a": 3, "b": 3, "c": 3}


def test_a_deletion_keeps_earlier_deletions_below_it():
    with hp.scope({"a.b": 1}) as outer, hp.scope() as inner:
        del hp.scope.a
        del outer.a
        hp.scope["a.b.c"] = 2
        del hp.scope.a
        outer["a.b"] = 3
        assert dict(inner) == {}


def test_the_view_is_correct_after_writes_and_deletions_among_many_keys():
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


def test_a_scope_has_the_read_methods_of_a_mapping():
    with hp.scope({"train": {"lr": 0.1, "steps": None}}), hp.scope(seed=3) as ps:
        assert list(ps.items()) == [("seed", 3), ("train.lr", 0.1), ("train.steps", None)]
        assert list(ps.values()) == [3, 0.1, None]
        assert (ps.get("train.lr", 9), ps.get("train.steps", 9)) == (0.1, None)
        assert (ps.get("train.rate"), ps.get("train.rate", 9)) == (None, 9)
        with pytest.raises(ValueError, match="empty segment|not a valid key|empty"):
            ps.get("train..lr")
