"""Tables, None and texts of JSON on top of each other."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy
import pytest

import hyperparameter as hp

pytestmark = pytest.mark.one_kernel


@dataclass
class Part:
    lr: float = 0.1
    name: str = "a"


@dataclass
class Whole:
    part: Part | None = field(default_factory=lambda: Part(5.0, "b"))
    many: list[Part] = field(default_factory=list)
    table: dict[str, Any] = field(default_factory=lambda: {"kept": 1})


@pytest.mark.parametrize("none", ["part=none", "part=null", {"part": None}])
def test_none_turns_off_an_optional_table(none):
    assert hp.config({"part": {"lr": 1}}, none, schema=Whole).instance.part is None
    # A later part turns it on again, with its default.
    assert hp.config({"part": {"lr": 1}}, none, "part.lr=2", schema=Whole).instance.part == Part(2.0, "b")


def test_other_values_do_not_replace_a_table():
    with pytest.raises(hp.ConfigError, match="'part' = 'x' is a value .*, but 'part.lr' makes it a table"):
        hp.config({"part": {"lr": 1}}, "part=x")


def test_an_empty_table_changes_nothing_in_a_text_of_json():
    assert hp.config('part={"lr": 2}', {"part": {}}, schema=Whole).instance.part.lr == 2.0
    assert hp.config({"part": {}}, 'part={"lr": 2}', "part={}", schema=Whole).instance.part.lr == 2.0


def test_a_text_of_json_in_a_text_of_json_becomes_a_table():
    cfg = hp.config('a={"b": "{\\"c\\": 1}"}', "a.b.d=2")
    assert cfg == {"a": {"b": {"c": 1, "d": "2"}}}


def test_a_value_on_a_table_that_was_a_text_of_json_is_an_error_with_both_places():
    with pytest.raises(hp.ConfigError, match="'a' = 'x' is a value .*, but 'a.b.c' makes it a table"):
        hp.config('a.b={"c": 1}', "a.b.c=2", "a=x")


def test_parts_of_a_table_whose_numbers_have_an_unusual_spelling():
    Path("c.toml").write_text('many = [{lr = 1E-2}, {name = "c"}]\ntable = {version = 1.10}\n')
    whole = hp.config("c.toml", "many.0.name=d", schema=Whole).instance
    assert whole.many == [Part(0.01, "d"), Part(0.1, "c")]
    # The default of the field shows through.
    assert whole.table == {"kept": 1, "version": 1.1}
    Path("d.toml").write_text("[[wholes]]\ntable = {version = 1.10}\n")

    @hp.param("m")
    def function(wholes: list[Whole]):
        return wholes[0].table

    with hp.scope(m=hp.config("d.toml")):
        assert function() == {"kept": 1, "version": 1.1}


class NoEquality(type):
    def __eq__(cls, other):
        raise TypeError("no equality")

    def __hash__(cls):
        raise TypeError("no hash")


class Odd(metaclass=NoEquality):
    """An object whose class can be neither compared nor hashed."""


def test_any_object_can_be_a_value_of_a_configuration():
    @dataclass
    class Holder:
        x: Any
        y: Any = None

    odd, array = Odd(), numpy.array([1, 2])
    cfg = hp.config({"x": odd, "y": "${x}"}, schema=Holder)
    assert cfg["x"] is cfg["y"] is odd
    assert hp.config({"x": array}, schema=Holder).instance.x is array
    assert hp.config({"x": [odd]}, "x.0=1", "x.+=2") == {"x": ["1", "2"]}
    with pytest.raises(hp.ConfigError, match=r"'x' = <.*Odd object.*> is a value"):
        hp.config({"x": odd}, "x.a=1")
    with hp.scope(z=3):
        assert (hp.scope.z | odd) == 3


def test_an_error_of_a_default_factory_does_not_show_the_values():
    @dataclass
    class Broken:
        table: dict[str, str] = field(default_factory=lambda: {}["name"])

    with pytest.raises(hp.ConfigError) as caught:
        hp.config({"table": {"password": "secret"}}, schema=Broken)
    assert str(caught.value) == "the configuration is not a valid Broken: KeyError: 'name'"


def test_a_table_that_an_empty_table_became_is_still_a_table():
    with pytest.raises(hp.ConfigError, match=r"'a' = 2 is a value .*, but 'a\.b\.c' makes it a table"):
        hp.config({"a": {"b": {}}}, {"a": {"b": {"c": 1}}}, {"a": 2})
