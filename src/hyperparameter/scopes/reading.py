"""Read a parameter: find its value or subtree, and convert it to the type of the default."""

from __future__ import annotations

from ..conversion.faults import key_of, param_error
from ..conversion.rule import Misfit, accepts_subtree, convert_like
from ..conversion.type_checks import is_immutable
from ..core.context import current_frame
from ..core.kernel import ReferenceBase
from ..core.key import is_below
from ..core.value import MISSING, has_plain_hash, is_mapping, is_plain_type
from ..errors import MissingParamError, short_repr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..core.frame import Frame
    from ..errors import ParamError

__all__ = ["describe", "misfit_error", "path_of", "read", "read_current", "require", "truth"]


def read_current(key: str, default: Any) -> Any:
    """Return `hp.scope[key] | default` in this context. The kernel calls this if no cache has the answer."""
    return read(current_frame(), key, default)


def read(frame: Frame, key: str, default: Any) -> Any:
    """Return the value of a key, converted to the type of the default; the default if the key is not set."""
    value = frame.entry(key)[0]
    default_type = type(default)
    if value is not MISSING:
        # An empty dict counts as not set if there are keys below it.
        if type(value) is default_type and default_type is not dict:
            return value
        if frame.answers is not None and (type(default_type) is type or has_plain_hash(default_type)):
            answer = frame.answers.get((key, default_type), MISSING)
            if answer is not MISSING:
                return answer
        if not is_plain_type(type(value)):
            value = frame.read_entry(key)[0]
            if type(value) is default_type:
                return value
    if issubclass(default_type, ReferenceBase):
        raise _reference_as_default(key, default)
    if value is MISSING:
        # `object()` as a default is a mark for a missing value. It does not ask for a mapping.
        if is_plain_type(default_type) or default_type is object or not accepts_subtree(default_type):
            return default
        value = frame.subtree(key)
        if value is None:
            return default
        if is_mapping(default):
            return value
    return _converted(frame, key, value, default)


def _converted(frame: Frame, key: str, value: Any, default: Any) -> Any:
    """Return a value converted to the type of the default. Cache the answer if no reader can change it."""
    if value is None or default is None:
        return value
    try:
        answer = convert_like(value, default)
    except Misfit as misfit:
        raise misfit_error(frame, key, misfit) from misfit.__cause__
    default_type = type(default)
    if has_plain_hash(default_type) and (answer is value or is_immutable(answer)):
        frame.cache_answer(key, default_type, answer)
    return answer


def require(frame: Frame, key: str) -> Any:
    """Return the value of a key, or its subtree; raise `MissingParamError` if it has neither."""
    value = frame.read_entry(key)[0]
    if value is MISSING:
        value = frame.subtree(key)
        if value is None:
            raise MissingParamError(key, names=frame.visible_keys)
    return value


def truth(frame: Frame, key: str) -> bool:
    """Return the truth of a value or subtree. A text that converts to a bool has the truth of that bool."""
    value = frame.read_entry(key)[0]
    if value is MISSING:
        return frame.subtree(key) is not None
    if isinstance(value, str):
        try:
            return bool(convert_like(value, True))
        except Misfit:
            return bool(value)
    return bool(value)


def misfit_error(frame: Frame, key: str, misfit: Misfit) -> ParamError:
    """Return the error for a value that cannot be converted, with its origin."""

    def origin_of(path: tuple[str | int, ...]) -> Any:
        origin = frame.read_entry(key)[1] or frame.entry(key_of(key, path))[1]
        if origin is None:
            # The value is a subtree, which has no origin. The origin of its first key is a good hint.
            first_key = next((name for name in frame.visible_keys() if is_below(name, key)), key)
            origin = frame.entry(first_key)[1]
        return origin

    return param_error(misfit, key, origin_of)


def _reference_as_default(key: str, default: Any) -> TypeError:
    return TypeError(
        f"the default of {path_of(key)} is the reference {default!r}, not a value: "
        f"write {path_of(key)} | ({path_of(default.__key__)} | default)"
    )


def describe(frame: Frame, key: str) -> str:
    """Return the repr of a reference: its key and its value."""
    value = frame.read_entry(key)[0]
    if value is not MISSING:
        return f"<{path_of(key)} = {short_repr(value)}>"
    subtree = frame.subtree(key)
    return f"<{path_of(key)} (missing)>" if subtree is None else f"<{path_of(key)}: {short_repr(subtree)}>"


def path_of(key: str) -> str:
    """Return the Python expression that names a key: `hp.scope.train.lr`."""
    is_attribute_path = all(segment.isidentifier() for segment in key.split("."))
    return f"hp.scope.{key}" if is_attribute_path else f"hp.scope[{key!r}]"
