"""Installing from a checkout and from an sdist, with and without cargo."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOT_COPIED = shutil.ignore_patterns(
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
QUICK_TESTS = ["tests/contract/test_quick_start.py", "tests/functions/test_param.py"]

# Each test looks at the kernel of its own installation.
pytestmark = pytest.mark.one_kernel


@pytest.fixture
def checkout(tmp_path):
    """Return a copy of the project without what was built in it."""
    return Path(shutil.copytree(ROOT, tmp_path / "checkout", ignore=NOT_COPIED))


@pytest.fixture
def python(tmp_path):
    """Return a function that runs Python in a new environment whose PATH has no other programs."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)

    def run(*arguments, path="", **environment):
        environ = {
            name: value for name, value in os.environ.items() if not name.startswith(("HYPERPARAMETER", "PIP_"))
        }
        return subprocess.run(
            [tmp_path / "venv/bin/python", *arguments],
            cwd=tmp_path,
            env={**environ, "PATH": f"{path}{tmp_path / 'venv/bin'}", **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def kernel(python):
    return python("-c", "import hyperparameter as hp; print(hp.kernel)").stdout.strip()


def test_without_cargo_the_package_installs_with_the_python_kernel_and_reports_it(python, checkout):
    done = python("-m", "pip", "install", "--verbose", checkout)
    assert done.returncode == 0, done.stderr
    assert "built without the Rust kernel, because cargo is not installed" in done.stdout + done.stderr
    assert kernel(python) == "python"
    assert python("-m", "pip", "install", "pytest", "hypothesis", "attrs", "pydantic", "numpy").returncode == 0
    shutil.rmtree(checkout / "src")
    # This file collects the examples of the docs, which need more packages.
    (checkout / "conftest.py").unlink()
    quick_tests = python("-m", "pytest", *(checkout / name for name in QUICK_TESTS))
    assert quick_tests.returncode == 0, quick_tests.stdout


def test_without_cargo_a_build_that_requests_the_rust_kernel_fails(python, checkout):
    done = python("-m", "pip", "install", checkout, HYPERPARAMETER_BUILD="rust")
    assert done.returncode != 0
    assert "HYPERPARAMETER_BUILD='rust', but cargo is not installed" in done.stdout + done.stderr


def test_if_cargo_fails_the_package_installs_with_the_python_kernel(python, checkout, tmp_path):
    broken = tmp_path / "broken" / "cargo"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho broken >&2\nexit 1\n")
    broken.chmod(0o755)
    done = python("-m", "pip", "install", "--verbose", checkout, path=f"{broken.parent}:")
    assert done.returncode == 0, done.stderr
    assert "built without the Rust kernel, because its build failed" in done.stdout + done.stderr
    assert kernel(python) == "python"
    done = python("-m", "pip", "install", checkout, path=f"{broken.parent}:", HYPERPARAMETER_BUILD="rust")
    assert done.returncode != 0


def test_a_build_that_requests_the_python_kernel_has_no_rust_kernel(python, checkout):
    stale = checkout / "src/hyperparameter/core/_native.abi3.so"
    stale.write_bytes(b"")
    done = python("-m", "pip", "install", "--verbose", "--editable", checkout, HYPERPARAMETER_BUILD="python")
    assert done.returncode == 0, done.stderr
    assert "without the Rust kernel" not in done.stdout + done.stderr
    assert (kernel(python), stale.exists()) == ("python", False)


def test_an_unknown_kernel_is_refused(python, checkout):
    done = python("-m", "pip", "install", checkout, HYPERPARAMETER_BUILD="fast")
    assert done.returncode != 0
    assert "HYPERPARAMETER_BUILD='fast': expected 'rust' or 'python'" in done.stdout + done.stderr


def test_the_rust_kernel_can_be_built_from_an_sdist(python, checkout, tmp_path):
    cargo = os.environ["PATH"] + os.pathsep
    assert python("-m", "pip", "install", "build").returncode == 0
    done = python("-m", "build", "--sdist", "--outdir", tmp_path, checkout, path=cargo)
    assert done.returncode == 0, done.stderr
    (sdist,) = tmp_path.glob("*.tar.gz")
    # A target folder that stays makes the next run of this test quick.
    target = {"CARGO_TARGET_DIR": str(ROOT / "target" / "sdist")}
    done = python("-m", "pip", "install", sdist, path=cargo, HYPERPARAMETER_BUILD="rust", **target)
    assert done.returncode == 0, done.stderr
    assert kernel(python) == "rust"
