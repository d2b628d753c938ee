"""Read the code blocks of the documents, and run their console examples."""

import re
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[1]
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


def write_file(text, folder):
    """Write a block whose first line is a comment with the name of a file."""
    if name := re.match(r"# ([\w/]+\.\w+)\n", text):
        file = folder / name[1]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def run(line, folder, **environment):
    """Run a line of a console block in a folder, and return what it writes."""
    functions = 'python() { "$PYTHON" "$@"; }; hp() { python -m hyperparameter "$@"; }; '
    process = subprocess.run(
        ["sh", "-c", functions + line],
        cwd=folder,
        env={"PYTHON": sys.executable, "PATH": "/usr/bin:/bin", "COLUMNS": "100", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return process.stdout.replace(f"{folder}/", "")
