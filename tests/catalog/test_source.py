"""Looking through source code: what it declares, which files are looked through, what is wrong with them."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import typing
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, Optional, Union

import msgspec
import pytest

from hyperparameter.catalog.source import program_files, project_files, scan
from hyperparameter.core.frame import MISSING

pytestmark = pytest.mark.once


def scanned(tmp_path, text, head="import hyperparameter as hp\n"):
    """Return what a text declares; it must have no problems."""
    path = tmp_path / "program.py"
    path.write_text(head + textwrap.dedent(text), encoding="utf-8")
    found = scan([path])
    assert found.problems == []
    return found.declarations


def both(key, default=None, type=""):
    return [(key, "read", default, type), (key, "tree", default, type)]


READS = [
    ("hp.scope.a.b | 0.1", [("a.b", "read", "0.1", "float")]),
    ("hp.scope.a.b(0.1)", [("a.b", "read", "0.1", "float")]),
    ("hp.scope['a.b'] | 'x'", [("a.b", "read", "'x'", "str")]),
    ("hp.scope.a['b.c'].d | -1", [("a.b.c.d", "read", "-1", "int")]),
    ("hp.scope.layers[0].dim | 1", [("layers.0.dim", "read", "1", "int")]),
    ("hp.scope.a | None", [("a", "read", "None", "")]),
    ("hp.scope.a | [1, 2]", [("a", "read", "[1, 2]", "list")]),
    ("import pathlib\nhp.scope.a | pathlib.Path('x')", [("a", "read", "pathlib.Path('x')", "")]),
    ("import math\nhp.scope.a | math.inf", [("a", "read", "math.inf", "")]),
    ("hp.scope.a | len(x) * 2", [("a", "read", "len(x) * 2", "")]),
    ("hp.scope.a | f'{x}'", [("a", "read", "f'{x}'", "")]),
    ("N = 3\nhp.scope.a | N", [("a", "read", "N", "")]),
    ("S = 'x'\nhp.scope.a | S", [("a", "read", "S", "")]),
    ("hp.scope.a | (hp.scope.b | 1)", [("a", "read", "hp.scope.b | 1", ""), ("b", "read", "1", "int")]),
    ("hp.scope.a | 1 | 2", [("a", "read", "1", "int")]),
    ("x = (hp.scope.a | 1) + (hp.scope.b | 2) * 3", [("a", "read", "1", "int"), ("b", "read", "2", "int")]),
    ("hp.scope.a()", both("a")),
    ("bool(hp.scope.a)", [("a", "read", None, "")]),
    ("if not hp.scope.a: pass", [("a", "read", None, "")]),
    ("if hp.scope.a: pass\nelif hp.scope.b: pass", [("a", "read", None, ""), ("b", "read", None, "")]),
    ("while hp.scope.a and hp.scope.b: pass", [("a", "read", None, ""), ("b", "read", None, "")]),
    ("x = 1 if hp.scope.a else 2", [("a", "read", None, "")]),
    ("assert hp.scope.a", [("a", "read", None, "")]),
    ("[x for x in range(3) if hp.scope.a]", [("a", "read", None, "")]),
    # what lies beneath
    ("hp.scope.a | {}", [("a", "tree", "{}", "dict")]),
    ("hp.scope.a | dict(b=1)", [("a", "tree", "dict(b=1)", "")]),
    ("D = {'b': 1}\nhp.scope.a | D", [("a", "tree", "D", "")]),
    ("class Opt: pass\nhp.scope.a | Opt()", both("a", "Opt()")),
    ("from elsewhere import Opt, OPT\nhp.scope.a | Opt(1)\nhp.scope.b | OPT", ["a", "a", "b", "b"]),
    ("def f(default):\n    return hp.scope.a | default", both("a", "default")),
    ("hp.scope.a | config.defaults", both("a", "config.defaults")),
    ("hp.scope.a | ({'b': 1} | more)", both("a", "{'b': 1} | more")),
    ("class Opt: pass\nhp.scope.a | Opt()\nhp.scope.a.b | 1", ["a", "a.b"]),  # as there are keys beneath it
    ("x = hp.scope.a()\nhp.scope.a.b | 1", ["a", "a.b"]),
    # passed on
    ("print(hp.scope.a)", both("a")),
    ("print(end=hp.scope.a)", both("a")),
    ("def f():\n    return hp.scope.a", both("a")),
    ("def f():\n    yield hp.scope.a", both("a")),
    ("f = lambda: hp.scope.a", both("a")),
    ("x = [hp.scope.a]", both("a")),
    ("x = {'k': hp.scope.a}", both("a")),
    ("self.x = hp.scope.a", both("a")),
    ("x[0] = hp.scope.a", both("a")),
    ("class C:\n    x = hp.scope.a", both("a")),
    ("unused = hp.scope.a", both("a")),  # for other files
    ("def f():\n    unused = hp.scope.a", []),
    # writes, and what is no key
    ("hp.scope.a.b = 1", []),
    ("hp.scope['a.b'] = 1", []),
    ("hp.scope.a.b, x = 1, 2", []),
    ("del hp.scope.a.b, hp.scope['c']", []),
    ("hp.scope(**{'a.b': 1}, c=2)", []),
    ("with hp.scope('a=1'): pass", []),
    ("with hp.scope.empty(a=1), hp.scope.init(b=1): hp.scope.frozen()", []),
    ("hp.scope.current().keys()", []),
    ("with hp.scope() as ps:\n    ps.update(a=1); ps.clear(); list(ps.keys()); ps.a.b = 1; dict(ps)", []),
    ("hp.scope.a", []),
    ("hp.scope.a.__key__", []),
    ("hp.scope[1.5] | 1; hp.scope['a..b'] | 1; hp.scope[True] | 1", []),
    ("hp.scope.keys | 1", [("keys", "read", "1", "int")]),
    ("hp.scope['current'] | 1", [("current", "read", "1", "int")]),
    ("hp.scope.a |= 1", [("a", "read", "1", "int")]),
    ("hp.scope.a = hp.scope.b | 1", [("b", "read", "1", "int")]),
    # segments made at run time
    ("hp.scope[f'task.{name}.lr'] | 1", [("task.*.lr", "read", "1", "int")]),
    ("hp.scope[f'task.x{name}.lr'] | 1", [("task.*.lr", "read", "1", "int")]),
    ("hp.scope['task.' + name + '.lr'] | 1", [("task.*.lr", "read", "1", "int")]),
    ("hp.scope['task.%s.lr' % name] | 1", [("task.*.lr", "read", "1", "int")]),
    ("hp.scope['task.{}.lr'.format(name)] | 1", [("task.*.lr", "read", "1", "int")]),
    ("P = 'task'\nhp.scope[f'{P}.{name}.lr'] | 1", [("task.*.lr", "read", "1", "int")]),
    ("K = 'a.b'\ndef f():\n    return hp.scope[K] | 1", [("a.b", "read", "1", "int")]),
    ("hp.scope[name] | 1; hp.scope[f'{a}.{b}'] | 1; hp.scope[name][0:1] | 1", []),
    ("hp.scope.presets[name] | {}", [("presets.*", "tree", "{}", "dict")]),
    ("hp.scope[name].lr | 1", [("*.lr", "read", "1", "int")]),
    ("getattr(hp.scope.a, 'b') | 1", [("a.b", "read", "1", "int")]),
    ("getattr(hp.scope.a, name) | 1", [("a.*", "read", "1", "int")]),
    ("hp.scope[f'a.{hp.scope.which | 1}'] | 2", [("a.*", "read", "2", "int"), ("which", "read", "1", "int")]),
    # names
    ("t = hp.scope.train\nt.lr | 1", [("train.lr", "read", "1", "int")]),
    ("t = hp.scope.train\ndef f():\n    return t.lr | 1", [("train.lr", "read", "1", "int")]),
    ("def f():\n    return t.lr | 1\nt = hp.scope.train", [("train.lr", "read", "1", "int")]),
    ("def f():\n    t = hp.scope.train\n    t.lr | 1\nt = 1", [("train.lr", "read", "1", "int")]),
    ("t = hp.scope.a\nt = 1\nt | 2", []),
    ("t, u = hp.scope.a, 1\nt.b | 1", [("a.b", "read", "1", "int")]),
    ("for t, u in ():\n    hp.scope[t] | 1\n[t for t, u in []]", []),
    ("for t, u in ((1, 2), (3,)):\n    hp.scope[t] | 1", []),
    ("for t in {}:\n    hp.scope[t] | 1", []),
    ("if x:\n    t = hp.scope.a\nelse:\n    t = hp.scope.b\nt.c | 1", ["a.c", "b.c"]),
    ("if x:\n    t = hp.scope.a\n    t.x | 1\nelse:\n    t = hp.scope.b\n    t.y | 1", ["a.x", "b.y"]),
    ("t = hp.scope.a if x else hp.scope.b\nt.c | 1", ["a.c", "b.c"]),
    ("for t in (hp.scope.a, hp.scope.b):\n    t.c | 1", ["a.c", "b.c"]),
    ("[t.c | 1 for t in (hp.scope.a, hp.scope.b)]", ["a.c", "b.c"]),
    ("(t := hp.scope.a).b | 1\nt.c | 1", ["a.b", "a.c"]),
    ("def f(t=hp.scope.a):\n    t.b | 1", ["a.b"]),
    ("def f(hp):\n    hp.scope.a | 1", []),
    ("def f():\n    global t\n    t = hp.scope.a\ndef g():\n    t.b | 1", ["a.b"]),
    (
        "def f():\n    t = 0\n    def g():\n        nonlocal t\n        t = hp.scope.a\n"
        "    def h():\n        t.b | 1",
        ["a.b"],
    ),
    ("class C:\n    t = 1\n    def f(self):\n        t.b | 1\nt = hp.scope.a", ["a.b"]),
    ("s = hp.scope\ns.a | 1", ["a"]),
    ("with hp.scope(b=1) as ps:\n    ps.a.b | 1; ps['c']; ps['d'] = 1", ["a.b", "c", "c"]),
    ("ps = hp.scope.current()\nps.a.b | 1\nif 'c.d' in ps: pass", ["a.b", "c.d"]),
    ("ps = stack.enter_context(hp.scope())\nps.a | 1", ["a"]),
    ("def f(ps: hp.Scope):\n    ps.a | 1", ["a"]),
    ("def f(ps: 'int'):\n    ps.a | 1", []),
    ("try:\n    t = hp.scope.a\nexcept E as t:\n    t.x | 1\nfinally:\n    t.b | 1", ["a.b"]),
    ("match x:\n    case {'k': t} if hp.scope.g: t.x | 1\n    case _: hp.scope.a | 1", ["a", "g"]),
    ("async def f():\n    async with hp.scope() as ps:\n        await g(ps.a | 1)", ["a"]),
]


@pytest.mark.parametrize(("text", "expected"), READS)
def test_reads_of_every_form_are_found(tmp_path, text, expected):
    found = scanned(tmp_path, text)
    if expected and isinstance(expected[0], str):
        assert [one.key for one in found] == expected
    else:
        assert sorted((one.key, one.kind, one.default, one.type) for one in found) == sorted(
            expected, key=lambda one: (one[0], one[1])
        )


@pytest.mark.parametrize(
    ("head", "scope"),
    [
        ("import hyperparameter", "hyperparameter.scope"),
        ("import hyperparameter as config", "config.scope"),
        ("import hyperparameter.testing", "hyperparameter.scope"),
        ("from hyperparameter import scope", "scope"),
        ("from hyperparameter import scope as s", "s"),
        ("from hyperparameter import *", "scope"),
        ("from hyperparameter.scopes.scope import scope", "scope"),
        ("try:\n    import hyperparameter as hp\nexcept ImportError:\n    hp = None", "hp.scope"),
        ("def f():\n    import hyperparameter as hp\n    hp.scope.a | 1", "hp.scope"),
    ],
)
def test_the_library_is_known_by_whatever_name_it_is_imported(tmp_path, head, scope):
    inside = "hp.scope.a" in head  # of a function the name is its own
    text = f"{scope}.a | 1\nother.{scope}.b | 1\nother{scope}.c | 1"
    assert [(one.key, one.place[-1]) for one in scanned(tmp_path, text, head + "\n")] == [
        ("a", str(head.count("\n") + (1 if inside else 2)))
    ]


def test_a_default_that_is_a_member_of_an_enum_tells_the_values(tmp_path):
    text = """
    import enum
    class Colour(str, enum.Enum):
        RED = "red"
        BLUE = "blue"
    hp.scope.a | Colour.BLUE
    hp.scope.b | Colour.other
    """
    a, b = scanned(tmp_path, text)
    assert (a.default, a.type, a.annotation) == ("'blue'", "Colour", Literal["red", "blue"])
    assert (b.default, b.type, b.annotation) == ("Colour.other", "", MISSING)


def test_a_namespace_is_declared_where_all_that_is_beneath_is_known(tmp_path):
    text = """
    from dataclasses import dataclass
    from abc import ABC
    from typing import Generic, TypeVar
    from elsewhere import Other
    T = TypeVar("T")
    @dataclass
    class Base(ABC, Generic[T]):
        a: int
    @hp.param("known")
    @dataclass
    class Known(Base[int]): ...
    @hp.param("part")
    @dataclass
    class Part(Base, Other): ...
    @hp.param("own")
    class Own(Other):
        def __init__(self, a): ...
    @hp.param("nothing")
    class Nothing(Other): ...
    """
    found = [(one.key, one.kind) for one in scanned(tmp_path, text)]
    assert found == [
        ("known", "namespace"),
        ("known.a", "parameter"),
        ("own", "namespace"),
        ("own.a", "parameter"),
        ("part.a", "parameter"),
    ]


DECLARED = [
    (
        "@hp.param('ns')\ndef f(a, b=1, *args, c: float, d: 'str' = 'x', **kw): ...",
        ["ns.a", "ns.b", "ns.c", "ns.d"],
    ),
    ("@hp.param\ndef f(a=1): ...", ["f.a"]),
    ("@hp.param()\ndef f(a=1): ...", ["f.a"]),
    ("@hp.param('ns')\ndef f(a, b=1, /, c=2): ...", ["ns.b", "ns.c"]),
    ("@hp.param('ns')\nasync def f(a=1): ...", ["ns.a"]),
    ("NS = 'a.b'\n@hp.param(NS)\ndef f(a=1): ...", ["a.b.a"]),
    ("@hp.param(f'task.{x}')\ndef f(a=1): ...", ["task.*.a"]),
    ("@hp.param(x)\ndef f(a=1): ...", ["*.a"]),
    ("@hp.param('a..b')\ndef f(a=1): ...", []),
    ("def f(a=1): ...\ng = hp.param('ns')(f)", ["ns.a"]),
    ("def f(a=1): ...\ng = hp.param(f)", ["f.a"]),
    ("g = hp.param('ns')(lambda a=1: a)", ["ns.a"]),
    ("decorate = hp.param('ns')\n@decorate\ndef f(a=1): ...", ["ns.a"]),
    ("from hyperparameter import param as p\n@p('ns')\ndef f(a=1): ...", ["ns.a"]),
    ("def f(a=1): ...\nhp.launch(f)", ["f.a"]),  # which decorates it
    ("@hp.param('ns')\ndef f(a=1): ...\ndef g(b): ...\nhp.launch(f, g)", ["g.b", "ns.a"]),
    ("def f(a=1): ...\ng = hp.param('ns')(f)\nhp.launch(g)", ["ns.a"]),
    ("class C:\n    @hp.param('ns')\n    def f(self, a=1): ...", ["ns.a"]),
    ("class C:\n    @classmethod\n    @hp.param('ns')\n    def f(cls, a=1): ...", ["ns.a"]),
    ("class C:\n    @hp.param('ns')\n    @staticmethod\n    def f(a, b=1): ...", ["ns.a", "ns.b"]),
    ("@hp.param('ns')\nclass C:\n    def __init__(self, a, b=1): ...", ["ns.a", "ns.b"]),
    ("@hp.param('ns')\nclass C:\n    def __new__(cls, a=1): ...", ["ns.a"]),
    ("class B:\n    def __init__(self, a=1): ...\n@hp.param('ns')\nclass C(B): ...", ["ns.a"]),
    ("from elsewhere import B\n@hp.param('ns')\nclass C(B): ...", []),
    (
        "from dataclasses import *\nfrom dataclasses import dataclass, field, InitVar\nimport typing as t\n"
        "@dataclass\nclass B:\n    z: int\n"
        "@hp.param('ns')\n@dataclass(frozen=True)\nclass C(B):\n    a: int\n    b: InitVar[int] = 1\n"
        "    c: t.ClassVar[int] = 2\n    d: 'list' = field(default_factory=list)\n"
        "    e: int = field(init=False)\n"
        "    f: int = field(default=3)\n    g = 4\n",
        ["ns.a", "ns.b", "ns.d", "ns.f", "ns.z"],
    ),
    (
        "import attrs\n@hp.param('ns')\n@attrs.define\nclass C:\n    _a: int = attrs.field(factory=dict)",
        ["ns.a"],
    ),
    ("import attr\n@hp.param('ns')\n@attr.s\nclass C:\n    a = attr.ib(default=1)\n    b = 2", ["ns.a"]),
    ("from typing import NamedTuple\n@hp.param('ns')\nclass C(NamedTuple):\n    a: int = 1", ["ns.a"]),
]


@pytest.mark.parametrize(("text", "expected"), DECLARED)
def test_parameters_of_what_is_decorated_are_found(tmp_path, text, expected):
    found = scanned(tmp_path, text)
    assert [one.key for one in found if one.kind == "parameter"] == expected
    assert {one.kind for one in found} <= {"parameter", "namespace"}


def test_a_declaration_has_its_place_owner_and_help(tmp_path):
    text = '''
    def decorated(function):
        return function

    class Outer:
        """Hold a method."""

        @decorated
        @hp.param("ns")
        def method(self, lr: float = 1e-3):
            """Do
            much.

            More of it.
            """
            def inner():
                return hp.scope.deep | (
                    1
                )
    '''
    deep, namespace, parameter = scanned(tmp_path, text)
    file = tmp_path / "program.py"
    assert (deep.place, deep.owner) == (f"{file}:18", "Outer.method.<locals>.inner")
    assert (namespace.key, namespace.kind, namespace.place) == ("ns", "namespace", f"{file}:9")
    assert (namespace.owner, namespace.help) == ("Outer.method", "Do much.")
    assert (parameter.place, parameter.owner) == (f"{file}:9", "Outer.method")
    assert (parameter.default, parameter.type, parameter.default_value) == ("0.001", "float", 0.001)
    assert parameter.annotation is float


def test_docstrings_of_class_and_constructor_say_what_parameters_are(tmp_path):
    pytest.importorskip("docstring_parser")
    text = '''
    @hp.param("ns")
    class C:
        """Be it.

        Args:
            a: of the class
        """

        def __init__(self, a, b, c):
            """Make it.

            Args:
                b: of the
                    constructor
            """
    '''
    helps = {one.key: one.help for one in scanned(tmp_path, text)}
    assert helps == {"ns": "Be it.", "ns.a": "of the class", "ns.b": "of the constructor", "ns.c": ""}


def test_the_order_is_by_key_and_then_by_place(tmp_path):
    lines = ["import hyperparameter as hp"] + ["hp.scope.b | 1"] * 11 + ["hp.scope.a | 1"]
    for name in ("y.py", "x.py"):
        (tmp_path / name).write_text("\n".join(lines))
    found = scan([tmp_path / "y.py", tmp_path / "x.py"]).declarations
    assert [one.key for one in found] == ["a"] * 2 + ["b"] * 22
    assert [one.place.rsplit("/")[-1] for one in found[:4]] == ["x.py:13", "y.py:13", "x.py:2", "x.py:3"]
    assert found[12].place.endswith("x.py:12")


HEAD = """
import enum, pathlib, typing, typing as t
import hyperparameter as hp
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Optional, Union
from msgspec import Meta
import numpy as np

Count = Annotated[int, Meta(ge=1)]
Loop = list["Loop"]
POSITIVE = Meta(gt=0)
Changed = int
if np: Changed = str

class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"

class Odd(enum.Enum):
    A = enum.auto()

class Plain: ...
"""


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("int", int),
        ("'int'", int),
        ("None", None),
        ("list", list),
        ("list[int]", list[int]),
        ("dict[str, 'list[int]']", dict[str, list[int]]),
        ("tuple[int, ...]", tuple[int, ...]),
        ("int | None", Optional[int]),  # noqa: UP045
        ("'int | str'", Union[int, str]),  # noqa: UP007
        ("Optional[int]", Optional[int]),  # noqa: UP045
        ("t.Union[int, str]", Union[int, str]),  # noqa: UP007
        ("typing.List[int]", typing.List[int]),  # noqa: UP006
        ("Sequence[float]", Sequence[float]),
        ("Any", typing.Any),
        ("Literal['a', 1]", Literal["a", 1]),
        ("Path", Path),
        ("pathlib.Path | None", Optional[Path]),  # noqa: UP045
        ("Count", Annotated[int, msgspec.Meta(ge=1)]),
        ("list[Count]", list[Annotated[int, msgspec.Meta(ge=1)]]),
        ("Annotated[float, POSITIVE, 'a note']", Annotated[float, msgspec.Meta(gt=0), "a note"]),
        ("Later", bool),
        ("Colour", Literal["red", "blue"]),
        ("Colour | None", Optional[Literal["red", "blue"]]),  # noqa: UP045
        (
            "Annotated[int, Meta(ge=-2 ** 8, lt=2 ** 32 - 1)]",
            Annotated[int, msgspec.Meta(ge=-256, lt=2**32 - 1)],
        ),
        ("Annotated[int, Meta(lt=9 ** 9 ** 9)]", MISSING),
        ("Odd", MISSING),
        ("Plain", MISSING),
        ("np.ndarray", MISSING),
        ("nowhere", MISSING),
        ("Loop", MISSING),
        ("Changed", MISSING),
        ("Annotated[int, made()]", MISSING),
        ("Annotated[int, Meta(ge=limit)]", MISSING),
        ("Literal[Colour.RED]", MISSING),
        ("list[np.ndarray]", MISSING),
        ("made(1)", MISSING),
        ("'not ( python'", MISSING),
        ("__import__('os').abc", MISSING),
    ],
)
def test_annotations_become_objects_where_nothing_need_run(tmp_path, annotation, expected):
    text = f"@hp.param('ns')\ndef f(x: {annotation} = None): ...\nLater = bool\n"
    (one,) = (one for one in scanned(tmp_path, text, HEAD) if one.kind == "parameter")
    assert one.annotation is expected if expected is MISSING else one.annotation == expected
    assert one.type == (annotation.strip("'") if annotation[0] == "'" else annotation)


def test_an_annotation_names_what_is_there_where_it_stands(tmp_path):
    text = """
    def outer():
        class int: ...
        @hp.param("ns")
        def f(x: int, y: float): ...
    class Owner:
        float = 1
        @hp.param("of")
        def f(self, x: int, y: float): ...
    """
    found = {one.key: one.annotation for one in scanned(tmp_path, text) if one.kind == "parameter"}
    assert found == {"ns.x": MISSING, "ns.y": float, "of.x": int, "of.y": MISSING}


@pytest.mark.skipif(sys.version_info < (3, 12), reason="`type` is a statement since Python 3.12")
def test_a_type_statement_is_an_alias(tmp_path):
    text = """
    type Count = Annotated[int, Meta(ge=1)]
    class Generic[T]:
        @hp.param("ns")
        def f(self, a: Count, b: T): ...
    """
    found = {one.key: one.annotation for one in scanned(tmp_path, text, HEAD)}
    assert found == {"ns": MISSING, "ns.a": Annotated[int, msgspec.Meta(ge=1)], "ns.b": MISSING}


DIFFERENTIAL = '''
from __future__ import annotations
import dataclasses
import enum
import functools
from dataclasses import dataclass, field, KW_ONLY
from pathlib import Path
from typing import Annotated, ClassVar, Literal, NamedTuple, Optional

import attrs
import hyperparameter as hp
from msgspec import Meta

NS = "named"
Count = Annotated[int, Meta(ge=1)]


def passing(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        return function(*args, **kwargs)
    return inner


@hp.param("train")
def train(lr=1e-3, steps: int = 100, *args, name: str | None = None, path: Path = Path("x"), **more):
    return hp.scope.train.other | 1


@hp.param
def own(a, b: Count = 3, /, c=(1, 2), d: "Literal['x', 'y']" = "x", e: Optional[float] = None): ...


@passing
@hp.param(NS)
@passing
async def outermost(x, y=-1.5, z={"a": [1]}): ...


class Methods:
    @hp.param("methods.one")
    def one(self, a: bool = False): ...

    @classmethod
    @hp.param("methods.two")
    def two(cls, a=b"x"): ...

    @staticmethod
    @hp.param("methods.three")
    def three(a, b=None): ...

    @hp.param("methods.four")
    @staticmethod
    def four(a: list[int], b=None): ...

    @hp.param("nested")
    class Nested:
        def __new__(cls, size: int = 4):
            return super().__new__(cls)


class Base:
    def __init__(self, width: int, depth: int = 2): ...


@hp.param("derived")
class Derived(Base):
    """Inherit."""


@dataclass
class Fields:
    a: int
    b: ClassVar[int] = 3


class Between(Fields):
    no_field: int = 3


@hp.param("data")
@dataclass
class Data(Between):
    a: float
    c: dataclasses.InitVar[int] = 4
    d: list[int] = field(default_factory=list, repr=False)
    e: int = field(init=False, default=1)
    _: KW_ONLY
    f: str = field(default="text")

    def __post_init__(self, c): ...


@hp.param("attrs")
@attrs.define
class Attrs:
    _private: int = 1
    other: str = attrs.field(default="x", kw_only=True)
    hidden: int = attrs.field(default=1, init=False)


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


@hp.param("enums")
def enums(a: Colour = Colour.RED, b=Colour.BLUE, c: Colour | None = None): ...


@hp.param("odd")
def odd(a=1):
    """Have a docstring that parsers take for another.

    :: odd
    a: one
    """


@hp.param("tuple")
class Tuple(NamedTuple):
    first: int
    second: str = "b"


def function(a=1, *, b: "int | str" = 2): ...


called = hp.param("called")(function)
noted = hp.param("noted")(lambda x, y=1: x)


def factory():
    @hp.param
    def made(depth=3): ...
    return made


kept = factory()
'''

ASK = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("program", sys.argv[1])
module = importlib.util.module_from_spec(spec)
sys.modules["program"] = module
spec.loader.exec_module(module)
from hyperparameter.catalog.declaration import registered_declarations
print(json.dumps([[d.key, d.kind, d.place, d.owner, d.default, d.type] for d in registered_declarations()]))
"""


def test_what_is_found_is_what_the_decorators_declare(tmp_path):
    from hyperparameter.conversion.rule import type_name

    path = tmp_path / "program.py"
    path.write_text(DIFFERENTIAL)
    done = subprocess.run([sys.executable, "-c", ASK, path], capture_output=True, text=True, check=True)
    # a method's own first parameter is one that no scope is meant to give
    ran = [one for one in json.loads(done.stdout) if one[0].rpartition(".")[2] not in ("self", "cls")]
    found = scan([path])
    assert found.problems == []
    read = [one for one in found.declarations if one.kind in ("parameter", "namespace")]
    assert sorted((one.key, one.kind, one.owner) for one in read) == sorted(
        (key, kind, owner) for key, kind, _, owner, _, _ in ran
    )
    declared = {(one.key, one.kind): one for one in read}
    compared = 0
    for key, kind, place, _, default, asked in ran:
        one = declared[key, kind]
        if place.startswith(str(path)):  # that of a generated constructor is of no file
            assert one.place == place, key
        assert (one.default is None) == (default is None), key
        if (one.default_value is not MISSING or key.startswith("enums.")) and default != "<factory>":
            assert one.default == default, key
            compared += 1
        if one.annotation is not MISSING and key.partition(".")[0] != "enums":  # whose values it is written by
            assert type_name(one.annotation) == asked, key
            compared += 1
        elif asked and one.type:
            assert one.type == asked, key
    assert compared > 30


def test_nothing_that_is_looked_through_runs(tmp_path):
    trace = tmp_path / "trace"
    path = tmp_path / "program.py"
    path.write_text(
        f"open({str(trace)!r}, 'w').close()\nimport hyperparameter as hp\n"
        f"@hp.param('ns')\ndef f(a: open({str(trace)!r}, 'w') = open({str(trace)!r}, 'w')): ...\n"
    )
    (tmp_path / "main.py").write_text("import program, hyperparameter")
    assert [one.key for one in scan(program_files(tmp_path / "main.py")).declarations] == ["ns", "ns.a"]
    assert not trace.exists()
    subprocess.run([sys.executable, path], check=True)
    assert trace.exists()  # it does run when it is run


MARK = b"# hyperparameter\n"


@pytest.mark.parametrize(
    ("data", "line", "what"),
    [
        (MARK + b"x = (\n", 2, "is not valid Python"),
        (MARK + b"a = 1\n  b = 2\n", 3, "is not valid Python: unexpected indent"),
        (MARK + b"x = 1\ny = '\xff'\n", 3, "is not written in utf-8"),
        (b"# coding: nowhere\n" + MARK, 1, "is not valid Python: unknown encoding"),
        (b"#!x\n# coding: nowhere\n" + MARK, 2, "is not valid Python: unknown encoding"),
        (b"# coding: rot13\n" + MARK, 1, "cannot be decoded"),
        (MARK + b"x = 1\ny = \0\n", None, "is not valid Python"),
        (MARK + b"x = " + b"(" * 500 + b")" * 500, None, "is not valid Python: too many nested parentheses"),
        (MARK + b"x = " + b"-" * 100_000 + b"1", None, "is nested too deeply"),
        (MARK + b"\nx = f" + b".a()" * 600, 3, "is nested too deeply"),
    ],
)
def test_a_bad_file_is_told_of_with_its_place(tmp_path, data, line, what):
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    good.write_text("import hyperparameter as hp\nhp.scope.a | 1")
    bad.write_bytes(data)
    declared, (problem,) = scan([bad, good])
    assert [one.key for one in declared] == ["a"]
    assert problem.startswith(f"{bad}:{line if line else ''}")
    assert what in problem
    assert problem.removeprefix(f"{bad}:").partition(":")[0].isdigit()


def test_what_is_no_file_is_told_of(tmp_path):
    (tmp_path / "x.py").mkdir()
    (tmp_path / "to_nowhere.py").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.py")
    names = ["x.py", "missing.py", "to_nowhere.py", "pipe.py"]
    declared, problems = scan([tmp_path / name for name in names])
    assert declared == []
    assert [problem.partition(":1: ")[0] for problem in problems] == [str(tmp_path / name) for name in names]
    assert "is a folder" in problems[0]
    assert "No such file" in problems[1]
    assert "is not a regular file" in problems[3]


def test_what_cannot_be_read_is_told_of():
    root = Path(tempfile.mkdtemp())  # which any user can get at
    (root / "x.py").write_text("import hyperparameter")
    (root / "folder").mkdir()
    (root / "main.py").write_text("import x, folder.y")
    root.chmod(0o755)
    scan([root / "x.py"])  # loads all that is needed, while it can be
    is_root = os.geteuid() == 0
    try:
        (root / "x.py").chmod(0)
        (root / "folder").chmod(0)
        if is_root:
            os.seteuid(65534)  # nothing is unreadable to root
        _, problems = scan(project_files(root))
        assert names(program_files(root / "main.py"), root) == ["main.py", "x.py"]
    finally:
        if is_root:
            os.seteuid(0)
        (root / "folder").chmod(0o755)
        shutil.rmtree(root)
    assert [problem.partition(":1: ")[0] for problem in problems] == [f"{root}/folder", f"{root}/x.py"]
    assert all("Permission denied" in problem for problem in problems)


def test_encodings_are_those_that_python_takes(tmp_path):
    text = "import hyperparameter as hp\nhp.scope['größe'] | 1\n"
    (tmp_path / "a.py").write_bytes(b"# -*- coding: latin-1 -*-\n" + text.encode("latin-1"))
    (tmp_path / "b.py").write_bytes(text.encode("utf-8-sig"))
    (tmp_path / "c.py").write_bytes(text.replace("\n", "\r\n").encode())
    declared, problems = scan(project_files(tmp_path))
    assert problems == []
    assert [one.key for one in declared] == ["größe"] * 3


def test_long_programs_are_no_deep_ones(tmp_path):
    total = " + ".join(["(hp.scope.a | 1)"] * 900)
    cases = "if x: pass\n" + "".join(f"elif hp.scope.b{n}: pass\n" for n in range(90))
    nested = "".join("    " * n + "if hp.scope.c:\n" for n in range(20)) + "    " * 20 + "pass\n"
    found = scanned(tmp_path, f"x = {total}\n{cases}{nested}")
    assert len({one.key for one in found}) == 92


def test_files_that_do_not_name_the_library_are_not_parsed(tmp_path):
    (tmp_path / "x.py").write_text("x = (")
    assert scan([tmp_path / "x.py"]) == ([], [])


def test_progress_is_told_after_each_file(tmp_path):
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text("import hyperparameter, (")
    told = []
    scan(project_files(tmp_path), lambda done, of: told.append((done, of)))
    assert told == [(1, 2), (2, 2)]


def made(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def names(files, root):
    return [str(path.relative_to(root)) for path in files]


def test_a_projects_files_are_its_own(tmp_path):
    skipped = [".git/a.py", "__pycache__/a.py", "env/lib/a.py", "node_modules/a.py", "lib/site-packages/a.py"]
    kept = ["a.py", "b/__init__.py", "b/c/d.py", "x.py/inside.py"]
    root = made(tmp_path, dict.fromkeys([*skipped, *kept, "b/data.txt", "env/pyvenv.cfg"], ""))
    assert names(project_files(root), root) == kept
    assert project_files(root / "a.py") == [root / "a.py"]
    assert project_files(root / "missing.py") == [root / "missing.py"]


def test_a_scripts_files_are_what_it_imports_beneath_its_folder(tmp_path):
    root = made(
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
    found = program_files(root / "app/main.py")
    assert found[0] == root / "app/main.py"
    assert sorted(names(found, root / "app")) == [
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


def test_a_modules_files_are_those_of_its_package_and_its_siblings(tmp_path):
    files = {
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
    root = made(tmp_path, files)
    found = program_files(root / "src/pack/cli/__main__.py")
    inner = ["__init__.py", "__main__.py", "beside.py"]
    own = ["pack/__init__.py", *(f"pack/cli/{name}" for name in inner), "pack/core.py", "pack/other.py"]
    assert sorted(names(found, root / "src")) == [*own, "sibling.py"]
    (root / "src").rename(root / "site-packages")
    found = program_files(root / "site-packages/pack/cli/__main__.py")
    assert sorted(names(found, root / "site-packages")) == own


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


def test_every_form_of_import_is_followed(tmp_path):
    import ast

    from hyperparameter.catalog.source.files import _imports

    expected = set()
    for node in ast.walk(ast.parse(IMPORTS)):
        if isinstance(node, ast.Import):
            expected |= {(0, alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = f"{node.module}." if node.module else ""
            expected |= {(node.level, above + alias.name) for alias in node.names}
    assert len(expected) == 16
    for text in (IMPORTS, IMPORTS.replace("\n", "\r\n")):
        assert {(level, ".".join(names)) for level, names in _imports(text)} == expected


def test_a_main_file_that_cannot_be_read_is_alone(tmp_path):
    (tmp_path / "bad.py").write_text("import os\nimport (")
    for name in ("bad.py", "missing.py"):
        assert program_files(tmp_path / name) == [tmp_path / name]


def test_the_files_of_a_program_are_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr("hyperparameter.catalog.source.files.MOST_FILES", 10)
    root = made(tmp_path, {f"m{n}.py": f"import m{n + 1}" for n in range(20)})
    assert names(program_files(root / "m0.py"), root) == [f"m{n}.py" for n in range(10)]
