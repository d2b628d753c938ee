"""The messages of msgspec and pydantic, in the terms of Python."""

from dataclasses import dataclass
from typing import Literal

import pydantic
import pytest

from hyperparameter.conversion.builtin_types import Misfit
from hyperparameter.conversion.rule import convert

pytestmark = pytest.mark.one_kernel


@dataclass
class Data:
    lr: float
    sizes: tuple[int, ...] = ()

    def __post_init__(self):
        if self.lr < 0:
            raise ValueError("Expect no `int`")


class Model(pydantic.BaseModel):
    x: int
    y: int


@pytest.mark.parametrize(
    ("value", "annotation", "detail", "path"),
    [
        (["x"], list[int], "expected int, got str", "[0]"),
        ({"lr": 1, "sizes": 3}, Data, "expected list, got int", ".sizes"),
        ("3", list[int], "expected list, got str; text is read as JSON", ""),
        ({"a": 1}, dict[int, int], "expected int, got str as a key", ""),
        ([1], list[dict[str, int] | None], "expected dict | None, got int", "[0]"),
        ({}, Data, "the field 'lr' is missing", ""),
        ({"lr": 1, "size": 3}, Data, "no such field; did you mean 'sizes'?", ".size"),
        ({"lr": -1}, Data, "Expect no `int`", ""),
        ("c", Literal["a", "b"], "invalid enum value 'c'", ""),
        ([[1]], frozenset, "unhashable type: 'list'", ""),
        ([{"x": "one"}], list[Model], "x: Input should be a valid integer, unable to parse", "[0]"),
    ],
)
def test_an_error_says_what_is_wrong_and_where(value, annotation, detail, path):
    with pytest.raises(Misfit) as caught:
        convert(value, annotation)
    assert str(caught.value.detail).startswith(detail)
    assert (caught.value.path, "\n" in str(caught.value.detail)) == (path, False)
