"""Files: their values, the lines of their keys, and the errors for broken files."""

import math
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from config_errors import error_of

import hyperparameter as hp
from hyperparameter.configuration import files

pytestmark = pytest.mark.one_kernel


def test_a_file_becomes_nested_plain_values(example_files):
    assert hp.config("a.toml") == {
        "seed": 1,
        "train": {
            "lr": 0.1,
            "sizes": ["[train]", "]"],
            "text": "[data]\nlr = 3\n",
            "opt": {"name": "sgd", "decay.rate": 2},
        },
        "layers": [{"width": 3}, {"width": 4}],
        "data": {"a": {}},
    }
    assert hp.config(Path("b.yaml")) == {
        "base": {"lr": 1e-3, "name": "no"},
        "train": {"lr": 2, "name": "no"},
        "1": "one",
        "d": {"e": [{"x": 1}]},
        "none": None,
    }
    assert hp.config("c.json") == {
        "train": {"lr": 'a "}, {', "sizes": [{"lr": 1}, "]"], "deep": {"x": -1500.0, "y": {}}},
        "last": None,
    }
    assert all(type(hp.config(name)["train"]) is dict for name in ("a.toml", "b.yaml", "c.json"))


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "a.toml",
            {
                "seed": 1,
                "train.lr": 4,
                "train.sizes": 5,
                "train.text": 9,
                "train.opt.name": 13,
                'train.opt."decay.rate"': 13,
                "layers": 15,
                "data.a": 19,
            },
        ),
        ("b.yaml", {"base.lr": 2, "base.name": 3, "train.lr": 6, "train.name": 3, "1": 7, "d.e": 8, "none": 9}),
        ("c.json", {"train.lr": 1, "train.sizes": 2, "train.deep.x": 4, "train.deep.y": 4, "last": 5}),
    ],
)
def test_each_value_of_a_file_has_its_line(example_files, name, lines):
    cfg = hp.config(name)
    places = {key: cfg.where(key) for key in hp.scope(cfg)}
    assert places == {key: f"{name}:{line}" for key, line in lines.items()}


def test_a_key_of_a_yaml_mapping_wins_over_a_merged_one(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("b: &b\n  x: 1\n  y: 2\nc:\n  x: 9\n  <<: *b\n")
    cfg = hp.config(path)
    assert [cfg.where(key) for key in ("c.x", "c.y")] == [f"{path}:5", f"{path}:3"]


@pytest.mark.parametrize("text", ["a: !!bool foo", "%YAML 1.9\n---\na: 1"])
def test_an_error_for_odd_yaml_names_the_file(tmp_path, text):
    path = tmp_path / "a.yaml"
    path.write_text(text)
    with pytest.raises(hp.ConfigError, match="a.yaml"):
        hp.config(path)


TOO_DEEP_ARRAY = "a = " + "[" * 150 + "]" * 150
MULTIPLYING_ALIASES = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
)
LONG_KEY = b".".join([b"a", b'"b.c"'] * 10_000)
TOO_MANY_DIGITS = "Exceeds the limit (4300 digits) for integer string conversion"

# A file's name and content, and the start of the error for it. The error starts with the path that is loaded.
FILES = [
    # TOML
    ("a.toml", b"a = 1\nb = \n", "a.toml:2:5: not valid TOML: Invalid value"),
    ("a.toml", b'[t]\na = "x', "a.toml:2:7: not valid TOML: Unterminated string at the end of the file"),
    ("a.toml", b"a = 1\na = 2\n", "a.toml:2:6: not valid TOML: Cannot overwrite a value"),
    ("a.toml", b"a = 1\n[b]\nc = [\n 1, \n]\nd = " + b"9" * 5000, f"a.toml:6: {TOO_MANY_DIGITS}"),
    ("a.toml", TOO_DEEP_ARRAY.encode(), "a.toml:1: 'a' is nested deeper than 100 levels"),
    ("a.toml", b"a = " + b"[" * 100_000, "a.toml: it is nested too deeply"),
    ("a.toml", b"[" + b".".join([b"a"] * 150) + b"]", "a.toml:1: 'a.a.a.a.a.a.a.a.a.a.a.a"),
    (
        "a.toml",
        b'x = 1\n"a=b" = 1',
        "a.toml:2: 'a=b' is not a valid key: segment 'a=b' contains '='; write it in quotes: \"a=b\"",
    ),
    ("a.toml", b'"a.b" = 1\n[a]\nb = 2', "a.toml:1: 'a.b' is set twice, once with a dotted name"),
    ("a.toml", b"[t]\n_replace_ = 1", "a.toml:2: 't._replace_' is not valid: expected true or false, got 1"),
    ("a.toml", b"a = 1\nb = '\xff'", "a.toml:2:6: not valid UTF-8: byte 11 is 0xff"),
    ("a.toml", b"a = 1\n" + LONG_KEY + b" = 1", "a.toml:2:1: a key has more than 256 segments"),
    ("a.toml", b"[" + LONG_KEY + b"]", "a.toml:1:2: a key has more than 256 segments"),
    ("a.toml", b"a = {" + LONG_KEY + b" = 1}", "a.toml:1:6: a key has more than 256 segments"),
    # JSON
    (
        "a.json",
        b'{"a": 1,\n}',
        "a.json:2:1: not valid JSON: Expecting property name",
    ),
    ("a.json", b'{"a": 1} x', "a.json:1:10: not valid JSON: Extra data"),
    (
        "a.json",
        b'{"a": 1,\n "b": [{"c": 1,\n "c": 2}]}',
        "a.json:3:2: the key 'c' is set twice, first on line",
    ),
    ("a.json", b'{"a": [1,\n NaN]}', "a.json:2:2: NaN is not valid JSON"),
    ("a.json", b'{"a":\n NaNN}', "a.json:2:2: NaNN is not valid JSON"),
    ("a.json", b'{"a": [NaN"x"]}', "a.json:1:8: NaN is not valid JSON"),
    ("a.json", b'{"a": [1 , NaN{', "a.json:1:12: NaN is not valid JSON"),
    ("a.json", b'{"a" : 1 ,\n "a" : 2 }', "a.json:2:2: the key 'a' is set twice, first on line 1"),
    (
        "a.json",
        b'{"a": "\\ud83d\\ude00",\n "b": ["\\uDE00\\uD83D"]}',
        "a.json:2:8: \\ude00 is half of a character, and the other half is missing",
    ),
    ("a.json", b'{"\\ud83d": 1}', "a.json:1:2: \\ud83d is half of a character"),
    ("a.json", b'{"' + b".".join([b"a"] * 20_000) + b'": 1}', "a.json:1: 'a.a.a.a.a.a.a.a.a.a.a.a.a.a."),
    ("a.json", b'{"a": -Infinity}', "a.json:1:7: -Infinity is not valid JSON"),
    ("a.json", b'{"a":\n' + b"9" * 5000 + b"}", f"a.json:2:1: {TOO_MANY_DIGITS}"),
    ("a.json", b'{"a": ' * 100_000, "a.json: it is nested too deeply"),
    ("a.json", b"[1]", "a.json:1:1: expected a table at the top, got a list"),
    ("a.json", b"3", "a.json:1:1: expected a table at the top, got a number"),
    ("a.json", b'{"": 1}', "a.json:1: '' is not a valid key: it is empty"),
    # YAML
    (
        "a.yaml",
        b"a: [1\nb: 2",
        "a.yaml:2:2: not valid YAML: while parsing a flow sequence: did not find expected ',' or ']'",
    ),
    (
        "a.yaml",
        b"a: 1\n\tb: 2",
        "a.yaml:2:1: not valid YAML: while scanning a plain scalar: found a tab character",
    ),
    ("a.yaml", b"a: 1\nb: {c: 1, c: 2}", "a.yaml:2:11: the key 'c' is set twice, first on line 2"),
    (
        "a.yaml",
        b"a: 1\n---\nb: 2\n---\n- 3",
        "a.yaml:5:1: expected a table at the top, got a list",
    ),
    ("a.yaml", b"a: x\x07", "a.yaml:1:5: unacceptable character #x0007: special characters are not allowed"),
    ("a.yaml", b"a: *b", "a.yaml:1:4: not valid YAML: found undefined alias 'b'"),
    ("a.yaml", b"a: &b [*b]", "a.yaml:1:4: the value of the anchor '&b' contains itself"),
    ("a.yaml", b"a: &b {c: *b}", "a.yaml:1:4: the value of the anchor '&b' contains itself"),
    (
        "a.yaml",
        MULTIPLYING_ALIASES.encode(),
        "a.yaml:6:5: the aliases in it expand to more than 100,000 values",
    ),
    (
        "a.yaml",
        b"a: !!python/object/apply:os.system [exit]",
        "a.yaml:1:4: the tag '!!python/object/apply:os.system' is not allowed: use plain values only",
    ),
    ("a.yaml", b"a: !mine 3", "a.yaml:1:4: the tag '!mine' is not allowed: use plain values only"),
    ("a.yaml", b"a: 1\ntrue: 2", "a.yaml:2:1: expected text as a key, got bool (true)"),
    ("a.yaml", b"? [1, 2]\n: 3", "a.yaml:1:3: expected text as a key, got seq"),
    ("a.yaml", b"- 1", "a.yaml:1:1: expected a table at the top, got a list"),
    ("a.yaml", b"text", "a.yaml:1:1: expected a table at the top, got text"),
    ("a.yaml", b"a: " + b"[ " * 150 + b"]" * 150, "a.yaml:1:204: it is nested deeper than 100 levels"),
    ("a.yaml", b"a: " + b"[ " * 5000 + b"]" * 5000, "a.yaml:1:204: it is nested deeper than 100 levels"),
    (
        "a.yaml",
        b"a: 1\n<<: 3",
        "a.yaml:2:5: the value of '<<' is expected to be a mapping or a list of mappings",
    ),
    ("a.yaml", b"<<: {a: 1}\n<<: {b: 1}", "a.yaml:2:1: the key '<<' is set twice, first on line 1"),
    ("a.yaml", b"a: !!int x", "a.yaml:1:4: 'x' is not a valid int"),
    ("a.yaml", b"a: !!binary x", "a.yaml:1:4: "),
    ("a.yaml", b"a: !!map [x]", "a.yaml:1:4: the tag '!!map' is not allowed: use plain values only"),
    ("a.yaml", b"? &b [1]\n: 1", "a.yaml:1:3: expected text as a key, got seq"),
    ("a.yaml", b"a: &b [1]\n*b : 1", "a.yaml:2:1: expected text as a key, got seq"),
    ("a.yaml", b"a: 1\nb: " + b"9" * 5000, f"a.yaml:2:4: {TOO_MANY_DIGITS}"),
    ("a.yaml", b"a: 2024-02-31", "a.yaml:1:4: day is out of range for month"),
    # Paths that are not files of a known format
    ("train.toml", b"", "tran.toml: there is no such file; did you mean 'train.toml'?"),
    ("a.toml", b"", "none/a.toml: there is no such file, because there is no folder 'none'"),
    ("a.toml", b"", "train.lr: there is no such file; to set a parameter, write key=value"),
    ("a.ini", b"", "a.ini: expected a file with the suffix .toml, .json, .yaml or .yml, got '.ini'"),
    (
        "train",
        b"",
        "train: expected a file with the suffix .toml, .json, .yaml or .yml, "
        "got no suffix (a key=value text needs a '=')",
    ),
]


@pytest.mark.parametrize(("name", "content", "text"), FILES, ids=[text[:40] for _, _, text in FILES])
def test_the_error_for_a_broken_file_names_the_place(name, content, text):
    Path(name).write_bytes(content)
    assert error_of(text.partition(":")[0]).startswith(text)


def test_whole_characters_and_long_texts_are_no_faults():
    Path("a.json").write_text('{"a": "\\ud83d\\ude00" , "b" : [ 1 , 2 ] , "c": "\\\\ud83d"}')
    assert hp.config("a.json") == {"a": "\U0001f600", "b": [1, 2], "c": "\\ud83d"}
    dots = "a." * 1000
    Path("a.toml").write_text(f'a = """\n{dots}a\n""" # {dots}a\nb = \'{dots}\'\nc."{dots}" = 1')
    assert hp.config("a.toml") == {"a": f"{dots}a\n", "b": dots, "c": {dots: 1}}


def test_yaml_is_version_1_2_whatever_the_file_says():
    texts = {
        "%YAML 1.1\n---\na: [no, on, y, 0o17, 017, 1:30]": ["no", "on", "y", 15, 17, "1:30"],
        "a: [=, ! 3, !!str 3, '3', <<]": ["=", "3", "3", "3", "<<"],
        "a: [1_000, +1, -0x1f, 0b11, 1., .5, 1e3, .5e3]": [1000, 1, -31, 3, 1.0, 0.5, 1000.0, 500.0],
        "a: [_1, 1e, +, -x, ., 0x, 1.2.3, ~x]": ["_1", "1e", "+", "-x", ".", "0x", "1.2.3", "~x"],
        "a: [-.inf, ~, Null, TRUE, !!null x, !!float 1]": [-math.inf, None, None, True, None, 1.0],
        "a: [2001-01-02, 2001-1-2 3:04:05.5, 2001-01-02T03:04:05-05:30]": [
            datetime(2001, 1, 2).date(),
            datetime(2001, 1, 2, 3, 4, 5, 500_000),
            datetime(2001, 1, 2, 8, 34, 5, tzinfo=UTC),
        ],
        "a: [!!binary aG k=, !!int '3', !!seq [x], !!bool TRUE]": [b"hi", 3, ["x"], True],
    }
    for text, values in texts.items():
        Path("a.yaml").write_text(text)
        assert hp.config("a.yaml") == {"a": values}


def test_the_documents_of_a_yaml_file_are_merged_in_order():
    Path("a.yaml").write_text("a: {x: 1, y: 1}\n---\n---\n# only\n---\na:\n  x: 2\n...\n")
    cfg = hp.config("a.yaml")
    assert cfg == {"a": {"x": 2, "y": 1}}
    assert cfg.history("a.x") == [(1, "a.yaml:1"), (2, "a.yaml:7")]
    Path("a.yaml").write_text("a: &b 1\n---\nc: *b")
    assert error_of("a.yaml") == "a.yaml:3:4: not valid YAML: found undefined alias 'b'"


def test_yaml_anchors_and_merge_keys_as_usual():
    Path("a.yaml").write_text(
        "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\n&k c: &c\n  <<: [*a, *b]\n  z: 3\n"
        "d: &a 1\n'<<': [*k, *c, *a]\n"
    )
    merged = {"x": 1, "y": 1, "z": 3}
    cfg = hp.config("a.yaml")
    assert cfg == {"a": {"x": 1, "y": 1}, "b": {"y": 2, "z": 2}, "c": merged, "d": 1, "<<": ["c", merged, 1]}
    assert [cfg.where(f"c.{name}") for name in "xyz"] == ["a.yaml:1", "a.yaml:1", "a.yaml:5"]


def test_empty_files_and_byte_order_marks_are_fine():
    for name, content in [("a.toml", b""), ("a.json", b" \n"), ("a.yaml", b"# nothing\n")]:
        Path(name).write_bytes(content)
        assert hp.config(name) == {}
    for name, content in [
        ("a.toml", b"a = 1\r\nb = 2"),
        ("a.json", b'{"a": 1,\r\n"b": 2}'),
        ("a.yml", b"a: 1\nb: 2"),
    ]:
        Path(name).write_bytes(b"\xef\xbb\xbf" + content)
        assert (hp.config(name), hp.config(name).where("b")) == ({"a": 1, "b": 2}, f"{name}:2")


def test_folders_pipes_and_huge_files_are_not_read():
    Path("d.toml").mkdir()
    os.mkfifo("f.toml")
    with open("l.toml", "wb") as file:
        file.truncate(files.MAX_SIZE + 1)
    assert error_of("d.toml") == "d.toml: expected a file, got a folder"
    assert error_of("f.toml") == "f.toml: expected a file, got a device or a pipe"
    assert (
        error_of("l.toml") == "l.toml: the file is too large: expected at most 16,777,216 bytes, got 16,777,217"
    )
    assert error_of("a\0.toml").startswith("'a\\x00.toml': the path is not valid: ")


def test_the_error_for_an_unreadable_file_says_why():
    Path("a.toml").touch(mode=0)
    code = (
        "import os, hyperparameter as hp, hyperparameter.configuration.load\n"
        "if os.geteuid() == 0: os.chdir('/'); os.setuid(65534)\n"
        f"try: hp.config({str(Path('a.toml').absolute())!r})\n"
        "except hp.ConfigError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.endswith("a.toml: the file cannot be read: Permission denied\n"), done.stderr


@pytest.mark.parametrize(
    ("call", "module", "text"),
    [
        (
            "hp.config('y.yaml')",
            "yaml",
            "y.yaml: to read YAML, install PyYAML: pip install PyYAML",
        ),
        (
            "hp.config.hydra('.', 'c')",
            "hydra",
            ".: to use Hydra, install it: pip install hydra-core",
        ),
    ],
)
def test_the_error_for_a_missing_package_says_how_to_install_it(call, module, text):
    Path("y.yaml").touch()
    code = (
        "import sys, hyperparameter as hp\n"
        "class Without:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {module!r}: raise ModuleNotFoundError('none', name=name)\n"
        "sys.meta_path.insert(0, Without())\n"
        f"try: {call}\n"
        "except hp.ConfigError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == (text, "")
