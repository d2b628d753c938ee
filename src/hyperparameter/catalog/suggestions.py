"""Find the declared keys that an unknown key may be a misspelling of.

Two keys resemble each other if they have the same number of segments, and each segment of one is similar to
that segment of the other. So the segments are compared, and not the keys: there are fewer of them, and each
pair of segments is compared once.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from ..core.key import segments_of
from ..similarity import SimilarNames

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["SimilarKeys"]

# What `_letters` removes from a key.
SEPARATORS = dict.fromkeys(map(ord, '."_-'))
# Two segments resemble each other if they have at least this ratio; see similarity.py.
MIN_RATIO = 0.65


class SimilarKeys:
    """The keys of a catalog, by their segments in lower case."""

    def __init__(self, keys: Iterable[str]) -> None:
        # For each number of segments and each position, the keys by the segment at that position.
        self._by_segment: dict[tuple[int, int], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._by_letters: dict[str, list[str]] = defaultdict(list)
        self._by_end: dict[str, list[str]] = defaultdict(list)
        self._keys = set(keys)
        for key in self._keys:
            segments = segments_of(key.lower())
            for position, segment in enumerate(segments):
                self._by_segment[len(segments), position][segment].add(key)
            self._by_letters[_letters(key)].append(key)
            for end in _ends(key):
                self._by_end[end].append(key)
        self._indexes: dict[tuple[int, int], SimilarNames] = {}
        # Each segment is compared with all others once.
        self._similar_segments = cache(self._compare_segment)

    def suggestions(self, key: str) -> list[str]:
        """Return the keys that resemble a key, best first."""
        segments = segments_of(key.lower())
        *others, last = range(len(segments))
        ratios = dict(self._similar_segments(len(segments), last, segments[last]))
        # Fewer keys have a similar last segment than a similar first one.
        for position in reversed(others):
            similar = self._similar_segments(len(segments), position, segments[position])
            ratios = {name: ratio * similar[name] for name, ratio in ratios.items() if name in similar}
        for name in self._by_letters.get(_letters(key), ()):
            ratios.setdefault(name, 1.0)
        ratios.pop(key, None)
        return sorted(ratios, key=lambda name: (-ratios[name], name))

    def with_same_end(self, key: str) -> list[str]:
        """Return the keys that end with a key, and those that a key ends with, sorted."""
        shorter = [end for end in _ends(key) if end in self._keys]
        return sorted([*self._by_end.get(key, ()), *shorter])

    def _compare_segment(self, count: int, position: int, segment: str) -> dict[str, float]:
        """Return the keys with this number of segments and a similar one at a position, with its ratio."""
        names = self._similar_names(count, position)
        keys_by_segment = self._by_segment[count, position]
        ratios = names.ratios(segment, MIN_RATIO)
        return {key: ratio for other, ratio in ratios.items() for key in keys_by_segment[other]}

    def _similar_names(self, count: int, position: int) -> SimilarNames:
        index = self._indexes.get((count, position))
        if index is None:
            index = self._indexes[count, position] = SimilarNames(self._by_segment[count, position])
        return index


def _ends(key: str) -> list[str]:
    """Return the ends of a key that begin after a dot."""
    return [key[number + 1 :] for number, character in enumerate(key) if character == "."]


def _letters(key: str) -> str:
    return key.lower().translate(SEPARATORS)
