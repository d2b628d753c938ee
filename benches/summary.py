"""The summary of a run: the figures and goals of each operation, import and comparison."""

from __future__ import annotations

from typing import Any, NamedTuple

from measure import IMPORT, KERNELS, Figure, Found, Times, import_figure, operation_figure, pooled
from operations import FLOOR, GROWTH, OPERATIONS, Operation

# In ns, more than bare Python.
IMPORT_GOALS = {"rust": 12e6, "python": 15e6}
INCUMBENT = "published 0.6.0"
# How many times faster than the incumbent an operation has to be.
FASTER = {"read": 200, "decorated call, 1 override": 40}
INCUMBENT_DOES = {
    "read": "makes a class and an accessor, then reads from its storage in Rust",
    "decorated call, 1 override": "enters a scope, and reads each parameter from its storage",
    "enter and leave": "enters its storage, writes to it, and undoes both",
    IMPORT: "also imports the readers of files and command lines",
}


class Row(NamedTuple):
    """One operation: a figure or None, by kernel and part."""

    operation: Operation
    figures: dict[str, dict[str, Figure | None]]


class Peer(NamedTuple):
    """One comparison with another library."""

    peer: str
    name: str
    # How many times faster ours is. Its `ns` are ours, and its `other` is theirs.
    faster: Figure
    # What the other library does each time.
    does: str


class Summary(NamedTuple):
    """The figures of a whole run."""

    rows: list[Row]
    imports: dict[str, Figure | None]
    peers: list[Peer]


def summarize(found: Found, imports: dict[str, Times]) -> Summary:
    rows = [
        Row(operation, {kernel: figures(found, operation, kernel) for kernel in KERNELS})
        for operation in OPERATIONS
    ]
    added = {kernel: import_figure(imports.get(kernel), IMPORT_GOALS[kernel]) for kernel in KERNELS}
    incumbent = [*against_incumbent(found), *import_against_incumbent(imports)]
    return Summary(rows, added, [*incumbent, *against_peers(found)])


def figures(found: Found, operation: Operation, kernel: str) -> dict[str, Figure | None]:
    goals = {FLOOR: operation.goals.get(kernel), **dict.fromkeys(GROWTH, operation.growth.get(kernel))}
    return {part: operation_figure(found, kernel, operation.name, part, goal) for part, goal in goals.items()}


def against_incumbent(found: Found) -> list[Peer]:
    """Compare the ratios to the floor: two packages of one name cannot be measured in one process."""
    peers = []
    for operation in OPERATIONS:
        ours, theirs = (
            operation_figure(found, who, operation.name, FLOOR) for who in (KERNELS[0], "incumbent")
        )
        if ours and theirs and operation.name in INCUMBENT_DOES:
            faster = Figure(
                theirs.value / ours.value, FASTER.get(operation.name), least=True, ns=ours.ns, other=theirs.ns
            )
            peers.append(Peer(INCUMBENT, operation.name, faster, INCUMBENT_DOES[operation.name]))
    return peers


def import_against_incumbent(imports: dict[str, Times]) -> list[Peer]:
    ours, theirs = (import_figure(imports.get(who)) for who in (KERNELS[0], "incumbent"))
    if not ours or not theirs:
        return []
    faster = Figure(theirs.value / ours.value, ns=ours.value, other=theirs.value)
    return [Peer(INCUMBENT, IMPORT, faster, INCUMBENT_DOES[IMPORT])]


def against_peers(found: Found) -> list[Peer]:
    peers = []
    processes: list[list[Any]] = found.get("peers", [])
    for rounds in zip(*processes, strict=True):
        comparison = rounds[0]
        figure = pooled([process["times"] for process in rounds])
        assert figure is not None
        faster = Figure(1 / figure.value, ns=figure.ns, other=figure.other)
        peers.append(Peer(comparison["peer"], comparison["name"], faster, comparison["does"]))
    return peers


def missed(summary: Summary) -> list[str]:
    """Return the names of the figures that miss their goals."""
    short = []
    for operation, by_kernel in summary.rows:
        for kernel, parts in by_kernel.items():
            short += [
                f"{operation.name}, {part} ({kernel})"
                for part, figure in parts.items()
                if figure and figure.met is False
            ]
    short += [
        f"{IMPORT} ({kernel})" for kernel, figure in summary.imports.items() if figure and figure.met is False
    ]
    short += [f"{peer.name} against {peer.peer}" for peer in summary.peers if peer.faster.met is False]
    return short
