"""What conversion raises: `Misfit`, with a `Fault` for each part of a value that does not fit."""

from __future__ import annotations

from ..core.value import MISSING, FileValue, Parts, UntypedText
from ..errors import did_you_mean, nearest
from .type_checks import type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

__all__ = ["Fault", "Misfit", "MisfitCollector"]

# An error lists all choices if there are at most this many.
MAX_CHOICES = 10
# A container with more wrong items than this is not read to its end.
MAX_FAULTS = 100


class Fault:
    """One part of a value that does not fit.

    Attributes:
        path: where the part is: the names and the list indexes that lead to it.
        value: the part's own value.
        wanted: the name of the expected type.
        kind: "value" for a wrong value, "unknown" for a name that is not a field, "missing" for a required
            field, "refused" if the constructor or a validator of the class raised an exception.
        names: for "unknown" the names that are fields, for "missing" the names that are given beside it.
        cause: the exception of the program's code, or None.
    """

    __slots__ = ("_choices", "_detail", "cause", "kind", "names", "path", "value", "wanted")

    def __init__(
        self,
        path: tuple[str | int, ...],
        value: Any,
        wanted: str,
        detail: str | None = None,
        kind: str = "value",
        *,
        names: Sequence[str] = (),
        choices: Sequence[str] = (),
        cause: BaseException | None = None,
    ) -> None:
        self.path = path
        self.value = value
        self.wanted = wanted
        self.kind = kind
        self.names = names
        self.cause = cause
        self._detail = detail
        self._choices = choices

    @property
    def detail(self) -> str | None:
        """Why the part does not fit, or None. The search for a similar choice takes long, so it runs here."""
        if not self._choices:
            return self._detail
        hint = did_you_mean(_similar(self.value, self._choices))
        if len(self._choices) > MAX_CHOICES or self.wanted.startswith("Literal["):
            return hint.removeprefix("; ") or None
        *others, last = map(repr, self._choices)
        return f"expected {', '.join(others)} or {last}{hint}" if others else f"expected {last}"

    def below(self, path: tuple[str | int, ...]) -> Fault:
        """Return this fault of a part as a fault of the value around it."""
        return self.at(path + self.path)

    def at(self, path: tuple[str | int, ...]) -> Fault:
        """Return this fault with another path."""
        return self._copy(path, self.wanted)

    def as_type(self, annotation: Any) -> Fault:
        """Return this fault with another expected type, if it is the fault of the value as a whole."""
        is_whole = not self.path and self.kind == "value"
        return self._copy(self.path, type_name(annotation)) if is_whole else self

    def _copy(self, path: tuple[str | int, ...], wanted: str) -> Fault:
        return Fault(
            path,
            self.value,
            wanted,
            self._detail,
            self.kind,
            names=self.names,
            choices=self._choices,
            cause=self.cause,
        )


def _similar(value: Any, choices: Iterable[str]) -> list[str]:
    """Return the choice that is most similar to a text, whatever its case."""
    if not issubclass(type(value), str):
        return []
    by_lower = {choice.lower(): choice for choice in reversed(list(choices))}
    return [by_lower[lower] for lower in nearest(value.lower(), by_lower, most=1)]


class Misfit(Exception):  # noqa: N818
    """A value that does not fit the expected type. The reader of the value adds its key and origin.

    Attributes:
        faults: the parts of the value that do not fit, at least one.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__()
        self.faults = list(faults)
        self.__cause__ = next((fault.cause for fault in self.faults if fault.cause is not None), None)

    @classmethod
    def of(
        cls,
        value: Any,
        annotation: Any,
        detail: str | None = None,
        kind: str = "value",
        *,
        choices: Sequence[str] = (),
        cause: BaseException | None = None,
    ) -> Misfit:
        """Return the misfit of a value that is wrong as a whole."""
        wanted = type_name(annotation)
        return cls([Fault((), shown(value), wanted, detail, kind, choices=choices, cause=cause)])

    def __str__(self) -> str:
        return "; ".join(f"{fault.path}: {fault.wanted}: {fault.detail}" for fault in self.faults)

    def as_type(self, annotation: Any) -> Misfit:
        """Return this misfit with another expected type: the union, for example, that the type is in."""
        return Misfit(fault.as_type(annotation) for fault in self.faults)


class MisfitCollector:
    """Collects the faults of the parts of one value."""

    __slots__ = ("faults",)

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def add(self, misfit: Misfit, *path: str | int) -> None:
        """Add the faults of the part at a path.

        Raises the `Misfit` of all of them if there are too many to be of use.
        """
        self.faults += [fault.below(path) for fault in misfit.faults]
        if len(self.faults) > MAX_FAULTS:
            self.raise_all()

    def raise_all(self) -> None:
        """Raise one `Misfit` with all faults, if there are any."""
        if self.faults:
            raise Misfit(self.faults)


def shown(value: Any) -> Any:
    """Return a value as an error shows it: without the classes that are only input of conversion."""
    if type(value) is UntypedText:
        return str.__str__(value)
    if type(value) is FileValue:
        return value.value
    if type(value) is Parts:
        if value.value is not MISSING:
            return shown(value.value)
        return {name: shown(item) for name, item in value.items.items()}
    return value
