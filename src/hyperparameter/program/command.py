"""One function of a program: its parameters, what its docstring says, and its call."""

from __future__ import annotations

from ..catalog.docstrings import Doc
from ..conversion.rule import Misfit, convert
from ..core.frame import MISSING, current_frame
from ..errors import ParamError, short_repr
from ..functions.bind import kind_of
from ..functions.param import binding_of, param
from .parsed_arguments import is_negative, place_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from .parsed_arguments import Given

__all__ = ["Command", "decorated_in"]


def decorated_in(names: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the functions and classes that a module decorates, but for those with a leading underscore."""
    for name, value in list(names.items()):
        own = getattr(value, "__module__", None) == names.get("__name__")
        if own and name[:1] != "_" and callable(value) and binding_of(value) is not None:
            yield value


class Command:
    """Hold one function of a program, decorated here where it is not yet."""

    def __init__(self, function: Any) -> None:
        if not callable(function) or not hasattr(function, "__name__"):
            raise TypeError(f"hp.launch runs functions and classes, not {short_repr(function)}")
        if binding_of(function) is None:
            function = param(function)
        binding = binding_of(function)
        assert binding is not None
        self.kind = kind_of(binding.function)
        if self.kind.endswith("generator"):
            raise TypeError(
                f"hp.launch cannot run {function.__qualname__}(): it is a {self.kind} function, "
                "whose items nobody would take"
            )
        self.function = function
        self.binding = binding
        is_bound = hasattr(function, "__self__") or binding.cls is not None
        self.parameters = [p for p in binding.parameters if not (is_bound and p.index == 0)]
        self.name: str = function.__name__
        self.file: str | None = getattr(getattr(binding.function, "__code__", None), "co_filename", None)
        self.doc = Doc(*dict.fromkeys([function.__doc__, binding.function.__doc__]))

    def arguments(self, given: Given) -> tuple[list[Any], list[Any]]:
        """Return what is handed over by position, since no scope can hold it, as the function asks for it.

        They are the values of positional-only parameters, and the items of `*args`. Raises `ParamError`
        for what does not fit.
        """
        made = [
            _converted(parameter.name, *given.direct[parameter.name], parameter.annotation)
            for parameter in self.parameters
            if not parameter.bound and parameter.name in given.direct
        ]
        items: list[Any] = []
        for name in self.binding.variadic:
            values, place = given.direct.get(name, ((), ""))
            items += [_converted(name, value, place, self.binding.asked_of_items) for value in values]
        return made, items

    def take_items(self, rest: list[str], argv: Sequence[str], given: Given) -> list[str]:
        """Take for `*args` what argparse left over, as it does once an option came; return what is no item."""
        names = [name for name, written in self.binding.variadic.items() if written[:2] != "**"]
        count = len(argv) - argv.index("--") - 1 if "--" in argv else 0
        ended = argv[len(argv) - count :]  # after which nothing is an option
        items = [text for text in rest if not text.startswith("-") or text in ended or is_negative(text)]
        if not names or len(items) < len(rest):
            return rest
        before, _ = given.direct.get(names[0], ([], ""))
        given.direct[names[0]] = [*before, *items], place_of(None, " ".join([*before, *items]))
        return []

    def call(self, first: list[Any], items: list[Any]) -> Any:
        """Call the function, and see a coroutine through."""
        between = []
        if items:  # all that stands before them has to be given by position too
            frame = current_frame()
            for parameter in self.parameters:
                if parameter.bound and parameter.index is not None:
                    value = parameter.value(frame)
                    between.append(parameter.default if value is MISSING else value)
        made: Any = self.function(*first, *between, *items)
        if self.kind != "coroutine":
            return made
        import asyncio

        try:
            return asyncio.run(made)
        finally:
            made.close()  # where a loop runs here already, it has not begun


def _converted(name: str, value: Any, place: str, asked: Any) -> Any:
    if asked is MISSING:
        return value
    try:
        return convert(value, asked)
    except Misfit as misfit:
        raise ParamError(
            name, value=value, wanted=misfit.wanted, detail=misfit.detail, origin=place
        ) from misfit.__cause__
