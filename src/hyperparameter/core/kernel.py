"""Pick the kernel, and re-export its names."""

from __future__ import annotations

import os

TYPE_CHECKING = False

__all__ = [
    "FrameBase",
    "ReferenceBase",
    "RootBase",
    "ScopeBase",
    "View",
    "connect",
    "current",
    "decorate",
    "get_baseline",
    "kernel",
    "set_baseline",
    "set_current",
]

kernel: str = os.environ.get("HYPERPARAMETER_KERNEL", "")
"""The kernel that this process uses, `"rust"` or `"python"`.

The Rust kernel is used if the package was built with it. The environment variable
`HYPERPARAMETER_KERNEL=python|rust` selects one.
"""
if kernel not in ("", "python", "rust"):
    raise ImportError(f"HYPERPARAMETER_KERNEL: expected 'python' or 'rust', got {kernel!r}")


def _is_main_interpreter() -> bool:
    from importlib import import_module

    try:
        interpreters = import_module("_interpreters")
    except ModuleNotFoundError:
        # Python 3.11 and 3.12 have it under this name.
        interpreters = import_module("_xxsubinterpreters")
    return bool(interpreters.get_current() == interpreters.get_main())


if not TYPE_CHECKING and kernel != "python":
    try:
        from ._native import (
            FrameBase,
            ReferenceBase,
            RootBase,
            ScopeBase,
            View,
            connect,
            current,
            decorate,
            get_baseline,
            set_baseline,
            set_current,
        )
    except ModuleNotFoundError as error:
        if kernel == "rust":
            raise ImportError(
                "HYPERPARAMETER_KERNEL='rust', but this installation has the Python kernel only; install the "
                "package again with HYPERPARAMETER_BUILD=rust to build the Rust kernel, or to see why it fails"
            ) from error
        kernel = "python"
    except ImportError as error:
        # The Rust kernel serves the main interpreter of a process only. A second one, such as a worker of
        # `InterpreterPoolExecutor`, uses the Python kernel.
        if kernel == "rust" or _is_main_interpreter():
            raise ImportError(
                f"the Rust kernel cannot be used here ({error}); use HYPERPARAMETER_KERNEL=python"
            ) from error
        kernel = "python"
    else:
        kernel = "rust"

if TYPE_CHECKING or kernel == "python":
    from .kernel_py import (
        FrameBase,
        ReferenceBase,
        RootBase,
        ScopeBase,
        View,
        connect,
        current,
        decorate,
        get_baseline,
        set_baseline,
        set_current,
    )
