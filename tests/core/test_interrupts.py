"""Leaving a scope cannot fail: not by an interrupt, a full stack, or a short lack of memory."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import hyperparameter as hp

FOLDER = Path(__file__).parent


def run(script, *args):
    command = [sys.executable, str(FOLDER / script), *args]
    result = subprocess.run(command, capture_output=True, text=True, timeout=500, env=os.environ)
    assert (result.returncode, result.stderr) == (0, ""), result.stdout
    return dict(line.split(maxsplit=1) for line in result.stdout.splitlines())


@pytest.mark.skipif(hp.kernel != "rust", reason="Python code can be interrupted between any two instructions")
def test_an_interrupt_leaves_no_wrong_view():
    interrupted = run("interrupts.py", "4000")
    # The alarm has to hit the steps, or nothing is tested.
    assert all(int(count) > 50 for count in interrupted.values()), interrupted


def test_a_full_stack_leaves_no_wrong_view():
    assert run("exhaustion.py", "stack").keys() == {"scope", "write", "bind", "generator"}


@pytest.mark.skipif(hp.kernel != "rust", reason="Python code needs memory in each of its steps")
def test_a_lack_of_memory_leaves_no_wrong_view():
    pytest.importorskip("_testcapi")
    failed = run("exhaustion.py", "memory")
    assert all(int(count) > 2 for count in failed.values()), failed


def test_reset_leaves_every_scope_and_drops_what_was_set_outside():
    hp.scope.a = 1
    scopes = [hp.scope(b=2), hp.scope(c=3)]
    for scope in scopes:
        scope.__enter__()
    hp.reset()
    assert dict(hp.scope.current()) == {}
    for scope in scopes:
        scope.__exit__(None, None, None)
    assert dict(hp.scope.current()) == {}
