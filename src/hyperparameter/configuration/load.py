"""Load a configuration from sources.

Each source is read and merged, then references are resolved, then the values are converted to a schema.
"""

from __future__ import annotations

import os

from ..core.key import quote, segments_of
from ..core.value import FileValue, UntypedText, is_exactly, is_mapping, replace, untyped_entry
from ..errors import ConfigError, short_repr
from ..scopes.sources import flatten, split_placed_text
from . import files
from .config import Config, Provenance
from .environment import Environment
from .interpolation.unresolved import Unresolved
from .merge import REPLACE_MARKER, Merged
from .nested import nested_dict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from ..core.origin import Origin
    from ..core.value import Entry

__all__ = ["PlacedSource", "load"]


class PlacedSource:
    """A `key=value` text or a mapping with an origin of its own, such as an argument of a command line.

    Attributes:
        source: the text or mapping.
        origin: where it was set.
        is_literal: whether `${` is plain text in its values.
    """

    __slots__ = ("is_literal", "origin", "source")

    def __init__(
        self, source: str | Mapping[Any, Any], origin: Origin | None, *, is_literal: bool = False
    ) -> None:
        self.source = source
        self.origin = origin
        self.is_literal = is_literal


def load(
    sources: Iterable[Any],
    schema: Any = None,
    declared_keys: Callable[[], Iterable[str]] = tuple,
    origin: Origin | None = None,
    references: bool | str = True,
) -> Config:
    """Return the configuration that the sources make, for `hp.config` and `hp.launch`.

    `declared_keys` returns more keys that environment variables can mean, in addition to the parameters of
    this process's decorated functions. It is called only if there are such variables. `origin` is the origin
    of mappings and texts. `references` is that of `hp.config`.

    Raises what `hp.config` raises.
    """
    try:
        return _load(sources, schema, declared_keys, origin, references)
    # The limits here are far below Python's limit of recursion, but the program may be near that itself.
    except RecursionError:
        raise ConfigError(
            detail="the configuration is nested too deeply, or the program that loads it is"
        ) from None


def _load(
    sources: Iterable[Any],
    schema: Any,
    declared_keys: Callable[[], Iterable[str]],
    origin: Origin | None,
    references: bool | str,
) -> Config:
    if references not in (True, False, "keys"):
        raise ValueError(f"references={references!r} is not valid: expected True, False or 'keys'")
    if schema is not None:
        from ..conversion.structures import check_schema

        check_schema(schema)
    merged = Merged()
    for source in sources:
        if isinstance(source, Environment):
            for key, text, variable_origin in source.items(merged.leaves, schema, declared_keys):
                merged.put(key, untyped_entry(text, variable_origin))
        else:
            _add(merged, source, origin)
    referred: Iterable[str] = ()
    if references and any(_may_have_reference(entry[0]) for entry in merged.leaves.values()):
        from .interpolation.resolver import resolve_references

        referred = resolve_references(merged, reads_environment=references is True)
    instance = None
    if schema is not None:
        _refuse_unresolved(merged)
        from .schema.convert import convert_to_schema

        instance = convert_to_schema(merged, schema, referred)
    nested, special = nested_dict(merged)
    provenance = Provenance(merged.leaves, special, merged.earlier, merged.originals, referred, instance)
    # At the top of a mapping, keys are key texts, not names.
    return Config({quote(name): value for name, value in nested.items()}, provenance=provenance)


def _refuse_unresolved(merged: Merged) -> None:
    """Raise the errors of all values that cannot be resolved."""
    errors = [entry[0].error for entry in merged.leaves.values() if isinstance(entry[0], Unresolved)]
    if errors:
        raise errors[0] if len(errors) == 1 else ConfigError(errors=errors)


def _may_have_reference(value: Any) -> bool:
    return "${" in value if type(value) is str else is_exactly(value, list, FileValue)


def _add(merged: Merged, source: Any, origin: Origin | None) -> None:
    # The error for a bad key in a text names this origin. For a text in the program, the traceback shows it.
    placed_origin = None
    if isinstance(source, PlacedSource):
        placed_origin = origin = source.origin
        # `_add_config` marks the values of a configuration as literal.
        source = Config(source.source) if source.is_literal else source.source
    if isinstance(source, str) and "=" in source:
        _add_text(merged, source, origin, placed_origin)
    elif isinstance(source, str | os.PathLike):
        file = files.read(os.fsdecode(source))
        for table, origin_of in file.tables():
            merged.add_file(table, origin_of)
    elif isinstance(source, Config):
        _add_config(merged, source, origin)
    elif hasattr(type(source), "__entries__"):
        _add_scope(merged, source)
    elif is_mapping(source):
        merged.add_mapping(source, lambda _: origin)
    else:
        raise TypeError(
            f"{short_repr(source)} is not a source of a configuration: expected a path, a mapping, a key=value "
            f"text, hp.env(...), a scope or a snapshot, got {type(source).__name__}"
        )


def _add_text(merged: Merged, text: str, origin: Origin | None, placed_origin: Origin | None) -> None:
    key, value = split_placed_text(text, placed_origin)
    if REPLACE_MARKER in segments_of(key):
        detail = f"cannot be set by text: {REPLACE_MARKER} = true is for tables in files"
        raise ConfigError(key, value=value, detail=detail, origin=origin)
    merged.put(key, untyped_entry(value, origin))


def _add_scope(merged: Merged, source: Any) -> None:
    """Merge the entries of a scope or a snapshot, which have origins."""
    for key, entry in sorted(source.__entries__(), key=lambda item: item[0]):
        _put_literal(merged, key, entry)


def _add_config(merged: Merged, source: Config, origin: Origin | None) -> None:
    """Merge another configuration, with its origins and its history."""
    for leaf_key, leaf in flatten("", source):
        pairs = source.__loaded__(leaf_key, leaf)
        if pairs is None:
            # The program put the value into the dict later, or an option of the command line set it.
            is_text = type(leaf) is UntypedText
            entry = untyped_entry(str.__str__(leaf), origin) if is_text else (leaf, origin)
            _put_literal(merged, leaf_key, entry)
            continue
        for key, entry in pairs:
            if isinstance(entry[0], Unresolved):
                # A later source may set the key that its reference needs.
                merged.put(key, (entry[0].value, *entry[1:]))
                continue
            _put_literal(merged, key, entry)
            *earlier, (original, _) = source.__history__(key) or [(entry[0], None)]
            if earlier:
                merged.earlier.setdefault(key, []).extend(earlier)
            if original is not entry[0]:
                merged.originals[key] = original


def _put_literal(merged: Merged, key: str, entry: Entry) -> None:
    """Set a leaf in which `${` is plain text."""
    if type(entry[0]) is replace:
        merged.remove_subtree(key)
    merged.put(key, (entry[2], entry[1]) if len(entry) == 3 else entry)
    merged.literal_keys.add(key)
