"""The one description of structures: dataclass, attrs, msgspec, pydantic and TypedDict."""

import gc
import weakref
from dataclasses import InitVar, dataclass, field
from typing import Annotated, ClassVar, Final, NotRequired, TypedDict

import attrs
import msgspec
import pydantic
import pytest

from hyperparameter.conversion.structures import (
    accepts_none,
    bare_type,
    describe,
    is_structure,
    keys_of,
    structure_in,
    types_of,
)

pytestmark = pytest.mark.one_kernel


@dataclass
class Data:
    lr: float
    steps: int = 3
    hidden: int = field(default=1, init=False)
    seed: InitVar[int] = 0
    count: ClassVar[int] = 0


@attrs.define
class Attrs:
    _lr: float
    steps: int = 3
    hidden: int = attrs.field(default=1, init=False)


class Struct(msgspec.Struct, rename="camel"):
    learning_rate: float
    inner: "Struct | None" = None


class Tagged(msgspec.Struct, tag="tagged", tag_field="kind"):
    x: int = 1


class Typed(TypedDict):
    lr: float
    sizes: NotRequired[list[int]]


class Model(pydantic.BaseModel):
    lr: float
    steps: int = pydantic.Field(3, alias="count", validation_alias="number")


@pytest.mark.parametrize(
    ("cls", "settable", "required"),
    [
        (Data, {"lr": "lr", "steps": "steps", "seed": "seed"}, ["lr"]),
        (Attrs, {"lr": "_lr", "steps": "steps"}, ["lr"]),
        (Struct, {"learningRate": "learning_rate", "inner": "inner"}, ["learningRate"]),
        (Tagged, {"x": "x"}, []),
        (Typed, {"lr": "lr", "sizes": "sizes"}, ["lr"]),
        (Model, {"lr": "lr", "steps": "steps", "count": "steps", "number": "steps"}, ["lr"]),
    ],
)
def test_a_description_has_the_names_of_the_input_and_the_attributes(cls, settable, required):
    structure = describe(cls)
    assert is_structure(cls)
    assert {name: field.attribute for name, field in structure.settable.items()} == settable
    assert [field.name for field in structure.fields if field.is_required and field.is_settable] == required


def test_the_tag_of_a_struct_is_not_a_field():
    assert (describe(Tagged).tag, describe(Struct).tag) == ("kind", None)


def test_a_model_accepts_unknown_keys_if_it_may_use_them():
    class Extra(pydantic.BaseModel, extra="allow"):
        x: int = 1

    class Before(pydantic.BaseModel):
        x: int = 1

        @pydantic.model_validator(mode="before")
        @classmethod
        def rename(cls, value):
            return value

    class After(pydantic.BaseModel):
        x: int = 1

        @pydantic.model_validator(mode="after")
        def check(self):
            return self

    class Choices(pydantic.BaseModel):
        x: int = pydantic.Field(1, validation_alias=pydantic.AliasChoices("a", "b"))

    accepting = [cls for cls in (Extra, Before, After, Choices, Model, Data) if describe(cls).accepts_unknown]
    assert accepting == [Extra, Before, Choices]


def test_a_description_needs_no_annotations():
    @dataclass
    class Unfinished:
        x: "Later"  # noqa: F821

    assert list(describe(Unfinished).by_name) == ["x"]
    with pytest.raises(TypeError, match="an annotation in .*Unfinished cannot be resolved: name 'Later'"):
        types_of(Unfinished)


def test_a_described_class_can_be_freed():
    def describe_local_class():
        @dataclass
        class Local:
            x: int = 1

        describe(Local)
        return weakref.ref(Local)

    reference = describe_local_class()
    gc.collect()
    assert reference() is None


def test_bare_type_drops_what_says_nothing_about_the_value():
    for annotation in (Annotated[int, "text"], Final[int], ClassVar[int], InitVar[int], NotRequired[int]):
        assert bare_type(annotation) is int
    assert bare_type(Final) is Final


def test_structure_in_finds_the_one_structure_of_an_annotation():
    assert structure_in(Data | None) is Data
    assert structure_in(Annotated[Data, "text"]) is Data
    for annotation in (Data | Attrs, Data | dict[str, int], list[Data], int):
        assert structure_in(annotation) is None


def test_accepts_none():
    assert all(map(accepts_none, (None, int | None, object, Annotated[int | None, "text"])))
    assert not any(map(accepts_none, (int, int | str, Data)))


def test_keys_of_a_schema_stop_at_a_class_that_contains_itself():
    @dataclass
    class Program:
        data: Data
        name: str = ""

    assert list(keys_of(Program)) == ["data.lr", "data.steps", "data.seed", "name"]
    assert list(keys_of(Struct)) == ["learningRate", "inner.learningRate"]
