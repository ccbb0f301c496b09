"""Ends tasks reliably: nats-py swallows a cancellation that arrives while it flushes, so a single one may be lost."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Final

RETRY_SECONDS: Final = 0.2


async def cancel_and_wait(*tasks: asyncio.Task[Any]) -> None:
    """Cancels the tasks until every one of them has ended; what they raise stays with them."""
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=RETRY_SECONDS)
    for task in tasks:
        with suppress(asyncio.CancelledError):
            task.exception()  # retrieved, so that asyncio does not log it


async def run_until(stop: asyncio.Event, *work: Coroutine[Any, Any, None]) -> None:
    """Runs all of `work` concurrently until the first has ended or `stop` is set, then ends the others.

    Raises: what the first to end raised.
    """
    stopping = asyncio.create_task(stop.wait())
    tasks = [asyncio.create_task(each) for each in work]
    try:
        done, _ = await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
    finally:
        await cancel_and_wait(stopping, *tasks)
    for task in tasks:
        if task in done:
            task.result()
