"""The binding of one decorated function to the namespace that its arguments come from."""

from __future__ import annotations

# The module `weakref` would import four more modules.
from _weakref import ref

from ..conversion.annotations import module_names, outer_names
from ..errors import ParamError
from ..scopes.reference import Reference
from .context_managers import drive_checked
from .parameter import Parameters
from .plan import Plans
from .registry import register
from .reload import set_attribute
from .steps import View, frame_for_view
from .wrappers import plain_function, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType
    from typing import Any

    from ..core.frame import Frame

__all__ = ["Binding", "decorate_function", "decorate_with_binding"]


class Binding:
    """The link between one function and a namespace.

    The kernel holds it for each decorated function, and uses `plan_key`, `resolve`, `drive`,
    `simple_parameters`, `as_function` and `set_attribute`.

    Attributes:
        namespace: the key that the parameters are below.
        function: the function that was decorated.
        cls: the class whose constructor the function is, or None.
        parameters: the parameters of the function.
        outer_names: local variables that the annotations of the function name.
        is_set_to_decorated: whether a tool sets attributes to those of a decorated function (see reload.py).
        plan_key: the key of the function's plans in a frame.
        resolve: returns the arguments of a call (see `Plans.resolve`).
        simple_parameters: lists the parameters (see `Parameters.simple`).
    """

    def __init__(self, namespace: str, function: Any, outer_names: dict[str, Any], cls: Any = None) -> None:
        self.namespace = namespace
        self.function = function
        self.cls = cls
        self.outer_names = outer_names
        self._connect()

    def _connect(self) -> None:
        self._decorated: ref[Any] | None = None
        self.is_set_to_decorated = False
        self._kept: list[Any] = []
        self.connect_function()

    def connect_function(self) -> None:
        """Take the parameters from the function, which can be another one, or have new code."""
        self._call: Callable[..., Any] | None = None
        self.parameters = Parameters(self.namespace, self.function, self.cls, self.outer_names)
        # The key is not the binding itself, because the plans in a frame must not keep the function alive.
        self.plan_key = object()
        self.resolve = Plans(self.parameters, self.plan_key).resolve
        self.simple_parameters = self.parameters.simple
        # A call that is running may have borrowed these, when a tool reloads the function.
        self._kept.append((self.function, self.plan_key, self.resolve, self.simple_parameters))
        register(self)

    # A decorated function that is pickled by value includes its binding. Pickle writes the state of an object
    # after the object itself, so the function may refer to itself. Text in its annotations is evaluated in the
    # process that loads the function, so the state includes the values that the text names.

    def __getstate__(self) -> dict[str, Any]:
        return {
            "namespace": self.namespace,
            "function": self.function,
            "cls": self.cls,
            "outer_names": {**module_names(self.function), **self.outer_names},
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._connect()

    @property
    def decorated(self) -> Any:
        """The class or function that the decorator returned. A function is held weakly: None if it is gone."""
        if self.cls is not None:
            return self.cls
        return self.decorated_function

    @decorated.setter
    def decorated(self, function: Any) -> None:
        self._decorated = ref(function)

    @property
    def decorated_function(self) -> Any:
        """The decorated function, also if it is the constructor of a class; None if it is gone."""
        return None if self._decorated is None else self._decorated()

    @property
    def call(self) -> Callable[..., Any]:
        """The function, decorated again: the plain function of `as_function` calls it."""
        call = self._call
        if call is None:
            call = self._call = wrap(self.function, self)
        return call

    def as_function(self) -> Callable[..., Any]:
        """Return the plain function that holds the attributes of a decorated function of the Rust kernel."""
        return plain_function(self.function, self)

    def drive(self, generator: Any, /) -> Any:
        """Return a generator that a call returned, so that it runs in the view of the call.

        A coroutine needs no view of its own: its awaiter waits for it, so no other code runs in its context.
        """
        return drive_checked(generator, View(frame_for_view()), self.function)

    def set_attribute(self, plain: Any, name: str, value: Any) -> None:
        """Set an attribute of a decorated function of the Rust kernel that `RELOADED` contains."""
        set_attribute(self, plain, name, value)

    def errors_in(self, frame: Frame) -> Iterator[ParamError]:
        """Yield an error for each value in a frame that does not convert to its parameter."""
        for parameter in self.parameters:
            try:
                parameter.value_in(frame)
            except ParamError as error:
                yield error


def decorate_function(function: Any, namespace: str, frame: FrameType, cls: Any = None) -> Any:
    """Decorate a function. Text in its annotations can name the variables of `frame`."""
    return decorate_with_binding(function, namespace, frame, cls)[0]


def decorate_with_binding(
    function: Any, namespace: str, frame: FrameType, cls: Any = None
) -> tuple[Any, Binding]:
    """Decorate a function as `decorate_function` does; return its binding too."""
    _refuse_reference_defaults(function)
    binding = Binding(namespace, function, outer_names(function, frame), cls)
    binding.decorated = decorated = wrap(function, binding)
    return decorated, binding


def _refuse_reference_defaults(function: Any) -> None:
    positional_defaults = getattr(function, "__defaults__", None) or ()
    keyword_defaults = getattr(function, "__kwdefaults__", None) or {}
    for default in (*positional_defaults, *keyword_defaults.values()):
        # A proxy as default, such as `flask.current_app`, can fail if `isinstance` asks for its `__class__`.
        if issubclass(type(default), Reference):
            raise TypeError(
                f"a default of {function.__qualname__}() is the reference {default!r}, not a value: "
                "use a value as default, and read the reference in the body"
            )
