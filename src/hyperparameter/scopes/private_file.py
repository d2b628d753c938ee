"""A file through which a view gets to other processes of this user."""

from __future__ import annotations

import os

__all__ = ["remove_private_file", "write_private_file"]


def write_private_file(data: bytes) -> str:
    """Write a file that only this user can read, and return its name.

    The caller has to see to it that `remove_private_file` removes it.
    """
    from tempfile import mkstemp

    descriptor, name = mkstemp(prefix="hyperparameter-")
    with open(descriptor, "wb") as file:
        file.write(data)
    return name


def remove_private_file(name: str, process: int) -> None:
    """Remove a file that the process with this id wrote."""
    # A forked process runs this too, but the file is not its own.
    if os.getpid() == process:
        try:
            os.unlink(name)
        except OSError:
            return
