"""Programs for type checkers.

`test_typing.py` compares each `# reveals` and `# error` comment with the output of mypy and basedpyright.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import assert_type, reveal_type

import hyperparameter as hp
from hyperparameter.testing import clean

reveal_type(hp.scope.a.b | 0.1)  # reveals float
reveal_type(hp.scope.a.b(3))  # reveals int
reveal_type(hp.scope.a | "adam")  # reveals str
reveal_type(hp.scope.a("adam"))  # reveals str
reveal_type(hp.scope.a | True)  # reveals bool
reveal_type(hp.scope["a.b"] | [1, 2])  # reveals list[int]
reveal_type(hp.scope.a | None)  # reveals Any
reveal_type(hp.scope.a())  # reveals Any
reveal_type(hp.scope.a["b"].c)  # reveals Reference
reveal_type(hp.scope("a=1", {"b": 2}, c=3))  # reveals Scope
reveal_type(hp.snapshot())  # reveals Snapshot
reveal_type(hp.scope(hp.snapshot(), "a=1"))  # reveals Scope
reveal_type(hp.scope.empty(hp.snapshot()))  # reveals Scope
clean(hp.snapshot())
reveal_type(hp.kernel)  # reveals str

with hp.scope(**{"a.b": 1}) as ps:
    reveal_type(ps)  # reveals Scope
    reveal_type(ps.a.b | 0.5)  # reveals float
    reveal_type(list(ps))  # reveals list[str]
    reveal_type(dict(ps))  # reveals dict[str, Any]
    hp.scope.a.b = 2
    ps.a.b = "text"
    ps["a.b"] = 3
    ps.update(hp.snapshot(), ps, a=1)
    del hp.scope.a.b


@hp.param("train")
def train(lr: float = 1e-3, *, steps: int = 10) -> tuple[float, int]:
    return lr, steps


@hp.param
def bare(x: int) -> str:
    return str(x)


@hp.param()
async def job(x: int = 1) -> int:
    return x


@hp.param("gen")
def steps(x: int = 1) -> Iterator[int]:
    yield x


@hp.param("agen")
async def stream(x: int = 1) -> AsyncIterator[int]:
    yield x


@hp.param("model")
class Model:
    def __init__(self, dim: int = 8) -> None:
        self.dim = dim

    @hp.param("model")
    def forward(self, scale: float = 1.0) -> float:
        return self.dim * scale


assert_type(train(0.1, steps=3), tuple[float, int])
assert_type(bare(1), str)
assert_type(steps(2), Iterator[int])
assert_type(stream(2), AsyncIterator[int])
assert_type(Model(3), Model)
assert_type(Model().forward(2.0), float)
assert_type(hp.bind(train)(0.1, steps=3), tuple[float, int])
reveal_type(train)  # reveals lr: float
reveal_type(hp.bind(bare))  # reveals (x: int) -> str

train(learning_rate=0.1)  # error
train("fast")  # error
Model(dim="wide")  # error
hp.bind(bare)("x")  # error
wrong: str = hp.scope.a | 3  # error
hp.scope(3)  # error


async def main() -> None:
    assert_type(await job(2), int)
    assert_type(await hp.bind(job)(2), int)
