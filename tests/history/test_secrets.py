"""Secrets: reads give the value, and no printer of the library shows it."""

import os
import pickle
import subprocess
import sys
from dataclasses import dataclass

import pytest

import hyperparameter as hp
from hyperparameter.testing import clean

SECRET = "hunter2"

PROGRAM = """
import hyperparameter as hp

@hp.param("db")
def connect(user: str = "me", password: str = "hunter2", port: int = 1, token: int = 7777777):
    \'\'\'Connect.\'\'\'
    print(len(hp.scope.db.extra.api_key | "hunter2"))
    print(repr(hp.scope.db), hp.snapshot(), hp.scope.current())
    print(hp.explain("db.password"))

if __name__ == "__main__":
    hp.launch()
"""

CONFIG = """
[db]
password = "hunter2"
url = "db://${db.user}:${db.password}@host"
from_env = "x${env:SOME_PASSWORD}"
user = "me"
"""


def texts_of(value):
    return [repr(value), str(value) if not isinstance(value, hp.Reference) else ""]


def test_reads_give_the_plain_value():
    with hp.scope({"a.b": hp.secret(SECRET), "c": hp.secret({"d": 1, "e": {"f": 2}})}, g=hp.secret(3)):
        assert (hp.scope.a.b(), hp.scope.a.b | "x", hp.scope.a()) == (SECRET, SECRET, {"b": SECRET})
        assert hp.scope.c() == {"d": 1, "e": {"f": 2}}
        assert (hp.scope.g | 0, hp.scope.g | 0.5) == (3, 3.0)
        hp.scope.h = hp.secret(SECRET)
        assert hp.scope.h() == SECRET
        assert SECRET not in repr(hp.scope.h)


@pytest.mark.parametrize(
    "key", ["db.password", "API_KEY", "x.client_secret", "token", "password.old", "a-b.api-key"]
)
def test_keys_with_secret_names_are_secret(key):
    with hp.scope({key: SECRET}) as scope:
        assert repr(hp.scope[key]).endswith("= ******>")
        assert SECRET not in repr(scope)


@pytest.mark.parametrize("key", ["pad_token", "tokens", "max_tokens", "train.key", "passwords_file"])
def test_other_keys_are_not(key):
    with hp.scope({key: "shown"}):
        assert "'shown'" in repr(hp.scope[key])


def test_patterns_mark_keys_and_what_is_below_them():
    hp.secrets("*.dsn", "Cloud.*")
    with hp.scope({"dsn": SECRET, "a.b.dsn": SECRET, "cloud.x": SECRET, "a.dsn.y": SECRET, "a.c": 1}) as scope:
        assert SECRET not in repr(scope)
        assert "'a.c': 1" in repr(scope)
    with pytest.raises(TypeError, match="expected patterns"):
        hp.secrets(1)


def test_patterns_end_with_a_clean_block():
    with clean():
        hp.secrets("*.dsn")
    with hp.scope(dsn="shown"):
        assert "shown" in repr(hp.scope.dsn)


def test_an_unset_secret_is_shown_as_unset():
    with hp.scope(password=None, token=""):
        assert repr(hp.scope.password) == "<hp.scope.password = None>"
        assert repr(hp.scope.token) == "<hp.scope.token = ''>"


@dataclass
class Login:
    user: str = "me"
    password: str = SECRET


def test_fields_of_a_structure_are_masked():
    with hp.scope(login=Login(), logins=[Login(), {"token": SECRET}]) as scope:
        assert repr(hp.scope.login) == "<hp.scope.login = Login(user='me', password=******)>"
        assert SECRET not in repr(scope) + repr(hp.scope.logins)


def all_texts(scope):
    """Return everything that can be printed about a view."""
    config = hp.config(scope)
    for value in (scope, hp.snapshot(), config, hp.scope, hp.scope.m, hp.scope.m.key, hp.scope.m.password):
        yield repr(value)
    for key in scope:
        why = hp.explain(key)
        yield from (str(why), repr(why), why._repr_html_(), repr(why.setters), repr(why.readers))
        yield str(config.where(key))
    for key in ("m.key", "m.password", "m"):
        for default in (1, 0.5, True, [], ("a",), Login()):
            try:
                hp.scope[key](default)
            except hp.ParamError as error:
                yield from (str(error), repr(error), str(error.where), str(pickle.loads(pickle.dumps(error))))
                yield from map(str, error.errors)


@pytest.mark.parametrize("pickled", [False, True])
@pytest.mark.parametrize("by_text", [False, True])
def test_no_text_about_a_view_has_the_secret(by_text, pickled):
    @hp.param("m")
    def login(password: str = "", key: float = 0.5): ...

    password = f"m.password={SECRET}" if by_text else {"m.password": SECRET}
    with (
        hp.scope({"m.key": hp.secret(SECRET), "m.list": hp.secret([SECRET])}),
        hp.scope(password),
    ):
        scope = hp.scope.current()
        if pickled:
            scope = hp.scope(pickle.loads(pickle.dumps(hp.snapshot())))
        with scope:
            texts = list(all_texts(scope))
    assert len(texts) > 30
    assert [text for text in texts if SECRET in text] == []


def test_a_bound_function_keeps_the_mark_when_it_is_pickled():
    with hp.scope(key=hp.secret(SECRET)):
        bound = pickle.loads(pickle.dumps(hp.bind(repr)))
    assert bound(hp.scope.key) == "<hp.scope.key = ******>"


def test_an_error_about_a_part_masks_a_marked_part():
    @hp.param("subtree")
    def read(port: dict[str, int]): ...

    with hp.scope({"subtree.port": {"a": 1, "key": hp.secret(SECRET)}}), pytest.raises(hp.ParamError) as caught:
        read()
    assert "'subtree.port.key' = ******" in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "sources",
    [
        ({"a": hp.secret(SECRET)}, {"a.b": 1}),
        ({"a": {"b": 1}}, {"a": hp.secret(SECRET)}),
        ({"password": SECRET}, {"password.b": 1}),
    ],
    ids=str,
)
def test_an_error_of_a_configuration_masks_the_value(sources):
    with pytest.raises(hp.ConfigError) as caught:
        hp.config(*sources)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "sources",
    [({"a": hp.secret(SECRET + "${nope}")},), ({"b": hp.secret(SECRET)}, {"a": "${b.c}"})],
    ids=str,
)
def test_a_reference_that_cannot_be_resolved_masks_the_value(sources):
    cfg = hp.config(*sources)
    with hp.scope(cfg):
        with pytest.raises(hp.ConfigError) as caught:
            hp.scope.a()
        texts = [
            str(caught.value),
            *map(repr, (cfg.where, hp.scope.a, hp.explain("a"), hp.tree(), hp.snapshot())),
        ]
        assert not [text for text in texts if SECRET in text]


@pytest.mark.parametrize("key", ["password", "n"])
def test_an_error_of_a_schema_masks_the_value(key):
    @dataclass
    class Schema:
        password: int = 0
        n: int = 0

    with pytest.raises(hp.ConfigError, match=r"\*\*\*\*\*\* is not a valid int") as caught:
        hp.config({key: hp.secret(SECRET) if key == "n" else SECRET}, schema=Schema)
    assert SECRET not in str(caught.value)


def test_json_text_with_a_secret_is_not_shown():
    with hp.scope(f'm={{"a": [{{"token": "{SECRET}"}}]}}', 'n={"a": 1}') as scope:
        assert SECRET not in repr(scope) + repr(hp.scope.m) + str(hp.explain("m"))
        assert hp.scope.m.a([]) == [{"token": SECRET}]
        assert repr(hp.scope.n) == """<hp.scope.n = '{"a": 1}'>"""


def test_references_pass_the_mark_on():
    cfg = hp.config({"a": hp.secret(SECRET), "b": "x${a}", "c": "${b}", "d": "y${e}", "e": 1})
    assert cfg["c"] == f"x{SECRET}"
    assert repr(cfg) == "{'a': ******, 'b': ******, 'c': ******, 'd': 'y1', 'e': 1}"


COMMANDS = [
    ["prog.py"],
    ["prog.py", "--help"],
    ["prog.py", "--list-params"],
    ["prog.py", "-C", "conf.toml", "--explain", "db.password"],
    ["prog.py", "-C", "conf.toml", "--explain", "db.url"],
    ["prog.py", "-C", "conf.toml", "-D", "db.password=x", "--explain", "db"],
    ["prog.py", "--password", SECRET, "--explain", "db.password"],
    ["prog.py", "--password", SECRET],
    ["prog.py", "-D", f"db.password={SECRET}"],
    ["prog.py", "-D", f"db.token={SECRET}"],
    ["prog.py", "--token", SECRET],
    ["prog.py", "-D", f"db.password.x={SECRET}"],
    ["prog.py", "-D", f"db.token.x={SECRET}"],
    ["prog.py", "-D", f"db.pasword={SECRET}"],
    ["prog.py", "-D", f"db.toke={SECRET}"],
    ["prog.py", "-D", f'db={{"password": "{SECRET}"}}'],
    ["prog.py", "-D", f'db.port={{"password": "{SECRET}"}}'],
    ["-m", "hyperparameter", "show", "-D", f'db.extra={{"x": [{{"api_key": "{SECRET}"}}]}}'],
    ["-m", "hyperparameter", "show", "-D", f'db.extra={{"api_key": "{SECRET}"}}', "--format", "json"],
    ["prog.py", "-D", f"db.password={SECRET}", "db.password.x=1"],
    ["prog.py", "-D", "db.password.x=1", f"db.password={SECRET}"],
    ["-m", "hyperparameter", "show", "-D", f"db.password={SECRET}", "-D", "db.password.x=1"],
    ["prog.py", "-D", f"db..password={SECRET}"],
    ["prog.py", "-D", f"db.my_password={SECRET}"],
    ["prog.py", "-D", f'db.extra={{"api_key": "{SECRET}"}}'],
    ["-m", "hyperparameter", "list", "prog.py"],
    ["-m", "hyperparameter", "list", "prog.py", "--format", "json"],
    ["-m", "hyperparameter", "list", "prog.py", "--format", "markdown"],
    ["-m", "hyperparameter", "describe", "prog.py", "db.password"],
    ["-m", "hyperparameter", "show", "-C", "conf.toml"],
    ["-m", "hyperparameter", "show", "-C", "conf.toml", "-D", f"db.token={SECRET}", "--format", "json"],
    ["-m", "hyperparameter", "show", "--env", "APP_"],
    ["-m", "hyperparameter", "check", "-C", "conf.toml", "-D", f"db.token={SECRET}", "prog.py"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_output_of_a_command_has_the_secret(command, tmp_path):
    (tmp_path / "prog.py").write_text(PROGRAM, encoding="utf-8")
    (tmp_path / "conf.toml").write_text(CONFIG, encoding="utf-8")
    environment = {**os.environ, "SOME_PASSWORD": SECRET, "APP_DB__PASSWORD": SECRET}
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, cwd=tmp_path, env=environment, check=False
    )
    output = done.stdout + done.stderr
    assert "Traceback" not in output
    assert SECRET not in output
    assert "7777777" not in output
    assert output
