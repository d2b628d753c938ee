"""The plans of a decorated function: the arguments that its calls take from the scopes, cached.

A call takes each argument from the caller. If the caller does not pass it, a scope gives it, and if no scope
sets it, the signature gives the default. To look up and convert every parameter at every call would be slow.
So a frame caches *plans*: for each number of positional arguments, the keyword arguments that the scopes add to
such a call.

    @hp.param("train")
    def train(data, lr=0.1, steps=100): ...

    with hp.scope("train.lr=0.5"):
        train(data)             # caches {1: {"lr": 0.5}}
        train(data, steps=7)    # follows that plan: function(data, **{"lr": 0.5, "steps": 7})
        train(data, 0.9)        # has two positional arguments: caches {1: {"lr": 0.5}, 2: {}}

A decorated call takes these steps:

1. Look up. The kernel looks for the plan in `frame.plans[plan_key]`. A complete plan is a dict. With such a
   plan the kernel calls the function itself; the caller's keyword arguments win over those of the plan.
2. Resolve. Without a complete plan the kernel calls `Plans.resolve`. It looks up and converts what the caller
   does not pass.
3. Plan. `Plans.resolve` also makes a plan for the next call. It is a `PartialPlan` if a value is missing or
   does not convert, or if calls must not share it, such as a list that was converted from text.

A frame that sets nothing below the namespace shares the plans of its parent. So the first call in a new scope
needs only a few lookups, unless that scope sets a parameter of the function.
"""

from __future__ import annotations

from ..conversion.rule import plain
from ..conversion.type_checks import is_immutable
from ..core.context import current_frame
from ..core.key import join, name_of, parents
from ..core.value import MISSING
from ..errors import MissingArgumentError, ParamError, UnusableOverrideError
from ..scopes.recording import record_call
from .registry import bindings_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from ..core.frame import Frame
    from .parameter import Parameter, Parameters

    Arguments: TypeAlias = tuple[tuple[Any, ...], dict[str, Any]]
    Plan: TypeAlias = "dict[str, Any] | PartialPlan"

__all__ = ["Plans"]


class PartialPlan:
    """A plan that needs work at each call.

    Attributes:
        values: the keyword arguments that every call can share.
        unresolved: the names of parameters that have no usable value. Only a call that passes them all can
            follow the plan.
        fresh: the parameters whose value is converted again for each call, because a call could change it.
    """

    __slots__ = ("fresh", "unresolved", "values")

    def __init__(self, values: dict[str, Any], unresolved: set[str], fresh: list[Parameter]) -> None:
        self.values = values
        self.unresolved = unresolved
        self.fresh = fresh


class Plans:
    """Resolves the arguments of a decorated function's calls, and caches their plans in frames.

    Attributes:
        plan_key: the key of the function's plans in a frame.
    """

    def __init__(self, parameters: Parameters, plan_key: object) -> None:
        self._parameters = parameters
        self.plan_key = plan_key
        # The parts of a value that is set for one of these keys are parameters of the function.
        self._namespaces = frozenset((parameters.namespace, *parents(parameters.namespace)))

    def resolve(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Arguments:
        """Return the arguments to call the function with, in the current frame."""
        frame = current_frame()
        arguments = self._resolve_in(frame, args, kwargs)
        if frame.recorders is not None:
            self._record(frame, args, kwargs, arguments)
        return arguments

    def _record(
        self, frame: Frame, args: tuple[Any, ...], kwargs: dict[str, Any], arguments: Arguments
    ) -> None:
        """Record the parameters that the caller does not pass."""
        positional, named = arguments
        reads = []
        for parameter in self._parameters.settable:
            if _is_passed_by_position(parameter, len(args)) or parameter.name in kwargs:
                continue
            value, index = named.get(parameter.name, MISSING), parameter.index
            if parameter.is_positional_only and index is not None and index < len(positional):
                value = positional[index] if frame.entry(parameter.key)[0] is not MISSING else MISSING
            reads.append((parameter.key, value, parameter.default))
        record_call(frame, reads, self._parameters.origin())

    def _resolve_in(self, frame: Frame, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Arguments:
        plan = self._plans_in(frame).get(len(args))
        if type(plan) is dict:
            return args, {**plan, **kwargs}
        if plan is not None and kwargs.keys() >= plan.unresolved:
            return args, {**plan.values, **_fresh_values(plan.fresh, frame, kwargs), **kwargs}
        return self._resolve_without_plan(frame, args, kwargs)

    def _plans_in(self, frame: Frame) -> dict[int, Any]:
        """Return the plans that hold in a frame, by the number of positional arguments."""
        sharing_frames, plans = [], frame.plans_of(self.plan_key)
        while plans is None:
            sharing_frames.append(frame)
            if self._is_affected_by(frame):
                plans = {}
            else:
                frame = frame.visible_parent()
                plans = frame.plans_of(self.plan_key)
        for frame in sharing_frames:
            frame.cache_plans(self.plan_key, plans)
        return plans

    def _is_affected_by(self, frame: Frame) -> bool:
        """Return whether a frame may set a parameter of the function."""
        # A baseline has no parent to share plans with. A frame with many overrides keeps them in a tree, which
        # is slow to search for a prefix.
        if frame.parent is None or type(frame.overrides) is not dict:
            return True
        prefix = self._parameters.namespace + "."
        return any(key.startswith(prefix) or key in self._namespaces for key in frame.overrides)

    def _resolve_without_plan(self, frame: Frame, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Arguments:
        plan, fresh = self._plan(frame, len(args))
        if type(plan) is dict:
            return args, {**plan, **kwargs}
        if isinstance(plan, PartialPlan) and kwargs.keys() >= plan.unresolved:
            computed = [parameter for parameter in plan.fresh if parameter.name not in fresh]
            return args, {**plan.values, **fresh, **_fresh_values(computed, frame, kwargs), **kwargs}
        positional: list[tuple[Parameter, Any]] = []
        named = {}
        for parameter in self._parameters:
            if _is_passed_by_position(parameter, len(args)):
                continue
            if parameter.name in kwargs and not parameter.is_positional_only:
                continue
            value = parameter.value_in(frame)
            if value is MISSING and parameter.is_required and self._parameters.hold_for(args):
                raise self._missing_argument_error(parameter, frame)
            if parameter.is_positional_only:
                positional.append((parameter, value))
            elif value is not MISSING:
                named[parameter.name] = value
        return (*args, *self._positional_values(positional, frame)), {**named, **kwargs}

    def _positional_values(self, values: list[tuple[Parameter, Any]], frame: Frame) -> list[Any]:
        """Return the values of positional-only parameters, up to the last one that is set."""
        while values and values[-1][1] is MISSING:
            values.pop()
        for parameter, value in values:
            if value is MISSING and parameter.default is MISSING:
                raise self._missing_argument_error(parameter, frame)
        return [parameter.default if value is MISSING else value for parameter, value in values]

    def _plan(self, frame: Frame, count: int) -> tuple[Plan | None, dict[str, Any]]:
        """Make and cache the plan for calls with `count` positional arguments; None if they have none.

        Also return the values of the parameters that need a new value for each call, for the first call.
        """
        if self._parameters.variadic:
            self._refuse_unusable_overrides(frame)
        values: dict[str, Any] = {}
        unresolved: set[str] = set()
        fresh: list[Parameter] = []
        fresh_values: dict[str, Any] = {}
        for parameter in self._parameters:
            if _is_passed_by_position(parameter, count):
                continue
            if parameter.is_computed_in(frame):
                if parameter.is_positional_only:
                    return None, {}
                # The caller may pass the argument. Then nobody reads the value, so it is not computed.
                fresh.append(parameter)
                continue
            try:
                value = parameter.value_in(frame)
                is_usable = value is not MISSING
            except ParamError:
                # The call fails only if the caller does not pass the argument.
                value, is_usable = None, False
            if value is MISSING and not parameter.is_required:
                continue
            if parameter.is_positional_only:
                # A plan adds keyword arguments, and this argument cannot be one.
                return None, {}
            if not is_usable:
                unresolved.add(parameter.name)
            elif value is frame.entry(parameter.key)[0] or is_immutable(value):
                # Calls can share the value that was set itself, and any value that a call cannot change.
                values[parameter.name] = value
            else:
                fresh.append(parameter)
                fresh_values[parameter.name] = value
        plan = PartialPlan(values, unresolved, fresh) if unresolved or fresh else values
        # Never replace a plan: the Rust kernel may hold a borrowed pointer to it.
        return self._plans_in(frame).setdefault(count, plan), fresh_values

    def _refuse_unusable_overrides(self, frame: Frame) -> None:
        """Raise an error for an override that only `*args` or `**kwargs` could accept: a call ignores it."""
        namespace, variadic = self._parameters.namespace, self._parameters.variadic
        star_kwargs = next((text for text in variadic.values() if text.startswith("**")), None)
        for segment in frame.segments_below(namespace):
            key = join(namespace, segment)
            value, origin = frame.entry(key)[:2]
            name = name_of(segment)
            starred_name = variadic.get(name)
            if starred_name is None:
                # The key can also be a parameter of another function, or a namespace below this one.
                if star_kwargs is None or value is MISSING or name in _parameter_names(namespace):
                    continue
                starred_name = star_kwargs
            raise UnusableOverrideError(
                key,
                value=plain(frame.input(key)),
                detail=(
                    f"is not a parameter of {self._parameters.call_text()}, "
                    f"and {starred_name} takes no values from a scope"
                ),
                origin=origin,
                names=lambda: [parameter.key for parameter in self._parameters],
            )

    def _missing_argument_error(self, parameter: Parameter, frame: Frame) -> MissingArgumentError:
        detail = f"{self._parameters.call_text()} is missing the argument {parameter.name!r}"
        if parameter.is_bound:
            detail += f", and the parameter {parameter.key!r} is not set"
            return MissingArgumentError(parameter.key, detail=detail, names=frame.visible_keys)
        detail += ", which can only be passed by position, never set by a scope"
        return MissingArgumentError(parameter.key, detail=detail)


def _fresh_values(parameters: list[Parameter], frame: Frame, kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return the values of parameters that need a new value for each call, if the caller does not pass them."""
    values = {
        parameter.name: parameter.value_in(frame) for parameter in parameters if parameter.name not in kwargs
    }
    return {name: value for name, value in values.items() if value is not MISSING}


def _is_passed_by_position(parameter: Parameter, count: int) -> bool:
    return parameter.index is not None and parameter.index < count


def _parameter_names(namespace: str) -> set[str]:
    """Return the names of the parameters of every function that is decorated with a namespace."""
    return {parameter.name for binding in bindings_in(namespace) for parameter in binding.parameters}
