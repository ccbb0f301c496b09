"""The cues of a transcript as an answer. A long one takes many times its size to read, so few are made at once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from litestar import Response
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

from contracts.dataset import Source, TranscriptType
from gateway.errors import Busy
from objects import ObjectStore

MAX_TRANSCRIPT_BYTES: Final = 64 * 1024 * 1024  # above any limit of uploads; a guard, not a rule
SMALL_BYTES: Final = 256 * 1024  # which nearly all transcripts are
LARGE_AT_ONCE: Final = 2
WAIT_SECONDS: Final = 5.0

Work = Callable[..., Awaitable[bytes]]
Render = Callable[[bytes, TranscriptType, str], bytes]


class CueAnswers:
    """`work` calls a function in the thread in which transcripts are read."""

    def __init__(self, store: ObjectStore, work: Work) -> None:
        self._store, self._work = store, work
        self._large = asyncio.Semaphore(LARGE_AT_ONCE)

    async def answer(
        self, source: Source, render: Render, headers: Mapping[str, str], media_type: str
    ) -> Response[Any]:
        """What `render` makes of the transcript of `source`.

        Raises: Busy; StoreError; transcripts.TranscriptError.
        """
        if source.transcript_bytes <= SMALL_BYTES:
            return Response(await self._rendered(source, render), headers=headers, media_type=media_type)
        await self._place()
        try:
            body = await self._rendered(source, render)
        except BaseException:
            self._large.release()
            raise
        return _LargeResponse(body, self._large.release, headers=headers, media_type=media_type)

    async def _place(self) -> None:
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._large.acquire()
        except TimeoutError as exc:
            raise Busy(f"{LARGE_AT_ONCE} long transcripts are being sent already.") from exc

    async def _rendered(self, source: Source, render: Render) -> bytes:
        data = await self._store.get(source.transcript_key, max_bytes=MAX_TRANSCRIPT_BYTES)
        return await self._work(render, data, source.transcript_type, source.transcript_encoding)


class _LargeResponse(Response[bytes]):
    """Calls `sent` once it is sent, or its client is gone."""

    def __init__(self, body: bytes, sent: Callable[[], None], **settings: Any) -> None:
        super().__init__(body, **settings)
        self._sent = sent

    def to_asgi_response(self, *arguments: Any, **settings: Any) -> ASGIResponse:
        return _Sending(super().to_asgi_response(*arguments, **settings), self._sent)  # type: ignore[return-value]


class _Sending:
    """An ASGI application, which is all that the framework asks of it."""

    def __init__(self, response: ASGIResponse, sent: Callable[[], None]) -> None:
        self._response, self._sent = response, sent

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._response(scope, receive, send)
        finally:
            self._sent()
