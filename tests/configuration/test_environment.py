"""The environment as a source: which key a variable means."""

import pytest

import hyperparameter as hp
from hyperparameter.configuration.load import load

pytestmark = pytest.mark.one_kernel


def from_environment(*sources, **environ):
    return hp.config(*sources, hp.env("APP_", environ={**environ, "OTHER": "1"}))


def test_variables_become_keys():
    cfg = from_environment(APP_TRAIN__LR="0.1", APP_SEED="7")
    assert cfg == {"seed": "7", "train": {"lr": "0.1"}}
    assert cfg.where("train.lr") == "environment variable APP_TRAIN__LR"


def test_the_environment_is_read_when_config_is_called(monkeypatch):
    source = hp.env("HP_TEST_")
    monkeypatch.setenv("HP_TEST_A__B", "1")
    assert hp.config(source) == {"a": {"b": "1"}}
    assert repr(source) == "hp.env('HP_TEST_')"


def test_known_keys_decide_what_a_variable_means():
    @hp.param("envtest.fit")
    def fit(batch_size=1, learn_Rate=0.1):  # noqa: N803
        return batch_size, learn_Rate

    cfg = from_environment(APP_ENVTEST_FIT_BATCH_SIZE="2", APP_ENVTEST__FIT__LEARN_RATE="3")
    assert cfg == {"envtest": {"fit": {"batch_size": "2", "learn_Rate": "3"}}}
    with hp.scope(cfg):
        assert fit() == (2, 3.0)
    assert from_environment({"my-key": {"a_b": 1}}, APP_MY_KEY__A__B="2") == {"my-key": {"a_b": 2}}
    more = load([hp.env("APP_", environ={"APP_A_B": "1"})], declared_keys=lambda: ["a.b"])
    assert more == {"a": {"b": "1"}}


def test_a_variable_that_can_mean_several_keys_is_an_error_unless_it_is_exactly_one():
    known = {"a_b": {"c": 1}, "a": {"b_c": 2}}
    with pytest.raises(hp.ConfigError) as caught:
        from_environment(known, APP_A_B_C="3")
    assert str(caught.value) == (
        "environment variable APP_A_B_C: it can mean 'a.b_c' or 'a_b.c'; "
        "write '__' for each '.', or set the key in another way"
    )
    assert from_environment(known, APP_A__B_C="3") == {"a_b": {"c": 1}, "a": {"b_c": 3}}
    with pytest.raises(hp.ConfigError, match="'a.b' = '2' is set twice, by .* APP_A__B and APP_a__b"):
        from_environment(APP_A__B="1", APP_a__b="2")
    with pytest.raises(hp.ConfigError, match="environment variable APP___B: '.b' is not a valid key"):
        from_environment(APP___B="1")
    with pytest.raises(TypeError, match="hp.env expected the prefix of the variables"):
        hp.env("")
