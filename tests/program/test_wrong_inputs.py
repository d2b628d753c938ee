"""Wrong command lines, files and variables: each ends the program before a function is called."""

import tomllib
from pathlib import Path

import pytest

from programs import output_lines

pytestmark = pytest.mark.one_kernel

WRONG_INPUTS = tomllib.loads(Path(__file__).with_name("wrong_inputs.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", WRONG_INPUTS, ids=[case["name"] for case in WRONG_INPUTS])
def test_wrong_input_ends_the_program_with_an_error(write_program, case):
    run = write_program()
    for name, text in case.get("files", {}).items():
        (run.folder / name).parent.mkdir(exist_ok=True)
        (run.folder / name).write_bytes(text.encode(case.get("encoding", "utf-8")))
    result = run(*case["argv"], **case.get("environment", {}))
    usage, has_error, error = result.err.rpartition("prog.py: error: ")
    expected_error = case["error"].replace("{folder}", str(run.folder)) + "\n"
    assert (result.code, result.out, bool(has_error), error) == (2, "", True, expected_error)
    assert usage.startswith("usage: prog.py") if case.get("usage") else usage == ""


@pytest.mark.parametrize(
    ("argv", "code", "err"),
    [
        (
            "-D train.lrr=1",
            2,
            "prog.py: error: 'train.lrr' is not a parameter of train(); "
            "did you mean 'train.lr'? (set by -D train.lrr=1)\n",
        ),
        (
            "-D opt.momentun=1",
            2,
            "prog.py: error: 'opt.momentun' is not used: no code reads it; "
            "did you mean 'opt.momentum'? (set by -D opt.momentun=1)\n",
        ),
        (
            "-D opt.momentun=1 --allow-unknown",
            0,
            "prog.py: warning: 'opt.momentun' is not used: no code reads it; "
            "did you mean 'opt.momentum'? (set by -D opt.momentun=1)\n",
        ),
        (
            "-D logging.level=debug",
            0,
            "prog.py: warning: 'logging.level' is not used: no code reads it (set by -D logging.level=debug)\n",
        ),
        (
            "-D model.zebra=1",
            2,
            "prog.py: error: 'model.zebra' is not a parameter of model(), "
            "which has 'act', 'hidden' (set by -D model.zebra=1)\n",
        ),
        (
            "-D model.zebra=1 --allow-unknown",
            0,
            "prog.py: warning: 'model.zebra' is not a parameter of model(), "
            "which has 'act', 'hidden' (set by -D model.zebra=1)\n",
        ),
        ("-D root=7 train.steps=${root}", 0, ""),
        ("-D task.d.weight=2", 0, ""),
        (
            "-D opt.momentum=fast train.lr=slow opt.momentun=1",
            2,
            "prog.py: error: 3 errors in the configuration:\n"
            "  'opt.momentun' is not used: no code reads it; did you mean 'opt.momentum'? "
            "(set by -D opt.momentun=1)\n"
            "  'train.lr' = 'slow' is not a valid float (set by -D train.lr=slow)\n"
            "  'opt.momentum' = 'fast' is not a valid float: it is read at {folder}/prog.py:49 "
            "(set by -D opt.momentum=fast)\n",
        ),
    ],
)
def test_unknown_keys_are_reported_before_a_function_is_called(write_program, argv, code, err):
    run = write_program()
    result = run("d", *argv.split())
    assert (result.code, result.err, result.out == "") == (code, err.format(folder=run.folder), code == 2)


def test_check_reports_unknown_keys_and_invalid_values(write_program):
    run = write_program("""
        import warnings

        import hyperparameter as hp

        @hp.param("train")
        def train(lr=0.1, steps=100):
            return hp.scope.read.by.name | 1

        hp.check({"train": {"lr": 1}, "read.by.name": 2}, "train.steps=5")
        hp.check(hp.config({"root": 1, "train.lr": "${root}"}))
        with hp.scope("train.lrr=1", "train.steps=x") as ps:
            try:
                hp.check(ps)
            except hp.ConfigError as error:
                print(*(type(part).__name__ for part in error.errors))
                print(error)
        with warnings.catch_warnings(record=True, action="always") as caught:
            hp.check({"quite.other": 1})
        print(caught[0].category.__name__, caught[0].message, sep=": ")
    """)
    place = f"(set at {run.folder}/prog.py:"
    assert output_lines(run()) == [
        "UnknownParamError ParamError",
        "2 errors in the configuration:",
        f"  'train.lrr' is not a parameter of train(); did you mean 'train.lr'? {place}12)",
        f"  'train.steps' = 'x' is not a valid int {place}12)",
        f"UnknownParamWarning: 'quite.other' is not used: no code reads it {place}19)",
    ]
