"""The errors of a configuration that does not fit its schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...core.key import is_below, join, parents
from ...errors import ConfigError, MissingArgumentError, ParamError, UnusableOverrideError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...conversion.builtin_types import Misfit
    from ..merge import Merged


class SchemaErrors:
    """Collects the errors of one conversion to a schema, each with its key and origin.

    A path is the key of a value. For an item of a list it ends in an index, such as `layers[0].width`.
    """

    def __init__(self, merged: Merged) -> None:
        self.merged = merged
        self.errors: list[ParamError] = []

    def __len__(self) -> int:
        return len(self.errors)

    def raise_all(self) -> None:
        """Raise one `ConfigError` with all errors, if there are any."""
        if self.errors:
            raise ConfigError(self.errors[0].key, errors=self.errors)

    def add_misfit(self, path: str, value: Any, misfit: Misfit) -> None:
        """Add a value that does not fit the type of its field."""
        detail = misfit.detail
        if misfit.path:
            detail = f"at {path + misfit.path!r}: {detail}"
        origin = self.origin(path)
        self.errors.append(ParamError(path, value=value, wanted=misfit.wanted, detail=detail, origin=origin))

    def add_invalid(self, path: str, value: Any, reason: str) -> None:
        """Add a value that a pydantic model does not accept."""
        detail = f"is not valid: {reason}"
        self.errors.append(ConfigError(path, value=value, detail=detail, origin=self.origin(path)))

    def add_unknown(self, cls: Any, fields: Iterable[str], path: str, name: str, value: Any) -> None:
        """Add a key that is not a field of the class."""
        key = join(path, name)
        error = UnusableOverrideError(
            key,
            value=value,
            detail=f"is not a field of {cls.__qualname__}",
            origin=self.origin(key),
            names=lambda: [join(path, near) for near in nearest(name, fields)],
        )
        self.errors.append(error)

    def add_missing(self, cls: Any, name: str, path: str) -> None:
        """Add a field that has no default and is not set."""
        key = join(path, name)
        detail = f"{cls.__qualname__} is missing {name!r}, and the parameter {key!r} is not set"
        prefix = join(path, "")
        siblings = [leaf.removeprefix(prefix) for leaf in self.merged.leaves if is_below(leaf, path)]
        error = MissingArgumentError(
            key, detail=detail, names=lambda: [join(path, near) for near in nearest(name, siblings)]
        )
        self.errors.append(error)

    def add_refusal(self, cls: Any, value: Any, path: str, reason: str) -> None:
        """Add an exception that the constructor of the class raised."""
        if path:
            detail = f"is not a valid {cls.__qualname__}: {reason}"
            self.errors.append(ConfigError(path, value=value, detail=detail, origin=self.origin(path)))
        else:
            self.errors.append(
                ConfigError(detail=f"the configuration is not a valid {cls.__qualname__}: {reason}")
            )

    def origin(self, path: str) -> Any:
        """Return the origin of a key, of the nearest prefix that is set, or of the first key below it."""
        leaves, key = self.merged.leaves, path.partition("[")[0]
        for candidate in (key, *parents(key)):
            if candidate in leaves:
                return leaves[candidate][1]
        return next((origin for leaf_key, (_, origin) in leaves.items() if is_below(leaf_key, key)), None)
