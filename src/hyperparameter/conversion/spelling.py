"""Numbers that keep their spelling, because a reader may ask for them as text: `1.10` can be a version."""

from __future__ import annotations

from ..core.value import FileValue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def with_spelling(number: float, spelling: str) -> Any:
    """Return a number, as a `FileValue` if Python writes it in another way than the file."""
    return number if str(number) == spelling else FileValue(number, spelling)


def float_of(spelling: str) -> Any:
    """Return the float of a text, with its spelling."""
    return with_spelling(float(spelling), spelling)


def int_of(spelling: str) -> Any:
    """Return the integer of a text, with its spelling: `-0` is a zero."""
    return with_spelling(int(spelling), spelling)


def as_file_value(value: Any) -> Any:
    """Return a list or dict that has a `FileValue` in it as a `FileValue` itself, any other value as it is."""
    if type(value) is list:
        spelled: Any = [as_file_value(item) for item in value]
        if any(type(item) is FileValue for item in spelled):
            return FileValue([plain_of(item) for item in spelled], spelled)
    elif type(value) is dict:
        spelled = {name: as_file_value(item) for name, item in value.items()}
        if any(type(item) is FileValue for item in spelled.values()):
            return FileValue({name: plain_of(item) for name, item in spelled.items()}, spelled)
    return value


def plain_of(value: Any) -> Any:
    """Return a value of a file as a plain Python object."""
    return value.value if type(value) is FileValue else value
