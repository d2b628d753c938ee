"""Convert a merged configuration to a schema: a class with fields. `conversion.rule` does the conversion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...conversion.rule import Misfit, convert
from ...conversion.structures import describe, structure_in, types_of
from ...core.key import join_name
from ..merge import flatten_dict
from ..nested import as_parts, inputs_of
from .errors import schema_error
from .plain import replace_leaves

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..merge import Merged


def convert_to_schema(merged: Merged, schema: Any, referred: Iterable[str]) -> Any:
    """Convert the merged values to a schema, in place, and return the object of the schema.

    A key that other values refer to need not be a field of the schema: it is left out.

    Raises `ConfigError` with all errors.
    """
    nested = inputs_of(merged)
    fields = _without_helper_keys(nested, schema, "", frozenset(referred))
    try:
        instance = convert(as_parts(fields), schema)
    except Misfit as misfit:
        raise schema_error(misfit, merged) from misfit.__cause__
    replace_leaves(merged, instance, nested)
    return instance


def _without_helper_keys(value: Any, annotation: Any, path: str, referred: frozenset[str]) -> Any:
    """Return a value without the keys that are not fields and that other values refer to."""
    structure = structure_in(annotation)
    if type(value) is not dict or structure is None:
        return value
    fields, types = describe(structure).settable, types_of(structure)
    result = {}
    for name, item in value.items():
        key = join_name(path, name)
        if name in fields:
            result[name] = _without_helper_keys(item, types[fields[name].attribute], key, referred)
        elif not all(leaf_key in referred for leaf_key, _ in flatten_dict(key, item)):
            result[name] = item
    return result
