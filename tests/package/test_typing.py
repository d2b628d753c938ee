"""Type checkers see what users are promised: see `typing/reveal.py`."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once
FILE = Path(__file__).parent / "typing" / "reveal.py"
LINES = FILE.read_text().splitlines()
COMMANDS = {
    "mypy": ["-m", "mypy", "--strict", "--no-error-summary", "--show-absolute-path", "--hide-error-context"],
    "basedpyright": ["-m", "basedpyright"],
}


@pytest.fixture(scope="module", params=COMMANDS)
def said(request):
    """Return what a checker says of each line of the file: its number to the messages."""
    config = ["--config-file=/dev/null"] if request.param == "mypy" else []
    command = [sys.executable, *COMMANDS[request.param], *config, str(FILE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    messages = {}
    for line in done.stdout.splitlines():
        if match := re.search(r"reveal\.py:(\d+):(?:\d+)?:? ?-? ?(.*)", line):
            messages.setdefault(int(match[1]), []).append(match[2].replace("builtins.", ""))
    return messages


def test_what_is_revealed(said):
    for number, line in enumerate(LINES, 1):
        if "# reveals " in line:
            wanted = line.split("# reveals ")[1]
            shown = " ".join(said.get(number, ["nothing"]))
            assert wanted in shown.replace("hyperparameter.scope.", ""), (line, shown)


def test_what_is_refused_and_nothing_else(said):
    wanted = {number for number, line in enumerate(LINES, 1) if line.endswith("# error")}
    refused = {
        number for number, messages in said.items() if any(message.startswith("error") for message in messages)
    }
    assert refused == wanted, {number: said.get(number) for number in refused ^ wanted}
