"""Installed distributions, by their metadata: which use the library, what they need, and their source files."""

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
    "installed",
    "module_files",
    "normal",
    "requirements",
    "root_of",
    "source_files",
    "users_among",
    "uses_library",
]

LIBRARY = "hyperparameter"
REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[([^\]]*)\])?[^;]*(?:;(.*))?", re.DOTALL)
EXTRA = re.compile(r"""\bextra\s*==\s*["']([^"']+)["']""")


class Requirement(NamedTuple):
    """Hold of a requirement what tells which distributions it asks for."""

    name: str
    extras: frozenset[str]  # those of it that are asked for
    only_with: frozenset[str]  # the extras of the one that asks, where it is only needed with one of these


def normal(name: str) -> str:
    """Return the name of a distribution in the one way that all its spellings share."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements(texts: Iterable[str]) -> Iterator[Requirement]:
    """Yield the requirements that are written in texts, of metadata or of a pyproject.toml.

    Their markers of version and platform are not looked at: what is not for this one is not installed.
    """
    for text in texts:
        found = REQUIREMENT.fullmatch(text)
        if found:
            name, extras, marker = found.groups()
            asked = frozenset(normal(extra.strip()) for extra in (extras or "").split(",") if extra.strip())
            yield Requirement(normal(name), asked, frozenset(map(normal, EXTRA.findall(marker or ""))))


def installed() -> dict[str, Distribution]:
    """Return every installed distribution by its normal name; of several, the one that is imported."""
    found: dict[str, Distribution] = {}
    for one in metadata.distributions():
        name = one.metadata["Name"]
        if name:  # a folder that was left half removed has none
            found.setdefault(normal(name), one)
    return found


def uses_library(distribution: Distribution) -> bool:
    """Tell whether a distribution asks for the library, with some extra or without."""
    return any(one.name == LIBRARY for one in requirements(distribution.requires or ()))


def users_among(asked: Iterable[Requirement], found: dict[str, Distribution]) -> list[Distribution]:
    """Return what uses the library, of the distributions that are asked for and those these ask for."""
    rest = list(asked)
    seen: set[Requirement] = set()
    users: dict[str, Distribution] = {}
    while rest:
        one = rest.pop()
        if one in seen or one.name not in found:
            continue
        seen.add(one)
        distribution = found[one.name]
        if uses_library(distribution):
            users[one.name] = distribution
        inner = requirements(distribution.requires or ())
        rest += (need for need in inner if not need.only_with or need.only_with & one.extras)
    return [users[name] for name in sorted(users)]


# --- Where the source code is ---


def root_of(distribution: Distribution) -> Path:
    """Return the folder that a distribution is installed in."""
    return Path(str(distribution.locate_file("")))


def source_files(distribution: Distribution) -> list[Path]:
    """Return the Python files of a distribution, those of an editable one too."""
    listed = [file for file in distribution.files or () if file.suffix in (".py", ".pth")]
    modules = [file for file in listed if file.suffix == ".py" and not file.name.startswith("__editable__")]
    if modules:
        return sorted(Path(str(distribution.locate_file(file))) for file in modules)
    for file in listed:
        if file.suffix == ".pth":
            folders = _folders(Path(str(distribution.locate_file(file))))
            if folders:
                return [file for folder in folders for file in project_files(folder)]
    names = (distribution.read_text("top_level.txt") or "").split()
    for name in names or [normal(distribution.metadata["Name"]).replace("-", "_")]:
        files = module_files(name)
        if files is not None:
            return files[1]
    folder = _direct(distribution)
    return project_files(folder) if folder is not None else []


def _folders(pth: Path) -> list[Path]:
    """Return the folders that a .pth file puts on the path; its lines of code are left alone."""
    try:
        lines = pth.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    return [Path(line) for line in lines if line[:1] not in ("", "#") and Path(line).is_dir()]


def _direct(distribution: Distribution) -> Path | None:
    """Return the folder that a distribution was installed from, as pip notes it."""
    try:
        url = urlsplit(json.loads(distribution.read_text("direct_url.json") or "{}").get("url", ""))
    except (ValueError, AttributeError):
        return None
    folder = Path(url2pathname(url.path))
    return folder if url.scheme == "file" and folder.is_dir() else None


def module_files(name: str) -> tuple[Path, list[Path]] | None:
    """Return the root of a top-level module or package and its Python files; None where it has none.

    Only a top-level name is looked up, as that of a submodule would import what it is in.
    """
    if not name.isidentifier():
        return None
    try:
        spec = find_spec(name)
    except (ImportError, ValueError):  # one that is half set up, `__main__`
        return None
    if spec is None:
        return None
    if spec.submodule_search_locations is not None:
        folders = [Path(folder) for folder in spec.submodule_search_locations if Path(folder).is_dir()]
        files = [file for folder in folders for file in project_files(folder)]
        return (folders[0].parent, files) if files else None
    file = Path(spec.origin or "")
    return (file.parent, [file]) if file.suffix == ".py" and file.is_file() else None
