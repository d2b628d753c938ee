"""`hp.config`: files, mappings, texts and the environment become one nested dict that knows their places.

What does the work is in `_config/`, and is imported when it is first called.
"""

from __future__ import annotations

from ..core.key import flatten
from ..errors import where
from ..scopes.reference import caller

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from os import PathLike
    from typing import Any, TypeAlias

    from ..core.frame import Entry
    from ..scopes.scope import Keyed, Scope
    from .environment import Environment

    ConfigSource: TypeAlias = str | PathLike[str] | Mapping[Any, Any] | Environment | Scope | Keyed

__all__ = ["Config", "config", "env", "replace"]


class Trace:
    """Hold what a configuration knows of its values, by flat key."""

    __slots__ = ("earlier", "given", "instance", "kept", "referred")

    def __init__(
        self,
        kept: dict[str, Entry],
        earlier: dict[str, list[Entry]] | None = None,
        given: dict[str, Any] | None = None,
        referred: Iterable[str] = (),
    ) -> None:
        self.kept = kept  # the values as they are, with their origins
        self.earlier = earlier or {}  # what was set before the last, or taken away
        self.given = given or {}  # what the last was given as, where it was resolved or converted since
        self.referred = frozenset(referred)
        self.instance: Any = None


class Config(dict):  # type: ignore[type-arg]
    """Hold a configuration: a nested dict of plain dicts and lists, made by `hp.config`.

    It knows where its values came from, and `hp.scope(cfg)` keeps that, so that errors say it. A
    value that is put in later has the place where the scope is made.

    Attributes:
        referred: the keys that other values refer to by `${…}`.
        instance: the object that the schema made; None without a schema.

    Examples:
        >>> import hyperparameter as hp
        >>> cfg = hp.config({"train": {"lr": 0.1}}, "train.lr=0.2")
        >>> cfg
        {'train': {'lr': '0.2'}}
        >>> tuple(value for value, place in cfg.history("train.lr"))
        (0.1, '0.2')
    """

    __slots__ = ("_trace",)

    def __init__(self, nested: Any = (), /, *, trace: Trace | None = None) -> None:
        super().__init__(nested)
        self._trace = Trace({}) if trace is None else trace

    @property
    def __kept__(self) -> dict[str, Entry]:
        return self._trace.kept

    @property
    def referred(self) -> frozenset[str]:
        return self._trace.referred

    @property
    def instance(self) -> Any:
        return self._trace.instance

    def where(self, key: str) -> str | None:
        """Return the place that set the value of a flat key, None where it is not known.

        Examples:
            >>> import hyperparameter as hp
            >>> hp.config(hp.env("APP_", environ={"APP_TRAIN__LR": "0.1"})).where("train.lr")
            'environment variable APP_TRAIN__LR'
        """
        entry = self._trace.kept.get(key)
        present: Any = self
        for segment in key.split("."):
            present = present.get(segment, self) if isinstance(present, dict) else self
        return where(entry[1]) if entry is not None and present is entry[0] else None

    def history(self, key: str) -> list[tuple[Any, str | None]]:
        """Return all that was set for a flat key, as given, and each one's place; the last one won.

        What `hp.replace` took away is told too, under the keys that it had.

        Examples:
            >>> import hyperparameter as hp
            >>> cfg = hp.config({"m": {"a": 1}}, {"m": hp.replace({"b": 2})})
            >>> cfg, [value for value, place in cfg.history("m.a")]
            ({'m': {'b': 2}}, [1])
        """
        return [(value, where(origin)) for value, origin in self.__history__(key)]

    def __history__(self, key: str) -> list[Entry]:
        trace, entry = self._trace, self._trace.kept.get(key)
        entries = list(trace.earlier.get(key, ()))
        return entries if entry is None else [*entries, (trace.given.get(key, entry[0]), entry[1])]

    def copy(self) -> Config:
        return Config(self, trace=self._trace)

    __copy__ = copy

    def __deepcopy__(self, memo: dict[int, Any]) -> Config:
        from copy import deepcopy

        return _restored(deepcopy(dict(self), memo), self._origins(), self._trace)

    def __reduce__(self) -> tuple[Any, ...]:
        trace = self._trace
        earlier: dict[str, list[Entry]] = {
            key: [(value, where(origin)) for value, origin in entries] for key, entries in trace.earlier.items()
        }
        portable = Trace({}, earlier, trace.given, trace.referred)
        portable.instance = trace.instance
        places = {key: where(origin) for key, origin in self._origins().items()}
        return _restored, (dict(self), places, portable)

    def _origins(self) -> dict[str, Any]:
        """Return the origins of the values that are still what they were."""
        kept = self._trace.kept
        return {key: kept[key][1] for key, leaf in flatten("", self) if key in kept and kept[key][0] is leaf}


def _restored(nested: dict[str, Any], origins: dict[str, Any], trace: Trace) -> Config:
    """Return a configuration of copied values: the origins are theirs by key, as no value is the old object."""
    kept = {key: (leaf, origins[key]) for key, leaf in flatten("", nested) if key in origins}
    restored = Trace(kept, trace.earlier, trace.given, trace.referred)
    restored.instance = trace.instance
    return Config(nested, trace=restored)


class replace(dict):  # type: ignore[type-arg]  # noqa: N801  # a verb where it is used
    """Mark a mapping that takes the place of what earlier sources have there, instead of being merged.

    In a file, `_replace_ = true` in a table does the same. Elsewhere than in `hp.config` it is a
    plain mapping.

    Examples:
        >>> import hyperparameter as hp
        >>> hp.config({"model": {"name": "cnn", "width": 3}}, {"model": hp.replace({"name": "mlp"})})
        {'model': {'name': 'mlp'}}
    """

    __slots__ = ()


def env(prefix: str, *, environ: Mapping[str, str] | None = None) -> Environment:
    """Return the environment as a source for `hp.config`: with "APP_", `APP_TRAIN__LR` is `train.lr`.

    `__` separates, and names are lower-cased. A name that differs from that of a known key only in
    case and in `.`, `_` and `-` is that key: known are the parameters of decorated functions, the
    fields of the schema, and the keys of earlier sources. Where several are like it and none is
    exactly what the variable says, `hp.config` raises `ConfigError`. Variables are read when
    `hp.config` is called, from `environ` where it is given.

    Examples:
        >>> import hyperparameter as hp
        >>> hp.config({"batch_size": 1}, hp.env("APP_", environ={"APP_BATCH_SIZE": "32"}))
        {'batch_size': '32'}
    """
    from .environment import Environment

    return Environment(prefix, environ)


class _Config:
    """Make configurations: `hp.config(...)`."""

    __slots__ = ()

    def __call__(self, /, *sources: ConfigSource, schema: Any = None) -> Config:
        """Return the configuration that sources make, in order: the later wins, value by value.

        A source is the path of a file (`.toml`, `.json`, `.yaml`, `.yml`; a text without `=`, or a
        `Path`), a mapping, a `key=value` text, `hp.env(...)`, a scope, a snapshot, or another
        configuration. Nested mappings are merged; `hp.replace({...})` takes the place of what is
        there. Then `${a.b}` and `${env:NAME,default}` in texts are resolved. With `schema`, a
        dataclass, TypedDict, msgspec Struct, attrs class or pydantic model, the values are converted,
        and what the schema does not know or lacks is refused.

        Raises `ConfigError`, which names the place, for all that is wrong with files, references and
        values; `KeySyntaxError`, a `ValueError` too, for a bad key in a mapping or text; `TypeError` for
        a source of another type.

        Examples:
            >>> import hyperparameter as hp
            >>> hp.config({"data": {"root": "/data", "file": "${data.root}/train.csv"}}, "data.root=/tmp")
            {'data': {'root': '/tmp', 'file': '/tmp/train.csv'}}
        """
        from .load import load

        return load(sources, schema, origin=caller(1))

    def hydra(
        self, config_dir: str | PathLike[str], config_name: str | None, overrides: Sequence[str] = ()
    ) -> Config:
        """Return what Hydra composes: groups, defaults lists and overrides are Hydra's own.

        Raises `ConfigError` with Hydra's words where it cannot, and where Hydra is not installed:
        `pip install 'hyperparameter[hydra]'`.

        Examples:
            >>> import hyperparameter as hp
            >>> hp.config.hydra("conf", "config", overrides=["+db=none"])  # doctest: +SKIP
            {'db': {'driver': 'none'}}
        """
        from .formats.hydra import compose

        return compose(config_dir, config_name, overrides)

    def __repr__(self) -> str:
        return "<hp.config>"

    def __reduce__(self) -> str:
        return "config"


config = _Config()
