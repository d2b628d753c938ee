"""Keys with quoted segments: names with dots, `=` and other characters."""

from pathlib import Path
from typing import TypedDict

import pytest

import hyperparameter as hp

pytestmark = pytest.mark.one_kernel

NAMED = {"loggers": {"sqlalchemy.engine": {"level": "INFO"}, "": 1, "k=v": 2}}
FILES = {
    "a.toml": """\
'other."x.y"' = 0
[logging.loggers]
"" = 1
"k=v" = 2
[logging.loggers."sqlalchemy.engine"]
level = "INFO"
""",
    "a.yaml": """\
other."x.y": 0
logging:
  loggers:
    "": 1
    k=v: 2
    sqlalchemy.engine: {level: INFO}
""",
    "a.json": """\
{"other.\\"x.y\\"": 0,
"logging": {"loggers": {
"": 1,
"k=v": 2, "sqlalchemy.engine": {"level": "INFO"}}}}
""",
}


@pytest.mark.parametrize(
    ("name", "lines"), [("a.toml", (1, 3, 4, 6)), ("a.yaml", (1, 4, 5, 6)), ("a.json", (1, 3, 4, 4))]
)
def test_a_nested_name_in_a_file_is_one_segment(name, lines):
    Path(name).write_text(FILES[name])
    cfg = hp.config(name)
    assert cfg == {"logging": NAMED, "other": {"x.y": 0}}
    keys = (
        'other."x.y"',
        'logging.loggers.""',
        'logging.loggers."k=v"',
        'logging.loggers."sqlalchemy.engine".level',
    )
    assert [cfg.where(key) for key in keys] == [f"{name}:{line}" for line in lines]
    assert set(hp.scope(cfg)) == set(keys)
    with hp.scope(cfg):
        assert hp.scope.logging.loggers['"sqlalchemy.engine"'].level("") == "INFO"


def test_a_text_and_a_mapping_override_a_quoted_key():
    key = 'logging.loggers."sqlalchemy.engine".level'
    cfg = hp.config({"logging": NAMED}, f"{key}=DEBUG", {'logging.loggers."k=v"': 3})
    assert cfg["logging"]["loggers"] == {"sqlalchemy.engine": {"level": "DEBUG"}, "": 1, "k=v": 3}
    assert [value for value, _ in cfg.history(key)] == ["INFO", "DEBUG"]
    assert [value for value, _ in cfg.history('"logging".loggers."k=v"')] == [2, 3]
    environ = {"APP_LOGGING_LOGGERS_SQLALCHEMY_ENGINE_LEVEL": "WARN"}
    cfg = hp.config({"logging": NAMED}, hp.env("APP_", environ=environ))
    assert cfg["logging"]["loggers"]["sqlalchemy.engine"] == {"level": "WARN"}


def test_a_name_beside_a_dotted_one_keeps_its_value():
    assert hp.config({"m": {"loss": 1, "loss.aux": 0.5}}) == {"m": {"loss": 1, "loss.aux": 0.5}}
    assert hp.config({"m": {1: "a", "1.0": "b"}}) == {"m": {"1": "a", "1.0": "b"}}
    cfg = hp.config({"loss": 1, '"loss.aux"': 0.5})
    assert cfg == {"loss": 1, '"loss.aux"': 0.5}
    assert hp.config(cfg, '"loss.aux"=1') == {"loss": 1, '"loss.aux"': 1.0}


def test_a_reference_can_be_to_a_quoted_key():
    cfg = hp.config(
        {"a": {"b.c": 1, "d:e": {"x.y": 2}}, "k": "b.c"},
        {"p": '${a."b.c"}', "q": '${a."d:e"}', "r": '${q."x.y"}', "s": '${a."${k}"}'},
    )
    assert [cfg[name] for name in "pqrs"] == [1, {"x.y": 2}, 2, 1]


def test_a_schema_has_fields_with_dotted_names():
    Labels = TypedDict("Labels", {"app.kubernetes.io/name": str})
    Whole = TypedDict("Whole", {"labels": Labels, "a.b": int})
    cfg = hp.config({"labels": {"app.kubernetes.io/name": "x"}}, '"a.b"=3', schema=Whole)
    assert cfg.instance == {"labels": {"app.kubernetes.io/name": "x"}, "a.b": 3}
    assert cfg == {"labels": {"app.kubernetes.io/name": "x"}, '"a.b"': 3}
    with pytest.raises(hp.ConfigError, match="'labels.\"x.y\"' is not a field of Labels"):
        hp.config({"labels": {"x.y": 1}, '"a.b"': 3}, schema=Whole)
