"""The `hp` command on a terminal and in a pipe: colours, progress, control characters and Ctrl-C."""

import json
import os
import pty
import select
import signal
import subprocess
import sys

import pytest

from programs import output_of
from samples import LISTING, PROG

pytestmark = pytest.mark.one_kernel


def write_many_modules(hp, count):
    for number in range(count):
        hp.write(f"many/m{number}.py", f"import hyperparameter as hp\nhp.scope.many.key{number} | {number}\n")


class Terminal:
    """A process of the command whose stdout, stderr or both are a terminal."""

    def __init__(self, hp, *argv, streams=("stdout", "stderr"), **environment):
        self.fd, process_fd = pty.openpty()
        outputs = {name: process_fd if name in streams else subprocess.PIPE for name in ("stdout", "stderr")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hyperparameter", *argv],
            cwd=hp.folder,
            env={**os.environ, "COLUMNS": "100", "TERM": "xterm", "PYTHONWARNINGS": "error", **environment},
            # A background job of a shell ignores Ctrl-C, and its child processes would inherit that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            **outputs,
        )
        os.close(process_fd)

    def read(self, until=None):
        output = b""
        while until is None or until not in output:
            assert select.select([self.fd], [], [], 60)[0], output
            try:
                piece = os.read(self.fd, 65536)
            except OSError:
                # Linux raises this if the process has closed the terminal.
                break
            if not piece:
                break
            output += piece
        return output.decode()

    def end(self):
        stdout, _ = self.process.communicate(timeout=60)
        os.close(self.fd)
        return self.process.returncode, stdout


def test_a_closed_pipe_ends_quietly(hp):
    write_many_modules(hp, 100)
    source = "\n".join(f"hp.scope.long.key{number} | 'some text of a default'" for number in range(5000))
    hp.write("many/long.py", f"import hyperparameter as hp\n{source}\n")
    for format_ in ("text", "json"):
        process = subprocess.Popen(
            [sys.executable, "-m", "hyperparameter", "ls", "many", "-f", format_],
            cwd=hp.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        process.stderr.close()
        assert process.wait(60) == 0


def test_only_a_terminal_gets_colours(hp):
    terminal = Terminal(hp, "ls", "prog.py")
    output = terminal.read()
    assert "\x1b[1;33mtrain\x1b[0m" in output
    assert "learning *rate*" in output
    assert terminal.end() == (0, None)
    dumb = Terminal(hp, "ls", "prog.py", TERM="dumb")
    assert dumb.read().replace("\r\n", "\n") == LISTING
    assert dumb.end() == (0, None)


@pytest.mark.parametrize(
    ("term", "progress"),
    [("xterm", "260/260"), ("dumb", "scanning 260 files ...\r\n")],
)
def test_a_long_scan_shows_its_progress_on_a_terminal(hp, term, progress):
    write_many_modules(hp, 260)
    terminal = Terminal(hp, "ls", "many", "-f", "json", streams=("stderr",), TERM=term)
    output = terminal.read()
    assert progress in output
    code, stdout = terminal.end()
    assert code == 0
    assert len(json.loads(stdout)) == 260


def test_a_pipe_or_a_short_scan_shows_no_progress(hp):
    write_many_modules(hp, 260)
    assert output_of(hp("ls", "many")).count("\n") == 261
    terminal = Terminal(hp, "ls", "prog.py", streams=("stderr",))
    assert terminal.read() == ""
    assert terminal.end()[0] == 0


def test_an_interrupt_ends_the_process_without_a_traceback(hp):
    write_many_modules(hp, 200)
    slow = "import hyperparameter as hp\n" + "hp.scope.a.b | 1\n" * 20_000
    for number in range(100):
        hp.write(f"many/slow{number}.py", slow)
    terminal = Terminal(hp, "ls", "many", streams=("stderr",), TERM="dumb")
    terminal.read(until=b"scanning 300 files")
    terminal.process.send_signal(signal.SIGINT)
    rest = terminal.read()
    assert "Traceback" not in rest
    assert terminal.end() == (130, b"")


def test_control_characters_in_docstrings_are_escaped(hp):
    hp.write("prog.py", PROG.replace("learning *rate*", "\\x1b[31mred\\x07"))
    listing = output_of(hp("ls", "prog.py"))
    assert "\x1b" not in listing
    assert r"\x1b[31mred\x07" in listing


def test_characters_that_the_encoding_lacks_are_escaped(hp):
    hp.write("prog.py", "import hyperparameter as hp\nhp.scope.größe.z | 1\n")
    assert output_of(hp("ls", "prog.py", PYTHONIOENCODING="ascii")).splitlines()[0] == r"gr\xf6\xdfe"
