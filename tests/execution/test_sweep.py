"""`hp.sweep`: a function is called once for each set of parameters, and what came out is kept."""

import json
import pickle
import re
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest
from sweep_functions import (
    die_often,
    fail_often,
    misfit,
    random_number,
    read_all,
    return_lock,
    score,
    wait_a_little,
)

import hyperparameter as hp

GRID = {"train.lr": [0.1, 0.2], "train.width": [1, 2, 3]}
SPACE = {"a": hp.uniform(2, 3), "b": hp.loguniform(1e-4, 1e-1), "c": hp.randint(1, 3), "d": hp.choice("x", "y")}


def sweep(*args, **options):
    return hp.sweep(*args, **{"progress": False, **options})


def results_of(trials):
    return [trial.result for trial in trials]


def test_a_grid_tries_every_combination():
    results = sweep(score, GRID)
    assert [trial.params for trial in results] == [
        {"train.lr": lr, "train.width": width} for lr in (0.1, 0.2) for width in (1, 2, 3)
    ]
    assert results_of(results) == [2.0, 3.0, 4.0, 3.0, 4.0, 5.0]
    assert (results.best.number, len(results), results[-1].number, results.failed) == (0, 6, 5, [])
    assert sweep(score, GRID, maximize=True).best.result == 5.0


def test_random_trials_are_within_their_bounds_and_depend_on_the_seed_alone():
    params = [trial.params for trial in sweep(score, SPACE, trials=200)]
    for values in params:
        assert 2 <= values["a"] <= 3
        assert 1e-4 <= values["b"] <= 1e-1
    assert {values["c"] for values in params} == {1, 2, 3}
    assert {values["d"] for values in params} == {"x", "y"}
    assert 60 < sum(values["b"] < 10**-2.5 for values in params) < 140
    assert params[:50] == [trial.params for trial in sweep(score, SPACE, trials=50)]
    assert params[:50] != [trial.params for trial in sweep(score, SPACE, trials=50, seed=1)]


EXECUTORS = {
    "here": dict,
    "processes": lambda: {"jobs": 2},
    "thread pool": lambda: {"executor": ThreadPoolExecutor(2)},
    "process pool": lambda: {"executor": ProcessPoolExecutor(2)},
    "executor in view": lambda: {"executor": hp.executor(ThreadPoolExecutor(2))},
}


@pytest.fixture(params=EXECUTORS)
def place(request):
    options = EXECUTORS[request.param]()
    yield options
    if "executor" in options:
        options["executor"].shutdown()


def test_trials_see_the_view_of_the_call_and_their_own_parameters(place):
    with hp.scope({"train.lr": 5.0, "other": "seen"}):
        results = sweep(read_all, {"train.lr": [1.0, 2.0]}, **place)
    for number, result in enumerate(results_of(results)):
        seed = results[number].seed
        expected = {"other": "seen", "train.lr": number + 1.0, "trial.number": number, "trial.seed": seed}
        assert result == expected


def test_every_trial_has_a_seed_of_its_own(place):
    results = sweep(random_number, {"x": [1] * 20}, **place)
    assert len(set(results_of(results))) == 20
    assert (
        results_of(results)
        == [trial.seed for trial in results]
        == results_of(sweep(random_number, {"x": [1] * 20}))
    )


def test_a_failed_trial_is_kept_with_its_error_and_the_sweep_goes_on(place):
    results = sweep(fail_often, {"x": range(7)}, **place)
    assert results_of(results) == [None, 1, 2, None, 4, 5, None]
    assert [trial.error for trial in results.failed] == [f"ValueError: x is {x}" for x in (0, 3, 6)]
    assert "fail_often" in results[3].traceback
    assert results.best.params == {"x": 1}


def test_an_error_names_the_trial_that_set_the_value(place):
    (trial,) = sweep(misfit, {"train.lr": ["fast"]}, **place)
    assert "'train.lr' = 'fast'" in trial.error
    assert "set by trial 0 of the sweep" in trial.error


def test_a_trial_whose_process_dies_fails_and_no_other_trial_is_lost_or_repeated(tmp_path):
    out = tmp_path / "sweep.jsonl"
    results = sweep(die_often, {"x": range(20)}, jobs=2, out=out)
    assert results_of(results) == [x if x % 2 else None for x in range(20)]
    assert {trial.error for trial in results.failed} == {"the process of this trial died"}
    numbers = [json.loads(line)["number"] for line in out.read_text().splitlines()[1:]]
    assert sorted(numbers) == list(range(20))


def test_a_result_that_does_not_pickle_fails_its_trial():
    results = sweep(return_lock, {"x": [1, 2]}, jobs=2)
    assert all("pickle" in trial.error for trial in results)


def test_lambdas_are_swept_in_processes():
    offset = 10
    assert results_of(sweep(lambda: (hp.scope.x | 0) + offset, {"x": [1, 2]}, jobs=2)) == [11, 12]


def test_results_as_columns():
    results = sweep(fail_often, {"x": [1, 3]})
    columns = results.to_dict()
    assert list(columns) == ["number", "x", "result", "seconds", "seed", "error"]
    assert (columns["x"], columns["result"], columns["error"]) == (
        [1, 3],
        [1, None],
        [None, "ValueError: x is 3"],
    )


def test_results_that_are_mappings():
    results = sweep(lambda: {"loss": hp.scope.x | 0, "name": "n"}, {"x": [3, 1, 2]}, metric="loss")
    assert results.best.params == {"x": 1}
    assert results.to_dict()["result.loss"] == [3, 1, 2]
    with pytest.raises(ValueError, match="choose one of loss, name by metric="):
        _ = sweep(lambda: {"loss": 1, "name": "n"}, {"x": [3]}).best


def test_the_best_of_failed_trials_and_of_nan():
    results = sweep(lambda: float("nan") if (hp.scope.x | 0) < 2 else 7.0, {"x": [1, 2, 3]})
    assert results.best.number == 1
    with pytest.raises(ValueError, match="all 1 failed, the first with ZeroDivisionError"):
        _ = sweep(lambda: 1 / 0, {"x": [1]}).best


def test_results_pickle_and_say_what_they_are():
    results = sweep(score, GRID)
    assert pickle.loads(pickle.dumps(results)).best == results.best
    assert repr(results).startswith("<sweep of 6 trials; best: 2.0 with {'train.lr': 0.1, ")


def test_progress_is_written_as_lines_if_stderr_is_no_terminal(capsys, monkeypatch):
    monkeypatch.setattr("hyperparameter.execution.progress.SECONDS_BETWEEN_LINES", 0.02)
    hp.sweep(wait_a_little, {"x": range(8)})
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) >= 2
    assert re.match(r"[1-7] of 8 trials, best 0, 0:00 left$", lines[0])
    assert lines[-1].startswith("8 of 8 trials, best 0")


def test_a_short_sweep_writes_nothing(capsys):
    hp.sweep(score, GRID)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ((3, GRID), {}, TypeError, "expected a function"),
        ((score, {}), {}, ValueError, "at least one key"),
        ((score, {"a": []}), {}, ValueError, "at least one value"),
        ((score, {"a": "xy"}), {}, TypeError, "a list of values or a distribution for 'a'"),
        ((score, {"a": 3}), {}, TypeError, "a list of values or a distribution for 'a'"),
        ((score, {"a..b": [3]}), {}, ValueError, "a..b"),
        ((score, SPACE), {}, TypeError, "'a' has endless values"),
        ((score, SPACE), {"trials": 0}, ValueError, "trials must be a positive integer"),
        ((score, GRID), {"jobs": 0}, ValueError, "jobs must be a positive integer"),
        ((score, GRID), {"jobs": 2, "executor": ThreadPoolExecutor(1)}, TypeError, "not both"),
    ],
)
def test_wrong_arguments_are_refused(arguments, options, error, message):
    with pytest.raises(error, match=message):
        sweep(*arguments, **options)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: hp.uniform(1, 1), "below the high one"),
        (lambda: hp.uniform(0, float("inf")), "below the high one"),
        (lambda: hp.loguniform(0, 1), "above 0"),
        (lambda: hp.randint(2, 1), "the low one first"),
        (lambda: hp.randint(1.0, 2), "must be integers"),
        (lambda: hp.choice(), "at least one value"),
    ],
)
def test_wrong_bounds_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
