"""Refuse tools that patch an attribute or item for a test, and set it back afterwards.

`mock.patch.object(ps, "lr", 6)` and `monkeypatch.setattr(hp.scope, "lr", 6)` read the attribute first. They set
it to what they have read at the end of the test. But that is a reference, which holds no value. The parameter
would keep the value of the test, or lose its own. A scope restores it by itself.
"""

from __future__ import annotations

import sys

from ..core.origin import PACKAGE_FOLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

__all__ = ["refuse_patch"]

# The modules of the tools, and the function of each that sets everything back.
_RESTORERS = {"unittest.mock": "__exit__", "mock.mock": "__exit__", "_pytest.monkeypatch": "undo"}


def refuse_patch(key: str) -> bool:
    """Raise `TypeError` if such a tool wants to change a key.

    Return whether the tool sets the key back, which it does even if it was refused. Then nothing may change.
    """
    frame = _caller()
    restorer = _RESTORERS.get(frame.f_globals.get("__name__", ""))
    if restorer is None:
        return False
    if frame.f_code.co_name == restorer:
        return True
    text = f"{key}=..." if key.isidentifier() else f"**{{{key!r}: ...}}"
    raise TypeError(
        f"{frame.f_globals['__name__']} cannot restore the parameter {key!r}: use "
        f"`with hp.scope({text}):`, which restores it (hyperparameter.testing shows how)"
    )


def _caller() -> FrameType:
    """Return the frame that called this package."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(PACKAGE_FOLDER):
        frame = frame.f_back
    return frame
