"""The file of a sweep: it is whole whenever the sweep is killed, and the sweep goes on where it stopped."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sweep_functions import fail_often, score

import hyperparameter as hp
from hyperparameter.execution.sweep_file import read_sweep

PROGRAM = """
import sys
import hyperparameter as hp
from sweep_functions import wait_a_little

if __name__ == "__main__":
    results = hp.sweep(wait_a_little, {"x": range(40)}, jobs=int(sys.argv[2]), out=sys.argv[1], progress=False)
    print(len(results))
"""


@pytest.fixture
def out(tmp_path):
    return tmp_path / "sweep.jsonl"


def start(out, jobs=2):
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(out), str(jobs)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def lines_of(out):
    return [json.loads(line) for line in out.read_text().splitlines()]


def test_each_trial_is_a_line_with_what_it_set_and_what_came_out(out):
    hp.sweep(fail_often, {"x": [1, 3]}, out=out, progress=False)
    first, one, three = lines_of(out)
    assert first["keys"] == {"x": {"choice": [[1, 3]]}}
    assert (one["number"], one["params"], one["result"], one["error"]) == (0, {"x": 1}, 1, None)
    assert (three["params"], three["result"], three["error"]) == ({"x": 3}, None, "ValueError: x is 3")
    assert one["seed"] != three["seed"]
    assert one["seconds"] >= 0


def test_a_sweep_that_has_all_its_trials_runs_none(out):
    calls = []

    def count():
        calls.append(hp.scope.x())
        return hp.scope.x()

    for values in ([1, 2], [1, 2]):
        results = hp.sweep(count, {"x": values}, out=out, progress=False)
        assert [trial.result for trial in results] == [1, 2]
    assert calls == [1, 2]


def test_more_random_trials_continue_a_sweep(out):
    space = {"x": hp.uniform(0, 1)}
    first = hp.sweep(score, space, trials=3, out=out, progress=False)
    more = hp.sweep(score, space, trials=5, out=out, progress=False)
    assert len(lines_of(out)) == 6
    assert [trial.params for trial in more][:3] == [trial.params for trial in first]
    assert [trial.params for trial in more] == [
        trial.params for trial in hp.sweep(score, space, trials=5, progress=False)
    ]
    assert len(hp.sweep(score, space, trials=2, out=out, progress=False)) == 2


def test_an_incomplete_last_line_is_dropped_and_its_trial_run_again(out):
    hp.sweep(score, {"x": [1, 2, 3]}, out=out, progress=False)
    whole = out.read_bytes()
    for length in (len(whole) - 1, len(whole) - 30, 10):
        out.write_bytes(whole[:length])
        assert len(hp.sweep(score, {"x": [1, 2, 3]}, out=out, progress=False)) == 3
        assert [line.get("number") for line in lines_of(out)] == [None, 0, 1, 2]


@pytest.mark.parametrize(
    ("space", "options", "message"),
    [
        ({"x": [1, 3]}, {}, r"'x' = .*1, 2.* instead of .*1, 3"),
        ({"x": [1, 2], "y": [1]}, {}, "'y' = null instead of"),
        ({"x": [1, 2]}, {"seed": 1}, "seed 0 instead of 1"),
        ({"x": [1, 2]}, {"trials": 2}, "grid True instead of False"),
    ],
)
def test_the_file_of_another_sweep_is_refused_and_not_changed(out, space, options, message):
    hp.sweep(score, {"x": [1, 2]}, out=out, progress=False)
    before = out.read_bytes()
    with pytest.raises(ValueError, match=message):
        hp.sweep(score, space, out=out, progress=False, **options)
    assert out.read_bytes() == before
    # The file is free again.
    hp.sweep(score, {"x": [1, 2]}, out=out, progress=False)


@pytest.mark.parametrize("text", ["hello\n", "{}\n", '{"sweep": 99}\n', "[1]\n"])
def test_a_file_that_is_not_of_a_sweep_is_refused_and_not_changed(out, text):
    out.write_text(text)
    with pytest.raises(ValueError, match=r"sweep\.jsonl(:1)? is not"):
        hp.sweep(score, {"x": [1]}, out=out, progress=False)
    assert out.read_text() == text


def test_two_sweeps_on_one_file_are_refused(out):
    def inner():
        with pytest.raises(BlockingIOError, match="another sweep writes to"):
            hp.sweep(score, {"x": [1]}, out=out, progress=False)
        return 1

    assert hp.sweep(inner, {"x": [1]}, out=out, progress=False).best.result == 1


def test_a_sweep_of_another_process_has_the_file(out):
    process = start(out)
    try:
        while not out.exists() or not out.stat().st_size:
            time.sleep(0.01)
        with pytest.raises(BlockingIOError, match="another sweep writes to"):
            hp.sweep(score, {"x": range(40)}, out=out, progress=False)
        # Reading it is possible.
        assert read_sweep(out)[0]["keys"]["x"]
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("kills", [int(os.environ.get("SWEEP_KILLS", 6))])
def test_a_sweep_that_is_killed_goes_on_where_it_stopped(out, kills):
    """Kill it at random moments. At the end, each trial is there once."""
    chance = random.Random(kills)
    for _ in range(kills):
        process = start(out)
        time.sleep(chance.uniform(0.1, 0.5))
        process.send_signal(signal.SIGKILL)
        process.communicate()
    process = start(out)
    output, errors = process.communicate()
    assert (output, errors, process.returncode) == ("40\n", "", 0)
    _, trials = read_sweep(out)
    assert sorted(trial.number for trial in trials) == list(range(40))
    assert all(trial.result == trial.params["x"] == trial.number for trial in trials)


@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_stops_a_sweep_and_keeps_what_is_done(out, jobs):
    process = start(out, jobs)
    while not out.exists() or len(out.read_bytes().splitlines()) < 4:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode != 0
    assert errors.rstrip().endswith("KeyboardInterrupt")
    assert 3 <= len(read_sweep(out)[1]) < 40
    process = start(out)
    assert process.communicate()[0] == "40\n"
