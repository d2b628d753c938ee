"""`hp ls`: list the parameters that a program or package declares, or the packages that use the library."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .documents import as_json, as_markdown, dump_json
from .parser import UsageError
from .targets import dependencies_of, find_target, packages_that_use_library, scan_targets
from .terminal import as_plain_text, print_lines, print_text
from .text import align_columns, draw_trees, list_by_namespace

if TYPE_CHECKING:
    from argparse import Namespace

    from .targets import Target
    from .terminal import Line

__all__ = ["list_parameters"]

DOCUMENTS = {"json": as_json, "markdown": as_markdown}


def list_parameters(arguments: Namespace) -> int:
    """List what the target declares; without a target, the installed packages that use the library."""
    if arguments.path is None:
        _refuse_options_that_need_a_target(arguments)
        _list_packages(arguments)
        return 0
    scanned_targets = scan_targets(_select_targets(arguments))
    if not any(scanned.declarations for scanned in scanned_targets):
        place = f"the dependencies of {arguments.path!r}" if arguments.deps else repr(arguments.path)
        sys.stderr.write(f"no parameters are declared in {place}\n")
    if arguments.format != "text":
        _write_document(DOCUMENTS[arguments.format](scanned_targets, arguments.tree), arguments.output)
        return 0
    to_lines = draw_trees if arguments.tree else list_by_namespace
    lines = to_lines(scanned_targets, with_titles=arguments.all or arguments.deps)
    _write_lines(list(lines), arguments.output)
    return 0


def _select_targets(arguments: Namespace) -> list[Target]:
    target = find_target(arguments.path)
    if arguments.deps:
        return dependencies_of(target)
    return [target, *dependencies_of(target)] if arguments.all else [target]


def _write_lines(lines: list[Line], output: str | None) -> None:
    if output is None:
        print_lines(lines)
    else:
        _write_document(as_plain_text(lines), output)


def _write_document(text: str, output: str | None) -> None:
    if output is None:
        print_text(text)
        return
    try:
        Path(output).write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as error:
        raise UsageError(f"{output!r} cannot be written: {error.strerror or error}") from None


# --- Installed packages ---


def _refuse_options_that_need_a_target(arguments: Namespace) -> None:
    for option in ("tree", "all", "deps"):
        if getattr(arguments, option):
            raise UsageError(f"--{option} needs a PACKAGE or PATH")
    if arguments.format not in ("text", "json"):
        raise UsageError(f"-f {arguments.format} needs a PACKAGE or PATH")


def _list_packages(arguments: Namespace) -> None:
    """List the installed packages that use the library, with the number of keys that each declares."""
    packages = [
        (scanned.target.title, scanned.target.version or "", len(scanned.catalog.parameters()))
        for scanned in scan_targets(packages_that_use_library())
    ]
    if arguments.format == "json":
        names = ("package", "version", "keys")
        records = [dict(zip(names, package, strict=True)) for package in packages]
        _write_document(dump_json(records), arguments.output)
        return
    if not packages:
        sys.stderr.write("no installed package uses hyperparameter\n")
    rows = [
        (name, version, f"{count} key" if count == 1 else f"{count} keys") for name, version, count in packages
    ]
    _write_lines(list(align_columns(rows)), arguments.output)
