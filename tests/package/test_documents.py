"""The console examples of the documents: each program is written to a folder, run, and its output compared."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.one_kernel
PROJECT = Path(__file__).parents[2]
# How many console commands each document has.
COMMAND_COUNTS = {
    "README.md": 3,
    "docs/cli.md": 4,
    "docs/index.md": 1,
    "docs/quick_start.md": 2,
    "docs/tool.md": 2,
}
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def code_blocks(document, *languages):
    """Return the code blocks of a document as pairs of language and text."""
    blocks = BLOCK.findall((PROJECT / document).read_text(encoding="utf-8"))
    return [block for block in blocks if block[0] in languages or not languages]


def commands(console_text):
    """Yield each command line of a console block, and its output."""
    for command in ("\n" + console_text).split("\n$ ")[1:]:
        line, _, output = command.partition("\n")
        yield line, output.rstrip("\n") + "\n"


def run(line, folder):
    functions = 'python() { "$PYTHON" "$@"; }; hp() { python -m hyperparameter "$@"; }; '
    process = subprocess.run(
        ["sh", "-c", functions + line],
        cwd=folder,
        env={"PYTHON": sys.executable, "PATH": "/usr/bin:/bin", "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return process.stdout.replace(f"{folder}/", "")


@pytest.mark.parametrize("document", COMMAND_COUNTS)
def test_commands_print_what_the_document_shows(document, tmp_path):
    run_commands = 0
    # Other documents continue with the files of docs/cli.md.
    for language, text in [*code_blocks("docs/cli.md", "python", "toml"), *code_blocks(document)]:
        name = re.match(r"# ([\w/]+\.\w+)\n", text)
        if name:
            file = tmp_path / name[1]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        for line, output in commands(text) if language == "console" else ():
            assert run(line, tmp_path) == output, line
            run_commands += 1
    assert run_commands == COMMAND_COUNTS[document]
