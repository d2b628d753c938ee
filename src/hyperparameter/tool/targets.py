"""Find the source files that a command works on: of a file, a folder or a package, and of its dependencies."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..catalog.catalog import Catalog
from ..catalog.source import project_files, scan
from ..errors import did_you_mean, nearest
from .packages import (
    find_module_files,
    find_source_files,
    find_users_of_library,
    install_folder,
    installed_distributions,
    normalize_name,
    parse_requirements,
    requires_library,
)
from .parser import UsageError
from .progress import show_progress
from .terminal import print_warning

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.metadata import Distribution

    from ..catalog.declaration import Declaration, UnfollowedRead
    from .packages import Requirement

__all__ = [
    "ScannedTarget",
    "Target",
    "dependencies_of",
    "find_target",
    "packages_that_use_library",
    "scan_targets",
]


@dataclass(frozen=True)
class Target:
    """The source files of a file, a folder, a package or a module.

    Attributes:
        title: the name for headings.
        root: places in files below this folder are shown relative to it.
        files: the source files.
        package: the name of the distribution or module; None for a path.
        version: the version of the distribution; None for anything else.
        requirements: what the target requires.
    """

    title: str
    root: Path
    files: list[Path]
    package: str | None = None
    version: str | None = None
    requirements: tuple[Requirement, ...] = ()


@dataclass(frozen=True)
class ScannedTarget:
    """A target and what its source files declare; places are relative to the root of the target."""

    target: Target
    declarations: list[Declaration]
    unfollowed: list[UnfollowedRead]

    @property
    def catalog(self) -> Catalog:
        return Catalog(self.declarations, self.unfollowed)


def find_target(text: str) -> Target:
    """Return the file, folder, package or module that a user names; a path that exists comes first.

    Raises `UsageError` if there is none, or if it has no source files.
    """
    if not text:
        raise UsageError("expected a PACKAGE or PATH, got an empty text")
    path = Path(text)
    if os.path.lexists(path):
        return _target_of_path(path)
    distributions = installed_distributions()
    if normalize_name(text) in distributions:
        target = _target_of_distribution(distributions[normalize_name(text)])
        if not target.files:
            raise UsageError(f"package {text!r} has no Python files")
        return target
    module = find_module_files(text)
    if module is None:
        raise UsageError(_unknown_target_message(text, path, distributions))
    root, files = module
    return Target(text, root, files, text, requirements=_requirements_of_module(text, distributions))


def _target_of_path(path: Path) -> Target:
    if not path.exists():
        raise UsageError(f"{str(path)!r} is a broken symbolic link")
    if not (path.is_file() or path.is_dir()):
        raise UsageError(f"{str(path)!r} is neither a file nor a folder")
    files = project_files(path) if path.is_dir() else [path]
    if not files:
        print_warning(f"no Python files in {str(path)!r}")
    title = str(path) if path.name not in ("", "..") else path.resolve().name
    requirements = tuple(parse_requirements(_project_dependencies(path)))
    return Target(title or str(path), Path.cwd(), files, requirements=requirements)


def _target_of_distribution(distribution: Distribution) -> Target:
    return Target(
        title=distribution.metadata["Name"],
        root=install_folder(distribution),
        files=find_source_files(distribution),
        package=distribution.metadata["Name"],
        version=distribution.version,
        requirements=tuple(parse_requirements(distribution.requires or ())),
    )


def _unknown_target_message(text: str, path: Path, distributions: dict[str, Distribution]) -> str:
    if len(path.parts) > 1:
        similar = [str(path.parent / name) for name in nearest(path.name, _names_in(path.parent))]
        message = f"{text!r} does not exist"
    else:
        packages = (distribution.metadata["Name"] for distribution in distributions.values())
        similar = nearest(text, {*_names_in(Path()), *packages})
        message = f"{text!r} is not a file, a folder or an installed package"
    return message + did_you_mean(similar)


def _names_in(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


# --- Dependencies ---


def dependencies_of(target: Target) -> list[Target]:
    """Return the dependencies of a target, direct and indirect, that use this library."""
    own_name = normalize_name(target.package) if target.package else None
    return [
        _target_of_distribution(distribution)
        for distribution in find_users_of_library(target.requirements, installed_distributions())
        if normalize_name(distribution.metadata["Name"]) != own_name
    ]


def packages_that_use_library() -> list[Target]:
    """Return every installed distribution that uses this library, by name."""
    return [
        _target_of_distribution(distribution)
        for _, distribution in sorted(installed_distributions().items())
        if requires_library(distribution)
    ]


def _project_dependencies(path: Path) -> list[str]:
    """Return the dependencies in the pyproject.toml of a path, or in the nearest one above it."""
    start = path.resolve()
    for folder in (start, *start.parents):
        file = folder / "pyproject.toml"
        if file.is_file():
            try:
                return _read_dependencies(file)
            except (OSError, ValueError, TypeError, AttributeError) as error:
                print_warning(f"{file}: {error}")
                return []
    return []


def _read_dependencies(pyproject: Path) -> list[str]:
    project = tomllib.loads(pyproject.read_text("utf-8")).get("project", {})
    optional = project.get("optional-dependencies", {}).values()
    return [*project.get("dependencies", ()), *(text for texts in optional for text in texts)]


def _requirements_of_module(name: str, distributions: dict[str, Distribution]) -> tuple[Requirement, ...]:
    """Return the requirements of the distributions that provide a top-level module."""
    from importlib.metadata import packages_distributions

    providers = dict.fromkeys(map(normalize_name, packages_distributions().get(name, ())))
    return tuple(
        requirement
        for provider in providers
        if provider in distributions
        for requirement in parse_requirements(distributions[provider].requires or ())
    )


# --- Declarations ---


def scan_targets(targets: Iterable[Target]) -> list[ScannedTarget]:
    """Return what targets declare; warn of files that cannot be parsed."""
    targets = list(targets)
    scanned_targets = []
    with show_progress(sum(len(target.files) for target in targets)) as advance:
        for target in targets:
            result = scan(target.files, progress=advance)
            for problem in result.problems:
                print_warning(_relative_place(problem, target.root))
            declarations = [
                replace(declaration, place=_relative_place(declaration.place, target.root))
                for declaration in result.declarations
            ]
            unfollowed = [
                item._replace(place=_relative_place(item.place, target.root)) for item in result.unfollowed
            ]
            scanned_targets.append(ScannedTarget(target, declarations, unfollowed))
    return scanned_targets


def _relative_place(place: str, root: Path) -> str:
    """Return a place without the root folder at its start."""
    return place.removeprefix(f"{root}{os.sep}")
