"""Pickling a view: the same values give the same bytes, and an error names the key."""

import pickle
import threading
from dataclasses import dataclass
from multiprocessing import Pipe, reduction
from pathlib import Path

import numpy as np
import pytest

import hyperparameter as hp
from programs import run_python


def work():
    return hp.scope.a | 0


@dataclass
class Settings:
    lock: object = None


class Metaclass(type):
    __hash__ = None


class NoHashClass(metaclass=Metaclass):
    pass


def snapshot_of(values):
    with hp.scope.empty(values):
        return hp.snapshot()


def unequal_texts(count):
    """Return equal texts that are different objects."""
    return ["".join(["te", "xt"]) for _ in range(count)]


def forms():
    """Return objects that pickle the view."""
    return [hp.snapshot(), hp.bind(work), hp.scope(dict(hp.scope.current()))]


@pytest.mark.parametrize("value", [threading.Lock(), [1, {"x": threading.Lock()}], Settings(threading.Lock())])
def test_the_error_for_a_value_that_does_not_pickle_names_its_key(value):
    with hp.scope({"db": {"pool": value, "size": 3}}):
        for form in forms():
            with pytest.raises(pickle.PicklingError, match=r"the value of 'db\.pool' does not pickle: .*lock"):
                pickle.dumps(form)
        with pytest.raises(pickle.PicklingError, match=r"set at .*test_pickled\.py:\d+"):
            pickle.dumps(hp.bind(work))


def test_the_error_does_not_show_a_secret():
    with hp.scope({"db": {"password": Settings(threading.Lock())}}):
        with pytest.raises(pickle.PicklingError, match=r"'db\.password' does not pickle: a Settings \(set at"):
            pickle.dumps(hp.snapshot())


def test_the_error_for_a_structure_with_a_secret_does_not_show_it():
    with hp.scope({"db": {"token": hp.secret(["abcdef", threading.Lock()])}}):
        with pytest.raises(pickle.PicklingError) as error:
            pickle.dumps(hp.bind(work))
    assert "abcdef" not in str(error.value)
    assert "'db.token'" in str(error.value)


VALUES = {
    "numbers": (1, 1.5, True, None, 1j, 10**30),
    "texts": ["", "text", b"text", "é"],
    "deep": [[[({"a": [1, (2, 3)]}, frozenset({1}))]]],
    "sets": {"set": {"a", "b", ("c", 1)}, "frozen": frozenset({frozenset({"x", "y"}), 2})},
    "key": [{1: 2, None: {3: (4,)}, frozenset({5, 6}): 7}],
    "array": np.arange(3),
    "path": Path("a"),
    "settings": Settings(),
    "class": NoHashClass,
}


@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_every_value_comes_back_with_its_type_and_place(protocol):
    with hp.scope.empty(VALUES, "untyped=3"):
        before = hp.snapshot()
        after = pickle.loads(pickle.dumps(before, protocol))
    assert list(after) == list(before)
    for key, value in before.items():
        assert type(after[key]) is type(value)
        assert np.array_equal(after[key], value) if key == "array" else after[key] == value
    with hp.scope(after), pytest.raises(hp.ParamError, match=r"set at .*test_pickled\.py:\d+"):
        hp.scope.path | 1
    with hp.scope(after):
        assert (hp.scope.untyped | 1.5) == 3.0


def test_untyped_text_and_appended_values_keep_what_they_are_on_top_of():
    with hp.scope({"m": {"layers": [1]}, "size": 4}), hp.scope("m.layers.+=2", "size=05"):
        after = pickle.loads(pickle.dumps(hp.snapshot()))
    with hp.scope.empty(after):
        assert hp.scope.m() == {"layers": [1, 2]}
        assert (hp.scope.size | None) == 5


def test_equal_snapshots_pickle_to_equal_bytes():
    one, two = unequal_texts(2)
    first = [{"a": one, "b": two, "c": [one, (two,)], "d": {"p", "q", "r"}}, {"a.x": 1, "text": one}]
    second = [{"a": one, "b": one, "c": [two, (one,)], "d": {"r", "q", "p"}}, {"text": two, "a.x": 1}]
    for values in zip(first, second, strict=True):
        left, right = map(snapshot_of, values)
        assert left == right
        assert pickle.dumps(left) == pickle.dumps(right) == pickle.dumps(pickle.loads(pickle.dumps(left)))


def test_snapshots_of_different_types_do_not_pickle_to_equal_bytes():
    values = [1, True, 1.0, "1", b"1", (1,), [1], {1}, frozenset({1})]
    assert len({pickle.dumps(snapshot_of({"a": value})) for value in values}) == len(values)


PROGRAM = """
import pickle, hyperparameter as hp
with hp.scope({"b": {"x", "yy", "z"}, "a": "text"}, "c=1"), hp.scope({"a": "text"}):
    print(pickle.dumps(hp.snapshot()).hex())
"""


def test_equal_snapshots_of_two_processes_pickle_to_equal_bytes():
    """The hash of texts, and so the order of sets, differs between processes."""
    outputs = {run_python("-c", PROGRAM, env={"PYTHONHASHSEED": seed}) for seed in "123"}
    assert len(outputs) == 1
    assert len(outputs.pop()) > 100


def test_a_value_that_only_cloudpickle_pickles_travels_as_its_bytes():
    offset = 5
    with hp.scope({"f": lambda x: x + offset}):
        after = pickle.loads(pickle.dumps(hp.snapshot()))
    assert after["f"](1) == 6


def test_a_value_that_only_multiprocessing_pickles_is_left_to_it():
    ours, theirs = Pipe()
    with ours, theirs, hp.scope({"pipe": ours}):
        data = reduction.ForkingPickler.dumps(hp.snapshot())
        with pickle.loads(data)["pipe"] as pipe:
            theirs.send("hello")
            assert pipe.recv() == "hello"


def test_large_arrays_of_a_view_travel_out_of_band():
    array = np.zeros(100_000)
    buffers = []
    with hp.scope({"data": array}):
        data = pickle.dumps(hp.snapshot(), 5, buffer_callback=buffers.append)
    assert len(data) < 1000
    assert np.shares_memory(pickle.loads(data, buffers=buffers)["data"], array)


def test_a_list_that_contains_itself_pickles():
    loop = [1]
    loop.append(loop)
    with hp.scope({"loop": loop}):
        after = pickle.loads(pickle.dumps(hp.snapshot()))["loop"]
    assert after[1] is after
