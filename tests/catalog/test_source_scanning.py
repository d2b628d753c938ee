"""Scanning files: the order of declarations, and files that cannot be scanned."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from scanning import relative_paths

from hyperparameter.catalog.source import program_files, project_files, scan

pytestmark = pytest.mark.one_kernel


def test_declarations_are_sorted_by_key_and_then_by_place(tmp_path):
    lines = ["import hyperparameter as hp"] + ["hp.scope.b | 1"] * 11 + ["hp.scope.a | 1"]
    for name in ("y.py", "x.py"):
        (tmp_path / name).write_text("\n".join(lines))
    declarations = scan([tmp_path / "y.py", tmp_path / "x.py"]).declarations
    assert [declaration.key for declaration in declarations] == ["a"] * 2 + ["b"] * 22
    places = [declaration.place.rsplit("/")[-1] for declaration in declarations]
    assert places[:4] == ["x.py:13", "y.py:13", "x.py:2", "x.py:3"]
    assert places[12] == "x.py:12"


def test_scanned_code_does_not_run(tmp_path):
    trace = tmp_path / "trace"
    path = tmp_path / "program.py"
    path.write_text(
        f"open({str(trace)!r}, 'w').close()\nimport hyperparameter as hp\n"
        f"@hp.param('ns')\ndef f(a: open({str(trace)!r}, 'w') = open({str(trace)!r}, 'w')): ...\n"
    )
    (tmp_path / "main.py").write_text("import program, hyperparameter")
    declarations = scan(program_files(tmp_path / "main.py")).declarations
    assert [declaration.key for declaration in declarations] == ["ns", "ns.a"]
    assert not trace.exists()
    # The program itself does leave the trace.
    subprocess.run([sys.executable, path], check=True)
    assert trace.exists()


MARK = b"# hyperparameter\n"


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (MARK + b"x = (\n", 2, "not valid Python"),
        (MARK + b"a = 1\n  b = 2\n", 3, "not valid Python: unexpected indent"),
        (MARK + b"x = 1\ny = '\xff'\n", 3, "is not written in utf-8"),
        (b"# coding: nowhere\n" + MARK, 1, "not valid Python: unknown encoding"),
        (b"#!x\n# coding: nowhere\n" + MARK, 2, "not valid Python: unknown encoding"),
        (b"# coding: rot13\n" + MARK, 1, "cannot be decoded"),
        (MARK + b"x = 1\ny = \0\n", None, "not valid Python"),
        (MARK + b"x = " + b"(" * 500 + b")" * 500, None, "not valid Python: too many nested parentheses"),
        (MARK + b"x = " + b"-" * 100_000 + b"1", None, "is nested too deeply"),
        (MARK + b"\nx = f" + b".a()" * 600, 3, "is nested too deeply"),
    ],
)
def test_a_bad_file_is_reported_with_its_place(tmp_path, data, line, reason):
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    good.write_text("import hyperparameter as hp\nhp.scope.a | 1")
    bad.write_bytes(data)
    declarations, (problem,), _ = scan([bad, good])
    assert [declaration.key for declaration in declarations] == ["a"]
    assert problem.startswith(f"{bad}:{line if line else ''}")
    assert reason in problem
    assert problem.removeprefix(f"{bad}:").partition(":")[0].isdigit()


def test_anything_but_a_file_is_reported(tmp_path):
    (tmp_path / "x.py").mkdir()
    (tmp_path / "to_nowhere.py").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.py")
    names = ["x.py", "missing.py", "to_nowhere.py", "pipe.py"]
    declarations, problems, _ = scan([tmp_path / name for name in names])
    assert declarations == []
    assert [problem.partition(":1: ")[0] for problem in problems] == [str(tmp_path / name) for name in names]
    assert "is a folder" in problems[0]
    assert "No such file" in problems[1]
    assert "is not a regular file" in problems[3]


def test_unreadable_files_and_folders_are_reported():
    # Unlike pytest's, this folder can be entered by any user.
    root = Path(tempfile.mkdtemp())
    (root / "x.py").write_text("import hyperparameter")
    (root / "folder").mkdir()
    (root / "main.py").write_text("import x, folder.y")
    root.chmod(0o755)
    # Import the scanner while its own files can be read.
    scan([root / "x.py"])
    is_root = os.geteuid() == 0
    try:
        (root / "x.py").chmod(0)
        (root / "folder").chmod(0)
        if is_root:
            # Root can read everything.
            os.seteuid(65534)
        _, problems, _ = scan(project_files(root))
        assert relative_paths(program_files(root / "main.py"), root) == ["main.py", "x.py"]
    finally:
        if is_root:
            os.seteuid(0)
        (root / "folder").chmod(0o755)
        shutil.rmtree(root)
    assert [problem.partition(":1: ")[0] for problem in problems] == [f"{root}/folder", f"{root}/x.py"]
    assert all("Permission denied" in problem for problem in problems)


def test_files_are_decoded_as_python_does(tmp_path):
    text = "import hyperparameter as hp\nhp.scope['größe'] | 1\n"
    (tmp_path / "a.py").write_bytes(b"# -*- coding: latin-1 -*-\n" + text.encode("latin-1"))
    (tmp_path / "b.py").write_bytes(text.encode("utf-8-sig"))
    (tmp_path / "c.py").write_bytes(text.replace("\n", "\r\n").encode())
    declarations, problems, _ = scan(project_files(tmp_path))
    assert problems == []
    assert [declaration.key for declaration in declarations] == ["größe"] * 3


def test_files_that_do_not_mention_the_library_are_not_parsed(tmp_path):
    (tmp_path / "x.py").write_text("x = (")
    assert scan([tmp_path / "x.py"]) == ([], [], [])


def test_progress_is_reported_after_each_file(tmp_path):
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text("import hyperparameter, (")
    reports = []
    scan(project_files(tmp_path), lambda done, of: reports.append((done, of)))
    assert reports == [(1, 2), (2, 2)]
