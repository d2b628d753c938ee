"""`%autoreload 2` of IPython and `importlib.reload` give decorated functions and classes new code."""

import contextlib
import importlib
import inspect

import pytest

import hyperparameter as hp
from reloading import NAMES, NEW, OLD, results


def _update_function(old, new):
    """Do what IPython does to a function: up to version 8 it set fewer attributes."""
    for name in ("__code__", "__defaults__", "__doc__", "__closure__", "__globals__", "__dict__"):
        with contextlib.suppress(AttributeError, TypeError):
            setattr(old, name, getattr(new, name))


def test_a_reloaded_module_has_the_new_functions(write_module):
    write_module(OLD)
    module = importlib.import_module("reloaded")
    write_module(NEW)
    module = importlib.reload(module)
    assert set(results(vars(module)).values()) == {("new", 2)}
    with hp.scope(**{"ns.lr": 5}):
        assert set(results(vars(module)).values()) == {("new", 5)}


@pytest.mark.parametrize("name", ["function", "twice", "wrapped", "generator", "coroutine", "async_generator"])
def test_an_old_function_takes_the_attributes_of_a_new_one(write_module, name):
    write_module(OLD)
    module = importlib.import_module("reloaded")
    old = {name: getattr(module, name) for name in NAMES}
    before = results(old)[name]
    write_module(NEW.replace('"ns"', '"other"'))
    importlib.reload(module)
    assert before == ("old", 1) == results(old)[name]
    _update_function(old[name], getattr(module, name))
    assert results(old)[name] == ("new", 2)
    with hp.scope(**{"ns.lr": 4, "other.lr": 5}):
        assert results(old)[name] == ("new", 5)
    assert str(inspect.signature(old[name])) == "(lr=2, *, more='default')"
    if name == "function":
        assert old[name].__doc__ == "New."


def test_new_defaults_can_be_set():
    @hp.param("ns")
    def function(lr=1, *, more=2):
        return lr, more

    assert function() == (1, 2)
    function.__defaults__, function.__kwdefaults__ = (3,), {"more": 4}
    assert (function(), str(inspect.signature(function))) == ((3, 4), "(lr=3, *, more=4)")
    with hp.scope("ns.more=5", **{"ns.lr": 6}):
        assert function() == (6, 5)


def test_new_code_of_an_undecorated_function_can_be_set():
    """So IPython reloads the method of a decorated class."""

    @hp.param("ns")
    def function(lr=1):
        return "old", lr

    def new(lr=1, more=2):
        return "new", lr, more

    _update_function(function, new)
    function.__defaults__ = new.__defaults__
    with hp.scope(**{"ns.more": 5}):
        assert (function(), str(inspect.signature(function))) == (("new", 1, 5), "(lr=1, more=2)")
