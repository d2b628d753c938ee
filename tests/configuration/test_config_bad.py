"""Configurations that are refused: each by a text that says what is wrong, and where."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import hyperparameter as hp
from hyperparameter.configuration import files
from hyperparameter.configuration.load import PlacedSource, load
from hyperparameter.core.origin import Origin

pytestmark = pytest.mark.once

TOO_DEEP = "a = " + "[" * 150 + "]" * 150
BOMB = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
)
LAUGHS = {"a0": "ha" * 50, **{f"a{n}": f"${{a{n - 1}}}" * 10 for n in range(1, 10)}}
LISTS = {"a0": ["ha"], **{f"a{n}": [f"${{a{n - 1}}}"] * 10 for n in range(1, 10)}}
DIGITS = "Exceeds the limit (4300 digits) for integer string conversion"

FILES = [
    # TOML
    ("a.toml", b"a = 1\nb = \n", "a.toml:2:5: this is not TOML: Invalid value"),
    ("a.toml", b'[t]\na = "x', "a.toml:2:7: this is not TOML: Unterminated string at the end of the file"),
    ("a.toml", b"a = 1\na = 2\n", "a.toml:2:6: this is not TOML: Cannot overwrite a value"),
    ("a.toml", b"a = 1\n[b]\nc = [\n 1, \n]\nd = " + b"9" * 5000, f"a.toml:6: {DIGITS}"),
    ("a.toml", TOO_DEEP.encode(), "a.toml:1: 'a' nests deeper than 100 levels"),
    ("a.toml", b"a = " + b"[" * 100_000, "a.toml: it nests too deep"),
    ("a.toml", b"[" + b".".join([b"a"] * 150) + b"]", "a.toml:1: 'a.a.a.a.a.a.a.a.a.a.a.a"),
    (
        "a.toml",
        b'x = 1\n[t]\n"a=b" = 1',
        "a.toml:3: 'a=b' is not a valid key: segment 'a=b' contains '='",
    ),
    ("a.toml", b'"a.b" = 1\n[a]\nb = 2', "a.toml:1: 'a.b' is set twice, once with a dotted name"),
    ("a.toml", b"[t]\n_replace_ = 1", "a.toml:2: 't._replace_' is 1: wanted true or false"),
    ("a.toml", b"a = 1\nb = '\xff'", "a.toml:2:6: this is not UTF-8 text: byte 11 is 0xff"),
    # JSON
    (
        "a.json",
        b'{"a": 1,\n}',
        "a.json:2:1: this is not JSON: Expecting property name",
    ),
    ("a.json", b'{"a": 1} x', "a.json:1:10: this is not JSON: Extra data"),
    (
        "a.json",
        b'{"a": 1,\n "b": [{"c": 1,\n "c": 2}]}',
        "a.json:3:2: the key 'c' is there twice, first on line",
    ),
    ("a.json", b'{"a": [1,\n NaN]}', "a.json:2:2: NaN is not JSON"),
    ("a.json", b'{"a": -Infinity}', "a.json:1:7: -Infinity is not JSON"),
    ("a.json", b'{"a":\n' + b"9" * 5000 + b"}", f"a.json:2:1: {DIGITS}"),
    ("a.json", b'{"a": ' * 100_000, "a.json: it nests too deep"),
    ("a.json", b"[1]", "a.json:1:1: wanted an object at the top, not list"),
    ("a.json", b"3", "a.json:1:1: wanted an object at the top, not int"),
    ("a.json", b'{"": 1}', "a.json:1: '' is not a valid key: it is empty"),
    # YAML
    (
        "a.yaml",
        b"a: [1\nb: 2",
        "a.yaml:2:2: this is not YAML: while parsing a flow sequence: expected",
    ),
    (
        "a.yaml",
        b"a: 1\n\tb: 2",
        "a.yaml:2:1: this is not YAML: while scanning for the next token",
    ),
    ("a.yaml", b"a: 1\nb: {c: 1, c: 2}", "a.yaml:2:11: the key 'c' is there twice, first on line 2"),
    (
        "a.yaml",
        b"a: 1\n---\nb: 2",
        "a.yaml:2:1: this is not YAML: expected a single document in the stream",
    ),
    ("a.yaml", b"a: x\x07", "a.yaml:1:5: unacceptable character #x0007: special characters are not allowed"),
    ("a.yaml", b"a: *b", "a.yaml:1:4: this is not YAML: found undefined alias 'b'"),
    ("a.yaml", b"a: &b [*b]", "a.yaml:1:4: the anchor '&b' is of something that contains itself"),
    ("a.yaml", b"a: &b {c: *b}", "a.yaml:1:4: the anchor '&b' is of something that contains itself"),
    ("a.yaml", BOMB.encode(), "a.yaml:6:5: its aliases come to more than 100,000 values: it is refused"),
    (
        "a.yaml",
        b"a: !!python/object/apply:os.system [exit]",
        "a.yaml:1:4: the tag '!!python/object/apply:os.system' is refused: only plain values are read",
    ),
    ("a.yaml", b"a: !mine 3", "a.yaml:1:4: the tag '!mine' is refused: only plain values are read"),
    ("a.yaml", b"a: 1\ntrue: 2", "a.yaml:2:1: a key is text, not bool (true)"),
    ("a.yaml", b"? [1, 2]\n: 3", "a.yaml:1:3: a key is text, not seq"),
    ("a.yaml", b"- 1", "a.yaml:1:1: wanted a mapping at the top, not a sequence"),
    ("a.yaml", b"text", "a.yaml:1:1: wanted a mapping at the top, not a scalar"),
    ("a.yaml", b"a: " + b"[ " * 150 + b"]" * 150, "a.yaml:1:204: it nests deeper than 100 levels"),
    ("a.yaml", b"a: " + b"[ " * 5000 + b"]" * 5000, "a.yaml: it nests too deep"),
    ("a.yaml", b"a: 1\nb: " + b"9" * 5000, f"a.yaml:2:4: {DIGITS}"),
    ("a.yaml", b"a: 2024-02-31", "a.yaml:1:4: day is out of range for month"),
    # what the file is
    ("train.toml", b"", "tran.toml: there is no such file; did you mean 'train.toml'?"),
    ("a.toml", b"", "none/a.toml: there is no such file: there is no folder 'none'"),
    ("a.ini", b"", "a.ini: cannot tell what file this is by its suffix: wanted .toml, .json, .yaml, .yml"),
    ("train", b"", "train: cannot tell what file this is by its suffix (a key=value text has a '='): wanted"),
]


def refusal(*sources):
    with pytest.raises(hp.ConfigError) as caught:
        hp.config(*sources)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    return str(caught.value)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(("name", "content", "text"), FILES, ids=[text[:40] for _, _, text in FILES])
def test_a_file_that_cannot_be_used_is_refused_with_the_place(name, content, text):
    Path(name).write_bytes(content)
    assert refusal(text.partition(":")[0]).startswith(text)


def test_an_empty_file_and_one_with_a_bom_are_none_of_these():
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


def test_what_is_no_file_of_a_bearable_size_is_not_read():
    Path("d.toml").mkdir()
    os.mkfifo("f.toml")
    with open("l.toml", "wb") as file:
        file.truncate(files.MAX_SIZE + 1)
    assert refusal("d.toml") == "d.toml: this is a directory, not a file"
    assert refusal("f.toml") == "f.toml: this is a device or a pipe, not a file"
    assert refusal("l.toml") == "l.toml: too large for a configuration: 16,777,217 bytes, more than 16,777,216"
    assert refusal("a\0.toml").startswith("'a\\x00.toml': this is not a path: ")


def test_a_file_that_may_not_be_read_is_told():
    Path("a.toml").touch(mode=0)
    code = (
        "import os, hyperparameter as hp, hyperparameter.configuration.load\n"
        "if os.geteuid() == 0: os.chdir('/'); os.setuid(65534)\n"
        f"try: hp.config({str(Path('a.toml').absolute())!r})\n"
        "except hp.ConfigError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.endswith("a.toml: it cannot be read: Permission denied\n"), done.stderr


@pytest.mark.parametrize(
    ("call", "module", "text"),
    [
        (
            "hp.config('y.yaml')",
            "ruamel",
            "y.yaml: reading YAML needs ruamel.yaml: pip install 'hyperparameter[yaml]'",
        ),
        ("hp.config.hydra('.', 'c')", "hydra", ".: this needs hydra: pip install 'hyperparameter[hydra]'"),
    ],
)
def test_what_is_not_installed_is_told_with_how_to_install_it(call, module, text):
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


RESOLVED = [
    (
        {"a": "${b}", "b": ["${c}"], "c": "x${a}"},
        "'a' = '${b}' @: it refers to itself: a (here) -> b (here) -> c (here) -> a (here) (set at here)",
    ),
    ({"a": {"b": "${a}"}}, "'a.b' = '${a}' @: it refers to itself: a.b (here) -> a.b (here) (set at here)"),
    (
        {"train": {"lr": 1}, "a": "${train.lrr}"},
        "'a' = '${train.lrr}' @: there is no 'train.lrr'; did you mean 'train.lr' or 'train'? (set at",
    ),
    ({"b": {"x": 1}, "a": "${b}", "c": "${a.y}"}, "'c' = '${a.y}' @: there is no 'a.y'"),
    (
        {"a": "${env:HP_NO_SUCH}"},
        "'a' = '${env:HP_NO_SUCH}' @: the environment variable 'HP_NO_SUCH' is not set, and has no default",
    ),
    ({"a": "${now:%Y}"}, "'a' = '${now:%Y}' @: 'now' is no resolver: there are env and oc.env (set at here)"),
    ({"a": "x ${b"}, "'a' = 'x ${b' @: a '${' in it has no '}' (set at here)"),
    ({"a": "${b ${c}"}, "'a' = '${b ${c}' @: a '${' in it has no '}' (set at here)"),
    ({"a": "${}"}, "'a' = '${}' @: '${}' names no key: a key is written in full (set at here)"),
    ({"a": {"b": "${.c}"}}, "'a.b' = '${.c}' @: '${.c}' names no key: a key is written in full (set at here)"),
    (
        {"a": "x${b}", "b": [1]},
        "'a' = 'x${b}' @: a reference in the midst of it means a list, which has no text (set at here)",
    ),
    (
        {"a": "x${b}", "b": None},
        "'a' = 'x${b}' @: a reference in the midst of it means None, which has no text",
    ),
    (
        {f"a{n}": f"${{a{n + 1}}}" for n in range(200)},
        "'a0' = '${a1}' @: it needs more than 100 others, each through the next (set at here)",
    ),
]


@pytest.mark.parametrize(("source", "text"), RESOLVED, ids=[text[:40] for _, text in RESOLVED])
def test_a_value_that_cannot_be_resolved_is_refused_with_the_place(source, text):
    with pytest.raises(hp.ConfigError) as caught:
        load([PlacedSource(source, Origin.at("here"))])
    assert str(caught.value).startswith(text.replace("@", "cannot be resolved"))


def test_what_references_make_is_bounded():
    for source in (LAUGHS, LISTS):
        assert "references make more than 8,388,608 characters in all" in refusal(source)
    assert "references in it are within more than 20 others" in refusal({"a": "${" * 5000})


def test_the_texts_of_a_program_are_refused_as_a_scope_refuses_them():
    for source in ("=1", {"a..b": 1}, {("a",): 1}, {"a": {True: 1}}):
        with pytest.raises(hp.KeySyntaxError) as mine:
            hp.config(source)
        with pytest.raises(hp.KeySyntaxError) as scopes:
            hp.scope(source)
        assert str(scopes.value).startswith(str(mine.value))
    for source in (3, None, ["a=1"], b"a.toml"):
        with pytest.raises(TypeError, match="is not a source of a configuration: expected a path, a mapping"):
            hp.config(source)
    assert "'a._replace_' = 'true' is no value" in refusal("a._replace_=true")
    itself = {}
    itself["a"] = itself
    assert "nests deeper than 100 levels" in refusal(itself)


def test_a_program_that_is_itself_nested_deep_gets_no_recursion_error():
    chain = {f"a{n}": f"${{a{n + 1}}}" for n in range(90)} | {"a90": 1}

    def deep(levels):
        return deep(levels - 1) if levels else refusal(chain)

    frame, depth = sys._getframe(), 0
    while frame:
        frame, depth = frame.f_back, depth + 1
    assert hp.config(chain)["a0"] == 1
    assert deep(sys.getrecursionlimit() - depth - 100).startswith(
        "the configuration nests too deep, or the program"
    )
