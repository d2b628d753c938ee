"""Looking through source code that grows without bound, or nests too deeply, in bounded time."""

import ast
import sysconfig
import textwrap
from pathlib import Path

import pytest

from hyperparameter.catalog.catalog import Catalog
from hyperparameter.catalog.source import scan
from hyperparameter.catalog.source.scanning import EXECUTORS
from hyperparameter.catalog.source.values import MOST_VALUES
from hyperparameter.core.frame import MISSING

pytestmark = pytest.mark.once


def scanned(tmp_path, text):
    path = tmp_path / "program.py"
    path.write_text("import hyperparameter as hp\n" + textwrap.dedent(text), encoding="utf-8")
    found = scan([path])
    assert found.problems == []
    return found.declarations


def keys(tmp_path, text):
    return [one.key for one in scanned(tmp_path, text)]


@pytest.mark.parametrize("step", ["x = x + x", "x = f'{x}{x}'", "x = x + '.' + x"])
def test_a_text_that_doubles_is_not_built(tmp_path, step):
    text = "x = 'ab'\n" + f"{step}\n" * 60 + "hp.scope[x] | 1\nhp.scope.last | 1\n"
    assert keys(tmp_path, text) == ["last"]  # which is read, so the file was looked through to its end


def chained(line, count):
    """Return classes of which each has both that come before as bases: as many ways up as 2 to the count."""
    return "".join(line.format(n=n, own=own, last=n - 1) for n in range(1, count) for own in ("A", "B"))


def test_bases_are_looked_at_once_by_however_many_ways_they_are_reached(tmp_path):
    plain = "class A0:\n    def __init__(self, width=1): ...\nclass B0: ...\n"
    plain += chained("class {own}{n}(A{last}, B{last}): ...\n", 40)
    plain += "@hp.param('plain')\nclass Last(A39, B39): ...\n"
    fields = "from dataclasses import dataclass\n"
    fields += "@dataclass\nclass A0:\n    a: int = 1\n@dataclass\nclass B0:\n    b: int = 1\n"
    fields += chained("@dataclass\nclass {own}{n}(A{last}, B{last}): ...\n", 40)
    fields += "@hp.param('fields')\n@dataclass\nclass Made(A39, B39):\n    c: int = 1\n"
    assert keys(tmp_path, plain) == ["plain", "plain.width"]
    assert keys(tmp_path, fields) == ["fields", "fields.a", "fields.b", "fields.c"]


def test_classes_that_are_each_others_base_end(tmp_path):
    text = "class A(B): ...\nclass B(A): ...\n@hp.param('x')\nclass C(B):\n    def __init__(self, a=1): ...\n"
    assert keys(tmp_path, text) == ["x", "x.a"]


def test_an_annotation_that_multiplies_is_not_built(tmp_path):
    text = "A0 = int\n" + "".join(f"A{n + 1} = tuple[A{n}, A{n}, A{n}]\n" for n in range(14))
    text += "@hp.param('x')\ndef f(a: A14 = 1, b: tuple[A1, A1] = 2): ...\n"
    found = {one.key: one.annotation for one in scanned(tmp_path, text)}
    assert found["x.a"] is MISSING
    assert found["x.b"] == tuple[tuple[int, int, int], tuple[int, int, int]]


@pytest.mark.parametrize(
    "written",
    [
        "a=" + "+".join(["1"] * 900),
        "a: '" + "-" * 50_000 + "int' = 1",
        "a: '" + "(" * 500 + "int" + ")" * 500 + "' = 1",
    ],
)
def test_what_nests_too_deeply_in_one_place_does_not_hide_the_rest(tmp_path, written):
    text = f"@hp.param('x')\ndef f({written}): ...\nhp.scope.rest | 1\n"
    found = {one.key: one for one in scanned(tmp_path, text)}
    assert sorted(found) == ["rest", "x", "x.a"]
    assert found["x.a"].annotation is MISSING


def test_more_meanings_than_are_followed_make_no_key_unknown(tmp_path):
    count = MOST_VALUES + 20
    branches = "".join(f"if x == {n}:\n    t = hp.scope.kind{n}\n" for n in range(count))
    known = Catalog(scanned(tmp_path, f"t = None\n{branches}t.lr | 1\n"))
    assert all(known.knows(f"kind{n}.lr") for n in range(count))
    assert not known.knows("kind0.lrr")
    texts = ", ".join(f"'part{n}'" for n in range(count))
    known = Catalog(
        scanned(tmp_path, f"for name in ({texts}):\n    hp.scope[f'all.{{name}}.{{name}}.lr'] | 1\n")
    )
    assert all(known.knows(f"all.part{n}.part{n}.lr") for n in range(count))
    assert not known.knows("all.part0.part0.lrr")


def test_the_standard_library_is_looked_through(tmp_path):
    """Let references stand wherever the library itself has `self`, and whatever it does with that."""
    folder = Path(sysconfig.get_path("stdlib"))
    for path in [*folder.glob("*.py"), *folder.glob("asyncio/*.py")]:
        text = path.read_text("utf-8").replace("self.", "hp.scope.")
        (tmp_path / f"{path.parent.name}_{path.name}").write_text(
            text + "\nimport hyperparameter as hp\n", "utf-8"
        )
    found = scan(sorted(tmp_path.iterdir()))
    assert found.problems == []
    assert len({one.key for one in found.declarations}) > 1000


def test_a_fault_in_looking_through_is_told_of_and_stops_nothing(tmp_path, monkeypatch):
    def faulty(*_):
        raise IndexError("of ours")

    monkeypatch.setitem(EXECUTORS, ast.Assert, faulty)
    path = tmp_path / "program.py"
    path.write_text("import hyperparameter as hp\nassert 1\n")
    assert scan([path]) == ([], [f"{path}:2: cannot be scanned: IndexError('of ours')"])


def test_two_thousand_files_are_looked_through(tmp_path):
    for n in range(2000):
        (tmp_path / f"m{n}.py").write_text(f"import hyperparameter as hp\nhp.scope.m{n} | {n}\n")
    found = scan(sorted(tmp_path.iterdir()))
    assert len(found.declarations) == 2000
    assert {one.key: one.default_value for one in found.declarations} == {f"m{n}": n for n in range(2000)}
