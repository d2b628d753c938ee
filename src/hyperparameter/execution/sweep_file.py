"""The file of a sweep: a first line that describes the sweep, and one line for each trial that ended.

A line is written when its trial ends. So a sweep that was killed goes on where it was: its last line may be
incomplete, and is dropped. Only one sweep at a time can have the file.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .records import Trial, as_json

if TYPE_CHECKING:
    from io import BufferedRandom
    from os import PathLike

    from .space import Space

__all__ = ["SweepFile", "read_sweep"]

FORMAT = 1
# A lock of the operating system belongs to the process, so it does not keep two sweeps of one process apart.
_open_files: set[tuple[int, int]] = set()


class SweepFile:
    """The file of a running sweep.

    Raises `BlockingIOError` if another sweep has the file, and `ValueError` if it is the file of a sweep with
    other keys, values or another seed.

    Attributes:
        trials: the trials that the file had already.
    """

    def __init__(self, path: str | PathLike[str], space: Space, function: str) -> None:
        self.path = Path(path)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
        self._file: BufferedRandom = open(descriptor, "r+b")  # noqa: SIM115
        status = os.fstat(descriptor)
        self._id = (status.st_dev, status.st_ino)
        if self._id in _open_files:
            self._file.close()
            raise _in_use(self.path)
        try:
            _lock(self._file, self.path)
        except BaseException:
            self._file.close()
            raise
        _open_files.add(self._id)
        try:
            self.trials = self._resume({"sweep": FORMAT, "function": function, **space.described()})
        except BaseException:
            self.close()
            raise

    def _resume(self, header: dict[str, Any]) -> list[Trial]:
        data = self._file.read()
        complete = data[: data.rfind(b"\n") + 1]
        self._file.seek(len(complete))
        self._file.truncate()
        if not complete:
            self._write(header)
            return []
        first, trials = _parse(complete, self.path)
        # The order of the keys decides which trial has which number.
        changed = [
            name for name in ("keys", "seed", "grid") if json.dumps(first.get(name)) != json.dumps(header[name])
        ]
        if changed:
            raise ValueError(
                f"{self.path} is of a sweep with {_difference(changed[0], first, header)}: "
                "continue it with the same arguments, or write to another file"
            )
        return trials

    def add(self, trial: Trial) -> None:
        """Append a trial that ended."""
        self._write(asdict(trial) | {"params": as_json(trial.params), "result": as_json(trial.result)})

    def _write(self, record: dict[str, Any]) -> None:
        self._file.write(json.dumps(record, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file, so that another sweep can have it."""
        _open_files.discard(self._id)
        self._file.close()


def read_sweep(path: str | PathLike[str]) -> tuple[dict[str, Any], list[Trial]]:
    """Return the first line of a sweep's file and its trials. The sweep may still run.

    Raises `OSError` if the file cannot be read, and `ValueError` if it is not the file of a sweep.
    """
    data = Path(path).read_bytes()
    return _parse(data[: data.rfind(b"\n") + 1], Path(path))


def _parse(data: bytes, path: Path) -> tuple[dict[str, Any], list[Trial]]:
    records: list[dict[str, Any]] = []
    for number, line in enumerate(data.splitlines(), 1):
        try:
            records.append(json.loads(line))
        except ValueError as error:
            raise ValueError(f"{path}:{number} is not a line of a sweep: {error}") from error
    if not records or not isinstance(records[0], dict) or records[0].get("sweep") != FORMAT:
        raise ValueError(f"{path} is not the file of a sweep")
    return records[0], [Trial(**record) for record in records[1:]]


def _difference(name: str, before: dict[str, Any], now: dict[str, Any]) -> str:
    if name != "keys":
        return f"{name} {before.get(name)} instead of {now[name]}"
    old, new = before.get("keys", {}), now["keys"]
    key = next((key for key in [*old, *new] if old.get(key) != new.get(key)), None)
    if key is None:
        return f"the keys {', '.join(old)} instead of {', '.join(new)}"
    return f"{key!r} = {json.dumps(old.get(key))} instead of {json.dumps(new.get(key))}"


def _in_use(path: Path) -> BlockingIOError:
    return BlockingIOError(f"another sweep writes to {path}: wait for its end, or write to another file")


def _lock(file: BufferedRandom, path: Path) -> None:
    """Lock a file until it is closed. Forked processes do not have the lock."""
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise _in_use(path) from error
