"""Which files are a program's own, and which are a project's."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from .source import BadFileError, bytes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["program_files", "project_files"]

MOST_FILES = 5000
SKIPPED = ("__pycache__", "node_modules", "site-packages")
INSTALLED = ("site-packages", "dist-packages")
SKIPPED_TEXT = re.compile(r"#[^\n]*|\\\r?\n")  # comments, and where a line goes on in the next
IMPORT = re.compile(
    r"(?:^|[;:])[ \t]*(?:"
    r"from[ \t]+([\w.]+)\s*\bimport\b[ \t]*(?:\(([^)]{0,20000})\)|([^\n;]*))"
    r"|import[ \t]+([^\n;]+))",
    re.MULTILINE,
)


def project_files(path: Path) -> list[Path]:
    """Return the Python files of a folder and of those in it, sorted; a file is itself.

    A folder that cannot be read is among them, so that looking through it tells.
    """
    if not os.path.isdir(path):  # pathlib's own raises where a folder may not be looked into
        return [path]
    found: list[Path] = []
    for folder, folders, files in os.walk(path, onerror=lambda error: found.append(Path(error.filename))):
        folders[:] = [name for name in folders if not _is_skipped(Path(folder), name)]
        found.extend(Path(folder, name) for name in files if name.endswith(".py"))
    return sorted(found)


def _is_skipped(folder: Path, name: str) -> bool:
    return name.startswith(".") or name in SKIPPED or os.path.exists(folder / name / "pyvenv.cfg")


def program_files(main: Path) -> list[Path]:
    """Return the files of a program's own source, its main file first: what that imports, and so on.

    Its own is what lies beneath the folder of a script, or the folder that holds the package of a module.
    Nothing is imported, and what is installed is left out: of a program that is installed itself
    only its own package is looked at. There are at most 5,000.
    """
    place = Path(os.path.realpath(main))
    root = place.parent
    while os.path.exists(root / "__init__.py") and root.parent != root:
        root = root.parent
    found = {place: main}
    around = [folder / "__init__.py" for folder in place.parents if root in folder.parents]
    waiting = [place, *(file for file in around if file != place)]
    found |= {file: file for file in waiting[1:]}
    seen: set[tuple[Path, tuple[str, ...]]] = set()
    for file in waiting:  # it grows
        for other in _imported(file, root, place.parent, seen):
            if len(found) >= MOST_FILES:
                return list(found.values())
            if other not in found and _is_own(other, place, root):
                found[other] = other
                waiting.append(other)
    return list(found.values())


def _is_own(file: Path, main: Path, root: Path) -> bool:
    inner = file.relative_to(root).parts
    if root.name in INSTALLED:
        return inner[0] == main.relative_to(root).parts[0]
    return not any(part in INSTALLED for part in inner)


def _imported(file: Path, root: Path, beside: Path, seen: set[tuple[Path, tuple[str, ...]]]) -> Iterator[Path]:
    """Yield the files beneath a root that a file imports, those of the packages around them too.

    A script in a package's folder imports what is beside it by its bare name. What was `seen` in other
    files is not looked for again.
    """
    try:
        text = bytes_of(file).decode("utf-8", "replace")
    except BadFileError:
        return  # it is told of where the file is looked through
    for level, names in _imports(text):
        where = (file.parent if level else root, (*level * [""], *names))
        if where in seen:
            continue
        seen.add(where)
        if not level:
            found = list(_resolved(root, names))
            yield from found or _resolved(beside, names)
            continue
        start = file.parents[level - 1] if level <= len(file.parents) else root.parent
        if start == root or root in start.parents:
            yield from _resolved(root, [*start.relative_to(root).parts, *names])


def _imports(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the dotted names that are imported, with how many dots relative ones begin.

    Most files of a large program do not use the library, and need not be parsed for this: what
    merely looks like an import, in a docstring, names a file too many at worst.
    """
    for module, several, one, plain in IMPORT.findall(SKIPPED_TEXT.sub(" ", text)):
        if plain:
            for name in _first_words(plain):
                yield 0, name.split(".")
            continue
        path = module.lstrip(".")
        above = path.split(".") if path else []
        for name in _first_words(several or one):
            yield len(module) - len(path), [*above, name]


def _first_words(text: str) -> list[str]:
    """Return what is imported, without the names that it is given."""
    return [part.split()[0] for part in text.split(",") if part.strip()]


def _resolved(root: Path, names: list[str]) -> Iterator[Path]:
    """Yield the files of a dotted name, outermost first, as far as there are any."""
    folder = root
    for name in names:
        package = folder / name / "__init__.py"
        if os.path.isfile(package):
            yield package
        elif os.path.isfile(folder / f"{name}.py"):
            yield folder / f"{name}.py"
            return
        elif not os.path.isdir(folder / name):
            return
        folder /= name
