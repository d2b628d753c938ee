"""A helper for tests of the errors of `hp.config`."""

import pickle

import pytest

import hyperparameter as hp


def error_of(*sources):
    """Return the text of the error that `hp.config` raises for the sources."""
    with pytest.raises(hp.ConfigError) as caught:
        hp.config(*sources)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    return str(caught.value)
