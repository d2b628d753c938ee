"""Decorated and bound coroutines and generators: each step runs in a view of its own."""

import asyncio
import contextlib
import contextvars
import functools
import gc
import inspect
import subprocess
import sys
import types
import weakref
from unittest import mock

import joblib
import pytest

import hyperparameter as hp


def lr():
    return hp.scope.train.lr | 0


def decorated_steps(log=None):
    @hp.param("gen")
    def steps(start=0):
        """Yield the values that the generator sees."""
        try:
            with hp.scope(**{"train.lr": 10 + start}):
                sent = yield lr()
                while True:
                    sent = yield (sent, lr())
        except ValueError as error:
            yield str(error)
        finally:
            if log is not None:
                log.append(lr())
        return "end"

    return steps


def test_a_decorated_generator_keeps_its_scopes_from_its_consumer():
    steps = decorated_steps()
    with hp.scope(**{"gen.start": 1, "train.lr": 5}):
        running = steps()
    assert (next(running), lr()) == (11, 0)
    with hp.scope(**{"train.lr": 6, "gen.start": 9}):
        assert (running.send("hello"), lr()) == (("hello", 11), 6)
        assert running.throw(ValueError("thrown")) == "thrown"
        with pytest.raises(StopIteration) as stop:
            next(running)
        assert (stop.value.value, lr()) == ("end", 6)


def test_a_closed_or_abandoned_decorated_generator_cleans_up_in_its_own_view():
    log = []
    steps = decorated_steps(log)
    with hp.scope(**{"train.lr": 5}):
        closed, abandoned, never_started = steps(), steps(), steps()
    next(closed), next(abandoned)
    with hp.scope(**{"train.lr": 6}):
        closed.close()
        del abandoned, never_started
        gc.collect()
        assert lr() == 6
    assert log == [5, 5]


def test_decorated_generators_can_be_interleaved_and_delegated_to():
    steps = decorated_steps()
    first, second = steps(1), steps(2)
    assert [next(first), next(second), next(first)[1], next(second)[1], lr()] == [11, 12, 11, 12, 0]

    def outer():
        result = yield from steps(3)
        yield result

    delegating = outer()
    assert [next(delegating), delegating.send("x"), delegating.throw(ValueError("v"))] == [13, ("x", 13), "v"]
    assert next(delegating) == "end"


def test_inspect_reports_that_a_decorated_generator_function_is_a_generator_function():
    steps = decorated_steps()
    assert inspect.isgeneratorfunction(steps)
    assert isinstance(steps(), types.GeneratorType)
    assert steps().__name__ == "steps"
    assert steps.__doc__ == "Yield the values that the generator sees."
    assert str(inspect.signature(steps)) == "(start=0)"


def test_an_error_in_a_decorated_generator_reaches_the_consumer():
    @hp.param("gen")
    def steps():
        yield 1
        raise KeyError("mine")

    running = steps()
    next(running)
    with pytest.raises(KeyError, match="mine"):
        next(running)


def async_steps(log):
    @hp.param("gen")
    async def steps(start=0):
        try:
            with hp.scope(**{"train.lr": 10 + start}):
                while True:
                    await asyncio.sleep(0)
                    try:
                        sent = yield lr()
                    except ValueError as error:
                        sent = yield str(error)
                    log.append(sent)
        finally:
            await asyncio.sleep(0)
            log.append(("closed", lr()))

    return steps


def test_a_decorated_async_generator_keeps_its_scopes_from_its_consumer():
    log = []
    steps = async_steps(log)
    assert inspect.isasyncgenfunction(steps)

    async def main():
        with hp.scope(**{"gen.start": 1, "train.lr": 5}):
            running = steps()
        assert inspect.isasyncgen(running)
        with hp.scope(**{"train.lr": 6}):
            assert (await anext(running), lr()) == (11, 6)
            assert (await running.asend("a"), lr()) == (11, 6)
            assert await running.athrow(ValueError("b")) == "b"
            assert (await asyncio.create_task(running.asend("c")), lr()) == (11, 6)
            await asyncio.create_task(running.aclose())
            assert lr() == 6

    asyncio.run(main())
    assert log == ["a", "c", ("closed", 5)]


def test_an_async_generator_closed_in_another_task_disturbs_nothing():
    """This holds for decorated and plain generators, and for the clean-up at the end of the event loop."""
    log = []

    async def plain():
        with hp.scope(**{"train.lr": 20}):
            yield lr()

    async def main():
        with hp.scope(**{"train.lr": 6}):
            for steps in (async_steps(log), plain):
                running = steps()
                async for _ in running:
                    break
                await asyncio.create_task(running.aclose())
                # The scope of the plain generator has reached this task.
                assert lr() in (6, 20)
        assert lr() in (0, 20)
        left_open = async_steps(log)()
        await anext(left_open)
        del left_open
        gc.collect()
        await asyncio.sleep(0.01)
        await asyncio.sleep(0.01)

    contextvars.copy_context().run(asyncio.run, main())
    assert log == [("closed", 6), ("closed", 20)]
    assert lr() == 0


def test_a_decorated_coroutine_function_resolves_its_arguments_at_the_call():
    @hp.param("job")
    async def job(n=0):
        await asyncio.sleep(0)
        return n

    assert inspect.iscoroutinefunction(job)
    assert asyncio.iscoroutinefunction(job)
    with hp.scope(**{"job.n": 3}):
        called = job()
    assert inspect.iscoroutine(called)
    assert asyncio.run(called) == 3


def test_bound_coroutines_and_generators_run_in_their_view_at_each_step():
    async def job():
        await asyncio.sleep(0)
        first = lr()
        with hp.scope(**{"train.lr": 99}):
            await asyncio.sleep(0)
        return first, lr()

    def steps():
        yield lr()
        yield lr()

    async def stream():
        yield lr()
        await asyncio.sleep(0)
        yield lr()

    with hp.scope(**{"train.lr": 5}):
        bound_job, bound_steps, bound_stream = hp.bind(job), hp.bind(steps), hp.bind(stream)

    async def main():
        with hp.scope(**{"train.lr": 6}):
            seen = await asyncio.gather(bound_job(), bound_job())
            return seen, list(bound_steps()), [item async for item in bound_stream()], lr()

    assert asyncio.run(main()) == ([(5, 5), (5, 5)], [5, 5], [5, 5], 6)


class Decorated:
    @hp.param("train")
    async def job(self, lr=1):
        return lr, hp.scope.train.lr | 0

    @hp.param("train")
    def steps(self, lr=1):
        yield lr, hp.scope.train.lr | 0

    @hp.param("train")
    async def stream(self, lr=1):
        yield lr, hp.scope.train.lr | 0


def test_a_decorated_function_that_is_bound_takes_its_arguments_from_the_bound_view():
    instance = Decorated()
    with hp.scope(**{"train.lr": 7}):
        methods = [hp.bind(method) for method in (instance.job, instance.steps, instance.stream)]
        functions = [hp.bind(method) for method in (Decorated.job, Decorated.steps, Decorated.stream)]

    async def main(job, steps, stream, *args):
        return [await job(*args), *steps(*args), *[item async for item in stream(*args)]]

    with hp.scope(**{"train.lr": 8}):
        assert asyncio.run(main(*methods)) == asyncio.run(main(*functions, instance)) == [(7, 7)] * 3


@pytest.mark.parametrize("wrap", [hp.param("gen"), hp.bind, lambda f: hp.bind(hp.param("gen")(f))])
def test_an_open_async_generator_is_closed_at_the_end_of_the_loop_without_an_error(wrap):
    loop_errors, closed, generators = [], [], []

    @wrap
    async def stream(start=0):
        try:
            yield start
            yield start
        finally:
            await asyncio.sleep(0.01)
            closed.append(start)

    async def main():
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: loop_errors.append(context))
        generators.append(stream())
        async for _ in generators[0]:
            break

    asyncio.run(main())
    assert (closed, loop_errors) == ([0], [])


@pytest.mark.parametrize("decorate", [hp.bind, hp.param("g")])
def test_a_value_or_error_that_is_sent_into_a_generator_can_be_freed_before_the_next_step(decorate):
    class Sent(Exception):
        pass

    @decorate
    def generator():
        for _ in range(3):
            with contextlib.suppress(Sent):
                yield

    iterator = generator()
    next(iterator)
    for send in (iterator.send, iterator.throw):
        sent = Sent()
        reference = weakref.ref(sent)
        send(sent)
        del sent
        gc.collect()
        assert reference() is None


def work():
    return lr()


async def async_work():
    await asyncio.sleep(0)
    return lr()


def work_items():
    yield lr()
    yield lr()


async def async_work_items():
    yield lr()


def plain_wrapper(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


WRAPPERS = {
    "lambda": lambda function: lambda: function(),
    "wraps": plain_wrapper,
    "lru_cache": functools.lru_cache,
}


@pytest.mark.parametrize("wrap", WRAPPERS.values(), ids=WRAPPERS)
def test_what_a_bound_wrapper_returns_runs_in_the_bound_view(wrap):
    """The result of the call decides, not the code of the function that was bound."""
    with hp.scope(**{"train.lr": 5}):
        bound, bound_async = hp.bind(wrap(work)), hp.bind(wrap(async_work))
        bound_items, bound_async_items = hp.bind(wrap(work_items)), hp.bind(wrap(async_work_items))

    async def collect():
        return [item async for item in bound_async_items()]

    assert bound() == 5
    assert list(bound_items()) == [5, 5]
    assert asyncio.run(bound_async()) == 5
    assert asyncio.run(collect()) == [5]


@pytest.mark.parametrize("wrap", WRAPPERS.values(), ids=WRAPPERS)
def test_a_generator_that_a_decorated_wrapper_returns_runs_in_the_view_of_the_call(wrap):
    decorated, decorated_async = hp.param("w")(wrap(work_items)), hp.param("w")(wrap(async_work_items))
    with hp.scope(**{"train.lr": 5}):
        items, async_items = decorated(), decorated_async()

    async def collect():
        return [item async for item in async_items]

    assert (items.__name__, list(items)) == ("work_items", [5, 5])
    assert asyncio.run(collect()) == [5]


def tuned_block(decorator):
    @decorator
    @hp.param("tuned")
    def tuned(lr=5):
        with hp.scope(**{"train.lr": lr}):
            yield lr

    return tuned


def test_a_context_manager_whose_scope_does_not_reach_the_block_warns():
    with (
        pytest.warns(UserWarning, match=r"tuned\(\) .* does not reach the block") as caught,
        tuned_block(contextlib.contextmanager)(),
    ):
        assert lr() == 0
    assert caught[0].filename == __file__


def test_an_async_context_manager_whose_scope_does_not_reach_the_block_warns():
    @contextlib.asynccontextmanager
    @hp.param("tuned")
    async def tuned(rate=5):
        with hp.scope(**{"train.lr": rate}):
            yield rate

    async def main():
        async with tuned():
            assert lr() == 0

    with pytest.warns(UserWarning, match=r"tuned\(\) .* does not reach the block"):
        asyncio.run(main())


def test_a_fixture_whose_scope_does_not_reach_the_test_warns(tmp_path):
    program = """
import pytest, hyperparameter as hp

@pytest.fixture
@hp.param("tuned")
def tuned(lr=5):
    with hp.scope(**{"train.lr": lr}):
        yield

def test_it(tuned):
    assert (hp.scope.train.lr | 0) == 0
"""
    (tmp_path / "test_it.py").write_text(program)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", tmp_path]
    output = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path).stdout
    assert "1 passed, 1 warning" in output
    assert "tuned() is decorated by hp.param, so the scope that it enters does not reach the test" in output


@pytest.mark.filterwarnings("error")
def test_a_decorated_context_manager_that_enters_no_scope_or_is_decorated_above_does_not_warn():
    @hp.param("tuned")
    @contextlib.contextmanager
    def above(rate=5):
        with hp.scope(**{"train.lr": rate}):
            yield

    @contextlib.contextmanager
    @hp.param("tuned")
    def without_scope(rate=5):
        yield rate

    with hp.scope(**{"tuned.rate": 6}), above(), without_scope() as rate:
        assert (lr(), rate) == (6, 6)
    list(tuned_block(lambda function: function)())


def test_a_bound_function_leaves_other_awaitables_as_they_are():
    async def main():
        task = asyncio.ensure_future(async_work())
        assert hp.bind(lambda: task)() is task
        await task

    asyncio.run(main())


def test_inspect_reports_the_kind_of_a_bound_function():
    assert inspect.iscoroutinefunction(hp.bind(async_work))
    assert asyncio.iscoroutinefunction(hp.bind(async_work))
    assert inspect.isgeneratorfunction(hp.bind(work_items))
    assert inspect.isasyncgenfunction(hp.bind(async_work_items))
    assert not inspect.iscoroutinefunction(hp.bind(work))


def test_a_mock_awaits_a_bound_side_effect():
    with hp.scope(**{"train.lr": 5}):
        mocked = mock.AsyncMock(side_effect=hp.bind(async_work))
    assert asyncio.run(mocked()) == 5


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_every_task_of_a_joblib_generator_sees_the_scope_of_a_function_bound_before_it(backend):
    with hp.scope(**{"train.lr": 5}):
        bound = hp.bind(lr)
        assert joblib.Parallel(2, backend=backend)(joblib.delayed(bound)() for _ in range(8)) == [5] * 8
