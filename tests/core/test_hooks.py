"""The record of hooks: a missing hook or a wrong one is an error before anything uses it."""

from inspect import signature

import pytest

from hyperparameter.core.hooks import Hooks

NAMES = list(signature(Hooks).parameters)


def hooks(**changed):
    return {**dict.fromkeys(NAMES, print), **changed}


def test_a_missing_hook_is_an_error():
    for name in NAMES:
        others = {other: hook for other, hook in hooks().items() if other != name}
        with pytest.raises(TypeError, match=f"missing 1 required keyword-only argument: '{name}'"):
            Hooks(**others)


def test_an_unknown_hook_is_an_error():
    with pytest.raises(TypeError, match="unexpected keyword argument 'write'"):
        Hooks(**hooks(write=print))


def test_a_hook_that_cannot_be_called_is_an_error():
    with pytest.raises(TypeError, match="the hook 'read' is not callable: 1"):
        Hooks(**hooks(read=1))
