"""A key that the program may read in a way that the scanner does not follow is never refused."""

import subprocess
import sys

import pytest
from scanning import write_files

from hyperparameter.catalog.catalog import Catalog
from hyperparameter.catalog.source import program_files, scan

pytestmark = pytest.mark.one_kernel

IMPORT = "import hyperparameter as hp\n"
# A declared key that resembles the key `train.lrr`.
NEAR = f"{IMPORT}hp.scope.train.lr | 1\n"


def catalog_of(folder, texts):
    """Write files, and return the catalog of the program main.py."""
    write_files(folder, texts)
    scanned = scan(program_files(folder / "main.py"))
    assert scanned.problems == []
    return Catalog(scanned.declarations, scanned.unfollowed)


def outcome_of(catalog, key="train.lrr"):
    """Return what happens if a key is set that resembles a declared one."""
    errors, unread = catalog.errors({key: (1, None)})
    return "refused" if errors else "reported" if unread else "accepted"


@pytest.mark.parametrize(
    "reading",
    [
        "def cfg(key, default):\n    return hp.scope[key] | default\ncfg('train.lrr', 1)",
        "KEYS = {'lr': 'train.lrr'}\nhp.scope[KEYS['lr']] | 1",
        "from operator import attrgetter\nattrgetter('train.lrr')(hp.scope) | 1",
        "from contextlib import contextmanager\n@contextmanager\ndef mine():\n    with hp.scope() as ps:\n"
        "        yield ps\nwith mine() as s:\n    s.train.lrr | 1",
        "def make():\n    return hp.scope\nmake().train.lrr | 1",
        "with hp.scope() as ps:\n    dict(ps)['train.lrr']",
        "dict(hp.scope.current())['train.lrr']",
        "with hp.scope() as ps:\n    list(ps.items())",
        "with hp.scope() as ps:\n    [ps[key] for key in ps]",
        "with hp.scope() as ps:\n    'x' + ps.get(input())",
        "get = hp.scope.current().get\nget(input())",
        "with hp.scope() as ps:\n    print(input() in ps)",
        "with hp.scope() as ps:\n    show(**ps)",
        "from other import build\nbuild(hp.scope)",
        "from other import build\nbuild(scope=hp.scope)",
        "def build(*scopes): ...\nbuild(hp.scope)",
        "from other import build\nbuild(hp)",
        "scopes = [hp.scope]\nscopes[0].train.lrr | 1",
        "class Holder:\n    root = hp.scope\nmake(Holder).root.train.lrr | 1",
        "class Holder: ...\nholder = Holder()\nholder.root = hp.scope",
        "hp.scope.__getattr__('train')",
        "hp.config('a.toml')['train']['lrr']",
        "config = hp.config('a.toml')\nconfig.get('train')",
        "for key in hp.config('a.toml'): ...",
        "hp.snapshot()['train.lrr']",
        "import functools\ndecorate = functools.partial(hp.param, 'train')",
        "def decorate(function):\n    return hp.param(NAME)(function)",
        "import importlib\nimportlib.import_module(f'plugins.{input()}')",
        "import importlib.util\nimportlib.util.spec_from_file_location('x', 'x.py')",
        "from importlib.metadata import entry_points\nentry_points(group='mine')",
    ],
)
def test_after_a_read_that_cannot_be_followed_a_near_key_is_only_reported(tmp_path, reading):
    catalog = catalog_of(tmp_path, {"main.py": NEAR + reading, "other.py": "def build(scope): ..."})
    assert outcome_of(catalog) == "reported"
    error = catalog.unknown_key_error("train.lrr", (1, None))
    assert error.near == ("train.lr",)
    assert f"the code at {tmp_path / 'main.py'}:" in str(error)
    assert str(error).endswith("can read any key; did you mean 'train.lr'?")


@pytest.mark.parametrize(
    "code",
    [
        "with hp.scope(a=1) as ps, hp.scope(ps): ps.b | 1",
        "ps = hp.scope(a=1)\nwith ps: ...\nhp.check(ps)\nhp.scope.empty(ps)",
        "with hp.scope() as ps:\n    ps.update({'a': 1})\n    ps.clear()\n    'a.b' in ps\n    len(ps)"
        "\n    repr(ps)\n    ps.get('a.c')",
        "def build(scope, *, depth):\n    scope.a | depth\nbuild(hp.scope, depth=3)\nbuild(depth=3, scope=hp)",
        "class Model:\n    def __init__(self, scope):\n        scope.a | 1\nModel(hp.scope)",
        "import contextlib\nwith contextlib.ExitStack() as stack:\n    stack.enter_context(hp.scope(a=1))",
        "config = hp.config('a.toml')\nhp.check(config)\nconfig.where('a')\nwith hp.scope(config): ...",
        "with hp.scope(hp.snapshot()): ...",
        "print(hp.scope.current(), hp.snapshot(), repr(hp.scope.trainer))",
        "@hp.param('model')\ndef model(width=1): ...\nhp.launch(model)",
        "print(hp.scope.train)\nhp.scope.train.name.upper()",
        "import importlib\nimportlib.import_module('other')",
        "for s in (hp.scope, hp.scope): s.a | 1",
        "from hyperparameter import scope as s, param as p\n@p('x')\ndef f(a=1): ...\ns.a | 1",
        "def f(a: int = hp.scope.a | 1): ...\nhp.bind(f)\nhp.frozen()\nhp.scope.frozen()",
    ],
)
def test_usual_code_is_followed(tmp_path, code):
    lines = code.replace("print(hp.scope.train)\n", "")
    catalog = catalog_of(tmp_path, {"main.py": f"{IMPORT}hp.scope.trainer.lr | 1\n{lines}", "other.py": ""})
    assert outcome_of(catalog, "trainer.lrr") == "refused"


COMMON = "import hyperparameter as hp\nfrom hyperparameter import scope, param\n"


@pytest.mark.parametrize(
    "importing",
    [
        "from common import hp\nhp.scope.train.lrr | 1",
        "from common import scope\nscope.train.lrr | 1",
        "from common import scope as s\ns.train.lrr | 1",
        "from common import *\nhp.scope.train.lrr | 1",
        "import common\ncommon.hp.scope.train.lrr | 1",
        "import common as c\nc.scope.train.lrr | 1",
        "from common import param\n@param('train')\ndef train(lrr=1): ...",
        "from again import *\nscope.train.lrr | 1",
        "from again import s\ns.train.lrr | 1",
        "from pack import scope\nscope.train.lrr | 1",
        "from pack.inner import scope\nscope.train.lrr | 1",
        "import pack.inner\npack.inner.scope.train.lrr | 1",
        "from pack import inner\ninner.scope.train.lrr | 1",
        "def main():\n    from common import scope\n    return scope.train.lrr | 1",
        "import importlib\nimportlib.import_module('common').hp.scope.train.lrr | 1",
    ],
)
def test_names_of_the_library_are_followed_through_the_files_of_the_program(tmp_path, importing):
    files = {
        "common.py": COMMON,
        "again.py": "from common import *\nfrom common import scope as s\n",
        "pack/__init__.py": "from .inner import scope\n",
        "pack/inner.py": "from hyperparameter import scope\n",
        "main.py": importing,
    }
    catalog = catalog_of(tmp_path, files)
    assert outcome_of(catalog) == "accepted"
    assert catalog.declarations_of("train.lrr")
    assert outcome_of(catalog, "train.lrrr") == "refused"


def test_an_imported_reference_is_followed(tmp_path):
    files = {
        "common.py": f"{IMPORT}train = hp.scope.train\n",
        "main.py": "from common import train as t\nt.lrr | 1",
    }
    catalog = catalog_of(tmp_path, files)
    assert outcome_of(catalog) == "accepted"
    assert outcome_of(catalog, "train.lrrr") == "refused"


def test_a_relative_import_is_followed(tmp_path):
    files = {
        "app/__init__.py": "",
        "app/common.py": IMPORT,
        "app/deep/__init__.py": "from ..common import hp\n",
        "app/deep/user.py": "from . import hp\nhp.scope.train.lrr | 1",
        "main.py": "import app.deep.user",
    }
    assert catalog_of(tmp_path, files).declarations_of("train.lrr")


def test_files_that_import_each_other_are_followed(tmp_path):
    files = {
        "a.py": f"{IMPORT}from b import s\ns.of_a.lr | 1\n",
        "b.py": "from a import hp\ns = hp.scope.train\ns.lr | 1",
        "main.py": "import a",
    }
    catalog = catalog_of(tmp_path, files)
    assert sorted(catalog.by_key) == ["train.lr", "train.of_a.lr"]


@pytest.mark.parametrize(
    "code",
    [
        "from elsewhere import Adam\nAdam = hp.param('optim')(Adam)",
        "def own(function):\n    return hp.param('optim')(function)",
        "made = [hp.param('optim')(each) for each in (1, 2)]",
        "from elsewhere import Base\nfrom dataclasses import dataclass\n@hp.param('optim')\n@dataclass\n"
        "class Derived(Base):\n    lr: float = 1.0",
        "from elsewhere import Base\n@hp.param('optim')\nclass Derived(Base):\n    ...",
        "from elsewhere import wrap\n@hp.param('optim')\n@wrap\ndef optim(lr=1): ...",
    ],
)
def test_a_namespace_whose_parameters_cannot_be_told_accepts_every_key(tmp_path, code):
    catalog = catalog_of(tmp_path, {"main.py": f"{NEAR}hp.scope.optim.lr | 1\n{code}"})
    assert outcome_of(catalog, "optim.lrr") == "accepted"
    assert outcome_of(catalog) == "refused"


@pytest.mark.parametrize(
    ("head", "annotation"),
    [
        ("from elsewhere import Devices", "Devices"),
        ("from typing import TypeVar\nT = TypeVar('T')", "T"),
        ("from elsewhere import *", "int"),
        ("from elsewhere import *", "Devices"),
        ("import elsewhere", "elsewhere.Devices"),
        ("from elsewhere import Devices", "'Devices | None'"),
    ],
)
def test_an_annotation_that_cannot_be_told_accepts_every_value(tmp_path, head, annotation):
    code = f"{IMPORT}{head}\n@hp.param('train')\ndef train(devices: {annotation} = 1): ...\n"
    catalog = catalog_of(tmp_path, {"main.py": code})
    assert catalog.errors({"train.devices": ("cpu", None)}) == ([], [])
    (error,), _ = catalog.errors({"train.device": ("cpu", None)})
    assert error.near == ("train.devices",)


def test_a_program_runs_with_a_key_that_only_a_helper_reads(tmp_path):
    write_files(
        tmp_path,
        {
            "helper.py": "from common import hp\ndef cfg(key, default):\n    return hp.scope[key] | default\n",
            "common.py": IMPORT,
            "main.py": f"{IMPORT}from helper import cfg\ndef main(lr=0.1):\n    print(cfg('main.lrr', 1))\n"
            "hp.launch(main)\n",
        },
    )
    argv = [sys.executable, tmp_path / "main.py", "-D", "main.lrr=5"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "5\n")
    assert "but the code at" in done.stderr
    assert "can read any key; did you mean 'main.lr'? (set by -D main.lrr=5)" in done.stderr


@pytest.mark.parametrize(("attribute", "outcome"), [("__file__", "refused"), ("__dict__", "reported")])
def test_the_name_and_file_of_the_library_lead_to_no_key(tmp_path, attribute, outcome):
    catalog = catalog_of(tmp_path, {"main.py": f"{NEAR}print(hp.{attribute})\n"})
    assert outcome_of(catalog) == outcome
