"""The tables and the plot of digits.py. Nothing in this file reads a parameter."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rich.console import Console
from rich.table import Table

console = Console(highlight=False, markup=False)


class Outcome(NamedTuple):
    """The accuracy of a trained model, and the settings that its training read."""

    lr: float
    l2: float
    accuracy: float


class Timing(NamedTuple):
    """The seconds that the workers took to start, and those of their work."""

    start: float
    work: float


def print_timings(timings: Mapping[str, Timing]) -> None:
    """Print how long the workers took to start, and how long they worked."""
    table = Table("where the trials ran", "start (s)", "work (s)", title="Times")
    for name, timing in timings.items():
        table.add_row(name, f"{timing.start:.2f}", f"{timing.work:.2f}")
    console.print(table)


def accuracies(outcomes: list[Outcome]) -> tuple[list[float], list[float], np.ndarray]:
    """Return the learning rates, the regularisations, and the accuracy in percent for each pair."""
    rates = sorted({outcome.lr for outcome in outcomes})
    strengths = sorted({outcome.l2 for outcome in outcomes})
    percents = np.zeros((len(strengths), len(rates)))
    for lr, l2, accuracy in outcomes:
        percents[strengths.index(l2), rates.index(lr)] = 100 * accuracy
    return rates, strengths, percents


def print_grid(outcomes: list[Outcome]) -> None:
    """Print the accuracy of every trial."""
    rates, strengths, percents = accuracies(outcomes)
    rate_texts = (f"{rate:g}" for rate in rates)
    table = Table("L2 regularisation", *rate_texts, title="Accuracy in %, by learning rate")
    for strength, row in zip(strengths, percents, strict=True):
        table.add_row(f"{strength:g}", *(f"{percent:.1f}" for percent in row))
    console.print(table)


def plot(outcomes: list[Outcome], path: Path) -> None:
    """Draw the accuracy over the grid as a heat map, with a frame around the best."""
    # Imported here, because every worker process imports this file.
    from matplotlib.figure import Figure

    rates, strengths, percents = accuracies(outcomes)
    worst, best = percents.min(), percents.max()
    best_row, best_column = np.unravel_index(percents.argmax(), percents.shape)
    title = (
        f"The best of {len(outcomes)} trials reads {best:.1f} % of new digits right (framed):\n"
        f"learning rate {rates[best_column]:g}, L2 regularisation {strengths[best_row]:g}. Brighter is better."
    )

    figure = Figure(figsize=(2.5 + max(len(rates), 5), 2.2 + 0.7 * len(strengths)), layout="constrained")
    axes = figure.add_subplot(title=title)
    heat = axes.imshow(percents, origin="lower", aspect="auto", cmap="viridis")
    for (row, column), percent in np.ndenumerate(percents):
        # White text on dark cells, black text on bright cells.
        colour = "white" if percent - worst < 0.6 * (best - worst) else "black"
        frame = {"edgecolor": colour, "facecolor": "none"} if percent == best else None
        axes.text(column, row, f"{percent:.1f}", ha="center", va="center", color=colour, bbox=frame)
    axes.set_xticks(range(len(rates)), [f"{rate:g}" for rate in rates])
    axes.set_yticks(range(len(strengths)), [f"{strength:g}" for strength in strengths])
    axes.set(xlabel="learning rate", ylabel="L2 regularisation")
    figure.colorbar(heat, label="held-out digits that are read right (%)")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="png", dpi=150)
