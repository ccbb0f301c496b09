"""Tasks end for certain, also those that lose a cancellation on the way."""

import asyncio

import pytest

from runtime.tasks import cancel_and_wait, run_until


async def deaf_once() -> None:
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        await asyncio.sleep(60)


async def test_a_task_that_swallows_a_cancellation_ends_all_the_same() -> None:
    task = asyncio.create_task(deaf_once())
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await cancel_and_wait(task)
    assert task.cancelled()


async def test_tasks_that_have_ended_stay_as_they_are() -> None:
    async def fails() -> None:
        raise ValueError("as it came")

    task = asyncio.create_task(fails())
    await asyncio.wait([task])
    await cancel_and_wait(task)
    assert isinstance(task.exception(), ValueError)


async def test_a_stop_ends_all_work() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(0.01, stop.set)
    async with asyncio.timeout(5):
        await run_until(stop, deaf_once(), deaf_once())


async def test_the_first_failure_ends_the_rest_and_is_told() -> None:
    ended = asyncio.Event()

    async def waits() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    async def fails() -> None:
        await asyncio.sleep(0.01)
        raise ValueError("first")

    with pytest.raises(ValueError, match="first"):
        await run_until(asyncio.Event(), waits(), fails())
    assert ended.is_set()


async def test_work_that_ends_by_itself_ends_the_waiting() -> None:
    async def short() -> None:
        pass

    await run_until(asyncio.Event(), short())
