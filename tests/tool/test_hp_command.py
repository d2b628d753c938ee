"""The `hp` command as a whole: help, wrong input, and that it runs no code that it reads."""

import os
from importlib.metadata import entry_points

import pytest

from hyperparameter import __version__, kernel
from programs import output_of
from samples import PROG

pytestmark = pytest.mark.one_kernel


def test_hp_is_an_entry_point():
    (entry_point,) = entry_points(group="console_scripts", name="hp")
    assert entry_point.value == "hyperparameter.__main__:main"


def test_without_a_command_the_help_is_printed(hp):
    result = hp()
    assert (result.code, result.out) == (2, "")
    assert result.err == output_of(hp("--help"))
    assert output_of(hp("--version")) == f"hp {__version__} (the {kernel.capitalize()} kernel)\n"
    assert f"hyperparameter {__version__} with the {kernel.capitalize()} kernel" in output_of(hp("--help"))


@pytest.mark.parametrize(
    ("argv", "err"),
    [
        ("lss", "hp: error: 'lss' is not a command; did you mean 'ls'?"),
        ("xyzzy", "hp: error: 'xyzzy' is not a command; the commands are ls, describe, check, show, sweep"),
        ("--what", "hp: error: the following arguments are required: COMMAND (see hp --help)"),
        (
            "ls . --tre",
            "hp ls: error: unrecognized arguments: --tre; did you mean '--tree'? (see hp ls --help)",
        ),
        ("ls . more", "hp ls: error: unrecognized arguments: more (see hp ls --help)"),
        (
            "ls . -f jsn",
            "hp ls: error: argument -f/--format: 'jsn' is not a format; did you mean 'json'? "
            "(see hp ls --help)",
        ),
        (
            "ls . -f 1",
            "hp ls: error: argument -f/--format: '1' is not a format; "
            "the formats are text, json, markdown (see hp ls --help)",
        ),
        ("ls --tree", "hp: error: --tree needs a PACKAGE or PATH"),
        ("ls --deps", "hp: error: --deps needs a PACKAGE or PATH"),
        ("ls -f markdown", "hp: error: -f markdown needs a PACKAGE or PATH"),
        (
            "ls prgo.py",
            "hp: error: 'prgo.py' is not a file, a folder or an installed package; did you mean 'prog.py'?",
        ),
        (
            "ls ./prgo.py",
            "hp: error: './prgo.py' is not a file, a folder or an installed package; did you mean 'prog.py'?",
        ),
        ("ls lib/modle.py", "hp: error: 'lib/modle.py' does not exist; did you mean 'lib/model.py'?"),
        ("ls no/such.py", "hp: error: 'no/such.py' does not exist"),
        ("ls os.path", "hp: error: 'os.path' is not a file, a folder or an installed package"),
        ("ls sys", "hp: error: 'sys' is not a file, a folder or an installed package"),
        (
            "ls pytes",
            "hp: error: 'pytes' is not a file, a folder or an installed package; did you mean 'pytest'?",
        ),
        ("ls pipe", "hp: error: 'pipe' is neither a file nor a folder"),
        ("ls dangling", "hp: error: 'dangling' is a broken symbolic link"),
        ("ls . -o lib", "hp: error: 'lib' cannot be written: Is a directory"),
        ("ls . -o no/a", "hp: error: 'no/a' cannot be written: No such file or directory"),
        (
            "describe",
            "hp describe: error: the following arguments are required: KEY (see hp describe --help)",
        ),
        ("describe train.lr xqzw", "hp: error: 'xqzw' is not a file, a folder or an installed package"),
        ("check . -D lr", "hp: error: 'lr' is not a valid override: expected key=value (set by -D lr)"),
        ("check . -D =1", "hp: error: '' is not a valid key: it is empty (set by -D =1)"),
        (
            "check . -C bad.toml",
            "hp: error: bad.toml:1:6: not valid TOML: Expected '=' after a key in a key/value pair",
        ),
        (
            "check . -C bda.toml",
            "hp: error: bda.toml: there is no such file; did you mean 'bad.toml'?",
        ),
        (
            "check . --env=",
            "hp: error: --env: expected a prefix of environment variables, such as APP_, got an empty text",
        ),
    ],
)
def test_wrong_input_ends_with_an_error(hp, argv, err):
    hp.write("lib/model.py", "")
    hp.write("bad.toml", "this is none")
    os.mkfifo(hp.folder / "pipe")
    (hp.folder / "dangling").symlink_to("nothing")
    result = hp(*argv.split(" "))
    assert (result.code, result.out, result.err) == (2, "", err + "\n")


def test_an_empty_path_is_refused(hp):
    result = hp("ls", "")
    assert (result.code, result.out, result.err) == (
        2,
        "",
        "hp: error: expected a PACKAGE or PATH, got an empty text\n",
    )


def test_the_command_runs_no_code_that_it_reads(hp):
    """The folder has modules with the names of modules that the command imports, and a package is installed."""
    touch = "import pathlib\npathlib.Path(__file__).with_suffix('.ran').touch()\n"
    names = ("json", "ast", "rich", "argparse", "tomllib", "docstring_parser", "effect")
    for name in names:
        hp.write(f"{name}.py", touch + PROG)
    hp.write("on_path/package/__init__.py", touch + PROG)
    hp.write("c.toml", "train.lr = 1\n")
    path = str(hp.folder / "on_path")
    for argv in (
        ("ls", "."),
        ("ls", "effect.py"),
        ("ls", "package"),
        ("describe", "train.lr", "."),
        ("check", ".", "-C", "c.toml"),
        ("show", ".", "-C", "c.toml"),
        ("ls", "--help"),
    ):
        assert hp(*argv, PYTHONPATH=path).code == 0, argv
    assert list(hp.folder.rglob("*.ran")) == []
