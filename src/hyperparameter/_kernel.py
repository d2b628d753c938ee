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
    NAME,
    NOWHERE,
    Frame,
    Reference,
    RootBase,
    ScopeBase,
    adopt,
    base_frame,
    caller,
    decorate,
    delete,
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

__all__ = [
    "MISSING",
    "NAME",
    "NOWHERE",
    "Frame",
    "Reference",
    "RootBase",
    "ScopeBase",
    "adopt",
    "base_frame",
    "caller",
    "decorate",
    "delete",
    "frame_of",
    "freeze",
    "get_baseline",
    "innermost",
    "misfit_error",
    "overrides",
    "present",
    "read",
    "require",
    "set_baseline",
    "swap",
    "write",
]
