"""`%autoreload 2` of IPython gives decorated functions and classes new code."""

import sys

import pytest

import hyperparameter as hp
from reloading import NAMES, NEW, OLD, results

pytestmark = pytest.mark.frameworks
pytest.importorskip("IPython")


@pytest.fixture
def shell():
    """A shell of IPython that reloads modules before each cell."""
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    shell.run_line_magic("load_ext", "autoreload")
    shell.run_line_magic("autoreload", "2")
    yield shell
    shell.run_line_magic("autoreload", "0")
    InteractiveShell.clear_instance()


def _all_are(names, expected):
    assert results(names) == dict.fromkeys(results(names), expected)
    with hp.scope(**{"ns.lr": 5}):
        assert results(names) == dict.fromkeys(results(names), (expected[0], 5))


def test_autoreload_gives_new_code_to_what_was_imported(write_module, shell):
    write_module(OLD)
    shell.run_cell("from reloaded import *\nown = Own()")
    old = {name: shell.user_ns[name] for name in NAMES}
    _all_are(old, ("old", 1))
    write_module(NEW)
    shell.run_cell("0")
    _all_are(old, ("new", 2))
    assert shell.user_ns["own"].method() == "new"


def test_autoreload_gives_new_code_to_a_module_again_and_again(write_module, shell):
    write_module(OLD)
    shell.run_cell("import reloaded")
    module = vars(sys.modules["reloaded"])
    texts = {"new": NEW, "newer": NEW.replace("new", "newer"), "newest": NEW.replace("new", "newest")}
    for word, text in texts.items():
        write_module(text)
        shell.run_cell("0")
        _all_are(module, (word, 2))
    for function in (module["function"], module["Own"].__init__):
        assert function.__wrapped__.__code__.co_filename.endswith("reloaded.py")
