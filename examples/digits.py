"""Train classifiers on handwritten digits, configured by scopes alone.

Two models are compared under nested scopes; then 24 trials over a grid of learning rate and
regularisation run alone, in threads and in processes, and must come out the same everywhere:

    python examples/digits.py
    python examples/digits.py -D train.model=linear 'grid.lr=[0.01, 0.1]' pool.workers=4

The scopes, each inside the one above and overriding it:

    shared            the split of the data, the number of epochs
    a model, a grid   what this model, or the grid, needs otherwise
    a trial           its learning rate and its regularisation

What is given on the command line is laid over the first two, so the user has the last word.
"""

import argparse
import difflib
import multiprocessing
import os
import sys
import time
from collections.abc import Mapping
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
from msgspec import Meta
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sklearn.datasets import load_digits
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

import hyperparameter as hp

SETTINGS = {
    "data.held_out": "share of the images that accuracy is measured on",
    "data.seed": "seed of the split",
    "train.model": "model of the grid: linear or mlp",
    "train.lr": "learning rate of the two models compared",
    "train.l2": "regularisation of the two models compared",
    "train.epochs": "passes over the training images",
    "train.seed": "seed of initial weights and of the order of images",
    "linear.average": "yes: average the linear model's weights over its steps",
    "mlp.hidden": "units in the hidden layer",
    "mlp.batch": "images per step",
    "grid.lr": "learning rates of the trials, a JSON list",
    "grid.l2": "regularisations of the trials, a JSON list",
    "pool.workers": "threads, and processes",
    "plot.path": "where the plot is written, as PNG",
}
SHARED = {"data": {"held_out": 0.25, "seed": 7}, "train.epochs": 30}
MODELS = {
    "linear": {"train.lr": 0.1, "train.l2": 1e-4, "linear.average": True},
    "mlp": {"train.lr": 0.01, "train.l2": 0.01, "train.epochs": 20, "mlp.hidden": 64},
}
GRID = {"train.epochs": 12}
WORKERS = min(4, os.cpu_count() or 1)  # so short a job repays no more

# An annotation says what is accepted: any other value is refused when it is read.
Count = Annotated[int, Meta(ge=1)]
Seed = Annotated[int, Meta(ge=0, lt=2**32)]
Share = Annotated[float, Meta(ge=0.05, le=0.95)]  # of 1,797 images: every digit is on both sides
Rate = Annotated[float, Meta(gt=0, le=100)]
Rates = Annotated[tuple[Rate, ...], Meta(min_length=1)]

console = Console(highlight=False, markup=False)


class Outcome(NamedTuple):
    """Hold a model's accuracy and the settings that its training saw."""

    lr: float
    l2: float
    accuracy: float


# --- Training: what is not handed from caller to callee comes from the scopes around the call ---


@hp.param("data")
def load(held_out: Share = 0.25, seed: Seed = 0) -> list[np.ndarray]:
    """Return images and labels: training images, held-out images, their labels in that order."""
    images, labels = load_digits(return_X_y=True)
    return train_test_split(images / 16, labels, test_size=held_out, stratify=labels, random_state=seed)


def linear(lr: float, l2: float, seed: np.random.RandomState) -> SGDClassifier:
    """Return a logistic regression, to be trained by stochastic gradient descent."""
    average = hp.scope.linear.average | False
    return SGDClassifier(
        loss="log_loss", learning_rate="constant", eta0=lr, alpha=l2, average=average, random_state=seed
    )


@hp.param("mlp")
def mlp(
    lr: float, l2: float, seed: np.random.RandomState, hidden: Count = 32, batch: Count = 64
) -> MLPClassifier:
    """Return a network with one hidden layer, to be trained by Adam."""
    return MLPClassifier((hidden,), learning_rate_init=lr, alpha=l2, batch_size=batch, random_state=seed)


@hp.param("train")
def train(
    model: Literal["linear", "mlp"] = "mlp",
    lr: Rate = 0.01,
    l2: Rate = 0.01,
    epochs: Count = 15,
    seed: Seed = 0,
) -> Outcome:
    """Train a model for a number of epochs and measure it on the held-out images."""
    seen, held_out, seen_labels, held_out_labels = load()
    build = {"linear": linear, "mlp": mlp}[model]
    classifier = build(lr, l2, np.random.RandomState(seed))
    for _ in range(epochs):  # epoch by epoch, for a length that is set rather than found
        classifier.partial_fit(seen, seen_labels, classes=range(10))
    accuracy = classifier.score(held_out, held_out_labels)
    # Read again: had another trial reached into this one meanwhile, it would show here.
    return Outcome(hp.scope.train.lr | lr, hp.scope.train.l2 | l2, accuracy)


# --- The two models ---


def compare(given: hp.Scope) -> None:
    """Train each model in a scope of its own and print how they do."""
    table = Table("model", "set for it", "accuracy", "seconds", title="Two models")
    for name, overrides in MODELS.items():
        with hp.scope(overrides, given, {"train.model": name}):
            start = time.perf_counter()
            outcome = train()
            seconds = time.perf_counter() - start
            settings = {**hp.scope.train(), **(hp.scope[name] | {})}  # subtrees are plain dicts
            shown = ", ".join(f"{key}={value}" for key, value in settings.items() if key != "model")
            table.add_row(name, shown, f"{outcome.accuracy:.2%}", f"{seconds:.2f}")
    console.print(table)


# --- The grid: the same trials alone, in threads and in processes ---


@hp.param("grid")
def grid(
    lr: Rates = (3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1), l2: Rates = (0.003, 0.03, 0.3, 3.0)
) -> list[dict[str, float]]:
    """Return the overrides of every trial: 24 by default."""
    return [{"train.l2": strength, "train.lr": rate} for strength in l2 for rate in lr]


def trial(overrides: Mapping[str, float]) -> Outcome:
    """Train in a scope that no other trial sees, whatever runs beside it."""
    with hp.scope(overrides):
        return train()


@hp.param("pool")
def pools(workers: Count = WORKERS) -> dict[str, Executor]:
    """Return a pool of threads and one of processes."""
    return {
        "threads": ThreadPoolExecutor(workers),
        # Spawned: to fork a process that has run threads is unsafe, and Windows cannot do it.
        "processes": ProcessPoolExecutor(
            workers, multiprocessing.get_context("spawn"), initializer=threadpool_limits, initargs=(1,)
        ),
    }


def run(trials: list[dict[str, float]]) -> dict[str, list[Outcome]]:
    """Run all trials one by one, in threads and in processes; return the outcomes of each."""
    executors = pools()
    columns = TextColumn("{task.description:>9}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console) as progress:

        def gathered(how: str, outcomes: Any) -> list[Outcome]:
            return list(progress.track(outcomes, total=len(trials), description=how))

        runs = {"alone": gathered("alone", map(trial, trials))}
        for how, pool in executors.items():
            with pool:
                # The pool's workers start outside of our scopes; bind takes the scopes along.
                runs[how] = gathered(how, pool.map(hp.bind(trial), trials))
    return runs


def strays(trials: list[dict[str, float]], runs: Mapping[str, list[Outcome]]) -> list[str]:
    """Return every outcome, as text, that is not exactly that of its trial run alone."""
    found = []
    for how, outcomes in runs.items():
        for overrides, alone, outcome in zip(trials, runs["alone"], outcomes, strict=True):
            if outcome != alone or (outcome.lr, outcome.l2) != (overrides["train.lr"], overrides["train.l2"]):
                found.append(f"{how}: trial {overrides} gave {outcome}, alone {alone}")
    return found


def tabulate(runs: Mapping[str, list[Outcome]]) -> None:
    """Print the accuracy of every trial, wherever it ran; the best in bold."""
    table = Table("learning rate", "regularisation", *runs, title=f"{len(runs['alone'])} trials")
    best = max(outcome.accuracy for outcome in runs["alone"])
    for outcomes in zip(*runs.values(), strict=True):
        lr, l2, accuracy = outcomes[0]
        figures = (f"{outcome.accuracy:.2%}" for outcome in outcomes)
        table.add_row(f"{lr:g}", f"{l2:g}", *figures, style="bold" if accuracy == best else None)
    console.print(table)


def plot(outcomes: list[Outcome], path: Path) -> None:
    """Draw accuracy over the grid as a heat map, the best of it framed."""
    from matplotlib.figure import Figure  # here, since every worker process imports this file

    rates, strengths = (sorted({outcome[axis] for outcome in outcomes}) for axis in (0, 1))
    shares = np.zeros((len(strengths), len(rates)))
    for lr, l2, accuracy in outcomes:
        shares[strengths.index(l2), rates.index(lr)] = 100 * accuracy
    worst, best = shares.min(), shares.max()

    figure = Figure(figsize=(2.5 + len(rates), 2 + 0.7 * len(strengths)), layout="constrained")
    axes = figure.add_subplot(title=f"Handwritten digits: {len(outcomes)} trials, the best framed")
    heat = axes.imshow(shares, origin="lower", aspect="auto", cmap="viridis")
    for (row, column), share in np.ndenumerate(shares):
        colour = "white" if share - worst < 0.6 * (best - worst) else "black"  # read on dark, on light
        frame = {"edgecolor": colour, "facecolor": "none"} if share == best else None
        axes.text(column, row, f"{share:.1f}", ha="center", va="center", color=colour, bbox=frame)
    axes.set_xticks(range(len(rates)), [f"{rate:g}" for rate in rates])
    axes.set_yticks(range(len(strengths)), [f"{strength:g}" for strength in strengths])
    axes.set(xlabel="learning rate", ylabel="L2 regularisation")
    figure.colorbar(heat, label="accuracy on held-out images (%)")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="png", dpi=150)


def search(given: hp.Scope) -> None:
    """Run the grid everywhere, show it, and exit with an error where a trial was not isolated."""
    with hp.scope(GRID, given):
        trials = grid()
        runs = run(trials)
    tabulate(runs)
    if found := strays(trials, runs):
        sys.exit("\n".join(["digits.py: NOT isolated:", *found]))
    console.print(f"Isolated: all {len(trials)} trials gave in threads and in processes what they gave alone.")
    path = hp.scope.plot.path | Path("build/digits.png")
    try:
        plot(runs["alone"], path)
    except OSError as error:
        sys.exit(f"digits.py: cannot write the plot: {error}")
    console.print(f"Plot: {path}", soft_wrap=True)


# --- The command line ---


def unknown(given: hp.Scope) -> str | None:
    """Return a complaint about the first key that is no setting: a slip must not go unnoticed."""
    key = next((key for key in given if key not in SETTINGS), None)
    if key is None:
        return None
    near = difflib.get_close_matches(key, SETTINGS, n=1)
    return f"{key!r} is not a setting; " + (f"did you mean {near[0]!r}?" if near else "see --help")


def main() -> None:
    """Run the program: exit status 1 where a trial was not isolated, 2 for a wrong setting."""
    width = max(map(len, SETTINGS))
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0],
        epilog="settings:\n" + "\n".join(f"  {key:{width}}  {text}" for key, text in SETTINGS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-D", "--define", nargs="*", default=[], action="extend", metavar="key=value")
    args = parser.parse_args()
    threadpool_limits(1)  # trials run in parallel already; the arithmetic inside one need not
    try:
        with hp.scope(*args.define) as given:
            if complaint := unknown(given):
                parser.exit(2, f"{parser.prog}: {complaint}\n")
            with hp.scope(SHARED, given):
                compare(given)
                search(given)
    except hp.ParamError as error:
        parser.exit(2, f"{parser.prog}: {error}\n")


if __name__ == "__main__":
    main()
