"""Origins: what an error says about the place that set a value."""

import pickle
import sys

import pytest

import hyperparameter as hp
from hyperparameter.core.origin import Origin, place_of


@pytest.mark.parametrize(
    ("origin", "place", "text"),
    [
        (Origin.at("a.toml:3"), "a.toml:3", "set at a.toml:3"),
        (Origin.by("-D lr=1"), "-D lr=1", "set by -D lr=1"),
        (Origin.by_variable("APP_LR"), "environment variable APP_LR", "set by the environment variable APP_LR"),
    ],
)
def test_an_origin_has_a_place_and_the_text_of_an_error(origin, place, text):
    assert (origin.place, str(origin), place_of(origin)) == (place, text, place)
    assert pickle.loads(pickle.dumps(origin)) == origin


def test_the_origin_of_the_caller_is_the_line_outside_of_the_package():
    with hp.scope() as ps:
        line = sys._getframe().f_lineno
        hp.scope.a = "x"
        ps.update(b="x")
        for number, key in enumerate(("a", "b"), 1):
            with pytest.raises(hp.ParamError) as caught:
                hp.scope[key] | 1.0
            assert caught.value.where == f"{__file__}:{line + number}"


def test_a_location_in_code_pickles_as_its_place():
    here = Origin((sys._getframe().f_code, sys._getframe().f_lasti))
    line = sys._getframe().f_lineno - 1
    unpickled = pickle.loads(pickle.dumps(here))
    assert (here.place, unpickled.place) == (f"{__file__}:{line}",) * 2
    assert str(unpickled) == str(here) == f"set at {__file__}:{line}"


def test_an_unknown_origin_has_no_place():
    assert place_of(None) is None
