"""Two kernels, one behaviour: choosing one, and what both say of what goes wrong."""

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

pytestmark = pytest.mark.once  # each runs both kernels itself


def python(*arguments, **environment):
    """Run an interpreter and return what it did."""
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HYPERPARAMETER_KERNEL": "", **environment},
    )


def test_the_rust_kernel_is_picked_where_it_is_there():
    assert python("-c", CODE).stdout == "rust\n"


@pytest.mark.parametrize("kernel", ["python", "rust"])
def test_a_kernel_can_be_forced(kernel):
    done = python("-c", CODE, HYPERPARAMETER_KERNEL=kernel)
    assert (done.stdout, done.stderr) == (f"{kernel}\n", "")


def test_a_kernel_that_is_none_is_refused():
    done = python("-c", CODE, HYPERPARAMETER_KERNEL="fast")
    assert done.stderr.endswith("ImportError: HYPERPARAMETER_KERNEL='fast': wanted 'python' or 'rust'\n")


@pytest.fixture
def without_rust(tmp_path):
    """Return code that imports the library from a copy that lacks the Rust kernel."""
    package = Path(hp.__file__).parent
    shutil.copytree(
        package, tmp_path / "hyperparameter", ignore=shutil.ignore_patterns("_native.*", "__pycache__")
    )
    return f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {CODE}"


def test_the_python_kernel_is_picked_where_there_is_no_other(without_rust):
    assert python("-c", without_rust).stdout == "python\n"


def test_forcing_a_kernel_that_is_not_there_is_an_error(without_rust):
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


def test_a_second_interpreter_is_refused_by_the_rust_kernel():
    done = python("-c", SECOND_INTERPRETER)
    refused = (
        "the Rust kernel cannot be used here (it serves the main interpreter of a process, and this is "
        "another one); HYPERPARAMETER_KERNEL=python does without it"
    )
    assert (done.stdout.splitlines(), done.stderr) == ([refused, refused, "rust 2"], "")


def test_a_second_interpreter_can_have_the_python_kernel():
    done = python("-c", SECOND_INTERPRETER, HYPERPARAMETER_KERNEL="python")
    assert (done.stdout.splitlines(), done.stderr) == (["python 1", "python 1", "python 2"], "")


def test_the_rust_kernel_alone_does_nothing_and_stands_it():
    """Its parts refuse to work before the library has given them what they call."""
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
print("stood")
"""
    done = python("-c", code, HYPERPARAMETER_KERNEL="python")
    assert (done.stdout, done.stderr) == ("stood\n", "")


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
        reference | 0  # whatever comes of it, the process stands it
    except Exception:
        pass
    entered.__exit__()
print(hp.scope.a | 0)
"""
    for kernel in ("python", "rust"):
        done = python("-c", code, HYPERPARAMETER_KERNEL=kernel)
        assert (done.stdout, done.stderr) == ("2\n0\n", "")


def test_both_kernels_say_the_same_of_bad_input():
    """The text of an error is interface, and a value that misbehaves is survived."""
    script = str(HERE / "bad_inputs.py")
    ours, theirs = (python(script, HYPERPARAMETER_KERNEL=kernel) for kernel in ("rust", "python"))
    assert (ours.stderr, ours.returncode) == (theirs.stderr, theirs.returncode) == ("", 0)
    assert ours.stdout.splitlines() == theirs.stdout.splitlines()
    assert len(ours.stdout.splitlines()) > 120


def test_both_kernels_stand_it_where_the_allocator_checks():
    """Memory that is used after it was freed holds a pattern, and what is written past an end is found."""
    done = python("-X", "dev", str(HERE / "bad_inputs.py"), HYPERPARAMETER_KERNEL="rust", PYTHONMALLOC="debug")
    assert done.returncode == 0, done.stderr


def test_the_stub_of_the_rust_kernel_is_true():
    done = python("-m", "mypy.stubtest", "hyperparameter.core._native")
    assert done.returncode == 0, done.stdout


def test_the_versions_of_both_packages_are_one():
    cargo = (HERE.parents[1] / "Cargo.toml").read_text()
    assert re.search(r'^version = "(.*)"', cargo, re.MULTILINE)[1] == hp.__version__
