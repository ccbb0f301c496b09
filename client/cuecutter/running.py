"""The steps of operations, done: `Blocking` with httpx's blocking client, `Awaiting` with its client for asyncio.

Both do the same, line by line.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any, TypeVar, assert_never

import httpx

from cuecutter.login import Login
from cuecutter.requests import Sending, answer_of, arguments, explained, is_streamed, settings
from cuecutter.retrying import persistently
from cuecutter.steps import Answer, Ask, Body, Once, Operation, Pause, Sink, Step, Tell, Work

T = TypeVar("T")


class Blocking:
    """Runs operations in the caller's thread. Silence of `timeout_seconds` ends an attempt, `retry_seconds` all."""

    def __init__(self, login: Login, timeout_seconds: float, retry_seconds: float) -> None:
        self.url = login.url
        self._http = httpx.Client(**settings(login, timeout_seconds))
        self._timeout_seconds, self._retry_seconds = timeout_seconds, retry_seconds

    def close(self) -> None:
        self._http.close()

    def run(self, operation: Operation[T]) -> T:
        """Raises: what the operation raises."""
        with contextlib.closing(operation):
            try:
                step = next(operation)
                while True:
                    try:
                        result = self._do(step)
                    except Exception as exc:  # noqa: BLE001 - it is for the operation, which raises it again
                        step = operation.throw(exc)
                    else:
                        step = operation.send(result)
            except StopIteration as end:
                value: T = end.value
                return value

    def _do(self, step: Step) -> Any:
        match step:
            case Ask():
                return self.run(persistently(step, self._retry_seconds))
            case Once(ask):
                return self._ask(ask)
            case Pause(seconds):
                return time.sleep(seconds)
            case Work(do) | Tell(do):
                return do()
        assert_never(step)

    def _ask(self, ask: Ask) -> Answer:
        sending = Sending(ask)
        content = self._pieces(ask.content, sending) if is_streamed(ask.content) else ask.content
        call = arguments(ask, self.url, content, self._timeout_seconds)
        with explained(self.url, sending), self._http.stream(**call) as response:
            answer = answer_of(response)
            if ask.sink is None or not ask.sink.begin(answer):
                return answer_of(response, response.read())
            for chunk in response.iter_raw():
                ask.sink.write(chunk)
                ask.sink.told()
            return answer

    def _pieces(self, body: Body, sending: Sending) -> Iterator[bytes]:
        for chunk in body.chunks():
            yield chunk
            sending.count(chunk)
            body.told(sending.done_bytes)


class Awaiting:
    """Runs operations in asyncio's loop, and reads and writes files in threads. Times as of `Blocking`."""

    def __init__(self, login: Login, timeout_seconds: float, retry_seconds: float) -> None:
        self.url = login.url
        self._http = httpx.AsyncClient(**settings(login, timeout_seconds))
        self._timeout_seconds, self._retry_seconds = timeout_seconds, retry_seconds

    async def close(self) -> None:
        await self._http.aclose()

    async def run(self, operation: Operation[T]) -> T:
        """Raises: what the operation raises."""
        with contextlib.closing(operation):
            try:
                step = next(operation)
                while True:
                    try:
                        result = await self._do(step)
                    except Exception as exc:  # noqa: BLE001 - it is for the operation, which raises it again
                        step = operation.throw(exc)
                    else:
                        step = operation.send(result)
            except StopIteration as end:
                value: T = end.value
                return value

    async def _do(self, step: Step) -> Any:
        match step:
            case Ask():
                return await self.run(persistently(step, self._retry_seconds))
            case Once(ask):
                return await self._ask(ask)
            case Pause(seconds):
                return await asyncio.sleep(seconds)
            case Work(do):
                return await asyncio.to_thread(do)
            case Tell(do):
                return do()
        assert_never(step)

    async def _ask(self, ask: Ask) -> Answer:
        sending = Sending(ask)
        content = self._pieces(ask.content, sending) if is_streamed(ask.content) else ask.content
        call = arguments(ask, self.url, content, self._timeout_seconds)
        with explained(self.url, sending):
            async with self._http.stream(**call) as response:
                answer = answer_of(response)
                if ask.sink is None or not await asyncio.to_thread(ask.sink.begin, answer):
                    return answer_of(response, await response.aread())
                await self._into(ask.sink, response)
                return answer

    async def _into(self, sink: Sink, response: httpx.Response) -> None:
        async for chunk in response.aiter_raw():
            await asyncio.to_thread(sink.write, chunk)
            sink.told()

    async def _pieces(self, body: Body, sending: Sending) -> AsyncIterator[bytes]:
        chunks = body.chunks()
        while chunk := await asyncio.to_thread(next, chunks, b""):
            yield chunk
            sending.count(chunk)
            body.told(sending.done_bytes)
