"""Fitting a configuration to a schema: every value converted, and every fault found, not just the first.

The fields are gone through by us, since conversion libraries stop at the first fault and drop keys that
they do not know; each value is converted by the library's one rule. pydantic's models convert themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args, get_origin

from ..conversion.by_msgspec import refuse_unknown
from ..conversion.rule import convert
from ..conversion.scalars import Misfit, parsed
from ..conversion.structures import (
    Field,
    bare,
    fields_of,
    is_model,
    is_structure,
    is_typed_dict,
    structure_of,
    takes_more,
    takes_none,
)
from ..core.key import check_key
from ..errors import ConfigError, MissingArgumentError, ParamError, UnusableOverrideError, nearest
from .merge import gives_way

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..core.frame import Entry
    from .merge import Merged

CONTAINERS = (list, tuple, set, frozenset, dict)


def fit(merged: Merged, schema: Any, referred: Iterable[str]) -> Any:
    """Convert what is merged, in place, as a schema asks, and return the object that it makes.

    A key that others refer to need not be one of the schema's: it has been of use, and is left out.

    Raises `ConfigError` with every fault.
    """
    fitting = _Fitting(merged, frozenset(referred))
    nested = merged.nested()
    instance = fitting.at(nested, schema, "")
    if fitting.errors:
        raise ConfigError(fitting.errors[0].key, errors=fitting.errors)
    defaults: dict[str, str] = {}
    _settle(merged, _plain(instance, nested, "", defaults), defaults)
    return instance


class _Fitting:
    def __init__(self, merged: Merged, referred: frozenset[str]) -> None:
        self.merged = merged
        self.referred = referred
        self.errors: list[ParamError] = []

    def at(self, value: Any, wanted: Any, path: str) -> Any:
        """Return a value as an annotation asks, None after noting why it cannot be."""
        structure = structure_of(wanted)
        if type(value) is dict and structure is not None:
            asked = self._asked(structure, value, path)
            return (self._model if is_model(structure) else self._structure)(structure, asked, path)
        origin, arguments = get_origin(bare(wanted)), get_args(bare(wanted))
        if origin is list and type(value) is list and structure_of(arguments[0]):
            return [self.at(item, arguments[0], f"{path}[{number}]") for number, item in enumerate(value)]
        if origin is dict and type(value) is dict and arguments[0] is str and structure_of(arguments[1]):
            return {name: self.at(item, arguments[1], _joined(path, name)) for name, item in value.items()}
        return self._leaf(value, wanted, path)

    def _asked(self, cls: Any, value: dict[str, Any], path: str) -> dict[str, Any]:
        """Return a table without what is no field, and was of use since others refer to it."""
        fields = fields_of(cls)
        return {
            name: item
            for name, item in value.items()
            if name in fields or not all(key in self.referred for key, _ in _flat(_joined(path, name), item))
        }

    def _leaf(self, value: Any, wanted: Any, path: str) -> Any:
        try:
            if value is None and not takes_none(wanted):
                raise Misfit(wanted)
            return convert(value, wanted)
        except Misfit as misfit:
            detail = misfit.detail
            if misfit.path:
                detail = f"at {path + misfit.path!r}: {detail}"
            fault = ParamError(
                path, value=value, wanted=misfit.wanted, detail=detail, origin=self._origin(path)
            )
            self.errors.append(fault)
            return None

    def _structure(self, cls: Any, value: dict[str, Any], path: str) -> Any:
        fields, made, before = fields_of(cls), {}, len(self.errors)
        for name, item in value.items():
            if name in fields:
                made[name] = self.at(item, fields[name].wanted, _joined(path, name))
            elif not _is_tag(cls, name):
                self._unknown(cls, fields, path, name, item)
        for name, field in fields.items():
            if field.required and name not in value:
                self._lacks(cls, name, path)
        if len(self.errors) > before:
            return None
        if is_typed_dict(cls):
            return made
        is_struct = hasattr(cls, "__struct_fields__")  # its input may be renamed, but not its own arguments
        try:
            return cls(**{fields[name].attribute if is_struct else name: item for name, item in made.items()})
        except Exception as error:  # of the program's own code, such as a dataclass's __post_init__
            self._refused(cls, value, path, f"{type(error).__name__}: {error}")
            return None

    def _model(self, cls: Any, value: dict[str, Any], path: str) -> Any:
        before = len(self.errors)
        self._find_unknown(cls, value, path)
        given = _read_texts(cls, value)
        try:
            made = cls.model_validate(given)
            if len(self.errors) == before:  # what is in tuples, mappings and unions shows in what was made
                refuse_unknown(given, made, cls, "")
            return made
        except Misfit as misfit:
            key = _joined(path, misfit.path.lstrip("."))
            self.errors.append(
                ConfigError(key, value=value, detail=f"does not fit: {misfit.detail}", origin=self._origin(key))
            )
            return None
        except Exception as error:
            faults = getattr(error, "errors", None)  # pydantic's own error lists all of them
            if faults is None:
                self._refused(cls, value, path, f"{type(error).__name__}: {error}")
                return None
            for fault in faults():
                self._note(cls, fault, value, path)
            return None

    def _note(self, cls: Any, fault: Any, value: Any, path: str) -> None:
        """Note a fault that pydantic found."""
        loc: tuple[Any, ...] = fault["loc"]
        name, inner = loc[-1] if loc else "", path
        for part in loc[:-1]:
            inner = f"{inner}[{part}]" if isinstance(part, int) else _joined(inner, part)
        if fault["type"] == "missing":
            self._lacks(_class_at(cls, fault["loc"]), name, inner)
        elif fault["type"] != "extra_forbidden":  # found by us, with the nearest field
            key = f"{inner}[{name}]" if isinstance(name, int) else _joined(inner, name)
            if not key:
                self._refused(cls, value, path, fault["msg"])
                return
            detail = f"does not fit: {fault['msg']}"
            self.errors.append(ConfigError(key, value=fault["input"], detail=detail, origin=self._origin(key)))

    def _find_unknown(self, wanted: Any, value: Any, path: str) -> None:
        """Note the keys that a model, or what is in it, has no field for."""
        cls = structure_of(wanted)
        arguments = get_args(bare(wanted))
        if type(value) is list and len(arguments) == 1:
            for number, item in enumerate(value):
                self._find_unknown(arguments[0], item, f"{path}[{number}]")
        if cls is None or type(value) is not dict or takes_more(cls):
            return
        fields = fields_of(cls)
        for name, item in value.items():
            if name in fields:
                self._find_unknown(fields[name].wanted, item, _joined(path, name))
            else:
                self._unknown(cls, fields, path, name, item)

    def _unknown(self, cls: Any, fields: dict[str, Field], path: str, name: str, value: Any) -> None:
        key = _joined(path, name)
        fault = UnusableOverrideError(
            key,
            value=value,
            detail=f"{cls.__qualname__} has no field {name!r}",
            origin=self._origin(key),
            names=lambda: [_joined(path, near) for near in nearest(name, fields)],
        )
        self.errors.append(fault)

    def _lacks(self, cls: Any, name: str, path: str) -> None:
        key = _joined(path, name)
        detail = f"{cls.__qualname__} lacks {name!r}, and parameter {key!r} is not set"
        start = len(_joined(path, "x")) - 1
        beside = [leaf[start:] for leaf in self.merged.leaves if leaf[:start] == key[:start]]
        near = lambda: [_joined(path, one) for one in nearest(name, beside)]  # noqa: E731
        self.errors.append(MissingArgumentError(key, detail=detail, names=near))

    def _refused(self, cls: Any, value: Any, path: str, detail: str) -> None:
        if not path:
            self.errors.append(ConfigError(detail=f"{cls.__qualname__} refuses the configuration: {detail}"))
            return
        detail = f"is refused by {cls.__qualname__}: {detail}"
        self.errors.append(ConfigError(path, value=value, detail=detail, origin=self._origin(path)))

    def _origin(self, path: str) -> Any:
        """Return the origin of a key, of what it lies in, or of the first beneath it."""
        leaves, key = self.merged.leaves, path.partition("[")[0]
        beneath = next((name for name in leaves if name.startswith(key + ".")), None)
        while key not in leaves and key:
            key = key.rpartition(".")[0]
        key = key or beneath or ""
        return leaves[key][1] if key else None


def _class_at(cls: Any, loc: tuple[Any, ...]) -> Any:
    """Return the class whose field a place in a model is."""
    wanted = cls
    for part in loc[:-1]:
        structure = structure_of(wanted)
        if isinstance(part, int):
            wanted = next(iter(get_args(bare(wanted))), None)
        elif structure is not None and part in fields_of(structure):
            wanted = fields_of(structure)[part].wanted
    return structure_of(wanted) or cls


def _joined(path: str, name: Any) -> str:
    return f"{path}.{name}" if path and name != "" else path or str(name)


def _is_tag(cls: Any, name: str) -> bool:
    settings = getattr(cls, "__struct_config__", None)
    return settings is not None and settings.tag is not None and settings.tag_field == name


def _read_texts(wanted: Any, value: Any) -> Any:
    """Return a value with the texts in it that a container is asked for read as JSON, as pydantic does not."""
    wanted = structure_of(wanted) or bare(wanted)
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        if is_structure(wanted) or (get_origin(wanted) or wanted) in CONTAINERS:
            holds, fault = parsed(value)
            return value if fault else holds
    elif type(value) is dict and is_structure(wanted):
        fields = fields_of(wanted)
        return {
            name: _read_texts(fields[name].wanted, item) if name in fields else item
            for name, item in value.items()
        }
    elif type(value) is list and len(get_args(wanted)) == 1:
        return [_read_texts(get_args(wanted)[0], item) for item in value]
    return value


# --- From the object back to plain values ---


def _plain(value: Any, given: Any, path: str, defaults: dict[str, str]) -> Any:
    """Return an object as nested dicts and lists, noting of which class each field is."""
    given = given if type(given) is dict else {}
    if type(value) is dict:
        return {
            check_key(name): _plain(item, given.get(name), _joined(path, check_key(name)), defaults)
            for name, item in value.items()
        }
    if type(value) in (list, tuple):
        return type(value)(_plain(item, None, path, {}) for item in value)
    cls = type(value)
    if not is_structure(cls):
        return value
    made = dict(getattr(value, "model_extra", None) or {})
    for name, attribute in _names(cls, given):
        key = _joined(path, name)
        defaults[key] = f"default of {cls.__qualname__}.{attribute}"
        made[name] = _plain(getattr(value, attribute, given.get(name)), given.get(name), key, defaults)
    return made


def _names(cls: Any, given: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the name and the attribute of each field: of a field with several names, the one that was used."""
    used: dict[str, str] = {}
    for name, field in fields_of(cls).items():
        if name in given or field.attribute not in used:
            used[field.attribute] = name
    for attribute, name in used.items():
        yield name, attribute


def _settle(merged: Merged, plain: dict[str, Any], defaults: dict[str, str]) -> None:
    """Make the converted values the leaves, each with the origin of what it was made from."""
    leaves: dict[str, Entry] = {}
    for key, value in _flat("", plain):
        above = key
        while above and above not in merged.leaves:
            above = above.rpartition(".")[0]
        before, origin = merged.leaves.get(above, (None, None))
        if not above or (above != key and gives_way(before)):
            leaves[key] = value, defaults.get(key, "default of the schema")
            continue
        leaves[key] = value, origin
        if value is not before:
            merged.given[key] = merged.given.get(above, before)
        if above != key and above in merged.earlier:
            merged.earlier[key] = merged.earlier[above]
    merged.leaves = leaves


def _flat(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    if type(value) is dict and (value or not key):
        for name, item in value.items():
            yield from _flat(_joined(key, name), item)
    else:
        yield key, value
