"""Train classifiers on handwritten digits, as one program whose every parameter can be set.

Two models are compared; then 24 trials over a grid of learning rate and regularisation run alone, in
threads and in processes, and must come out the same everywhere:

    python examples/digits.py
    python examples/digits.py -D mlp.hidden=128 'grid.lr=[0.01, 0.1]' pool.workers=4
    python examples/digits.py --help

What it uses otherwise is in digits.toml. A trial sets its learning rate and its regularisation in a scope
of its own, around all that it calls.
"""

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

SETTINGS = Path(__file__).with_name("digits.toml")
WORKERS = min(4, os.cpu_count() or 1)  # so short a job repays no more

# An annotation says what is accepted: any other value is refused before anything runs.
Count = Annotated[int, Meta(ge=1)]
Seed = Annotated[int, Meta(ge=0, lt=2**32)]
Share = Annotated[float, Meta(ge=0.05, le=0.95)]  # of 1,797 images: every digit is on both sides
Rate = Annotated[float, Meta(gt=0, le=100)]
Rates = Annotated[tuple[Rate, ...], Meta(min_length=1)]
Model = Literal["linear", "mlp"]

console = Console(highlight=False, markup=False)


class Outcome(NamedTuple):
    """Hold a model's accuracy and the settings that its training saw."""

    lr: float
    l2: float
    accuracy: float


# --- Training: what is not handed from caller to callee comes from the scopes around the call ---


@hp.param("data")
def load(held_out: Share = 0.25, seed: Seed = 0) -> list[np.ndarray]:
    """Return images and labels: training images, held-out images, their labels in that order.

    Args:
        held_out: share of the images that accuracy is measured on.
        seed: seed of the split.
    """
    images, labels = load_digits(return_X_y=True)
    return train_test_split(images / 16, labels, test_size=held_out, stratify=labels, random_state=seed)


@hp.param("linear")
def linear(
    seed: np.random.RandomState, /, lr: Rate = 0.1, l2: Rate = 1e-4, average: bool = False
) -> SGDClassifier:
    """Return a logistic regression, to be trained by stochastic gradient descent.

    Args:
        lr: learning rate.
        l2: regularisation.
        average: average the weights over the steps.
    """
    return SGDClassifier(
        loss="log_loss", learning_rate="constant", eta0=lr, alpha=l2, average=average, random_state=seed
    )


@hp.param("mlp")
def mlp(
    seed: np.random.RandomState, /, lr: Rate = 0.01, l2: Rate = 0.01, hidden: Count = 32, batch: Count = 64
) -> MLPClassifier:
    """Return a network with one hidden layer, to be trained by Adam.

    Args:
        lr: learning rate.
        l2: regularisation.
        hidden: units in the hidden layer.
        batch: images per step.
    """
    return MLPClassifier((hidden,), learning_rate_init=lr, alpha=l2, batch_size=batch, random_state=seed)


@hp.param("train")
def train(model: Model = "mlp", epochs: Count = 15, seed: Seed = 0) -> Outcome:
    """Train a model and measure it on the held-out images.

    Args:
        model: model of the grid.
        epochs: passes over the training images.
        seed: seed of initial weights and of the order of images.
    """
    seen, held_out, seen_labels, held_out_labels = load()
    classifier = {"linear": linear, "mlp": mlp}[model](np.random.RandomState(seed))
    for _ in range(epochs):  # epoch by epoch, for a length that is set rather than found
        classifier.partial_fit(seen, seen_labels, classes=range(10))
    accuracy = classifier.score(held_out, held_out_labels)
    # Read again: had another trial reached into this one meanwhile, it would show here.
    settings = hp.snapshot()
    return Outcome(settings.get(f"{model}.lr", 0.0), settings.get(f"{model}.l2", 0.0), accuracy)


# --- The two models ---


def compare() -> None:
    """Train each model in a scope of its own and print how they do."""
    table = Table("model", "set for it", "accuracy", "seconds", title="Two models")
    for name in ("linear", "mlp"):
        with hp.scope(**{"train.model": name}):
            start = time.perf_counter()
            outcome = train()
            seconds = time.perf_counter() - start
            settings = {**hp.scope.train(), **hp.scope[name]()}  # subtrees are plain dicts
            shown = ", ".join(f"{key}={value}" for key, value in settings.items() if key != "model")
            table.add_row(name, shown, f"{outcome.accuracy:.2%}", f"{seconds:.2f}")
    console.print(table)


# --- The grid: the same trials alone, in threads and in processes ---


@hp.param("grid")
def grid(
    lr: Rates = (3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1),
    l2: Rates = (0.003, 0.03, 0.3, 3.0),
    epochs: Count = 12,
    model: Model = "mlp",
) -> list[dict[str, Any]]:
    """Return the overrides of every trial: 24 by default.

    Args:
        lr: learning rates of the trials.
        l2: regularisations of the trials.
        epochs: passes over the training images in a trial.
        model: model of the trials.
    """
    return [
        {"train.model": model, "train.epochs": epochs, f"{model}.l2": strength, f"{model}.lr": rate}
        for strength in l2
        for rate in lr
    ]


def trial(overrides: Mapping[str, Any]) -> Outcome:
    """Train in a scope that no other trial sees, whatever runs beside it."""
    with hp.scope(overrides):
        return train()


@hp.param("pool")
def pools(workers: Count = WORKERS) -> dict[str, Executor]:
    """Return a pool of threads and one of processes.

    Args:
        workers: threads, and processes.
    """
    return {
        "threads": ThreadPoolExecutor(workers),
        # Spawned: to fork a process that has run threads is unsafe, and Windows cannot do it.
        "processes": ProcessPoolExecutor(
            workers, multiprocessing.get_context("spawn"), initializer=threadpool_limits, initargs=(1,)
        ),
    }


def run(trials: list[dict[str, Any]]) -> dict[str, list[Outcome]]:
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


def strays(trials: list[dict[str, Any]], runs: Mapping[str, list[Outcome]]) -> list[str]:
    """Return every outcome, as text, that is not exactly that of its trial run alone."""
    found = []
    for how, outcomes in runs.items():
        for overrides, alone, outcome in zip(trials, runs["alone"], outcomes, strict=True):
            asked = tuple(overrides[f"{overrides['train.model']}.{name}"] for name in ("lr", "l2"))
            if outcome != alone or (outcome.lr, outcome.l2) != asked:
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


def search() -> None:
    """Run the grid everywhere, show it, and exit with an error where a trial was not isolated."""
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


def digits() -> None:
    """Compare two classifiers of handwritten digits, and search a grid in threads and in processes."""
    threadpool_limits(1)  # trials run in parallel already; the arithmetic inside one need not
    compare()
    search()


if __name__ == "__main__":
    hp.launch(digits, config=SETTINGS)
