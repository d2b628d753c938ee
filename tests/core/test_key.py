"""The helpers that take keys apart. The grammar of keys is tested in tests/scopes/test_sources.py."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyperparameter.core.key import (
    check_key,
    is_below,
    join,
    key_of_names,
    name_of,
    parent_of,
    parents,
    segments_of,
    split_last,
    split_override,
    valid_keys,
)


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


NAMES = st.lists(st.text('ab.="\\\n é+', max_size=4), min_size=1, max_size=4)


@given(NAMES, st.text("ab=."))
def test_a_key_of_any_names_has_one_spelling_that_every_helper_can_take_apart(names, value):
    key = key_of_names(names)
    assert check_key(key) == key
    for is_cached in (True, False):
        if not is_cached:
            valid_keys.clear()
        assert [name_of(segment) for segment in segments_of(key)] == names
    assert split_override(f"{key}={value}") == (key, value)
    prefixes = [key_of_names(names[:count]) for count in range(len(names) - 1, 0, -1)]
    assert list(parents(key)) == prefixes
    assert all(is_below(key, prefix) for prefix in prefixes)


def test_quotes_that_are_not_needed_do_not_make_another_key():
    assert check_key('"train"."l\\u0072"') == "train.lr"
    assert check_key('a."b.c"') == 'a."b.c"'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('"a', "the quote at character 1 is not closed"),
        ('a"b', "segment 'a\"b' contains '\"'"),
        ('"a"b', "expected '.' after segment 1, got 'b'"),
        ('a."b".', "segment 3 is empty"),
        ('"\\x41"', "'\\\\x' is not an escape of TOML"),
        ('"\\u00"', "'\\\\u00\"' is not an escape of TOML"),
    ],
)
def test_a_key_with_bad_quotes_is_refused(text, problem):
    with pytest.raises(ValueError) as caught:
        check_key(text)
    assert str(caught.value) == f"{text!r} is not a valid key: {problem}"
