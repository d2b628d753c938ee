"""`hp.launch`: the functions that it runs, and the parameters that they and the rest of the process see."""

import pytest

import hyperparameter as hp
from programs import output_lines

pytestmark = pytest.mark.one_kernel


def test_several_functions_are_subcommands(write_program):
    run = write_program("""
        import hyperparameter as hp

        @hp.param("train")
        def train(lr=0.1):
            print("train", lr, hp.scope.seed | 0)

        @hp.param("evaluate")
        def evaluate(path, top=5):
            print("evaluate", path, top, hp.scope.seed | 0)

        @hp.param("inner")
        def _inner(x=1): ...

        if __name__ == "__main__":
            hp.launch()
    """)
    assert output_lines(run("train", "--lr", "2")) == ["train 2.0 0"]
    assert output_lines(run("-D", "seed=1", "evaluate", "p")) == ["evaluate p 5 1"]
    assert output_lines(run("-ep", "train")) == output_lines(run("train", "-ep", "train.lr"))
    assert output_lines(run("evaluate", "p", "-D", "seed=2", "evaluate.top=1")) == ["evaluate p 1 2"]
    assert run().err.endswith("prog.py: error: expected a command: train, evaluate\n")


def test_a_coroutine_function_a_class_and_a_plain_function_run(write_program):
    run = write_program("""
        import asyncio

        import hyperparameter as hp

        @hp.param("serve")
        async def serve(port: int = 80):
            await asyncio.sleep(0)
            print("serve", port, await asyncio.to_thread(lambda: hp.scope.serve.port | 0))

        @hp.param("Job")
        class Job:
            def __init__(self, n: int = 1):
                print("job", n)

        def plain(word="w"):
            return word

        if __name__ == "__main__":
            print("returned", type(hp.launch(serve, Job, plain)).__name__)
    """)
    assert output_lines(run("serve", "--port", "8080")) == ["serve 8080 8080", "returned NoneType"]
    assert output_lines(run("Job", "--n", "2")) == ["job 2", "returned Job"]
    assert output_lines(run("plain", "-D", "plain.word=x")) == ["returned str"]


def test_threads_and_bound_processes_see_the_values_of_the_command_line(write_program):
    run = write_program("""
        from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
        from multiprocessing import get_context

        import hyperparameter as hp

        def work():
            return hp.scope.train.lr | 0.0

        @hp.param("train")
        def train(lr=0.1):
            with ThreadPoolExecutor() as threads, ProcessPoolExecutor(1, get_context("spawn")) as processes:
                print(threads.submit(work).result(), processes.submit(hp.bind(work)).result())
            with hp.scope(**{"train.lr": 9}):
                hp.frozen()
            # No scope overrides the new baseline.
            print(work())

        if __name__ == "__main__":
            hp.launch(train)
    """)
    assert output_lines(run("--lr", "0.5")) == ["0.5 0.5", "9.0"]


def test_the_command_line_wins_over_a_scope_around_the_launch(write_program):
    run = write_program("""
        import hyperparameter as hp

        @hp.param("train")
        def train(lr=0.1, steps=1):
            print(lr, steps)

        with hp.scope(**{"train.lr": 5, "train.steps": 5}):
            hp.launch(train)
    """)
    assert output_lines(run("--lr", "2")) == ["2.0 5"]


def test_a_scope_around_the_launch_can_be_left_afterwards(write_program):
    run = write_program("""
        import hyperparameter as hp

        @hp.param("train")
        def train(lr=0.1, steps=1):
            return lr, steps

        with hp.scope(**{"train.steps": 5}):
            print(hp.launch(train))
        print(train())
    """)
    assert output_lines(run("--lr", "2")) == ["(2.0, 5)", "(2.0, 1)"]


@pytest.mark.parametrize("command", [["-m", "pkg.main"], ["script"]], ids=["module", "entry point"])
def test_a_package_runs_as_a_module_and_by_an_entry_point(write_program, command):
    run = write_program("", *command)
    run.write("pkg/__init__.py", "")
    run.write("pkg/other.py", "import hyperparameter as hp\n\ndef late():\n    return hp.scope.deep.key | 1\n")
    run.write(
        "pkg/main.py",
        """
        import hyperparameter as hp

        @hp.param("train")
        def train(lr=0.1):
            from .other import late

            print(lr, late())

        def main():
            hp.launch(train)

        if __name__ == "__main__":
            main()
        """,
    )
    run.write("script", "import sys\nfrom pkg.main import main\nsys.exit(main())\n")
    assert output_lines(run("--lr", "2", "-D", "deep.key=3")) == ["2.0 3"]
    result = run("-D", "deep.kye=3")
    assert result.code == 2
    assert "did you mean 'deep.key'?" in result.err


def test_launch_returns_the_result_and_keeps_the_baseline():
    @hp.param("train")
    def train(lr=0.1):
        return lr

    assert hp.launch(train, argv=["--lr", "0.5"]) == 0.5
    assert hp.scope.train.lr | 0.0 == 0.5


def test_nothing_of_an_earlier_launch_is_visible_in_a_later_one():
    def train(lr=0.1, fail=False):
        assert hp.scope.written | 0 == 0
        hp.scope.written = 1
        if fail:
            raise ValueError
        return lr, hp.scope.seed | 0, hp.scope.mine | 0

    with hp.scope(mine=1):
        hp.frozen()
    assert hp.launch(train, argv=["--lr", "3", "-D", "seed=5"]) == (3.0, 5, 1)
    assert (hp.scope.train.lr | 0.0, hp.scope.written | 0) == (3.0, 0)
    assert hp.launch(train, argv=[]) == (0.1, 0, 1)
    with pytest.raises(ValueError):
        hp.launch(train, argv=["--lr", "4", "--fail"])
    assert hp.launch(train, argv=[]) == (0.1, 0, 1)
    hp.launch(train, argv=["--lr", "3"])
    with hp.scope(other=1):
        assert hp.launch(train, argv=["-D", "seed=6"]) == (0.1, 6, 1)
        # The scope keeps the baseline of the moment at which it was entered.
        assert hp.scope.train.lr | 0.0 == 3.0


def test_a_program_that_another_one_launches_starts_from_the_values_of_that_one():
    def inner(lr=0.1):
        return lr, hp.scope.seed | 0

    def outer(seed=1):
        results = [hp.launch(inner, argv=["--lr", "3"]), hp.launch(inner, argv=[])]
        return [*results, hp.scope.outer.seed | 0]

    assert hp.launch(outer, argv=["--seed", "7", "-D", "seed=5"]) == [(3.0, 5), (0.1, 5), 7]
    assert hp.launch(inner, argv=[]) == (0.1, 0)


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (
            "generator",
            "hp.launch cannot run {name}(): it is a generator function, and nothing would read its items",
        ),
        ("number", "hp.launch expected a function or class, got 3"),
        (
            "nothing",
            "hp.launch has nothing to run: the calling module decorates no function with hp.param",
        ),
        (
            "equal options",
            "hp.launch got the parameters 'cache' and 'no_cache', which would both have the option --no-cache",
        ),
        ("equal names", "hp.launch got more than one function with the name 'fine'"),
    ],
)
def test_functions_that_cannot_become_a_program_are_refused(problem, text):
    def generator():
        yield 1

    def fine(): ...
    def switches(cache=True, no_cache=False): ...

    functions = {
        "generator": [generator],
        "equal options": [switches],
        "number": [3],
        "nothing": [],
        "equal names": [fine, fine],
    }[problem]
    with pytest.raises(TypeError) as caught:
        hp.launch(*functions, argv=[])
    assert str(caught.value) == text.format(name=generator.__qualname__)


def test_bound_methods_and_wrapped_decorated_functions_run(write_program):
    run = write_program("""
        import functools
        import sys

        import hyperparameter as hp

        def logged(function):
            @functools.wraps(function)
            def call(*args, **kwargs):
                print("logged")
                return function(*args, **kwargs)

            return call

        class Job:
            @hp.param("job")
            def run(self, n=1):
                print("job", n)

        @logged
        @hp.param("train")
        def fit(lr=0.1):
            print("fit", lr)

        hp.launch(Job().run, fit)
    """)
    assert output_lines(run("run", "--n", "2")) == ["job 2"]
    assert output_lines(run("fit", "--lr", "2")) == ["logged", "fit 2.0"]
    assert "is not a parameter of" in run("fit", "-D", "train.lrr=1").err
