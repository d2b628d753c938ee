"""The parameters of one decorated function, and the value of each in a frame."""

from __future__ import annotations

from types import FunctionType

from ..conversion.annotations import UnresolvedAnnotation, resolve_annotation, signature_of
from ..conversion.rule import Misfit, accepts_given, accepts_parts, convert, convert_like, plain
from ..core.computed import compute, is_computed
from ..core.key import join
from ..core.origin import PACKAGE_FOLDER, Origin
from ..core.value import MISSING, MISSING_ENTRY, Computed, Parts, hides, input_of
from ..scopes.reading import misfit_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    import inspect
    from collections.abc import Iterator, Mapping
    from typing import Any

    from ..core.frame import Frame

__all__ = ["Parameter", "Parameters"]


class Parameter:
    """One parameter of a decorated function.

    Attributes:
        name: its name in the signature.
        key: the key that sets it, `namespace.name`.
        index: its position in the signature; None if it is keyword-only.
        default: its default in the signature, or `MISSING`.
        annotation: its annotation as an object, an `UnresolvedAnnotation`, or `MISSING`.
        is_positional_only: whether the caller cannot pass it by name.
        is_bound: whether a scope can set it. A positional-only parameter without default cannot be set by a
            scope, because the argument after it would take its place.
        is_required: whether a call fails that does not get it. It is False if the signature has a default, and
            if the function can take other arguments than its signature says.
        accepts_parts: whether the keys below `key` can become a part of its value.
        simple_type: bool, int, float or str if the parameter has that type, or None.
    """

    __slots__ = (
        "accepts_parts",
        "annotation",
        "default",
        "index",
        "is_bound",
        "is_positional_only",
        "is_required",
        "key",
        "name",
        "simple_type",
    )

    def __init__(
        self, key: str, index: int | None, parameter: inspect.Parameter, annotation: Any, is_certain: bool
    ) -> None:
        self.key = key
        self.name = parameter.name
        self.index = index
        self.is_positional_only = parameter.kind is parameter.POSITIONAL_ONLY
        self.default: Any = MISSING if parameter.default is parameter.empty else parameter.default
        self.is_bound = not self.is_positional_only or self.default is not MISSING
        self.is_required = is_certain and self.default is MISSING
        self.annotation = annotation
        self.accepts_parts = _accepts_parts(annotation, self.default)
        self.simple_type = _simple_type(annotation, self.default)

    def value_in(self, frame: Frame) -> Any:
        """Return the converted value that is set in a frame, or `MISSING`.

        Raises `ParamError` if the value does not convert.
        """
        if not self.is_bound:
            return MISSING
        if self.accepts_parts:
            given = frame.input(self.key)
        else:
            entry = frame.entry(self.key)
            # These two are the most common cases.
            if entry is MISSING_ENTRY or type(entry[0]) is self.simple_type:
                return entry[0]
            # An empty mapping is the value only if nothing is set further out.
            given = input_of(entry) if hides(entry[0]) else frame.input(self.key)
        given = compute(given, frame, self.key)
        if given is MISSING or not self._is_set_by(given):
            return MISSING
        try:
            return self._convert(given)
        except Misfit as misfit:
            raise misfit_error(frame, self.key, misfit) from misfit.__cause__

    def is_computed_in(self, frame: Frame) -> bool:
        """Return whether the value is computed at each call, by `hp.ref` or `hp.lazy`."""
        # To get the input takes longer than to see that no value can be a computed one.
        return Computed.exist and self.is_bound and is_computed(frame.input(self.key))

    def _is_set_by(self, given: Any) -> bool:
        if self.annotation is MISSING or type(self.annotation) is UnresolvedAnnotation:
            return self.default is MISSING or self.default is None or accepts_given(given, type(self.default))
        return accepts_given(given, self.annotation)

    def _convert(self, given: Any) -> Any:
        if type(self.annotation) is UnresolvedAnnotation:
            return plain(self.annotation.convert(given, type(given) is Parts))
        if self.annotation is not MISSING:
            return convert(given, self.annotation, self.default)
        if self.default is MISSING or self.default is None:
            return plain(given)
        return convert_like(given, self.default)


def _simple_type(annotation: Any, default: Any) -> type | None:
    """Return bool, int, float or str if a parameter has that type, or None."""
    type_ = type(default) if annotation is MISSING else annotation
    return type_ if any(type_ is simple for simple in (bool, int, float, str)) else None


def _accepts_parts(annotation: Any, default: Any) -> bool:
    if annotation is not MISSING and type(annotation) is not UnresolvedAnnotation:
        return accepts_parts(annotation)
    if default is MISSING or (default is None and annotation is not MISSING):
        return True
    # A default that is a plain `object()` only marks a missing argument. Its type says nothing about values.
    return type(default) is not object and accepts_parts(type(default))


class Parameters:
    """The parameters of one function under one namespace, in the order of its signature.

    They are read from the signature on first use, because `inspect` takes long to import.
    """

    def __init__(self, namespace: str, function: Any, cls: Any, outer_names: Mapping[str, Any]) -> None:
        self.namespace = namespace
        self._function = function
        self._cls = cls
        self._outer_names = outer_names
        self._parameters: list[Parameter] | None = None
        self._variadic: dict[str, str] = {}
        self._items_annotation: Any = MISSING

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self._inspected())

    @property
    def variadic(self) -> dict[str, str]:
        """The names of `*args` and `**kwargs`, if the function has them, mapped to the names with stars."""
        self._inspected()
        return self._variadic

    @property
    def items_annotation(self) -> Any:
        """The annotation of `*args`, or `MISSING`."""
        self._inspected()
        return self._items_annotation

    def simple(self) -> tuple[tuple[str, str, int, type | None, bool], ...] | None:
        """List the parameters for the Rust kernel, which resolves simple ones itself.

        Each is its name, its key, its position (-1 if it is keyword-only), its type if that is bool, int, float
        or str, and whether a call can do without it. Return None if the kernel can never resolve a call.
        """
        parameters = self._inspected()
        if self._variadic or any(parameter.is_positional_only for parameter in parameters):
            return None
        return tuple(
            (
                parameter.name,
                parameter.key,
                -1 if parameter.index is None else parameter.index,
                parameter.simple_type,
                not parameter.is_required,
            )
            for parameter in parameters
        )

    @property
    def settable(self) -> list[Parameter]:
        """The parameters that scopes are meant to set: not the `self` or `cls` of a method."""
        bound = [parameter for parameter in self if parameter.is_bound]
        return bound[1:] if bound and self._is_called_on(bound[0]) else bound

    def _is_called_on(self, parameter: Parameter) -> bool:
        """Return whether a parameter is the object that a method is called on."""
        if parameter.index != 0:
            return False
        *outer, _ = getattr(self._function, "__qualname__", "").split(".")
        is_in_class = bool(outer) and outer[-1] != "<locals>"
        return self._cls is not None or (is_in_class and parameter.name in ("self", "cls"))

    def origin(self) -> Origin | None:
        """Return the line that defines the function, None if it has no code of its own."""
        code = getattr(self._function, "__code__", None)
        return None if code is None else Origin((code, 0))

    def call_text(self) -> str:
        """Return the function's name with brackets, for messages: `"train()"`."""
        return getattr(self._cls or self._function, "__qualname__", self.namespace) + "()"

    def _inspected(self) -> list[Parameter]:
        if self._parameters is None:
            self._parameters = self._inspect()
        return self._parameters

    def _inspect(self) -> list[Parameter]:
        signature = list(signature_of(self._function).parameters.values())
        if self._cls is not None and hasattr(self._cls, "__signature__"):
            signature = signature[:1] + list(signature_of(self._cls).parameters.values())
        is_certain = self._is_signature_certain()
        parameters = []
        for index, parameter in enumerate(signature):
            if parameter.kind is parameter.VAR_KEYWORD:
                self._variadic[parameter.name] = f"**{parameter.name}"
            elif parameter.kind is parameter.VAR_POSITIONAL:
                self._variadic[parameter.name] = f"*{parameter.name}"
                self._items_annotation = self._annotation_of(parameter)
            else:
                position = None if parameter.kind is parameter.KEYWORD_ONLY else index
                key = join(self.namespace, parameter.name)
                annotation = self._annotation_of(parameter)
                parameters.append(Parameter(key, position, parameter, annotation, is_certain))
        return parameters

    def _is_signature_certain(self) -> bool:
        """Return whether the function takes the arguments of its signature, and no others.

        The signature of a wrapper is often that of the wrapped function, but a wrapper can add arguments of its
        own. A model of pydantic takes aliases. Only the function itself knows what is missing there.
        """
        function = self._function.__wrapped__ if self._is_inherited() else self._function
        # This is not `isinstance`, because a decorated function passes for a plain one.
        is_plain = type(function) is FunctionType and not hasattr(function, "__wrapped__")
        return is_plain and not hasattr(function, "__signature__") and not hasattr(self._cls, "__signature__")

    def _is_inherited(self) -> bool:
        """Return whether the function only calls an inherited constructor (see constructors.py)."""
        function = self._function
        is_plain = self._cls is not None and type(function) is FunctionType
        return is_plain and function.__code__.co_filename.startswith(PACKAGE_FOLDER)

    def hold_for(self, args: tuple[Any, ...]) -> bool:
        """Return whether a call with these positional arguments has these parameters.

        An inherited constructor is the next one in the order of the object's class, which can be another one.
        """
        if not args or not self._is_inherited():
            return True
        inherited = getattr(super(self._cls, args[0]), self._function.__name__, None)
        return getattr(inherited, "__func__", inherited) is self._function.__wrapped__

    def _annotation_of(self, parameter: inspect.Parameter) -> Any:
        if parameter.annotation is parameter.empty:
            return MISSING
        annotation: Any = resolve_annotation(
            parameter.annotation, parameter.name, self._function, self._cls, self._outer_names
        )
        # A dataclass passes an `InitVar[int]` on to `__post_init__` as an `int`.
        return annotation.type if type(annotation).__name__ == "InitVar" else annotation
