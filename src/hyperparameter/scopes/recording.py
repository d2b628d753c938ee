"""Reads that are recorded: `hp.record()` gives frames a recorder, and each read tells it what it found.

A frame without recorders pays nothing: the kernel calls the functions of `reading.py` only if no cache has the
answer. Nothing caches the answers of a frame with recorders, so each read comes by here.
"""

from __future__ import annotations

from ..core.origin import Origin
from ..core.tree import items as tree_items
from ..core.value import MISSING, Parts, is_scalar_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Protocol

    from ..core.frame import Frame
    from ..core.map import Map

    class Recorder(Protocol):
        """What records reads."""

        def add_read(self, frame: Frame, read: Read) -> None: ...
        def add_overrides(self, overrides: Map) -> None: ...


__all__ = ["Read", "record_call", "record_overrides", "record_read", "record_view"]


class Read:
    """What one read found.

    Attributes:
        key: the key.
        value: the value that the reader got.
        default: the default of the reader, or `MISSING`.
        place: where the program reads, or the line that defines a decorated function.
        is_set: whether a scope or the baseline set the value.
        reads_below: whether keys below the key count as read too.
    """

    __slots__ = ("default", "is_set", "key", "place", "reads_below", "value")

    def __init__(
        self, key: str, value: Any, default: Any, place: Origin | None, is_set: bool, reads_below: bool
    ) -> None:
        self.key = key
        self.value = value
        self.default = default
        self.place = place
        self.is_set = is_set
        self.reads_below = reads_below


def record_read(frame: Frame, key: str, value: Any, default: Any = MISSING) -> None:
    """Record that the program has read a key; without a default, the whole subtree of the key."""
    recorders = frame.recorders
    if recorders is None:
        return
    given = frame.input(key)
    reads_below = default is MISSING or not is_scalar_type(type(default))
    # A scalar as the default does not ask for what is set below the key.
    is_below_only = type(given) is Parts and given.value is MISSING
    is_set = given is not MISSING and (reads_below or not is_below_only)
    read = Read(key, value, default, Origin.of_caller(), is_set, reads_below)
    for recorder in recorders:
        recorder.add_read(frame, read)


def record_view(frame: Frame, key: str = "") -> None:
    """Record that the program has read all that is set at a key and below it, such as by printing it."""
    if frame.recorders is None:
        return
    place = Origin.of_caller()
    for name, entry in tree_items(frame.node(key), key) if key else frame.visible_items():
        for recorder in frame.recorders:
            recorder.add_read(frame, Read(name, entry[0], MISSING, place, True, False))


def record_call(frame: Frame, reads: Iterable[tuple[str, Any, Any]], place: Origin | None) -> None:
    """Record the keys of a decorated function, the values that it got, and the defaults of its signature.

    `MISSING` stands for a value that is not set, and for a default that the signature does not have.
    """
    for key, value, default in reads:
        is_set = value is not MISSING
        read = Read(key, value if is_set else default, default, place, is_set, is_set)
        for recorder in frame.recorders or ():
            recorder.add_read(frame, read)


def record_overrides(recorders: tuple[Recorder, ...], overrides: Map) -> None:
    """Record what a scope sets that was entered. The kernel calls this."""
    for recorder in recorders:
        recorder.add_overrides(overrides)
