"""The types that type checkers infer for users' programs; `typing/reveal.py` has the programs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.one_kernel
FILE = Path(__file__).parent / "typing" / "reveal.py"
LINES = FILE.read_text().splitlines()
COMMANDS = {
    "mypy": ["-m", "mypy", "--strict", "--no-error-summary", "--show-absolute-path", "--hide-error-context"],
    "basedpyright": ["-m", "basedpyright"],
}


@pytest.fixture(scope="module", params=COMMANDS)
def messages(request):
    """Run a type checker on the file; return its messages by line number."""
    config = ["--config-file=/dev/null"] if request.param == "mypy" else []
    command = [sys.executable, *COMMANDS[request.param], *config, str(FILE)]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    assert process.stdout, process.stderr
    messages_by_line = {}
    for line in process.stdout.splitlines():
        if match := re.search(r"reveal\.py:(\d+):(?:\d+)?:? ?-? ?(.*)", line):
            messages_by_line.setdefault(int(match[1]), []).append(match[2].replace("builtins.", ""))
    return messages_by_line


def test_types_are_inferred(messages):
    for number, line in enumerate(LINES, 1):
        if "# reveals " in line:
            expected = line.split("# reveals ")[1]
            text = " ".join(messages.get(number, ["nothing"])).replace("hyperparameter.scope.", "")
            assert expected in text, (line, text)


def test_wrong_types_are_errors_and_nothing_else_is(messages):
    expected = {number for number, line in enumerate(LINES, 1) if line.endswith("# error")}
    errors = {number for number, texts in messages.items() if any(text.startswith("error") for text in texts)}
    assert errors == expected, {number: messages.get(number) for number in errors ^ expected}
