"""The programs of docs/recipes.md print what the page shows, and warn of nothing."""

import os
import re

import pytest

import hyperparameter as hp
from documents import code_blocks, commands, run, write_file

pytest.importorskip("fastapi", reason="`make frameworks` installs it")
pytestmark = pytest.mark.frameworks
PAGE = "docs/recipes.md"
COMMANDS = [command for _, text in code_blocks(PAGE, "console") for command in commands(text)]
ENVIRONMENT = {
    "HYPERPARAMETER_KERNEL": hp.kernel,
    "PYTHONWARNINGS": "error",
    "HOME": os.environ.get("HOME", "/"),
}


@pytest.fixture
def folder(tmp_path):
    for _, text in code_blocks(PAGE, "python"):
        write_file(text, tmp_path)
    return tmp_path


@pytest.mark.parametrize(("line", "output"), COMMANDS, ids=[line.split()[1] for line, _ in COMMANDS])
def test_a_program_prints_what_the_page_shows(line, output, folder):
    assert run(line, folder, **ENVIRONMENT) == output


def test_the_tests_of_the_page_pass(folder):
    output = run("python -m pytest -p no:cacheprovider test_search.py", folder, **ENVIRONMENT)
    assert re.search(r"= 5 passed in ", output), output


def test_every_program_of_the_page_runs(folder):
    run_here = {word for line, _ in COMMANDS for word in line.split()}
    # The function above runs the first, and test_notebook.py the second.
    run_here |= {"test_search.py", "notebook.py"}
    assert {file.name for file in folder.glob("*.py")} <= run_here
