"""Run the examples of README, docs and docstrings as tests."""

import os
import re
import sys
import tempfile
from doctest import ELLIPSIS
from pathlib import Path

from sybil import Sybil
from sybil.parsers.doctest import DocTestParser
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

from hyperparameter.testing import clean

TESTS = str(Path(__file__).parent / "tests")


def setup(namespace):
    """Give a document a clean configuration, and an empty folder to write files to."""
    namespace["clean configuration"] = clean()
    namespace["clean configuration"].__enter__()
    namespace["folder of the tests"] = os.getcwd()
    namespace["folder of the document"] = tempfile.TemporaryDirectory()
    os.chdir(namespace["folder of the document"].name)
    # A document is a program of its own. `hp.check` looks at all loaded modules, and those of the tests read
    # keys in ways that it cannot follow.
    namespace["modules of the tests"] = {
        name: sys.modules.pop(name)
        for name, module in list(sys.modules.items())
        if str(getattr(module, "__file__", None)).startswith(TESTS)
    }


def teardown(namespace):
    sys.modules.update(namespace["modules of the tests"])
    os.chdir(namespace["folder of the tests"])
    namespace["folder of the document"].cleanup()
    namespace["clean configuration"].__exit__(None, None, None)


def write_file(example):
    """Write a block whose first line is a comment with the name of a file."""
    if name := re.match(r"# ([\w/]+\.\w+)\n", example.parsed):
        Path(name[1]).parent.mkdir(parents=True, exist_ok=True)
        Path(name[1]).write_text(example.parsed, encoding="utf-8")


# A program is a block of `python`, and a session with prompts is a block of `pycon`.
programs, sessions = (PythonCodeBlockParser(doctest_optionflags=ELLIPSIS) for _ in range(2))
sessions.codeblock_parser.language = "pycon"
files = [CodeBlockParser(language, write_file) for language in ("toml", "yaml")]
documents = Sybil(
    parsers=[programs, sessions, *files],
    patterns=["README.md", "docs/*.md"],
    # tests/frameworks runs its programs, because they need the frameworks.
    excludes=["docs/recipes.md"],
    setup=setup,
    teardown=teardown,
)
docstrings = Sybil(
    parsers=[DocTestParser()],
    # A pattern is compared with the end of a path, and `**` means one folder there.
    patterns=["src/*/*.py", "src/*/*/*.py", "src/*/*/*/*.py"],
    setup=setup,
    teardown=teardown,
)
pytest_collect_file = (documents + docstrings).pytest()
