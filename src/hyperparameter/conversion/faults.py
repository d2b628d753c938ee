"""The errors for the faults of a value: each has the key of the part at fault, its value, and its origin."""

from __future__ import annotations

from ..core.key import join_name
from ..errors import MissingArgumentError, ParamError, UnusableOverrideError, nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, TypeAlias

    from ..core.origin import Origin
    from .misfit import Fault, Misfit

    # Returns the origin of the part at a path.
    OriginOf: TypeAlias = Callable[[tuple[str | int, ...]], Origin | None]

__all__ = ["errors_of", "key_of", "param_error"]


def param_error(misfit: Misfit, key: str, origin_of: OriginOf) -> ParamError:
    """Return the error for a value that cannot be converted; for several faults, one error that lists them."""
    errors = errors_of(misfit, key, origin_of)
    if len(errors) == 1:
        return errors[0]
    first = errors[0]
    return ParamError(
        first.key,
        value=first.value,
        wanted=first.wanted,
        detail=first.detail,
        origin=origin_of(misfit.faults[0].path),
        errors=errors,
    )


def errors_of(misfit: Misfit, key: str, origin_of: OriginOf) -> list[ParamError]:
    """Return the error of each fault of the value of a key.

    `origin_of` returns the origin of the part at a path, which has names, and indexes of lists.
    """
    return [_error_of(fault, key, origin_of) for fault in misfit.faults]


def key_of(key: str, path: Sequence[str | int]) -> str:
    """Return the key of the part at a path: `m.layers[0].width`."""
    for part in path:
        key = f"{key}[{part}]" if isinstance(part, int) else join_name(key, part)
    return key


def _error_of(fault: Fault, key: str, origin_of: OriginOf) -> ParamError:
    part_key = key_of(key, fault.path)
    fields: dict[str, Any] = {"value": fault.value, "wanted": fault.wanted, "detail": fault.detail}
    if fault.kind == "missing":
        fields["detail"] = (
            f"{fault.wanted} is missing {fault.path[-1]!r}, and the parameter {part_key!r} is not set"
        )
        return MissingArgumentError(part_key, **fields, names=_similar_keys(fault, key))
    fields["origin"] = origin_of(fault.path)
    if fault.kind == "unknown":
        return UnusableOverrideError(part_key, **fields, names=_similar_keys(fault, key))
    return ParamError(part_key, **fields, shows_value=fault.kind != "refused")


def _similar_keys(fault: Fault, key: str) -> Callable[[], list[str]]:
    """Return a function that searches for the keys beside a fault that are similar to it."""
    parent = key_of(key, fault.path[:-1])
    name = str(fault.path[-1]) if fault.path else ""
    return lambda: [join_name(parent, near) for near in nearest(name, fault.names)]
