"""The scanner takes bounded time and memory for code that grows without bound or nests too deeply."""

import ast
import sysconfig
from pathlib import Path

import pytest
from scanning import scan_text

from hyperparameter.catalog.catalog import Catalog
from hyperparameter.catalog.source import scan
from hyperparameter.catalog.source.scanning import EXECUTORS
from hyperparameter.catalog.source.values import MOST_VALUES
from hyperparameter.core.value import MISSING

pytestmark = pytest.mark.one_kernel


def keys(tmp_path, text):
    return [declaration.key for declaration in scan_text(tmp_path, text)]


@pytest.mark.parametrize("step", ["x = x + x", "x = f'{x}{x}'", "x = x + '.' + x"])
def test_a_text_that_doubles_is_not_built(tmp_path, step):
    text = "x = 'ab'\n" + f"{step}\n" * 60 + "hp.scope[x] | 1\nhp.scope.last | 1\n"
    # The last statement is reached.
    assert keys(tmp_path, text) == ["last"]


def diamonds(line, count):
    """Return classes that each have both classes of the step before as bases: 2 ** count ways to the first."""
    return "".join(line.format(n=n, own=own, last=n - 1) for n in range(1, count) for own in ("A", "B"))


def test_each_base_is_visited_once(tmp_path):
    plain = "class A0:\n    def __init__(self, width=1): ...\nclass B0: ...\n"
    plain += diamonds("class {own}{n}(A{last}, B{last}): ...\n", 40)
    plain += "@hp.param('plain')\nclass Last(A39, B39): ...\n"
    fields = "from dataclasses import dataclass\n"
    fields += "@dataclass\nclass A0:\n    a: int = 1\n@dataclass\nclass B0:\n    b: int = 1\n"
    fields += diamonds("@dataclass\nclass {own}{n}(A{last}, B{last}): ...\n", 40)
    fields += "@hp.param('fields')\n@dataclass\nclass Made(A39, B39):\n    c: int = 1\n"
    assert keys(tmp_path, plain) == ["plain", "plain.width"]
    assert keys(tmp_path, fields) == ["fields", "fields.a", "fields.b", "fields.c"]


def test_classes_that_are_bases_of_each_other_are_visited_once(tmp_path):
    text = "class A(B): ...\nclass B(A): ...\n@hp.param('x')\nclass C(B):\n    def __init__(self, a=1): ...\n"
    assert keys(tmp_path, text) == ["x", "x.a"]


def test_an_annotation_that_grows_exponentially_is_not_built(tmp_path):
    text = "A0 = int\n" + "".join(f"A{n + 1} = tuple[A{n}, A{n}, A{n}]\n" for n in range(14))
    text += "@hp.param('x')\ndef f(a: A14 = 1, b: tuple[A1, A1] = 2): ...\n"
    annotations = {declaration.key: declaration.annotation for declaration in scan_text(tmp_path, text)}
    assert annotations["x.a"] is MISSING
    assert annotations["x.b"] == tuple[tuple[int, int, int], tuple[int, int, int]]


@pytest.mark.parametrize(
    "written",
    [
        "a=" + "+".join(["1"] * 900),
        "a: '" + "-" * 50_000 + "int' = 1",
        "a: '" + "(" * 500 + "int" + ")" * 500 + "' = 1",
    ],
)
def test_an_expression_that_nests_too_deeply_does_not_hide_the_rest(tmp_path, written):
    text = f"@hp.param('x')\ndef f({written}): ...\nhp.scope.rest | 1\n"
    annotations = {declaration.key: declaration.annotation for declaration in scan_text(tmp_path, text)}
    assert sorted(annotations) == ["rest", "x", "x.a"]
    assert annotations["x.a"] is MISSING


def test_more_values_than_are_followed_do_not_make_a_key_unknown(tmp_path):
    count = MOST_VALUES + 20
    branches = "".join(f"if x == {n}:\n    t = hp.scope.kind{n}\n" for n in range(count))
    catalog = Catalog(scan_text(tmp_path, f"t = None\n{branches}t.lr | 1\n"))
    assert all(catalog.declarations_of(f"kind{n}.lr") for n in range(count))
    assert not catalog.declarations_of("kind0.lrr")
    texts = ", ".join(f"'part{n}'" for n in range(count))
    loop = f"for name in ({texts}):\n    hp.scope[f'all.{{name}}.{{name}}.lr'] | 1\n"
    catalog = Catalog(scan_text(tmp_path, loop))
    assert all(catalog.declarations_of(f"all.part{n}.part{n}.lr") for n in range(count))
    assert not catalog.declarations_of("all.part0.part0.lrr")


def test_the_standard_library_is_scanned_without_problems(tmp_path):
    """References replace `self` everywhere, so that they occur in every form of expression and statement."""
    folder = Path(sysconfig.get_path("stdlib"))
    for path in [*folder.glob("*.py"), *folder.glob("asyncio/*.py")]:
        text = path.read_text("utf-8").replace("self.", "hp.scope.")
        (tmp_path / f"{path.parent.name}_{path.name}").write_text(
            text + "\nimport hyperparameter as hp\n", "utf-8"
        )
    declarations, problems, _ = scan(sorted(tmp_path.iterdir()))
    assert problems == []
    assert len({declaration.key for declaration in declarations}) > 1000


def test_a_bug_of_the_scanner_is_reported_and_stops_nothing(tmp_path, monkeypatch):
    def faulty(*_):
        raise IndexError("a bug")

    monkeypatch.setitem(EXECUTORS, ast.Assert, faulty)
    path = tmp_path / "program.py"
    path.write_text("import hyperparameter as hp\nassert 1\n")
    assert scan([path]) == ([], [f"{path}:2: cannot be scanned: IndexError('a bug')"], [("", f"{path}:2")])


def test_two_thousand_files_are_scanned(tmp_path):
    for n in range(2000):
        (tmp_path / f"m{n}.py").write_text(f"import hyperparameter as hp\nhp.scope.m{n} | {n}\n")
    declarations = scan(sorted(tmp_path.iterdir())).declarations
    assert len(declarations) == 2000
    assert {declaration.key: declaration.default_value for declaration in declarations} == {
        f"m{n}": n for n in range(2000)
    }
