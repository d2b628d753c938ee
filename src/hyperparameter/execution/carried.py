"""A view on its way to a task: in this process as it is, to another process as bytes that it receives once.

    this process                                          a worker process

    frame --> CarriedView ---- token, bytes or file ----> frames by token --> frame
                  ^                                                             ^
                  |                                                             |
              CarriedTask(function) ---------- function ----------------> CarriedTask(function)

A small view is in every task, because a file would cost more than it saves. A worker unpickles it for the first
task only, and finds it by its token for the others. A view of more than `MAX_SIZE` bytes goes to the processes
of a local pool in a file, which each of them reads once.
"""

from __future__ import annotations

import os
import pickle
import sys
import threading
import weakref
from hashlib import blake2b
from types import FunctionType

from ..functions.steps import View, drive, frame_for_view, frame_of_snapshot
from ..scopes.pickled import by_value, picklable
from ..scopes.private_file import remove_private_file, write_private_file
from ..scopes.snapshot import Snapshot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..core.frame import Frame

__all__ = ["CarriedTask", "CarriedView", "portable"]

# A pipe takes about as long for so many bytes as for a few.
MAX_SIZE = 8192
# A worker process keeps the frames of this many views.
MAX_FRAMES = 16


class CarriedView:
    """A view that tasks take with them, by default the current one.

    Args:
        is_local: whether the processes that receive it can read the files of this one.
        frame: the frame that shows another view.
    """

    def __init__(self, is_local: bool, frame: Frame | None = None) -> None:
        self.frame = frame_for_view() if frame is None else frame
        self._is_local = is_local
        self._form: tuple[bytes, bytes, str | None] | None = None
        self._lock = threading.Lock()

    def form(self) -> tuple[bytes, bytes, str | None]:
        """Return the token of the view, its bytes, and instead of many bytes the name of a file that has them.

        Raises `pickle.PicklingError`, which names the key, for a value that does not pickle.
        """
        with self._lock:
            if self._form is None:
                data = pickle.dumps(Snapshot(self.frame.view()), pickle.HIGHEST_PROTOCOL)
                token = blake2b(data, digest_size=16).digest()
                is_in_file = self._is_local and len(data) > MAX_SIZE
                self._form = (token, b"", self._file_of(data)) if is_in_file else (token, data, None)
            return self._form

    def _file_of(self, data: bytes) -> str:
        """Write a file that is removed with this object."""
        name = write_private_file(data)
        weakref.finalize(self, remove_private_file, name, os.getpid())
        return name


class CarriedTask:
    """A function that runs in a carried view.

    Args:
        is_portable: whether the function is left to the pickler as it is.
    """

    __slots__ = ("__weakref__", "_frame", "_function", "_is_portable", "_view")

    def __init__(
        self, function: Callable[..., Any], view: CarriedView | None, frame: Frame, is_portable: bool = False
    ) -> None:
        self._function, self._view, self._frame, self._is_portable = function, view, frame, is_portable

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        view = View(self._frame)
        return drive(view.run(self._function, *args, **kwargs), view)

    def __repr__(self) -> str:
        return f"<{self._function!r} in a view of {len(self._frame.visible_keys())} parameters>"

    def __reduce__(self) -> tuple[Any, ...]:
        view = self._view or CarriedView(is_local=False, frame=self._frame)
        function = self._function if self._is_portable else portable(self._function)
        return _received, (function, *view.form())


def portable(function: Callable[..., Any]) -> Any:
    """Return what pickles as a function."""
    module_name = getattr(function, "__module__", None)
    module = sys.modules.get(module_name) if type(module_name) is str else None
    if type(function) is FunctionType and getattr(module, function.__qualname__, None) is function:
        # Another process cannot import what was typed, or given to `python -c`.
        is_importable = module_name != "__main__" or hasattr(module, "__file__")
        return function if is_importable else by_value(function) or function
    return picklable(function)


# --- In the process that receives a task ---

_frames: dict[bytes, Frame] = {}
_frames_lock = threading.Lock()


def _received(function: Callable[..., Any], token: bytes, data: bytes, file: str | None) -> CarriedTask:
    with _frames_lock:
        # The last one is the one that was used last.
        frame = _frames.pop(token, None)
        if frame is None:
            frame = _frame_of(data, file)
        _frames[token] = frame
        while len(_frames) > MAX_FRAMES:
            del _frames[next(iter(_frames))]
    return CarriedTask(function, None, frame)


def _frame_of(data: bytes, file: str | None) -> Frame:
    if file is not None:
        with open(file, "rb") as stream:
            data = stream.read()
    return frame_of_snapshot(pickle.loads(data))
