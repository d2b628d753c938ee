"""Every kernel passes the cases of `contract/cases.toml`."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest
from case_runner import NEEDS, Flow
from case_values import TAGS

FILE = Path(__file__).parents[2] / "contract" / "cases.toml"
CASES = tomllib.loads(FILE.read_text("utf-8"))["case"]


def tags_in(data):
    """Return the tags that a part of the file uses."""
    if isinstance(data, list):
        return {tag for item in data for tag in tags_in(item)}
    if not isinstance(data, dict):
        return set()
    own_tags = data.keys() & TAGS.keys() if len(data) == 1 else set()
    return own_tags | {tag for item in data.values() for tag in tags_in(item)}


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_case(case):
    """Every step of a case has the outcome that the contract promises."""
    Flow({}).run(case["steps"])


def test_there_are_enough_cases():
    """At least 150 cases hold the contract."""
    assert len(CASES) >= 150


def test_names_are_unique():
    """No two cases have the same name."""
    assert [name for name, count in Counter(case["name"] for case in CASES).items() if count > 1] == []


def test_cases_are_well_formed():
    """A case has a name and steps, and its needs include every tag that it uses."""
    for case in CASES:
        needs = set(case.get("needs", ()))
        assert {"name", "steps"} <= case.keys() <= {"name", "steps", "needs"}, case["name"]
        assert case["steps"], case["name"]
        assert tags_in(case["steps"]) <= needs <= NEEDS, case["name"]


@pytest.mark.parametrize(
    "step",
    [
        {"raed": "a", "default": 0, "value": 0},
        {"read": "a", "defalt": 0, "value": 0},
        {"read": "a", "default": 0},
        {"read": "a", "default": 0, "value": 0.0},
        {"read": "a", "default": 0, "value": 0, "text": "x"},
        {"enter": {"a": 1}, "value": 1},
        {"enter": "a", "error": "KeySyntax", "text": "x"},
        {"enter": "a", "error": "Param"},
        {"enter": "a=1", "error": "KeySyntax"},
        {"enter": "a", "error": "Oops"},
        {"thread": [{"view": {"a": 1}}]},
    ],
)
def test_a_mistake_in_a_case_is_not_ignored(step):
    """A step fails if it is mistyped, has no outcome, or has a wrong one."""
    with pytest.raises((AssertionError, KeyError, TypeError, ValueError, pytest.fail.Exception)):
        Flow({}).step(step)
