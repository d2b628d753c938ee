"""Fixtures for all tests."""

import importlib
import os
import sys

import pytest

from programs import TRAIN, Program


@pytest.fixture(autouse=True)
def _clean(clean_scope):
    """Start every test from an empty view and baseline, with the fixture that users have too."""
    return clean_scope


@pytest.fixture
def write_program(tmp_path):
    """Return a function that writes a program to a folder; call the result to run the program."""

    def write(text: str = TRAIN, *command: str) -> Program:
        program = Program(tmp_path, *(command or ("prog.py",)))
        program.write("prog.py", text)
        return program

    return write


@pytest.fixture
def write_module(tmp_path, monkeypatch):
    """Return a function that writes the module `reloaded`."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    seconds = iter(range(1_000_000_000, 2_000_000_000, 10))

    def write(text):
        path = tmp_path / "reloaded.py"
        path.write_text(text, encoding="utf-8")
        second = next(seconds)
        os.utime(path, (second, second))
        importlib.invalidate_caches()

    yield write
    sys.modules.pop("reloaded", None)
