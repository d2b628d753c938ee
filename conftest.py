"""Run the examples of README, docs and docstrings as tests."""

import os
from doctest import ELLIPSIS

from sybil import Sybil
from sybil.parsers.doctest import DocTestParser
from sybil.parsers.markdown import PythonCodeBlockParser

from hyperparameter.testing import clean


def setup(namespace):
    """Give a document a clean baseline and view; it may go to a folder of its own."""
    namespace["folder of the tests"] = os.getcwd()
    namespace["clean example"] = clean()
    namespace["clean example"].__enter__()


def teardown(namespace):
    os.chdir(namespace["folder of the tests"])
    namespace["clean example"].__exit__(None, None, None)


# A block of Python is `python`, and a session with prompts is `pycon`.
programs, sessions = (PythonCodeBlockParser(doctest_optionflags=ELLIPSIS) for _ in range(2))
sessions.codeblock_parser.language = "pycon"
documents = Sybil(
    parsers=[programs, sessions],
    patterns=["README.md", "docs/*.md"],
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
