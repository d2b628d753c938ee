"""`hp.launch`: programs as their users run them, each a process of its own."""

import os
import pty
import select
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

import hyperparameter as hp
from programs import TRAIN

pytestmark = pytest.mark.once  # a process runs under one kernel, and what it says is the same under both


def lines(ran):
    assert (ran.code, ran.err) == (0, ""), ran
    return ran.out.splitlines()


# --- Parameters as arguments ---


@pytest.mark.parametrize(
    ("argv", "first"),
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
def test_a_functions_parameters_are_the_programs_arguments(program, argv, first):
    assert lines(program()(*argv.split()))[0] == first


def test_every_parameter_of_the_program_can_be_set(program):
    argv = ["d", "-D", "model.hidden=64", "opt.momentum=0.5", "task.d.weight=3"]
    assert lines(program()(*argv))[1] == "64 relu 0.5 3"


def test_the_later_wins_of_default_file_environment_define_and_option(program):
    run = program()
    run.write("base.toml", "[train]\nlr = 2.0\nbatch_size = 2\nsteps = 2\ncache = false\n")
    run.write("more.yaml", "train:\n  batch_size: 3\n  steps: 3\n")
    argv = ["d", "-C", "base.toml", "more.yaml", "-D", "train.steps=5", "--lr", "6"]
    ran = run(*argv, APP_TRAIN_STEPS="4", APP_TRAIN__BATCH_SIZE="4", APP_TRAIN__LR="4")
    assert lines(ran)[0] == "'d' 6.0 4 False RED [64, 32] 5"


def test_a_parameter_keeps_its_name_where_a_common_option_has_it_too(program):
    run = program("""
        import hyperparameter as hp

        @hp.param("job")
        def job(config="c", define="d", help="h", explain="e", list_params="l"):
            print(config, define, help, explain, list_params)

        hp.launch(job)
    """)
    argv = ["--config", "1", "--define", "2", "--help", "3", "--explain", "4", "--list-params", "5"]
    assert lines(run(*argv)) == ["1 2 3 4 5"]
    assert lines(run("-D", "job.config=7")) == ["7 d h e l"]


def test_what_no_scope_can_hold_is_handed_over_by_position(program):
    run = program("""
        import hyperparameter as hp

        @hp.param("copy")
        def copy(source: int, /, times: int = 1, *rest: float):
            print(source, times, rest)

        hp.launch(copy)
    """)
    assert lines(run("3", "4", "5e1", "--times", "2")) == ["3 2 (4.0, 50.0)"]
    ran = run("three")
    assert (ran.code, ran.err) == (
        2,
        "prog.py: error: 'source' = 'three' is not a valid int (set by the argument three)\n",
    )


# --- What is run ---


def test_several_functions_are_subcommands(program):
    run = program("""
        import hyperparameter as hp

        @hp.param("train")
        def train(lr=0.1):
            print("train", lr, hp.scope.seed | 0)

        @hp.param("evaluate")
        def evaluate(path, top=5):
            print("evaluate", path, top, hp.scope.seed | 0)

        @hp.param("inner")
        def _inner(x=1): ...

        if __name__ == "__main__":
            hp.launch()
    """)
    assert lines(run("train", "--lr", "2")) == ["train 2.0 0"]
    assert lines(run("-D", "seed=1", "evaluate", "p")) == ["evaluate p 5 1"]
    assert lines(run("-ep", "train")) == lines(run("train", "-ep", "train.lr"))
    assert lines(run("evaluate", "p", "-D", "seed=2", "evaluate.top=1")) == ["evaluate p 1 2"]
    assert run().err.endswith("prog.py: error: expected a command: train, evaluate\n")


def test_a_coroutine_function_a_class_and_a_plain_function_run(program):
    run = program("""
        import asyncio

        import hyperparameter as hp

        @hp.param("serve")
        async def serve(port: int = 80):
            await asyncio.sleep(0)
            print("serve", port, await asyncio.to_thread(lambda: hp.scope.serve.port | 0))

        @hp.param("Job")
        class Job:
            def __init__(self, n: int = 1):
                print("job", n)

        def plain(word="w"):
            return word

        if __name__ == "__main__":
            print("returned", type(hp.launch(serve, Job, plain)).__name__)
    """)
    assert lines(run("serve", "--port", "8080")) == ["serve 8080 8080", "returned NoneType"]
    assert lines(run("Job", "--n", "2")) == ["job 2", "returned Job"]
    assert lines(run("plain", "-D", "plain.word=x")) == ["returned str"]


def test_threads_and_bound_processes_see_what_is_set(program):
    run = program("""
        from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
        from multiprocessing import get_context

        import hyperparameter as hp

        def work():
            return hp.scope.train.lr | 0.0

        @hp.param("train")
        def train(lr=0.1):
            with ThreadPoolExecutor() as threads, ProcessPoolExecutor(1, get_context("spawn")) as processes:
                print(threads.submit(work).result(), processes.submit(hp.bind(work)).result())
            with hp.scope(**{"train.lr": 9}):
                hp.frozen()
            print(work())  # no scope hides the baseline

        if __name__ == "__main__":
            hp.launch(train)
    """)
    assert lines(run("--lr", "0.5")) == ["0.5 0.5", "9.0"]


def test_the_command_line_wins_over_a_scope_around_the_launch(program):
    run = program("""
        import hyperparameter as hp

        @hp.param("train")
        def train(lr=0.1, steps=1):
            print(lr, steps)

        with hp.scope(**{"train.lr": 5, "train.steps": 5}):
            hp.launch(train)
    """)
    assert lines(run("--lr", "2")) == ["2.0 5"]


@pytest.mark.parametrize("command", [["-m", "pkg.main"], ["script"]], ids=["module", "entry point"])
def test_a_package_runs_as_a_module_and_by_an_entry_point(program, command):
    run = program("", *command)
    run.write("pkg/__init__.py", "")
    run.write("pkg/other.py", "import hyperparameter as hp\n\ndef late():\n    return hp.scope.deep.key | 1\n")
    run.write(
        "pkg/main.py",
        """
        import hyperparameter as hp

        @hp.param("train")
        def train(lr=0.1):
            from .other import late

            print(lr, late())

        def main():
            hp.launch(train)

        if __name__ == "__main__":
            main()
        """,
    )
    run.write("script", "import sys\nfrom pkg.main import main\nsys.exit(main())\n")
    assert lines(run("--lr", "2", "-D", "deep.key=3")) == ["2.0 3"]
    ran = run("-D", "deep.kye=3")
    assert ran.code == 2
    assert "did you mean 'deep.key'?" in ran.err


def test_launching_returns_the_value_and_leaves_the_baseline():
    @hp.param("train")
    def train(lr=0.1):
        return lr

    assert hp.launch(train, argv=["--lr", "0.5"]) == 0.5
    assert hp.scope.train.lr | 0.0 == 0.5


@pytest.mark.parametrize(
    ("what", "text"),
    [
        (
            "generator",
            "hp.launch cannot run {name}(): it is a generator function, and nothing would read its items",
        ),
        ("number", "hp.launch: expected a function or a class, got 3"),
        (
            "nothing",
            "hp.launch has nothing to run: the calling module decorates no function with hp.param",
        ),
        ("switches", "hp.launch: parameters 'cache' and 'no_cache' would both have the option --no-cache"),
        ("twice", "hp.launch got more than one function with the name 'fine'"),
    ],
)
def test_what_cannot_become_a_program_is_refused(what, text):
    def generator():
        yield 1

    def fine(): ...
    def switches(cache=True, no_cache=False): ...

    given = {
        "generator": [generator],
        "switches": [switches],
        "number": [3],
        "nothing": [],
        "twice": [fine, fine],
    }[what]
    with pytest.raises(TypeError) as caught:
        hp.launch(*given, argv=[])
    assert str(caught.value) == text.format(name=generator.__qualname__)


def test_items_follow_options_and_a_double_dash(program):
    run = program("""
        import hyperparameter as hp

        @hp.param("copy")
        def copy(source, times=1, *command: int):
            print(source, times, command)

        hp.launch(copy)
    """)
    assert lines(run("a", "-D", "copy.times=9", "--", "5", "-6")) == ["a 9 (5, -6)"]
    assert lines(run("a", "1", "--times", "2", "8", "9")) == ["a 2 (1, 8, 9)"]
    assert "unrecognized arguments: 8 -x" in run("a", "--times", "2", "8", "-x").err


def test_a_bound_method_and_what_is_wrapped_once_more_are_what_they_were_decorated_as(program):
    run = program("""
        import functools
        import sys

        import hyperparameter as hp

        def logged(function):
            @functools.wraps(function)
            def call(*args, **kwargs):
                print("logged")
                return function(*args, **kwargs)

            return call

        class Job:
            @hp.param("job")
            def run(self, n=1):
                print("job", n)

        @logged
        @hp.param("train")
        def fit(lr=0.1):
            print("fit", lr)

        hp.launch(Job().run, fit)
    """)
    assert lines(run("run", "--n", "2")) == ["job 2"]
    assert lines(run("fit", "--lr", "2")) == ["logged", "fit 2.0"]
    assert "is not a parameter of" in run("fit", "-D", "train.lrr=1").err


def test_a_scope_around_the_launch_is_left_with_it(program):
    run = program("""
        import hyperparameter as hp

        @hp.param("train")
        def train(lr=0.1, steps=1):
            return lr, steps

        with hp.scope(**{"train.steps": 5}):
            print(hp.launch(train))
        print(train())
    """)
    assert lines(run("--lr", "2")) == ["(2.0, 5)", "(2.0, 1)"]


def test_a_file_may_have_any_name_and_a_script_no_suffix(program):
    run = program(TRAIN, "script")
    run.write("script", TRAIN)
    run.write("runs/lr=0.1/c.toml", "[opt]\nmomentum = 0.25\n")
    assert lines(run("d", "-C", "runs/lr=0.1/c.toml"))[1] == "32 relu 0.25 1"
    assert "did you mean 'opt.momentum'?" in run("d", "-D", "opt.momentm=1").err


@pytest.mark.parametrize(
    ("asked", "given", "value"),
    [
        ("Literal['x', None] = 'x'", "none", None),
        ("Literal[True, False, 'auto'] = 'auto'", "True", True),
        ("Size = Size.SMALL", "1.5", "Size.BIG"),
        ("list = [1, 2]", "[3, 4]", [3, 4]),
        ("Sequence[str] = ()", "a", ["a"]),
    ],
)
def test_whatever_is_offered_is_taken(program, asked, given, value):
    run = program(f"""
import enum
from collections.abc import Sequence
from typing import Literal

import hyperparameter as hp

class Size(enum.Enum):
    SMALL = 0.5
    BIG = 1.5

@hp.param("one")
def one(a: {asked}):
    print(a)

hp.launch(one)
""")
    assert lines(run("--a", given)) == [str(value)]
    if "list" in asked:
        assert lines(run("--a", "3", "4")) == [str(value)]


def test_a_reader_that_has_gone_is_no_fault(program):
    run = program()
    done = subprocess.run(
        f"{sys.executable} prog.py -lps | true; {sys.executable} prog.py -lps >/dev/full",
        shell=True,
        cwd=run.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == "prog.py: error: cannot write to stdout: No space left on device\n"


# --- What it tells ---


def test_help_lists_every_parameter_of_the_program(program):
    assert lines(program()("-h")) == HELP.splitlines()


HELP = """\
usage: prog.py [-h] [-D KEY=VALUE [KEY=VALUE ...]] [-C FILE [FILE ...]] [-lps] [-ep KEY]
               [--allow-unknown] [--lr FLOAT] [--batch-size INT] [--cache | --no-cache]
               [--colour {red,blue}] [--layers ITEM [ITEM ...]] [--steps INT]
               DATA

Train a model on the images of a folder.

It reads 100% of them.

positional arguments:
  DATA                  folder of the images.

options:
  -h, --help            show this help message and exit
  --lr FLOAT            learning rate. (default: 0.001)
  --batch-size INT      images per step, or 0 for all. (default: 32)
  --cache, --no-cache   keep the data in memory, 50% of it. (default: True)
  --colour {red,blue}   (default: 'red')
  --layers ITEM [ITEM ...]
                        (default: [64, 32])
  --steps INT           (default: None)

configuration options:
  -D KEY=VALUE [KEY=VALUE ...], --define KEY=VALUE [KEY=VALUE ...]
                        set parameters; if a key is set twice, the last value wins
  -C FILE [FILE ...], --config FILE [FILE ...]
                        read parameters from TOML, YAML or JSON files
  -lps, --list-params   list all parameters and exit
  -ep KEY, --explain KEY
                        show the value of a parameter and where it is set, and exit
  --allow-unknown       warn of a key that looks misspelled, instead of refusing it

all parameters, to set with -D KEY=VALUE or in a file:
  model
    act         Literal['relu', 'gelu']  'relu'    Activation after a layer.
    hidden      int                      32        Units of the hidden layer.
  opt
    momentum    float                    0.9
  task.*
    weight      int                      1
  train
    batch_size  int                      32        images per step, or 0 for all.
    cache       bool                     True      keep the data in memory, 50% of it.
    colour      Colour                   'red'
    data        str                      required  folder of the images.
    layers      list[int]                [64, 32]
    lr          float                    0.001     learning rate.
    steps       int | None               None
"""


@pytest.mark.parametrize("style", ["Google", "NumPy", "reST"])
def test_help_is_read_from_a_docstring_of_any_style(program, style):
    written = {
        "Google": "Args:\n        lr: learning rate.",
        "NumPy": "Parameters\n    ----------\n    lr : float\n        learning rate.",
        "reST": ":param lr: learning rate.",
    }[style]
    text = f'''
import hyperparameter as hp

@hp.param("train")
def train(lr=0.1):
    """Train a model.

    {written}
    """

hp.launch(train)
'''
    told = program(text)("--help").out
    assert "Train a model.\n" in told
    assert "--lr FLOAT            learning rate. (default: 0.1)\n" in told
    assert "    lr  float  0.1  learning rate.\n" in told


def test_list_params_prints_the_list_alone(program):
    assert program()("-lps").out == HELP[HELP.index("  model\n") :]
    assert program()("--list-params", "-D", "train.lr=1").code == 0


def test_explain_tells_every_layer(program):
    run = program()
    run.write("a.toml", "[train]\n# rate\nlr = 2.0\n")
    ran = run("-C", "a.toml", "-D", "train.lr=3", "train.lr=4", "-ep", "train.lr", APP_TRAIN__LR="9")
    assert lines(ran) == [
        "train.lr = '4'",
        "  set by -D train.lr=4",
        "  instead of '3', set by -D train.lr=3",
        "  instead of '9', set by the environment variable APP_TRAIN__LR",
        "  instead of 2.0, set at a.toml:3",
        f"  declared as lr: float = 0.001, a parameter of train() at {run.folder}/prog.py:27",
        "    learning rate.",
    ]
    assert lines(run("--explain", "opt")) == [
        "opt.momentum = 0.9, the default",
        f"  declared as momentum: float = 0.9, read at {run.folder}/prog.py:49",
    ]


# --- Keys that nobody reads ---


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
            "-D model.zebra=1 --allow-unknown",
            2,
            "prog.py: error: 'model.zebra' is not a parameter of model(), "
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
def test_a_key_that_nobody_reads_is_told_of_before_anything_runs(program, argv, code, err):
    run = program()
    ran = run("d", *argv.split())
    assert (ran.code, ran.err, ran.out == "") == (code, err.format(folder=run.folder), code == 2)


def test_a_library_checks_what_it_is_given(program):
    run = program("""
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
                print(*(type(one).__name__ for one in error.errors))
                print(error)
        with warnings.catch_warnings(record=True, action="always") as told:
            hp.check({"quite.other": 1})
        print(told[0].category.__name__, told[0].message, sep=": ")
    """)
    place = f"(set at {run.folder}/prog.py:"
    assert lines(run()) == [
        "UnknownParamError ParamError",
        "2 errors in the configuration:",
        f"  'train.lrr' is not a parameter of train(); did you mean 'train.lr'? {place}12)",
        f"  'train.steps' = 'x' is not a valid int {place}12)",
        f"UnknownParamWarning: 'quite.other' is not used: no code reads it {place}19)",
    ]


# --- Wrong inputs ---

WRONG = tomllib.loads(Path(__file__).with_name("wrong_inputs.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", WRONG, ids=[case["name"] for case in WRONG])
def test_a_wrong_input_ends_the_program_before_anything_runs(program, case):
    run = program()
    for name, text in case.get("files", {}).items():
        (run.folder / name).parent.mkdir(exist_ok=True)
        (run.folder / name).write_bytes(text.encode(case.get("encoding", "utf-8")))
    ran = run(*case["argv"], **case.get("environment", {}))
    usage, found, error = ran.err.rpartition("prog.py: error: ")
    assert (ran.code, ran.out, bool(found), error) == (
        *(2, "", True),
        case["error"].replace("{folder}", str(run.folder)) + "\n",
    )
    assert usage.startswith("usage: prog.py") if case.get("usage") else usage == ""


# --- Completion ---


class Terminal:
    """Hold a real bash on a terminal of its own."""

    def __init__(self, folder, rc):
        child, self._fd = pty.fork()
        if child == 0:
            os.chdir(folder)
            os.environ.update({"PS1": "READY>", "TERM": "dumb", "COLUMNS": "200"})
            os.execvp("bash", ["bash", "--noprofile", "--rcfile", rc, "-i"])
        self._until("READY>")

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        os.write(self._fd, b"\x03exit\n")
        os.close(self._fd)

    def tab(self, text, until, times=1):
        """Type text and the TAB key; return what bash shows until it has shown `until`."""
        os.write(self._fd, text.encode() + b"\t" * times)
        return self._until(until)

    def _until(self, text):
        seen, end = "", time.monotonic() + 30
        while text not in seen:
            assert time.monotonic() < end, seen
            if select.select([self._fd], [], [], 0.1)[0]:
                seen += os.read(self._fd, 4096).decode()
        return seen


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("-D opt.m", "-D opt.momentum="),
        ("-D model.act=g", "-D model.act=gelu "),
        ("d --bat", "d --batch-size "),
        ("d --colour b", "d --colour blue "),
        ("-ep model.h", "-ep model.hidden "),
    ],
)
def test_bash_completes_keys_and_their_values_and_options(terminal, typed, completed):
    terminal.tab(f"./prog.py {typed}", completed)


def test_bash_lists_the_keys_that_there_are(terminal):
    terminal.tab("./prog.py -D tr", "ain.")
    shown = terminal.tab("", "train.steps=", times=2)
    assert "train.batch_size=" in shown


@pytest.fixture
def terminal(program):
    """Give a bash that completes the arguments of a program."""
    run = program(f"#!{sys.executable}\n" + TRAIN)
    (run.folder / "prog.py").chmod(0o755)
    path = f'export PATH="{os.path.dirname(sys.executable)}:$PATH"\n'
    run.write("rc", path + "PS1='READY>'\neval \"$(register-python-argcomplete ./prog.py)\"\n")
    with Terminal(run.folder, str(run.folder / "rc")) as bash:
        yield bash
