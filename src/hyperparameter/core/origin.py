"""An origin says where a value was set: a line of source code, a place in a file, an option, or a variable."""

from __future__ import annotations

import sys

from ..secrecy import MASK, has_secrets, is_secret_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import CodeType
    from typing import Any

    from ..secrecy import Secret
    from .value import Entry

__all__ = ["Origin", "SecretOrigin", "is_secret", "marked_entry", "marked_keys", "place_of"]

# The folder of this package, with the separator at its end, as code objects name it.
PACKAGE_FOLDER = sys._getframe().f_code.co_filename[: -len("core/origin.py")]


class Origin(tuple):  # type: ignore[type-arg]
    """Where a value was set. An unknown origin is None.

    Every `hp.scope(...)` makes an origin, so it has to be cheap. It is a pair in one of two forms, and its text
    is made only when it is shown:

        (code object, instruction)     made by `of_caller`, and by both kernels
        (preposition, place)           ("at", "a.toml:3"), ("by", "-D train.lr=1")
    """

    __slots__ = ()
    # Whether the value was set as `hp.secret(value)`.
    is_secret = False

    @classmethod
    def of_caller(cls) -> Origin:
        """Return the origin of a value that the caller of this package sets."""
        frame = sys._getframe(1)
        # Only functions of this package call this method, so the search starts at the caller of that function.
        while frame.f_back is not None:
            frame = frame.f_back
            if not frame.f_code.co_filename.startswith(PACKAGE_FOLDER):
                break
        return cls((frame.f_code, frame.f_lasti))

    @classmethod
    def at(cls, place: object) -> Origin:
        """Return the origin of a value that a file sets; `str(place)` is the place, such as `a.toml:3`."""
        return cls(("at", place))

    @classmethod
    def by(cls, option: str) -> Origin:
        """Return the origin of a value that an option sets, such as `--lr 0.1`."""
        return cls(("by", option))

    @classmethod
    def by_variable(cls, name: str) -> Origin:
        """Return the origin of a value that an environment variable sets."""
        return cls(("by the", f"environment variable {name}"))

    @property
    def place(self) -> str:
        """The place alone: `train.py:3`, `-D train.lr=1`, `environment variable APP_LR`."""
        first, second = self
        return str(second) if type(first) is str else _place_in_code(first, second)

    @property
    def function(self) -> str | None:
        """The qualified name of the function whose code set the value, None if no function did."""
        first: Any = self[0]
        name = None if type(first) is str else first.co_qualname
        return None if name == "<module>" else name

    def __str__(self) -> str:
        """Return what an error says: `set at train.py:3`, `set by -D train.lr=1`."""
        return f"set {self.preposition} {self.place}"

    def __repr__(self) -> str:
        return f"<{self}>"

    def __reduce__(self) -> tuple[Any, ...]:
        # A code object does not pickle, so the place goes as text.
        return type(self), ((self.preposition, self.place),)

    def without_value(self) -> Origin:
        """Return this origin without the value that an option has: `-D db.password=******`."""
        first, second = self
        if type(first) is not str or first != "by":
            return self
        option = str(second)
        # The value is everything after the name of the option, and after the key if there is one.
        name, _, text = option.removeprefix("the ").partition(" ")
        if not text:
            return self
        key, equals, _ = text.partition("=")
        article = "the " if option.startswith("the ") else ""
        return type(self)((first, f"{article}{name} {key + equals if equals and name[0] == '-' else ''}{MASK}"))

    @property
    def preposition(self) -> str:
        """The word before the place: `at`, `by`, `by the`."""
        first: Any = self[0]
        return first if type(first) is str else "at"


class SecretOrigin(Origin):
    """Where a value was set that is secret. It stays secret if the entry is pickled."""

    __slots__ = ()
    is_secret = True

    @classmethod
    def of(cls, origin: Origin | None) -> SecretOrigin:
        """Return an origin as that of a secret value."""
        return cls(("in", "an unknown place") if origin is None else origin)


def is_secret(key: str, origin: Origin | None, value: Any = None) -> bool:
    """Return whether the value of a key is secret, or contains something that is."""
    return (origin is not None and origin.is_secret) or is_secret_key(key) or has_secrets(key, value)


def marked_entry(value: Secret, origin: Origin | None) -> tuple[Any, Origin]:
    """Return the entry of a value that was set as `hp.secret(value)`."""
    return value.value, SecretOrigin.of(origin)


def marked_keys(entries: Iterable[tuple[str, Entry]]) -> list[str]:
    """Return the keys whose values are marked as secret."""
    return [key for key, entry in entries if entry[1] is not None and entry[1].is_secret]


def place_of(origin: Origin | None, key: str = "", value: Any = None) -> str | None:
    """Return the place of an origin, None if it is unknown. The value of a secret key is not part of it."""
    if origin is None:
        return None
    return (origin.without_value() if is_secret(key, origin, value) else origin).place


def _place_in_code(code: CodeType, instruction: int) -> str:
    name = _cell_name(code.co_filename) or code.co_filename
    for start, end, line in code.co_lines():
        if start <= instruction < end and line is not None:
            return f"{name}:{line}"
    return name


def _cell_name(file: str) -> str | None:
    """Return the name of a notebook's cell, such as `In [21]`, None for any other file."""
    ipython = sys.modules.get("IPython")
    if ipython is None:
        return None
    try:
        _, name = ipython.get_ipython().compile.format_code_name(file)
    # Outside of a notebook there is no shell, and an older one cannot name its cells.
    except (AttributeError, TypeError):
        return None
    return str(name).replace("In[", "In [")
