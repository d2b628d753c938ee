"""`hp check` and `hp show`: a configuration, compared with the declarations and printed."""

import json
import subprocess
import sys

import pytest

from programs import output_of

pytestmark = pytest.mark.one_kernel


def test_check_reports_all_errors_at_once(hp):
    hp.write("c.toml", '[train]\nlrr = 1\nsteps = "fast"\n[task.seg]\nweight = "heavy"\n[other]\nthing = 1\n')
    result = hp("check", ".", "-C", "c.toml", "-D", "train.lr=x", "opt.momentun=1", "-D", "opt.momentum=0.5")
    assert result.code == 1
    assert result.out == (
        "'train.lrr' is not a parameter of train(); did you mean 'train.lr'? (set at c.toml:2)\n"
        "'opt.momentun' is not used: no code reads it; did you mean 'opt.momentum'? "
        "(set by -D opt.momentun=1)\n"
        "'train.steps' = 'fast' is not a valid int: it is declared at prog.py:5 (set at c.toml:3)\n"
        "'train.lr' = 'x' is not a valid float: it is declared at prog.py:5 "
        "(set by -D train.lr=x)\n"
        "'task.seg.weight' = 'heavy' is not a valid int: it is read at prog.py:14 (set at c.toml:5)\n"
    )
    assert result.err == (
        "warning: 'other.thing' is not used: no code reads it (set at c.toml:7)\n5 errors in 7 values\n"
    )


def test_check_accepts_a_correct_configuration(hp):
    hp.write("c.toml", '[train]\nlr = 1\nsteps = "7"\nmode = "b"\n[task.seg]\nweight = 2\n')
    hp.write("d.json", '{"model": {"name": "${train.mode}"}, "out": {"any": 1}}')
    result = hp(
        "check", ".", "-C", "c.toml", "d.json", "--env", "APP_", APP_TRAIN_LR="2", APP_OPT__MOMENTUM="0.1"
    )
    assert (result.code, result.out, result.err) == (0, "", "no errors in 7 values\n")


def test_check_reads_environment_variables(hp):
    result = hp("check", "prog.py", "--env", "APP_", APP_TRAIN__STEPS="many")
    assert (result.code, result.err) == (1, "1 error in 1 value\n")
    assert result.out == (
        "'train.steps' = 'many' is not a valid int: it is declared at prog.py:5 "
        "(set by the environment variable APP_TRAIN__STEPS)\n"
    )


def test_allow_unknown_accepts_misspelled_keys(hp):
    result = hp("check", ".", "-D", "opt.momentun=1", "--allow-unknown")
    assert (result.code, result.out) == (0, "")
    assert result.err == (
        "warning: 'opt.momentun' is not used: no code reads it; did you mean 'opt.momentum'? "
        "(set by -D opt.momentun=1)\nno errors in 1 value\n"
    )
    assert hp("check", ".", "-D", "train.lrr=1").code == 1
    assert hp("check", ".", "-D", "train.lrr=1", "--allow-unknown").code == 0


def test_check_follows_the_imports_of_a_file_and_links_to_folders(hp):
    (hp.folder / "real").mkdir()
    (hp.folder / "real" / "deep.py").write_text("import hyperparameter as hp\nhp.scope.opt.momentun | 1\n")
    (hp.folder / "real" / "again").symlink_to(hp.folder / "real")
    (hp.folder / "app").mkdir()
    (hp.folder / "app" / "linked").symlink_to(hp.folder / "real")
    (hp.folder / "app" / "run.py").write_text(
        "import hyperparameter as hp\nimport linked.deep\nhp.scope.opt.momentum | 1\n"
    )
    (hp.folder / "run.py").symlink_to(hp.folder / "app" / "run.py")
    for target in ("app", "app/run.py", "run.py"):
        result = hp("check", target, "-D", "opt.momentun=1")
        assert (result.code, result.out, result.err) == (0, "", "no errors in 1 value\n")


def test_a_key_that_an_interpolation_refers_to_is_known(hp):
    assert hp("check", ".", "-D", "opt.momentun=0.5", "train.lr=${opt.momentun}").code == 0


def test_check_returns_its_exit_code_even_if_the_pipe_is_closed(hp):
    defines = [f"train.lr{number}=1" for number in range(3000)]
    process = subprocess.Popen(
        [sys.executable, "-m", "hyperparameter", "check", ".", "-D", *defines],
        cwd=hp.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.close()
    assert process.stderr.read() == b"3000 errors in 3000 values\n"
    process.stderr.close()
    assert process.wait(60) == 1


def test_show_prints_each_value_and_where_it_is_set(hp):
    hp.write("c.toml", 'base = 2\n[train]\nlr = 0.1\nsteps = "${base}"\n')
    argv = ("show", "prog.py", "-C", "c.toml", "-D", "train.lr=0.2", "--env", "APP_")
    assert output_of(hp(*argv, APP_MODEL_NAME="m")) == (
        "base         2    c.toml:1\n"
        "model.name   'm'  environment variable APP_MODEL_NAME\n"
        "train.lr     0.2  -D train.lr=0.2\n"
        "train.steps  2    c.toml:4\n"
    )
    assert json.loads(output_of(hp(*argv, "-f", "json")))[1] == {
        "key": "train.lr",
        "value": 0.2,
        "place": "-D train.lr=0.2",
        "instead_of": [{"value": 0.1, "place": "c.toml:3"}],
    }


def test_show_says_which_reference_cannot_be_resolved(hp):
    assert output_of(hp("show", "-D", "a=${b}", "c=${d:-e}")) == (
        "a  <'${b}' cannot be resolved: 'b' is not set>  -D a=${b}\n"
        "c  '${d:-e}'                         -D c=${d:-e}\n"
    )


def test_show_prints_values_that_json_lacks_as_text(hp):
    hp.write("c.toml", "day = 2026-01-02\nmost = inf\nlist = [1, nan, 1979-05-27T07:32:00Z]\nnone = {}\n")
    records = json.loads(output_of(hp("show", "-C", "c.toml", "-f", "json")))
    assert {record["key"]: record["value"] for record in records} == {
        "day": "2026-01-02",
        "list": [1, "nan", "1979-05-27 07:32:00+00:00"],
        "most": "inf",
        "none": {},
    }


def test_show_reports_an_empty_configuration(hp):
    result = hp("show")
    assert (result.code, result.out, result.err) == (0, "", "nothing is set\n")


def test_quoted_keys_are_declared_checked_and_shown(hp):
    hp.write("log.py", "import hyperparameter as hp\nhp.scope['log.\"a.b\"'].level | 10\n")
    hp.write("c.yaml", "log:\n  a.b:\n    level: 30\n    levle: 1\n")
    result = hp("check", "log.py", "-C", "c.yaml", "-D", 'log."a.b".level=high')
    assert result.out == (
        "'log.\"a.b\".levle' is not used: no code reads it; did you mean 'log.\"a.b\".level'? "
        "(set at c.yaml:4)\n"
        "'log.\"a.b\".level' = 'high' is not a valid int: it is read at log.py:2 "
        '(set by -D log."a.b".level=high)\n'
    )
    assert output_of(hp("show", "-C", "c.yaml")) == (
        'log."a.b".level  30  c.yaml:3\nlog."a.b".levle  1   c.yaml:4\n'
    )
    assert output_of(hp("describe", '"log"."a.b".level', "log.py")).startswith('log."a.b".level\n')
    tree = 'log\n└── "a.b"\n    └── level: int = 10  log.py:2\n'
    assert output_of(hp("ls", "log.py", "--tree")) == tree
    result = hp("describe", 'log."a', "log.py")
    assert (result.code, result.err) == (
        2,
        "hp: error: 'log.\"a' is not a valid key: the quote at character 5 is not closed\n",
    )
