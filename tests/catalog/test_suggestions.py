"""The keys that an unknown key may be a misspelling of, and the similarity of names."""

import random

import pytest

from hyperparameter.catalog.suggestions import SimilarKeys
from hyperparameter.similarity import SimilarNames

pytestmark = pytest.mark.one_kernel


def common_length(text, other):
    """Return the length of the longest common subsequence, by the definition."""
    row = [0] * (len(other) + 1)
    for character in text:
        before, row = row, [0] * (len(other) + 1)
        for number, other_character in enumerate(other):
            equal = before[number] + 1 if character == other_character else 0
            row[number + 1] = max(equal, row[number], before[number + 1])
    return row[-1]


def test_the_ratio_is_that_of_the_longest_common_subsequence():
    generator = random.Random(1)
    for _ in range(300):
        names = {"".join(generator.choices("abé_", k=generator.randrange(9))) for _ in range(8)}
        text = "".join(generator.choices("abé_", k=generator.randrange(9)))
        ratios = {
            name: 2 * common_length(text, name) / (len(text) + len(name) or 1) for name in names if text or name
        }
        found = SimilarNames(names).ratios(text, 0.6)
        assert {name: ratio for name, ratio in found.items() if name or text} == {
            name: ratio for name, ratio in ratios.items() if ratio >= 0.6
        }


def test_the_most_similar_names_come_first():
    names = SimilarNames(["epochs", "epoch", "steps", "Epochs"])
    assert names.nearest("epochss", 3, 0.6) == ["epochs", "epoch", "Epochs"]
    assert names.nearest("zzz", 3, 0.6) == []


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("train.lrr", ["train.lr"]),
        ("TRAIN.LR", ["train.lr"]),
        ("tarin.batch_sise", ["train.batch_size"]),
        ("train.batchsize", ["train.batch_size"]),
        ("train.batch.size", ["train.batch_size"]),
        ("trainlr", ["train.lr"]),
        ("other.lr", []),
        ("train.zebra", []),
        ("train", []),
    ],
)
def test_each_segment_of_a_suggestion_is_similar(key, expected):
    keys = ["train.lr", "train.batch_size", "model.width", "seed"]
    assert SimilarKeys(keys).suggestions(key) == expected


def test_keys_with_the_same_end_are_found():
    keys = SimilarKeys(["train.lr", "model.opt.lr", "lr"])
    assert keys.with_same_end("opt.lr") == ["lr", "model.opt.lr"]
    assert keys.with_same_end("lr") == ["model.opt.lr", "train.lr"]
    assert keys.with_same_end("r") == []
