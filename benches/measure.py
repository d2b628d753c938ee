"""Run the measuring processes, and reduce their results to medians and ratios."""

# ruff: noqa: T201
from __future__ import annotations

import compileall
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

from operations import FLOOR, GROWTH

import hyperparameter as hp

HERE = Path(__file__).parent
BENCH = HERE.parent / ".bench"
INCUMBENT = BENCH / "incumbent" / "bin" / "python"
PEERS = BENCH / "peers"
IMPORT = "import hyperparameter"
KERNELS = ["rust", "python"] if importlib.util.find_spec("hyperparameter.core._native") else ["python"]

# "ours" and "other" in ns, and "ratio", one for each round.
Times = dict[str, list[float]]
# The results of each process, by what was measured: a kernel, "incumbent" or "peers".
Found = dict[str, list[Any]]


class Extent(NamedTuple):
    """How long to measure. Several processes are needed, because hashes and addresses differ between them."""

    processes: int
    # Seconds for an operation in a process.
    budget: float
    imports: int


FULL = Extent(processes=5, budget=0.45, imports=40)
QUICK = Extent(processes=2, budget=0.2, imports=12)


# --- Processes ---


def environment(**added: str) -> dict[str, str]:
    """Return the environment without variables that change Python or the library, and with those of `added`."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "HYPERPARAMETER"))
    }
    return {**inherited, **added}


def worker(python: Path | str, script: str, *arguments: object, **added: str) -> Any:
    command = [str(python), str(HERE / script), *map(str, arguments)]
    printed = subprocess.run(command, env=environment(**added), stdout=subprocess.PIPE, check=True).stdout
    return json.loads(printed)


def measure_operations(extent: Extent) -> Found:
    """Run the operations in fresh processes, in turns: each kernel, the incumbent, the peers."""
    parts = [FLOOR, *GROWTH]
    tasks: dict[str, Callable[[], Any]] = {
        kernel: partial(
            worker, sys.executable, "operations.py", extent.budget, *parts, HYPERPARAMETER_KERNEL=kernel
        )
        for kernel in KERNELS
    }
    if INCUMBENT.exists():
        tasks["incumbent"] = partial(worker, INCUMBENT, "operations.py", extent.budget, FLOOR)
    if PEERS.exists():
        tasks["peers"] = partial(worker, sys.executable, "peers.py", extent.budget, PYTHONPATH=str(PEERS))
    found: Found = {who: [] for who in tasks}
    for number in range(extent.processes):
        for who, task in tasks.items():
            say(f"round {number + 1} of {extent.processes}: {who}")
            found[who].append(task())
    say("")
    return found


def say(doing: str) -> None:
    """Show a waiting person what is being measured."""
    if sys.stderr.isatty():
        print(f"{doing:<40}", end="\r", file=sys.stderr, flush=True)


def fresh_process(python: Path | str, statement: str, **added: str) -> float:
    """Return the time in ns that a fresh process takes for a statement."""
    start = perf_counter()
    subprocess.run([str(python), "-c", statement], env=environment(**added), check=True)
    return (perf_counter() - start) * 1e9


def measure_imports(extent: Extent) -> dict[str, Times]:
    """Time fresh processes in turn, with the import ("ours") and without ("other")."""
    # Without this, PYTHONDONTWRITEBYTECODE would make each import compile the package.
    compileall.compile_dir(str(Path(hp.__file__).parent), quiet=2)
    pythons: dict[str, tuple[Path | str, dict[str, str]]] = {
        kernel: (sys.executable, {"HYPERPARAMETER_KERNEL": kernel}) for kernel in KERNELS
    }
    if INCUMBENT.exists():
        pythons["incumbent"] = INCUMBENT, {}
    times: dict[str, Times] = {who: {"ours": [], "other": []} for who in pythons}
    for number in range(extent.imports + 1):
        for who, (python, added) in pythons.items():
            bare, full = fresh_process(python, "pass", **added), fresh_process(python, IMPORT, **added)
            # The first round only fills the file cache.
            if number:
                times[who]["other"].append(bare)
                times[who]["ours"].append(full)
    return times


# --- Summing up ---


class Figure(NamedTuple):
    """A ratio, or for the import a number of ns. The goal is a maximum, or a minimum if `least` is true."""

    value: float
    goal: float | None = None
    least: bool = False
    # The median times of ours, and of what it is compared with.
    ns: float = 0
    other: float = 0

    @property
    def met(self) -> bool | None:
        if self.goal is None:
            return None
        return self.value >= self.goal if self.least else self.value <= self.goal


def pooled(every: list[Times], goal: float | None = None) -> Figure | None:
    """Return the medians of all rounds of all processes, None if nothing was measured."""
    every = [times for times in every if times]
    if not every:
        return None
    ns, other, ratio = (
        median(value for times in every for value in times[of]) for of in ("ours", "other", "ratio")
    )
    return Figure(ratio, goal, ns=ns, other=other)


def operation_figure(found: Found, who: str, name: str, part: str, goal: float | None = None) -> Figure | None:
    return pooled([process[name][part] for process in found.get(who, [])], goal)


def import_figure(times: Times | None, goal: float | None = None) -> Figure | None:
    """Return the time that the import adds to bare Python."""
    if times is None:
        return None
    added = median(full - bare for full, bare in zip(times["ours"], times["other"], strict=True))
    return Figure(added, goal, ns=median(times["ours"]), other=median(times["other"]))
