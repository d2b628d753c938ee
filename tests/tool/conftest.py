"""The fixture for tests of the `hp` command."""

import pytest

from programs import Program
from samples import PROG


@pytest.fixture
def hp(tmp_path):
    """Return the `hp` command, in a folder with one program."""
    command = Program(tmp_path, "-m", "hyperparameter")
    command.write("prog.py", PROG)
    return command
