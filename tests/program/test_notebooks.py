"""Programs and places in a notebook, with a shell that stands for that of IPython."""

import sys
from types import SimpleNamespace

import pytest

import hyperparameter as hp


@pytest.fixture
def notebook(monkeypatch):
    """Make this process look like the kernel of a notebook; return a function that runs a cell."""
    cells = {}

    def format_code_name(file):
        return ("Cell", f"In[{cells[file]}]") if file in cells else None

    compiler = SimpleNamespace(format_code_name=format_code_name)
    shell = SimpleNamespace(kernel=object(), compile=compiler)
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setattr(sys, "argv", ["ipykernel_launcher.py", "-f", "kernel.json"])

    def run(number, text):
        file = f"/tmp/ipykernel_1/{number}.py"
        cells[file] = number
        names = {"hp": hp, "__name__": "__main__"}
        exec(compile(text, file, "exec"), names)
        return names

    return run


def test_a_launch_takes_no_arguments_of_the_kernel(notebook):
    assert notebook(4, "def f(lr=0.1):\n    return lr\nresult = hp.launch(f)")["result"] == 0.1


CELL = """
try:
    with hp.scope(lr='fast'):
        hp.scope.lr | 0.1
except hp.ParamError as e:
    error = str(e)
"""


def test_a_place_in_a_cell_has_its_number(notebook):
    error = notebook(21, CELL)["error"]
    assert error.endswith("(set at In [21]:3)")
    with hp.scope(lr=1):
        assert "test_notebooks.py:" in str(hp.explain("lr"))


def test_without_a_shell_places_are_files(notebook, monkeypatch):
    for ipython in (SimpleNamespace(get_ipython=lambda: None), SimpleNamespace()):
        monkeypatch.setitem(sys.modules, "IPython", ipython)
        with hp.scope(lr=1):
            assert "test_notebooks.py:" in str(hp.explain("lr"))
