"""Run the `hp` command as `python -m hyperparameter`."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> int:
    """Run the command line of the process, and return its exit code."""
    try:
        # This import is inside `try` because Ctrl-C may also arrive while it runs.
        from .tool.commands import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    # `python -m` puts the current folder first on the import path. Remove it: otherwise a file there that is
    # called `json.py`, say, would be imported and run instead of the module of the standard library.
    if not sys.flags.safe_path:
        del sys.path[0]
    sys.exit(main())
