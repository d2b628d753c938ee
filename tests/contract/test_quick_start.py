"""The programs of the quick start work as they are written there. The names of the tests have its sections."""

import concurrent.futures
import subprocess
import sys
from types import SimpleNamespace

import pytest

import hyperparameter as hp

# Section 3.2 uses the short name.
scope = hp.scope
TRAIN = """
import hyperparameter as hp
@hp.param("train")
def train(lr=1e-3, batch_size=32, warmup_steps=500):
    print(f"lr={lr}, batch_size={batch_size}, warmup={warmup_steps}")
if __name__ == "__main__":
    import argparse
    parser = argparse.ArgumentParser()
    parser.add_argument("-D", "--define", nargs="*", default=[], action="extend")
    args = parser.parse_args()
    with hp.scope(*args.define):
        train()
"""


def test_1_1_reading_parameters_with_defaults():
    assert hp.scope.train.lr | 0.001 == 0.001
    assert hp.scope.train.batch_size | 32 == 32
    assert hp.scope.model.cache(True) is True
    with pytest.raises(KeyError, match="model.required_key"):
        hp.scope.model.required_key()


def test_1_2_scoping_and_auto_rollback(capsys):
    print(hp.scope.model.dropout | 0.1)
    with hp.scope(**{"model.dropout": 0.3}):
        print(hp.scope.model.dropout | 0.1)
    print(hp.scope.model.dropout | 0.1)
    assert capsys.readouterr().out.split() == ["0.1", "0.3", "0.1"]


def test_2_1_automatic_parameter_binding(capsys):
    @hp.param("train")
    def train(lr=1e-3, batch_size=32, epochs=10):
        print(f"lr={lr}, batch_size={batch_size}, epochs={epochs}")

    train()
    with hp.scope(**{"train.lr": 5e-4, "train.batch_size": 64}):
        train()
        train(lr=1e-2)
    assert capsys.readouterr().out.splitlines() == [
        "lr=0.001, batch_size=32, epochs=10",
        "lr=0.0005, batch_size=64, epochs=10",
        "lr=0.01, batch_size=64, epochs=10",
    ]


def test_2_2_cli_override(tmp_path):
    (tmp_path / "train.py").write_text(TRAIN)

    def run(*arguments):
        command = [sys.executable, tmp_path / "train.py", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert run().stdout == "lr=0.001, batch_size=32, warmup=500\n"
    assert run("-D", "train.lr=0.01").stdout == "lr=0.01, batch_size=32, warmup=500\n"
    several = run("-D", "train.lr=1e-2", "train.batch_size=64", "-D", "train.warmup_steps=0")
    assert several.stdout == "lr=0.01, batch_size=64, warmup=0\n"
    wrong = run("-D", "train.lr=fast")
    assert wrong.returncode == 1
    assert "'train.lr' = 'fast' is not a valid float (set at " in wrong.stderr
    assert "'train.lr' is not a valid override: expected key=value" in run("-D", "train.lr").stderr


def test_3_1_multi_model_comparison(capsys):
    @hp.param("modelA")
    def run_model_a(dropout=0.1, hidden=128):
        print(f"ModelA: dropout={dropout}, hidden={hidden}")

    @hp.param("modelB")
    def run_model_b(dropout=0.2, hidden=256):
        print(f"ModelB: dropout={dropout}, hidden={hidden}")

    base = {"data.path": "/data/mnist"}
    variants = [{"modelA.dropout": 0.3}, {"modelB.hidden": 512, "modelB.dropout": 0.15}]
    with hp.scope(**base):
        for cfg in variants:
            with hp.scope(**cfg):
                run_model_a()
                run_model_b()
                assert hp.scope.data.path() == "/data/mnist"
    assert capsys.readouterr().out.splitlines() == [
        "ModelA: dropout=0.3, hidden=128",
        "ModelB: dropout=0.2, hidden=256",
        "ModelA: dropout=0.1, hidden=128",
        "ModelB: dropout=0.15, hidden=512",
    ]


def test_3_2_dynamic_key_access(capsys):
    def train_task(task_name):
        lr = scope[f"task.{task_name}.lr"] | 1e-3
        wd = scope[f"task.{task_name}.weight_decay"] | 0.01
        print(f"{task_name}: lr={lr}, weight_decay={wd}")

    with hp.scope(
        **{
            "task.cls.lr": 1e-3,
            "task.cls.weight_decay": 0.01,
            "task.seg.lr": 5e-4,
            "task.seg.weight_decay": 0.001,
        }
    ):
        train_task("cls")
        train_task("seg")
    assert capsys.readouterr().out.splitlines() == [
        "cls: lr=0.001, weight_decay=0.01",
        "seg: lr=0.0005, weight_decay=0.001",
    ]


def test_4_1_request_level_isolation():
    def rerank(items):
        use_new = hp.scope.rerank.use_new(False)
        threshold = hp.scope.rerank.threshold | 0.8
        if use_new:
            return [x for x in items if x.score >= threshold]
        return items

    def handle_request(request):
        with hp.scope(**request.overrides):
            return rerank(request.items)

    items = [SimpleNamespace(score=0.7), SimpleNamespace(score=0.9)]
    new = SimpleNamespace(overrides={"rerank.use_new": True}, items=items)
    low = SimpleNamespace(overrides={"rerank.use_new": True, "rerank.threshold": 0.5}, items=items)
    old = SimpleNamespace(overrides={}, items=items)
    with concurrent.futures.ThreadPoolExecutor(max_workers=4) as executor:
        results = list(executor.map(handle_request, [new, low, old] * 50))
    assert results == [items[1:], items, items] * 50


def test_4_2_multi_threaded_data_processing():
    def preprocess(shard, cfg):
        with hp.scope(**cfg):
            clean = hp.scope.pre.clean_noise(False)
            norm = hp.scope.pre.norm | "zscore"
            return shard, clean, norm

    cfg = {"pre.clean_noise": True, "pre.norm": "minmax"}
    shards = list(range(20))
    with concurrent.futures.ThreadPoolExecutor(max_workers=4) as executor:
        results = list(executor.map(lambda s: preprocess(s, cfg), shards))
    assert results == [(shard, True, "minmax") for shard in shards]


def test_5_1_llm_inference_configuration():
    def generate(prompt):
        max_tokens = hp.scope.llm.max_tokens | 256
        temperature = hp.scope.llm.temperature | 0.7
        return prompt, max_tokens, temperature

    assert generate("hello") == ("hello", 256, 0.7)
    with hp.scope(**{"llm.max_tokens": 64, "llm.temperature": 0.2}):
        assert generate("short answer") == ("short answer", 64, 0.2)


def test_5_2_ab_testing():
    def get_experiment_config(user_id):
        if hash(user_id) % 100 < 10:
            return {"search.algo": "v2", "search.boost": 1.5}
        return {}

    def search(query):
        algo = hp.scope.search.algo | "v1"
        boost = hp.scope.search.boost | 1.0
        return query, algo, boost

    def handle_request(user_id, query):
        with hp.scope(**get_experiment_config(user_id)):
            return search(query)

    assert handle_request(5, "q") == ("q", "v2", 1.5)
    assert handle_request(50, "q") == ("q", "v1", 1.0)


def test_5_3_etl_job_configuration():
    def run_job(name, overrides=None):
        with hp.scope(**(overrides or {})):
            batch = hp.scope.etl.batch_size | 500
            retry = hp.scope.etl.retry | 3
            timeout = hp.scope.etl.timeout | 30
            return name, batch, retry, timeout

    assert run_job("daily") == ("daily", 500, 3, 30)
    overrides = {"etl.batch_size": 5000, "etl.timeout": 300}
    assert run_job("full_rebuild", overrides) == ("full_rebuild", 5000, 3, 300)


def test_5_4_early_stopping():
    def check_early_stop(metric, best, wait):
        patience = hp.scope.scheduler.patience | 5
        delta = hp.scope.scheduler.min_delta | 0.001
        if metric > best + delta:
            return False, metric, 0
        wait += 1
        return wait >= patience, best, wait

    assert check_early_stop(0.9, 0.8, 3) == (False, 0.9, 0)
    assert check_early_stop(0.8, 0.8, 4) == (True, 0.8, 5)
    with hp.scope(**{"scheduler.patience": 10}):
        assert check_early_stop(0.8, 0.8, 4) == (False, 0.8, 5)
