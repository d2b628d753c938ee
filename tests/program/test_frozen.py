"""Programs without source files: in an archive, compiled, or typed."""

import compileall
import subprocess
import sys
import zipapp

import pytest

pytestmark = pytest.mark.one_kernel

MAIN = """
import hyperparameter as hp
from helper import read

@hp.param("train")
def train(lr=0.1):
    from late import later

    print(lr, read(), later())

hp.launch(train)
"""
HELPER = "import hyperparameter as hp\ndef read():\n    return hp.scope.deep.key | 1\n"
LATE = "import hyperparameter as hp\ndef later():\n    return hp.scope.late.key | 1\n"


@pytest.fixture
def app(tmp_path):
    (tmp_path / "app").mkdir()
    for name, text in {"__main__": MAIN, "helper": HELPER, "late": LATE}.items():
        (tmp_path / "app" / f"{name}.py").write_text(text)
    return tmp_path / "app"


def run(folder, *argv):
    done = subprocess.run([sys.executable, *argv], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("is_archive", [False, True])
def test_the_source_in_an_archive_is_read_like_that_in_a_folder(app, is_archive):
    if is_archive:
        zipapp.create_archive(app, app.parent / "app.pyz")
    name = "app.pyz" if is_archive else "app"
    assert run(app.parent, name, "-D", "deep.key=2", "late.key=3") == (0, "0.1 2 3\n", "")
    code, out, err = run(app.parent, name, "-D", "late.kye=3", "train.lrr=1")
    assert (code, out) == (2, "")
    assert f"{name}: error: 2 errors" in err
    assert "did you mean 'late.key'?" in err
    assert run(app.parent, name, "--help")[1].startswith(f"usage: {name} ")


def test_a_program_without_source_says_so_once_and_refuses_no_key(app):
    compileall.compile_dir(app, legacy=True, quiet=1)
    for source in app.glob("*.py"):
        source.unlink()
    code, out, err = run(app, "__main__.pyc", "-D", "deep.key=2", "late.key=3", "train.lrr=1")
    assert (code, out) == (0, "0.1 2 3\n")
    assert err.count("the source code is not there, as in a frozen program") == 1
    assert "did you mean 'train.lr'?" in err
    # A known parameter needs no source.
    assert run(app, "__main__.pyc", "-D", "train.lr=2") == (0, "2.0 1 1\n", "")


def test_typed_code_can_read_every_key(tmp_path):
    code = "import hyperparameter as hp\ndef f(lr=1):\n    print(hp.scope.f.lrr | 0)\nhp.launch(f)"
    code, out, err = run(tmp_path, "-c", code, "-D", "f.lrr=3")
    assert (code, out) == (0, "3\n")
    assert "but the code at <string>:1 can read any key" in err
    assert "source code" not in err
