"""Measure loading and entering a TOML file of 1,000 keys beside tomllib alone: `make bench`.

A missed goal is marked, and does not fail the run: a person has to judge it.
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import tempfile
import tomllib
from contextvars import copy_context
from pathlib import Path
from statistics import median

from timing import Loop, side_by_side

import hyperparameter as hp

# How many times as long as tomllib alone.
GOAL = 3.0
TABLES, KEYS = 100, 10
VALUES = ("0.5", '"some text"', "[1, 2, 3]", "true", "12")

LOAD = """
with open(path, "rb") as file:
    load(file)
"""
CONFIG = """
with scope(config(path)):
    pass
"""


def text() -> str:
    return "".join(
        f"[part{table}]\n" + "".join(f"key{key} = {VALUES[key % len(VALUES)]}\n" for key in range(KEYS))
        for table in range(TABLES)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a short run")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "config.toml"))
        Path(path).write_text(text())
        names = {"path": path, "load": tomllib.load, "config": hp.config, "scope": hp.scope}
        ours, bare = (Loop(statement, names, copy_context()) for statement in (CONFIG, LOAD))
        times = side_by_side(ours, bare, 1.0 if options.quick else 5.0)
    ratio = median(times["ratio"])
    print(
        f"TOML of {TABLES * KEYS:,} keys, loaded and scoped: {median(times['ours']) / 1e6:.1f} ms; tomllib "
        f"alone {median(times['other']) / 1e6:.1f} ms; ratio {ratio:.2f}, goal <= {GOAL:g}: "
        f"{'met' if ratio <= GOAL else 'MISSED'}"
    )


if __name__ == "__main__":
    main()
