"""Imports of the package run downwards through its rooms, without a circle."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import hyperparameter as hp

pytestmark = pytest.mark.one_kernel

PACKAGE = Path(hp.__file__).parent

# The rooms, lowest first. A module imports from its own room and from the rooms before it.
ROOMS = [
    "similarity",
    "output",
    "secrecy",
    "errors",
    "core",
    "conversion",
    "scopes",
    "functions",
    "configuration",
    "catalog",
    "history",
    "execution",
    "program",
    "tool",
]


def module_name(file):
    parts = file.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_name(file): file for file in sorted(PACKAGE.rglob("*.py"))}


def is_type_checking(node):
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def run_time_nodes(node):
    """Yield the nodes of a module that run, which the imports for type checkers do not."""
    for child in ast.iter_child_nodes(node):
        if is_type_checking(child):
            for statement in child.orelse:
                yield from run_time_nodes(statement)
        else:
            yield child
            yield from run_time_nodes(child)


def imported_modules(name):
    """Yield the modules of this package that a module imports, wherever the import statement stands."""
    file = FILES[name]
    package = name.split(".") if file.stem == "__init__" else name.split(".")[:-1]
    for node in run_time_nodes(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            target = ".".join([*base, *(node.module or "").split(".")]).strip(".")
            for alias in node.names:
                submodule = f"{target}.{alias.name}".strip(".")
                yield submodule if submodule in FILES else target


IMPORTS = {name: set(imported_modules(name)) - {name} for name in FILES}


def test_every_module_is_in_a_room():
    outside = {name for name in FILES if name.partition(".")[0] not in ROOMS}
    assert outside == {"", "__main__", "_pytest_plugin", "deferred", "testing"}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_from_the_rooms_below_it(room):
    allowed = ROOMS[: ROOMS.index(room) + 1]
    upward = [
        (name, imported)
        for name, modules in IMPORTS.items()
        for imported in modules
        # The package itself is imported for its version.
        if name.partition(".")[0] == room and imported and imported.partition(".")[0] not in allowed
    ]
    assert upward == []


def test_no_modules_import_each_other_in_a_circle():
    TopologicalSorter(IMPORTS).prepare()
