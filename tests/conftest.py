"""Every test starts from a clean baseline and view, by the fixture that users have too."""

import pytest

from programs import TRAIN, Program


@pytest.fixture(autouse=True)
def _clean(clean_scope):
    return clean_scope


@pytest.fixture
def program(tmp_path):
    """Give what writes a program to a folder, and returns it to be called with a command line."""

    def made(text: str = TRAIN, *command: str) -> Program:
        one = Program(tmp_path, *(command or ("prog.py",)))
        one.write("prog.py", text)
        return one

    return made
