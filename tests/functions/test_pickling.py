"""Pickling decorated functions: by name, and by value with what binds them."""

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
    """Run an interpreter under this kernel, and return the lines that it prints."""
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HYPERPARAMETER_KERNEL": hp.kernel},
    )
    assert (done.stderr, done.returncode) == ("", 0)
    return done.stdout.splitlines()


@hp.param("here")
def function(x=1):
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


def test_a_sweep_by_joblib_over_a_scripts_own_functions_gives_what_plain_calls_do():
    here, swept, bound_here, bound = python(str(SCRIPT), "sweep")
    assert "(0.25, 3, " in here
    assert "Path('fast')" in here
    assert (swept, bound) == (here, bound_here)


@pytest.mark.parametrize("protocol", [2, pickle.HIGHEST_PROTOCOL])
def test_a_function_that_is_pickled_by_value_keeps_its_binding(protocol):
    """Pickled again where it came to, too."""
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
    assert here["what it says of itself"] == "('Wait.', 'wait', 'kept', '__main__')"
    assert here["an async generator that is left open"] == "[0.6, 0.6]"
    assert here["an async generator"] == "[0.6, 0.6, 2, 'KeyError(3)']"
    assert here["a generator that calls itself"] == "[4, 2, 0]"
    assert [ast.literal_eval(line) for line in python("-c", code)] == [here] * 3


@pytest.mark.parametrize("by", [pickle, cloudpickle])
@pytest.mark.parametrize("one", [function, generator, Owner.method, Owner.steps])
def test_a_function_of_a_module_is_pickled_by_name(by, one):
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        pickled = by.dumps(one, protocol)
        assert by.loads(pickled) is one
        assert len(pickled) < 200


@pytest.mark.parametrize("one", [function, generator, Owner.method, Owner.steps])
def test_a_copy_of_a_function_is_that_function(one):
    assert copy.copy(one) is copy.deepcopy(one) is one


@pytest.mark.parametrize("one", [function, generator])
def test_one_whose_name_another_has_is_refused_by_pickle(monkeypatch, one):
    @functools.wraps(one)
    def outer(*args):
        return one(*args)

    monkeypatch.setattr(sys.modules[__name__], one.__name__, outer)
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(pickle.PicklingError, match="not the same object"):
            pickle.dumps(one, protocol)


def test_what_cannot_be_found_by_name_is_refused_by_pickle():
    def local(x=1):
        return x

    def steps(x=1):
        yield x

    for one in (local, steps, len):
        with pytest.raises(
            (AttributeError, pickle.PicklingError), match=r"[Cc]an't pickle|Can't get local object"
        ):
            pickle.dumps(hp.param("here")(one))
