"""`hp.explain(key)`: the value of a key, everything that sets it, and what its readers make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ..conversion.rule import Misfit, plain
from ..core.computed import compute, is_computed, origin_in
from ..core.context import current_frame
from ..core.frame import new_baseline
from ..core.key import check_key, is_below
from ..core.origin import is_secret, marked_keys
from ..core.value import MISSING, Computed
from ..errors import ConfigError, ParamError, default_text, did_you_mean, nearest, shown
from ..functions.registry import bindings
from ..scopes.reference import Reference, view_of
from .setters import Setter, map_keys, setters_of, visible_frames

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..core.frame import Frame
    from ..functions.parameter import Parameter

__all__ = ["Explanation", "Reader", "explain_key"]


class Reader(NamedTuple):
    """A parameter of a decorated function that reads the key.

    Attributes:
        function: the function, such as `train()`.
        declaration: the parameter as it is declared, such as `lr: float = 0.1`.
        default: its default, or `hp.explain(...).MISSING` if it has none.
        value: the value that the function receives, converted; its default if the key is not set.
        error: the error if the value does not convert, or None.
        shown_value: the value as text, `******` if it is secret.
    """

    function: str
    declaration: str
    default: Any
    value: Any
    error: ParamError | None
    shown_value: str

    def __repr__(self) -> str:
        return f"<{self}>"

    def __str__(self) -> str:
        subject = f"{self.function.removesuffix('()')}({self.declaration})"
        if self.error is not None:
            return f"{subject} fails: {self.error}"
        if self.value is MISSING:
            return f"{subject} needs a value"
        return f"{subject} reads {self.shown_value}"


class Explanation:
    """Why a key has its value. `str()` is the text for a terminal.

    Attributes:
        key: the key.
        is_set: whether the key has a value, or a key below it has.
        value: the value that `hp.scope[key]()` returns; None if it is not set.
        setters: everything that sets the key, innermost first, those that are hidden too.
        winner: the setter whose value is read, or None.
        hidden: the setters whose values are hidden.
        readers: the decorated functions that have a parameter with this key.
        nearest: the most similar keys, if nothing sets or reads the key.
    """

    MISSING = MISSING

    def __init__(self, frame: Frame, key: str) -> None:
        self.key = key
        setters, view = setters_of(frame, key)
        self.setters = tuple(setters)
        self._marked = marked_keys((setter.key, setter.entry) for setter in setters)
        small_frame = new_baseline(view)
        given = small_frame.input(key)
        self.is_set = given is not MISSING
        if is_computed(given):
            # It can need other keys.
            small_frame = frame
            keys = [setter.key for setter in setters if isinstance(setter.value, Computed)]
            self._marked += [name for name in keys if is_secret(name, origin_in(frame, name))]
        self.value = _plain(small_frame, key, given)
        self.readers = tuple(_readers(small_frame, key, self._marked))
        is_known = self.setters or self.readers
        self.nearest = () if is_known else tuple(nearest(key, _known_names(frame)))

    @property
    def winner(self) -> Setter | None:
        for setter in self.setters:
            if not setter.is_hidden and not is_below(setter.key, self.key):
                return None if setter.value is MISSING else setter
        return None

    @property
    def hidden(self) -> tuple[Setter, ...]:
        return tuple(setter for setter in self.setters if setter.is_hidden)

    def __str__(self) -> str:
        if self.is_set:
            lines = [f"{self.key} = {self._shown(self.key, self.value)}"]
        else:
            lines = [f"{self.key} is not set{did_you_mean(self.nearest)}"]
        lines += [f"  {self._setter_text(setter)}" for setter in self.setters]
        lines += [f"  {reader}" for reader in self.readers]
        return "\n".join(lines)

    def _setter_text(self, setter: Setter) -> str:
        is_shown = setter is self.winner and setter.key == self.key and not isinstance(setter.value, Computed)
        if is_shown and not self._has_parts():
            return setter.place_text
        prefix = "instead of " if setter.is_hidden else ""
        if setter.kind == "deletion":
            return f"{prefix}{setter.key}, {setter.place_text}" if setter.key != self.key else setter.place_text
        value = self._shown(setter.key, setter.entry[0])
        # The key is only repeated where it is another one.
        subject = value if setter.key == self.key and setter.is_hidden else f"{setter.key} = {value}"
        return f"{prefix}{subject}, {setter.place_text}"

    def _shown(self, key: str, value: Any) -> str:
        return shown(key, value, self._marked)

    def _has_parts(self) -> bool:
        return any(is_below(setter.key, self.key) and not setter.is_hidden for setter in self.setters)

    def __repr__(self) -> str:
        value = f"= {self._shown(self.key, self.value)}" if self.is_set else "(missing)"
        return f"<hp.explain: {self.key} {value}>"

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"


def explain_key(key: Any) -> Explanation:
    """Return the explanation of a key in this context, or of a reference in the view that it reads from."""
    if isinstance(key, Reference):
        return Explanation(view_of(key), key.__key__)
    return Explanation(current_frame(), check_key(key))


def _plain(frame: Frame, key: str, given: Any) -> Any:
    if given is MISSING:
        return None
    try:
        return plain(compute(given, frame, key))
    # The explanation still says where the value was set, and each reader shows the error.
    except ConfigError:
        return frame.entry(key)[0]
    # A part that does not fit must not hide the value.
    except Misfit:
        return frame.entry(key)[0]


def _readers(frame: Frame, key: str, marked: list[str]) -> Iterator[Reader]:
    for binding in bindings():
        if is_below(key, binding.namespace):
            for parameter in binding.parameters.settable:
                if parameter.key == key:
                    yield _reader(binding.parameters.call_text(), parameter, frame, marked)


def _reader(function: str, parameter: Parameter, frame: Frame, marked: list[str]) -> Reader:
    value, error = MISSING, None
    try:
        value = parameter.value_in(frame)
    except ParamError as caught:
        error = caught
    default = parameter.default
    if value is MISSING and error is None:
        value = default
    annotation = "" if parameter.annotation is MISSING else f": {_type_text(parameter.annotation)}"
    # As in a signature, there are spaces around `=` after an annotation.
    equals = " = " if annotation else "="
    default_part = "" if default is MISSING else f"{equals}{default_text(default, parameter.key)}"
    return Reader(
        function,
        f"{parameter.name}{annotation}{default_part}",
        default,
        value,
        error,
        shown(parameter.key, value, marked),
    )


def _type_text(annotation: Any) -> str:
    from inspect import formatannotation

    return formatannotation(annotation)


def _known_names(frame: Frame) -> list[str]:
    """Return the keys that are set, and those that a decorated function reads."""
    names: dict[str, None] = {}
    for binding in bindings():
        names.update((parameter.key, None) for parameter in binding.parameters.settable)
    for layer, is_hidden in visible_frames(frame):
        if not is_hidden:
            names.update(
                dict.fromkeys(layer.visible_keys() if layer.scope is None else map_keys(layer.overrides))
            )
    return list(names)
