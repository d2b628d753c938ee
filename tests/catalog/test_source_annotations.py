"""Annotations as objects, without running the code that they stand in."""

import sys
import typing
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, Optional, Union

import msgspec
import pytest
from scanning import scan_text

from hyperparameter.core.value import MISSING

pytestmark = pytest.mark.one_kernel


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
def test_annotations_become_objects_if_that_needs_no_running_code(tmp_path, annotation, expected):
    text = f"@hp.param('ns')\ndef f(x: {annotation} = None): ...\nLater = bool\n"
    (parameter,) = (item for item in scan_text(tmp_path, text, HEAD) if item.kind == "parameter")
    assert parameter.annotation is expected if expected is MISSING else parameter.annotation == expected
    # Help spells a union in one way.
    unions = {"Optional[int]": "int | None", "t.Union[int, str]": "int | str"}
    assert parameter.type == unions.get(annotation, annotation.strip("'"))


def test_the_names_in_an_annotation_are_looked_up_where_it_stands(tmp_path):
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
    parameters = (item for item in scan_text(tmp_path, text) if item.kind == "parameter")
    assert {parameter.key: parameter.annotation for parameter in parameters} == {
        "ns.x": MISSING,
        "ns.y": float,
        "of.x": int,
        "of.y": MISSING,
    }


@pytest.mark.skipif(sys.version_info < (3, 12), reason="`type` is a statement since Python 3.12")
def test_a_type_statement_is_an_alias(tmp_path):
    text = """
    type Count = Annotated[int, Meta(ge=1)]
    class Generic[T]:
        @hp.param("ns")
        def f(self, a: Count, b: T): ...
    """
    annotations = {declaration.key: declaration.annotation for declaration in scan_text(tmp_path, text, HEAD)}
    assert annotations == {"ns": MISSING, "ns.a": Annotated[int, msgspec.Meta(ge=1)], "ns.b": MISSING}
