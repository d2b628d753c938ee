"""Measure the library beside the language's floor and the published 0.6.0 of other authors: `make bench`.

Options: --quick for some 30 seconds, --json FILE to save every round. Nothing fails on a missed goal:
it is marked, for a person to judge.
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import compileall
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

import pyperf
from operations import OPERATIONS

import hyperparameter as hp

HERE = Path(__file__).parent
INCUMBENT = HERE.parent / ".bench" / "incumbent" / "bin" / "python"
READ_FASTER = 50  # times faster than the incumbent's read
IMPORT_GOAL = 15e6  # ns over bare Python
IMPORT = "import hyperparameter"


class Extent(NamedTuple):
    """Say how long to measure. Luck of hashes and addresses lasts as long as a process: so several."""

    processes: int
    budget: float  # seconds for an operation in a process
    imports: int


FULL = Extent(processes=5, budget=0.7, imports=40)
QUICK = Extent(processes=2, budget=0.35, imports=10)


class Row(NamedTuple):
    """Hold one line of the table: medians in ns. A goal is a highest ratio, or for `import` a highest sum."""

    name: str
    ours: float
    floor: float
    ratio: float
    goal: str = ""
    met: bool | None = None
    theirs: float | None = None
    faster: float | None = None


# --- Measuring ---


def environment() -> dict[str, str]:
    """Return the environment without what changes Python: the two differ in the library only."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def worker(python: Path | str, budget: float) -> Any:
    command = [str(python), str(HERE / "operations.py"), str(budget)]
    return json.loads(subprocess.run(command, env=environment(), stdout=subprocess.PIPE, check=True).stdout)


def measure_operations(extent: Extent) -> dict[str, list[Any]]:
    """Run the operations in fresh processes, ours and the incumbent's in turn."""
    found: dict[str, list[Any]] = {"ours": [], "theirs": []}
    for number in range(extent.processes):
        print(f"process {number + 1} of {extent.processes} …", end="\r", file=sys.stderr, flush=True)
        found["ours"].append(worker(sys.executable, extent.budget)["operations"])
        if INCUMBENT.exists():
            found["theirs"].append(worker(INCUMBENT, extent.budget / 3)["operations"])
    return found


def fresh_process(python: Path | str, statement: str) -> float:
    """Return the time in ns that a fresh process takes for a statement."""
    start = perf_counter()
    subprocess.run([str(python), "-c", statement], env=environment(), check=True)
    return (perf_counter() - start) * 1e9


def measure_imports(extent: Extent) -> dict[str, list[float]]:
    """Time fresh processes in turn, with and without the import."""
    pythons: dict[str, Path | str] = {"ours": sys.executable}
    if INCUMBENT.exists():
        pythons["theirs"] = INCUMBENT
    times: dict[str, list[float]] = {}
    for number in range(extent.imports + 1):
        for which, python in pythons.items():
            bare, full = fresh_process(python, "pass"), fresh_process(python, IMPORT)
            if number:  # the first round fills the file cache
                times.setdefault(f"{which} bare", []).append(bare)
                times.setdefault(which, []).append(full)
    return times


# --- Summing up ---


def pooled(processes: list[Any], name: str, which: str) -> float | None:
    """Return the median over all rounds of all processes, None where nothing was measured."""
    rounds = [value for process in processes if process[name] for value in process[name][which]]
    return median(rounds) if rounds else None


def operation_rows(found: dict[str, list[Any]]) -> list[Row]:
    rows = []
    for operation in OPERATIONS:
        ours, floor, ratio = (pooled(found["ours"], operation.name, of) for of in ("ours", "floor", "ratio"))
        theirs, their_ratio = (pooled(found["theirs"], operation.name, of) for of in ("ours", "ratio"))
        faster = None
        if theirs is not None:
            # through the floor that both were timed beside; what is held against itself has none in common
            faster = their_ratio / ratio if operation.floor else theirs / ours
        goal = "" if operation.goal is None else f"<= {operation.goal:g}"
        met = None if operation.goal is None else ratio <= operation.goal
        if operation.name == "read" and faster is not None:
            goal += f", {READ_FASTER} x faster"
            met = met and faster >= READ_FASTER
        rows.append(Row(operation.name, ours, floor, ratio, goal, met, theirs, faster))
    return rows


def import_row(times: dict[str, list[float]]) -> Row:
    added = {
        which: median(full - bare for full, bare in zip(times[which], times[f"{which} bare"], strict=True))
        for which in ("ours", "theirs")
        if which in times
    }
    ours, floor, theirs = (median(times[of]) if of in times else None for of in ("ours", "ours bare", "theirs"))
    faster = added["theirs"] / added["ours"] if "theirs" in added else None
    goal, met = f"<= +{IMPORT_GOAL / 1e6:g} ms", added["ours"] <= IMPORT_GOAL
    return Row(IMPORT, ours, floor, added["ours"], goal, met, theirs, faster)


# --- Printing ---


def shown_time(ns: float | None) -> str:
    if ns is None:
        return "-"
    for unit, size in (("ms", 1e6), ("us", 1e3)):
        if ns >= 10 * size:
            return f"{ns / size:.1f} {unit}"
    return f"{ns:.0f} ns"


def cells(row: Row) -> list[str]:
    ratio = f"+{row.ratio / 1e6:.1f} ms" if row.name == IMPORT else f"{row.ratio:.2f}"
    met = {None: "", True: "met", False: "MISSED"}[row.met]
    faster = "-" if row.faster is None else f"{row.faster:,.1f} x"
    return [
        *(row.name, shown_time(row.ours), shown_time(row.floor), ratio),
        *(row.goal, met, shown_time(row.theirs), faster),
    ]


def print_table(rows: list[Row]) -> None:
    titles = ["operation", "ours", "floor", "ratio", "goal", "", "0.6.0", "we are faster by"]
    table = [titles, *map(cells, rows)]
    widths = [max(len(line[column]) for line in table) for column in range(len(titles))]
    left = (0, 4, 5)
    for number, line in enumerate(table):
        padded = (
            text.ljust(width) if column in left else text.rjust(width)
            for column, (text, width) in enumerate(zip(line, widths, strict=True))
        )
        print("  ".join(padded).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths))


def machine() -> dict[str, Any]:
    known = pyperf.Run([1.0], collect_metadata=True).get_metadata()
    return {
        "python": f"{sys.implementation.name} {sys.version.split()[0]}",
        "cpu": known.get("cpu_model_name", "unknown CPU"),
        "cores": os.cpu_count(),
        "kernel": hp.kernel,
        "load": round(os.getloadavg()[0], 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a short run")
    parser.add_argument("--json", type=Path, metavar="FILE", help="save every round")
    options = parser.parse_args()
    extent = QUICK if options.quick else FULL
    about = machine()
    print("{python}, {cpu}, {cores} cores, load {load}; {kernel} kernel".format(**about))
    if not INCUMBENT.exists():
        print(f"no incumbent beside: {INCUMBENT} is absent (`make .bench/incumbent` makes it)")
    # whatever PYTHONDONTWRITEBYTECODE says, what is timed is an import and not a compilation
    compileall.compile_dir(str(Path(hp.__file__).parent), quiet=2)
    operations, imports = measure_operations(extent), measure_imports(extent)
    rows = [*operation_rows(operations), import_row(imports)]
    print_table(rows)
    print("Medians. The floor of a row with keys or scopes around it is the same statement with few.")
    if options.json:
        saved = {"machine": about, "rows": [row._asdict() for row in rows], "imports": imports, **operations}
        options.json.write_text(json.dumps(saved, indent=1))


if __name__ == "__main__":
    main()
