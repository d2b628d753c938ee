"""Measure whole programs: under hp.launch beside argparse, their help, and `hp ls` of many files.

A missed goal is marked, and does not fail the run: a person has to judge it.
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import compileall
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import hyperparameter as hp

BARE = """
import argparse

def train(data, lr=0.001, batch_size=32):
    return data, lr, batch_size

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("--lr", type=float, default=0.001)
    parser.add_argument("--batch-size", type=int, default=32)
    train(**vars(parser.parse_args()))
"""
LAUNCHED = '''
import hyperparameter as hp

@hp.param("train")
def train(data: str, lr: float = 0.001, batch_size: int = 32):
    """Train.

    Args:
        data: where the data is.
        lr: learning rate.
    """
    return data, lr, batch_size, hp.scope.train.momentum | 0.9

if __name__ == "__main__":
    hp.launch(train)
'''
MODULE = '''
import hyperparameter as hp

@hp.param("part{number}")
def step(lr: float = 0.1, steps: int = 100, name="{number}"):
    """Do one step.

    Args:
        lr: learning rate.
    """
    return [lr * value for value in range(steps)], hp.scope.part{number}.decay | 0.5
'''
FILES = 2000
PLAIN = [f"def helper{n}(items):\n    return [item + {n} for item in items]\n" for n in range(30)]


def measured(rounds: int, commands: dict[str, list[str]]) -> dict[str, float]:
    """Run the commands in turns, and return the median time of each in ms."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
            times[name].append(1000 * (time.perf_counter() - start))
    return {name: median(values) for name, values in times.items()}


def rows(rounds: int, folder: Path) -> Iterator[tuple[str, float, float, str]]:
    """Yield the name of each figure, the figure, its goal and its unit."""
    bare, launched, tree = folder / "bare.py", folder / "launched.py", folder / "tree"
    bare.write_text(BARE)
    launched.write_text(LAUNCHED)
    tree.mkdir()
    for number in range(FILES):
        (tree / f"module{number}.py").write_text(MODULE.format(number=number) + "\n".join(PLAIN))
    medians = measured(
        rounds,
        {
            "python": ["-c", "pass"],
            "bare": [str(bare), "data", "--lr", "0.1"],
            "launched": [str(launched), "data", "--lr", "0.1"],
            "defined": [str(launched), "data", "-D", "train.lr=0.1"],
            "help": [str(launched), "--help"],
        },
    )
    yield "program, its parameters by name, over argparse", medians["launched"] - medians["bare"], 25, "ms"
    yield "program, its parameters by -D, over argparse", medians["defined"] - medians["bare"], 25, "ms"
    yield "its --help, over bare Python", medians["help"] - medians["python"], 60, "ms"
    listed = measured(1, {"ls": ["-m", "hyperparameter", "ls", str(tree)]})["ls"] / 1000
    yield f"hp ls of {FILES:,} files", listed, 10, "s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a short run")
    options = parser.parse_args()
    compileall.compile_dir(Path(hp.__file__).parent, quiet=1)
    with tempfile.TemporaryDirectory() as folder:
        for name, figure, goal, unit in rows(5 if options.quick else 21, Path(folder)):
            verdict = "met" if figure <= goal else "MISSED"
            print(f"{name}: {figure:.1f} {unit}, goal <= {goal:g}: {verdict}")


if __name__ == "__main__":
    main()
