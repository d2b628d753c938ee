"""The error of a configuration that does not fit its schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...conversion.faults import errors_of, key_of
from ...errors import ConfigError
from ..nested import origin_in

if TYPE_CHECKING:
    from ...conversion.misfit import Misfit
    from ...core.origin import Origin
    from ..merge import Merged


def schema_error(misfit: Misfit, merged: Merged) -> ConfigError:
    """Return the error with the key and the origin of each fault."""

    def origin_of(path: tuple[str | int, ...]) -> Origin | None:
        # The items of a list have no keys of their own.
        names = path[: next((index for index, part in enumerate(path) if isinstance(part, int)), None)]
        return origin_in(merged.leaves, key_of("", names)) if names else None

    errors = errors_of(misfit, "", origin_of)
    return ConfigError(errors[0].key, errors=errors)
