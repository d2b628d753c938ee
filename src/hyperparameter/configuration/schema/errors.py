"""The error of a configuration that does not fit its schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...conversion.faults import errors_of, key_of
from ...core.key import is_below, parents
from ...errors import ConfigError

if TYPE_CHECKING:
    from ...conversion.misfit import Misfit
    from ...core.origin import Origin
    from ..merge import Merged


def schema_error(misfit: Misfit, merged: Merged) -> ConfigError:
    """Return the error with the key and the origin of each fault."""

    def origin_of(path: tuple[str | int, ...]) -> Origin | None:
        # The items of a list have no keys of their own.
        names = path[: next((index for index, part in enumerate(path) if isinstance(part, int)), None)]
        return _origin_in(merged, key_of("", names))

    errors = errors_of(misfit, "", origin_of)
    return ConfigError(errors[0].key, errors=errors)


def _origin_in(merged: Merged, key: str) -> Origin | None:
    """Return the origin of a key, of the nearest prefix that is set, or of the first key below it."""
    leaves = merged.leaves
    if not key:
        return None
    for candidate in (key, *parents(key)):
        if candidate in leaves:
            return leaves[candidate][1]
    return next((origin for leaf_key, (_, origin) in leaves.items() if is_below(leaf_key, key)), None)
