"""Arguments of a program: what `hp.launch` makes of the parameters of its functions."""

import pytest

from programs import TRAIN, output_lines

pytestmark = pytest.mark.one_kernel


@pytest.mark.parametrize(
    ("argv", "first_line"),
    [
        ("d", "'d' 0.001 32 True RED [64, 32] None"),
        ("d --lr 0.5 --batch-size 8", "'d' 0.5 8 True RED [64, 32] None"),
        ("--batch_size=8 d", "'d' 0.001 8 True RED [64, 32] None"),
        ("d --no-cache --colour blue", "'d' 0.001 32 False BLUE [64, 32] None"),
        ("d --cache --steps 7", "'d' 0.001 32 True RED [64, 32] 7"),
        ("d --steps none --lr -1e-3", "'d' -0.001 32 True RED [64, 32] None"),
        ("d --layers 1 2 3", "'d' 0.001 32 True RED [1, 2, 3] None"),
        ("d --layers [9]", "'d' 0.001 32 True RED [9] None"),
        ("-D train.data=x train.lr=2", "'x' 2.0 32 True RED [64, 32] None"),
        ("x -D train.lr=2 -D train.lr=3", "'x' 3.0 32 True RED [64, 32] None"),
        ("-D train.layers=[1] train.cache=off -- -odd", "'-odd' 0.001 32 False RED [1] None"),
    ],
)
def test_parameters_of_the_function_are_arguments_of_the_program(write_program, argv, first_line):
    assert output_lines(write_program()(*argv.split()))[0] == first_line


def test_define_sets_parameters_of_any_function_and_of_reads(write_program):
    argv = ["d", "-D", "model.hidden=64", "opt.momentum=0.5", "task.d.weight=3"]
    assert output_lines(write_program()(*argv))[1] == "64 relu 0.5 3"


def test_files_environment_define_and_options_win_in_this_order(write_program):
    run = write_program()
    run.write("base.toml", "[train]\nlr = 2.0\nbatch_size = 2\nsteps = 2\ncache = false\n")
    run.write("more.yaml", "train:\n  batch_size: 3\n  steps: 3\n")
    argv = ["d", "-C", "base.toml", "more.yaml", "-D", "train.steps=5", "--lr", "6"]
    result = run(*argv, APP_TRAIN_STEPS="4", APP_TRAIN__BATCH_SIZE="4", APP_TRAIN__LR="4")
    assert output_lines(result)[0] == "'d' 6.0 4 False RED [64, 32] 5"


def test_a_parameter_gets_its_option_even_if_every_program_has_one_of_that_name(write_program):
    run = write_program("""
        import hyperparameter as hp

        @hp.param("job")
        def job(config="c", define="d", help="h", explain="e", list_params="l"):
            print(config, define, help, explain, list_params)

        hp.launch(job)
    """)
    argv = ["--config", "1", "--define", "2", "--help", "3", "--explain", "4", "--list-params", "5"]
    assert output_lines(run(*argv)) == ["1 2 3 4 5"]
    assert output_lines(run("-D", "job.config=7")) == ["7 d h e l"]


def test_positional_only_parameters_and_star_args_are_passed_by_position(write_program):
    run = write_program("""
        import hyperparameter as hp

        @hp.param("copy")
        def copy(source: int, /, times: int = 1, *rest: float):
            print(source, times, rest)

        hp.launch(copy)
    """)
    assert output_lines(run("3", "4", "5e1", "--times", "2")) == ["3 2 (4.0, 50.0)"]
    result = run("three")
    assert (result.code, result.err) == (
        2,
        "prog.py: error: 'source' = 'three' is not a valid int (set by the argument three)\n",
    )


def test_star_args_may_follow_options_and_a_double_dash(write_program):
    run = write_program("""
        import hyperparameter as hp

        @hp.param("copy")
        def copy(source, times=1, *command: int):
            print(source, times, command)

        hp.launch(copy)
    """)
    assert output_lines(run("a", "-D", "copy.times=9", "--", "5", "-6")) == ["a 9 (5, -6)"]
    assert output_lines(run("a", "1", "--times", "2", "8", "9")) == ["a 2 (1, 8, 9)"]
    assert "unrecognized arguments: 8 -x" in run("a", "--times", "2", "8", "-x").err


@pytest.mark.parametrize(
    ("declaration", "text", "value"),
    [
        ("Literal['x', None] = 'x'", "none", None),
        ("Literal[True, False, 'auto'] = 'auto'", "True", True),
        ("Size = Size.SMALL", "1.5", "Size.BIG"),
        ("list = [1, 2]", "[3, 4]", [3, 4]),
        ("Sequence[str] = ()", "a", ["a"]),
    ],
)
def test_choices_and_items_get_the_type_of_the_parameter(write_program, declaration, text, value):
    run = write_program(f"""
import enum
from collections.abc import Sequence
from typing import Literal

import hyperparameter as hp

class Size(enum.Enum):
    SMALL = 0.5
    BIG = 1.5

@hp.param("show")
def show(a: {declaration}):
    print(a)

hp.launch(show)
""")
    assert output_lines(run("--a", text)) == [str(value)]
    if "list" in declaration:
        assert output_lines(run("--a", "3", "4")) == [str(value)]


def test_file_names_may_contain_an_equals_sign_and_scripts_need_no_suffix(write_program):
    run = write_program(TRAIN, "script")
    run.write("script", TRAIN)
    run.write("runs/lr=0.1/c.toml", "[opt]\nmomentum = 0.25\n")
    assert output_lines(run("d", "-C", "runs/lr=0.1/c.toml"))[1] == "32 relu 0.25 1"
    assert "did you mean 'opt.momentum'?" in run("d", "-D", "opt.momentm=1").err
