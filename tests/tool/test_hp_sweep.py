"""`hp sweep`: print the trials of a sweep's file."""

import pytest

import hyperparameter

FILE = "sweep.jsonl"


def score():
    if hyperparameter.scope.x() == 3:
        raise ValueError("three")
    return {"loss": abs(hyperparameter.scope.x() - 5), "n": hyperparameter.scope.x()}


@pytest.fixture
def swept(hp, tmp_path):
    space = {"x": [1, 4, 3], "name": ["a b"], "api.token": ["hunter2"]}
    hyperparameter.sweep(score, space, out=tmp_path / FILE, progress=False)
    return hp


def test_show_prints_the_best_trial_first_and_failed_ones_at_the_end(swept):
    result = swept("sweep", "show", FILE, "--metric", "loss")
    lines = result.out.splitlines()
    assert (result.code, result.err) == (0, "")
    assert lines[0].split() == ["trial", "result", "seconds", "parameters", "error"]
    assert [line.split()[0] for line in lines[1:4]] == ["1", "0", "2"]
    assert "x=4 name=a b api.token=******" in lines[1]
    assert lines[3].endswith("ValueError: three")
    assert lines[-1] == "3 trials, 1 failed"
    assert "hunter2" not in result.out


def test_best_prints_the_parameters_of_the_best_trial(swept):
    assert swept("sweep", "best", FILE, "--metric", "loss").out == "x=4\nname=a b\napi.token=******\n"
    assert swept("sweep", "best", FILE, "--metric", "loss", "--maximize").out.startswith("x=1\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["best", FILE], "choose one of loss, n by metric="),
        (["show", "missing.jsonl"], "No such file"),
        (["show", "prog.py"], "prog.py:"),
    ],
)
def test_what_cannot_be_shown_is_an_error(swept, arguments, message):
    result = swept("sweep", *arguments)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert "Traceback" not in result.err
