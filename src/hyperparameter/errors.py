"""The errors of this library, and the words that error messages have in common.

A message is built when it is shown, not when the error is raised. So a program that reads a key and catches the
error does not pay for the search for similar names.
"""

from __future__ import annotations

from .secrecy import MASK, has_secrets, is_secret_key, masked, masked_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from typing import Any, Protocol

    class Origin(Protocol):
        """Where a value was set: see core/origin.py. An unknown origin is None."""

        @property
        def place(self) -> str: ...
        @property
        def is_secret(self) -> bool: ...
        def without_value(self) -> Origin: ...


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

# A message shows at most this many characters of a value or an expression.
MAX_LENGTH = 200

# If there are more names than this, only those with the same parent or the same last segment are compared.
MAX_COMPARED = 5000
# A name is similar if it has at least this ratio; see similarity.py.
MIN_RATIO = 0.6


def short_repr(value: object) -> str:
    """Return the repr of a value, on one line and not too long. Never raise an error."""
    try:
        text = repr(value)
    # A `__repr__` that fails must not hide the message that it is part of.
    except Exception as error:
        text = f"<{type(value).__name__} whose repr raises {type(error).__name__}>"
    return shorten(text)


def shown(key: str, value: object, marked: Collection[str] = ()) -> str:
    """Return the repr of the value of a key for a message, without secrets; `marked` has marked keys."""
    try:
        visible: object = masked(key, value, marked)
    # The value's own code can fail, such as a property of a structure.
    except Exception as error:
        return f"<{type(value).__name__} whose repr raises {type(error).__name__}>"
    return short_repr(visible)


def shorten(text: str) -> str:
    """Return a text on one line, cut at `MAX_LENGTH` characters."""
    text = " ".join(text.split("\n"))
    return text if len(text) <= MAX_LENGTH else text[: MAX_LENGTH - 1] + "…"


def default_text(default: object, key: str = "") -> str:
    """Return a default as a user writes it: the value or name of an enum member, the text of a path."""
    return shown(key, plain_default(default))


def plain_default(default: object) -> object:
    """Return the value of an enum member if all members have texts, else its name; the text of a path."""
    from enum import Enum

    if isinstance(default, Enum):
        has_texts = all(isinstance(member.value, str) for member in type(default))
        return default.value if has_texts else default.name
    return str(default) if hasattr(type(default), "__fspath__") else default


def nearest(name: str, names: Iterable[str], most: int = 3) -> list[str]:
    """Return the names that are most similar to `name`, best first."""
    from .similarity import SimilarNames

    candidates = list(names)
    if len(candidates) > MAX_COMPARED:
        parent, _, last = name.rpartition(".")
        prefix, suffix = f"{parent}.", f".{last}"
        related = [other for other in candidates if other.startswith(prefix) or other.endswith(suffix)]
        candidates = related[:MAX_COMPARED]
    return SimilarNames(candidates).nearest(name, most, MIN_RATIO)


def did_you_mean(names: Iterable[str]) -> str:
    """Return `; did you mean 'a' or 'b'?` for the end of a message, or an empty text if there are no names."""
    quoted = [repr(name) for name in names]
    if not quoted:
        return ""
    *others, last = quoted
    return f"; did you mean {', '.join(others)} or {last}?" if others else f"; did you mean {last}?"


def _rebuild(cls: type[ParamError], text: str, **fields: Any) -> ParamError:
    """Return an error that was pickled, with the message that it had in the other process."""
    error = cls(**fields)
    error._text = text
    return error


class ParamError(ValueError):
    """A value is not valid for the type that its reader expects.

    This is also the base class of all errors about parameters.

    Attributes:
        key: the key of the parameter.
        value: the value that was set, or None.
        wanted: the expected type as text, or None.
        detail: the reason, or None.
        where: the place that set the value, such as `train.py:3` or `-D train.lr=fast`, None if unknown.
        errors: one error for each wrong part of a value, each with its own key, value and place. If there is
            only one, it is this error itself.

    Examples:
        >>> import hyperparameter as hp
        >>> with hp.scope("train.lr=fast"):
        ...     hp.scope.train.lr | 0.1  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        hyperparameter.errors.ParamError: 'train.lr' = 'fast' is not a valid float (set at ...)
    """

    # Whether the value is marked as secret, for an error without an origin.
    is_marked = False

    def __init__(
        self,
        key: str,
        *,
        value: Any = None,
        wanted: str | None = None,
        detail: str | None = None,
        origin: Origin | None = None,
        names: Callable[[], Iterable[str]] = tuple,
        shows_value: bool = True,
        errors: Iterable[ParamError] = (),
    ) -> None:
        super().__init__(key)
        self.key = key
        self.value = value
        self.wanted = wanted
        self.detail = detail
        self._origin = origin
        self._names = names
        # A structure may have secrets among its values.
        self._shows_value = shows_value
        self._errors = tuple(errors)
        self._text: str | None = None

    @property
    def errors(self) -> tuple[ParamError, ...]:
        return self._errors or (self,)

    @property
    def where(self) -> str | None:
        origin = self._shown_origin()
        return None if origin is None else origin.place

    def _message(self) -> str:
        if self._errors:
            return self._list_errors("")
        # The whole of a configuration has no key.
        subject = repr(self.key) if self.key else "the configuration"
        if self._shows_value:
            subject += f" = {self._shown_value()}"
        text = f"{subject} is not a valid {self.wanted}"
        if self.detail:
            text += f": {self._shown_detail()}"
        return text + self._origin_text()

    @property
    def _is_secret(self) -> bool:
        """Whether the value is secret, or may be a secret whose key is misspelled."""
        if self.is_marked or is_secret_key(self.key) or (self._origin is not None and self._origin.is_secret):
            return True
        return any(is_secret_key(name) for name in getattr(self, "near", ()))

    def _shown_value(self) -> str:
        return MASK if self._is_secret else shown(self.key, self.value)

    def _shown_detail(self) -> str:
        return masked_text(str(self.detail), self.value) if self._is_secret else str(self.detail)

    def _shown_origin(self) -> Origin | None:
        if self._origin is None:
            return None
        is_secret = self._is_secret or has_secrets(self.key, self.value)
        return self._origin.without_value() if is_secret else self._origin

    def _list_errors(self, place: str) -> str:
        """Return the texts of the errors, each on a line of its own."""
        lines = [str(error) for error in self._errors]
        if len(lines) > 1:
            lines.insert(0, f"{len(lines)} errors{place}:")
        return "\n  ".join(lines)

    def _origin_text(self) -> str:
        origin = self._shown_origin()
        return "" if origin is None else f" ({origin})"

    def _suggestions(self) -> str:
        return did_you_mean(nearest(self.key, self._names()))

    def __str__(self) -> str:
        if self._text is None:
            self._text = self._message()
        return self._text

    def __reduce__(self) -> tuple[Any, ...]:
        # An error returns from a worker process as its text, because the other process cannot look up the code
        # that set the value, or the keys that were set. The value goes as its repr, because it may not pickle.
        from functools import partial

        value = self.value
        fields: dict[str, Any] = {
            "key": self.key,
            "value": value if isinstance(value, str | int | float | bool | None) else self._shown_value(),
            "wanted": self.wanted,
            "detail": self.detail,
            "origin": self._shown_origin(),
        }
        state = {name: item for name, item in vars(self).items() if name in _PICKLED_ATTRIBUTES}
        if self._errors:
            fields["errors"] = self._errors
        return partial(_rebuild, type(self), str(self), **fields), (), state


# The attributes that an error keeps as they are when it is pickled.
_PICKLED_ATTRIBUTES = frozenset(("__notes__", "_errors", "near", "namespace"))


class UnknownParamWarning(UserWarning):
    """A key is set that no code reads, and no declared key is similar to it."""


class KeySyntaxError(ParamError):
    """A text is not a valid key, or an override is not `key=value`."""

    def _message(self) -> str:
        # The value is the text of the key, with the value of an override that has no valid key.
        key, equals, _ = str(self.value).partition("=")
        value = f"{key}={MASK}" if self._is_secret and equals else self.value
        return f"{short_repr(value)} {self.detail}{self._origin_text()}"


class MissingParamError(ParamError, KeyError):
    """A parameter was read without a default, and it is not set."""

    def _message(self) -> str:
        return f"parameter {shorten(self.key)!r} is not set{self._suggestions()}"


class MissingArgumentError(MissingParamError, TypeError):
    """A decorated function was called without a required argument, and no scope sets it."""

    def _message(self) -> str:
        return f"{self.detail}{self._suggestions()}"


class UnknownParamError(ParamError):
    """A key is set that no code reads.

    Attributes:
        near: the declared keys that it may be a misspelling of, best first.
        namespace: the namespace of the decorated functions that do not have the parameter, or None.
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
        """Return the error for a key with its entry: the value and its origin."""
        error = cls(key, value=entry[0], detail=detail, origin=entry[1])
        error.near = tuple(near)
        error.namespace = namespace
        return error

    def _message(self) -> str:
        return f"{shorten(self.key)!r} {self.detail}{did_you_mean(self.near)}{self._origin_text()}"


class UnusableOverrideError(ParamError, TypeError):
    """A key is set below the namespace of a decorated function, or of a schema, that has no such parameter."""

    def _message(self) -> str:
        return f"{shorten(self.key)!r} {self.detail}{self._suggestions()}{self._origin_text()}"


class ConfigError(ParamError):
    """A configuration has errors. The message lists all of them.

    Attributes:
        errors: the errors, each with its own key, value and place. If there is only one, and it is not about a
            parameter (a file cannot be parsed, for example), it is this error itself.
        where: `file:line:column` for a file that cannot be parsed.

    Examples:
        >>> import hyperparameter as hp
        >>> with hp.scope(hp.config({"a": "${b}", "b": "${a}"})):
        ...     hp.scope.a()  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        hyperparameter.errors.ConfigError: 'a' = '${b}' cannot be resolved: it refers to itself: ...
    """

    def __init__(self, key: str = "", **fields: Any) -> None:
        super().__init__(key, **fields)

    def _message(self) -> str:
        if self._errors:
            return self._list_errors(" in the configuration")
        if self.key:
            text = f"{shorten(self.key)!r} = {self._shown_value()} {self._shown_detail()}"
            return text + self._suggestions() + self._origin_text()
        return f"{self.where}: {self.detail}" if self.where else str(self.detail)
