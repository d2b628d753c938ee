"""One rule: an option, `-D`, a variable, and a text of a scope give the same value, or are all refused."""

import dataclasses
import enum
import itertools
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal

import attrs
import msgspec
import pydantic
import pytest

import hyperparameter as hp


class Mode(enum.Enum):
    TRAIN = "train"
    EVAL = "eval"


class Level(enum.Enum):
    INFO = 1
    DEBUG = 2


@dataclasses.dataclass
class Data:
    name: str
    port: int = 1
    tags: list[str] = dataclasses.field(default_factory=list)


@attrs.define
class Attrs:
    name: str
    port: int = 1


class Msg(msgspec.Struct):
    name: str
    port: int = 1


class Model(pydantic.BaseModel):
    name: str
    port: int = 1


REFUSED = object()
PATH = Path("b/c")
# The annotation, the default, and the expected value of each text.
CASES: list[tuple[Any, Any, dict[str, Any]]] = [
    (int, 1, {"3": 3, "1e3": 1000, "+5": 5, "true": 1, "2.5": REFUSED, "x": REFUSED}),
    (float, 1.0, {".5": 0.5, "5.": 5.0, "+5": 5.0, "inf": float("inf"), "x": REFUSED}),
    (str, "a", {"4": "4", "none": "none", "1.10": "1.10", "[1]": "[1]"}),
    (Path, Path("a"), {"b/c": PATH}),
    (int | None, 1, {"none": None, "Null": None, "3": 3, "x": REFUSED}),
    (str | None, "a", {"none": None, "NULL": None, "b": "b"}),
    (Literal["a", "b"], "a", {"b": "b", "c": REFUSED}),
    (Literal[1, 2], 1, {"2": 2, "3": REFUSED}),
    (Literal["a", "b"] | None, "a", {"b": "b", "none": None, "c": REFUSED}),
    (Mode, Mode.TRAIN, {"eval": Mode.EVAL, "EVAL": Mode.EVAL, "x": REFUSED}),
    (Level, Level.INFO, {"DEBUG": Level.DEBUG, "2": Level.DEBUG, "3": REFUSED}),
    (Level | None, Level.INFO, {"DEBUG": Level.DEBUG, "none": None}),
    (int | str, 1, {"4": 4, "x": "x", "4.5": "4.5"}),
    (str | int, 1, {"4": "4"}),
    (bool | str, "q", {"false": False, "x": "x"}),
    (str | list[str], "q", {'["a"]': ["a"], "x": "x"}),
    (list[int], [1], {"[1, 2]": [1, 2], "[]": [], "[x": REFUSED}),
    (list[int] | None, None, {"none": None, "[1]": [1]}),
    (list[Level], [], {'["DEBUG", 1]': [Level.DEBUG, Level.INFO]}),
    (list[bool], [], {'["yes", 0]': [True, False]}),
    (list[list[int]], [], {"[[1, 2], [3]]": [[1, 2], [3]]}),
    (tuple[int, str], (1, "a"), {'[2, "b"]': (2, "b"), "[2]": REFUSED}),
    (set[int], {1}, {"[1, 2]": {1, 2}}),
    (dict[str, int], {"a": 1}, {'{"b": 2}': {"a": 1, "b": 2}, "x": REFUSED}),
    (dict, {"lr": 0.1, "wd": 0}, {'{"lr": 2}': {"lr": 2, "wd": 0}}),
    (Data, Data("a", 7), {'{"port": 2}': Data("a", 2), '{"prt": 1}': REFUSED, "x": REFUSED}),
    (Data | None, Data("a", 7), {'{"port": 2}': Data("a", 2), "none": None}),
    (Attrs, Attrs("a", 7), {'{"port": "2"}': Attrs("a", 2)}),
    (Msg, Msg("a", 7), {'{"port": "2"}': Msg("a", 2)}),
    (Model, Model(name="a", port=7), {'{"port": "2"}': Model(name="a", port=2)}),
]
TEXTS = [
    (annotation, default, text, value) for annotation, default, texts in CASES for text, value in texts.items()
]


NUMBERS = itertools.count()


def function_of(annotation, default):
    """Return a decorated function and its namespace, which no other test uses."""

    def main(x=default):
        return x

    main.__annotations__ = {"x": annotation}
    namespace = f"rule{next(NUMBERS)}"
    return hp.param(namespace)(main), namespace


@pytest.mark.parametrize(("annotation", "default", "text", "value"), TEXTS, ids=str)
def test_a_text_gives_the_same_value_wherever_it_is_written(annotation, default, text, value, capsys):
    main, namespace = function_of(annotation, default)
    variable = f"APP_{namespace.upper()}_X"
    environ = hp.env("APP_", environ={variable: text})
    override = f"{namespace}.x={text}"
    # Each way, with the place that its error names.
    ways = [
        (f"--x {text}", lambda: hp.launch(main, argv=["--x", text])),
        (f"--x {text}", lambda: hp.launch(main, argv=[f"--x={text}"])),
        (f"-D {override}", lambda: hp.launch(main, argv=["-D", override])),
        (f"the environment variable {variable}", lambda: hp.launch(main, argv=[], env=environ)),
        ("test_one_rule.py:", lambda: in_scope(override, main)),
    ]
    for place, run in ways:
        if value is not REFUSED:
            result = run()
            assert (type(result), result) == (type(value), value), place
            continue
        with pytest.raises((SystemExit, hp.ParamError)) as caught:
            run()
        error = capsys.readouterr().err or str(caught.value)
        assert f"'{namespace}.x" in error
        assert place in error.split("(set ")[1]


def in_scope(text, main):
    with hp.scope(text):
        return main()


@pytest.mark.parametrize(
    ("annotation", "default", "argv", "value"),
    [
        (list[int], [1], ["--x", "3", "4"], [3, 4]),
        (list[int | str], [], ["--x", "3", "a"], [3, "a"]),
        (list[str | None], [], ["--x", "a", "none"], ["a", None]),
        (list[Level], [], ["--x", "DEBUG", "1"], [Level.DEBUG, Level.INFO]),
        (list[Mode], [], ["--x", "EVAL", "train"], [Mode.EVAL, Mode.TRAIN]),
        (list[bool], [], ["--x", "yes", "off"], [True, False]),
        (list[list[int]], [], ["--x", "[1,2]", "[3]"], [[1, 2], [3]]),
        (tuple[float, ...], (), ["--x", ".5", "-1."], (0.5, -1.0)),
        (list[int], [1, 2], ["-D", "m.x.0=7", "m.x.+=8"], [7, 2, 8]),
        (list[int], [1, 2], ["-D", "m.x.-1=7"], [1, 7]),
        (list[Data], [Data("a", 1)], ["-D", "m.x.0.port=7"], [Data("a", 7)]),
        (Data, Data("a", 7), ["-D", "m.x.tags.+=b", "m.x.port=9"], Data("a", 9, ["b"])),
        (dict, {"on": True, "n": 3}, ["-D", "m.x.on=false", "m.x.n=4"], {"on": False, "n": 4}),
        (dict, {}, ["-D", 'm.x."a.b".c=1'], {"a.b": {"c": "1"}}),
        (Data, Data("a", 7), ["-D", "m.x.port=9", "--x", '{"tags": ["t"]}'], Data("a", 9, ["t"])),
    ],
    ids=str,
)  # fmt: skip
def test_several_texts_and_parts_follow_the_same_rule(annotation, default, argv, value):
    main, namespace = function_of(annotation, default)
    assert hp.launch(main, argv=[text.replace("m.", namespace + ".", 1) for text in argv]) == value


@pytest.mark.parametrize(
    "argv",
    [
        ["-D", "rule.file.data.shuffle=false", "rule.file.data.batch=4"],
        ["-D", 'rule.file.data={"shuffle": false, "batch": 4}'],
    ],
)
def test_texts_take_the_types_of_the_values_of_a_file(tmp_path, argv):
    file = tmp_path / "config.toml"
    file.write_text("[rule.file.data]\nshuffle = true\nbatch = 3\nname = 'n'\n")

    @hp.param("rule.file")
    def main(data: dict):  # type: ignore[type-arg]
        return data

    assert hp.launch(main, argv=argv, config=file) == {"shuffle": False, "batch": 4, "name": "n"}


def test_the_errors_of_a_program_have_no_traceback(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "import hyperparameter as hp\n"
        "@hp.param('m')\n"
        "def main(n: int = 1, opt: dict[str, int] = {'a': 1}): print(n, opt)\n"
        "hp.launch(main)\n"
    )
    for argv in (["--n", "x"], ["-D", "m.opt.a=x", "m.n=y"], ["-D", "m.nn=1"], ["-D", "m.opt=[1"], ["-D", "="]):
        done = subprocess.run([sys.executable, program, *argv], capture_output=True, text=True, check=False)
        assert done.returncode == 2, argv
        assert done.stderr.startswith("program.py: error: "), (argv, done.stderr)
        assert "Traceback" not in done.stderr
