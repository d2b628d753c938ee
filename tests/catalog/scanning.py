"""Helpers for the tests of the scanner."""

import textwrap

from hyperparameter.catalog.source import scan


def scan_text(folder, text, head="import hyperparameter as hp\n"):
    """Return the declarations in a text, which must scan without problems."""
    path = folder / "program.py"
    path.write_text(head + textwrap.dedent(text), encoding="utf-8")
    declarations, problems, _ = scan([path])
    assert problems == []
    return declarations


def write_files(folder, files):
    """Write files, given by their paths and texts, and return their folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    return folder


def relative_paths(files, folder):
    return [str(path.relative_to(folder)) for path in files]
