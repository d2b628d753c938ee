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


def test_switches_lists_and_positional_arguments_take_values_as_users_write_them(write_program):
    run = write_program("""
        from enum import Enum
        from typing import Literal

        import hyperparameter as hp

        class Size(Enum):
            SMALL = 1
            LARGE = 2

        @hp.param("train")
        def train(
            files: list[str],
            flag: bool = False,
            deep_flag=True,
            rates: list[float] = [1.0],
            steps=(1, 2),
            names: list[str] = ["a"],
            modes: list[Literal["x", "y"]] = ["x"],
            sizes: list[Size] = [Size.SMALL],
            pair: tuple[int, int] = (1, 2),
        ):
            print(files, flag, deep_flag, rates, steps, names, modes, [size.name for size in sizes], pair)

        hp.launch(train)
    """)
    default = ["['f']", "False", "True", "[1.0]", "(1, 2)", "['a']", "['x']", "['SMALL']", "(1, 2)"]
    for argv, changes in [
        ("f --flag=true", {1: "True"}),
        ("f --flag=0", {}),
        ("--flag TRUE f", {1: "True"}),
        ("--deep_flag no f", {2: "False"}),
        ("--no-deep-flag f", {2: "False"}),
        ("--flag f", {1: "True"}),
        ("--flag 1", {0: "['1']", 1: "True"}),
        ("f --rates 1,5", {3: "[1.0, 5.0]"}),
        ("f --rates 1,5 7", {3: "[1.0, 5.0, 7.0]"}),
        ("f --rates [1,5]", {3: "[1.0, 5.0]"}),
        ("f --steps 3,4", {4: "(3, 4)"}),
        ("f --names b,c", {5: "['b,c']"}),
        ("f --modes x,y", {6: "['x', 'y']"}),
        ("f --sizes SMALL,LARGE", {7: "['SMALL', 'LARGE']"}),
        ("f --pair 3,4", {8: "(3, 4)"}),
        ("f --flag g --rates 2 -- h -i", {0: "['f', 'g', 'h', '-i']", 1: "True", 3: "[2.0]"}),
    ]:
        expected = [changes.get(number, text) for number, text in enumerate(default)]
        assert output_lines(run(*argv.split())) == [" ".join(expected)], argv
    assert "unrecognized arguments: --flagg true; did you mean '--flag'?" in run("f", "--flagg", "true").err


def test_extra_arguments_of_a_launcher_are_refused_ignored_or_passed_on(write_program):
    text = """
        import sys

        import hyperparameter as hp

        @hp.param("train")
        def train(files: list[str], lr=0.1):
            print(files, lr, sys.argv[1:])

        hp.launch(train, extra={!r})
        print(len(sys.argv))
    """
    argv = ["a", "--local_rank=0", "--lr", "2", "b", "--other"]
    expected = "unrecognized arguments: --local_rank=0 b --other"
    assert expected in write_program(text.format("refuse"))(*argv).err
    run = write_program(text.format("ignore"))
    assert output_lines(run(*argv)) == [f"['a', 'b'] 2.0 {argv}", "7"]
    run = write_program(text.format("pass"))
    assert output_lines(run(*argv)) == ["['a', 'b'] 2.0 ['--local_rank=0', '--other']", "7"]
    assert (
        "expected extra to be 'refuse', 'ignore' or 'pass', got 'drop'"
        in write_program(text.format("drop"))().err
    )


def test_a_program_shows_its_version(write_program):
    text = """
        import hyperparameter as hp

        {}

        def train(lr=0.1): ...

        hp.launch(train{})
    """
    for head, argument, version in [("__version__ = '1.2'", "", "1.2"), ("", ", version='3'", "3")]:
        assert output_lines(write_program(text.format(head, argument))("--version")) == [f"prog.py {version}"]
    assert "unrecognized arguments: --version" in write_program(text.format("", ""))("--version").err


def test_commands_are_written_with_dashes_or_underscores(write_program):
    run = write_program("""
        import hyperparameter as hp

        def run_all(n=1):
            print("all", n)

        def run_one(n=1):
            print("one", n)

        hp.launch(run_all, run_one)
    """)
    assert output_lines(run("run-all", "--n", "2")) == ["all 2"]
    assert output_lines(run("-D", "run_one.n=3", "run_one")) == ["one 3"]
    assert run().err.endswith("prog.py: error: expected a command: run-all, run-one\n")


def test_a_launch_in_a_function_finds_the_functions_of_that_function(write_program):
    run = write_program("""
        import hyperparameter as hp

        @hp.param("outer")
        def outer(): ...

        def main():
            @hp.param("inner")
            def inner(n=1):
                print("inner", n)

            hp.launch()

        main()
    """)
    assert output_lines(run("--n", "2")) == ["inner 2"]


def test_several_keys_can_be_explained(write_program):
    run = write_program()
    lines = output_lines(run("-D", "train.lr=2", "-ep", "train.lr", "train.steps"))
    assert [line for line in lines if line[:1] != " "] == [
        "train.lr = '2'",
        "",
        "train.steps = None, the default",
    ]


def test_the_fields_of_structured_parameters_are_options(write_program):
    run = write_program("""
        from __future__ import annotations

        from dataclasses import dataclass, field

        import attrs
        import hyperparameter as hp

        @attrs.define
        class Opt:
            lr: float = 0.1
            use_momentum: bool = False

        @dataclass
        class Net:
            width: int
            opt: Opt = field(default_factory=Opt)
            inner: Net | None = None
            rates: list[float] = field(default_factory=list)
            hidden: int = field(init=False, default=1)

        @hp.param("train")
        def train(net: Net = Net(4), other: Net | None = None, plain=1):
            print(net.width, net.opt.lr, net.opt.use_momentum, net.rates, other and other.width, plain)

        hp.launch(train)
    """)
    for argv, expected in [
        ("--net.opt.lr 3 --net.width=7", "7 3.0 False [] None 1"),
        ("--net.opt.use_momentum --net.rates 1,2", "4 0.1 True [1.0, 2.0] None 1"),
        ("--net.opt.use-momentum=false", "4 0.1 False [] None 1"),
        ('--net {"width":9} --net.opt.lr 2', "9 2.0 False [] None 1"),
        ("-D train.net.opt.lr=5 --net.width 2", "2 5.0 False [] None 1"),
        ("--other.width 3", "4 0.1 False [] 3 1"),
    ]:
        assert output_lines(run(*argv.split())) == [expected], argv
    assert run("--net.opt.lr", "fast").err == (
        "prog.py: error: 'train.net.opt.lr' = 'fast' is not a valid float (set by --net.opt.lr fast)\n"
    )
    unknown = run("--net.opt.lrr", "1").err
    assert "unrecognized arguments: --net.opt.lrr 1; did you mean '--net.opt.lr'?" in unknown
    assert "unrecognized arguments: --net.hidden 1" in run("--net.hidden", "1").err
    listed = " ".join(run("-lps").out.split())
    assert "train.net.opt lr float 0.1 use_momentum bool False" in listed
    assert "--net.opt.lr FLOAT" in run("--help").out
