"""Read what a docstring says of a function and its parameters, in the style of Google, NumPy or reST.

The sections are parsed by docstring-parser. If it is not installed, only the first paragraph is read.
"""

from __future__ import annotations

from functools import cached_property
from inspect import cleandoc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from docstring_parser import Docstring

__all__ = ["ParsedDocstring"]


class ParsedDocstring:
    """One or more docstrings, such as those of a class and its constructor, read together."""

    def __init__(self, *texts: str | None) -> None:
        self._texts = [cleandoc(text) for text in texts if text and text.strip()]

    @cached_property
    def summary(self) -> str:
        """The first paragraph, on one line."""
        return " ".join(self._texts[0].split("\n\n")[0].split()) if self._texts else ""

    @cached_property
    def text(self) -> str:
        """The summary and the description, without the sections."""
        if not self._parsed:
            return self.summary
        docstring = self._parsed[0]
        parts = docstring.short_description, docstring.long_description
        return "\n\n".join(part for part in parts if part)

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The help of each parameter, on one line."""
        # NumPy's style can describe several parameters at once: "a, b : int".
        return {
            name.strip().lstrip("*"): " ".join(parameter.description.split())
            for docstring in reversed(self._parsed)
            for parameter in docstring.params
            if parameter.description
            for name in parameter.arg_name.split(",")
        }

    @cached_property
    def _parsed(self) -> list[Docstring]:
        try:
            from docstring_parser import parse
        except ImportError:
            return []
        docstrings = []
        for text in self._texts:
            try:
                docstrings.append(parse(text))
            except Exception:
                # The parser raises errors of many types for a docstring that is in no known style.
                continue
        return docstrings
