"""The option `--sweep`: run the function of a program once for each set of values.

--sweep key=64,128 ──► texts ──► values of the parameter's type ──► hp.sweep ──► best trial
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..conversion.faults import param_error
from ..conversion.rule import Misfit
from ..core.value import UntypedText
from ..errors import ConfigError, shown
from ..execution.records import override_text
from ..execution.space import Choice, IntRange, LogUniform, Uniform
from ..execution.sweep import run_sweep
from ..output import escape_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..catalog.catalog import Catalog
    from ..core.origin import Origin
    from ..execution.results import SweepResults
    from .command import Command
    from .parsed_arguments import ParsedArguments

__all__ = ["CommandCall", "example_of", "space_of", "summary_of", "sweep_command"]

# Each distribution with the type of its bounds.
_DISTRIBUTIONS: dict[str, tuple[Callable[..., Any], Callable[[str], Any]]] = {
    "uniform": (Uniform, float),
    "loguniform": (LogUniform, float),
    "randint": (IntRange, int),
}
_CALL = re.compile(r"\s*(uniform|loguniform|randint|choice)\((.*)\)\s*", re.DOTALL)


class CommandCall:
    """The call of a command, with the arguments that no scope can set. It pickles if its function does."""

    def __init__(self, command: Command, arguments: tuple[list[Any], list[Any]]) -> None:
        self._command, self._arguments = command, arguments
        # The file of the sweep names the function.
        self.__module__ = command.function.__module__
        self.__qualname__ = command.function.__qualname__

    def __call__(self) -> Any:
        return self._command.call(*self._arguments)

    def __reduce__(self) -> tuple[Any, ...]:
        return CommandCall, (self._command, self._arguments)


def sweep_command(call: CommandCall, space: Mapping[str, Any], parsed: ParsedArguments) -> SweepResults:
    """Run a sweep as the command line describes it."""
    options = {"trials": None, "jobs": 1, "out": None, "metric": None, "maximize": False}
    arguments: Any = options | parsed.sweep_options
    return run_sweep(call, space, seed=0, executor=None, sampler=None, progress=True, **arguments)


def summary_of(results: SweepResults) -> str:
    """Return the line that says what the best trial of a sweep is."""
    failed = f", {len(results.failed)} failed" if results.failed else ""
    try:
        best = results.best
    except ValueError as error:
        return f"{len(results)} trials{failed}: {error}\n"
    texts = (f"{key}={override_text(key, value)}" for key, value in best.params.items())
    return escape_lines(
        f"{len(results)} trials{failed}; best: {shown('', best.result)} with {' '.join(texts)}\n"
    )


# --- The values of a key ---


def space_of(parsed: ParsedArguments, catalog: Catalog) -> dict[str, Any]:
    """Return the values of each key of `--sweep`, converted to the type of its parameter.

    Raises `ConfigError`, which lists every value that does not fit.
    """
    space: dict[str, Any] = {}
    errors: list[Any] = []
    for key, (text, origin) in parsed.sweeps.items():
        try:
            space[key] = _values_of(key, text, origin, catalog)
        except ConfigError as error:
            errors += error.errors
    if errors:
        raise ConfigError(errors=errors)
    endless = [key for key, values in space.items() if not isinstance(values, Choice)]
    if endless and "trials" not in parsed.sweep_options:
        raise ConfigError(
            detail=f"{endless[0]!r} has endless values: add the number of trials, as in --trials 20"
        )
    return space


def example_of(values: Choice | Uniform | IntRange) -> Any:
    """Return one of the values of a key."""
    return values.values[0] if isinstance(values, Choice) else values.low


def _values_of(key: str, text: str, origin: Origin, catalog: Catalog) -> Any:
    call = _CALL.fullmatch(text)
    if call is not None and call[1] in _DISTRIBUTIONS:
        distribution = _distribution(key, call[1], _split(call[2]), origin)
        # No number between the bounds fits if these three do not.
        middle = distribution.low + (distribution.high - distribution.low) / 3
        samples = [distribution.low, distribution.high]
        if not isinstance(distribution, IntRange):
            samples.append(middle)
        _converted(key, samples, origin, catalog)
        return distribution
    texts = _split(text if call is None else call[2])
    return Choice(tuple(_converted(key, map(UntypedText, texts), origin, catalog)))


def _distribution(key: str, name: str, texts: list[str], origin: Origin) -> Any:
    make, bound = _DISTRIBUTIONS[name]
    try:
        low, high = map(bound, texts)
        return make(low, high)
    except ValueError as error:
        reason = f"expected {name}(LOW, HIGH)" if len(texts) != 2 else str(error)
        raise ConfigError(detail=f"{key!r} = {name}({','.join(texts)}): {reason} ({origin})") from error


def _converted(key: str, values: Any, origin: Origin, catalog: Catalog) -> list[Any]:
    declarations = catalog.declarations_of(key)
    converted: list[Any] = []
    errors: list[Any] = []
    for value in values:
        try:
            # Every reader must accept the value. The first one decides what it is.
            readings = [declaration.convert(value) for declaration in declarations if declaration.key == key]
            converted.append(readings[0] if readings else value)
        except Misfit as misfit:
            errors += param_error(misfit, key, lambda _path: origin).errors
    if errors:
        raise ConfigError(errors=errors)
    return converted


def _split(text: str) -> list[str]:
    """Split a text at the commas that are outside of brackets and quotes: `[1,2],[3]` has two parts."""
    parts, start, depth, quote = [], 0, 0, ""
    for position, char in enumerate(text):
        if quote:
            quote = "" if char == quote and text[position - 1] != "\\" else quote
        elif char == '"':
            quote = char
        elif char in "[{(":
            depth += 1
        elif char in ")}]":
            depth -= 1
        elif char == "," and depth == 0:
            parts.append(text[start:position].strip())
            start = position + 1
    return [*parts, text[start:].strip()]
