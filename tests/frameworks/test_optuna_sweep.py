"""A sampler of Optuna chooses the trials of `hp.sweep`, and learns from those that ended."""

import json

import pytest

import hyperparameter as hp

pytest.importorskip("optuna", reason="`make frameworks` installs it")

import optuna

pytestmark = pytest.mark.frameworks

SPACE = {
    "x": hp.uniform(-5.0, 5.0),
    "lr": hp.loguniform(1e-4, 1.0),
    "n": hp.randint(1, 9),
    "kind": hp.choice((1, 2), "b"),
}


def distance():
    if (hp.scope.x | 0.0) > 4:
        raise ValueError("too far")
    return ((hp.scope.x | 0.0) - 1) ** 2 + (hp.scope.n | 0) + (0 if hp.scope.kind() == (1, 2) else 3)


def sampler():
    return optuna.samplers.TPESampler(seed=0, constant_liar=True, n_startup_trials=10)


def sweep(**options):
    return hp.sweep(distance, SPACE, **{"sampler": sampler(), "progress": False, **options})


def test_a_sampler_finds_better_trials_than_chance(capfd):
    by_sampler, by_chance = sweep(trials=60), sweep(trials=60, sampler=None)
    late, chance = (
        sum(trial.result for trial in results[30:] if trial.error is None) / 30
        for results in (by_sampler, by_chance)
    )
    assert late < chance / 2
    for trial in by_sampler:
        assert -5 <= trial.params["x"] <= 5
        assert 1e-4 <= trial.params["lr"] <= 1
        assert trial.params["n"] in range(1, 10)
        assert trial.params["kind"] in ((1, 2), "b")
    assert list(by_sampler[0].params) == list(SPACE)
    # Optuna does not write to stderr.
    assert capfd.readouterr() == ("", "")


def test_the_same_seed_gives_the_same_trials():
    first, second = sweep(trials=20), sweep(trials=20)
    assert [trial.params for trial in first] == [trial.params for trial in second]


def test_it_maximizes_and_runs_in_processes():
    results = sweep(trials=40, jobs=2, maximize=True)
    assert [trial.number for trial in results] == list(range(40))
    assert results.best.result > 15


def test_a_resumed_sweep_learns_from_the_trials_of_the_file(tmp_path):
    out = tmp_path / "sweep.jsonl"
    sweep(trials=30, out=out)
    results = sweep(trials=40, out=out)
    numbers = [json.loads(line)["number"] for line in out.read_text().splitlines()[1:]]
    assert numbers == list(range(40))
    late = [trial.result for trial in results[30:] if trial.error is None]
    assert sum(late) / len(late) < 8


def test_a_sampler_needs_a_number_of_trials():
    with pytest.raises(TypeError, match="needs a number of them: trials=20"):
        hp.sweep(distance, {"x": [1.0, 2.0]}, sampler=sampler(), progress=False)
