"""The trials of a sweep: how one is run, and what is kept of it."""

from __future__ import annotations

import math
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..core.origin import Origin
from ..errors import plain_default, shown
from ..scopes.scope import Scope
from ..scopes.sources import entries_from
from .carried import portable

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Trial", "TrialRunner", "as_json", "override_text"]


@dataclass(frozen=True)
class Trial:
    """One trial of a sweep.

    Attributes:
        number: its number, from 0.
        seed: a random number of its own, the same whenever the sweep is run with the same seed.
        params: what it set.
        result: what the function returned, None if it failed.
        seconds: how long it took.
        error: why it failed, with the type of the error, None if it did not.
        traceback: where it failed, None if it did not.
    """

    number: int
    seed: int
    params: dict[str, Any]
    result: Any = None
    seconds: float = 0.0
    error: str | None = None
    traceback: str | None = None


class TrialRunner:
    """Calls a function with the parameters of a trial in a scope, and returns the trial with its outcome."""

    def __init__(self, function: Callable[[], Any]) -> None:
        self._function = function

    def __reduce__(self) -> tuple[Any, ...]:
        return TrialRunner, (portable(self._function),)

    def __call__(self, number: int, seed: int, params: dict[str, Any]) -> Trial:
        origin = Origin.by(f"trial {number} of the sweep")
        start = time.perf_counter()
        try:
            with Scope(entries_from(({"trial": {"number": number, "seed": seed}}, params), {}, origin)):
                result = self._function()
        # A failed trial must not end the sweep, and what it raises may not pickle.
        except Exception as error:
            import traceback

            seconds = time.perf_counter() - start
            text = f"{type(error).__name__}: {error}"
            return Trial(number, seed, params, None, seconds, text, "".join(traceback.format_exception(error)))
        return Trial(number, seed, params, result, time.perf_counter() - start)


def override_text(key: str, value: object) -> str:
    """Return a value as `-D` takes it, unless it is secret."""
    plain = plain_default(value)
    text = shown(key, plain)
    return plain if isinstance(plain, str) and text == repr(plain) else text


def as_json(value: Any) -> Any:
    """Return a value as JSON can write it; the `repr` of what has no such form."""
    import msgspec

    try:
        return msgspec.json.decode(msgspec.json.encode(_finite(value), enc_hook=_other))
    # An object can fail in its own ways.
    except Exception:
        return repr(value)


def _finite(value: Any) -> Any:
    """Return numbers that JSON does not have as text: `nan`, `inf`."""
    return repr(value) if isinstance(value, float) and not math.isfinite(value) else value


def _other(value: Any) -> Any:
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    # Arrays and numbers of numpy, torch and others.
    if callable(getattr(value, "tolist", None)):
        return value.tolist()
    return repr(value)
