"""Configurations that Hydra composes."""

from pathlib import Path

import pytest

import hyperparameter as hp

pytestmark = pytest.mark.one_kernel


@pytest.fixture
def conf():
    Path("conf/db").mkdir(parents=True)
    Path("conf/config.yaml").write_text("defaults: [{db: one}, _self_]\nlr: 1\nurl: ${db.host}/x\n")
    Path("conf/db/one.yaml").write_text("host: h1\n")
    Path("conf/db/two.yaml").write_text("host: h2\nraw: \\${x}\n")
    return Path("conf")


def test_hydra_composes(conf):
    cfg = hp.config.hydra(conf, "config", overrides=["db=two", "lr=2"])
    assert cfg == {"db": {"host": "h2", "raw": "${x}"}, "lr": 2, "url": "h2/x"}
    assert cfg.where("db.host") == "conf/config.yaml (hydra)"
    assert hp.config(cfg, "lr=3")["lr"] == 3


def test_a_nested_name_with_dots_is_one_segment(conf):
    Path("conf/log.yaml").write_text("loggers:\n  sqlalchemy.engine: INFO\n")
    cfg = hp.config.hydra(conf, "log")
    assert cfg == {"loggers": {"sqlalchemy.engine": "INFO"}}
    assert cfg.where('loggers."sqlalchemy.engine"') == "conf/log.yaml (hydra)"


def test_the_programs_own_state_of_hydra_is_restored(conf):
    import hydra
    from hydra.version import getbase

    with hydra.initialize_config_dir(str(conf.absolute()), version_base="1.2"):
        assert hp.config.hydra("conf", "config")["url"] == "h1/x"
        assert (hydra.compose("config").db.host, str(getbase())) == ("h1", "1.2")
    assert not hydra.core.global_hydra.GlobalHydra.instance().is_initialized()


@pytest.mark.parametrize(
    ("overrides", "text"),
    [
        (
            ["db=three"],
            "conf/config.yaml (hydra): In 'config': Could not find 'db/three'\n\nAvailable options in",
        ),
        (["learn=1"], "conf/config.yaml (hydra): Could not override 'learn'."),
        (["lr=[1"], "conf/config.yaml (hydra): no viable alternative at input '[1'"),
        (["lr=${none}"], "conf/config.yaml (hydra): Interpolation key 'none' not found"),
        (["lr=???"], "conf/config.yaml (hydra): Missing mandatory value: lr"),
    ],
)
def test_errors_have_the_message_of_hydra(conf, overrides, text):
    with pytest.raises(hp.ConfigError) as caught:
        hp.config.hydra(conf, "config", overrides=overrides)
    assert str(caught.value).startswith(text)
    with pytest.raises(hp.ConfigError, match="nowhere: there is no such folder"):
        hp.config.hydra("nowhere", "config")
