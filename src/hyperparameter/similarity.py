"""Find the names that are most similar to a text, fast enough for a thousand unknown keys.

Two texts are compared by the length of their longest common subsequence. The ratio of two texts is twice this
length, divided by the sum of their lengths: 1.0 for equal texts, 0.0 for texts without a common character.

The length is computed by the bit-parallel algorithm of Hyyrö (2004): one addition of integers for each
character. Before that, the characters that two texts have in common give an upper bound. A *bag* is an integer
with one bit for each character of a text; the second "e" of a text has another bit than its first "e". So the
bits that two bags have in common count the common characters.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["SimilarNames"]


class SimilarNames:
    """Names that texts are compared with."""

    def __init__(self, names: Iterable[str]) -> None:
        # The bit of each character and of each of its repetitions.
        self._bits: dict[tuple[str, int], int] = {}
        self._names = [(name, len(name), self._bag(name)) for name in dict.fromkeys(names)]

    def nearest(self, text: str, most: int, min_ratio: float) -> list[str]:
        """Return at most this many names with at least this ratio, best first."""
        similar = sorted(((ratio, name) for name, ratio in self.ratios(text, min_ratio).items()), reverse=True)
        return [name for _, name in similar[:most]]

    def ratios(self, text: str, min_ratio: float) -> dict[str, float]:
        """Return the ratio of each name for which it is at least `min_ratio`."""
        length, bag = len(text), self._bag(text)
        candidates = [
            (name, other_length)
            for name, other_length, other_bag in self._names
            if (bag & other_bag).bit_count() * 2 >= min_ratio * (length + other_length)
        ]
        masks: dict[str, int] = {}
        for number, character in enumerate(text):
            masks[character] = masks.get(character, 0) | 1 << number
        ratios: dict[str, float] = {}
        for name, other_length in candidates:
            ratio = 2 * _common_length(masks, length, name) / (length + other_length or 1)
            if ratio >= min_ratio:
                ratios[name] = ratio
        return ratios

    def _bag(self, text: str) -> int:
        bits, counts, bag = self._bits, dict.fromkeys(text, 0), 0
        for character in text:
            repetition = character, counts[character]
            counts[character] += 1
            bag |= 1 << bits.setdefault(repetition, len(bits))
        return bag


def _common_length(masks: dict[str, int], length: int, other: str) -> int:
    """Return the length of the longest common subsequence; `masks` has the places of one text's characters."""
    full = (1 << length) - 1
    # A bit is 0 where the common subsequence grows.
    row = full
    for mask in map(masks.get, other):
        if mask is not None:
            matches = row & mask
            row = row + matches | row - matches
    return length - (row & full).bit_count()
