"""What a program prints about its parameters: --help, --list-params and --explain."""

import subprocess
import sys

import pytest

from programs import output_lines

pytestmark = pytest.mark.one_kernel

HELP = """\
usage: prog.py [-h] [-D KEY=VALUE [KEY=VALUE ...]] [-C FILE [FILE ...]] [-lps] [-ep KEY [KEY ...]]
               [--allow-unknown] [--sweep KEY=VALUES] [--lr FLOAT] [--batch-size INT]
               [--cache | --no-cache] [--colour {red,blue}] [--layers ITEM [ITEM ...]]
               [--steps INT]
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
  -ep KEY [KEY ...], --explain KEY [KEY ...]
                        show the values of parameters and where they are set, and exit
  --allow-unknown       warn of an unknown key, instead of refusing it
  --sweep KEY=VALUES    run once for each set of values, such as train.lr=0.1,0.2 or
                        train.lr=loguniform(1e-4,1e-1); with it: --trials, --jobs, --out,
                        --metric, --maximize

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


def test_help_lists_every_parameter_of_the_program(write_program):
    assert output_lines(write_program()("-h")) == HELP.splitlines()


@pytest.mark.parametrize("style", ["Google", "NumPy", "reST"])
def test_help_is_read_from_a_docstring_of_any_style(write_program, style):
    docstring = {
        "Google": "Args:\n        lr: learning rate.",
        "NumPy": "Parameters\n    ----------\n    lr : float\n        learning rate.",
        "reST": ":param lr: learning rate.",
    }[style]
    text = f'''
import hyperparameter as hp

@hp.param("train")
def train(lr=0.1):
    """Train a model.

    {docstring}
    """

hp.launch(train)
'''
    help_text = write_program(text)("--help").out
    assert "Train a model.\n" in help_text
    assert "--lr FLOAT            learning rate. (default: 0.1)\n" in help_text
    assert "    lr  float  0.1  learning rate.\n" in help_text


def test_list_params_prints_only_the_list(write_program):
    assert write_program()("-lps").out == HELP[HELP.index("  model\n") :]
    assert write_program()("--list-params", "-D", "train.lr=1").code == 0


def test_explain_prints_every_source_that_set_a_value(write_program):
    run = write_program()
    run.write("a.toml", "[train]\n# rate\nlr = 2.0\n")
    result = run("-C", "a.toml", "-D", "train.lr=3", "train.lr=4", "-ep", "train.lr", APP_TRAIN__LR="9")
    assert output_lines(result) == [
        "train.lr = '4'",
        "  set by -D train.lr=4",
        "  instead of '3', set by -D train.lr=3",
        "  instead of '9', set by the environment variable APP_TRAIN__LR",
        "  instead of 2.0, set at a.toml:3",
        f"  declared as lr: float = 0.001, a parameter of train() at {run.folder}/prog.py:27",
        "    learning rate.",
    ]
    assert output_lines(run("--explain", "opt")) == [
        "opt.momentum = 0.9, the default",
        f"  declared as momentum: float = 0.9, read at {run.folder}/prog.py:49",
    ]


def test_a_closed_pipe_is_not_an_error_but_a_full_disk_is(write_program):
    run = write_program()
    process = subprocess.run(
        f"{sys.executable} prog.py -lps | true; {sys.executable} prog.py -lps >/dev/full",
        shell=True,
        cwd=run.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.stderr == "prog.py: error: cannot write to stdout: No space left on device\n"


def test_explain_shows_the_value_of_a_reference_and_the_text_that_refers(write_program):
    program = write_program(
        """
        import hyperparameter as hp

        @hp.param("data")
        def load(root="/data", file="a.csv"): ...

        if __name__ == "__main__":
            hp.launch()
        """
    )
    program.write("conf.toml", '[data]\nfile = "${data.root}/b.csv"\nroot = "/tmp"\n')
    assert program("-C", "conf.toml", "--explain", "data.file").out.splitlines()[:2] == [
        "data.file = '/tmp/b.csv'",
        "  '${data.root}/b.csv', set at conf.toml:2",
    ]


def test_explain_shows_the_parts_of_a_structure_that_are_set(write_program):
    program = write_program(
        """
        from dataclasses import dataclass
        import hyperparameter as hp

        @dataclass
        class Opt:
            lr: float = 0.1
            decay: float = 0.0

        @hp.param("train")
        def train(opt: Opt = Opt()): ...

        if __name__ == "__main__":
            hp.launch()
        """
    )
    lines = program("-D", "train.opt.lr=0.5", "--explain", "train.opt").out.splitlines()
    assert lines[:2] == [
        "train.opt = Opt(lr=0.1, decay=0.0), the default",
        "  train.opt.lr = '0.5', set by -D train.opt.lr=0.5",
    ]


def test_help_shows_what_a_run_would_use(write_program):
    run = write_program("""
        from dataclasses import dataclass, field
        from enum import Enum
        from pathlib import Path

        import attrs
        import hyperparameter as hp

        class Mode(Enum):
            FAST = 1
            SLOW = 2

        @dataclass
        class Opt:
            lr: float = 0.1
            steps: int = 3

        @hp.param("train")
        @dataclass
        class Train:
            items: list[int] = field(default_factory=lambda: [1, 2])
            opt: Opt = field(default_factory=Opt)
            out: Path = Path("/out")
            mode: Mode = Mode.FAST
            lr: float = 0.5
            password: str = "hunter2"
            seed: int = 1

        @hp.param("model")
        @attrs.define
        class Model:
            sizes: list[int] = attrs.Factory(lambda: [3])
            folder=Path("/x")

            def run(self):
                return hp.scope.loose.key | 1

        hp.launch(Train, Model, config="base.toml", env="APP_")
    """)
    run.write("base.toml", "[train]\nlr = 0.7\npassword = 'x'\nopt.lr = 2\n[loose]\nkey = 5\n")
    result = run("Train", "--help", "-D", "train.mode=2", APP_TRAIN__SEED="7")
    help_text = " ".join(result.out.split())
    for part in [
        "(default: [1, 2])",
        "(default: Opt(lr=2.0, steps=3), from base.toml:4)",
        "--out PATH (default: '/out')",
        "--mode {FAST,SLOW} (default: 'FAST')",
        "(default: 0.7, from base.toml:2)",
        "(default: ******, from base.toml:3)",
        "(default: 7, from environment variable APP_TRAIN__SEED)",
        "key int 5 (from base.toml:6)",
        "sizes list[int] [3]",
    ]:
        assert part in help_text
    assert max(map(len, result.out.splitlines())) <= 100
    assert "hunter2" not in result.out
    # Help works even if a run does not.
    run.write("base.toml", "[train\n")
    assert "(default: 0.5)" in run("Train", "--help").out


LONG_HELP = """
    import hyperparameter as hp

    @hp.param("train")
    def train(items={"a" * 30: list(range(60))}, lr=0.1):
        '''Train.

        Args:
            items: ITEMS.
            lr: RATES.
        '''

    hp.launch(train)
"""


def test_a_long_cell_or_help_text_is_wrapped(write_program):
    run = write_program(LONG_HELP.replace("ITEMS", "word " * 40).replace("RATES", "rate " * 40))
    lines = output_lines(run("-lps"))
    assert max(map(len, lines)) <= 100
    assert " ".join(lines).count("word") == 40
    assert len([line for line in lines if "rate" in line]) > 1
