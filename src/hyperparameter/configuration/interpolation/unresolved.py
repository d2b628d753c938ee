"""The value of a key whose reference cannot be resolved. Reading it is an error, and loading it is not."""

from __future__ import annotations

from ...core.value import Computed
from ...errors import ConfigError, short_repr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, NoReturn

    from ...core.frame import Frame

__all__ = ["Unresolved"]


class Unresolved(Computed):
    """A value with a reference that cannot be resolved.

    Attributes:
        value: the value as it was set, such as the text `${data.root}`.
        fault: the key, value, detail and origin of the error that a read raises.
    """

    __slots__ = ("fault", "value")

    def __init__(self, value: Any, fault: dict[str, Any]) -> None:
        super().__init__()
        self.value = value
        self.fault = fault

    @property
    def error(self) -> ConfigError:
        """The error that a read raises."""
        return ConfigError(**self.fault)

    def part(self, names: Sequence[str]) -> Computed:  # noqa: ARG002
        return self

    def input_in(self, frame: Frame, keys: tuple[str, ...]) -> NoReturn:  # noqa: ARG002
        raise self.error

    def __eq__(self, other: object) -> bool:
        return type(other) is Unresolved and self.value == other.value

    def __hash__(self) -> int:
        return hash(Unresolved)

    def __repr__(self) -> str:
        return f"<{short_repr(self.value)} {self.fault['detail']}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return Unresolved, (self.value, self.fault)
