"""`hp describe`: the declarations of a key, and the keys of a namespace."""

import json

import pytest

from programs import output_of
from samples import SECOND_DECLARATION

pytestmark = pytest.mark.one_kernel


def test_all_declarations_of_a_key_are_described(hp):
    hp.write("more.py", SECOND_DECLARATION)
    assert output_of(hp("describe", "train.lr", ".")) == (
        "train.lr\n"
        "  read at more.py:4\n"
        "    type    float\n"
        "    default 0.5\n"
        "  parameter of train() at prog.py:5\n"
        "    type    float\n"
        "    default 0.001\n"
        "    help    learning *rate*, at most 1|0.\n"
    )
    records = json.loads(output_of(hp("describe", "train.lr", ".", "-f", "json")))
    assert [(record["kind"], record["place"]) for record in records] == [
        ("read", "more.py:4"),
        ("parameter", "prog.py:5"),
    ]


def test_a_namespace_is_described_by_its_keys(hp):
    assert output_of(hp("describe", "train", ".")) == (
        "train\n"
        "  namespace of train() at prog.py:5\n"
        "train.data          required  prog.py:5\n"
        "train.lr     float  0.001     prog.py:5  learning *rate*, at most 1|0.\n"
        "train.mode   str    'a|b'     prog.py:5  <script>alert(2)</script>\n"
        "train.steps  int    100       prog.py:5\n"
    )
    assert output_of(hp("describe", "opt", ".")) == "opt.momentum  float  0.9  prog.py:13\n"
    (record,) = json.loads(output_of(hp("describe", "opt", ".", "-f", "json")))
    assert record["key"] == "opt.momentum"


def test_a_misspelled_parameter_is_unknown_even_if_the_whole_subtree_is_read(hp):
    hp.write("more.py", "import hyperparameter as hp\nhp.scope.train(), hp.scope.more | {}\n")
    result = hp("describe", "train.lrr", ".")
    assert (result.code, result.out, result.err) == (
        1,
        "",
        "hp: 'train.lrr' is not declared; did you mean 'train.lr'?\n",
    )
    assert "subtree read at more.py:2\n    key     more\n" in output_of(hp("describe", "more.colour", "."))


def test_a_key_computed_at_run_time_is_described_by_its_pattern(hp):
    description = "  read in train() at prog.py:14\n{}    type    int\n    default 1\n"
    assert output_of(hp("describe", "task.*.weight", ".")) == "task.*.weight\n" + description.format("")
    assert output_of(hp("describe", "task.seg.weight", ".")) == "task.seg.weight\n" + description.format(
        "    key     task.*.weight\n"
    )


def test_an_unknown_key_gets_a_suggestion(hp):
    result = hp("describe", "tran.lr", ".")
    assert (result.code, result.out, result.err) == (
        1,
        "",
        "hp: 'tran.lr' is not declared; did you mean 'train.lr'?\n",
    )
    result = hp("describe", "qqqq", ".", "-f", "json")
    assert (result.code, result.out, result.err) == (1, "", "hp: 'qqqq' is not declared\n")


def test_a_key_is_found_in_this_folder_by_its_last_segment_or_a_part(hp):
    expected = output_of(hp("describe", "train.lr", "."))
    assert output_of(hp("describe", "train.lr")) == expected
    assert output_of(hp("describe", "lr")) == expected
    assert output_of(hp("describe", "moment")).startswith("opt.momentum\n")
    hp.write("more.py", "import hyperparameter as hp\nhp.scope.model.lr | 2\nhp.scope.model.lrs | 2\n")
    lines = output_of(hp("describe", "lr")).splitlines()
    assert [line for line in lines if line[:1] != " "] == ["model.lr", "train.lr"]
    records = json.loads(output_of(hp("describe", "lr", "-f", "json")))
    assert [record["key"] for record in records] == ["model.lr", "train.lr"]
    assert hp("describe", "zebra").code == 1


NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "source": ["# hyperparameter ("]},
        {
            "cell_type": "code",
            "source": [
                "%matplotlib inline\n",
                "import hyperparameter as hp\n",
                "!ls\n",
                "files = !ls\n",
                "hp?",
            ],
        },
        {"cell_type": "code", "source": "%%bash\nls ("},
        {"cell_type": "code", "source": "if True:\n    %time 1\nhp.scope.cell.lr | 0.5"},
    ]
}


def test_notebooks_are_scanned(hp):
    hp.write("study.ipynb", json.dumps(NOTEBOOK))
    assert "read at study.ipynb:" in output_of(hp("describe", "cell.lr"))
    hp.write("broken.ipynb", "{'hyperparameter'")
    assert "warning: broken.ipynb:1: is not a notebook\n" in hp("describe", "cell.lr").err
