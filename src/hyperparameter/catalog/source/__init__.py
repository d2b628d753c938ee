"""What source code says of parameters, without importing or running any of it.

A command line tells what can be set, and refuses what cannot, before the program starts: so its
files are read as text, and no more is known of them than what stands there.
"""

from __future__ import annotations

from .files import program_files, project_files
from .scanning import Scan, scan

__all__ = ["Scan", "program_files", "project_files", "scan"]
