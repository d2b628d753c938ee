"""Read the metadata of installed distributions: what they require, and where their source files are."""

from __future__ import annotations

import json
import re
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit
from urllib.request import url2pathname

from ..catalog.source import project_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.metadata import Distribution

__all__ = [
    "Requirement",
    "find_module_files",
    "find_source_files",
    "find_users_of_library",
    "install_folder",
    "installed_distributions",
    "normalize_name",
    "parse_requirements",
    "requires_library",
]

LIBRARY = "hyperparameter"
REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[([^\]]*)\])?[^;]*(?:;(.*))?", re.DOTALL)
EXTRA = re.compile(r"""\bextra\s*==\s*["']([^"']+)["']""")


class Requirement(NamedTuple):
    """A distribution that another one requires.

    Attributes:
        name: the normalized name of the required distribution.
        extras: the extras of it that are required.
        needed_for: the extras of the requiring distribution that need it; if empty, it is always needed.
    """

    name: str
    extras: frozenset[str]
    needed_for: frozenset[str]


def normalize_name(name: str) -> str:
    """Return the name of a distribution in the spelling that package indexes compare."""
    return re.sub(r"[-_.]+", "-", name).lower()


def parse_requirements(texts: Iterable[str]) -> Iterator[Requirement]:
    """Yield the requirements that metadata or a pyproject.toml lists; skip texts that are not requirements.

    Markers for versions and platforms are ignored: a requirement for another platform is not installed here.
    """
    for text in texts:
        match = REQUIREMENT.fullmatch(text)
        if match:
            name, extras, marker = match.groups()
            yield Requirement(
                normalize_name(name),
                frozenset(
                    normalize_name(extra.strip()) for extra in (extras or "").split(",") if extra.strip()
                ),
                frozenset(map(normalize_name, EXTRA.findall(marker or ""))),
            )


def installed_distributions() -> dict[str, Distribution]:
    """Return every installed distribution by normalized name; of several versions, the one that is imported."""
    distributions: dict[str, Distribution] = {}
    for distribution in metadata.distributions():
        # A distribution that was removed only in part has no name.
        name = distribution.metadata["Name"]
        if name:
            distributions.setdefault(normalize_name(name), distribution)
    return distributions


def requires_library(distribution: Distribution) -> bool:
    """Return whether a distribution requires this library, always or for an extra."""
    return any(requirement.name == LIBRARY for requirement in parse_requirements(distribution.requires or ()))


def find_users_of_library(
    requirements: Iterable[Requirement], distributions: dict[str, Distribution]
) -> list[Distribution]:
    """Return the distributions that require this library, among requirements and their own requirements."""
    queue = list(requirements)
    visited: set[Requirement] = set()
    users: dict[str, Distribution] = {}
    while queue:
        requirement = queue.pop()
        if requirement in visited or requirement.name not in distributions:
            continue
        visited.add(requirement)
        distribution = distributions[requirement.name]
        if requires_library(distribution):
            users[requirement.name] = distribution
        queue += (
            inner
            for inner in parse_requirements(distribution.requires or ())
            if not inner.needed_for or inner.needed_for & requirement.extras
        )
    return [users[name] for name in sorted(users)]


# --- Source files ---


def install_folder(distribution: Distribution) -> Path:
    """Return the folder that a distribution is installed in."""
    return Path(str(distribution.locate_file("")))


def find_source_files(distribution: Distribution) -> list[Path]:
    """Return the Python files of a distribution, also of one that is installed as editable."""
    files = [file for file in distribution.files or () if file.suffix in (".py", ".pth")]
    modules = [file for file in files if file.suffix == ".py" and not file.name.startswith("__editable__")]
    if modules:
        return sorted(Path(str(distribution.locate_file(file))) for file in modules)
    for file in files:
        if file.suffix == ".pth":
            folders = _folders_in_pth_file(Path(str(distribution.locate_file(file))))
            if folders:
                return [source for folder in folders for source in project_files(folder)]
    top_level_names = (distribution.read_text("top_level.txt") or "").split()
    for name in top_level_names or [normalize_name(distribution.metadata["Name"]).replace("-", "_")]:
        module_files = find_module_files(name)
        if module_files is not None:
            return module_files[1]
    folder = _folder_installed_from(distribution)
    return project_files(folder) if folder is not None else []


def _folders_in_pth_file(path: Path) -> list[Path]:
    """Return the folders that a .pth file adds to the import path; its lines of code are not run."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    return [Path(line) for line in lines if line[:1] not in ("", "#") and Path(line).is_dir()]


def _folder_installed_from(distribution: Distribution) -> Path | None:
    """Return the local folder that pip installed a distribution from, if pip recorded one."""
    try:
        url = urlsplit(json.loads(distribution.read_text("direct_url.json") or "{}").get("url", ""))
    except (ValueError, AttributeError):
        return None
    folder = Path(url2pathname(url.path))
    return folder if url.scheme == "file" and folder.is_dir() else None


def find_module_files(name: str) -> tuple[Path, list[Path]] | None:
    """Return the root folder of a top-level module or package, and its Python files; None if it has none.

    A dotted name is never looked up, because finding a submodule imports its package.
    """
    if not name.isidentifier():
        return None
    try:
        spec = find_spec(name)
    except (ImportError, ValueError):
        # A module such as `__main__` has no complete spec.
        return None
    if spec is None:
        return None
    if spec.submodule_search_locations is not None:
        folders = [Path(folder) for folder in spec.submodule_search_locations if Path(folder).is_dir()]
        files = [file for folder in folders for file in project_files(folder)]
        return (folders[0].parent, files) if files else None
    file = Path(spec.origin or "")
    return (file.parent, [file]) if file.suffix == ".py" and file.is_file() else None
