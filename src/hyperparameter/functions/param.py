"""`@hp.param`: a function's own arguments become parameters."""

from __future__ import annotations

import sys
from weakref import ref

from ..conversion.annotations import Unresolved, names_around, names_of_module, resolve, signature_of
from ..conversion.rule import Misfit, accepts_subtree, convert, convert_like, is_immutable
from ..core.frame import MISSING, Frame, current_frame
from ..core.kernel import decorate
from ..core.key import check_key
from ..errors import MissingArgumentError, ParamError, UnusableOverrideError, short_repr
from ..scopes.reference import Reference, misfit_error
from .bind import kind_of
from .steps import Stepwise
from .wrappers import pickled, stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType
    from typing import Any, TypeVar, overload

    F = TypeVar("F", bound=Callable[..., Any])
else:

    def overload(function):
        return function


__all__ = ["param"]


@overload
def param(namespace: str | None = None, /) -> Callable[[F], F]: ...
@overload
def param(function: F, /) -> F: ...
def param(target: Any = None, /) -> Any:
    """Bind the parameters of a function, method or class to keys under a namespace.

    A parameter `x` of a function decorated with `@hp.param("ns")` is the key `ns.x`. What the caller
    gives wins, then what a scope sets, then the default in the signature; a parameter without
    default can come from a scope. Without a name the namespace is the function's own.

    A call raises `hp.ParamError` for a value that does not fit the annotation or default, and
    `hp.MissingArgumentError`, a `TypeError`, for an argument that neither caller nor scope gives.
    Decorating raises `ValueError` for a bad namespace and `TypeError` for what has no parameters.

    Examples:
        >>> import hyperparameter as hp
        >>> @hp.param("train")
        ... def train(lr=0.1, steps=100):
        ...     return lr, steps
        >>> with hp.scope("train.lr=0.5"):
        ...     train(), train(lr=0.9), train(0.9)
        ((0.5, 100), (0.9, 100), (0.9, 100))
    """
    if target is None or isinstance(target, str):
        namespace = None if target is None else check_key(target)
        return lambda function: _decorated(function, namespace, sys._getframe(1))
    return _decorated(target, None, sys._getframe(1))


def _decorated(target: Any, namespace: str | None, frame: FrameType) -> Any:
    if isinstance(target, staticmethod | classmethod):
        return type(target)(_decorated(target.__func__, namespace, frame))
    if not callable(target):
        raise TypeError(f"hp.param decorates functions and classes, not {short_repr(target)}")
    if namespace is None:
        if not hasattr(target, "__name__"):
            raise TypeError(f"{short_repr(target)} has no name: give hp.param a namespace")
        namespace = check_key(target.__name__)
    if isinstance(target, type):
        return _decorated_class(target, namespace, frame)
    return _decorated_function(target, Binding(namespace, target, names_around(target, frame)))


def _decorated_function(function: Any, binding: Binding) -> Any:
    from functools import update_wrapper

    _refuse_references(function)
    made = _made(function, binding)
    if type(made) is not Stepwise:
        update_wrapper(made, function)
    binding.made = ref(made)
    return made


def _made(function: Any, binding: Binding) -> Any:
    call = decorate(function, binding)
    return call if kind_of(function) == "function" else Stepwise(call, function, binding)


def _refuse_references(function: Any) -> None:
    by_name = getattr(function, "__kwdefaults__", None) or {}
    for default in (*(getattr(function, "__defaults__", None) or ()), *by_name.values()):
        if issubclass(type(default), Reference):
            raise TypeError(
                f"a default of {function.__qualname__}() is the reference {default!r}, not a value: "
                "give the value itself, and read the other parameter in the body"
            )


def _decorated_class(cls: Any, namespace: str, frame: FrameType) -> Any:
    """Bind the parameters of a class's constructor, in place: the class stays that class."""
    if hasattr(cls, "__struct_fields__"):
        raise TypeError(f"{cls.__name__} is a msgspec.Struct, which is built without a call to bind")
    found = False
    for name in ("__init__", "__new__"):
        if getattr(cls, name) is not getattr(object, name):
            found = True
            setattr(cls, name, _constructor(cls, name, namespace, frame))
    if not found:
        raise TypeError(
            f"{cls.__name__} has no parameters to bind (where a decorator such as dataclass makes them, "
            "put hp.param above it)"
        )
    return cls


def _constructor(cls: Any, name: str, namespace: str, frame: FrameType) -> Any:
    function = cls.__dict__.get(name)
    if function is None:  # inherited: what comes next in the order of the instance's class is called
        if name == "__init__":

            def function(self: Any, /, *args: Any, **kwargs: Any) -> None:
                super(cls, self).__init__(*args, **kwargs)
        else:

            def function(made: Any, /, *args: Any, **kwargs: Any) -> Any:
                return super(cls, made).__new__(made, *args, **kwargs)

        from functools import update_wrapper

        function = update_wrapper(function, getattr(cls, name))
    function = getattr(function, "__func__", function)  # __new__ is a static method
    binding = Binding(namespace, function, names_around(function, frame), cls)
    decorated = _decorated_function(function, binding)
    return staticmethod(decorated) if name == "__new__" else decorated


_UNFIT: Any = object()


class _Parameter:
    """Hold one parameter: where it stands in the signature and what it asks for."""

    __slots__ = ("annotation", "bound", "default", "index", "key", "name", "positional_only", "subtree")

    def __init__(self, key: str, index: int | None, parameter: Any, annotation: Any) -> None:
        self.key = key
        self.name = parameter.name
        self.index = index
        self.positional_only = parameter.kind is parameter.POSITIONAL_ONLY
        self.default = MISSING if parameter.default is parameter.empty else parameter.default
        self.bound = not self.positional_only or self.default is not MISSING
        self.annotation = annotation
        if annotation is MISSING or type(annotation) is Unresolved:
            kind = type(self.default)
            self.subtree = self.default is MISSING or (kind is not object and accepts_subtree(kind))
            self.subtree |= annotation is not MISSING and self.default is None
        else:
            self.subtree = accepts_subtree(annotation)

    def value(self, frame: Frame) -> Any:
        """Return what the scopes set for the parameter, `MISSING` for nothing."""
        if not self.bound:
            return MISSING
        value = frame.read_entry(self.key)[0]
        beneath = value is MISSING
        if beneath:
            value = frame.subtree(self.key) if self.subtree else None
            if value is None:
                return MISSING
        try:
            if type(self.annotation) is Unresolved:
                return self.annotation.take(value, beneath)
            if self.annotation is not MISSING:
                return convert(value, self.annotation)
            return value if self.default is MISSING else convert_like(value, self.default)
        except Misfit as misfit:
            raise misfit_error(frame, self.key, value, misfit) from misfit.__cause__


_declared: dict[str, dict[int, ref[Binding]]] = {}  # by namespace, then by id


def bindings() -> list[Binding]:
    """Return the binding of every decorated function of this process, as they were decorated."""
    alive = (other() for others in list(_declared.values()) for other in list(others.values()))
    return [binding for binding in alive if binding is not None]


def binding_of(decorated: Any) -> Binding | None:
    """Return the binding of a decorated function or class, None where it is not decorated."""
    decorated = getattr(decorated, "__func__", decorated)
    found = {}
    for binding in bindings():
        made = binding.cls if binding.made is None or binding.cls is not None else binding.made()
        found[id(made)] = binding
    while id(decorated) not in found and hasattr(decorated, "__wrapped__"):
        decorated = decorated.__wrapped__  # of a decorator above
    return found.get(id(decorated))


class Binding:
    """Bind the parameters of one function to the keys of one namespace."""

    def __init__(self, namespace: str, function: Any, around: dict[str, Any], cls: Any = None) -> None:
        self.namespace = namespace
        self.function = function
        self.around = around
        self.cls = cls
        self.plan_key = object()
        self._begin()

    def _begin(self) -> None:
        self.made: ref[Any] | None = None  # what the decorator returned for a function
        self.variadic: dict[str, str] = {}  # "args" and "kwargs", by whatever names, to how they are written
        self.asked_of_items: Any = MISSING  # the annotation of `*args`
        self._parameters: list[_Parameter] | None = None
        others, number = _declared.setdefault(self.namespace, {}), id(self)
        others[number] = ref(self, lambda _: others.pop(number, None))

    def __getstate__(self) -> dict[str, Any]:
        kept = {name: getattr(self, name) for name in ("namespace", "function", "cls", "plan_key")}
        return {**kept, "around": {**names_of_module(self.function), **self.around}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._begin()

    def as_function(self) -> Any:
        return stand_in(self.function, self)

    def pickled(self, made: Any) -> Any:
        return pickled(made)

    def __getattr__(self, name: str) -> Any:
        if name != "call":  # the function decorated, made where one that was pickled by value asks
            raise AttributeError(name)
        self.call = _made(self.function, self)
        return self.call

    @property
    def parameters(self) -> list[_Parameter]:
        """The bound parameters: worked out at the first call, since `inspect` is dear to import."""
        if self._parameters is None:
            self._parameters = self._inspected()
        return self._parameters

    @property
    def settable(self) -> list[_Parameter]:
        """The bound parameters that are meant to be set: not what a method is called on."""
        bound = [parameter for parameter in self.parameters if parameter.bound]
        if bound and bound[0].index == 0:
            *path, _ = getattr(self.function, "__qualname__", "").split(".")
            is_method = bound[0].name in ("self", "cls") and path[-1:] not in ([], ["<locals>"])
            return bound[1:] if is_method or self.cls is not None else bound
        return bound

    def _inspected(self) -> list[_Parameter]:
        found = list(signature_of(self.function).parameters.values())
        if self.cls is not None and hasattr(self.cls, "__signature__"):
            found = found[:1] + list(signature_of(self.cls).parameters.values())
        bound = []
        for index, parameter in enumerate(found):
            if parameter.kind is parameter.VAR_KEYWORD:
                self.variadic[parameter.name] = f"**{parameter.name}"
            elif parameter.kind is parameter.VAR_POSITIONAL:
                self.variadic[parameter.name] = f"*{parameter.name}"
                self.asked_of_items = self._annotation(parameter)
            else:
                place = None if parameter.kind is parameter.KEYWORD_ONLY else index
                key = f"{self.namespace}.{parameter.name}"
                bound.append(_Parameter(key, place, parameter, self._annotation(parameter)))
        return bound

    def misfits(self, frame: Frame) -> Iterator[ParamError]:
        """Yield an error for each parameter that could not take what is set for it in a frame."""
        for parameter in self.parameters:
            try:
                parameter.value(frame)
            except ParamError as error:
                yield error

    def _annotation(self, parameter: Any) -> Any:
        """Return the annotation of a parameter as an object, `MISSING` where there is none."""
        if parameter.annotation is parameter.empty:
            return MISSING
        asked = resolve(parameter.annotation, parameter.name, self.function, self.cls, self.around)
        is_passed_on = type(asked).__name__ == "InitVar"  # to a dataclass's __post_init__
        return asked.type if is_passed_on else asked

    def plans(self, frame: Frame) -> dict[int, Any]:
        """Return the plans that hold in a frame: those of the frame below where it sets nothing for us."""
        above, plans = [], frame.cache.get(self.plan_key)
        while plans is None:
            above.append(frame)
            if self._is_touched(frame):
                plans = {}
            else:
                frame = frame.visible_parent()
                plans = frame.cache.get(self.plan_key)
        for frame in above:
            frame.cache_answer(self.plan_key, plans)
        return plans

    def _is_touched(self, frame: Frame) -> bool:
        if frame.parent is None or type(frame.overrides) is not dict:
            return True
        prefix = self.namespace + "."
        return any(key.startswith(prefix) for key in frame.overrides)

    def resolve(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the arguments to call the function with, here and now."""
        frame = current_frame()
        plan = self.plans(frame).get(len(args))
        if type(plan) is dict:
            return args, {**plan, **kwargs}
        if plan is not None and kwargs.keys() >= plan[1]:
            anew = {asked.name: asked.value(frame) for asked in plan[2] if asked.name not in kwargs}
            return args, {**plan[0], **anew, **kwargs}
        return self._arguments(frame, args, kwargs)

    def _arguments(
        self, frame: Frame, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the arguments to call the function with, and plan for calls like this one."""
        plan = self._plan(frame, len(args))
        if type(plan) is dict:
            return args, {**plan, **kwargs}
        positional, named = list(args), {}
        for parameter in self.parameters:
            if parameter.index is not None and parameter.index < len(args):
                continue
            if parameter.name in kwargs and not parameter.positional_only:
                continue
            value = parameter.value(frame)
            if value is MISSING and parameter.default is MISSING:
                raise self._lacks(parameter, frame)
            if parameter.positional_only:
                positional.append(parameter.default if value is MISSING else value)
            elif value is not MISSING:
                named[parameter.name] = value
        return tuple(positional), {**named, **kwargs}

    def _lacks(self, parameter: _Parameter, frame: Frame) -> MissingArgumentError:
        detail = f"{self._called()} lacks the argument {parameter.name!r}"
        if parameter.bound:
            detail += f", and parameter {parameter.key!r} is not set"
            return MissingArgumentError(parameter.key, detail=detail, names=frame.visible_keys)
        detail += ", which is given by position alone and never by a scope"
        return MissingArgumentError(parameter.key, detail=detail)

    def _called(self) -> str:
        return getattr(self.cls or self.function, "__qualname__", self.namespace) + "()"

    def _plan(self, frame: Frame, count: int) -> Any:
        """Have the frame remember what a call with `count` positional arguments takes from it."""
        parameters = self.parameters
        if self.variadic:
            self._refuse_variadic(frame)
        plan, needed, anew = {}, set(), []
        for parameter in parameters:
            if parameter.index is not None and parameter.index < count:
                continue
            try:
                value = parameter.value(frame)
            except ParamError:
                value = _UNFIT  # an error only for a caller who does not give it
            if value is MISSING and parameter.default is not MISSING:
                continue
            if parameter.positional_only:
                return None  # it cannot be given by name: such a call is worked out each time
            if value is MISSING or value is _UNFIT:
                needed.add(parameter.name)
            elif value is frame.entry(parameter.key)[0] or is_immutable(value):
                plan[parameter.name] = value
            else:
                anew.append(parameter)
        made = (plan, needed, anew) if needed or anew else plan
        return self.plans(frame).setdefault(count, made)  # one that is there may be lent out

    def _refuse_variadic(self, frame: Frame) -> None:
        """Refuse an override that only `*args` or `**kwargs` could take: it would be ignored."""
        for segment in frame.segments_below(self.namespace):
            key = f"{self.namespace}.{segment}"
            written = self.variadic.get(segment)
            if written is None:
                written = next((text for text in self.variadic.values() if text[:2] == "**"), None)
                known = {
                    p.name for other in [*_declared[self.namespace].values()] for p in _parameters_of(other())
                }
                if written is None or segment in known or frame.entry(key)[0] is MISSING:
                    continue
            value, origin = frame.entry(key)
            if value is MISSING:
                value = frame.subtree(key)
            called = self._called()
            raise UnusableOverrideError(
                key,
                value=value,
                detail=f"{called} has no parameter {segment!r}, and {written} takes nothing from a scope",
                origin=origin,
                names=lambda: [parameter.key for parameter in self.parameters],
            )


def _parameters_of(binding: Binding | None) -> list[_Parameter]:
    return [] if binding is None else binding.parameters
