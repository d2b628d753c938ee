"""The helpers that take keys apart. The grammar of keys is tested in tests/scopes/test_sources.py."""

import pytest

from hyperparameter.core.key import is_below, join, parent_of, parents, split_last


def test_a_key_is_its_prefix_joined_with_its_last_segment():
    for key, prefix, segment in (("a.b.c", "a.b", "c"), ("a.b", "a", "b"), ("a", "", "a")):
        assert split_last(key) == (prefix, segment)
        assert join(prefix, segment) == key
        assert parent_of(key) == prefix


def test_parents_are_the_proper_prefixes_with_the_longest_first():
    assert [list(parents(key)) for key in ("a.b.c", "a.b", "a", "")] == [["a.b", "a"], ["a"], [], []]


@pytest.mark.parametrize(
    ("key", "prefix", "expected"),
    [("a.b", "a", True), ("a.b.c", "a", True), ("a", "a", False), ("ab", "a", False), ("a", "", True)],
)
def test_a_key_is_below_a_prefix_of_whole_segments(key, prefix, expected):
    assert is_below(key, prefix) is expected
