"""Pick the kernel: `HYPERPARAMETER_KERNEL=python|rust` forces one. There is no logic here."""

from __future__ import annotations

import os

_wanted = os.environ.get("HYPERPARAMETER_KERNEL", "")
if _wanted not in ("", "python", "rust"):
    raise ImportError(f"HYPERPARAMETER_KERNEL={_wanted!r}: wanted 'python' or 'rust'")
if _wanted == "rust":
    raise ImportError("HYPERPARAMETER_KERNEL='rust', but this version has the Python kernel only")

from ._kernel_py import (  # noqa: E402
    MISSING,
    NOWHERE,
    Frame,
    Reference,
    RootBase,
    ScopeBase,
    adopt,
    base_frame,
    caller,
    decorate,
    frame_of,
    freeze,
    get_baseline,
    innermost,
    misfit_error,
    overrides,
    present,
    read,
    require,
    set_baseline,
    swap,
    write,
)
from ._kernel_py import NAME as kernel  # noqa: E402, N811

__all__ = [
    "MISSING",
    "NOWHERE",
    "Frame",
    "Reference",
    "RootBase",
    "ScopeBase",
    "adopt",
    "base_frame",
    "caller",
    "decorate",
    "frame_of",
    "freeze",
    "get_baseline",
    "innermost",
    "kernel",
    "misfit_error",
    "overrides",
    "present",
    "read",
    "require",
    "set_baseline",
    "swap",
    "write",
]
