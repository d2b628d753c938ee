"""`hp ls`: list the declared parameters, as text, a tree, JSON and Markdown."""

import json
import os

import pytest

from programs import output_of
from samples import LISTING, SECOND_DECLARATION

pytestmark = pytest.mark.one_kernel

TREE = """\
out required  prog.py:15
model
└── name: str = "<script>alert('1')</script>"  prog.py:20
opt
└── momentum: float = 0.9  prog.py:13
task
└── *
    └── weight: int = 1  prog.py:14
train
├── data required  prog.py:5
├── lr: float = 0.001  prog.py:5  learning *rate*, at most 1|0.
├── mode: str = 'a|b'  prog.py:5  <script>alert(2)</script>
└── steps: int = 100  prog.py:5
"""


def test_keys_are_listed_by_namespace(hp):
    assert output_of(hp("ls", "prog.py")) == LISTING
    assert output_of(hp("ls", ".")) == LISTING
    assert output_of(hp("ls", str(hp.folder))) == LISTING


def test_a_key_with_two_declarations_is_listed_once(hp):
    hp.write("more.py", SECOND_DECLARATION)
    records = json.loads(output_of(hp("ls", ".", "-f", "json")))
    assert [record["place"] for record in records if record["key"] == "train.lr"] == ["more.py:4"]


def test_keys_are_drawn_as_a_tree(hp):
    assert output_of(hp("ls", "prog.py", "--tree")) == TREE
    ascii_tree = TREE.replace("├", "|").replace("└", "`").replace("─", "-")
    assert output_of(hp("ls", "prog.py", "--tree", PYTHONIOENCODING="ascii")) == ascii_tree


def test_json_has_an_object_for_each_key(hp):
    records = json.loads(output_of(hp("ls", ".", "-f", "json")))
    assert [record["key"] for record in records] == [
        "out",
        "model.name",
        "opt.momentum",
        "task.*.weight",
        "train.data",
        "train.lr",
        "train.mode",
        "train.steps",
    ]
    assert records[5] == {
        "key": "train.lr",
        "kind": "parameter",
        "type": "float",
        "default": "0.001",
        "required": False,
        "help": "learning *rate*, at most 1|0.",
        "place": "prog.py:5",
        "owner": "train",
        "package": None,
    }
    assert {name: records[4][name] for name in ("kind", "type", "default", "required")} == {
        "kind": "parameter",
        "type": "",
        "default": None,
        "required": True,
    }


def test_json_of_a_tree_is_nested(hp):
    (root,) = json.loads(output_of(hp("ls", "prog.py", "--tree", "-f", "json")))
    assert (root["name"], root["declared"]) == ("prog.py", None)
    assert [child["name"] for child in root["children"]] == ["out", "model", "opt", "task", "train"]
    (model,) = root["children"][1]["children"]
    assert (model["name"], model["declared"]["key"], model["children"]) == ("name", "model.name", [])


def test_markdown_has_a_table_for_each_namespace(hp):
    lines = output_of(hp("ls", "prog.py", "-f", "markdown")).splitlines()
    assert lines[:6] == [
        "# prog.py",
        "",
        "## (no namespace)",
        "",
        "| key | type | default | help | declared at |",
        "| --- | --- | --- | --- | --- |",
    ]
    assert lines[-4:] == [
        "| `train.data` |  | required |  | `prog.py:5` |",
        r"| `train.lr` | `float` | `0.001` | learning \*rate\*, at most 1\|0. | `prog.py:5` |",
        r"| `train.mode` | `str` | `'a\|b'` | \<script\>alert(2)\</script\> | `prog.py:5` |",
        "| `train.steps` | `int` | `100` |  | `prog.py:5` |",
    ]


def test_markdown_of_a_tree_is_a_nested_list(hp):
    lines = output_of(hp("ls", "prog.py", "--tree", "-f", "markdown")).splitlines()
    assert lines[2:7] == [
        "- `out` required (`prog.py:15`)",
        "- `model`",
        "    - `name`: `str` = `\"<script>alert('1')</script>\"` (`prog.py:20`)",
        "- `opt`",
        "    - `momentum`: `float` = `0.9` (`prog.py:13`)",
    ]


def test_only_reads_that_fail_without_a_value_are_required(hp):
    hp.write(
        "lib/reads.py",
        """
        import hyperparameter as hp
        if hp.scope.checked: pass
        print(hp.scope.logged)
        hp.scope.needed()
        hp.scope.needed_there()
        hp.scope.needed_there | 1
        hp.scope.parts | {}
        hp.scope.whole()
        hp.scope.whole.part | 1
        """,
    )
    records = json.loads(output_of(hp("ls", "lib", "-f", "json")))
    assert [record["key"] for record in records if record["required"]] == ["needed", "needed_there", "whole"]
    assert len(records) == 7
    lines = output_of(hp("ls", "lib")).splitlines()
    assert lines[3].split()[:2] == ["needed", "required"]
    assert lines[4].split()[:3] == ["needed_there", "int", "1"]
    assert lines[6].split()[:3] == ["whole", "(subtree)", "required"]


def test_a_folder_without_parameters_is_reported(hp):
    (hp.folder / "empty").mkdir()
    hp.write("lib/model.py", "x = 1")
    messages = "warning: no Python files in 'empty'\nno parameters are declared in 'empty'\n"
    result = hp("ls", "empty")
    assert (result.code, result.out, result.err) == (0, "", messages)
    result = hp("ls", "empty", "-f", "json")
    assert (result.code, result.out, result.err) == (0, "[]\n", messages)
    result = hp("ls", "lib")
    assert (result.code, result.out, result.err) == (0, "", "no parameters are declared in 'lib'\n")


def test_files_that_cannot_be_parsed_are_reported_and_skipped(hp):
    (hp.folder / "a").mkdir()
    (hp.folder / "a/latin.py").write_bytes(b"import hyperparameter\n\nx = '\xe9'\n")
    (hp.folder / "a/syntax.py").write_text("import hyperparameter as hp\ndef f(:\n")
    result = hp("ls", ".")
    assert (result.code, result.out) == (0, LISTING)
    assert result.err == (
        "warning: a/latin.py:3: is not written in utf-8: invalid continuation byte\n"
        "warning: a/syntax.py:2: not valid Python: invalid syntax\n"
    )
    assert hp("check", ".", "-D", "train.lr=1").code == 0


def test_output_is_written_to_a_file(hp):
    for format_ in ("text", "json", "markdown"):
        assert output_of(hp("ls", ".", "-f", format_, "-o", "a.out")) == ""
        assert (hp.folder / "a.out").read_text("utf-8") == output_of(hp("ls", ".", "-f", format_))
    assert sorted(os.listdir(hp.folder)) == ["a.out", "prog.py"]


def test_writing_keeps_the_mode_of_a_file_and_follows_a_link(hp):
    file = hp.folder / "file"
    file.write_text("old")
    file.chmod(0o640)
    (hp.folder / "link").symlink_to("file")
    assert output_of(hp("ls", ".", "-o", "link")) == ""
    assert (file.read_text(), file.stat().st_mode & 0o777, (hp.folder / "link").is_symlink()) == (
        LISTING,
        0o640,
        True,
    )


def test_output_can_be_a_device(hp):
    assert output_of(hp("ls", ".", "-o", "/dev/stdout")) == LISTING
    assert output_of(hp("ls", ".", "-o", "/dev/null")) == ""


def test_a_full_device_is_reported(hp):
    result = hp("ls", ".", "-o", "/dev/full")
    assert (result.code, result.err) == (
        2,
        "hp: error: '/dev/full' cannot be written: No space left on device\n",
    )
