"""Decorated models of pydantic: what pydantic validates takes arguments from the scopes, too.

pydantic makes an object without its constructor if it validates data: by `Model.model_validate`, or as a field
of another model. So the validator of a decorated model first adds to the data what the scopes set:

    data ──▶ add what the scopes set ──▶ validate ──▶ object
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .binding import Binding

__all__ = ["bind_validation"]


def bind_validation(cls: Any, binding: Binding) -> None:
    """Let the validator of a class take arguments from the scopes, if the class is a model of pydantic."""
    if "__pydantic_validator__" not in cls.__dict__:
        return
    inherited = getattr(cls, "__get_pydantic_core_schema__", None)
    if getattr(inherited, "__module__", None) == "pydantic.main":
        # That of every model only calls the handler, and is deprecated.
        inherited = None

    def get_schema(model: Any, source: Any, handler: Any) -> Any:
        from pydantic_core.core_schema import no_info_before_validator_function

        schema = handler(source) if inherited is None else inherited.__func__(model, source, handler)
        return no_info_before_validator_function(add_arguments, schema)

    def add_arguments(data: Any) -> Any:
        # The binding is that of `__init__`, so its first argument is the object.
        return binding.resolve((None,), data)[1] if isinstance(data, dict) else data

    cls.__get_pydantic_core_schema__ = classmethod(get_schema)
    if hasattr(cls, "model_rebuild"):
        cls.model_rebuild(force=True, raise_errors=False)
    else:
        sys.modules["pydantic.dataclasses"].rebuild_dataclass(cls, force=True, raise_errors=False)
