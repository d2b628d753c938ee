"""The tables of docs/conversion.md: every value in them is read, at every depth."""

import datetime
import decimal
import enum
import pathlib
import re
import typing
from dataclasses import dataclass, make_dataclass
from pathlib import Path

import pytest

import hyperparameter as hp

pytestmark = pytest.mark.one_kernel


class Mode(enum.Enum):
    TRAIN = "train"
    TEST = "test"


@dataclass
class Point:
    x: int = 0
    y: int = 0


NAMES = {
    **{name: getattr(typing, name) for name in ("Any", "Literal")},
    "Mode": Mode,
    "Point": Point,
    "Path": pathlib.Path,
    "date": datetime.date,
    "Decimal": decimal.Decimal,
}
PAGE = Path(__file__).parents[2] / "docs/conversion.md"
ROW = re.compile(r"^\| `([^`]*)`[^|]*? \| (.*) \| (.*)\|$", re.MULTILINE)


def rows(section):
    """Yield the cells of each row of the table in a section."""
    text = PAGE.read_text(encoding="utf-8").partition(f"## {section}\n")[2].partition("\n## ")[0]
    # A table of Markdown has no other way to write `|` that every renderer understands.
    for mark, code in (("<code>", "`"), ("</code>", "`"), ("&#124;", "¦")):
        text = text.replace(mark, code)
    for cells in ROW.findall(text):
        yield [cell.replace("¦", "|") for cell in cells]


def examples(cell):
    """Yield each value in a cell, and what it is read as, or None if it is refused."""
    for code in re.findall(r"`(.*?)`", cell):
        given, _, wanted = code.partition(" → ")
        yield eval(given, NAMES), eval(wanted, NAMES) if wanted else None


ACCEPTED = [(name, *example) for name, cell, _ in rows("What is accepted") for example in examples(cell)]
REFUSED = [(name, given) for name, _, cell in rows("What is accepted") for given, _ in examples(cell)]
UNION_TEXTS = [(name, *example) for name, cell, _ in rows("Unions") for example in examples(cell)]
UNION_VALUES = [(name, *example) for name, _, cell in rows("Unions") for example in examples(cell)]

# Each returns the type of a parameter, the names that lead to the value in it, and the whole around a value.
DEPTHS = {
    "parameter": lambda kind: (kind, "", lambda value: value),
    "value of a dict": lambda kind: (dict[str, kind], ".k", lambda value: {"k": value}),
    "item of a list": lambda kind: (list[kind], None, lambda value: [value]),
    "field": lambda kind: (Holder.of(kind), ".field", lambda value: Holder.of(kind)(value)),
}


class Holder:
    classes: typing.ClassVar[dict[str, type]] = {}

    @classmethod
    def of(cls, kind):
        return cls.classes.setdefault(repr(kind), make_dataclass("Holder", [("field", kind)]))


def read(kind, *sources):
    def function(x):
        return x

    function.__annotations__ = {"x": kind}
    with hp.scope(*sources):
        return hp.param("m")(function)()


def as_input(depth, value):
    return {"field": value} if depth == "field" else DEPTHS[depth](int)[2](value)


def same(value, wanted):
    return value == wanted and type(value) is type(wanted) and repr(value) == repr(wanted)


def test_the_tables_have_all_their_rows():
    assert [len(ACCEPTED), len(REFUSED), len(UNION_TEXTS), len(UNION_VALUES)] == [52, 29, 11, 13]


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize(("name", "given", "wanted"), ACCEPTED + UNION_VALUES)
def test_a_value_is_accepted_at_every_depth(depth, name, given, wanted):
    kind, _, around = DEPTHS[depth](eval(name, NAMES))
    assert same(read(kind, {"m.x": as_input(depth, given)}), around(wanted))


@pytest.mark.parametrize("depth", [depth for depth in DEPTHS if depth != "item of a list"])
@pytest.mark.parametrize(
    ("name", "given", "wanted"), [row for row in ACCEPTED if type(row[1]) is str] + UNION_TEXTS
)
def test_untyped_text_is_accepted_at_every_depth(depth, name, given, wanted):
    kind, path, around = DEPTHS[depth](eval(name, NAMES))
    assert same(read(kind, f"m.x{path}={given}"), around(wanted))


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize(("name", "given"), REFUSED)
def test_a_value_is_refused_at_every_depth(depth, name, given):
    kind, path, _ = DEPTHS[depth](eval(name, NAMES))
    with pytest.raises(hp.ParamError):
        read(kind, {"m.x": as_input(depth, given)})
    if type(given) is str and path is not None:
        with pytest.raises(hp.ParamError):
            read(kind, f"m.x{path}={given}")
