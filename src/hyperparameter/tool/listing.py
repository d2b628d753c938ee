"""`hp ls` and `hp describe`: what is declared."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from .documents import as_html, as_json, as_markdown, dumps
from .layout import default_of, record, type_of
from .targets import UnusableError, declared_by, dependencies, target_of, users
from .terminal import clean, emit, unusable_output, write
from .text import columns, keys, keys_as_tree, plain, rows_of, show

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Sequence

    from ..catalog.declaration import Declaration
    from .targets import Target
    from .text import Line

__all__ = ["describe", "ls"]

DOCUMENTS = {"json": as_json, "markdown": as_markdown, "html": as_html}


def ls(arguments: Namespace) -> int:
    """List what is installed, or what is declared."""
    fault = arguments.output is not None and unusable_output(arguments.output)
    if fault:
        raise UnusableError(fault)
    if arguments.path is None:
        _refuse_without_path(arguments)
        return _installed(arguments)
    found = declared_by(_targets(arguments))
    titles = arguments.all or arguments.deps
    if not any(part.declared for part in found):
        where = "the dependencies of " if arguments.deps else ""
        sys.stderr.write(f"no parameters are declared in {where}{arguments.path!r}\n")
    if arguments.format == "text":
        _put(list((keys_as_tree if arguments.tree else keys)(found, titles)), arguments.output)
    else:
        _put_document(DOCUMENTS[arguments.format](found, arguments.tree), arguments.output)
    return 0


def _targets(arguments: Namespace) -> list[Target]:
    target = target_of(arguments.path)
    needed = dependencies(target) if arguments.all or arguments.deps else []
    return needed if arguments.deps else [target, *needed]


def _put(lines: list[Line], output: str | None) -> None:
    if output is None:
        show(lines)
    else:
        _put_document(plain(lines), output)


def _put_document(text: str, output: str | None) -> None:
    if output is None:
        emit(text)
        return
    try:
        write(output, text)
    except OSError as error:
        raise UnusableError(f"{output!r} cannot be written: {error.strerror or error}") from None


# --- What is installed ---


def _refuse_without_path(arguments: Namespace) -> None:
    for option in ("tree", "all", "deps"):
        if getattr(arguments, option):
            raise UnusableError(f"--{option} needs a PACKAGE or PATH")
    if arguments.format not in ("text", "json"):
        raise UnusableError(f"-f {arguments.format} needs a PACKAGE or PATH")


def _installed(arguments: Namespace) -> int:
    """Tell of each installed distribution that uses the library how many keys it declares."""
    rows = [
        (part.target.title, part.target.version or "", len(part.names.listed()))
        for part in declared_by(users())
    ]
    if arguments.format == "json":
        names = ("package", "version", "keys")
        _put_document(dumps([dict(zip(names, row, strict=True)) for row in rows]), arguments.output)
        return 0
    if not rows:
        sys.stderr.write("no installed package uses hyperparameter\n")
    shown = [(name, version, f"{count} key{'' if count == 1 else 's'}") for name, version, count in rows]
    _put(list(columns(shown)) if shown else [], arguments.output)
    return 0


# --- One parameter ---


def describe(arguments: Namespace) -> int:
    """Tell all that is declared of a key, else of what lies beneath it."""
    (found,) = declared_by([target_of(arguments.path)])
    key, names = arguments.key, found.names
    exact = [one for one in found.declared if one.key == key]
    beneath = [one for one in names.listed() if one.key.startswith(f"{key}.")]
    if not exact and not beneath and names.fault(key, (None, None)) is None:
        exact = names.declaring(key)
    if not exact and not beneath:
        near = names.near(key)
        hint = f"; nearest: {', '.join(map(repr, near))}" if near else ""
        sys.stderr.write(f"hp: nothing declares {clean(key)!r}{clean(hint)}\n")
        return 1
    if arguments.format == "json":
        ones = [one for one in [*exact, *beneath] if one.kind != "namespace"]
        emit(dumps([record(one, found.target) for one in ones]))
    else:
        show([*_described(key, exact), *_listed_beneath(beneath)])
    return 0


def _described(key: str, ones: Sequence[Declaration]) -> Iterator[Line]:
    if ones:
        yield [(clean(key), "bold yellow")]
    single = {one.place for one in ones if one.kind == "read"}
    for one in ones:
        if one.kind == "tree" and one.place in single:  # one look-up, which takes a value or all beneath
            continue
        by = f"{one.owner}(), " if one.owner else ""
        if one.kind == "namespace":
            yield [("  namespace of ", ""), (clean(f"{by}{one.place}"), "dim")]
            continue
        how = {"parameter": "parameter of", "tree": "read with all beneath by"}.get(one.kind, "read by")
        how = how if by else how.split(" by")[0] + " at"
        yield [(f"  {how} {clean(by + one.place)}", "")]
        covers = "" if one.key == key else one.key
        for name, said in (
            ("as", covers),
            ("type", type_of(one)),
            ("default", default_of(one)),
            ("help", one.help),
        ):
            if said:
                yield [(f"    {name:8}", "dim"), (clean(said), "")]


def _listed_beneath(ones: Sequence[Declaration]) -> Iterator[Line]:
    if ones:
        rows = [(one.key, *row[1:]) for one, row in zip(ones, rows_of(ones), strict=True)]
        yield from columns(rows)
