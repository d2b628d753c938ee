"""The `hp` tool: run as its users run it, over small trees of source code."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
from importlib.metadata import entry_points

import pytest

from hyperparameter import __version__
from programs import Program

pytestmark = pytest.mark.once  # a process runs under one kernel, and what it says is the same under both

PROG = '''
import hyperparameter as hp


@hp.param("train")
def train(data, lr: float = 1e-3, steps=100, mode="a|b"):
    """Train.

    Args:
        lr: learning *rate*, at most 1|0.
        mode: <script>alert(2)</script>
    """
    hp.scope.opt.momentum | 0.9
    hp.scope[f"task.{data}.weight"] | 1
    hp.scope.out()


@hp.param("model")
class Model:
    def __init__(self, name: str = "<script>alert('1')</script>"):
        pass
'''
MORE = """
import hyperparameter as hp

hp.scope.train.lr | 0.5
"""
LS = """\
(no namespace)
  out              required                       prog.py:15
model
  name      str    "<script>alert('1')</script>"  prog.py:20
opt
  momentum  float  0.9                            prog.py:13
task.*
  weight    int    1                              prog.py:14
train
  data             required                       prog.py:5
  lr        float  0.001                          prog.py:5   learning *rate*, at most 1|0.
  mode      str    'a|b'                          prog.py:5   <script>alert(2)</script>
  steps     int    100                            prog.py:5
"""
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


@pytest.fixture
def hp(tmp_path):
    """Give the tool, in a folder that has one program."""
    tool = Program(tmp_path, "-m", "hyperparameter")
    tool.write("prog.py", PROG)
    return tool


def out(ran):
    assert (ran.code, ran.err) == (0, ""), ran
    return ran.out


# --- hp ls ---


def test_keys_are_listed_by_namespace(hp):
    assert out(hp("ls", "prog.py")) == LS
    assert out(hp("ls", ".")) == LS
    assert out(hp("ls", str(hp.folder))) == LS


def test_a_key_that_is_declared_twice_is_one(hp):
    hp.write("more.py", MORE)
    assert [
        one["place"] for one in json.loads(out(hp("ls", ".", "-f", "json"))) if one["key"] == "train.lr"
    ] == ["more.py:4"]


def test_keys_are_drawn_as_a_tree(hp):
    assert out(hp("ls", "prog.py", "--tree")) == TREE
    plain = TREE.replace("├", "|").replace("└", "`").replace("─", "-")
    assert out(hp("ls", "prog.py", "--tree", PYTHONIOENCODING="ascii")) == plain


def test_json_has_an_object_for_each_key(hp):
    found = json.loads(out(hp("ls", ".", "-f", "json")))
    assert [one["key"] for one in found] == [
        *("out", "model.name", "opt.momentum", "task.*.weight"),
        *("train.data", "train.lr", "train.mode", "train.steps"),
    ]
    assert found[5] == {
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
    assert {name: found[4][name] for name in ("kind", "type", "default", "required")} == {
        "kind": "parameter",
        "type": "",
        "default": None,
        "required": True,
    }


def test_json_of_a_tree_is_nested(hp):
    (root,) = json.loads(out(hp("ls", "prog.py", "--tree", "-f", "json")))
    assert (root["name"], root["declared"]) == ("prog.py", None)
    assert [child["name"] for child in root["children"]] == ["out", "model", "opt", "task", "train"]
    (model,) = root["children"][1]["children"]
    assert (model["name"], model["declared"]["key"], model["children"]) == ("name", "model.name", [])


def test_markdown_has_tables_whose_pipes_are_escaped(hp):
    lines = out(hp("ls", "prog.py", "-f", "markdown")).splitlines()
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
    lines = out(hp("ls", "prog.py", "--tree", "-f", "markdown")).splitlines()
    assert lines[2:7] == [
        "- `out` required (`prog.py:15`)",
        "- `model`",
        "    - `name`: `str` = `\"<script>alert('1')</script>\"` (`prog.py:20`)",
        "- `opt`",
        "    - `momentum`: `float` = `0.9` (`prog.py:13`)",
    ]


# --- Files that are written ---


def test_output_goes_to_a_file(hp):
    for form in ("text", "json", "markdown"):
        assert out(hp("ls", ".", "-f", form, "-o", "a.out")) == ""
        assert (hp.folder / "a.out").read_text("utf-8") == out(hp("ls", ".", "-f", form))
    assert sorted(os.listdir(hp.folder)) == ["a.out", "prog.py"]


def test_a_file_keeps_its_mode_and_a_link_stays_one(hp):
    kept = hp.folder / "kept"
    kept.write_text("old")
    kept.chmod(0o640)
    (hp.folder / "link").symlink_to("kept")
    assert out(hp("ls", ".", "-o", "link")) == ""
    assert (kept.read_text(), kept.stat().st_mode & 0o777, (hp.folder / "link").is_symlink()) == (
        LS,
        0o640,
        True,
    )


def test_a_device_is_written_to(hp):
    assert out(hp("ls", ".", "-o", "/dev/stdout")) == LS
    assert out(hp("ls", ".", "-o", "/dev/null")) == ""


# --- Bad input ---


@pytest.mark.parametrize(
    ("argv", "err"),
    [
        ("lss", "hp: error: 'lss' is not a command; did you mean 'ls'?"),
        ("xyzzy", "hp: error: 'xyzzy' is not a command; the commands are ls, describe, check, show"),
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
            "describe train.lr",
            "hp describe: error: the following arguments are required: PATH (see hp describe --help)",
        ),
        ("describe train.lr xqzw", "hp: error: 'xqzw' is not a file, a folder or an installed package"),
        ("check . -D lr", "hp: error: 'lr' is not a valid override: expected key=value"),
        ("check . -D =1", "hp: error: '' is not a valid key: it is empty"),
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
        (
            "show -D a=${b}",
            "hp: error: 'a' = '${b}' cannot be resolved: 'b' is not set (set by -D a=${b})",
        ),
    ],
)
def test_bad_input_is_refused_by_name(hp, argv, err):
    hp.write("lib/model.py", "")
    hp.write("bad.toml", "this is none")
    os.mkfifo(hp.folder / "pipe")
    (hp.folder / "dangling").symlink_to("nothing")
    ran = hp(*argv.split(" "))
    assert (ran.code, ran.out, ran.err) == (2, "", err + "\n")


def test_a_full_device_is_told_of(hp):
    ran = hp("ls", ".", "-o", "/dev/full")
    assert (ran.code, ran.err) == (2, "hp: error: '/dev/full' cannot be written: No space left on device\n")


def test_without_a_command_the_help_is_told(hp):
    ran = hp()
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == out(hp("--help"))
    assert out(hp("--version")) == f"hp {__version__}\n"


def test_an_empty_name_is_no_folder(hp):
    ran = hp("ls", "")
    assert (ran.code, ran.out, ran.err) == (2, "", "hp: error: expected a PACKAGE or PATH, got an empty text\n")


def test_a_tree_without_parameters_is_said_to_have_none(hp):
    (hp.folder / "empty").mkdir()
    hp.write("lib/model.py", "x = 1")
    said = "warning: no Python files in 'empty'\nno parameters are declared in 'empty'\n"
    ran = hp("ls", "empty")
    assert (ran.code, ran.out, ran.err) == (0, "", said)
    ran = hp("ls", "empty", "-f", "json")
    assert (ran.code, ran.out, ran.err) == (0, "[]\n", said)
    ran = hp("ls", "lib")
    assert (ran.code, ran.out, ran.err) == (0, "", "no parameters are declared in 'lib'\n")


def test_what_cannot_be_looked_through_is_told_and_left_out(hp):
    (hp.folder / "a").mkdir()
    (hp.folder / "a/latin.py").write_bytes(b"import hyperparameter\n\nx = '\xe9'\n")
    (hp.folder / "a/syntax.py").write_text("import hyperparameter as hp\ndef f(:\n")
    ran = hp("ls", ".")
    assert (ran.code, ran.out) == (0, LS)
    assert ran.err == (
        "warning: a/latin.py:3: is not written in utf-8: invalid continuation byte\n"
        "warning: a/syntax.py:2: is not valid Python: invalid syntax\n"
    )
    assert hp("check", ".", "-D", "train.lr=1").code == 0


def test_a_docstring_cannot_steer_the_terminal(hp):
    hp.write("prog.py", PROG.replace("learning *rate*", "\\x1b[31mred\\x07"))
    ran = out(hp("ls", "prog.py"))
    assert "\x1b" not in ran
    assert r"\x1b[31mred\x07" in ran


def test_a_key_that_the_terminal_cannot_show_is_escaped(hp):
    hp.write("prog.py", "import hyperparameter as hp\nhp.scope.größe.z | 1\n")
    assert out(hp("ls", "prog.py", PYTHONIOENCODING="ascii")).splitlines()[0] == r"gr\xf6\xdfe"


def test_nothing_that_is_looked_at_is_run(hp):
    """Modules of the very names that the tool itself imports lie in the folder, and one of a package's."""
    mine = "import pathlib\npathlib.Path(__file__).with_suffix('.ran').touch()\n"
    names = ("json", "ast", "rich", "argparse", "tomllib", "docstring_parser", "effect")
    for name in names:
        hp.write(f"{name}.py", mine + PROG)
    hp.write("on_path/package/__init__.py", mine + PROG)
    hp.write("c.toml", "train.lr = 1\n")
    path = str(hp.folder / "on_path")
    for argv in (
        *(("ls", "."), ("ls", "effect.py"), ("ls", "package"), ("describe", "train.lr", ".")),
        *(("check", ".", "-C", "c.toml"), ("show", ".", "-C", "c.toml"), ("ls", "--help")),
    ):
        assert hp(*argv, PYTHONPATH=path).code == 0, argv
    assert list(hp.folder.rglob("*.ran")) == []


# --- Installed packages ---


@pytest.fixture
def site(hp):
    """Give what installs a package, in a folder on the path."""
    folder = hp.folder / "site"

    def install(name, version="1.0", requires=(), source=PROG, files=None):
        module = name.replace("-", "_")
        hp.write(f"site/{module}/__init__.py", source)
        info = f"site/{module}-{version}.dist-info"
        needs = "".join(f"Requires-Dist: {one}\n" for one in requires)
        hp.write(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}")
        hp.write(f"{info}/RECORD", "".join(f"{one},,\n" for one in files or [f"{module}/__init__.py"]))

    install.path = {"PYTHONPATH": str(folder)}
    return install


ONE = "import hyperparameter as hp\nhp.scope.{}.x | 1\n"


def test_installed_packages_that_use_the_library_are_listed(hp, site):
    site("zeta", "2.1", ["Hyper_Parameter.not>1", "hyperparameter>=0.1; extra == 'conf'"], ONE.format("zeta"))
    site("al-pha", "1.0", ["hyperparameter[cli]"])
    site("other", "1.0", ["numpy", "hyperparameters"])
    assert out(hp("ls", **site.path)) == "al-pha  1.0  8 keys\nzeta    2.1  1 key\n"
    assert json.loads(out(hp("ls", "-f", "json", **site.path))) == [
        {"package": "al-pha", "version": "1.0", "keys": 8},
        {"package": "zeta", "version": "2.1", "keys": 1},
    ]


def test_a_package_is_found_by_its_names(hp, site):
    site("al-pha", "1.0", ["hyperparameter"])
    listed = LS.replace("prog.py", "al_pha/__init__.py")
    for name in ("al-pha", "Al.Pha", "al_pha"):
        found = json.loads(out(hp("ls", name, "-f", "json", **site.path)))
        assert {(one["package"], one["place"].split(":")[0]) for one in found} == {
            ("al-pha", "al_pha/__init__.py")
        }
    assert out(hp("ls", "al-pha", **site.path)).split() == listed.split()
    hp.write("site/lone.py", ONE.format("lone"))
    assert out(hp("ls", "lone", **site.path)) == "lone\n  x  int  1  lone.py:2\n"


def test_an_editable_package_is_found_where_it_is(hp, site):
    hp.write("work/src/mine/__init__.py", ONE.format("mine"))
    site("mine", "1.0", ["hyperparameter"], files=["_mine.pth"])
    hp.write("site/_mine.pth", f"import sys\n{hp.folder}/work/src\n")
    assert out(hp("ls", "mine", **site.path)) == f"mine\n  x  int  1  {hp.folder}/work/src/mine/__init__.py:2\n"


def test_a_package_without_python_files_is_refused(hp, site):
    site("bare", files=["bare/data.txt"])
    (hp.folder / "site/bare/__init__.py").unlink()
    ran = hp("ls", "bare", **site.path)
    assert (ran.code, ran.out, ran.err) == (2, "", "hp: error: package 'bare' has no Python files\n")


def chain(site):
    """Install packages that need one another; all but `plain` use the library."""
    site("a", "1", ["plain", "hyperparameter", "far; extra == 'far'"], ONE.format("a"))
    site("plain", "1", ["b[more]>2", "a"])
    site("b", "2", ["hyperparameter", "c; extra == 'more'", "d ; extra == 'less'"], ONE.format("b"))
    site("c", "3", ["hyperparameter", "missing"], ONE.format("c"))
    site("d", "4", ["hyperparameter"], ONE.format("d"))
    site("far", "5", ["hyperparameter"], ONE.format("far"))


def test_the_dependencies_of_a_package_are_those_of_its_metadata(hp, site):
    chain(site)
    inner = "# b 2\nb\n  x  int  1  b/__init__.py:2\n\n# c 3\nc\n  x  int  1  c/__init__.py:2\n"
    own = "# a 1\na\n  x  int  1  a/__init__.py:2\n"
    far = "\n# far 5\nfar\n  x  int  1  far/__init__.py:2\n"
    assert out(hp("ls", "a", "--deps", **site.path)) == inner + far
    assert out(hp("ls", "a", "--all", **site.path)) == own + "\n" + inner + far
    assert out(hp("ls", "a", **site.path)) == "a\n  x  int  1  a/__init__.py:2\n"
    found = json.loads(out(hp("ls", "a", "--all", "-f", "json", **site.path)))
    assert [(one["key"], one["package"]) for one in found] == [
        ("a.x", "a"),
        ("b.x", "b"),
        ("c.x", "c"),
        ("far.x", "far"),
    ]
    trees = json.loads(out(hp("ls", "a", "--all", "--tree", "-f", "json", **site.path)))
    assert [tree["name"] for tree in trees] == ["a", "b", "c", "far"]


def test_the_dependencies_of_a_folder_are_those_of_its_project(hp, site):
    chain(site)
    hp.write("work/pyproject.toml", '[project]\nname = "w"\ndependencies = ["b", "nothing"]\n')
    hp.write("work/src/w.py", ONE.format("w"))
    for path in ("work", "work/src", "work/src/w.py"):
        found = json.loads(out(hp("ls", path, "--all", "-f", "json", **site.path)))
        assert [(one["key"], one["package"]) for one in found] == [("w.x", None), ("b.x", "b")]
    hp.write("work/pyproject.toml", "[project\n")
    ran = hp("ls", "work", "--deps", **site.path)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith(f"warning: {hp.folder}/work/pyproject.toml: ")
    assert ran.err.endswith("\nno parameters are declared in the dependencies of 'work'\n")


# --- hp describe ---


def test_all_declarations_of_a_key_are_described(hp):
    hp.write("more.py", MORE)
    assert out(hp("describe", "train.lr", ".")) == (
        "train.lr\n"
        "  read at more.py:4\n"
        "    type    float\n"
        "    default 0.5\n"
        "  parameter of train() at prog.py:5\n"
        "    type    float\n"
        "    default 0.001\n"
        "    help    learning *rate*, at most 1|0.\n"
    )
    found = json.loads(out(hp("describe", "train.lr", ".", "-f", "json")))
    assert [(one["kind"], one["place"]) for one in found] == [("read", "more.py:4"), ("parameter", "prog.py:5")]


def test_a_namespace_shows_what_lies_beneath(hp):
    assert out(hp("describe", "train", ".")) == (
        "train\n"
        "  namespace of train() at prog.py:5\n"
        "train.data          required  prog.py:5\n"
        "train.lr     float  0.001     prog.py:5  learning *rate*, at most 1|0.\n"
        "train.mode   str    'a|b'     prog.py:5  <script>alert(2)</script>\n"
        "train.steps  int    100       prog.py:5\n"
    )
    assert out(hp("describe", "opt", ".")) == "opt.momentum  float  0.9  prog.py:13\n"
    assert [one["key"] for one in json.loads(out(hp("describe", "opt", ".", "-f", "json")))] == ["opt.momentum"]


def test_a_misspelt_parameter_is_not_described_as_a_part_of_all_that_is_read(hp):
    hp.write("more.py", "import hyperparameter as hp\nhp.scope.train(), hp.scope.more | {}\n")
    ran = hp("describe", "train.lrr", ".")
    assert (ran.code, ran.out, ran.err) == (
        1,
        "",
        "hp: 'train.lrr' is not declared; did you mean 'train.lr'?\n",
    )
    assert "subtree read at more.py:2\n    key     more\n" in out(hp("describe", "more.colour", "."))


def test_only_what_has_to_be_set_is_required(hp):
    hp.write(
        "one/reads.py",
        """
        import hyperparameter as hp
        if hp.scope.asked: pass
        print(hp.scope.handed_on)
        hp.scope.needed()
        hp.scope.needed_there()
        hp.scope.needed_there | 1
        hp.scope.parts | {}
        hp.scope.whole()
        hp.scope.whole.part | 1
        """,
    )
    found = {one["key"]: one["required"] for one in json.loads(out(hp("ls", "one", "-f", "json")))}
    assert [key for key, required in found.items() if required] == ["needed", "needed_there", "whole"]
    assert len(found) == 7
    lines = out(hp("ls", "one")).splitlines()
    assert lines[3].split()[:2] == ["needed", "required"]
    assert lines[4].split()[:3] == ["needed_there", "int", "1"]
    assert lines[6].split()[:3] == ["whole", "(subtree)", "required"]


def test_a_key_made_at_run_time_is_described_by_its_pattern(hp):
    said = "  read in train() at prog.py:14\n{}    type    int\n    default 1\n"
    assert out(hp("describe", "task.*.weight", ".")) == "task.*.weight\n" + said.format("")
    assert out(hp("describe", "task.seg.weight", ".")) == "task.seg.weight\n" + said.format(
        "    key     task.*.weight\n"
    )


def test_an_unknown_key_is_told_its_nearest(hp):
    ran = hp("describe", "tran.lr", ".")
    assert (ran.code, ran.out, ran.err) == (1, "", "hp: 'tran.lr' is not declared; did you mean 'train.lr'?\n")
    ran = hp("describe", "qqqq", ".", "-f", "json")
    assert (ran.code, ran.out, ran.err) == (1, "", "hp: 'qqqq' is not declared\n")


# --- hp check ---


def test_every_fault_is_told_at_once(hp):
    hp.write("c.toml", '[train]\nlrr = 1\nsteps = "fast"\n[task.seg]\nweight = "heavy"\n[other]\nthing = 1\n')
    ran = hp("check", ".", "-C", "c.toml", "-D", "train.lr=x", "opt.momentun=1", "-D", "opt.momentum=0.5")
    assert ran.code == 1
    assert ran.out == (
        "'train.lrr' is not a parameter of train(); did you mean 'train.lr'? (set at c.toml:2)\n"
        "'opt.momentun' is not used: no code reads it; did you mean 'opt.momentum'? "
        "(set by -D opt.momentun=1)\n"
        "'train.steps' = 'fast' is not a valid int: it is declared at prog.py:5 (set at c.toml:3)\n"
        "'train.lr' = 'x' is not a valid float: it is declared at prog.py:5 "
        "(set by -D train.lr=x)\n"
        "'task.seg.weight' = 'heavy' is not a valid int: it is read at prog.py:14 (set at c.toml:5)\n"
    )
    assert ran.err == (
        "warning: 'other.thing' is not used: no code reads it (set at c.toml:7)\n5 errors in 7 values\n"
    )


def test_a_configuration_that_fits_passes(hp):
    hp.write("c.toml", '[train]\nlr = 1\nsteps = "7"\nmode = "b"\n[task.seg]\nweight = 2\n')
    hp.write("d.json", '{"model": {"name": "${train.mode}"}, "out": {"any": 1}}')
    ran = hp("check", ".", "-C", "c.toml", "d.json", "--env", "APP_", APP_TRAIN_LR="2", APP_OPT__MOMENTUM="0.1")
    assert (ran.code, ran.out, ran.err) == (0, "", "no errors in 7 values\n")


def test_the_environment_is_checked_too(hp):
    ran = hp("check", "prog.py", "--env", "APP_", APP_TRAIN__STEPS="many")
    assert (ran.code, ran.err) == (1, "1 error in 1 value\n")
    assert ran.out == (
        "'train.steps' = 'many' is not a valid int: it is declared at prog.py:5 "
        "(set by the environment variable APP_TRAIN__STEPS)\n"
    )


def test_near_misses_can_be_allowed_but_not_under_a_function(hp):
    ran = hp("check", ".", "-D", "opt.momentun=1", "--allow-unknown")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == (
        "warning: 'opt.momentun' is not used: no code reads it; did you mean 'opt.momentum'? "
        "(set by -D opt.momentun=1)\nno errors in 1 value\n"
    )
    assert hp("check", ".", "-D", "train.lrr=1", "--allow-unknown").code == 1


def test_what_another_value_refers_to_is_known(hp):
    assert hp("check", ".", "-D", "opt.momentun=0.5", "train.lr=${opt.momentun}").code == 0


# --- hp show ---


def test_a_merged_configuration_shows_where_each_value_is_from(hp):
    hp.write("c.toml", 'base = 2\n[train]\nlr = 0.1\nsteps = "${base}"\n')
    argv = ("show", "prog.py", "-C", "c.toml", "-D", "train.lr=0.2", "--env", "APP_")
    assert out(hp(*argv, APP_MODEL_NAME="m")) == (
        "base         2      c.toml:1\n"
        "model.name   'm'    environment variable APP_MODEL_NAME\n"
        "train.lr     '0.2'  -D train.lr=0.2\n"
        "train.steps  2      c.toml:4\n"
    )
    assert json.loads(out(hp(*argv, "-f", "json")))[1] == {
        "key": "train.lr",
        "value": "0.2",
        "place": "-D train.lr=0.2",
        "instead_of": [{"value": 0.1, "place": "c.toml:3"}],
    }


def test_values_that_json_lacks_are_shown_as_text(hp):
    hp.write("c.toml", "day = 2026-01-02\nmost = inf\nlist = [1, nan, 1979-05-27T07:32:00Z]\nnone = {}\n")
    found = json.loads(out(hp("show", "-C", "c.toml", "-f", "json")))
    assert {one["key"]: one["value"] for one in found} == {
        "day": "2026-01-02",
        "list": [1, "nan", "1979-05-27 07:32:00+00:00"],
        "most": "inf",
        "none": {},
    }


def test_nothing_that_is_set_is_said_so(hp):
    ran = hp("show")
    assert (ran.code, ran.out, ran.err) == (0, "", "nothing is set\n")


# --- The process ---


def many(hp, count):
    for number in range(count):
        hp.write(f"many/m{number}.py", f"import hyperparameter as hp\nhp.scope.many.key{number} | {number}\n")


def test_a_closed_pipe_ends_quietly(hp):
    many(hp, 100)
    source = "\n".join(f"hp.scope.long.key{number} | 'some text of a default'" for number in range(5000))
    hp.write("many/long.py", f"import hyperparameter as hp\n{source}\n")
    for form in ("text", "json"):
        process = subprocess.Popen(
            [sys.executable, "-m", "hyperparameter", "ls", "many", "-f", form],
            cwd=hp.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        process.stderr.close()
        assert process.wait(60) == 0


def test_faults_are_faults_where_no_one_reads_them(hp):
    faults = [f"train.lr{number}=1" for number in range(3000)]
    process = subprocess.Popen(
        [sys.executable, "-m", "hyperparameter", "check", ".", "-D", *faults],
        cwd=hp.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.close()
    assert process.stderr.read() == b"3000 errors in 3000 values\n"
    process.stderr.close()
    assert process.wait(60) == 1


class Terminal:
    """Run the tool with stdout, stderr or both on a terminal."""

    def __init__(self, hp, *argv, streams=("stdout", "stderr"), **environment):
        self.main, inner = pty.openpty()
        ends = {name: inner if name in streams else subprocess.PIPE for name in ("stdout", "stderr")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hyperparameter", *argv],
            cwd=hp.folder,
            env={**os.environ, "COLUMNS": "100", "TERM": "xterm", "PYTHONWARNINGS": "error", **environment},
            **ends,
        )
        os.close(inner)

    def read(self, until=None):
        seen = b""
        while until is None or until not in seen:
            assert select.select([self.main], [], [], 60)[0], seen
            try:
                piece = os.read(self.main, 65536)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            seen += piece
        return seen.decode()

    def end(self):
        piped, _ = self.process.communicate(timeout=60)
        os.close(self.main)
        return self.process.returncode, piped


def test_a_terminal_gets_colours_and_a_pipe_none(hp):
    terminal = Terminal(hp, "ls", "prog.py")
    seen = terminal.read()
    assert "\x1b[1;33mtrain\x1b[0m" in seen
    assert "learning *rate*" in seen
    assert terminal.end() == (0, None)
    dumb = Terminal(hp, "ls", "prog.py", TERM="dumb")
    assert dumb.read().replace("\r\n", "\n") == LS
    assert dumb.end() == (0, None)


@pytest.mark.parametrize(
    ("term", "shown"),
    [("xterm", "260/260"), ("dumb", "scanning 260 files ...\r\n")],
)
def test_a_terminal_sees_how_far_a_long_scan_is(hp, term, shown):
    many(hp, 260)
    terminal = Terminal(hp, "ls", "many", "-f", "json", streams=("stderr",), TERM=term)
    seen = terminal.read()
    assert shown in seen
    code, piped = terminal.end()
    assert code == 0
    assert len(json.loads(piped)) == 260


def test_a_pipe_or_a_short_scan_sees_no_progress(hp):
    many(hp, 260)
    assert out(hp("ls", "many")).count("\n") == 261
    terminal = Terminal(hp, "ls", "prog.py", streams=("stderr",))
    assert terminal.read() == ""
    assert terminal.end()[0] == 0


def test_an_interrupt_ends_it_at_once(hp):
    many(hp, 200)
    slow = "import hyperparameter as hp\n" + "hp.scope.a.b | 1\n" * 20_000
    for number in range(100):
        hp.write(f"many/slow{number}.py", slow)
    terminal = Terminal(hp, "ls", "many", streams=("stderr",), TERM="dumb")
    terminal.read(until=b"scanning 300 files")
    terminal.process.send_signal(signal.SIGINT)
    rest = terminal.read()
    assert "Traceback" not in rest
    assert terminal.end() == (130, b"")


def test_the_tool_is_an_entry_point():
    (one,) = entry_points(group="console_scripts", name="hp")
    assert one.value == "hyperparameter.__main__:main"
