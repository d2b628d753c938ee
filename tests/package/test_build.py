"""Installing from a checkout and from an sdist: with the Rust kernel where it can be built, else without."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(
    ".git",
    ".venv*",
    ".bench",
    ".*_cache",
    ".hypothesis",
    "target",
    "site",
    "dist",
    "__pycache__",
    "*.so",
    "*.pyd",
)
SMOKE = ["tests/contract/test_quick_start.py", "tests/functions/test_param.py"]

pytestmark = pytest.mark.once  # each looks at the kernel of its own installation


@pytest.fixture
def checkout(tmp_path):
    """Return a copy of the checkout, as another machine would have it."""
    return Path(shutil.copytree(ROOT, tmp_path / "checkout", ignore=LEFT_OUT))


@pytest.fixture
def python(tmp_path):
    """Return what runs the interpreter of a fresh environment, with a PATH of its own."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)

    def run(*arguments, path="", **environment):
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("HYPERPARAMETER", "PIP_"))
        }
        return subprocess.run(
            [tmp_path / "venv/bin/python", *arguments],
            cwd=tmp_path,
            env={**kept, "PATH": f"{path}{tmp_path / 'venv/bin'}", **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def kernel(python):
    return python("-c", "import hyperparameter as hp; print(hp.kernel)").stdout.strip()


def test_without_cargo_it_installs_with_the_python_kernel_and_says_so_and_works(python, checkout):
    done = python("-m", "pip", "install", "--verbose", checkout)
    assert done.returncode == 0, done.stderr
    assert "hyperparameter: without the Rust kernel, since cargo was not found" in done.stdout + done.stderr
    assert kernel(python) == "python"
    assert python("-m", "pip", "install", "pytest", "hypothesis", "attrs", "pydantic", "numpy").returncode == 0
    shutil.rmtree(checkout / "src")
    (checkout / "conftest.py").unlink()  # of the examples in the docs
    smoke = python("-m", "pytest", *(checkout / name for name in SMOKE))
    assert smoke.returncode == 0, smoke.stdout


def test_without_cargo_a_build_that_must_have_the_rust_kernel_fails(python, checkout):
    done = python("-m", "pip", "install", checkout, HYPERPARAMETER_BUILD="rust")
    assert done.returncode != 0
    assert "HYPERPARAMETER_BUILD='rust', but cargo was not found" in done.stdout + done.stderr


def test_a_cargo_that_fails_is_none(python, checkout, tmp_path):
    broken = tmp_path / "broken" / "cargo"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho broken >&2\nexit 1\n")
    broken.chmod(0o755)
    done = python("-m", "pip", "install", "--verbose", checkout, path=f"{broken.parent}:")
    assert done.returncode == 0, done.stderr
    assert "hyperparameter: without the Rust kernel, since it could not be built" in done.stdout + done.stderr
    assert kernel(python) == "python"
    done = python("-m", "pip", "install", checkout, path=f"{broken.parent}:", HYPERPARAMETER_BUILD="rust")
    assert done.returncode != 0


def test_a_build_can_be_told_to_leave_the_rust_kernel_out(python, checkout):
    stale = checkout / "src/hyperparameter/core/_native.abi3.so"
    stale.write_bytes(b"")
    done = python("-m", "pip", "install", "--verbose", "--editable", checkout, HYPERPARAMETER_BUILD="python")
    assert done.returncode == 0, done.stderr
    assert "without the Rust kernel" not in done.stdout + done.stderr
    assert (kernel(python), stale.exists()) == ("python", False)


def test_an_unknown_way_to_build_is_refused(python, checkout):
    done = python("-m", "pip", "install", checkout, HYPERPARAMETER_BUILD="fast")
    assert done.returncode != 0
    assert "HYPERPARAMETER_BUILD='fast': wanted 'rust' or 'python'" in done.stdout + done.stderr


def test_an_sdist_has_what_the_rust_kernel_is_built_from(python, checkout, tmp_path):
    cargo = os.environ["PATH"] + os.pathsep
    assert python("-m", "pip", "install", "build").returncode == 0
    done = python("-m", "build", "--sdist", "--outdir", tmp_path, checkout, path=cargo)
    assert done.returncode == 0, done.stderr
    (sdist,) = tmp_path.glob("*.tar.gz")
    target = {"CARGO_TARGET_DIR": str(ROOT / "target" / "sdist")}  # spares building what has not changed
    done = python("-m", "pip", "install", sdist, path=cargo, HYPERPARAMETER_BUILD="rust", **target)
    assert done.returncode == 0, done.stderr
    assert kernel(python) == "rust"
