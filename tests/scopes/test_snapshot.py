"""Snapshots: they do not change, and they keep the origins of their values."""

import pickle

import pytest

import hyperparameter as hp


def test_a_snapshot_is_an_immutable_mapping_that_keeps_origins():
    with hp.scope({"b": {"x": 1}}, a="text"):
        snapshot = hp.snapshot()
        with hp.scope(a=2):
            assert snapshot["a"] == "text"
    assert dict(snapshot) == {"a": "text", "b.x": 1} == dict(snapshot.items())
    assert (list(snapshot), len(snapshot), "a" in snapshot, "z" in snapshot, snapshot.get("z", 5)) == (
        ["a", "b.x"],
        2,
        True,
        False,
        5,
    )
    unpickled = pickle.loads(pickle.dumps(snapshot))
    assert (unpickled, hash(unpickled)) == (snapshot, hash(snapshot))
    assert {snapshot: 1}[unpickled] == 1
    with hp.scope(unpickled), pytest.raises(hp.ParamError, match=r"set at .*test_snapshot\.py:\d+"):
        hp.scope.a | 1.5
    with pytest.raises(KeyError, match="'c' is not set"):
        snapshot["c"]
