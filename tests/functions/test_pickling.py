"""Pickling decorated functions: by name, or by value together with their binding."""

import ast
import copy
import functools
import os
import pickle
import subprocess
import sys
from pathlib import Path

import cloudpickle
import pytest

import hyperparameter as hp

SCRIPT = Path(__file__).parent / "by_value.py"


def python(*arguments):
    """Run Python with the kernel of this process, and return the lines that it prints."""
    result = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HYPERPARAMETER_KERNEL": hp.kernel},
    )
    assert (result.stderr, result.returncode) == ("", 0)
    return result.stdout.splitlines()


@hp.param("here")
def plain(x=1):
    return x


@hp.param("here")
def generator(x=1):
    yield x


class Owner:
    @hp.param("here")
    def method(self, x=1):
        return x

    @hp.param("here")
    def steps(self, x=1):
        yield x


def test_a_joblib_sweep_over_functions_of_a_script_returns_the_same_as_plain_calls():
    plain, by_joblib, bound, bound_by_joblib = python(str(SCRIPT), "sweep")
    assert "(0.25, 3, " in plain
    assert "Path('fast')" in plain
    assert (by_joblib, bound_by_joblib) == (plain, bound)


@pytest.mark.parametrize("protocol", [2, pickle.HIGHEST_PROTOCOL])
def test_a_function_that_is_pickled_by_value_keeps_its_binding(protocol):
    """It can also be pickled again in the process that loads it."""
    (pickled,) = python(str(SCRIPT), "pickle", str(protocol))
    code = f"""
import cloudpickle
results, calls = cloudpickle.loads(bytes.fromhex({pickled!r}))
print(results(calls))
print(results(calls))
results, calls = cloudpickle.loads(cloudpickle.dumps((results, calls)))
print(results(calls))
"""
    (here,) = map(ast.literal_eval, python(str(SCRIPT)))
    assert here["a function"].startswith("((0.5, 3, ")
    assert here["a function"].count("Path('fast')") == 3
    assert here["its attributes"] == "('Wait.', 'wait', 'kept', '__main__')"
    assert here["an open async generator"] == "[0.6, 0.6]"
    assert here["an async generator"] == "[0.6, 0.6, 2, 'KeyError(3)']"
    assert here["a generator that calls itself"] == "[4, 2, 0]"
    assert [ast.literal_eval(line) for line in python("-c", code)] == [here] * 3


@pytest.mark.parametrize("pickler", [pickle, cloudpickle])
@pytest.mark.parametrize("function", [plain, generator, Owner.method, Owner.steps])
def test_a_function_of_a_module_is_pickled_by_name(pickler, function):
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        pickled = pickler.dumps(function, protocol)
        assert pickler.loads(pickled) is function
        assert len(pickled) < 200


@pytest.mark.parametrize("function", [plain, generator, Owner.method, Owner.steps])
def test_a_copy_of_a_decorated_function_is_the_same_function(function):
    assert copy.copy(function) is copy.deepcopy(function) is function


@pytest.mark.parametrize("function", [plain, generator])
def test_pickle_refuses_a_function_whose_name_refers_to_another_one(monkeypatch, function):
    @functools.wraps(function)
    def outer(*args):
        return function(*args)

    monkeypatch.setattr(sys.modules[__name__], function.__name__, outer)
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(pickle.PicklingError, match="not the same object"):
            pickle.dumps(function, protocol)


def test_pickle_refuses_a_function_that_cannot_be_found_by_name():
    def local(x=1):
        return x

    def steps(x=1):
        yield x

    for function in (local, steps, len):
        with pytest.raises(
            (AttributeError, pickle.PicklingError), match=r"[Cc]an't pickle|Can't get local object"
        ):
            pickle.dumps(hp.param("here")(function))
