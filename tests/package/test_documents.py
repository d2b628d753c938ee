"""The programs in the documents print what the documents say: each is written to a folder and run there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once  # a process runs under one kernel
PROJECT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(document, *languages):
    """Return the code blocks of a document, with their languages."""
    found = BLOCK.findall((PROJECT / document).read_text(encoding="utf-8"))
    return [block for block in found if block[0] in languages or not languages]


def commands(text):
    """Yield each command of a console block, and what it prints."""
    for command in ("\n" + text).split("\n$ ")[1:]:
        line, _, printed = command.partition("\n")
        yield line, printed.rstrip("\n") + "\n"


COMMANDS = {"README.md": 3, "docs/cli.md": 4, "docs/index.md": 1, "docs/quick_start.md": 2, "docs/tool.md": 2}


@pytest.mark.parametrize("document", COMMANDS)
def test_a_documents_programs_print_what_it_says(document, tmp_path):
    ran = 0
    read = [*blocks("docs/cli.md", "python", "toml"), *blocks(document)]  # whose files others go on with
    for language, text in read:
        name = re.match(r"# ([\w/]+\.\w+)\n", text)
        if name:
            (tmp_path / name[1]).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name[1]).write_text(text, encoding="utf-8")
        for line, printed in commands(text) if language == "console" else ():
            done = subprocess.run(
                ["sh", "-c", 'python() { "$PYTHON" "$@"; }; hp() { python -m hyperparameter "$@"; }; ' + line],
                cwd=tmp_path,
                env={"PYTHON": sys.executable, "PATH": "/usr/bin:/bin", "COLUMNS": "100"},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            assert done.stdout.replace(f"{tmp_path}/", "") == printed, line
            ran += 1
    assert ran == COMMANDS[document]
