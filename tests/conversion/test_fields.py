"""Structures of every library: parts are set, and all other fields come from the default."""

import dataclasses
import gc
import weakref
from typing import Any, NamedTuple, TypedDict

import attrs
import msgspec
import pydantic
import pytest

from hyperparameter.conversion.misfit import Misfit
from hyperparameter.conversion.rule import convert, convert_like
from hyperparameter.core.value import MISSING, Parts, UntypedText, replace

pytestmark = pytest.mark.one_kernel


@dataclasses.dataclass
class Data:
    name: str
    lr: float = 0.1
    sizes: list[int] = dataclasses.field(default_factory=lambda: [1])
    inner: "Data | None" = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class KeywordOnly:
    name: str
    lr: float = 0.1
    sizes: list[int] = dataclasses.field(default_factory=lambda: [1])
    inner: "KeywordOnly | None" = None


@attrs.define
class Attrs:
    name: str
    lr: float = 0.1
    sizes: list[int] = attrs.field(factory=lambda: [1])
    inner: "Attrs | None" = None


class Struct(msgspec.Struct):
    name: str
    lr: float = 0.1
    sizes: list[int] = msgspec.field(default_factory=lambda: [1])
    inner: "Struct | None" = None


class Model(pydantic.BaseModel):
    name: str
    lr: float = 0.1
    sizes: list[int] = [1]
    inner: "Model | None" = None


class Named(NamedTuple):
    name: str
    lr: float = 0.1
    sizes: list[int] = [1]  # noqa: RUF012
    inner: Any = None


class Typed(TypedDict):
    name: str
    lr: float
    sizes: list[int]
    inner: "Typed | None"


CLASSES = [Data, KeywordOnly, Attrs, Struct, Model, Named, Typed]


def make(cls, **fields):
    return cls(**({"lr": 0.1, "sizes": [1], "inner": None} | fields if cls is Typed else fields))


def get(value, name):
    return value[name] if isinstance(value, dict) else getattr(value, name)


def parts(value=MISSING, /, **items):
    return Parts(
        value, {name: UntypedText(item) if isinstance(item, str) else item for name, item in items.items()}
    )


@pytest.mark.parametrize("cls", CLASSES)
def test_fields_that_are_not_set_come_from_the_default(cls):
    default = make(cls, name="a", sizes=[7], inner=make(cls, name="b", lr=5.0))
    for value in (
        parts(lr=".5"),
        {"lr": 0.5},
        '{"lr": ".5"}',
        parts({"lr": 3}, lr=".5"),
        parts(default, lr=".5"),
    ):
        result = convert(value, cls, default)
        assert [get(result, name) for name in ("name", "lr", "sizes")] == ["a", 0.5, [7]]
        assert get(result, "inner") == get(default, "inner")
    assert convert(parts(lr=".5"), cls | None, default) == convert_like(parts(lr=".5"), default) == result
    if cls is not Named:
        inner = get(convert(parts(inner=parts(name="c")), cls, default), "inner")
        assert (get(inner, "name"), get(inner, "lr")) == ("c", 5.0)
    whole = convert(parts(sizes="[2]", name="c"), cls, default)
    assert (get(whole, "sizes"), get(default, "lr"), get(default, "sizes")) == ([2], 0.1, [7])


@pytest.mark.parametrize("cls", CLASSES)
def test_replace_starts_from_nothing(cls):
    default = make(cls, name="a", sizes=[7])
    fields = {"name": "b", "lr": 1, "sizes": [1], "inner": None}
    for value in (replace(fields), parts(replace(), **fields), parts(replace(fields))):
        assert get(convert(value, cls, default), "sizes") == [1]
    with pytest.raises(Misfit) as caught:
        convert(parts(replace(), lr="1"), cls, default)
    assert (caught.value.faults[0].kind, caught.value.faults[0].path) == ("missing", ("name",))


@pytest.mark.parametrize("cls", CLASSES)
def test_all_faults_are_found_together(cls):
    with pytest.raises(Misfit) as caught:
        convert({"lrr": 1, "lr": "x", "sizes": [1, "y", "z"]}, cls)
    faults = {fault.path: fault.kind for fault in caught.value.faults}
    faults.pop(("inner",), None)
    assert faults == {
        ("lrr",): "unknown",
        ("lr",): "value",
        ("sizes", 1): "value",
        ("sizes", 2): "value",
        ("name",): "missing",
    }


@pytest.mark.parametrize("cls", [Data, KeywordOnly, Attrs, Struct, Model])
def test_an_object_of_a_subclass_keeps_its_class(cls):
    namespace = {"__annotations__": {"extra": int}, "extra": 1, "__module__": __name__}
    frozen = dataclasses.dataclass(frozen=True, kw_only=True)
    decorators = {Attrs: attrs.define, Data: dataclasses.dataclass, KeywordOnly: frozen}
    sub = decorators.get(cls, lambda made: made)(type(cls)("Sub", (cls,), namespace))
    default = sub(name="a")
    result = convert(parts(lr=".5", extra="2"), cls, default)
    assert (type(result), result.lr, result.extra) == (sub, 0.5, 2)
    assert convert(default, cls) is default


@dataclasses.dataclass
class Computed:
    lr: float
    total: float = dataclasses.field(init=False, default=0.0)
    seed: dataclasses.InitVar[int] = 3

    def __post_init__(self, seed):
        self.total = self.lr + seed
        if self.lr < 0:
            raise ValueError("lr is negative")


@attrs.define
class AttrsComputed:
    lr: float = attrs.field(validator=attrs.validators.ge(0))
    total: float = attrs.field(init=False)

    def __attrs_post_init__(self):
        self.total = self.lr + 3


@dataclasses.dataclass
class NeedsSeed:
    lr: float
    seed: dataclasses.InitVar[int]


@pytest.mark.parametrize("cls", [Computed, AttrsComputed])
def test_the_constructor_computes_the_fields_that_cannot_be_set(cls):
    assert convert(parts(lr="1"), cls, cls(lr=5)).total == 4.0
    for value, kind, detail in (
        ({"lr": 1, "total": 5}, "unknown", "is not a parameter of .*: the class sets it itself"),
        ({"lr": -1}, "refused", "ValueError: "),
    ):
        with pytest.raises(Misfit, match=detail) as caught:
            convert(value, cls)
        assert caught.value.faults[0].kind == kind
    assert isinstance(caught.value.__cause__, ValueError)


def test_a_variable_of_the_constructor_can_be_set_but_not_taken_from_the_default():
    assert convert(parts(seed="7"), Computed, Computed(1.0)).total == 8.0
    assert convert({"lr": 1, "seed": "7"}, NeedsSeed) == NeedsSeed(1.0, 7)
    with pytest.raises(Misfit) as caught:
        convert(parts(lr="1"), NeedsSeed, NeedsSeed(1.0, 7))
    assert caught.value.faults[0].path == ("seed",)


@dataclasses.dataclass
class Program:
    data: Data = dataclasses.field(default_factory=lambda: Data("made", 3.0))
    options: dict = dataclasses.field(default_factory=lambda: {"lr": 0.1, "wd": 0})
    anything: Any = 3


def test_the_default_of_a_field_is_the_base_of_its_parts():
    assert convert(parts(data=parts(lr="1")), Program).data == Data("made", 1.0)
    assert convert({"options": {"lr": 1}}, Program).options == {"lr": 1, "wd": 0}
    assert convert(parts(anything="4"), Program).anything == 4


class Checked(pydantic.BaseModel, extra="allow"):
    names: list[str] = []
    n: int = pydantic.Field(1, gt=0)
    secret: pydantic.SecretStr = pydantic.SecretStr("")

    @pydantic.field_validator("names", mode="before")
    @classmethod
    def split(cls, value):
        return value.split(",") if isinstance(value, str) else value


class Numbers(pydantic.RootModel[list[int]]):
    pass


def test_pydantic_checks_what_the_rule_does_not_know():
    assert convert({"names": "a,b", "n": "1e1", "more": 1}, Checked) == Checked(names=["a", "b"], n=10, more=1)
    default = Checked(secret="s", more=1)
    merged = convert(parts(n="2", more="5"), Checked, default)
    assert (merged.secret.get_secret_value(), merged.n, merged.more) == ("s", 2, 5)
    assert convert('["1"]', Numbers) == Numbers([1])
    with pytest.raises(Misfit, match="Input should be greater than 0"):
        convert({"n": -1}, Checked)


class Circle(msgspec.Struct, tag="circle"):
    size: int = 1


class Square(msgspec.Struct, tag="square"):
    size: int = 1


def test_the_tag_or_the_default_chooses_between_structures():
    assert convert({"type": "square", "size": "2"}, Circle | Square) == Square(2)
    assert convert(parts(size="2"), Circle | Square, Square(5)) == Square(2)
    assert convert(parts(lr="1"), Computed | Data, Data("a")) == Data("a", 1.0)
    with pytest.raises(Misfit, match="expected 'circle' or 'square'"):
        convert({"type": "squar"}, Circle | Square)


def test_a_converted_class_can_be_freed():
    def convert_to_local_class():
        @dataclasses.dataclass
        class Local:
            x: int = 1

        convert({"x": "2"}, Local)
        return weakref.ref(Local)

    reference = convert_to_local_class()
    gc.collect()
    assert reference() is None
