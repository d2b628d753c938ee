"""Split a text into plain text and references: `x-${a.${b}}` is `x-` and a reference, which holds another.

`\\${` is the text `${`, and `\\\\` before a reference is one backslash. `${{ ... }}`, as in
GitHub Actions, is plain text.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Part: TypeAlias = "str | Reference"

# The most levels of references inside references.
MAX_NESTING = 20


class Unresolvable(Exception):  # noqa: N818
    """A reference that cannot be resolved. The resolver adds the key whose value has the reference."""


class Foreign(Exception):  # noqa: N818
    """The text between `${` and `}` is no reference of this library, so it stays text."""


class Reference:
    """The text between `${` and `}`.

    Attributes:
        parts: the text, as a list of parts.
        source: the same, with `${` and `}`, as it was written.
    """

    __slots__ = ("parts", "source")

    def __init__(self, parts: list[Part], source: str) -> None:
        self.parts = parts
        self.source = source


def parse(text: str) -> list[Part]:
    """Return the parts of a text; raise `Unresolvable` if a reference has no end."""
    return _parse(text, 0, 0)[0]


def _parse(text: str, position: int, nesting: int) -> tuple[list[Part], int]:
    """Return the parts from a position on, and where they end: inside a reference, that is the next `}`."""
    if nesting > MAX_NESTING:
        raise Unresolvable(f"references are nested deeper than {MAX_NESTING} levels")
    parts: list[Part] = []
    plain = ""
    while position < len(text):
        opening = text.find("${", position)
        closing = text.find("}", position) if nesting else -1
        # There are no more references up to the end of the text, or of the reference around this part.
        if opening < 0 or 0 <= closing < opening:
            end = len(text) if closing < 0 else closing
            plain, position = plain + text[position:end], end
            break
        before = text[position:opening].rstrip("\\")
        backslashes = opening - position - len(before)
        plain += before + "\\" * (backslashes // 2)
        position = opening + 2
        # Two backslashes stand for one. A single one is left over, and makes the `${` plain text.
        if backslashes % 2:
            plain += "${"
            continue
        if text.startswith("{", position):
            # Without its end, only `${{` itself is plain text.
            closing = text.find("}}", position)
            end = position + 1 if closing < 0 else closing + 2
            plain, position = plain + text[opening:end], end
            continue
        inner, position = _parse(text, position, nesting + 1)
        if position == len(text):
            raise Unresolvable("a '${' has no closing '}'")
        position += 1
        reference = Reference(inner, text[opening:position])
        parts += [plain, reference] if plain else [reference]
        plain = ""
    return ([*parts, plain] if plain else parts), position
