"""Read a parameter: find what is set at its key and below it, and convert it to the type of the default."""

from __future__ import annotations

from ..conversion.builtin_types import SCALAR_RULES
from ..conversion.faults import param_error
from ..conversion.parts import looks_like_json
from ..conversion.rule import Misfit, accepts_given, convert_like, plain
from ..conversion.type_checks import is_immutable
from ..core.computed import compute, is_computed, origin_in
from ..core.context import current_frame, frame_of
from ..core.kernel import ReferenceBase
from ..core.key import join_name, name_of, segments_of
from ..core.origin import marked_keys
from ..core.tree import items as tree_items
from ..core.value import (
    MISSING,
    SCALAR_TYPES,
    Computed,
    Parts,
    has_plain_hash,
    input_of,
    is_scalar_type,
    is_untyped,
)
from ..errors import MissingParamError, ParamError, shown
from .recording import record_read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from ..conversion.builtin_types import Rule
    from ..core.frame import Frame
    from ..core.kernel import ScopeBase
    from ..core.value import Entry

__all__ = [
    "describe",
    "misfit_error",
    "path_of",
    "plain_value",
    "plain_value_in",
    "read",
    "read_current",
    "require",
    "truth",
]

_NOT_CACHED: Any = object()


def read_current(key: str, default: Any, scope: ScopeBase | None = None) -> Any:
    """Return `hp.scope[key] | default` in this context; with a scope, as seen from it outwards.

    The kernel calls this if no cache has the answer.
    """
    frame = current_frame() if scope is None else frame_of(scope)
    value = read(frame, key, default)
    if frame.recorders is not None:
        record_read(frame, key, value, default)
    return value


def read(frame: Frame, key: str, default: Any) -> Any:
    """Return the value of a key, converted to the type of the default; the default if the key is not set."""
    default_type = type(default)
    # This is is_scalar_type(default_type), without the call.
    if type(default_type) is type and default_type in SCALAR_TYPES:
        return _read_scalar(frame, key, default, default_type)
    answers, cached_input = frame.answers, None
    if answers is not None:
        # What `Frame.input` cached. An answer that was made from it is not cached.
        cached_input = answers.get((key, Parts))
        if cached_input is None and (type(default_type) is type or has_plain_hash(default_type)):
            answer = answers.get((key, default_type), _NOT_CACHED)
            if answer is not _NOT_CACHED:
                return default if answer is MISSING else answer
    if issubclass(default_type, ReferenceBase | Computed):
        raise _reference_as_default(key, default)
    return _read_input(frame, key, frame.input(key) if cached_input is None else cached_input, default)


def _read_scalar(frame: Frame, key: str, default: Any, default_type: type) -> Any:
    entry = frame.entry(key)
    value = entry[0]
    # What is set below a key cannot become a scalar.
    if value is MISSING:
        return default
    if type(value) is default_type:
        return value
    if type(value) is str:
        rule = SCALAR_RULES.get(default_type)
        if rule is not None:
            return _converted_text(frame, key, value, default_type, rule)
    if frame.answers is not None:
        answer = frame.answers.get((key, default_type), _NOT_CACHED)
        if answer is not _NOT_CACHED:
            return default if answer is MISSING else answer
    is_single = is_scalar_type(type(value))
    if is_single and default is None:
        # Text takes the type of what it overrides, and JSON text can have parts below its key.
        is_single = not (is_untyped(entry) or looks_like_json(value))
    given = input_of(entry) if is_single else frame.input(key)
    return _read_input(frame, key, given, default)


def _read_input(frame: Frame, key: str, given: Any, default: Any) -> Any:
    """Return what is set at a key and below it, converted to the type of the default."""
    if is_computed(given):
        return _read_computed(frame, key, compute(given, frame, key), default)
    if given is MISSING:
        return _answer(frame, key, default, MISSING)
    # If the key itself has no value, and keys below it have, the default decides whether that counts.
    if type(given) is Parts and given.value is MISSING and not _accepts_subtree(given, default):
        return _answer(frame, key, default, MISSING)
    return _converted(frame, key, given, default)


def _read_computed(frame: Frame, key: str, given: Any, default: Any) -> Any:
    """Return a value that was computed for this read. It is not cached."""
    if given is MISSING:
        return default
    if type(given) is Parts and given.value is MISSING and not _accepts_subtree(given, default):
        return default
    return _convert(frame, key, given, default)


def _converted_text(frame: Frame, key: str, text: str, default_type: type, rule: Rule) -> Any:
    """Return a text as a bool, number or text. This is `_converted` for the most common case."""
    answers = frame.answers
    if answers is not None:
        answer = answers.get((key, default_type))
        if answer is not None:
            return answer
    try:
        converted = rule(text, False)
    except Misfit as misfit:
        raise misfit_error(frame, key, misfit) from misfit.__cause__
    frame.cache_answer(key, default_type, converted)
    return converted


def _accepts_subtree(given: Any, default: Any) -> bool:
    # `object()` as a default is a mark for a missing value. It does not ask for a mapping.
    return default is not None and type(default) is not object and accepts_given(given, type(default))


def _convert(frame: Frame, key: str, given: Any, default: Any) -> Any:
    """Convert what is given to the type of the default."""
    try:
        return plain(given) if default is None else convert_like(given, default)
    except Misfit as misfit:
        raise misfit_error(frame, key, misfit) from misfit.__cause__


def _converted(frame: Frame, key: str, given: Any, default: Any) -> Any:
    """Return what is given, converted to the type of the default, and cache it if that is possible."""
    converted = _convert(frame, key, given, default)
    # With parts, the answer also depends on the value of the default, and not only on its type.
    if type(given) is not Parts and (converted is given or is_immutable(converted)):
        return _answer(frame, key, default, converted)
    return converted


def _answer(frame: Frame, key: str, default: Any, answer: Any) -> Any:
    """Cache an answer, `MISSING` for the default, and return it. No reader may be able to change it."""
    default_type = type(default)
    if has_plain_hash(default_type):
        frame.cache_answer(key, default_type, answer)
    return default if answer is MISSING else answer


def require(frame: Frame, key: str) -> Any:
    """Return what is set at a key and below it; raise `MissingParamError` if nothing is."""
    entry = frame.entry(key)
    # JSON text can have parts below its key.
    if is_scalar_type(type(entry[0])) and not is_untyped(entry) and not looks_like_json(entry[0]):
        return entry[0]
    given = compute(frame.input(key), frame, key)
    if given is MISSING:
        raise MissingParamError(key, names=frame.visible_keys)
    try:
        return plain(given)
    except Misfit as misfit:
        raise misfit_error(frame, key, misfit) from misfit.__cause__


def plain_value(entry: Entry) -> Any:
    """Return the value of an entry, as it was set, for a reader that asks for no type."""
    return plain(input_of(entry)) if is_untyped(entry) else entry[0]


def plain_value_in(frame: Frame, key: str, entry: Entry) -> Any:
    """Return the value of an entry for a reader that asks for no type, computed if it is a computed value."""
    given = input_of(entry)
    if not is_computed(given):
        return plain_value(entry)
    computed = compute(given, frame, key)
    return None if computed is MISSING else plain(computed)


def truth(frame: Frame, key: str) -> bool:
    """Return the truth of a value or subtree. A text that converts to a bool has the truth of that bool."""
    value = frame.entry(key)[0]
    if isinstance(value, str):
        try:
            return bool(convert_like(value, True))
        except Misfit:
            return bool(value)
    if is_scalar_type(type(value)):
        return bool(value)
    given = compute(frame.input(key), frame, key)
    if given is MISSING or type(given) is not Parts:
        return given is not MISSING and bool(given)
    return bool(require(frame, key))


def misfit_error(frame: Frame, key: str, misfit: Misfit) -> ParamError:
    """Return the error for a value that cannot be converted, with the origin of each part at fault."""
    return param_error(misfit, key, lambda path: origin_in(frame, _key_at(key, path)))


def _key_at(key: str, path: Sequence[str | int]) -> str:
    for name in path:
        key = join_name(key, name)
    return key


def _reference_as_default(key: str, default: Any) -> TypeError:
    if isinstance(default, Computed):
        return TypeError(f"the default of {path_of(key)} is {default!r}, not a value: only a scope can set one")
    return TypeError(
        f"the default of {path_of(key)} is the reference {default!r}, not a value: "
        f"write {path_of(key)} | ({path_of(default.__key__)} | default)"
    )


def describe(frame: Frame, key: str) -> str:
    """Return the repr of a reference: its key and its value."""
    given = frame.input(key)
    if given is MISSING:
        return f"<{path_of(key)} (missing)>"
    try:
        # A computed value is shown as it was set, because a repr should run no code of the program.
        value = plain(given)
    # A part that does not fit must not hide the value.
    except Misfit:
        value = frame.entry(key)[0]
    has_no_value = type(given) is Parts and given.value is MISSING
    text = shown(key, value, marked_keys(tree_items(frame.node(key), key)))
    return f"<{path_of(key)}{':' if has_no_value else ' ='} {text}>"


def path_of(key: str) -> str:
    """Return the Python expression that names a key: `hp.scope.train.lr`."""
    names = [name_of(segment) for segment in segments_of(key)]
    is_attribute_path = all(name.isidentifier() for name in names)
    return f"hp.scope.{key}" if is_attribute_path else f"hp.scope[{key!r}]"
