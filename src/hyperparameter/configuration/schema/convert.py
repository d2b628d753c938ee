"""Convert a merged configuration to a schema.

The fields are visited here and not by a library such as msgspec, because a library stops at the first error,
and drops keys that it does not know. Each single value is converted by `conversion.rule`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args, get_origin

from ...conversion.rule import Misfit, convert
from ...conversion.structures import accepts_none, bare_type, construct, describe, structure_in, types_of
from ...conversion.type_checks import is_model
from ...core.key import join
from ..merge import flatten_dict
from .errors import SchemaErrors
from .models import convert_to_model
from .plain import replace_leaves

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..merge import Merged


def convert_to_schema(merged: Merged, schema: Any, referred: Iterable[str]) -> Any:
    """Convert the merged values to a schema, in place, and return the object of the schema.

    A key that other values refer to need not be a field of the schema: it is left out.

    Raises `ConfigError` with all errors.
    """
    errors = SchemaErrors(merged)
    nested = merged.nested()
    instance = _SchemaConverter(errors, frozenset(referred)).convert(nested, schema, "")
    errors.raise_all()
    replace_leaves(merged, instance, nested)
    return instance


class _SchemaConverter:
    """Converts nested values to a schema. Every error is collected, and its value is None in the result."""

    def __init__(self, errors: SchemaErrors, referred: frozenset[str]) -> None:
        self.errors = errors
        self.referred = referred

    def convert(self, value: Any, annotation: Any, path: str) -> Any:
        """Return a value converted to an annotation, or None after an error."""
        structure = structure_in(annotation)
        if type(value) is dict and structure is not None:
            fields = self._without_helper_keys(structure, value, path)
            if is_model(structure):
                return convert_to_model(structure, fields, path, self.errors)
            return self._convert_to_structure(structure, fields, path)
        origin, arguments = get_origin(bare_type(annotation)), get_args(bare_type(annotation))
        if origin is list and type(value) is list and structure_in(arguments[0]):
            return [self.convert(item, arguments[0], f"{path}[{index}]") for index, item in enumerate(value)]
        if origin is dict and type(value) is dict and arguments[0] is str and structure_in(arguments[1]):
            return {name: self.convert(item, arguments[1], join(path, name)) for name, item in value.items()}
        return self._convert_leaf(value, annotation, path)

    def _without_helper_keys(self, cls: Any, value: dict[str, Any], path: str) -> dict[str, Any]:
        """Return a dict without the keys that are not fields and that other values refer to."""
        fields = describe(cls).settable
        return {
            name: item
            for name, item in value.items()
            if name in fields or not self._is_referred_to(join(path, name), item)
        }

    def _is_referred_to(self, key: str, value: Any) -> bool:
        return all(leaf_key in self.referred for leaf_key, _ in flatten_dict(key, value))

    def _convert_leaf(self, value: Any, annotation: Any, path: str) -> Any:
        try:
            if value is None and not accepts_none(annotation):
                raise Misfit(annotation)
            return convert(value, annotation)
        except Misfit as misfit:
            self.errors.add_misfit(path, value, misfit)
            return None

    def _convert_to_structure(self, cls: Any, value: dict[str, Any], path: str) -> Any:
        structure, types = describe(cls), types_of(cls)
        fields, converted, errors_before = structure.settable, {}, len(self.errors)
        for name, item in value.items():
            if name in fields:
                converted[name] = self.convert(item, types[fields[name].attribute], join(path, name))
            elif name != structure.tag:
                self.errors.add_unknown(cls, fields, path, name, item)
        for name, field in fields.items():
            if field.is_required and name not in value:
                self.errors.add_missing(cls, name, path)
        if len(self.errors) > errors_before:
            return None
        try:
            return construct(cls, converted)
        # The program's code raises it, such as the `__post_init__` of a dataclass.
        except Exception as error:
            self.errors.add_refusal(cls, value, path, f"{type(error).__name__}: {error}")
            return None
