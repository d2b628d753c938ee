"""What a command looks at: a file, a folder or an installed package, and what these depend on."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..catalog.catalog import Catalog
from ..catalog.source import project_files, scan
from ..errors import nearest
from .packages import (
    installed,
    module_files,
    normal,
    requirements,
    root_of,
    source_files,
    users_among,
    uses_library,
)
from .terminal import progress, warn

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.metadata import Distribution

    from ..catalog.declaration import Declaration
    from .packages import Requirement

__all__ = ["Declares", "Target", "UnusableError", "declared_by", "dependencies", "target_of", "users"]


class UnusableError(Exception):
    """Tell of input that a command cannot work with."""


@dataclass(frozen=True)
class Target:
    """Hold where source code is.

    Attributes:
        title: what it is called in a heading.
        root: places are told relative to this folder, where they lie beneath it.
        files: its source files.
        package: the name of the distribution or module, None for a path.
        version: that of the distribution.
        needs: the requirements of it.
    """

    title: str
    root: Path
    files: list[Path]
    package: str | None = None
    version: str | None = None
    needs: tuple[Requirement, ...] = ()


@dataclass(frozen=True)
class Declares:
    """Hold what a target declares; places are as they are shown."""

    target: Target
    declared: list[Declaration]

    @property
    def names(self) -> Catalog:
        return Catalog(self.declared)


def target_of(text: str) -> Target:
    """Return what the user calls by a path or a name; a path that exists comes first.

    Raises `UnusableError` where nothing is called that, or it has no source files.
    """
    if not text:
        raise UnusableError("a PACKAGE or PATH is empty")
    path = Path(text)
    if os.path.lexists(path):
        return _path(path)
    found = installed()
    if normal(text) in found:
        target = _package(found[normal(text)])
        if not target.files:
            raise UnusableError(f"package {text!r} has no Python files")
        return target
    module = module_files(text)
    if module is None:
        raise UnusableError(_unknown(text, path, found))
    return Target(text, module[0], module[1], text, needs=_needs_of_module(text, found))


def _path(path: Path) -> Target:
    if not path.exists():
        raise UnusableError(f"{str(path)!r} is a link to nothing")
    if not (path.is_file() or path.is_dir()):
        raise UnusableError(f"{str(path)!r} is neither a file nor a folder")
    files = project_files(path) if path.is_dir() else [path]
    if not files:
        warn(f"no Python files in {str(path)!r}")
    title = str(path) if path.name not in ("", "..") else path.resolve().name
    return Target(title or str(path), Path.cwd(), files, needs=tuple(requirements(_asked_by_project(path))))


def _package(distribution: Distribution) -> Target:
    return Target(
        distribution.metadata["Name"],
        root_of(distribution),
        source_files(distribution),
        distribution.metadata["Name"],
        distribution.version,
        tuple(requirements(distribution.requires or ())),
    )


def _unknown(text: str, path: Path, found: dict[str, Distribution]) -> str:
    """Say that nothing is called so, and what is nearly."""
    if len(path.parts) > 1:
        names = _entries(path.parent)
        near = [str(path.parent / name) for name in nearest(path.name, names)]
        said = f"there is no {text!r}"
    else:
        near = nearest(text, {*_entries(Path()), *(one.metadata["Name"] for one in found.values())})
        said = f"no file, folder or installed package is called {text!r}"
    return said + (f"; nearest: {', '.join(map(repr, near))}" if near else "")


def _entries(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


# --- Dependencies ---


def dependencies(target: Target) -> list[Target]:
    """Return what uses the library of all that a target depends on, by what is said in metadata."""
    own = normal(target.package) if target.package else None
    users = users_among(target.needs, installed())
    return [_package(one) for one in users if normal(one.metadata["Name"]) != own]


def users() -> list[Target]:
    """Return every installed distribution that uses the library."""
    return [_package(one) for _, one in sorted(installed().items()) if uses_library(one)]


def _asked_by_project(path: Path) -> list[str]:
    """Return the dependencies in the pyproject.toml of a path: its own folder's, or the nearest above it."""
    start = path.resolve()
    for folder in (start, *start.parents):
        file = folder / "pyproject.toml"
        if file.is_file():
            try:
                project = tomllib.loads(file.read_text("utf-8")).get("project", {})
                return [*project.get("dependencies", ())] + [
                    text for texts in project.get("optional-dependencies", {}).values() for text in texts
                ]
            except (OSError, ValueError, TypeError, AttributeError) as error:
                warn(f"{file}: {error}")
                return []
    return []


def _needs_of_module(name: str, found: dict[str, Distribution]) -> tuple[Requirement, ...]:
    """Return the requirements of the distributions that a top-level module comes from."""
    from importlib.metadata import packages_distributions

    owners = packages_distributions().get(name, ())
    return tuple(
        need
        for owner in dict.fromkeys(owners)
        for need in requirements(found[normal(owner)].requires or ())
        if normal(owner) in found
    )


# --- What they declare ---


def declared_by(targets: Iterable[Target]) -> list[Declares]:
    """Return what targets declare, and tell of the files that could not be looked through."""
    targets = list(targets)
    found = []
    with progress(sum(len(target.files) for target in targets)) as tell:
        for target in targets:
            scanned = scan(target.files, progress=tell)
            for problem in scanned.problems:
                warn(_shortened(problem, target.root))
            declared = [replace(one, place=_shortened(one.place, target.root)) for one in scanned.declared]
            found.append(Declares(target, declared))
    return found


def _shortened(place: str, root: Path) -> str:
    """Return a place without the folder that it is known to be in."""
    return place.removeprefix(f"{root}{os.sep}")
