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
    ("a.toml", b"a = 1\nb = \n", "a.toml:2:5: not valid TOML: Invalid value"),
    ("a.toml", b'[t]\na = "x', "a.toml:2:7: not valid TOML: Unterminated string at the end of the file"),
    ("a.toml", b"a = 1\na = 2\n", "a.toml:2:6: not valid TOML: Cannot overwrite a value"),
    ("a.toml", b"a = 1\n[b]\nc = [\n 1, \n]\nd = " + b"9" * 5000, f"a.toml:6: {DIGITS}"),
    ("a.toml", TOO_DEEP.encode(), "a.toml:1: 'a' is nested deeper than 100 levels"),
    ("a.toml", b"a = " + b"[" * 100_000, "a.toml: it is nested too deeply"),
    ("a.toml", b"[" + b".".join([b"a"] * 150) + b"]", "a.toml:1: 'a.a.a.a.a.a.a.a.a.a.a.a"),
    (
        "a.toml",
        b'x = 1\n[t]\n"a=b" = 1',
        "a.toml:3: 'a=b' is not a valid key: segment 'a=b' contains '='",
    ),
    ("a.toml", b'"a.b" = 1\n[a]\nb = 2', "a.toml:1: 'a.b' is set twice, once with a dotted name"),
    ("a.toml", b"[t]\n_replace_ = 1", "a.toml:2: 't._replace_' is not valid: expected true or false, got 1"),
    ("a.toml", b"a = 1\nb = '\xff'", "a.toml:2:6: not valid UTF-8: byte 11 is 0xff"),
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
    ("a.json", b'{"a": -Infinity}', "a.json:1:7: -Infinity is not valid JSON"),
    ("a.json", b'{"a":\n' + b"9" * 5000 + b"}", f"a.json:2:1: {DIGITS}"),
    ("a.json", b'{"a": ' * 100_000, "a.json: it is nested too deeply"),
    ("a.json", b"[1]", "a.json:1:1: expected an object at the top, got an array"),
    ("a.json", b"3", "a.json:1:1: expected an object at the top, got a number"),
    ("a.json", b'{"": 1}', "a.json:1: '' is not a valid key: it is empty"),
    # YAML
    (
        "a.yaml",
        b"a: [1\nb: 2",
        "a.yaml:2:2: not valid YAML: while parsing a flow sequence: expected",
    ),
    (
        "a.yaml",
        b"a: 1\n\tb: 2",
        "a.yaml:2:1: not valid YAML: while scanning for the next token",
    ),
    ("a.yaml", b"a: 1\nb: {c: 1, c: 2}", "a.yaml:2:11: the key 'c' is set twice, first on line 2"),
    (
        "a.yaml",
        b"a: 1\n---\nb: 2",
        "a.yaml:2:1: not valid YAML: expected a single document in the stream",
    ),
    ("a.yaml", b"a: x\x07", "a.yaml:1:5: unacceptable character #x0007: special characters are not allowed"),
    ("a.yaml", b"a: *b", "a.yaml:1:4: not valid YAML: found undefined alias 'b'"),
    ("a.yaml", b"a: &b [*b]", "a.yaml:1:4: the value of the anchor '&b' contains itself"),
    ("a.yaml", b"a: &b {c: *b}", "a.yaml:1:4: the value of the anchor '&b' contains itself"),
    ("a.yaml", BOMB.encode(), "a.yaml:6:5: the aliases in it expand to more than 100,000 values"),
    (
        "a.yaml",
        b"a: !!python/object/apply:os.system [exit]",
        "a.yaml:1:4: the tag '!!python/object/apply:os.system' is not allowed: only plain values are",
    ),
    ("a.yaml", b"a: !mine 3", "a.yaml:1:4: the tag '!mine' is not allowed: only plain values are"),
    ("a.yaml", b"a: 1\ntrue: 2", "a.yaml:2:1: expected text as a key, got bool (true)"),
    ("a.yaml", b"? [1, 2]\n: 3", "a.yaml:1:3: expected text as a key, got seq"),
    ("a.yaml", b"- 1", "a.yaml:1:1: expected a mapping at the top, got a sequence"),
    ("a.yaml", b"text", "a.yaml:1:1: expected a mapping at the top, got a scalar"),
    ("a.yaml", b"a: " + b"[ " * 150 + b"]" * 150, "a.yaml:1:204: it is nested deeper than 100 levels"),
    ("a.yaml", b"a: " + b"[ " * 5000 + b"]" * 5000, "a.yaml: it is nested too deeply"),
    ("a.yaml", b"a: 1\nb: " + b"9" * 5000, f"a.yaml:2:4: {DIGITS}"),
    ("a.yaml", b"a: 2024-02-31", "a.yaml:1:4: day is out of range for month"),
    # what the file is
    ("train.toml", b"", "tran.toml: there is no such file; did you mean 'train.toml'?"),
    ("a.toml", b"", "none/a.toml: there is no such file, because there is no folder 'none'"),
    ("a.ini", b"", "a.ini: expected a file with the suffix .toml, .json, .yaml or .yml, got '.ini'"),
    (
        "train",
        b"",
        "train: expected a file with the suffix .toml, .json, .yaml or .yml, "
        "got no suffix (a key=value text needs a '=')",
    ),
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
    assert refusal("d.toml") == "d.toml: expected a file, got a folder"
    assert refusal("f.toml") == "f.toml: expected a file, got a device or a pipe"
    assert (
        refusal("l.toml") == "l.toml: the file is too large: expected at most 16,777,216 bytes, got 16,777,217"
    )
    assert refusal("a\0.toml").startswith("'a\\x00.toml': the path is not valid: ")


def test_a_file_that_may_not_be_read_is_told():
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
            "ruamel",
            "y.yaml: to read YAML, install ruamel.yaml: pip install 'hyperparameter[yaml]'",
        ),
        (
            "hp.config.hydra('.', 'c')",
            "hydra",
            ".: to use Hydra, install hydra: pip install 'hyperparameter[hydra]'",
        ),
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
        "'a' = '${train.lrr}' @: 'train.lrr' is not set; did you mean 'train.lr' or 'train'? (set at",
    ),
    ({"b": {"x": 1}, "a": "${b}", "c": "${a.y}"}, "'c' = '${a.y}' @: 'a.y' is not set"),
    (
        {"a": "${env:HP_NO_SUCH}"},
        "'a' = '${env:HP_NO_SUCH}' @: the environment variable 'HP_NO_SUCH' is not set, "
        "and the reference has no default",
    ),
    ({"a": "${now:%Y}"}, "'a' = '${now:%Y}' @: 'now' is not a resolver: expected env or oc.env (set at here)"),
    ({"a": "x ${b"}, "'a' = 'x ${b' @: a '${' has no closing '}' (set at here)"),
    ({"a": "${b ${c}"}, "'a' = '${b ${c}' @: a '${' has no closing '}' (set at here)"),
    (
        {"a": "${}"},
        "'a' = '${}' @: '${}' is not a reference to a key: "
        "write the full key, as in '${train.lr}' (set at here)",
    ),
    (
        {"a": {"b": "${.c}"}},
        "'a.b' = '${.c}' @: '${.c}' is not a reference to a key: "
        "write the full key, as in '${train.lr}' (set at here)",
    ),
    (
        {"a": "x${b}", "b": [1]},
        "'a' = 'x${b}' @: expected a reference inside a text to be text or a number, got a list (set at here)",
    ),
    (
        {"a": "x${b}", "b": None},
        "'a' = 'x${b}' @: expected a reference inside a text to be text or a number, got None",
    ),
    (
        {f"a{n}": f"${{a{n + 1}}}" for n in range(200)},
        "'a0' = '${a1}' @: the chain of references is longer than 100 keys (set at here)",
    ),
]


@pytest.mark.parametrize(("source", "text"), RESOLVED, ids=[text[:40] for _, text in RESOLVED])
def test_a_value_that_cannot_be_resolved_is_refused_with_the_place(source, text):
    with pytest.raises(hp.ConfigError) as caught:
        load([PlacedSource(source, Origin.at("here"))])
    assert str(caught.value).startswith(text.replace("@", "cannot be resolved"))


def test_what_references_make_is_bounded():
    for source in (LAUGHS, LISTS):
        assert "the references produce more than 8,388,608 characters" in refusal(source)
    assert "references are nested deeper than 20 levels" in refusal({"a": "${" * 5000})


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
    assert "'a._replace_' = 'true' cannot be set by text" in refusal("a._replace_=true")
    itself = {}
    itself["a"] = itself
    assert "is nested deeper than 100 levels" in refusal(itself)


def test_a_program_that_is_itself_nested_deep_gets_no_recursion_error():
    chain = {f"a{n}": f"${{a{n + 1}}}" for n in range(90)} | {"a90": 1}

    def deep(levels):
        return deep(levels - 1) if levels else refusal(chain)

    frame, depth = sys._getframe(), 0
    while frame:
        frame, depth = frame.f_back, depth + 1
    assert hp.config(chain)["a0"] == 1
    assert deep(sys.getrecursionlimit() - depth - 100).startswith(
        "the configuration is nested too deeply, or the program"
    )
