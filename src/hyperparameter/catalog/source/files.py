"""Choose the files to scan: those of a program, or those of a project."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from .parsing import SourceError, is_file, read

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["program_files", "project_files"]

MOST_FILES = 5000
SKIPPED_FOLDERS = ("__pycache__", "node_modules", "site-packages")
INSTALL_FOLDERS = ("site-packages", "dist-packages")
COMMENT_OR_CONTINUATION = re.compile(r"#[^\n]*|\\\r?\n")
IMPORT = re.compile(
    r"(?:^|[;:])[ \t]*(?:"
    r"from[ \t]+([\w.]+)\s*\bimport\b[ \t]*(?:\(([^)]{0,20000})\)|([^\n;]*))"
    r"|import[ \t]+([^\n;]+))"
    r"""|\bimport_module\s*\(\s*["']([\w.]+)["']""",
    re.MULTILINE,
)


def project_files(path: Path) -> list[Path]:
    """Return the Python files in a folder and its subfolders, sorted; for a file, the file itself.

    A folder that cannot be read is in the result, so that scanning it reports the problem.
    """
    # Unlike this, `Path.is_dir` raises if a folder above may not be searched.
    if not os.path.isdir(path):
        return [path]
    files: list[Path] = []
    seen: set[str] = set()
    for folder, subfolders, names in os.walk(
        path, onerror=lambda error: files.append(Path(error.filename)), followlinks=True
    ):
        # A link can lead to a folder above, or to one that is in the project already.
        seen.add(os.path.realpath(folder))
        subfolders[:] = [
            name
            for name in sorted(subfolders, key=lambda name: os.path.islink(os.path.join(folder, name)))
            if not _is_skipped(Path(folder), name) and os.path.realpath(os.path.join(folder, name)) not in seen
        ]
        files.extend(Path(folder, name) for name in names if name.endswith((".py", ".ipynb")))
    return sorted(files)


def _is_skipped(folder: Path, name: str) -> bool:
    return name.startswith(".") or name in SKIPPED_FOLDERS or os.path.exists(folder / name / "pyvenv.cfg")


def program_files(main: Path) -> list[Path]:
    """Return the files of a program: its main file, then what that imports, and so on, at most 5,000.

    Only files below the program's root belong to it: the folder of a script, or the folder that holds the
    package of a module. Installed packages do not belong to it; of a program that is installed itself, only
    its own package does.
    """
    real_main = Path(os.path.realpath(main))
    root = real_main.parent
    while is_file(root / "__init__.py") and root.parent != root:
        root = root.parent
    packages = [folder / "__init__.py" for folder in real_main.parents if root in folder.parents]
    waiting = [real_main, *(file for file in packages if file != real_main)]
    # The main file keeps the name that the caller gave it.
    files = {file: file for file in waiting} | {real_main: main}
    seen: set[tuple[Path, tuple[str, ...]]] = set()
    # The list grows while it is iterated over.
    for file in waiting:
        for imported_file in _imported_files(file, root, real_main.parent, seen):
            if len(files) >= MOST_FILES:
                return list(files.values())
            if imported_file not in files and _belongs_to_program(imported_file, real_main, root):
                files[imported_file] = imported_file
                waiting.append(imported_file)
    return list(files.values())


def _belongs_to_program(file: Path, main: Path, root: Path) -> bool:
    parts = file.relative_to(root).parts
    if root.name in INSTALL_FOLDERS:
        return parts[0] == main.relative_to(root).parts[0]
    return not any(part in INSTALL_FOLDERS for part in parts)


def _imported_files(
    file: Path, root: Path, main_folder: Path, seen: set[tuple[Path, tuple[str, ...]]]
) -> Iterator[Path]:
    """Yield the files below a root that a file imports, with those of the packages around them.

    A script in a package's folder imports the modules beside it by their bare names. A name that is in
    `seen` was looked up before, for another file.
    """
    try:
        text = read(file).decode("utf-8", "replace")
    except SourceError:
        # Scanning the file reports the problem.
        return
    for level, names in _imports(text):
        lookup = (file.parent if level else root, (*level * [""], *names))
        if lookup in seen:
            continue
        seen.add(lookup)
        if not level:
            files = list(_module_files(root, names))
            yield from files or _module_files(main_folder, names)
            continue
        package = file.parents[level - 1] if level <= len(file.parents) else root.parent
        if package == root or root in package.parents:
            yield from _module_files(root, [*package.relative_to(root).parts, *names])


def _imports(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the dots at the start of each import, and the segments of the imported name.

    This uses a regular expression, because parsing the many files that do not use the library would take
    long. At worst, a line of a docstring that looks like an import adds a file that the program does not use.
    """
    for module, in_parentheses, on_line, plain, called in IMPORT.findall(
        COMMENT_OR_CONTINUATION.sub(" ", text)
    ):
        if plain or called:
            for name in _imported_names(plain or called):
                yield 0, name.split(".")
            continue
        path = module.lstrip(".")
        segments = path.split(".") if path else []
        for name in _imported_names(in_parentheses or on_line):
            yield len(module) - len(path), [*segments, name]


def _imported_names(text: str) -> list[str]:
    """Return the names in `a, b as c`, without their aliases."""
    return [part.split()[0] for part in text.split(",") if part.strip()]


def _module_files(root: Path, names: list[str]) -> Iterator[Path]:
    """Yield the files of a dotted name that exist: the packages from the outside in, then the module."""
    folder = root
    for name in names:
        package = folder / name / "__init__.py"
        if is_file(package):
            yield package
        elif is_file(folder / f"{name}.py"):
            yield folder / f"{name}.py"
            return
        elif os.path.lexists(folder) and not os.path.isdir(folder / name) and os.path.isdir(folder):
            # Unlike a folder of the disk, one of an archive is not looked for.
            return
        folder /= name
