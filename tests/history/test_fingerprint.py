"""`hp.fingerprint`: a hash of what is set, the same in every process and on every kernel."""

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from threading import Lock

import pytest

import hyperparameter as hp


def fingerprint(value, *patterns):
    with hp.scope(a=value):
        return hp.fingerprint(*patterns)


class Color(Enum):
    RED = 1
    BLUE = 2


@dataclass
class Opt:
    lr: float
    tags: set[str]


@pytest.mark.parametrize(
    "value",
    [
        1,
        1.5,
        "x",
        None,
        True,
        b"x",
        [1, [2]],
        (1,),
        {"b", "c"},
        Color.RED,
        Opt(1.0, {"a", "b"}),
        Path("a/b"),
        date(2020, 1, 2),
        Decimal("1.5"),
        len,
        Opt,
        float("nan"),
        {"x": {"y": 1}},
    ],
    ids=repr,
)
def test_equal_values_have_equal_fingerprints(value):
    assert fingerprint(value) == fingerprint(value)


def test_other_values_and_types_have_other_fingerprints():
    values = [1, 1.0, True, "1", b"1", [1], (1,), {1}, None, "None", [], (), Color.RED, Color.BLUE]
    values += [Opt(1.0, {"a"}), Opt(2.0, {"a"}), ["a", "b"], ["ab"], Path("1"), [[1], 2], [[1, 2]]]
    assert len({fingerprint(value) for value in values}) == len(values)


@pytest.mark.parametrize("kernel", ["python", "rust"])
@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_it_is_the_same_in_other_processes_and_kernels_and_versions(kernel, hash_seed):
    code = (
        "import hyperparameter as hp\n"
        "with hp.scope({'a': {'x', 'y', 'z'}, 'b': 0.1, 'c': [1, None], 'd': {'e': True}}, 'b=0.2'):\n"
        "    print(hp.fingerprint())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "HYPERPARAMETER_KERNEL": kernel}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment
    )
    if "HYPERPARAMETER_KERNEL" in done.stderr:
        pytest.skip("this kernel is not installed")
    assert (done.stdout, done.stderr) == ("aeee06ad91af8c04\n", "")


def test_the_scopes_that_set_the_values_do_not_matter():
    with hp.scope({"a.b": 1, "c": 2}):
        together = hp.fingerprint()
    with hp.scope(c=2), hp.scope({"a": {"b": 1}}):
        assert hp.fingerprint() == together
    with hp.scope(c=2), hp.scope({"a.b": 1}):
        hp.frozen()
    assert hp.fingerprint() == together


def test_only_keys_that_match_a_pattern_count():
    with hp.scope({"train.lr": 1, "train.opt.name": "x", "log": 1, "trainer": 1}):
        seen = [hp.fingerprint(pattern) for pattern in ("train", "train.*", "train.lr", "*", "log")]
        assert hp.fingerprint("*") == hp.fingerprint()
        assert hp.fingerprint("train.lr", "train.opt") == hp.fingerprint("train")
    with hp.scope({"train.lr": 1, "train.opt.name": "x"}):
        assert seen[:2] == [hp.fingerprint()] * 2
    assert len(set(seen)) == 4
    assert len(seen[0]) == 16


def loop():
    items = []
    items.append(items)
    return items


@pytest.mark.parametrize("value", [lambda: 1, Lock(), loop()], ids=["lambda", "lock", "loop"])
def test_a_value_without_a_stable_form_is_named(value):
    with hp.scope({"m.f": value}), pytest.raises(TypeError, match="the value of 'm.f' has no fingerprint: "):
        hp.fingerprint("m.*")
