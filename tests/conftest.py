"""Fixtures for all tests."""

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
