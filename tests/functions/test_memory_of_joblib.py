"""joblib.Memory stores the results of a bound function apart for each view."""

import os
import threading
from pathlib import Path

import joblib
import pytest

import hyperparameter as hp
from programs import run_python

CALLS = []


def work(x):
    CALLS.append(x)
    return x * (hp.scope.factor | 1)


def test_memory_does_not_return_the_result_of_another_view(tmp_path):
    memory = joblib.Memory(tmp_path, verbose=0)
    CALLS.clear()

    def calls():
        for factor in (2, 3, 2.0):
            with hp.scope(factor=factor):
                yield memory.cache(hp.bind(work))(10)

    assert list(calls()) == [20, 30, 20.0]
    assert CALLS == [10, 10, 10]
    # Every view still has its results, whatever set it.
    assert list(calls()) == [20, 30, 20.0]
    with hp.scope(other=1), hp.scope("factor=7"), hp.scope.empty({"factor": 3}):
        assert memory.cache(hp.bind(work))(10) == 30
    assert CALLS == [10, 10, 10]


PROGRAM = """
import joblib, sys
import hyperparameter as hp
from test_memory_of_joblib import work
with hp.scope({"names": {"a", "b", "c"}, "factor": 4}):
    print(joblib.Memory(sys.argv[1], verbose=0).cache(hp.bind(work))(10), end=" ")
from test_memory_of_joblib import CALLS
print(CALLS)
"""


def test_memory_finds_the_result_of_another_process(tmp_path):
    folder = Path(__file__).parent
    env = {"PYTHONPATH": os.pathsep.join([str(folder), str(folder.parent)])}
    outputs = [run_python("-c", PROGRAM, str(tmp_path), env={**env, "PYTHONHASHSEED": seed}) for seed in "12"]
    assert outputs == ["40 [10]\n", "40 []\n"]


def test_memory_names_the_key_of_a_value_that_does_not_pickle(tmp_path):
    with hp.scope(lock=threading.Lock()), pytest.raises(Exception, match="'lock' does not pickle"):
        joblib.Memory(tmp_path, verbose=0).cache(hp.bind(work))(10)
