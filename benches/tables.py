"""The tables of a run: printed, or written into docs/performance.md."""

# ruff: noqa: T201
from __future__ import annotations

from pathlib import Path
from typing import Any

from measure import IMPORT, KERNELS, Figure
from operations import FLOOR, FLOORS, GROWTH
from summary import Summary

DOCUMENT = Path(__file__).parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- `make bench ARGS=--docs` writes these tables -->\n", "<!-- end of these tables -->\n"


def time(ns: float) -> str:
    for unit, least, size in (("ms", 1e6, 1e6), ("µs", 1e4, 1e3)):
        if ns >= least:
            return f"{ns / size:.1f} {unit}"
    return f"{ns:.0f} ns"


def times(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


# --- In the terminal ---


def verdict(figure: Figure | None, shown: str, goal: str) -> list[str]:
    """Return three cells: the figure, its goal, and whether it is met."""
    if figure is None:
        return ["-", "", ""]
    if figure.goal is None:
        return [shown, "", ""]
    return [shown, f"{'>=' if figure.least else '<='} {goal}", "met" if figure.met else "MISSED"]


def ratio(figure: Figure | None) -> list[str]:
    return (
        verdict(figure, f"{figure.value:.2f}", f"{figure.goal:g}" if figure.goal else "")
        if figure
        else ["-", "", ""]
    )


def added(figure: Figure | None) -> list[str]:
    if figure is None:
        return ["-", "", ""]
    return verdict(figure, f"+{figure.value / 1e6:.1f} ms", f"+{(figure.goal or 0) / 1e6:g} ms")


def print_table(titles: list[str], lines: list[list[str]], left: tuple[int, ...]) -> None:
    table = [titles, *lines]
    widths = [max(len(line[column]) for line in table) for column in range(len(titles))]
    for number, line in enumerate(table):
        padded = (
            text.ljust(width) if column in left else text.rjust(width)
            for column, (text, width) in enumerate(zip(line, widths, strict=True))
        )
        print("  ".join(padded).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths))
    print()


def print_tables(summary: Summary) -> None:
    print(f"\nMedians of processor time beside the language's floor. Kernel: {', then '.join(KERNELS)}.\n")
    lines = []
    for operation, by_kernel in summary.rows:
        line = [operation.name]
        for kernel in KERNELS:
            figure = by_kernel[kernel][FLOOR]
            line += [*((time(figure.ns), time(figure.other)) if figure else ("-", "-")), *ratio(figure)]
        lines.append(line)
    line = [IMPORT]
    for kernel in KERNELS:
        figure = summary.imports[kernel]
        line += [*((time(figure.ns), time(figure.other)) if figure else ("-", "-")), *added(figure)]
    lines.append(line)
    titles = ["operation", *["ours", "floor", "ratio", "goal", ""] * len(KERNELS)]
    print_table(titles, lines, (0, 4, 5, 9, 10))

    print("The same with 100,000 keys outside, and in 1,000 nested scopes: the ratio to itself with few.\n")
    lines = [
        [
            operation.name,
            *(cell for kernel in KERNELS for part in GROWTH for cell in ratio(by_kernel[kernel][part])),
        ]
        for operation, by_kernel in summary.rows
    ]
    titles = ["operation", *[cell for part in GROWTH for cell in (part, "goal", "")] * len(KERNELS)]
    print_table(titles, lines, (0, 2, 3, 5, 6, 8, 9, 11, 12))

    print(f"Beside others. Kernel: {KERNELS[0]}.\n")
    lines = [
        [
            *(
                peer.peer.replace("`", ""),
                peer.name.replace("`", ""),
                time(peer.faster.other),
                time(peer.faster.ns),
            ),
            *verdict(peer.faster, times(peer.faster.value), f"{peer.faster.goal or 0:g}"),
            peer.does,
        ]
        for peer in summary.peers
    ]
    titles = ["peer", "operation", "theirs", "ours", "times faster", "goal", "", "what theirs does each time"]
    print_table(titles, lines, (0, 1, 5, 6, 7))


# --- In docs/performance.md ---


FLOOR_TITLES = [
    "operation",
    "hyperparameter",
    "the least that Python needs for it",
    "ratio",
    "ratio of the Python kernel",
]
PEER_TITLES = [
    "compared with",
    "operation",
    "theirs",
    "hyperparameter",
    "times faster",
    "what theirs does each time",
]


def markdown(titles: list[str], lines: list[list[str]]) -> str:
    return "".join(f"| {' | '.join(line)} |\n" for line in (titles, ["---"] * len(titles), *lines))


def document_tables(summary: Summary, about: dict[str, Any]) -> str:
    lines = []
    for operation, by_kernel in summary.rows:
        ours, python = by_kernel["rust"][FLOOR], by_kernel["python"][FLOOR]
        if ours and python:
            # A table of Markdown has no other way to write `|` that every renderer understands.
            code = operation.statement.removesuffix(": pass").replace("|", "&#124;")
            floor = f"{FLOORS[operation.floor]}, {time(ours.other)}"
            named = f"{operation.name}: <code>{code}</code>"
            lines.append([named, time(ours.ns), floor, times(ours.value), times(python.value)])
    for_import = [f"+ {figure.value / 1e6:.1f} ms" if figure else "" for figure in summary.imports.values()]
    lines.append([f"`{IMPORT}`", for_import[0], "bare Python", "", for_import[-1]])
    floors = markdown(FLOOR_TITLES, lines)
    worst = {
        kernel: max(f.value for _, figures in summary.rows for part in GROWTH if (f := figures[kernel][part]))
        for kernel in KERNELS
    }
    peers = markdown(
        PEER_TITLES,
        [
            [
                peer.peer,
                peer.name,
                time(peer.faster.other),
                time(peer.faster.ns),
                times(peer.faster.value),
                peer.does,
            ]
            for peer in summary.peers
        ],
    )
    return (
        "\nThe times are medians of processor time; the time of the import is elapsed time. Measured with "
        f"{about['python']} on {about['cores']} cores of an {about['cpu']}.\n\n{floors}\n"
        "With 100,000 keys outside, or in 1,000 nested scopes, none of these takes more than "
        f"{max(worst.values()):.2f} times as long as with few.\n\n{peers}\n"
    )


def write_document(summary: Summary, about: dict[str, Any]) -> None:
    if "rust" not in KERNELS or not summary.peers:
        raise SystemExit(
            f"{DOCUMENT} shows both kernels and the peers, and one of these was not measured: nothing written"
        )
    before, rest = DOCUMENT.read_text().split(BEGIN)
    _, after = rest.split(END)
    DOCUMENT.write_text(f"{before}{BEGIN}{document_tables(summary, about)}{END}{after}")
    print(f"wrote {DOCUMENT}")
