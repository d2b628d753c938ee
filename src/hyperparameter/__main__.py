"""The `hp` tool, as `python -m hyperparameter`."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> int:
    """Run the tool with the arguments of the process, and return its exit code."""
    try:
        from .tool.commands import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:  # while it is still being imported, too
        return 130


if __name__ == "__main__":
    # `-m` puts the present folder in front, where a file called as a module of the library would be imported;
    # nothing of what is looked at is ever run.
    if not sys.flags.safe_path:
        del sys.path[0]
    sys.exit(main())
