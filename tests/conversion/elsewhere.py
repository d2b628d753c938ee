"""A module for `test_annotations.py`: the annotations of its classes use names that only it has."""

from __future__ import annotations

import dataclasses
import enum
from pathlib import Path as Place


class Mode(enum.Enum):
    FAST = "fast"


@dataclasses.dataclass
class Base:
    place: Place = Place("/")
    mode: Mode | None = None


class Plain:
    def __init__(self, mode: Mode, place: Place = Place("/")):
        self.mode, self.place = mode, place
