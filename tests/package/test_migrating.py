"""The tables of docs/migrating.md: each row does here what its last column says."""

import re
from pathlib import Path

import pytest

import hyperparameter as hp
from documents import code_blocks

PAGE = "docs/migrating.md"
TEXT = (Path(__file__).parents[2] / PAGE).read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (?:`(.*)` )?\| `(.+)` \| `(.+)` \| `(.+)` \|$", TEXT, re.MULTILINE)


def names():
    namespace = {}
    exec(code_blocks(PAGE, "python")[0][1], namespace)
    return namespace


def outcome(overrides, read, namespace):
    """Return what the reader prints: the value, or the names of the error's classes."""
    try:
        with eval(f"hp.scope({overrides})", namespace):
            return {repr(eval(read, namespace))}
    except Exception as error:
        return {kind.__name__ for kind in type(error).__mro__}


@pytest.mark.parametrize(("overrides", "read", "_there", "here"), ROWS, ids=[f"{a} {b}" for a, b, *_ in ROWS])
def test_a_row_is_true_here(overrides, read, _there, here):
    assert here in outcome(overrides, read, names())


def test_init_sets_a_key_named_params():
    hp.scope.init(params={"x.y": 5})
    assert (hp.scope.x.y | 0, hp.scope.params['"x.y"'] | 0) == (0, 5)


def test_every_table_has_rows():
    assert len(ROWS) == 27


PROGRAM = """
from typing import Literal

import hyperparameter as hp


@hp.param("train")
def train(lr=0.1, steps=100, cache: bool = True, sizes: list[int] = [1], mode: Literal["a", "b"] = "a"):
    print((lr, steps, cache, sizes, mode))


hp.launch(train)
"""


@pytest.mark.parametrize(
    ("argv", "result"),
    [
        ("--lr 0.5", (0.5, 100, True, [1], "a")),
        ("--lr -1e-3", (-0.001, 100, True, [1], "a")),
        ("-D train.lr=0.5", (0.5, 100, True, [1], "a")),
        ("--steps 1e3", (0.1, 1000, True, [1], "a")),
        ("--steps 1.0", (0.1, 1, True, [1], "a")),
        ("--steps 1.5", (0.1, 1.5, True, [1], "a")),
        ("--cache False", (0.1, 100, False, [1], "a")),
        ("--no-cache", (0.1, 100, False, [1], "a")),
        ("--sizes 3 4", (0.1, 100, True, [3, 4], "a")),
        ("--mode b", (0.1, 100, True, [1], "b")),
        ("--mode c", 2),
        ("--st 3", 2),
        ("-D train.lrr=0.5", 2),
        ("-D train.lr=abc", 2),
    ],
)
def test_a_program_takes_what_the_page_says(argv, result, write_program):
    code, out, _ = write_program(PROGRAM)(*argv.split())
    assert (code, out) == ((result, "") if result == 2 else (0, f"{result}\n"))


def test_an_unknown_key_is_a_warning_if_allowed(write_program):
    code, out, err = write_program(PROGRAM)("-D", "train.lrr=0.5", "--allow-unknown")
    assert (code, out) == (0, "(0.1, 100, True, [1], 'a')\n")
    assert "warning: 'train.lrr' is not a parameter" in err


def test_a_configuration_reads_yaml_of_version_1_2(tmp_path):
    (tmp_path / "c.yaml").write_text("a: yes\nb: on\nc: 010\nd: 1:30\ne: '???'\n")
    assert hp.config(tmp_path / "c.yaml") == {"a": "yes", "b": "on", "c": 10, "d": "1:30", "e": "???"}
    with hp.scope(hp.config(tmp_path / "c.yaml")):
        assert (hp.scope.a | False, hp.scope.b | False) == (True, True)


def test_a_later_source_of_a_configuration_wins_leaf_by_leaf():
    base = {"train": {"lr": 0.1, "sizes": [1, 2]}, "out": "${train.lr}"}
    merged = hp.config(base, {"train": {"lr": 0.5, "sizes": [3]}})
    assert merged == {"train": {"lr": 0.5, "sizes": [3]}, "out": 0.5}
