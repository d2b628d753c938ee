"""The keys that source code reads, in every form of reading them."""

from typing import Literal

import pytest
from scanning import scan_text

from hyperparameter.catalog import source
from hyperparameter.core.value import MISSING

pytestmark = pytest.mark.one_kernel


def read_and_tree(key, default=None, type=""):
    """Return the declarations of a read of a value or of a subtree."""
    return [(key, "read", default, type), (key, "tree", default, type)]


READS = [
    ("hp.scope.a.b | 0.1", [("a.b", "read", "0.1", "float")]),
    ("hp.scope.a.b(0.1)", [("a.b", "read", "0.1", "float")]),
    ("hp.scope['a.b'] | 'x'", [("a.b", "read", "'x'", "str")]),
    ("hp.scope.a['b.c'].d | -1", [("a.b.c.d", "read", "-1", "int")]),
    ("hp.scope['a.\"b.c\"'].d | -1", [('a."b.c".d', "read", "-1", "int")]),
    ("hp.scope[f'a.\"{x}.y\".{z}'] | 1", [("a.*.*", "read", "1", "int")]),
    ("hp.scope['a.\"b'] | 1", []),
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
    ("hp.scope.a()", read_and_tree("a")),
    ("bool(hp.scope.a)", [("a", "read", None, "")]),
    ("if not hp.scope.a: pass", [("a", "read", None, "")]),
    ("if hp.scope.a: pass\nelif hp.scope.b: pass", [("a", "read", None, ""), ("b", "read", None, "")]),
    ("while hp.scope.a and hp.scope.b: pass", [("a", "read", None, ""), ("b", "read", None, "")]),
    ("x = 1 if hp.scope.a else 2", [("a", "read", None, "")]),
    ("assert hp.scope.a", [("a", "read", None, "")]),
    ("[x for x in range(3) if hp.scope.a]", [("a", "read", None, "")]),
    # subtrees
    ("hp.scope.a | {}", [("a", "tree", "{}", "dict")]),
    ("hp.scope.a | dict(b=1)", [("a", "tree", "dict(b=1)", "")]),
    ("D = {'b': 1}\nhp.scope.a | D", [("a", "tree", "D", "")]),
    ("class Opt: pass\nhp.scope.a | Opt()", read_and_tree("a", "Opt()")),
    ("from elsewhere import Opt, OPT\nhp.scope.a | Opt(1)\nhp.scope.b | OPT", ["a", "a", "b", "b"]),
    ("def f(default):\n    return hp.scope.a | default", read_and_tree("a", "default")),
    ("hp.scope.a | config.defaults", read_and_tree("a", "config.defaults")),
    ("hp.scope.a | ({'b': 1} | more)", read_and_tree("a", "{'b': 1} | more")),
    ("class Opt: pass\nhp.scope.a | Opt()\nhp.scope.a.b | 1", ["a", "a.b"]),
    ("x = hp.scope.a()\nhp.scope.a.b | 1", ["a", "a.b"]),
    # references that are not followed further
    ("print(hp.scope.a)", read_and_tree("a")),
    ("print(end=hp.scope.a)", read_and_tree("a")),
    ("def f():\n    return hp.scope.a", read_and_tree("a")),
    ("def f():\n    yield hp.scope.a", read_and_tree("a")),
    ("f = lambda: hp.scope.a", read_and_tree("a")),
    ("x = [hp.scope.a]", read_and_tree("a")),
    ("x = {'k': hp.scope.a}", read_and_tree("a")),
    ("self.x = hp.scope.a", read_and_tree("a")),
    ("x[0] = hp.scope.a", read_and_tree("a")),
    ("class C:\n    x = hp.scope.a", read_and_tree("a")),
    # Other files may import the name.
    ("unused = hp.scope.a", read_and_tree("a")),
    ("def f():\n    unused = hp.scope.a", []),
    # writes, and texts that are not keys
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
    # segments that are computed at run time
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
    (
        "with hp.scope(b=1) as ps:\n    ps.get('a.b', 1); ps.get('c'); ps.get(d); ps.items(); ps.values()",
        ["a.b", "a.b", "c", "c"],
    ),
    ("ps = stack.enter_context(hp.scope())\nps.a | 1", ["a"]),
    ("def f(ps: hp.Scope):\n    ps.a | 1", ["a"]),
    ("def f(ps: 'int'):\n    ps.a | 1", []),
    ("try:\n    t = hp.scope.a\nexcept E as t:\n    t.x | 1\nfinally:\n    t.b | 1", ["a.b"]),
    ("match x:\n    case {'k': t} if hp.scope.g: t.x | 1\n    case _: hp.scope.a | 1", ["a", "g"]),
    ("async def f():\n    async with hp.scope() as ps:\n        await g(ps.a | 1)", ["a"]),
]


@pytest.mark.parametrize(("text", "expected"), READS)
def test_reads_of_every_form_are_found(tmp_path, text, expected):
    declarations = scan_text(tmp_path, text)
    if expected and isinstance(expected[0], str):
        assert [declaration.key for declaration in declarations] == expected
    else:
        assert sorted(
            (declaration.key, declaration.kind, declaration.default, declaration.type)
            for declaration in declarations
        ) == sorted(expected, key=lambda row: (row[0], row[1]))


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
def test_the_library_is_recognized_under_any_imported_name(tmp_path, head, scope):
    # A name that a function imports is known only inside the function.
    inside = "hp.scope.a" in head
    text = f"{scope}.a | 1\nother.{scope}.b | 1\nother{scope}.c | 1"
    (declaration,) = scan_text(tmp_path, text, head + "\n")
    line = head.count("\n") + (1 if inside else 2)
    assert (declaration.key, declaration.place[-1]) == ("a", str(line))


def test_a_default_that_is_a_member_of_an_enum_gives_the_values_of_all_members(tmp_path):
    text = """
    import enum
    class Colour(str, enum.Enum):
        RED = "red"
        BLUE = "blue"
    hp.scope.a | Colour.BLUE
    hp.scope.b | Colour.other
    """
    a, b = scan_text(tmp_path, text)
    assert (a.default, a.type, a.annotation) == ("'blue'", "Colour", Literal["red", "blue"])
    assert (b.default, b.type, b.annotation) == ("Colour.other", "", MISSING)


def test_long_chains_do_not_count_as_deep_nesting(tmp_path):
    total = " + ".join(["(hp.scope.a | 1)"] * 900)
    cases = "if x: pass\n" + "".join(f"elif hp.scope.b{n}: pass\n" for n in range(90))
    nested = "".join("    " * n + "if hp.scope.c:\n" for n in range(20)) + "    " * 20 + "pass\n"
    declarations = scan_text(tmp_path, f"x = {total}\n{cases}{nested}")
    assert len({declaration.key for declaration in declarations}) == 92


def test_the_example_of_the_scanners_documentation_is_true(tmp_path):
    text = source.__doc__.split("::\n\n")[1].split("\n\nThe steps")[0]
    declarations = scan_text(tmp_path, text, head="")
    assert [(declaration.key, declaration.kind) for declaration in declarations] == [
        ("model", "tree"),
        ("optimizer.bias.decay", "read"),
        ("optimizer.norm.decay", "read"),
        ("task.*.seed", "read"),
        ("train", "namespace"),
        ("train.lr", "parameter"),
        ("train.steps", "parameter"),
    ]
