"""`hp.record()`: keep what a program reads, from where, and with which defaults.

with hp.record() as run:        frames of this context, and the baseline, get `run` as a recorder
    train()                     each read calls `run.add_read`, each scope that is entered `run.add_overrides`
run.used, run.defaults, run.unused, run.conflicts
"""

from __future__ import annotations

import threading
from _thread import get_ident
from typing import TYPE_CHECKING, Any, NamedTuple

from ..core.computed import origin_in
from ..core.context import current_frame, start_recording, stop_recording
from ..core.key import parents
from ..core.map import items
from ..core.origin import is_secret, place_of
from ..core.value import MISSING, MISSING_ENTRY, is_scalar_type
from ..errors import did_you_mean, nearest, shown

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from ..core.frame import Frame
    from ..core.map import Map
    from ..core.origin import Origin
    from ..core.value import Entry
    from ..scopes.recording import Read

__all__ = ["Conflict", "Run", "Unused", "Use"]


class Use:
    """What a run read at one key.

    Attributes:
        key: the key.
        value: the value that the last reader got, converted to the type that it asked for.
        default: the default of the first reader, or `Run.MISSING` if it had none.
        is_set: whether a scope or the baseline set the value in at least one read.
        count: how often the key was read.
        where: the place of the first read, such as `train.py:3`; for a parameter of a decorated function, the
            line that defines the function.
        is_varied: whether two reads got different values.
        is_secret: whether the value is secret. It is shown as `******`, and not saved.
    """

    def __init__(self, read: Read, is_secret: bool) -> None:
        self.key = read.key
        self.value = read.value
        self.default = read.default
        self.is_set = read.is_set
        self.count = 0
        self.is_varied = False
        self.is_secret = is_secret
        # Whether the keys below count as read.
        self.reads_below = False
        # The default of each place that reads the key.
        self._defaults: dict[Origin | None, Any] = {}

    def add(self, read: Read) -> None:
        self.count += 1
        self.is_varied = self.is_varied or not _is_same(self.value, read.value)
        self.value = read.value
        self.is_set = self.is_set or read.is_set
        self.reads_below = self.reads_below or read.reads_below
        self._defaults.setdefault(read.place, read.default)

    @property
    def where(self) -> str | None:
        return place_of(next(iter(self._defaults)))

    @property
    def type(self) -> str:
        """The type of the value, as text."""
        return type(self.value).__name__

    def defaults(self) -> list[tuple[Any, str | None]]:
        """Return each different default, with the first place that has it."""
        different: list[tuple[Any, str | None]] = []
        for place, default in self._defaults.items():
            if default is not MISSING and not any(_is_same(default, other) for other, _ in different):
                different.append((default, place_of(place)))
        return different

    def __str__(self) -> str:
        value = shown(self.key, self.value, [self.key] if self.is_secret else ())
        times = "once" if self.count == 1 else f"{self.count} times"
        return (
            f"{self.key} = {value} ({'set' if self.is_set else 'default'}, read {times}, first at {self.where})"
        )

    def __repr__(self) -> str:
        return f"<{self}>"


class Unused(NamedTuple):
    """A key that was set while the run was recorded, or before, and that nobody read.

    Attributes:
        key: the key.
        where: the place that set it, None if it is unknown.
        nearest: the most similar keys that were read.
    """

    key: str
    where: str | None
    nearest: tuple[str, ...]

    def __str__(self) -> str:
        place = f" (set at {self.where})" if self.where else ""
        return f"nothing read {self.key!r}{did_you_mean(self.nearest)}{place}"


class Conflict(NamedTuple):
    """A key that was read with different defaults.

    Attributes:
        key: the key.
        defaults: each default, with the first place that has it.
    """

    key: str
    defaults: tuple[tuple[Any, str | None], ...]

    def __str__(self) -> str:
        texts = [f"{shown(self.key, default)} at {where}" for default, where in self.defaults]
        return f"{self.key!r} is read with different defaults: {', '.join(texts)}"


class Run:
    """The reads of a run, made by `hp.record()`. It records from the start of its `with` block to the end.

    Attributes:
        reads: what was read at each key, in the order of the first reads.
        MISSING: stands for a default that a reader does not have.
    """

    MISSING = MISSING

    def __init__(self) -> None:
        self.reads: dict[str, Use] = {}
        self._is_open = False
        self._lock = threading.Lock()
        self._start: Frame | None = None
        self._overrides: dict[str, Entry] = {}
        self._baseline_recorder = _BaselineRecorder(self)

    def __enter__(self) -> Self:
        if self._start is not None:
            raise RuntimeError("a record can only be entered once: call hp.record() again")
        self._start = current_frame()
        self._is_open = True
        start_recording(self, self._baseline_recorder)
        return self

    def __exit__(self, *_: object) -> None:
        stop_recording(self, self._baseline_recorder)
        self._is_open = False

    # --- What the frames tell ---

    def add_read(self, frame: Frame, read: Read) -> None:
        if not self._is_open:
            return
        use = self.reads.get(read.key)
        if use is None:
            is_marked = is_secret(read.key, origin_in(frame, read.key), read.value)
            with self._lock:
                use = self.reads.setdefault(read.key, Use(read, is_marked))
        with self._lock:
            use.add(read)

    def add_overrides(self, overrides: Map) -> None:
        if self._is_open:
            with self._lock:
                for key, entry in items(overrides):
                    if entry is not MISSING_ENTRY:
                        self._overrides.setdefault(key, entry)

    # --- What was read ---

    @property
    def used(self) -> dict[str, Use]:
        """The keys that were read and set."""
        return {key: use for key, use in self.reads.items() if use.is_set}

    @property
    def defaults(self) -> dict[str, Use]:
        """The keys that were read and not set."""
        return {key: use for key, use in self.reads.items() if not use.is_set}

    @property
    def unused(self) -> tuple[Unused, ...]:
        """The keys that were set, before or during the run, and that nobody read."""
        entries = dict(self._start.visible_items()) if self._start is not None else {}
        for key, entry in self._overrides.items():
            entries.setdefault(key, entry)
        names = list(self.reads)
        read_parts = {parent for key in self.used for parent in parents(key)}
        return tuple(
            Unused(key, place_of(entry[1], key, entry[0]), tuple(nearest(key, names)))
            for key, entry in sorted(entries.items(), key=lambda item: item[0])
            if key not in read_parts and not self._has_read(key)
        )

    def _has_read(self, key: str) -> bool:
        """Return whether a key was read, or the whole of what it is below."""
        reads = self.reads
        return key in reads or any(parent in reads and reads[parent].reads_below for parent in parents(key))

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """The keys that were read with different defaults in different places."""
        conflicts = []
        for key, use in self.reads.items():
            defaults = use.defaults()
            if len(defaults) > 1:
                conflicts.append(Conflict(key, tuple(defaults)))
        return tuple(conflicts)

    def __str__(self) -> str:
        lines: Iterable[object] = (*self.reads.values(), *self.unused, *self.conflicts)
        return "\n".join(map(str, lines))

    def __repr__(self) -> str:
        return (
            f"<hp.record: {len(self.used)} keys used, {len(self.defaults)} defaults, {len(self.unused)} unused>"
        )


class _BaselineRecorder:
    """Records what threads read that start from the baseline, unless they ran before the recording started."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._other_threads = frozenset(thread.ident for thread in threading.enumerate()) - {get_ident()}

    def add_read(self, frame: Frame, read: Read) -> None:
        if get_ident() not in self._other_threads:
            self._run.add_read(frame, read)

    def add_overrides(self, overrides: Map) -> None:
        if get_ident() not in self._other_threads:
            self._run.add_overrides(overrides)


def _is_same(value: Any, other: Any) -> bool:
    """Return whether two values are the same, as far as that can be told without code of the program."""
    if value is other:
        return True
    cls = type(value)
    if cls is not type(other):
        return False
    if is_scalar_type(cls):
        return bool(value == other)
    if cls is list or cls is tuple:
        return len(value) == len(other) and all(map(_is_same, value, other))
    if cls is dict:
        return value.keys() == other.keys() and all(_is_same(value[name], other[name]) for name in value)
    try:
        return bool(value == other)
    # The value's own code can fail.
    except Exception:
        return False
