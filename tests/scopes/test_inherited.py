"""`hp.frozen(processes=True)`: processes that are started later begin with this baseline."""

import multiprocessing
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

import hyperparameter as hp
from hyperparameter.testing import clean
from programs import run_python

VARIABLE = "HYPERPARAMETER_BASELINE"
PRINT = "import hyperparameter as hp; print(dict(hp.snapshot()))"
VALUES = {
    "number": 3,
    "float": 1e-5,
    "special": [float("inf"), True, None],
    "text": 'a "b" \u00e9 \U0001f600',
    "tuple": (1, ("x",)),
    "set": frozenset({1}),
    "list": [{"a": (1, 2), 3: "four"}],
    "path": Path("some/file"),
    'logging."a.b".level': "INFO",
}


def read_lr():
    return hp.scope.train.lr | 0.0


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """Restore the variable and the baseline after the test."""
    monkeypatch.setenv(VARIABLE, "")
    monkeypatch.delenv(VARIABLE)
    with clean():
        yield


def freeze(*sources, **params):
    with hp.scope(*sources, **params):
        hp.frozen(processes=True)


def test_a_process_that_is_started_later_begins_with_the_baseline():
    freeze(VALUES)
    assert run_python("-c", PRINT).strip() == str(dict(hp.snapshot()))
    # Neither does a process that it starts need anything.
    nested = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {PRINT!r}])"
    assert run_python("-c", nested).strip() == str(dict(hp.snapshot()))


def test_without_it_a_process_begins_with_an_empty_baseline():
    with hp.scope(VALUES):
        hp.frozen()
    assert VARIABLE not in os.environ
    assert run_python("-c", PRINT).strip() == "{}"


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers_of_a_pool_begin_with_the_baseline(method):
    freeze({"train.lr": 0.5})
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(method)) as pool:
        assert pool.submit(read_lr).result() == 0.5


def test_what_a_text_overrides_and_the_place_of_a_value_are_kept():
    with hp.scope({"size": 4, "m": {"layers": [1]}, "lr": "fast"}):
        freeze("size=05", "m.layers.+=2", "raw=1.0")
    code = """
import hyperparameter as hp
print(hp.scope.size(), hp.scope.raw | "", hp.scope.m())
try:
    hp.scope.lr | 0.1
except hp.ParamError as error:
    print(error)
"""
    values, error = run_python("-c", code).splitlines()
    assert values == "5 1.0 {'layers': [1, 2]}"
    assert error.startswith("'lr' = 'fast' is not a valid float (set at ")
    assert "test_inherited.py:" in error


def test_a_large_baseline_is_in_a_private_file_that_is_removed_at_the_end(tmp_path):
    code = f"""
import os, subprocess, sys, hyperparameter as hp
with hp.scope({{f"key{{n}}": n for n in range(5000)}}):
    hp.frozen(processes=True)
name = os.environ[{VARIABLE!r}]
print(oct(os.stat(name[1:]).st_mode & 0o777), os.listdir({str(tmp_path)!r}) == [os.path.basename(name)])
print(subprocess.check_output([sys.executable, "-c", "import hyperparameter as hp; print(hp.scope.key4999())"]))
"""
    output = run_python("-c", code, env={"TMPDIR": str(tmp_path)})
    assert output.splitlines() == ["0o600 True", "b'4999\\n'"]
    assert list(tmp_path.iterdir()) == []


def test_a_secret_is_not_in_the_environment_and_stays_one(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    freeze({"db.password": "hunter2"}, mark=hp.secret("hunter3"))
    assert "hunter" not in os.environ[VARIABLE]
    code = "import hyperparameter as hp; print(hp.scope.mark(), repr(hp.scope.mark), repr(hp.scope.db))"
    assert run_python("-c", code).strip() == (
        "hunter3 <hp.scope.mark = ******> <hp.scope.db: {'password': ******}>"
    )


def test_a_value_that_json_cannot_carry_is_refused_and_nothing_is_changed():
    freeze(a=1)
    before = os.environ[VARIABLE]
    with pytest.raises(TypeError, match=r"cannot send the value of 'model\.net': it is of type object"):
        freeze({"model.net": object()})
    assert os.environ[VARIABLE] == before
    assert dict(hp.snapshot()) == {"a": 1}


@pytest.mark.parametrize("text", ["", "{", "[]", "[1]", '{"a": 1}', '{"a": [{"exec": []}, 1, 2, 3]}', "@/x"])
def test_a_wrong_variable_is_an_error_at_import(text):
    result = subprocess.run(
        [sys.executable, "-c", "import hyperparameter"],
        env={**os.environ, VARIABLE: text},
        capture_output=True,
        text=True,
    )
    assert (
        result.returncode,
        "ImportError: the environment variable HYPERPARAMETER_BASELINE" in result.stderr,
    ) == ((1, True) if text else (0, False))


def test_a_file_that_others_can_read_is_refused(tmp_path):
    file = tmp_path / "baseline.json"
    file.write_text("{}")
    file.chmod(0o644)
    result = subprocess.run(
        [sys.executable, "-c", "import hyperparameter"],
        env={**os.environ, VARIABLE: f"@{file}"},
        capture_output=True,
        text=True,
    )
    assert "is not private to this user" in result.stderr
