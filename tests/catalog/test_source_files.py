"""Choosing the files of a project or a program."""

import ast

import pytest
from scanning import relative_paths, write_files

from hyperparameter.catalog.source import program_files, project_files
from hyperparameter.catalog.source.files import _imports

pytestmark = pytest.mark.one_kernel


def test_the_files_of_a_project_are_its_own(tmp_path):
    skipped = [".git/a.py", "__pycache__/a.py", "env/lib/a.py", "node_modules/a.py", "lib/site-packages/a.py"]
    kept = ["a.py", "b/__init__.py", "b/c/d.py", "x.py/inside.py"]
    root = write_files(tmp_path, dict.fromkeys([*skipped, *kept, "b/data.txt", "env/pyvenv.cfg"], ""))
    assert relative_paths(project_files(root), root) == kept
    assert project_files(root / "a.py") == [root / "a.py"]
    assert project_files(root / "missing.py") == [root / "missing.py"]


def test_the_files_of_a_script_are_its_imports_below_its_folder(tmp_path):
    root = write_files(
        tmp_path,
        {
            "app/main.py": "import os, pack.deep.leaf, numpy\nfrom helper import x\n"
            "def f():\n    from pack import lazy",
            "app/helper.py": "import main",
            "app/unused.py": "",
            "app/pack/__init__.py": "from .first import *\nfrom . import second, value",
            "app/pack/first.py": "import broken",
            "app/pack/second.py": "from ..helper import x\nfrom ...outside import y",
            "app/pack/lazy.py": "from .spaced import leaf",
            "app/pack/unused.py": "",
            "app/pack/spaced/leaf.py": "",
            "app/pack/deep/__init__.py": "",
            "app/pack/deep/leaf.py": "from .. import third\nfrom . import *",
            "app/pack/third.py": "",
            "app/broken.py": "import (",
            "app/numpy/site-packages/x.py": "",
            "outside.py": "",
        },
    )
    files = program_files(root / "app/main.py")
    assert files[0] == root / "app/main.py"
    assert sorted(relative_paths(files, root / "app")) == [
        "broken.py",
        "helper.py",
        "main.py",
        "pack/__init__.py",
        "pack/deep/__init__.py",
        "pack/deep/leaf.py",
        "pack/first.py",
        "pack/lazy.py",
        "pack/second.py",
        "pack/spaced/leaf.py",
        "pack/third.py",
    ]


def test_the_files_of_a_module_are_those_of_its_package_and_siblings(tmp_path):
    texts = {
        "src/pack/__init__.py": "",
        "src/pack/cli/__init__.py": "",
        "src/pack/cli/__main__.py": "from .. import core\nimport sibling, pack.other, beside",
        "src/pack/cli/beside.py": "",
        "src/pack/core.py": "",
        "src/pack/other.py": "",
        "src/pack/unused.py": "",
        "src/sibling.py": "",
        "src/stranger.py": "",
    }
    root = write_files(tmp_path, texts)
    files = program_files(root / "src/pack/cli/__main__.py")
    inner = ["__init__.py", "__main__.py", "beside.py"]
    own = ["pack/__init__.py", *(f"pack/cli/{name}" for name in inner), "pack/core.py", "pack/other.py"]
    assert sorted(relative_paths(files, root / "src")) == [*own, "sibling.py"]
    (root / "src").rename(root / "site-packages")
    files = program_files(root / "site-packages/pack/cli/__main__.py")
    assert sorted(relative_paths(files, root / "site-packages")) == own


IMPORTS = """
import a, b.c as d, e
import f; import g
if x: import h
else: from i import j
try: from k import (  # of a letter
    l as m,  # (
    n,
)
except ImportError: pass
from .import o
from ..p.q import r as s, t
from ... import u
from v \\
    import w, \\
        x
def function():
\tfrom y import *
"""


def test_every_form_of_import_is_followed():
    expected = set()
    for node in ast.walk(ast.parse(IMPORTS)):
        if isinstance(node, ast.Import):
            expected |= {(0, alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            prefix = f"{node.module}." if node.module else ""
            expected |= {(node.level, prefix + alias.name) for alias in node.names}
    assert len(expected) == 16
    for text in (IMPORTS, IMPORTS.replace("\n", "\r\n")):
        assert {(level, ".".join(names)) for level, names in _imports(text)} == expected


def test_an_unreadable_main_file_is_the_only_file(tmp_path):
    (tmp_path / "bad.py").write_text("import os\nimport (")
    for name in ("bad.py", "missing.py"):
        assert program_files(tmp_path / name) == [tmp_path / name]


def test_the_number_of_files_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr("hyperparameter.catalog.source.files.MOST_FILES", 10)
    root = write_files(tmp_path, {f"m{n}.py": f"import m{n + 1}" for n in range(20)})
    assert relative_paths(program_files(root / "m0.py"), root) == [f"m{n}.py" for n in range(10)]
