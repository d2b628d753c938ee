"""Build the package: with the Rust kernel where it can be built, else with the Python kernel alone.

maturin builds the former and hatchling the latter; this file only chooses. HYPERPARAMETER_BUILD=rust makes
a build fail that cannot have the Rust kernel, as releases must; HYPERPARAMETER_BUILD=python does not try.
"""

import os
import shutil
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import hatchling.build as python

WANTED = os.environ.get("HYPERPARAMETER_BUILD", "")
if WANTED not in ("", "rust", "python"):
    raise SystemExit(f"HYPERPARAMETER_BUILD={WANTED!r}: wanted 'rust' or 'python'")
CARGO = shutil.which("cargo") is not None
TRIED = WANTED == "rust" or (not WANTED and CARGO)

build_sdist = python.build_sdist


def get_requires_for_build_sdist(config_settings=None):
    return python.get_requires_for_build_sdist(config_settings)


def _requires(of_python):
    if WANTED == "rust" and not CARGO:
        raise SystemExit("HYPERPARAMETER_BUILD='rust', but cargo was not found: https://rustup.rs installs it")
    return [*of_python, "maturin>=1.9,<2"] if TRIED else of_python


def get_requires_for_build_wheel(config_settings=None):
    return _requires(python.get_requires_for_build_wheel(config_settings))


def get_requires_for_build_editable(config_settings=None):
    return _requires(python.get_requires_for_build_editable(config_settings))


def _build(hook, wheel_directory, config_settings):
    if not TRIED:
        return _without(hook, wheel_directory, config_settings, "cargo was not found")
    import maturin

    try:
        return getattr(maturin, hook)(wheel_directory, config_settings)
    except (SystemExit, Exception) as fault:  # maturin exits where cargo fails
        if WANTED == "rust":
            raise
        return _without(hook, wheel_directory, config_settings, f"it could not be built ({fault})")


def _without(hook, wheel_directory, config_settings, why):
    if WANTED != "python":
        text = f"without the Rust kernel, since {why}: the Python kernel does the same, only slower"
        sys.stderr.write(f"hyperparameter: {text}\n")
    if hook == "build_editable":  # what an earlier build left in the sources would be imported
        for suffix in EXTENSION_SUFFIXES:
            Path(f"src/hyperparameter/core/_native{suffix}").unlink(missing_ok=True)
    return getattr(python, hook)(wheel_directory, config_settings)


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return _build("build_wheel", wheel_directory, config_settings)


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    return _build("build_editable", wheel_directory, config_settings)
