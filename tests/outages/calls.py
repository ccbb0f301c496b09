"""Every call of the API, as one user makes it while something is away: what came back, and after how long."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from time import monotonic
from typing import Any

import httpx

from tests.e2e.conftest import noise, srt, wav

SHORT = wav(noise(3)), srt((0, 1000, "a"), (1000, 2000, "b"))
LONG = wav(noise(120)), srt(*((at, at + 90, "a word") for at in range(0, 120_000, 100)))  # some seconds of work
LARGE = wav(noise(300)), SHORT[1]  # more than one part of a multipart upload


@dataclass(frozen=True)
class Answer:
    """`status` is 0 where no answer came."""

    status: int
    code: str
    retry_after: str
    seconds: float
    body: Any

    def __str__(self) -> str:
        return f"{self.status} {self.code} {self.seconds:.1f} s".replace("  ", " ")


async def answer(call: Awaitable[httpx.Response]) -> Answer:
    begun = monotonic()
    try:
        got = await call
    except httpx.HTTPError as exc:
        return Answer(0, type(exc).__name__, "", monotonic() - begun, None)
    body = got.json() if got.content else None
    code = body.get("code") or "" if isinstance(body, dict) and got.status_code >= 400 else ""
    return Answer(got.status_code, code, got.headers.get("retry-after", ""), monotonic() - begun, body)


class Caller:
    def __init__(self, url: str, token: str) -> None:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        self.http = httpx.AsyncClient(base_url=url, headers=headers, timeout=120, trust_env=False)

    async def upload(self, content: tuple[bytes, bytes], **fields: str) -> httpx.Response:
        files = {"audio": ("a", content[0]), "transcript": ("t", content[1])}
        return await self.http.post("/tts/datasets", files=files, data={"name": "n", **fields})

    async def made(self, content: tuple[bytes, bytes], **fields: str) -> str:
        answered = await self.upload(content, **fields)
        assert answered.status_code == 201, answered.text
        return str(answered.json()["id"])

    async def status(self, dataset_id: str) -> str:
        answered = await self.http.get(f"/tts/datasets/{dataset_id}")
        return answered.json()["status"] if answered.status_code == 200 else str(answered.status_code)

    async def settled(self, dataset_id: str, seconds: float) -> str:
        """The status once it is no longer `processing`; 404 for what is deleted."""
        async with asyncio.timeout(seconds):
            while (status := await self.status(dataset_id)) in ("processing", "503"):
                await asyncio.sleep(0.1)
        return status


@dataclass(frozen=True)
class Prepared:
    """Datasets that wait for what will be tried with them during the outage."""

    ready: str
    to_process: str
    to_cancel: str
    to_delete: str
    going: str  # processing when the outage begins

    @classmethod
    async def by(cls, caller: Caller) -> "Prepared":
        ready = await caller.made(SHORT, auto_process="true")
        assert await caller.settled(ready, 60) == "ready"
        return cls(
            ready,
            to_process=await caller.made(SHORT),
            to_cancel=await caller.made(LONG),
            to_delete=await caller.made(SHORT),
            going=await caller.made(LONG, auto_process="true"),
        )

    async def tried(self, caller: Caller) -> dict[str, Answer]:
        """Every call at once."""
        http, path = caller.http, "/tts/datasets/"
        calls = {
            "upload": answer(caller.upload(SHORT, auto_process="true")),
            "large upload": answer(caller.upload(LARGE)),
            "get": answer(http.get(path + self.ready)),
            "list": answer(http.get("/tts/datasets?limit=5")),
            "process": answer(http.post(f"{path}{self.to_process}/process")),
            "delete": answer(http.delete(path + self.to_delete)),
            "cancel": self._begun_and_cancelled(http, path + self.to_cancel),
        }
        return dict(zip(calls, await asyncio.gather(*calls.values()), strict=True))

    async def _begun_and_cancelled(self, http: httpx.AsyncClient, path: str) -> Answer:
        await http.post(f"{path}/process")
        return await answer(http.post(f"{path}/cancel"))
