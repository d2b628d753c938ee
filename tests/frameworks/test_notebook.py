"""The cells of docs/recipes.md show in a real kernel what their comments say."""

import re

import pytest

from documents import code_blocks

pytest.importorskip("nbclient", reason="`make frameworks` installs it")

import nbformat
from nbclient import NotebookClient

pytestmark = pytest.mark.frameworks
NOTEBOOK = next(text for _, text in code_blocks("docs/recipes.md", "python") if "# notebook.py" in text)


def run_cells(*cells):
    """Run cells in one kernel, and return the text of the last value of each."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, kernel_name="python3", timeout=60).execute()
    return [
        next(
            (output.data["text/plain"] for output in cell.outputs if output.output_type == "execute_result"),
            None,
        )
        for cell in notebook.cells
    ]


def test_the_cells_of_the_page_show_what_the_comments_say():
    cells = NOTEBOOK.split("# %%\n")[1:]
    comments = [re.search(r"  # (.*)\n$", cell)[1] for cell in cells]
    assert run_cells(*cells) == comments


def test_an_assignment_of_a_cell_with_await_ends_with_the_cell():
    cells = [
        "import asyncio, hyperparameter as hp\nhp.scope.a = 1",
        "hp.scope.a = 2\nawait asyncio.sleep(0)\nhp.scope.a()",
        "hp.scope.a()",
    ]
    assert run_cells(*cells)[1:] == ["2", "1"]


def test_a_reloaded_function_has_its_new_body_and_default(tmp_path):
    module = tmp_path / "trained.py"
    text = 'import hyperparameter as hp\n@hp.param("t")\ndef train(lr=0.1): return "old", lr\n'
    new = text.replace("old", "new").replace("0.1", "0.25")
    module.write_text(text)
    cells = [
        f"import sys; sys.dont_write_bytecode = True; sys.path.insert(0, {str(tmp_path)!r})",
        "%load_ext autoreload",
        "%autoreload 2",
        "from trained import train\ntrain()",
        # The file is newer than the import, however coarse the clock of the file system is.
        f"import pathlib; path = pathlib.Path({str(module)!r}); path.write_text({new!r})",
        "import os; os.utime(path, (2e9, 2e9))",
        "train()",
        "import hyperparameter as hp\nwith hp.scope(**{'t.lr': 0.5}): result = train()\nresult",
    ]
    results = run_cells(*cells)
    assert (results[3], results[6:]) == ("('old', 0.1)", ["('new', 0.25)", "('new', 0.5)"])
