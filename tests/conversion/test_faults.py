"""The errors for wrong values: the key of the part at fault, its value alone, and what to write instead."""

import dataclasses
import datetime
import enum
import pickle
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import pydantic
import pytest

from hyperparameter.conversion.faults import errors_of, param_error
from hyperparameter.conversion.misfit import Misfit
from hyperparameter.conversion.rule import convert
from hyperparameter.core.origin import Origin
from hyperparameter.core.value import Appended, Parts, UntypedText

pytestmark = pytest.mark.one_kernel


class Level(enum.Enum):
    DEBUG = "debug"
    INFO = "info"
    ERROR = "error"


class Mode(enum.Enum):
    TRAIN = 1
    EVAL = 2


Many = enum.Enum("Many", [f"NAME{i}" for i in range(20)])


@dataclasses.dataclass
class Net:
    lr: float = 0.1
    layers: list[int] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Login:
    password: str
    port: int = 1
    env: dict[str, int] = dataclasses.field(default_factory=dict)

    def __post_init__(self):
        if self.port < 0:
            raise ValueError("port is negative")


class Checked(pydantic.BaseModel):
    password: str
    port: int = 1

    @pydantic.model_validator(mode="after")
    def check(self):
        if self.port < 0:
            raise ValueError("port is negative")
        return self


def parts(**items):
    return Parts([1, 2], items)


def error_of(value, annotation, key="m.v"):
    with pytest.raises(Misfit) as caught:
        convert(value, annotation)
    return param_error(caught.value, key, lambda _: None)


@pytest.mark.parametrize(
    ("value", "annotation", "text"),
    [
        ({"lr": "x"}, Net, "'m.v.lr' = 'x' is not a valid float"),
        ({"layers": [1, 2.5]}, Net, "'m.v.layers[1]' = 2.5 is not a valid int: it is not a whole number"),
        ({"layers": 3}, Net, "'m.v.layers' = 3 is not a valid list[int]"),
        ({"lr": None}, Net, "'m.v.lr' = None is not a valid float"),
        ({"lrr": 1}, Net, "'m.v.lrr' is not a field of Net; did you mean 'm.v.lr'?"),
        ({"env": {"a.b": "x"}, "password": ""}, Login, "'m.v.env.\"a.b\"' = 'x' is not a valid int"),
        ({"port": 1}, Login, "Login is missing 'password', and the parameter 'm.v.password' is not set"),
        (
            {"pasword": "x"},
            Login,
            "2 errors:\n  'm.v.pasword' is not a field of Login; did you mean 'm.v.password'?\n"
            "  Login is missing 'password', and the parameter 'm.v.password' is not set; "
            "did you mean 'm.v.pasword'?",
        ),
        ({"password": "secret", "port": -1}, Login, "'m.v' is not a valid Login: ValueError: port is negative"),
        (
            {"password": "secret", "port": -1},
            Checked,
            "'m.v' is not a valid Checked: ValueError: port is negative",
        ),
        (Login("secret"), Net, "'m.v' is not a valid Net: expected a mapping or a Net, got a Login"),
        ([1], Net, "'m.v' = [1] is not a valid Net: expected a mapping"),
        ("resnet", Net, "'m.v' = 'resnet' is not a valid Net: expected a mapping, or an object in JSON"),
        ("{", Net, "'m.v' = '{' is not a valid Net: the text is not valid JSON: Expecting property name"),
        ({"x": 1}, dict[int, int], "'m.v.x' = 'x' is not a valid int: it is a key of the dict"),
        (
            "inof",
            Level,
            "'m.v' = 'inof' is not a valid Level: expected 'debug', 'info' or 'error'; did you mean 'info'?",
        ),
        ("eval", Mode, "'m.v' = 'eval' is not a valid Mode: expected 'TRAIN' or 'EVAL'; did you mean 'EVAL'?"),
        ("NAME3x", Many, "'m.v' = 'NAME3x' is not a valid Many: did you mean 'NAME3'?"),
        ("x", Level | None, "'m.v' = 'x' is not a valid Level | None: expected 'debug', 'info' or 'error'"),
        (
            "adm",
            Literal["adam", "sgd"],
            "'m.v' = 'adm' is not a valid Literal['adam', 'sgd']: did you mean 'adam'?",
        ),
        ("x", Literal[1, None], "'m.v' = 'x' is not a valid Literal[1, None]"),
        ("x", int | float, "'m.v' = 'x' is not a valid int | float"),
        ({"lr": "x"}, Net | Login, "'m.v.lr' = 'x' is not a valid float"),
        (
            {"password": "a", "prt": 1},
            Net | Login,
            "'m.v.prt' is not a field of Login; did you mean 'm.v.port'?",
        ),
        (
            datetime.date(2020, 1, 2),
            str,
            "'m.v' = datetime.date(2020, 1, 2) is not a valid str: it is a date: quote",
        ),
        (3, datetime.date, "'m.v' = 3 is not a valid date"),
        ("x", datetime.date, "'m.v' = 'x' is not a valid date: invalid RFC3339 encoded date"),
        (3, Path, "'m.v' = 3 is not a valid Path"),
        ("0", Annotated[int, msgspec.Meta(gt=5)], "'m.v' = '0' is not a valid int: expected int >= 6"),
        ([1], tuple[int, int], "'m.v' = [1] is not a valid tuple[int, int]: expected 2 items, got 1"),
        (parts(**{"5": 1}), list[int], "'m.v.5' is not the index of an item: the list has 2 items"),
        (parts(**{"0": UntypedText("x")}), list[int], "'m.v.0' = 'x' is not a valid int"),
        (parts(**{"+": Appended(("x",))}), list[int], "'m.v.+' = 'x' is not a valid int"),
        (parts(**{"0": 1}), set[int], "'m.v.0' is not a part of a set: only '+' is"),
    ],
)
def test_an_error_names_the_part_at_fault(value, annotation, text):
    message = str(error_of(value, annotation))
    assert message.startswith(text)
    assert "secret" not in message


def test_each_fault_has_its_own_key_value_and_origin():
    with pytest.raises(Misfit) as caught:
        convert({"lr": "x", "layers": ["y"], "z": 1}, Net)
    errors = errors_of(caught.value, "", lambda path: Origin.at(f"{path}"))
    assert [(error.key, error.value, error.wanted, error.where) for error in errors] == [
        ("lr", "x", "float", "('lr',)"),
        ("layers[0]", "y", "int", "('layers', 0)"),
        ("z", 1, "Net", "('z',)"),
    ]


def test_an_error_with_several_faults_pickles():
    error = error_of({"lr": "x", "layers": ["y"]}, Net)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), [part.key for part in again.errors]) == (str(error), ["m.v.lr", "m.v.layers[0]"])
    single = error_of("x", int)
    assert single.errors == (single,)


def test_a_list_of_wrong_items_is_not_read_to_its_end():
    assert 100 < len(error_of(["x"] * 1000, list[int]).errors) < 200
