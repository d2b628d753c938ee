"""What a docstring says of a function and of its parameters: Google's, NumPy's or reST's way of writing it.

The sections are read by docstring-parser, which comes with the extra `cli`; without it a docstring is its
first paragraph.
"""

from __future__ import annotations

from functools import cached_property
from inspect import cleandoc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from docstring_parser import Docstring

__all__ = ["Doc"]


class Doc:
    """Tell what docstrings say, those of a class and its constructor together."""

    def __init__(self, *texts: str | None) -> None:
        self._texts = [cleandoc(text) for text in texts if text and text.strip()]

    @cached_property
    def summary(self) -> str:
        """The first paragraph, on one line."""
        return " ".join(self._texts[0].split("\n\n")[0].split()) if self._texts else ""

    @cached_property
    def text(self) -> str:
        """What is said of the whole: summary and description."""
        if not self._parsed:
            return self.summary
        said = self._parsed[0]
        return "\n\n".join(part for part in (said.short_description, said.long_description) if part)

    @cached_property
    def parameters(self) -> dict[str, str]:
        """What is said of each parameter, on one line."""
        return {
            name.strip().lstrip("*"): " ".join(one.description.split())
            for said in reversed(self._parsed)
            for one in said.params
            if one.description
            for name in one.arg_name.split(",")  # NumPy's way of saying one thing of several
        }

    @cached_property
    def _parsed(self) -> list[Docstring]:
        try:
            from docstring_parser import parse
        except ImportError:
            return []
        found = []
        for text in self._texts:
            try:
                found.append(parse(text))
            except Exception:  # it is written in no style that is known, or in none that the parser is made for
                continue
        return found
