"""One function of a program: its parameters, its docstring, and its call."""

from __future__ import annotations

from ..catalog.docstrings import ParsedDocstring
from ..conversion.faults import param_error
from ..conversion.rule import Misfit, convert
from ..core.context import current_frame
from ..core.value import MISSING, UntypedText
from ..errors import short_repr
from ..execution.carried import portable
from ..functions.param import param
from ..functions.registry import binding_of
from ..functions.steps import kind_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..core.origin import Origin
    from .parsed_arguments import ParsedArguments

__all__ = ["Command", "decorated_functions"]


def decorated_functions(names: Mapping[str, Any], module: object) -> list[Any]:
    """Return the public functions and classes among these names that a module itself decorates."""
    return [
        value
        for name, value in list(names.items())
        if getattr(value, "__module__", None) == module
        and name[:1] != "_"
        and callable(value)
        and binding_of(value) is not None
    ]


class Command:
    """A function or class that a program runs. A function without `@hp.param` is decorated first."""

    def __init__(self, function: Any) -> None:
        self._given = function
        if not callable(function) or not hasattr(function, "__name__"):
            raise TypeError(f"hp.launch expected a function or class, got {short_repr(function)}")
        if binding_of(function) is None:
            function = param(function)
        binding = binding_of(function)
        assert binding is not None
        self.kind = kind_of(binding.function)
        if self.kind.endswith("generator"):
            raise TypeError(
                f"hp.launch cannot run {function.__qualname__}(): it is a {self.kind} function, "
                "and nothing would read its items"
            )
        self.function = function
        self.binding = binding
        has_self = hasattr(function, "__self__") or binding.cls is not None
        self.parameters = [
            parameter for parameter in binding.parameters if not (has_self and parameter.index == 0)
        ]
        # The name of `*args`, if the function has it; `**kwargs` cannot be set from the command line.
        self.star_args = [
            name for name, text in binding.parameters.variadic.items() if not text.startswith("**")
        ]
        self.name: str = function.__name__.replace("_", "-")
        self.file: str | None = getattr(getattr(binding.function, "__code__", None), "co_filename", None)
        docstrings = dict.fromkeys([function.__doc__, binding.function.__doc__])
        # A dataclass without a docstring has its signature as one, with the defaults of secrets.
        is_dataclass = hasattr(function, "__dataclass_fields__")
        self.doc = ParsedDocstring(
            *(
                text
                for text in docstrings
                if not (is_dataclass and (text or "").startswith(f"{function.__name__}("))
            )
        )

    def __reduce__(self) -> tuple[Any, ...]:
        # A function that is decorated here does not pickle: its module has the plain one.
        return Command, (portable(self._given),)

    def direct_arguments(self, parsed: ParsedArguments) -> tuple[list[Any], list[Any]]:
        """Return the arguments that no scope can set: the values of positional-only parameters, and `*args`.

        Raises `ParamError` for a value that does not convert.
        """
        values = [
            _converted(parameter.name, *parsed.direct_values[parameter.name], parameter.annotation)
            for parameter in self.parameters
            if not parameter.is_bound and parameter.name in parsed.direct_values
        ]
        items: list[Any] = []
        annotation = self.binding.parameters.items_annotation
        for name in self.star_args:
            texts, origin = parsed.direct_values.get(name, ((), None))
            items += [_converted(name, text, origin, annotation) for text in texts]
        return values, items

    def call(self, values: list[Any], items: list[Any]) -> Any:
        """Call the function with its direct arguments; run a coroutine to its end."""
        # Python takes `*args` only after a value for every parameter before them.
        before_items = self._values_of_scope() if items else []
        result: Any = self.function(*values, *before_items, *items)
        if self.kind != "coroutine":
            return result
        import asyncio

        try:
            return asyncio.run(result)
        finally:
            # asyncio.run refuses to start inside a running loop. Then the coroutine was never awaited.
            result.close()

    def _values_of_scope(self) -> list[Any]:
        """Return the value of each parameter that can be passed by position, from the scope or its default."""
        frame = current_frame()
        values = []
        for parameter in self.parameters:
            if parameter.is_bound and parameter.index is not None:
                value = parameter.value_in(frame)
                values.append(parameter.default if value is MISSING else value)
        return values


def _converted(name: str, value: Any, origin: Origin | None, annotation: Any) -> Any:
    if annotation is MISSING:
        return value
    try:
        return convert(UntypedText(value) if type(value) is str else value, annotation)
    except Misfit as misfit:
        raise param_error(misfit, name, lambda _path: origin) from misfit.__cause__
