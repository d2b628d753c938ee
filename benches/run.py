"""Measure both kernels beside plain Python, the published package 0.6.0 and other libraries: `make bench`.

A missed goal is marked, and does not fail the run: a person has to judge it.
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

import pyperf
from measure import FULL, INCUMBENT, KERNELS, PEERS, QUICK, measure_imports, measure_operations
from summary import missed, summarize
from tables import print_tables, write_document


def machine() -> dict[str, Any]:
    metadata = pyperf.Run([1.0], collect_metadata=True).get_metadata()
    return {
        "python": f"{sys.implementation.name} {sys.version.split()[0]}".replace("cpython", "CPython"),
        "cpu": metadata.get("cpu_model_name", "unknown CPU"),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a short run, of some 40 seconds")
    parser.add_argument("--json", type=Path, metavar="FILE", help="save every round")
    parser.add_argument(
        "--docs", action="store_true", help="write the tables of docs/performance.md from this run"
    )
    options = parser.parse_args()
    extent = QUICK if options.quick else FULL
    about = machine()
    print("{python}, {cpu}, {cores} cores, load {load}".format(**about))
    for path in (INCUMBENT, PEERS):
        if not path.exists():
            print(f"{path} is missing, so it is not compared (`make bench` creates it)")
    if "rust" not in KERNELS:
        print("the Rust kernel is missing: the installation was built without it")
    operations, imports = measure_operations(extent), measure_imports(extent)
    summary = summarize(operations, imports)
    print_tables(summary)
    print(f"load at the end {os.getloadavg()[0]:.1f}; goals missed: {', '.join(missed(summary)) or 'none'}")
    if options.json:
        saved = {"machine": about, "operations": operations, "imports": imports}
        options.json.write_text(json.dumps(saved, indent=1))
    if options.docs:
        write_document(summary, about)


if __name__ == "__main__":
    main()
