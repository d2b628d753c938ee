"""Build the package: with the Rust kernel if cargo is installed, otherwise with the Python kernel alone.

maturin builds the package with the Rust kernel, hatchling without it. This module only chooses between them.
The environment variable HYPERPARAMETER_BUILD overrides the choice. With `rust`, a build without the Rust kernel
fails: use this for releases. With `python`, the Rust kernel is never built.
"""

import os
import shutil
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import hatchling.build

REQUESTED_KERNEL = os.environ.get("HYPERPARAMETER_BUILD", "")
if REQUESTED_KERNEL not in ("", "rust", "python"):
    raise SystemExit(f"HYPERPARAMETER_BUILD={REQUESTED_KERNEL!r}: expected 'rust' or 'python'")
HAS_CARGO = shutil.which("cargo") is not None
TRIES_RUST = REQUESTED_KERNEL == "rust" or (not REQUESTED_KERNEL and HAS_CARGO)

build_sdist = hatchling.build.build_sdist


def get_requires_for_build_sdist(config_settings=None):
    return hatchling.build.get_requires_for_build_sdist(config_settings)


def get_requires_for_build_wheel(config_settings=None):
    return _with_maturin(hatchling.build.get_requires_for_build_wheel(config_settings))


def get_requires_for_build_editable(config_settings=None):
    return _with_maturin(hatchling.build.get_requires_for_build_editable(config_settings))


def _with_maturin(requirements):
    if REQUESTED_KERNEL == "rust" and not HAS_CARGO:
        raise SystemExit("HYPERPARAMETER_BUILD='rust', but cargo is not installed; get it at https://rustup.rs")
    return [*requirements, "maturin>=1.9,<2"] if TRIES_RUST else requirements


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return _build("build_wheel", wheel_directory, config_settings)


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    return _build("build_editable", wheel_directory, config_settings)


def _build(hook, wheel_directory, config_settings):
    if not TRIES_RUST:
        return _build_without_rust(hook, wheel_directory, config_settings, "cargo is not installed")
    import maturin

    try:
        return getattr(maturin, hook)(wheel_directory, config_settings)
    except (SystemExit, Exception) as error:
        # maturin raises SystemExit if cargo fails.
        if REQUESTED_KERNEL == "rust":
            raise
        return _build_without_rust(hook, wheel_directory, config_settings, f"its build failed ({error})")


def _build_without_rust(hook, wheel_directory, config_settings, reason):
    if REQUESTED_KERNEL != "python":
        sys.stderr.write(
            f"hyperparameter: built without the Rust kernel, because {reason}; "
            "the Python kernel does the same, but slower\n"
        )
    if hook == "build_editable":
        # An editable install imports the source folder, so it would use the Rust kernel of an earlier build.
        for suffix in EXTENSION_SUFFIXES:
            Path(f"src/hyperparameter/core/_native{suffix}").unlink(missing_ok=True)
    return getattr(hatchling.build, hook)(wheel_directory, config_settings)
