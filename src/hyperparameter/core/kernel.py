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
        # The Rust kernel is installed but cannot be used here, as in a second interpreter of the process.
        raise ImportError(
            f"the Rust kernel cannot be used here ({error}); use HYPERPARAMETER_KERNEL=python"
        ) from error
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
