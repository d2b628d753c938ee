"""Programs for the tests: they are written to a folder, and run in a process as a user runs them."""

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
        Activation after a layer.
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
    """Train a model on the images of a folder.

    It reads 100% of them.

    Args:
        data: folder of the images.
        lr: learning rate.
        batch_size: images per step,
            or 0 for all.
        cache: keep the data in memory, 50% of it.
    """
    print(repr(data), lr, batch_size, cache, colour.name, layers, steps)
    print(*model(), hp.scope.opt.momentum | 0.9, hp.scope[f"task.{data}.weight"] | 1)


if __name__ == "__main__":
    hp.launch(train, env="APP_")
'''


class Result(NamedTuple):
    """The exit code and the output of a process."""

    code: int
    out: str
    err: str


class Program:
    """A command that runs in a folder of its own."""

    def __init__(self, folder: Path, *command: str) -> None:
        self.folder = folder
        self.command = command

    def __call__(self, *argv: str, **environment: str) -> Result:
        process = subprocess.run(
            [sys.executable, *self.command, *argv],
            cwd=self.folder,
            env={**os.environ, "COLUMNS": "100", "PYTHONWARNINGS": "error", **environment},
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=60,
        )
        return Result(process.returncode, process.stdout, process.stderr)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))


def output_of(result: Result) -> str:
    """Return the output of a process that succeeded and wrote nothing to stderr."""
    assert (result.code, result.err) == (0, ""), result
    return result.out


def output_lines(result: Result) -> list[str]:
    return output_of(result).splitlines()


def run_python(*arguments: str, env: dict[str, str] | None = None) -> str:
    """Run Python, and return what it prints to stdout. It must not fail."""
    command = [sys.executable, *arguments]
    result = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **(env or {})})
    assert result.returncode == 0, result.stderr
    return result.stdout
