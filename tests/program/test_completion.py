"""Tab completion, in a real bash."""

import os
import pty
import select
import sys
import time

import pytest

from programs import TRAIN

pytestmark = pytest.mark.one_kernel


class Terminal:
    """An interactive bash on a terminal of its own."""

    def __init__(self, folder, rc):
        child, self._fd = pty.fork()
        if child == 0:
            os.chdir(folder)
            os.environ.update({"PS1": "READY>", "TERM": "dumb", "COLUMNS": "200"})
            os.execvp("bash", ["bash", "--noprofile", "--rcfile", rc, "-i"])
        self._read("READY>")

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        os.write(self._fd, b"\x03exit\n")
        os.close(self._fd)

    def tab(self, text, until, times=1):
        """Type a text and the TAB key; wait until bash shows the text `until`, and return all that it shows."""
        os.write(self._fd, text.encode() + b"\t" * times)
        return self._read(until)

    def _read(self, until):
        output, deadline = "", time.monotonic() + 30
        while until not in output:
            assert time.monotonic() < deadline, output
            if select.select([self._fd], [], [], 0.1)[0]:
                output += os.read(self._fd, 4096).decode()
        return output


@pytest.fixture
def terminal(write_program):
    """Return a bash that completes the arguments of the program."""
    run = write_program(f"#!{sys.executable}\n" + TRAIN)
    (run.folder / "prog.py").chmod(0o755)
    path = f'export PATH="{os.path.dirname(sys.executable)}:$PATH"\n'
    run.write("rc", path + "PS1='READY>'\neval \"$(register-python-argcomplete ./prog.py)\"\n")
    with Terminal(run.folder, str(run.folder / "rc")) as bash:
        yield bash


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("-D opt.m", "-D opt.momentum="),
        ("-D model.act=g", "-D model.act=gelu "),
        ("d --bat", "d --batch-size "),
        ("d --colour b", "d --colour blue "),
        ("-ep model.h", "-ep model.hidden "),
    ],
)
def test_bash_completes_keys_values_and_options(terminal, typed, completed):
    terminal.tab(f"./prog.py {typed}", completed)


def test_bash_lists_keys(terminal):
    terminal.tab("./prog.py -D tr", "ain.")
    shown = terminal.tab("", "train.steps=", times=2)
    assert "train.batch_size=" in shown
