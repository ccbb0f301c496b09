"""A user who is never content: keeps many datasets in flight, and asks again whenever the gateway is away.

What was answered 2xx must still be there at the end; everything else may or may not have happened.
"""

import asyncio
import itertools
import json
import random
from collections import Counter
from collections.abc import Sequence
from time import monotonic
from typing import Any

import httpx

from tests.chaos.sources import Source
from tests.e2e.conftest import User

_PAUSE_SECONDS = 0.25


class Feed:
    """`answers` counts what the gateway said, by status or kind of error; `accepted` are the ids it promised."""

    def __init__(self, user: User, sources: Sequence[Source], seed: int) -> None:
        self._user = user
        self._sources = {source.name: source for source in sources}
        self._next = itertools.cycle(sources)
        self._chance = random.Random(seed)
        self.answers: Counter[str] = Counter()
        self.accepted: list[str] = []

    async def run(self, in_flight: int) -> None:
        """Uploads whenever fewer than `in_flight` are processing; a fifth of the time processes an old one again."""
        while True:
            if await self._processing() >= in_flight:
                await asyncio.sleep(_PAUSE_SECONDS)
            elif self.accepted and self._chance.random() < 0.2:
                await self._ask("POST", f"/tts/datasets/{self._chance.choice(self.accepted)}/process")
            else:
                await self.upload(next(self._next))

    async def upload(self, source: Source) -> str | None:
        """The id of the dataset, None when it was not promised."""
        told = {"name": source.name, "auto_process": "true", "options": json.dumps(source.options)}
        files = {"audio": ("a", source.audio), "transcript": ("t", source.transcript)}
        answer = await self._ask("POST", "/tts/datasets", files=files, data=told)
        if answer is None or answer.status_code != 201:
            return None
        self.accepted.append(answer.json()["id"])
        return self.accepted[-1]

    async def quiet(self, seconds: float) -> bool:
        """Whether nothing is processing any more within `seconds`."""
        deadline = monotonic() + seconds
        while await self._processing():
            if monotonic() > deadline:
                return False
            await asyncio.sleep(_PAUSE_SECONDS)
        return True

    async def _processing(self) -> float:
        """How many; endless while the gateway cannot say."""
        answer = await self._ask("GET", "/tts/datasets?status=processing&limit=100")
        return len(answer.json()) if answer is not None and answer.status_code == 200 else float("inf")

    async def _ask(self, method: str, path: str, **body: Any) -> httpx.Response | None:
        try:
            answer = await self._user.http.request(method, path, **body)
        except httpx.HTTPError as exc:
            self.answers[type(exc).__name__] += 1
            await asyncio.sleep(_PAUSE_SECONDS)
            return None
        self.answers[str(answer.status_code)] += 1
        if answer.status_code >= 500:
            await asyncio.sleep(_PAUSE_SECONDS)
        return answer
