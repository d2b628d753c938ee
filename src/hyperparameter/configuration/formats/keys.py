"""The flat keys of the names in a file."""

from __future__ import annotations

from ...core.key import check_key, join_name
from ...errors import KeySyntaxError


def key_below(prefix: str, name: str) -> str:
    """Return the key of a name: at the top of a file it is a key text, below a prefix it is one segment."""
    if prefix:
        return join_name(prefix, name)
    try:
        return check_key(name)
    # The merge refuses this name, and looks for its line.
    except KeySyntaxError:
        return name
