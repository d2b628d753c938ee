"""Every error that the library raises: key, value, expected type, the place that set it, similar names.

The text is worked out when it is shown, not when the error is raised, so a program that
tries a key and catches the error does not pay for the search for its nearest name.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Protocol

    class Origin(Protocol):
        """Where a value was set: see core/origin.py. An unknown origin is None."""

        @property
        def place(self) -> str: ...


__all__ = [
    "ConfigError",
    "KeySyntaxError",
    "MissingArgumentError",
    "MissingParamError",
    "ParamError",
    "UnknownParamError",
    "UnknownParamWarning",
    "UnusableOverrideError",
]

LONGEST_VALUE = 200  # characters of a value's repr that a message shows
MOST_COMPARED = 5000  # keys that are all compared with a mistyped one


def short_repr(value: object) -> str:
    """Return the repr of a value for a message: short, on one line, and never raising."""
    try:
        text = repr(value)
    except Exception as error:  # a broken __repr__ must not hide the message it is part of
        text = f"<{type(value).__name__} whose repr raises {type(error).__name__}>"
    text = " ".join(text.split("\n"))
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def default_text(default: object) -> str:
    """Return a default as what sets it: of an enum's member its value, of a path its text."""
    from enum import Enum

    if isinstance(default, Enum):
        default = default.value
    return short_repr(str(default) if hasattr(type(default), "__fspath__") else default)


def nearest(name: str, names: Iterable[str], most: int = 3) -> list[str]:
    """Return the names most like `name`, best first."""
    from difflib import get_close_matches  # only ever needed for a message

    candidates = list(names)
    if len(candidates) > MOST_COMPARED:
        parent, _, last = name.rpartition(".")
        alike = (c for c in candidates if c.startswith(parent + ".") or c.endswith("." + last))
        candidates = [c for _, c in zip(range(MOST_COMPARED), alike, strict=False)]
    return get_close_matches(name, sorted(candidates), n=most)


def did_you_mean(names: Iterable[str]) -> str:
    """Return `; did you mean 'a' or 'b'?` for the end of a message, or an empty text if there are no names."""
    quoted = [repr(name) for name in names]
    if not quoted:
        return ""
    *others, last = quoted
    return f"; did you mean {', '.join(others)} or {last}?" if others else f"; did you mean {last}?"


def _rebuilt(cls: type[ParamError], text: str, **known: Any) -> ParamError:
    error = cls(**known)
    error._text = text
    return error


class ParamError(ValueError):
    """Report a parameter that cannot be used as asked.

    Attributes:
        key: the parameter's key.
        value: the value that was found, or None where there is none.
        wanted: what was asked for, as text, or None.
        detail: what else is known of the fault, or None.
        where: `file:line` of the place that set the value, or None where it is not known.

    Examples:
        >>> import hyperparameter as hp
        >>> with hp.scope("train.lr=fast"):
        ...     hp.scope.train.lr | 0.1  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        hyperparameter.errors.ParamError: 'train.lr' = 'fast' is not a valid float (set at ...)
    """

    def __init__(
        self,
        key: str,
        *,
        value: Any = None,
        wanted: str | None = None,
        detail: str | None = None,
        origin: Origin | None = None,
        names: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        super().__init__(key)
        self.key = key
        self.value = value
        self.wanted = wanted
        self.detail = detail
        self._origin = origin
        self._names = names
        self._text: str | None = None

    @property
    def where(self) -> str | None:
        return None if self._origin is None else self._origin.place

    def _message(self) -> str:
        text = f"{self.key!r} = {short_repr(self.value)} is not a valid {self.wanted}"
        if self.detail:
            text += f": {self.detail}"
        return text + self._place()

    def _place(self) -> str:
        return "" if self._origin is None else f" ({self._origin})"

    def _nearest(self) -> str:
        return did_you_mean(nearest(self.key, self._names()))

    def __str__(self) -> str:
        if self._text is None:
            self._text = self._message()
        return self._text

    def __reduce__(self) -> tuple[Any, ...]:
        # Errors come back from worker processes, where neither the code that set
        # the value nor the keys that were set can be looked up any more. The value may
        # not pickle, and an error that cannot come back would be lost: its repr goes.
        from functools import partial

        value = self.value
        plain = isinstance(value, str | int | float | bool | None)
        known = {
            "key": self.key,
            "value": value if plain else short_repr(value),
            "wanted": self.wanted,
            "detail": self.detail,
            "origin": self._origin,
        }
        kept_whole = ("__notes__", "_errors", "near", "namespace")
        notes = {name: kept for name, kept in vars(self).items() if name in kept_whole}
        return partial(_rebuilt, type(self), str(self), **known), (), notes


class UnknownParamWarning(UserWarning):
    """Tell of a key that is set and that nothing declares, with no declared key near it."""


class KeySyntaxError(ParamError):
    """Report text that is not a key, or an override that is not `key=value`."""

    def _message(self) -> str:
        return f"{short_repr(self.value)} {self.detail}"


class MissingParamError(ParamError, KeyError):
    """Report a parameter that was read without a default and is not set."""

    def _message(self) -> str:
        return f"parameter {self.key!r} is not set{self._nearest()}"


class MissingArgumentError(MissingParamError, TypeError):
    """Report a call that lacks an argument which no scope supplies either."""

    def _message(self) -> str:
        return f"{self.detail}{self._nearest()}"


class UnknownParamError(ParamError):
    """Report a key that is set, and that nothing declares.

    Attributes:
        near: the declared keys that it may be a misspelling of, best first.
        namespace: that of the decorated function which has no such parameter, or None.
    """

    near: tuple[str, ...] = ()
    namespace: str | None = None

    @classmethod
    def of(
        cls,
        key: str,
        entry: tuple[Any, Origin | None],
        detail: str,
        near: Iterable[str],
        namespace: str | None = None,
    ) -> UnknownParamError:
        error = cls(key, value=entry[0], detail=detail, origin=entry[1])
        error.near = tuple(near)
        error.namespace = namespace
        return error

    def _message(self) -> str:
        return f"{self.key!r} {self.detail}{did_you_mean(self.near)}{self._place()}"


class UnusableOverrideError(ParamError, TypeError):
    """Report an override under a function's namespace that the function cannot take."""

    def _message(self) -> str:
        return f"{self.key!r} {self.detail}{self._nearest()}{self._place()}"


class ConfigError(ParamError):
    """Report a configuration that cannot be used: all that is wrong with it, in one text.

    Attributes:
        errors: each fault, an error with key, value and place of its own; where there is one alone
            that is no parameter's, such as a broken file, it is this error itself.
        where: `file:line:column` for a broken file.

    Examples:
        >>> import hyperparameter as hp
        >>> hp.config({"a": "${b}", "b": "${a}"})  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        hyperparameter.errors.ConfigError: 'a' = '${b}' cannot be resolved: it refers to itself: ...
    """

    def __init__(self, key: str = "", *, errors: Iterable[ParamError] = (), **known: Any) -> None:
        super().__init__(key, **known)
        self._errors = tuple(errors)

    @property
    def errors(self) -> tuple[ParamError, ...]:
        return self._errors or (self,)

    def _message(self) -> str:
        if self._errors:
            lines = [str(error) for error in self._errors]
            return (
                "\n  ".join([f"{len(lines)} errors in the configuration:", *lines]) if lines[1:] else lines[0]
            )
        if self.key:
            return f"{self.key!r} = {short_repr(self.value)} {self.detail}{self._nearest()}{self._place()}"
        return f"{self.where}: {self.detail}" if self.where else str(self.detail)

    def __reduce__(self) -> tuple[Any, ...]:
        from functools import partial

        made, _, notes = super().__reduce__()
        return partial(made, errors=self._errors) if self._errors else made, (), notes
