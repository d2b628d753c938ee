"""Train classifiers of handwritten digits: one program, and every parameter of it can be set.

The program compares two models. Then it runs 24 trials over a grid of learning rates and regularisations:
one by one, in threads and in processes. Every trial must give the same result in all three.

    python examples/digits.py
    python examples/digits.py -D mlp.hidden=128 'grid.lr=[0.01, 0.1]' pool.workers=4
    python examples/digits.py --help

The defaults of the program are in digits.toml. A trial sets its learning rate and its regularisation in a
scope around the call of `train()`. No function in between passes them on.
"""

import multiprocessing
import os
import sys
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from digits_report import Outcome, Timing, console, plot, print_grid, print_timings
from msgspec import Meta
from rich.table import Table
from sklearn.datasets import load_digits
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

import hyperparameter as hp

SETTINGS = Path(__file__).with_name("digits.toml")
# A trial takes a fraction of a second, so more workers than this do not pay for their start.
WORKERS = min(4, os.cpu_count() or 1)
SECONDS_BETWEEN_LINES = 5

# An annotation says which values are accepted. Any other value is refused before the program starts.
Count = Annotated[int, Meta(ge=1)]
Seed = Annotated[int, Meta(ge=0, lt=2**32)]
# At least 5 % of the 1,797 images, so that every digit is on both sides of the split.
Share = Annotated[float, Meta(ge=0.05, le=0.95)]
Rate = Annotated[float, Meta(gt=0, le=100)]
Rates = Annotated[tuple[Rate, ...], Meta(min_length=1)]
Model = Literal["linear", "mlp"]


# --- Training. What a function does not get as an argument comes from the scopes around the call. ---


@hp.param("data")
def load(held_out: Share = 0.25, seed: Seed = 0) -> list[np.ndarray]:
    """Return training images, held-out images, training labels and held-out labels.

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
    """Return a logistic regression that stochastic gradient descent trains.

    Args:
        lr: learning rate.
        l2: regularisation.
        average: whether to average the weights over the steps.
    """
    return SGDClassifier(
        loss="log_loss", learning_rate="constant", eta0=lr, alpha=l2, average=average, random_state=seed
    )


@hp.param("mlp")
def mlp(
    seed: np.random.RandomState, /, lr: Rate = 0.01, l2: Rate = 0.01, hidden: Count = 32, batch: Count = 64
) -> MLPClassifier:
    """Return a network with one hidden layer that Adam trains.

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
        seed: seed of the initial weights and of the order of the images.
    """
    seen, held_out, seen_labels, held_out_labels = load()
    classifier = {"linear": linear, "mlp": mlp}[model](np.random.RandomState(seed))
    for _ in range(epochs):
        classifier.partial_fit(seen, seen_labels, classes=range(10))
    accuracy = classifier.score(held_out, held_out_labels)
    # Read the settings again after the training. If another trial had changed them, the difference shows.
    settings = hp.snapshot()
    return Outcome(settings.get(f"{model}.lr", 0.0), settings.get(f"{model}.l2", 0.0), accuracy)


# --- The two models ---


def compare_models() -> None:
    """Train each model in a scope of its own and print its accuracy."""
    table = Table("model", "its settings", "accuracy", "seconds", title="Two models")
    for name in ("linear", "mlp"):
        console.print(f"Training the model {name!r} ...")
        with hp.scope(**{"train.model": name}):
            start = time.perf_counter()
            outcome = train()
            seconds = time.perf_counter() - start
            # Reading a prefix gives its subtree as a plain dict.
            settings = {**hp.scope.train(), **hp.scope[name]()}
        text = ", ".join(f"{key}={value}" for key, value in settings.items() if key != "model")
        table.add_row(name, text, f"{outcome.accuracy:.2%}", f"{seconds:.2f}")
    console.print(table)


# --- The grid: the same trials one by one, in threads and in processes ---


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


def run_trial(overrides: Mapping[str, Any]) -> Outcome:
    """Train in a scope that no other trial sees, whatever runs beside it."""
    with hp.scope(overrides):
        return train()


def collect(outcomes: Iterable[Outcome], total: int) -> list[Outcome]:
    """Return all outcomes, and print a line of progress every few seconds."""
    collected: list[Outcome] = []
    start = last_line = time.perf_counter()
    for outcome in outcomes:
        collected.append(outcome)
        now = time.perf_counter()
        if now - last_line >= SECONDS_BETWEEN_LINES and len(collected) < total:
            console.print(f"  {len(collected)} of {total} trials are done after {now - start:.0f} s")
            last_line = now
    return collected


def start_worker(all_started: Any) -> None:
    """Start a worker process: wait until the others have started, too."""
    threadpool_limits(1)
    all_started.wait()


def process_pool(workers: int) -> Executor:
    """Return a pool of processes that have imported this file and are ready for work."""
    # Spawn the processes. To fork a process that has run threads is unsafe, and Windows cannot fork.
    context = multiprocessing.get_context("spawn")
    all_started = context.Barrier(workers)
    pool = ProcessPoolExecutor(workers, context, initializer=start_worker, initargs=(all_started,))
    # Each task starts one process. None of them runs before all processes have started.
    tasks = [pool.submit(os.getpid) for _ in range(workers)]
    while wait(tasks, timeout=SECONDS_BETWEEN_LINES).not_done:
        console.print("  the processes are still starting: each of them imports scikit-learn")
    for task in tasks:
        task.result()
    return pool


@hp.param("pool")
def run_everywhere(
    trials: list[dict[str, Any]], /, workers: Count = WORKERS
) -> tuple[dict[str, list[Outcome]], dict[str, Timing]]:
    """Run all trials one by one, in threads and in processes; return the outcomes and times of each.

    Args:
        workers: number of threads, and of processes.
    """
    console.print(f"\nRunning {len(trials)} trials one by one ...")
    start = time.perf_counter()
    runs = {"one by one": collect(map(run_trial, trials), len(trials))}
    timings = {"one by one": Timing(0, time.perf_counter() - start)}
    for kind, make_pool in (("threads", ThreadPoolExecutor), ("processes", process_pool)):
        name = f"{workers} {kind}"
        console.print(f"Starting {name} ...")
        start = time.perf_counter()
        with make_pool(workers) as pool:
            started = time.perf_counter()
            console.print(f"Running {len(trials)} trials in {name} ...")
            # The workers of a pool start outside of our scopes. `hp.bind` carries our scopes to them.
            runs[name] = collect(pool.map(hp.bind(run_trial), trials), len(trials))
            timings[name] = Timing(started - start, time.perf_counter() - started)
    return runs, timings


def find_differences(trials: list[dict[str, Any]], runs: Mapping[str, list[Outcome]]) -> list[str]:
    """Return a text for every outcome that is not exactly that of its trial run one by one."""
    differences = []
    for name, outcomes in runs.items():
        for overrides, expected, outcome in zip(trials, runs["one by one"], outcomes, strict=True):
            model = overrides["train.model"]
            settings = overrides[f"{model}.lr"], overrides[f"{model}.l2"]
            if outcome != expected or outcome[:2] != settings:
                differences.append(f"{name}: trial {overrides} gave {outcome}, expected {expected}")
    return differences


def search_grid() -> None:
    """Run the grid everywhere and show it; exit with an error if a trial was not isolated."""
    trials = grid()
    runs, timings = run_everywhere(trials)
    print_timings(timings)
    print_grid(runs["one by one"])
    if differences := find_differences(trials, runs):
        sys.exit("\n".join(["digits.py: the trials are NOT isolated:", *differences]))
    console.print(
        f"Isolated: all {len(trials)} trials gave the same result one by one, in threads and in processes."
    )
    path = hp.scope.plot.path | Path("build/digits.png")
    console.print("Drawing the plot ...")
    try:
        plot(runs["one by one"], path)
    except OSError as error:
        sys.exit(f"digits.py: cannot write the plot: {error}")
    console.print(f"Plot: {path}", soft_wrap=True)


def digits() -> None:
    """Compare two classifiers of handwritten digits, and search a grid in threads and in processes."""
    # Trials run in parallel, so the arithmetic of one trial uses one thread.
    threadpool_limits(1)
    compare_models()
    search_grid()


if __name__ == "__main__":
    hp.launch(digits, config=SETTINGS)
