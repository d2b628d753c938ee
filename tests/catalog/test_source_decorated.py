"""The declarations of decorated functions and classes."""

import json
import subprocess
import sys

import pytest
from scanning import scan_text

from hyperparameter.catalog.source import scan
from hyperparameter.core.value import MISSING

pytestmark = pytest.mark.one_kernel


def test_a_namespace_is_declared_only_if_all_its_parameters_are_known(tmp_path):
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
    assert [(declaration.key, declaration.kind) for declaration in scan_text(tmp_path, text)] == [
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
    # `hp.launch` decorates a function that is not decorated.
    ("def f(a=1): ...\nhp.launch(f)", ["f.a"]),
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
def test_parameters_of_decorated_objects_are_declared(tmp_path, text, expected):
    declarations = scan_text(tmp_path, text)
    keys = [declaration.key for declaration in declarations if declaration.kind == "parameter"]
    assert keys == expected
    assert {declaration.kind for declaration in declarations} <= {"parameter", "namespace"}


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
    deep, namespace, parameter = scan_text(tmp_path, text)
    file = tmp_path / "program.py"
    assert (deep.place, deep.owner) == (f"{file}:18", "Outer.method.<locals>.inner")
    assert (namespace.key, namespace.kind, namespace.place) == ("ns", "namespace", f"{file}:9")
    assert (namespace.owner, namespace.help) == ("Outer.method", "Do much.")
    assert (parameter.place, parameter.owner) == (f"{file}:9", "Outer.method")
    assert (parameter.default, parameter.type, parameter.default_value) == ("0.001", "float", 0.001)
    assert parameter.annotation is float


def test_help_comes_from_the_docstrings_of_class_and_constructor(tmp_path):
    pytest.importorskip("docstring_parser")
    text = '''
    @hp.param("ns")
    class C:
        """Build something.

        Args:
            a: of the class
        """

        def __init__(self, a, b, c):
            """Build one.

            Args:
                b: of the
                    constructor
            """
    '''
    helps = {declaration.key: declaration.help for declaration in scan_text(tmp_path, text)}
    assert helps == {"ns": "Build something.", "ns.a": "of the class", "ns.b": "of the constructor", "ns.c": ""}


EVERY_FORM = '''
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


PRINT_REGISTERED = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("program", sys.argv[1])
module = importlib.util.module_from_spec(spec)
sys.modules["program"] = module
spec.loader.exec_module(module)
from hyperparameter.catalog.declaration import registered_declarations
print(json.dumps([[d.key, d.kind, d.place, d.owner, d.default, d.type] for d in registered_declarations()]))
"""


def test_the_scanner_declares_what_the_decorators_declare(tmp_path):
    from hyperparameter.conversion.type_checks import type_name

    path = tmp_path / "program.py"
    path.write_text(EVERY_FORM)
    done = subprocess.run(
        [sys.executable, "-c", PRINT_REGISTERED, path], capture_output=True, text=True, check=True
    )
    # No scope is meant to set the first parameter of a method.
    registered = [row for row in json.loads(done.stdout) if row[0].rpartition(".")[2] not in ("self", "cls")]
    declarations, problems, _ = scan([path])
    assert problems == []
    scanned = {
        (declaration.key, declaration.kind): declaration
        for declaration in declarations
        if declaration.kind in ("parameter", "namespace")
    }
    assert sorted((*identity, declaration.owner) for identity, declaration in scanned.items()) == sorted(
        (key, kind, owner) for key, kind, _, owner, _, _ in registered
    )
    compared = 0
    for key, kind, place, _, default, type_ in registered:
        declaration = scanned[key, kind]
        is_enum = key.startswith("enums.")
        # A generated constructor is in no file.
        if place.startswith(str(path)):
            assert declaration.place == place, key
        assert (declaration.default is None) == (default is None), key
        if (declaration.default_value is not MISSING or is_enum) and default != "<factory>":
            assert declaration.default == default, key
            compared += 1
        # For an enum the scanner gives the values of its members instead.
        if declaration.annotation is not MISSING and not is_enum:
            assert type_name(declaration.annotation) == type_, key
            compared += 1
        elif type_ and declaration.type:
            assert declaration.type == type_, key
    assert compared > 30
