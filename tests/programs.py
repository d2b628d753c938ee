"""Programs for the tests: written to a folder, and run as a user runs them."""

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

TRAIN = '''
import enum
from typing import Literal

import hyperparameter as hp


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


@hp.param("model")
def model(hidden: int = 32, act: Literal["relu", "gelu"] = "relu"):
    """Build a model.

    Parameters
    ----------
    hidden : int
        Units of the hidden layer.
    act
        What follows a layer.
    """
    return hidden, act


@hp.param("train")
def train(
    data: str,
    lr: float = 0.001,
    batch_size: int = 32,
    cache: bool = True,
    colour: Colour = Colour.RED,
    layers: list[int] = [64, 32],
    steps: int | None = None,
):
    """Train a model on what is in a folder.

    It takes 100% of it.

    Args:
        data: where the data is.
        lr: learning rate.
        batch_size: images per step,
            all of them at 0.
        cache: keep the data in memory, 50% of it.
    """
    print(repr(data), lr, batch_size, cache, colour.name, layers, steps)
    print(*model(), hp.scope.opt.momentum | 0.9, hp.scope[f"task.{data}.weight"] | 1)


if __name__ == "__main__":
    hp.launch(train, env="APP_")
'''


class Ran(NamedTuple):
    """Hold what a process did."""

    code: int
    out: str
    err: str


class Program:
    """Run a program in a folder of its own."""

    def __init__(self, folder: Path, *command: str) -> None:
        self.folder = folder
        self.command = command

    def __call__(self, *argv: str, **environment: str) -> Ran:
        done = subprocess.run(
            [sys.executable, *self.command, *argv],
            cwd=self.folder,
            env={**os.environ, "COLUMNS": "100", "PYTHONWARNINGS": "error", **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))
