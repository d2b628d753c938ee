"""References: `hp.scope.train.lr` names a parameter, `reference | default` reads it."""

from __future__ import annotations

from ..core.context import current_frame, delete, frame_of, write
from ..core.kernel import ReferenceBase
from ..core.key import check_key, join
from ..core.origin import Origin
from .patching import refuse_patch
from .reading import describe, path_of, require, truth
from .recording import record_read, record_view
from .sources import entries_from

TYPE_CHECKING = False
if TYPE_CHECKING:
    from enum import Enum
    from typing import Any, TypeVar, overload

    from ..core.frame import Frame
    from ..core.kernel import ScopeBase

    T = TypeVar("T")
    E = TypeVar("E", bound=Enum)
else:

    def overload(function):
        return function


__all__ = [
    "Reference",
    "Signature",
    "assign",
    "attribute_key",
    "child_of",
    "reject_operator",
    "require_reference",
    "unassign",
    "view_of",
]


def assign(scope: ScopeBase | None, key: str, value: Any) -> None:
    """Set one key in a scope (None: the innermost one)."""
    if refuse_patch(key):
        return
    write(scope, entries_from((), {key: value}, Origin.of_caller()))


def unassign(scope: ScopeBase | None, key: str) -> None:
    """Make one key missing in a scope (None: the innermost one)."""
    if not refuse_patch(key):
        delete(scope, key)


def attribute_key(name: str) -> str:
    """Return the name of an attribute as a key. Dunder names belong to Python, so they are not parameters."""
    if name[:2] == "__" and name[-2:] == "__":
        raise AttributeError(
            f"{name!r} is not a parameter, because such names belong to Python; write [{name!r}] to read it"
        )
    return name if type(name) is str and name.isidentifier() else check_key(name)


class Signature:
    """The `__signature__` of a class and of its instances: those of two functions.

    Without it, `inspect` would show the signature of the kernel's constructor, and the kernels differ in it.
    """

    def __init__(self, constructor: Any, call: Any = None) -> None:
        self._constructor = constructor
        self._call = call

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        from inspect import signature

        function = self._constructor if instance is None else self._call
        if function is None:
            raise AttributeError("__signature__")
        return signature(function)


class Reference(ReferenceBase):
    """A reference to one parameter. It is immutable and holds no value, so it can be kept and shared.

    `reference | default` and `reference(default)` return the value, or the default if the parameter is not set.
    `reference()` requires the value. Attributes and items are references to the parameters below.

    Examples:
        >>> import hyperparameter as hp
        >>> train = hp.scope.train
        >>> with hp.scope(**{"train.lr": 0.5}):
        ...     train.lr | 0.1, train.steps | 100
        (0.5, 100)
    """

    __slots__ = ()
    __signature__ = Signature(lambda key, /: key, lambda default=..., /: default)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Reference: ...
        @overload
        def __or__(self, default: None) -> Any: ...
        # Some type checkers take T as Literal["v1"] for a literal.
        @overload
        def __or__(self, default: E) -> E: ...
        @overload
        def __or__(self, default: bool) -> bool: ...
        @overload
        def __or__(self, default: int) -> int: ...
        @overload
        def __or__(self, default: float) -> float: ...
        @overload
        def __or__(self, default: str) -> str: ...
        @overload
        def __or__(self, default: T) -> T: ...
        def __or__(self, default: Any) -> Any: ...
        @overload
        def __call__(self, /) -> Any: ...
        @overload
        def __call__(self, default: None, /) -> Any: ...
        @overload
        def __call__(self, default: E, /) -> E: ...
        @overload
        def __call__(self, default: bool, /) -> bool: ...
        @overload
        def __call__(self, default: int, /) -> int: ...
        @overload
        def __call__(self, default: float, /) -> float: ...
        @overload
        def __call__(self, default: str, /) -> str: ...
        @overload
        def __call__(self, default: T, /) -> T: ...
        def __call__(self, default: Any = ..., /) -> Any: ...

    def __bool__(self) -> bool:
        frame = view_of(self)
        value = truth(frame, self.__key__)
        record_read(frame, self.__key__, value, False)
        return value

    def __getitem__(self, key: str | int) -> Reference:
        return _child(self, check_key(key))

    def __setattr__(self, name: str, value: Any) -> None:
        assign(self.__scope__, join(self.__key__, attribute_key(name)), value)

    def __setitem__(self, key: str | int, value: Any) -> None:
        assign(self.__scope__, join(self.__key__, check_key(key)), value)

    def __delattr__(self, name: str) -> None:
        unassign(self.__scope__, join(self.__key__, attribute_key(name)))

    def __delitem__(self, key: str | int) -> None:
        unassign(self.__scope__, join(self.__key__, check_key(key)))

    def __repr__(self) -> str:
        frame = view_of(self)
        record_view(frame, self.__key__)
        return describe(frame, self.__key__)

    def __dir__(self) -> list[str]:
        return view_of(self).segments_below(self.__key__)

    def __hash__(self) -> int:
        return hash(self.__key__)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Reference):
            raise _not_a_value(self)
        return self.__key__ == other.__key__ and self.__scope__ is other.__scope__

    def __reduce__(self) -> tuple[Any, ...]:
        if self.__scope__ is not None:
            raise TypeError(
                f"cannot pickle a reference of a scope object: pickle its key {self.__key__!r} instead"
            )
        return Reference, (self.__key__,)


def child_of(parent: Any, name: str) -> Reference:
    """Return the reference for the attribute `name` of a reference or of `hp.scope`. The kernel calls this."""
    key = attribute_key(name)
    return _child(parent, key) if isinstance(parent, Reference) else Reference(key)


def _child(parent: Reference, segments: str) -> Reference:
    return Reference(join(parent.__key__, segments), parent.__scope__)


def view_of(reference: Reference) -> Frame:
    """Return the frame that a reference reads from."""
    scope = reference.__scope__
    return current_frame() if scope is None else frame_of(scope)


def require_reference(reference: Reference, arguments: tuple[Any, ...] | None = None) -> Any:
    """Return the value of `reference()`. The kernel calls this, and passes arguments that it cannot accept."""
    if arguments is not None:
        # `hp.scope.get(key, default)` is such a call.
        refuse_patch(str(arguments[0]) if arguments else reference.__key__)
        raise TypeError("a reference accepts at most one positional argument, the default")
    frame = view_of(reference)
    try:
        value = require(frame, reference.__key__)
    except KeyError:
        # `mock.patch.dict` calls `hp.scope.copy()`.
        refuse_patch("train.lr")
        raise
    record_read(frame, reference.__key__, value)
    return value


# --- Operators that a reference does not have ---


def _not_a_value(reference: Reference) -> TypeError:
    path = path_of(reference.__key__)
    return TypeError(f"{path} is a reference, not its value: read it with {path} | default or {path}()")


def reject_operator(self: Reference, *_operands: Any) -> Any:
    """Raise the error for an operator that would use a reference as if it were its value."""
    raise _not_a_value(self)


_REJECTED_OPERATORS = """
    lt le gt ge add radd sub rsub mul rmul matmul rmatmul truediv rtruediv floordiv rfloordiv mod rmod
    divmod rdivmod pow rpow lshift rlshift rshift rrshift and rand xor rxor neg pos abs invert int float
    complex index round trunc floor ceil len iter next reversed contains str format
"""
for _name in _REJECTED_OPERATORS.split():
    setattr(Reference, f"__{_name}__", reject_operator)
