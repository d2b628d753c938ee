"""`hp.record()`: what a run reads."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import hyperparameter as hp


@hp.param("record.train")
def train(lr=0.1, steps: int = 10, *, name="x"):
    return lr, steps, name


def by_default(key, default):
    return hp.scope[key] | default


def test_used_defaults_and_unused_keys():
    with hp.scope({"record.train": {"lr": 0.5, "stesp": 3}}), hp.record() as run:
        train()
        train(1, steps=2)
        with hp.scope(**{"record.train.lr": "0.7", "record.train.named": 1}):
            assert train() == (0.7, 10, "x")
    assert list(run.used) == ["record.train.lr"]
    assert list(run.defaults) == ["record.train.steps", "record.train.name"]
    lr = run.used["record.train.lr"]
    assert (lr.value, lr.default, lr.count, lr.is_varied, lr.type) == (0.7, 0.1, 2, True, "float")
    assert lr.where == f"{__file__}:{train.__code__.co_firstlineno + 1}" or lr.where.startswith(__file__)
    assert run.defaults["record.train.name"].count == 3
    assert [(unused.key, unused.nearest[:1]) for unused in run.unused] == [
        ("record.train.named", ("record.train.name",)),
        ("record.train.stesp", ("record.train.steps",)),
    ]
    assert "nothing read 'record.train.stesp'; did you mean 'record.train.steps'" in str(run)


def test_reads_of_every_kind_are_counted_with_their_first_place():
    with hp.scope(a=1, b="2", c={"d": 3}) as ps, hp.record() as run:
        for _ in range(5):
            assert by_default("a", 0) == 1
        assert (hp.scope.a(), bool(hp.scope.b), ps.b | 0, ps["a"], ps.get("b")) == (1, True, 2, 1, "2")
    assert {key: use.count for key, use in run.reads.items()} == {"a": 7, "b": 3}
    assert run.used["a"].where == f"{__file__}:{by_default.__code__.co_firstlineno + 1}"
    assert [unused.key for unused in run.unused] == ["c.d"]


@pytest.mark.parametrize(
    "read",
    [
        lambda ps: hp.scope.m(),
        lambda ps: hp.scope.m | {"z": 1},
        lambda ps: repr(hp.scope.m),
        lambda ps: dict(ps),
        lambda ps: list(ps.items()),
        lambda ps: list(ps),
    ],
)
def test_reading_a_subtree_reads_its_keys(read):
    with hp.scope({"m": {"a": 1, "b": {"c": 2}}}) as ps, hp.record() as run:
        read(ps)
    assert run.unused == ()


def test_a_scalar_default_does_not_read_the_keys_below():
    with hp.scope({"m.a": 1}), hp.record() as run:
        assert hp.scope.m | 3 == 3
    assert list(run.defaults) == ["m"]
    assert [unused.key for unused in run.unused] == ["m.a"]


def test_a_part_of_a_value_reads_the_value():
    with hp.scope({"m": [1, 2]}), hp.record() as run:
        assert hp.scope["m.0"] | 9 == 1
    assert run.unused == ()


def test_different_defaults_are_a_conflict():
    with hp.record() as run:
        for default in (1, 2, 1):
            by_default("x", default)
            assert hp.scope.x | 3 == 3
    (conflict,) = run.conflicts
    assert conflict.key == "x"
    assert [default for default, _ in conflict.defaults] == [1, 3]


def test_tasks_bound_functions_and_new_threads_are_recorded_and_old_threads_are_not():
    async def task():
        return hp.scope.task | 1

    with ThreadPoolExecutor(1) as pool:
        pool.submit(int).result()
        with hp.scope(a=1), hp.record() as run:
            asyncio.run(task())
            thread = threading.Thread(target=by_default, args=("thread", 1))
            thread.start()
            thread.join()
            pool.submit(by_default, "other", 1).result()
            pool.submit(hp.bind(by_default), "bound", 1).result()
            hp.frozen()
            with ThreadPoolExecutor(1) as new:
                assert new.submit(by_default, "a", 0).result() == 1
        pool.submit(by_default, "after", 1).result()
    assert by_default("after", 1) == 1
    assert set(run.reads) == {"task", "thread", "bound", "a"}


def test_recording_changes_no_value_and_no_lifetime():
    with hp.scope(a=1) as outer:
        with hp.record() as run:
            hp.scope.b = 2
            with hp.scope(a=3), hp.record() as inner:
                assert (hp.scope.a | 0, hp.scope.b | 0, outer.a | 0) == (3, 2, 1)
            assert hp.scope.a | 0 == 1
        assert (hp.scope.a | 0, hp.scope.b | 0) == (1, 2)
    assert hp.scope.b | 0 == 0
    assert (run.reads["a"].count, inner.reads["a"].count) == (3, 2)
    with hp.record():
        hp.scope.c = 4
    assert hp.scope.c | 0 == 4
    with pytest.raises(RuntimeError, match=r"a record can only be entered once"):
        run.__enter__()


def test_what_is_read_and_set_outside_any_scope_is_recorded():
    with hp.record() as run:
        with hp.scope():
            assert hp.scope.a | 1 == 1
        hp.scope.a = 2
        assert hp.scope.a | 1 == 2
        hp.scope.a = 3
        assert hp.scope.a() == 3
    assert (run.used["a"].count, run.used["a"].value) == (3, 3)


def test_secrets_are_not_shown():
    with hp.scope({"db.password": "hunter2"}), hp.record() as run:
        assert hp.scope.db.password() == "hunter2"
    assert "hunter2" not in str(run)
    assert "db.password = ******" in str(run)
