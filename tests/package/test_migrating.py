"""The tables of docs/migrating.md about version 0.6.0: each row does here what its last column says."""

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
