"""The choice of a kernel, and the same behaviour of both kernels for bad input."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import hyperparameter as hp

HERE = Path(__file__).parent
CODE = "import hyperparameter as hp; print(hp.kernel)"

# Each test runs both kernels itself.
pytestmark = pytest.mark.one_kernel


def python(*arguments, **environment):
    """Run an interpreter, and return the completed process."""
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HYPERPARAMETER_KERNEL": "", **environment},
    )


def test_the_rust_kernel_is_chosen_if_it_is_installed():
    assert python("-c", CODE).stdout == "rust\n"


@pytest.mark.parametrize("kernel", ["python", "rust"])
def test_a_kernel_can_be_forced(kernel):
    done = python("-c", CODE, HYPERPARAMETER_KERNEL=kernel)
    assert (done.stdout, done.stderr) == (f"{kernel}\n", "")


def test_an_unknown_kernel_is_rejected():
    done = python("-c", CODE, HYPERPARAMETER_KERNEL="fast")
    assert done.stderr.endswith("ImportError: HYPERPARAMETER_KERNEL: expected 'python' or 'rust', got 'fast'\n")


@pytest.fixture
def without_rust(tmp_path):
    """Return code that imports a copy of the library without the Rust kernel."""
    package = Path(hp.__file__).parent
    shutil.copytree(
        package, tmp_path / "hyperparameter", ignore=shutil.ignore_patterns("_native.*", "__pycache__")
    )
    return f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {CODE}"


def test_the_python_kernel_is_chosen_if_there_is_no_other(without_rust):
    assert python("-c", without_rust).stdout == "python\n"


def test_forcing_a_kernel_that_is_not_installed_is_an_error(without_rust):
    done = python("-c", without_rust, HYPERPARAMETER_KERNEL="rust")
    assert (
        "ImportError: HYPERPARAMETER_KERNEL='rust', but this installation has the Python kernel only"
        in done.stderr
    )


SECOND_INTERPRETER = """
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
import sys
import hyperparameter as hp

def run(number):
    code = f'''
import sys
sys.path[:] = {sys.path!r}
try:
    import hyperparameter as hp
    with hp.scope("a=1"):
        print(hp.kernel, hp.scope.a | {number})
except ImportError as error:
    print(error)
'''
    interpreter = interpreters.create()
    interpreters.run_string(interpreter, code)
    interpreters.destroy(interpreter)

run(0)
run(0)
with hp.scope(a=2):
    print(hp.kernel, hp.scope.a | 0)
"""


def test_a_second_interpreter_gets_the_python_kernel():
    done = python("-c", SECOND_INTERPRETER)
    assert (done.stdout.splitlines(), done.stderr) == (["python 1", "python 1", "rust 2"], "")


def test_forcing_the_rust_kernel_in_a_second_interpreter_is_an_error():
    done = python("-c", SECOND_INTERPRETER, HYPERPARAMETER_KERNEL="rust")
    message = (
        "the Rust kernel cannot be used here (it serves the main interpreter of a process, and this is "
        "another one); use HYPERPARAMETER_KERNEL=python"
    )
    assert (done.stdout.splitlines(), done.stderr) == ([message, message, "rust 2"], "")


def test_a_second_interpreter_can_use_the_python_kernel():
    done = python("-c", SECOND_INTERPRETER, HYPERPARAMETER_KERNEL="python")
    assert (done.stdout.splitlines(), done.stderr) == (["python 1", "python 1", "python 2"], "")


def test_the_rust_kernel_alone_raises_errors():
    """Before the hooks are connected, each use of it raises. A wrong hook raises when it is connected."""
    code = """
from types import SimpleNamespace
from hyperparameter.core import _native as native
def hooks(**wrong):
    right = {"frame_type": native.FrameBase, "reference_type": native.ReferenceBase, "origin_type": tuple,
             "missing": 1, "ambient_scope": 1, "plain_types": set(), "valid_keys": set()}
    names = "check_key rebased_on leave entries_from child_of read require reject_operator"
    return SimpleNamespace(**right | dict.fromkeys(names.split(), print) | wrong)
assert native.get_baseline().overrides == {}
scope = native.ScopeBase({})
for use in (
    lambda: native.ReferenceBase("a") | 1,
    lambda: native.ReferenceBase("a").b,
    lambda: native.ReferenceBase("a")(),
    lambda: native.RootBase()(a=1),
    lambda: native.RootBase(int),
    lambda: native.RootBase()["a"],
    lambda: native.connect(None),
    lambda: native.connect(hooks(frame_type=int)),
    lambda: native.connect(hooks(reference_type=1)),
    lambda: native.connect(hooks(origin_type=list)),
    lambda: native.connect(hooks(read=1)),
    lambda: native.set_baseline(1),
    lambda: native.set_current(1),
    lambda: native.decorate(print, 1),
):
    try:
        use()
    except (TypeError, KeyError, AttributeError):
        pass
    else:
        raise AssertionError(use.__code__.co_firstlineno)
with scope:
    assert native.current.get().scope is scope
assert native.current.get() is None
print("no crash")
"""
    done = python("-c", code, HYPERPARAMETER_KERNEL="python")
    assert (done.stdout, done.stderr) == ("no crash\n", "")


def test_a_second_copy_of_the_library_works():
    code = """
import importlib, sys
import hyperparameter as old
reference, entered = old.scope.a, old.scope(a=1).__enter__()
reference | 0
for name in [name for name in sys.modules if name.startswith("hyperparameter")]:
    del sys.modules[name]
import hyperparameter as hp
with hp.scope(a=2):
    print(hp.scope.a | 0)
    try:
        # The reference belongs to the first copy. It may raise, but the process must not crash.
        reference | 0
    except Exception:
        pass
    entered.__exit__()
print(hp.scope.a | 0)
"""
    for kernel in ("python", "rust"):
        done = python("-c", code, HYPERPARAMETER_KERNEL=kernel)
        assert (done.stdout, done.stderr) == ("2\n0\n", "")


BAD_SCRIPTS = {"bad_inputs.py": 120, "bad_calls.py": 75}


@pytest.mark.parametrize("script", BAD_SCRIPTS)
def test_both_kernels_give_the_same_results_for_bad_input(script):
    """The text of an error is part of the interface, and a value that misbehaves does no harm."""
    script = str(HERE / script)
    rust, other = (python(script, HYPERPARAMETER_KERNEL=kernel) for kernel in ("rust", "python"))
    assert (rust.stderr, rust.returncode) == (other.stderr, other.returncode) == ("", 0)
    assert rust.stdout.splitlines() == other.stdout.splitlines()
    assert len(rust.stdout.splitlines()) > BAD_SCRIPTS[Path(script).name]


@pytest.mark.parametrize("script", BAD_SCRIPTS)
def test_bad_input_does_no_harm_with_an_allocator_that_checks(script):
    """The allocator fills freed memory with a pattern, and finds writes past the end of an object."""
    done = python("-X", "dev", str(HERE / script), HYPERPARAMETER_KERNEL="rust", PYTHONMALLOC="debug")
    assert done.returncode == 0, done.stderr


def test_the_stub_of_the_rust_kernel_is_correct():
    done = python("-m", "mypy.stubtest", "hyperparameter.core._native")
    assert done.returncode == 0, done.stdout


def test_both_packages_have_the_same_version():
    cargo = (HERE.parents[1] / "Cargo.toml").read_text()
    assert re.search(r'^version = "(.*)"', cargo, re.MULTILINE)[1] == hp.__version__
