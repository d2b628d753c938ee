"""`--sweep`: a program runs its function once for each set of values."""

import json

import pytest

from programs import output_lines

pytestmark = pytest.mark.one_kernel

PROGRAM = """
    import enum

    import hyperparameter as hp

    class Act(enum.Enum):
        RELU = "relu"
        GELU = "gelu"

    def train(
        data: str, lr: float = 0.1, width: int = 8, act: Act = Act.RELU, layers: list[int] = [1], jobs: int = 3
    ):
        if hp.scope.fail | False:
            raise ValueError("it fails")
        return {"loss": (lr - 0.3) ** 2 + 1 / width + len(layers), "size": width, "act": act.name, "data": data}

    if __name__ == "__main__":
        hp.launch(train)
"""


@pytest.fixture
def run(write_program):
    return write_program(PROGRAM)


def records(run):
    return [json.loads(line) for line in (run.folder / "s.jsonl").read_text().splitlines()[1:]]


def test_a_grid_on_the_command_line_has_values_of_the_types_of_the_parameters(run):
    options = ("--sweep", "train.width=4,8", "--sweep=train.act=relu,GELU", "--sweep", "train.layers=[1,2],[3]")
    assert output_lines(run("d", *options, "--metric", "loss", "--out", "s.jsonl", "--lr", "0.3")) == [
        "8 trials; best: {'loss': 1.125, 'size': 8, 'act': 'RELU', 'data': 'd'} with "
        "train.width=8 train.act=relu train.layers=[3]"
    ]
    assert [trial["params"] for trial in records(run)][:3] == [
        {"train.width": 4, "train.act": "relu", "train.layers": [1, 2]},
        {"train.width": 4, "train.act": "relu", "train.layers": [3]},
        {"train.width": 4, "train.act": "gelu", "train.layers": [1, 2]},
    ]


def test_random_trials_run_in_processes_and_a_file_is_continued(run):
    command = ("--sweep", "train.lr=loguniform(1e-4,1e-1)", "--sweep", "train.data=a,b", "--out", "s.jsonl")
    command = (*command, "--metric", "size", "--maximize", "--sweep-jobs", "2")
    assert output_lines(run(*command, "--trials", "4"))[0].startswith("4 trials; best: {'loss'")
    before = records(run)
    assert output_lines(run(*command, "--trials", "6"))[0].startswith("6 trials")
    after = records(run)
    assert (after[:4], len(after)) == (before, 6)
    assert {trial["result"]["data"] for trial in after} == {"a", "b"}
    assert all(1e-4 <= trial["params"]["train.lr"] <= 1e-1 for trial in after)


def test_the_option_of_a_parameter_comes_before_that_of_the_sweep(run):
    assert output_lines(run("d", "--sweep", "train.width=1", "--jobs", "7", "--metric", "size"))[0].startswith(
        "1 trials"
    )


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (
            ["--sweep", "train.lr=0.1,fast"],
            "'train.lr' = 'fast' is not a valid float (set by --sweep train.lr=0.1,fast)",
        ),
        (
            ["--sweep", "train.widht=4"],
            "'train.widht' is not a parameter of train(); did you mean 'train.width'?",
        ),
        (
            ["--sweep", "train.width=uniform(1,2)", "--trials", "2"],
            "is not a valid int: it is not a whole number",
        ),
        (["--sweep", "train.lr=uniform(0,1)"], "'train.lr' has endless values: add the number of trials"),
        (["--sweep", "train.lr=uniform(1)"], "'train.lr' = uniform(1): expected uniform(LOW, HIGH) (set by"),
        (
            ["--sweep", "train.lr=uniform(2,1)"],
            "the low bound must be below the high one, got 2.0 and 1.0 (set by",
        ),
        (
            ["--sweep", "train.lr"],
            "'train.lr' has no values: expected KEY=VALUE,VALUE or KEY=uniform(LOW,HIGH)",
        ),
        (["--sweep", "train.lr=1", "--trials", "0"], "expected a positive integer, got '0'"),
        (["--sweep", "train.lr=1", "--out", "no/s.jsonl"], "cannot use no/s.jsonl: No such file or directory"),
        (["--trials", "3"], "unrecognized arguments: --trials 3"),
    ],
)
def test_what_is_wrong_is_refused_before_the_first_trial(run, options, error):
    result = run("d", *options)
    assert (result.code, result.out) == (2, "")
    assert error in result.err


def test_failed_trials_are_reported(run):
    result = run("d", "--sweep", "fail=true,false", "--metric", "size")
    assert (result.code, result.out.split(";")[0]) == (0, "2 trials, 1 failed")
    result = run("d", "--sweep", "fail=true")
    assert (result.code, result.err) == (1, "")
    assert "all 1 failed, the first with ValueError: it fails" in result.out
