"""What a value merges with: defaults, outer values and texts. Random cases found what is tested here."""

import enum
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, NotRequired, TypedDict
from unittest.mock import Mock

import pydantic
import pytest

import hyperparameter as hp


class Mode(enum.Enum):
    TRAIN = "train"
    EVAL = "eval"


class Maybe(TypedDict):
    a: NotRequired[int]


@dataclass
class Opt:
    a: int = 3
    extra: Any = field(default_factory=lambda: 7)
    inner: dict[str, float] = field(default_factory=lambda: {"x": 1.0})


def read(annotation, *sources, **default):
    """Return what a decorated function gets; each source is a scope of its own."""

    def function(x):
        return x

    function.__annotations__ = {"x": annotation}
    function.__defaults__ = tuple(default.values())
    decorated = hp.param("m")(function)

    def enter(remaining):
        if not remaining:
            return decorated()
        with hp.scope(remaining[0]):
            return enter(remaining[1:])

    return enter(sources)


def test_untyped_text_for_any_takes_the_type_of_the_field_s_default():
    assert read(Opt, "m.x.extra=8").extra == 8
    assert hp.config("extra=8", schema=Opt).instance.extra == 8


def test_none_with_keys_below_it_starts_from_nothing():
    assert read(Opt | None, {"m.x": None}, {"m.x.a": 5}, default=Opt(1, 2, {})) == Opt(5)
    assert read(str | Opt | None, {"m.x": None}, {"m.x.a": 5}, default=None) == Opt(5)


def test_keys_below_a_value_without_parts_change_nothing():
    for value in (None, "4", 2.5):
        assert read(float | None, {"m.x": value}, {"m.x.z": 1}) == (None if value is None else float(value))
    # A number becomes text only if no type of the union is for numbers.
    assert read(list[str | int], {"m.x": [2]}, {"m.x.0.z": 1}) == [2]


def test_a_value_that_is_a_choice_of_a_union_stays():
    assert read(float | Literal[1], {"m.x": 1}) == 1
    assert type(read(float | Literal[1], {"m.x": 1})) is int
    assert type(read(bool | Literal["1", 1], {"m.x": 1})) is int


def test_a_mapping_goes_first_to_the_type_of_what_it_merges_with():
    assert read(Maybe | Opt, {"m.x.a": 5}, default=Opt(1)) == Opt(5)
    assert read(Opt | dict[str, int], "m.x={}", default={"k": 1}) == {"k": 1}
    # The mapping replaces the default, so the order of the union decides.
    assert read(Opt | dict[str, int], {"m.x": hp.replace({})}, {"m.x.a": 5}) == Opt(5)


def test_the_fields_of_a_named_tuple_are_not_the_items_of_another_list():
    class Point(NamedTuple):
        x: int
        y: int

    with pytest.raises(hp.ParamError, match="'m.x.1' is not a field of Point"):
        read(tuple[int, int] | Point, {"m.x.1": 5}, default=Point(1, 2))


def test_an_empty_mapping_of_a_replace_stays():
    with hp.scope({"m": hp.replace({"k": {}, "l": {"a": {}}})}):
        assert hp.scope.m() == hp.scope.m({"z": 1}) == {"k": {}, "l": {"a": {}}}


def test_text_on_a_replaced_table_is_a_plain_dict():
    with hp.scope({"m": hp.replace({"k": 1})}, 'm={"k": 2}'):
        assert type(hp.scope.m | None) is dict


def test_untyped_text_has_one_type_whether_the_default_is_none_or_missing():
    with hp.scope(steps=0), hp.scope("steps=3"):
        assert [hp.scope.steps(), hp.scope.steps | None] == [3, 3]


def test_json_text_has_parts_also_for_a_reader_without_type():
    for outer in ('m={"a": 1}', {"m": '{"a": 1}'}):
        with hp.scope(outer), hp.scope({"m.b": 2}):
            assert hp.scope.m() == (hp.scope.m | None) == {"a": 1, "b": 2}


def test_parts_of_a_default_without_parts_replace_it():
    with hp.scope({"m.0.z": 1}):
        assert hp.scope.m([Mode.TRAIN, Mode.EVAL]) == [{"z": 1}, Mode.EVAL]
    with hp.scope({"m.0.z": 1}):
        assert hp.scope.m(["[7, 8]"]) == [{"z": 1}]


def test_pydantic_accepts_no_more_than_the_rule_where_the_rule_knows_the_type():
    class Model(pydantic.BaseModel):
        lr: float = 0.1
        either: Opt | float = 0.1

    for name in ("lr", "either"):
        with pytest.raises(hp.ParamError, match=f"'m.x.{name}' = True is not a valid"):
            read(Model, {"m.x": {name: True}})


def test_parts_of_an_object_of_another_class_are_refused():
    class Wanted(TypedDict):
        a: NotRequired[Mode]

    with pytest.raises(hp.ParamError, match="'m.x.a' = 'EVAL' is not a valid int"):
        read(Opt | Wanted, {"m.x": Opt(1)}, {"m.x.a": "EVAL"})


def test_json_text_goes_to_the_first_container_if_the_default_is_a_named_tuple():
    class Point(NamedTuple):
        x: int
        y: int

    assert read(list[int] | Point | tuple[int, ...], "m.x=[]", default=Point(1, 2)) == []


def test_numbers_in_json_text_are_read_as_text_in_the_way_they_are_written():
    assert read(list[str], "m.x=[1.10, 1E3, -0, 7]") == ["1.10", "1E3", "-0", "7"]
    assert read(dict[str, list[str]], 'm.x={"v": [1.10]}', {"m.x.w": [1.1]}) == {"v": ["1.10"], "w": ["1.1"]}
    with hp.scope('m={"v": 1.10, "list": [[2.50]]}'):
        assert [hp.scope.m.v | "", hp.scope.m.v | 0.0, hp.scope.m.v | None] == ["1.10", 1.1, 1.1]
        assert (hp.scope.m | {}) == {"v": 1.1, "list": [[2.5]]}
    assert hp.config({"m": {}}, 'm={"v": 1.10, "list": [[2.50]]}') == {"m": {"v": 1.1, "list": [[2.5]]}}


def test_an_unknown_name_is_compared_with_the_fields_of_all_types_of_a_union():
    @dataclass
    class Sgd:
        a: int = 1
        momentum: float = 0.0

    message = r"'m.x.momentun' is not a field of Opt \| Sgd; did you mean 'm.x.momentum'?"
    with pytest.raises(hp.UnusableOverrideError, match=message):
        read(Opt | Sgd, {"m.x.momentun": 1}, default=Opt())


def test_the_number_of_a_flag_can_be_text():
    class Rights(enum.Flag):
        READ = 1
        WRITE = 2

    assert read(Rights, "m.x=3") == Rights.READ | Rights.WRITE


def test_an_object_that_claims_to_be_text_is_not_a_choice():
    with pytest.raises(hp.ParamError, match=r"is not a valid Literal\['a'\]"):
        read(Literal["a"], {"m.x": Mock(spec=str)})


def test_the_name_and_the_alias_of_a_pydantic_field_both_set_it():
    class Aliased(pydantic.BaseModel):
        lr: pydantic.PositiveFloat = pydantic.Field(0.1, alias="learningRate")
        steps: int = 1

    default = Aliased(learningRate=0.5)
    for name in ("lr", "learningRate"):
        assert read(Aliased, f"m.x.{name}=.7", default=default).lr == 0.7
        for value, message in (("-1", "Input should be greater than 0"), ("fast", "is not a valid float")):
            with pytest.raises(hp.ParamError, match=f"'m.x.{name}' = '{value}'.*{message}"):
                read(Aliased, f"m.x.{name}={value}", default=default)
    assert read(Aliased, "m.x.steps=2", default=default) == Aliased(learningRate=0.5, steps=2)
