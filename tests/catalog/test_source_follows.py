"""The scanner declares every key that a program really reads, however the program reaches it."""

import json
import subprocess
import sys
from itertools import pairwise

import pytest
from scanning import write_files

from hyperparameter.catalog.catalog import Catalog
from hyperparameter.catalog.source import scan

pytestmark = pytest.mark.one_kernel

PROGRAM = """
import enum
import functools
from collections import OrderedDict

import hyperparameter as hp
from hyperparameter import scope as renamed


class Keys:
    LR = "keys.lr"
    STEPS: str = "keys.steps"


class Named(enum.StrEnum):
    A = "named.a"


class Valued(enum.Enum):
    A = "valued.a"


hp.scope[Keys.LR] | 1, hp.scope[Keys.STEPS] | 1, hp.scope[Named.A] | 1, hp.scope[Valued.A.value] | 1

for key, default in (("pair.a", 1), ("pair.b", 2)):
    hp.scope[key] | default
for key in ["list.a", "list.b"]:
    hp.scope[key] | 1
NAMES = ("named.b", "named.c")
[hp.scope[key] | 1 for key in NAMES]
for number, key in enumerate(("counted.a", "counted.b")):
    hp.scope[key] | number
for key, default in {"mapped.a": 1, "mapped.b": 2}.items():
    hp.scope[key] | default
TABLE = {"table.a": 1, "table.b": 2}
for key in sorted(TABLE):
    hp.scope[key] | 1
TABLE["more"] = 3
for key in TABLE:
    hp.scope[f"of.{key}.x"] | 1


class Trainer:
    scope = hp.scope.trainer

    def __init__(self, given, other=hp.scope):
        self.opt = hp.scope.opt
        self.root = hp.scope
        self.handle = hp.scope(h=1)
        self.given, self.other = given, other

    def run(self):
        self.scope.lr | 1, self.opt.lr | 2, self.root.rooted.lr | 3, self.handle.held.lr | 4
        self.given.given.lr | 5, self.other.other.lr | 6


class Derived(Trainer):
    def run(self):
        super().run()
        self.root.derived.lr | 3




def build(scope, depth):
    with hp.scope(a=1) as ps:
        inner(ps)
    return scope.built.dim | depth


def inner(ps):
    ps.inner.dim | 1


def main():
    Derived(hp.scope).run()
    build(depth=3, scope=hp.scope)
    below(hp.scope.below)


def below(scope):
    scope.dim | 1


def kept():
    return hp.scope.kept


def outer():
    r = hp.scope.outer

    def inner():
        return r.inner | 1

    return inner()


main()
kept().a | 1
outer()


def decorated_by(namespace):
    def decorate(function):
        return hp.param(namespace)(function)

    return decorate


@decorated_by("made")
def made(a=1):
    return a


made()
hp.scope.ordered | OrderedDict()
several = {"a": hp.scope.of_dict, "b": [hp.scope.of_list]}
several["a"].lr | 1, several["b"][0].lr | 1
renamed.renamed.x | 1
a = b = hp.scope.both
a.x | 1, b.y | 1
functools.partial(hp.scope.partial.x, 3)()
list(map(hp.scope.handed.x, [1]))
(lambda ref, of=hp.scope.of_lambda: (ref | 1, of.x | 1))(hp.scope.to_lambda)
chosen = hp.scope.chosen if (y := hp.scope.choice) else hp.scope.other
chosen.z | 1
part = "grown"
part += ".by"
hp.scope[part] | 1
hp.scope["whole".upper()] | 1
hp.scope["{}.{}".format("formatted", "c")] | 1
hp.scope["{1}.{0}".format("d", "formatted")] | 1
hp.scope[".".join(["joined", "a"])] | 1
hp.scope[".".join(("joined", str(3), "b"))] | 1
hp.scope["%s.b" % "percent"] | 1
getattr(hp.scope, "got")(1), getattr(hp.scope, "got_too", None)(1)
"""

RECORD = """
import json, runpy, sys
from hyperparameter.scopes.reference import Reference

read = set()


def record(cls, name):
    original = getattr(cls, name)

    def recording(self, *default):
        if sys._getframe(1).f_code.co_filename == sys.argv[1]:
            read.add(self.__key__)
        return original(self, *default)

    setattr(cls, name, recording)


for name in ("__or__", "__call__", "__bool__"):
    record(Reference, name)
runpy.run_path(sys.argv[1])
print(json.dumps(sorted(read)))
"""


def test_every_key_that_a_program_really_reads_is_known(tmp_path):
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    done = subprocess.run([sys.executable, "-c", RECORD, path], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    read = json.loads(done.stdout)
    assert len(read) > 50
    declarations, problems, _ = scan([path])
    assert problems == []
    catalog = Catalog(declarations)
    computed_at_run_time = ["WHOLE"]
    assert [key for key in read if not catalog.declarations_of(key)] == computed_at_run_time
    for key in ("keys.lrr", "pair.c", "rooted.lrr", "built.dimm", "inner.dimm", "formatted.x", "joined.a.c"):
        assert not catalog.declarations_of(key)


def scan_files(folder, texts):
    """Write files, and return the catalog of all files in their folder."""
    return Catalog(scan(sorted(write_files(folder, texts).rglob("*.py"))).declarations)


@pytest.mark.parametrize(
    "importing",
    [
        "from settings import train",
        "from settings import (\n    other,\n    train as t,\n)",
        "from .settings import *\ntrain.lr | 1",
        "import settings\nsettings.train.lr | 1",
        "from pack import settings as s\ns.train.lr | 1",
    ],
)
def test_keys_below_a_reference_that_another_file_imports_are_known(tmp_path, importing):
    settings = "import hyperparameter as hp\ntrain = hp.scope.train\nother = 1\nif train.debug: pass\n"
    assert scan_files(tmp_path, {"settings.py": settings, "user.py": importing}).declarations_of("train.lr")
    catalog = scan_files(tmp_path, {"user.py": "# settings\ntrain = 1\nimport other"})
    assert catalog.declarations_of("train.debug")
    assert not catalog.declarations_of("train.lr")


def test_a_package_is_imported_by_the_name_of_its_folder(tmp_path):
    settings = "import hyperparameter as hp\ntrain = hp.scope.train\nif train.debug: pass\n"
    files = {"pack/__init__.py": settings, "user.py": "from pack import train"}
    assert scan_files(tmp_path, files).declarations_of("train.lr")


def test_a_scope_is_followed_through_any_number_of_calls(tmp_path):
    names = [f"f{n}" for n in range(30)]
    functions = [f"def {a}(s):\n    s.{a} | 1\n    {b}(s)" for a, b in pairwise(names)]
    functions += ["def f29(s):\n    s.f29 | 1\n    f0(s)", "def main():\n    f0(hp.scope)"]
    text = "import hyperparameter as hp\n" + "\n".join(functions)
    assert sorted(scan_files(tmp_path, {"user.py": text}).by_key) == sorted(names)
