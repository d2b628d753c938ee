"""What a run comes to: for each operation, import and peer its figures and goals."""

from __future__ import annotations

from typing import Any, NamedTuple

from measure import IMPORT, KERNELS, Figure, Found, Times, import_figure, operation_figure, pooled
from operations import FLOOR, GROWTH, OPERATIONS, Operation

IMPORT_GOALS = {"rust": 12e6, "python": 15e6}  # ns over bare Python
INCUMBENT = "published 0.6.0"
FASTER = {"read": 200, "decorated call, 1 override": 40}  # how many times faster than the incumbent, at least
INCUMBENT_DOES = {
    "read": "makes a class and an accessor, then asks its storage, which is in Rust",
    "decorated call, 1 override": "enters a scope, and asks its storage for each parameter",
    "enter and leave": "enters its storage, writes to it, and undoes both",
    IMPORT: "loads what reads files and command lines too",
}


class Row(NamedTuple):
    """Hold one operation: by kernel, then by part, a figure or None."""

    operation: Operation
    figures: dict[str, dict[str, Figure | None]]


class Peer(NamedTuple):
    """Hold one comparison: how many times faster ours is, and what theirs does each time."""

    peer: str
    name: str
    faster: Figure  # its `ns` are ours, its `other` theirs
    does: str


class Summary(NamedTuple):
    """Hold all of a run."""

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
    """Compare through the floor that both were timed beside, since two of one name need a process each."""
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
    """Return what falls short of its goal."""
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
