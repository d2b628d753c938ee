"""Measure requests under both kernels, beside a dict in a `ContextVar` and other libraries: `make bench`."""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import sys
from pathlib import Path
from statistics import median
from typing import Any

from measure import KERNELS, PEERS, say, worker
from request_rows import KEYS, OTHERS, ROWS, SCOPES
from request_rows import PEERS as PEER_ROWS
from tables import markdown, print_table, time

DOCUMENT = Path(__file__).parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- `make bench ARGS=--docs` writes the requests -->\n", "<!-- end of the requests -->\n"
# The goal of the Python kernel, in every row.
PYTHON_GOAL = 10
Results = dict[str, dict[str, dict[str, list[float]]]]


def measure(processes: int, budget: float) -> dict[str, Results]:
    """Return the times of all rounds of all processes, by kernel."""
    pooled: dict[str, Results] = {kernel: {} for kernel in KERNELS}
    for number in range(processes):
        for kernel in KERNELS:
            say(f"requests, round {number + 1} of {processes}: {kernel}")
            added = {"PYTHONPATH": str(PEERS)} if PEERS.exists() else {}
            found = worker(sys.executable, "request_rows.py", budget, HYPERPARAMETER_KERNEL=kernel, **added)
            for part, rows in found.items():
                for name, times in rows.items():
                    every = pooled[kernel].setdefault(part, {}).setdefault(name, {})
                    for of, values in times.items():
                        every.setdefault(of, []).extend(values)
    say("")
    return pooled


def cells(times: dict[str, list[float]] | None, goal: float | None) -> list[str]:
    """Return the two times, their ratio, and the goal if it is missed."""
    if not times:
        return ["-", "-", "-", ""]
    ours, other, ratio = (median(times[of]) for of in ("ours", "other", "ratio"))
    verdict = "" if goal is None else f"<= {goal:g} {'met' if ratio <= goal else 'MISSED'}"
    return [time(ours), time(other), f"{ratio:.2f}", verdict]


def goal_of(row: Any, kernel: str, keys: int) -> float | None:
    if kernel != "rust":
        return PYTHON_GOAL if not keys else None
    return {0: row.goal, 1000: row.goal_many}.get(keys)


def tables(pooled: dict[str, Results]) -> list[tuple[str, list[str], list[list[str]]]]:
    """Return the title, the head and the lines of each table."""
    head = ["request", *[cell for kernel in KERNELS for cell in (kernel, "by hand", "ratio", "goal")]]
    found = []
    for keys in KEYS:
        lines = [
            [row.name]
            + [
                cell
                for kernel in KERNELS
                for cell in cells(pooled[kernel][f"keys {keys}"][row.name], goal_of(row, kernel, keys))
            ]
            for row in ROWS
        ]
        found.append((f"With {keys:,} keys outside", head, lines))
    lines = [
        [f"{row.name}, in {scopes:,} nested scopes"]
        + [cell for kernel in KERNELS for cell in cells(pooled[kernel][f"scopes {scopes}"][row.name], None)]
        for scopes in SCOPES[1:]
        for row in ROWS[:2]
    ]
    found.append(("In more scopes", head, lines))
    others = [("others", row, row.goal) for row in OTHERS] + [("peers", row, None) for row in PEER_ROWS]
    lines = [
        [row.name]
        + [
            cell
            for kernel in KERNELS
            for cell in cells(pooled[kernel].get(part, {}).get(row.name), goal if kernel == "rust" else None)
        ]
        for part, row, goal in others
    ]
    found.append(("Beside others", [title.replace("by hand", "theirs") for title in head], lines))
    return found


def memory(pooled: dict[str, Results]) -> str:
    by_kernel = [
        f"{median(pooled[kernel]['memory']['live scope']['bytes']):.0f} bytes with the {kernel} kernel"
        for kernel in KERNELS
    ]
    return f"An entered scope of one override takes {', '.join(by_kernel)} (goal: 400)."


def write_document(pooled: dict[str, Results]) -> None:
    before, rest = DOCUMENT.read_text(encoding="utf-8").split(BEGIN)
    _, after = rest.split(END)
    text = "".join(
        f"\n{title}:\n\n{markdown(head, [[cell.replace('|', '&#124;') for cell in line] for line in lines])}"
        for title, head, lines in tables(pooled)
    )
    text += f"\n{memory(pooled)}\n"
    DOCUMENT.write_text(f"{before}{BEGIN}{text}\n{END}{after}", encoding="utf-8")
    print(f"wrote {DOCUMENT}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a short run")
    parser.add_argument("--docs", action="store_true", help="write the tables of docs/performance.md")
    options = parser.parse_args()
    pooled = measure(*((1, 0.1) if options.quick else (5, 0.3)))
    for title, head, lines in tables(pooled):
        print(f"{title}. Medians of processor time.\n")
        print_table(head, lines, (0, *range(4, len(head), 4)))
    print(memory(pooled))
    if options.docs:
        write_document(pooled)


if __name__ == "__main__":
    main()
