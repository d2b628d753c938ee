"""Scopes in asyncio tasks and in generators that are not decorated."""

import asyncio
import contextvars
import gc

import pytest

import hyperparameter as hp


def lr():
    return hp.scope.train.lr | 0


def test_a_thousand_tasks_at_the_same_time_each_see_their_own_scopes():
    async def work(number):
        with hp.scope(**{"train.lr": number}):
            for _ in range(5):
                await asyncio.sleep(0)
                assert lr() == number
                hp.scope.train.lr = number
            with hp.scope(**{"train.lr": -number}):
                await asyncio.sleep(0)
                assert lr() == -number
        return lr()

    async def main():
        with hp.scope(**{"train.lr": 7}):
            return await asyncio.gather(*(work(number) for number in range(1, 1001)))

    assert asyncio.run(main()) == [7] * 1000


def test_a_task_starts_with_the_scopes_of_its_starter_and_keeps_its_writes_to_itself():
    async def child(value):
        seen = [lr()]
        hp.scope.train.lr = value
        await asyncio.sleep(0)
        return [*seen, lr()]

    async def main():
        with hp.scope(**{"train.lr": 1}):
            tasks = [asyncio.create_task(child(value)) for value in (2, 3)]
            # The tasks have their copy of the context already.
            hp.scope.train.lr = 4
            results = await asyncio.gather(*tasks)
            in_thread = await asyncio.to_thread(lr)
            in_executor = await asyncio.get_running_loop().run_in_executor(None, hp.bind(lr))
            unbound = await asyncio.get_running_loop().run_in_executor(None, lr)
            return results, in_thread, in_executor, unbound, lr()

    assert asyncio.run(main()) == ([[1, 2], [1, 3]], 4, 4, 0, 4)


def test_a_scope_can_be_left_in_another_task():
    async def main():
        ps = hp.scope(**{"train.lr": 1})
        ps.__enter__()

        async def other():
            ps.__exit__(None, None, None)
            return lr()

        assert await asyncio.create_task(other()) == 0
        assert lr() == 1
        ps.__exit__(None, None, None)
        # Leaving a second time does nothing.
        ps.__exit__(None, None, None)
        return lr()

    assert asyncio.run(main()) == 0


def test_a_cancelled_task_leaves_its_scopes():
    async def work():
        with hp.scope(**{"train.lr": 1}):
            await asyncio.sleep(60)

    async def main():
        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return lr()

    assert asyncio.run(main()) == 0


def test_interleaved_generators_each_leave_their_own_scope():
    """The scope of a generator that is not decorated reaches its consumer. Leaving removes only that scope."""

    def steps(value):
        with hp.scope(**{"train.lr": value}) as ps:
            yield ps.train.lr | 0
            yield ps.train.lr | 0

    first, second = steps(1), steps(2)
    assert [next(first), next(second), next(first), next(second)] == [1, 2, 1, 2]
    assert next(first, "done") == "done"
    assert lr() == 2
    assert next(second, "done") == "done"
    assert lr() == 0


def test_an_abandoned_generator_leaves_its_scope():
    def steps():
        with hp.scope(**{"train.lr": 1}):
            yield

    abandoned = steps()
    next(abandoned)
    with hp.scope(**{"train.lr": 2}):
        del abandoned
        gc.collect()
        assert lr() == 2
    assert lr() == 0


def test_init_lasts_for_the_rest_of_the_context():
    def job():
        with hp.scope(**{"train.lr": 1}):
            hp.scope.init(**{"train.lr": 2})
            assert lr() == 2
        return lr()

    assert (contextvars.copy_context().run(job), lr()) == (2, 0)
