"""The documentation site builds without a warning, and its reference shows what users need."""

import ast
import builtins
import doctest
import inspect
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path

import pytest

import hyperparameter
from hyperparameter import errors, testing

pytestmark = [
    # A site does not depend on the kernel.
    pytest.mark.one_kernel,
    pytest.mark.skipif(
        find_spec("zensical") is None, reason="zensical is not installed: `make docs` installs it"
    ),
]
PROJECT = Path(__file__).parents[2]
PUBLIC = {f"hyperparameter.{name}": getattr(hyperparameter, name) for name in hyperparameter.__all__}
PUBLIC |= {
    f"hyperparameter.errors.{name}": getattr(errors, name)
    for name in errors.__all__
    if name not in hyperparameter.__all__
}
PUBLIC |= {f"hyperparameter.testing.{name}": getattr(testing, name) for name in testing.__all__}
BUILTINS = {"dict", *(name for name in dir(builtins) if name.endswith(("Error", "Warning")))}


class Page(HTMLParser):
    """The headings, code blocks and links of a page."""

    def __init__(self, file):
        super().__init__()
        self.headings = {}  # id to text
        self.signatures = {}  # id of the heading above to text
        self.paragraphs = {}  # id of the heading above to texts
        self.code_blocks = []
        self.bases = []
        self.loaded = []  # addresses that a browser loads with the page
        self._collecting = []  # (kind, tag, depth, texts)
        self._heading = None
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        classes = (attributes.get("class") or "").split()
        for collected in self._collecting:
            collected["depth"] += tag == collected["tag"]
        if re.fullmatch("h[1-6]", tag) and "id" in attributes:
            self._heading = attributes["id"]
            self._collect("heading", tag)
        elif tag == "div" and "doc-signature" in classes:
            self._collect("signature", tag)
        elif tag == "pre":
            self._collect("code", tag)
        elif tag == "p" and "doc-class-bases" in classes:
            self._collect("bases", tag)
        elif tag == "p":
            self._collect("paragraph", tag)
        if tag in ("script", "img", "iframe"):
            self.loaded.append(attributes.get("src") or "")
        if tag == "link" and attributes.get("rel") in ("stylesheet", "preconnect", "icon"):
            self.loaded.append(attributes.get("href") or "")

    def _collect(self, kind, tag):
        self._collecting.append({"kind": kind, "tag": tag, "depth": 1, "texts": []})

    def handle_data(self, data):
        for collected in self._collecting:
            collected["texts"].append(data)

    def handle_endtag(self, tag):
        for collected in list(self._collecting):
            collected["depth"] -= tag == collected["tag"]
            if collected["depth"] == 0:
                self._collecting.remove(collected)
                self._keep(collected["kind"], "".join(collected["texts"]))

    def _keep(self, kind, text):
        if kind == "heading":
            self.headings[self._heading] = " ".join(text.replace("¶", "").split())
        elif kind == "signature":
            self.signatures.setdefault(self._heading, []).append("".join(text.split()))
        elif kind == "paragraph":
            self.paragraphs.setdefault(self._heading, []).append(text)
        elif kind == "bases":
            self.bases += re.findall(r"\w+", text.replace("Bases:", ""))
        else:
            self.code_blocks.append(text)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the site in a folder of its own, and return the folder of the built pages."""
    folder = tmp_path_factory.mktemp("site")
    for name in ("docs", "src"):
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    for name in ("mkdocs.yml", "CHANGELOG.md"):
        shutil.copy(PROJECT / name, folder)
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean"]
    built = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder / "site"


@pytest.fixture(scope="module")
def reference(site):
    return Page(site / "reference" / "index.html")


def user_name(path):
    """Return a public name as users write it."""
    if ".testing." in path or path.endswith("__version__"):
        return path
    return path.replace("hyperparameter.", "hp.", 1)


def documented():
    """Yield the path and the object of every public name, and of every public method with a docstring."""
    for path, public in PUBLIC.items():
        yield path, public
        cls = public if isinstance(public, type) else type(public)
        if cls.__module__.startswith("hyperparameter."):
            for name, member in vars(cls).items():
                if not name.startswith("_") and inspect.isfunction(member) and member.__doc__:
                    yield f"{path}.{name}", member


def example_blocks(docstring):
    """Yield each block of a docstring's examples as the site shows it."""
    for block in re.split(r"\n[ ]*\n", inspect.cleandoc(docstring or "")):
        if not doctest.DocTestParser().get_examples(block):
            continue
        lines = block.splitlines()
        start = next(number for number, line in enumerate(lines) if line.lstrip().startswith(">>> "))
        indent = len(lines[start]) - len(lines[start].lstrip())
        yield "\n".join(re.sub(r"\s*# doctest: .*", "", line[indent:]) for line in lines[start:])


def test_every_public_name_has_an_entry(reference):
    expected = {path: user_name(path) for path, _ in documented()}
    assert {path: reference.headings.get(path) for path in expected} == expected


def test_every_entry_has_a_description(reference):
    assert [path for path, _ in documented() if path not in reference.paragraphs] == []


def test_every_example_is_a_code_block_with_its_lines(reference):
    blocks = ["\n".join(line.rstrip() for line in block.splitlines()) for block in reference.code_blocks]
    examples = 0
    for path, public in documented():
        docstring = public.__doc__ if callable(public) else None
        for example in example_blocks(docstring):
            assert any(example in block for block in blocks), f"{path}:\n{example}"
            examples += 1
    assert examples > 20


def test_every_signature_has_types(reference):
    functions = [path for path, public in documented() if inspect.isfunction(public)]
    for path in ["hyperparameter.scope", "hyperparameter.config", *functions]:
        for text in reference.signatures[path]:
            (function,) = ast.parse(f"def f({text.partition('(')[2]}: ...").body
            parameters = [node for node in ast.walk(function) if isinstance(node, ast.arg)]
            assert function.returns is not None, text
            assert [parameter.arg for parameter in parameters if parameter.annotation is None] == [], text


def test_no_heading_is_internal(reference):
    for path, text in reference.headings.items():
        if path.startswith("hyperparameter."):
            assert path == "hyperparameter.__version__" or not re.search(r"\b_", text)
            assert text.startswith(("hp.", "hyperparameter."))
    public_names = {path.rpartition(".")[2] for path in PUBLIC}
    assert set(reference.bases) <= public_names | BUILTINS


def test_no_page_shows_the_escape_of_a_bar(site):
    # In a table, GitHub needs an escape in front of a bar inside of code, and this site would show it.
    for page in site.rglob("*.html"):
        assert "\\|" not in page.read_text(encoding="utf-8"), page


def test_a_page_loads_nothing_from_the_internet(site):
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 10
    for page in pages:
        remote = [address for address in Page(page).loaded if re.match(r"(https?:)?//", address)]
        assert remote == [], page
