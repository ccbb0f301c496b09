"""A user who changes their mind: processes datasets again with other options, cancels, deletes, and uploads new ones.

Nothing is kept back: a run may be cancelled while its worker is frozen, and the next one is requested at once.
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

RATES = (None, 8_000, 12_000)  # few, so that a plan comes again before and after its root is retired
_PAUSE_SECONDS = 0.15


class Reruns:
    """`alive` are the datasets that were promised and not deleted; `answers` counts what the gateway said."""

    def __init__(self, user: User, sources: Sequence[Source], seed: int) -> None:
        self._user = user
        self._next = itertools.cycle(sources)
        self._chance = random.Random(seed)
        self.answers: Counter[str] = Counter()
        self.alive: list[str] = []
        self.deleted: list[str] = []
        self._uploading = asyncio.Semaphore(4)  # what the gateway takes of one user

    async def run(self, datasets: int) -> None:
        """Keeps that many datasets, and does something to one of them every now and then."""
        while True:
            if len(self.alive) < datasets:
                await self.upload(next(self._next), self._chance.choice(RATES))
            else:
                await self._act(self._chance.choice(self.alive))
            await asyncio.sleep(_PAUSE_SECONDS)

    async def upload(self, source: Source, rate: int | None) -> str | None:
        """The id of the dataset, None when it was not promised."""
        told = {"name": source.name, "auto_process": "true", "options": json.dumps({"sample_rate": rate})}
        files = {"audio": ("a", source.audio), "transcript": ("t", source.transcript)}
        answer = await self._ask("POST", "/tts/datasets", files=files, data=told)
        if answer is None or answer.status_code != 201:
            return None
        self.alive.append(answer.json()["id"])
        return self.alive[-1]

    async def return_to_the_root(self, source: Source, keep_seconds: float) -> None:
        """A new dataset gets a result elsewhere, and its first options again while its root is about to be retired."""
        async with self._uploading:
            dataset_id = await self.upload(source, None)
        if dataset_id is None or not await self._becomes_ready(dataset_id):
            return
        for rate, pause in ((8_000, keep_seconds + self._chance.uniform(0.2, 2.2)), (None, 0.0)):
            await self._ask("POST", f"/tts/datasets/{dataset_id}/process", json={"options": {"sample_rate": rate}})
            if not await self._becomes_ready(dataset_id):
                return
            await asyncio.sleep(pause)

    async def _becomes_ready(self, dataset_id: str) -> bool:
        for _ in range(200):
            if await self._is_ready(dataset_id):
                return True
            await asyncio.sleep(_PAUSE_SECONDS)
        return False

    async def settle(self, seconds: float) -> bool:
        """Processes what has no result or failed, until every dataset is ready; whether that was so in time."""
        deadline = monotonic() + seconds
        while left := [each for each in self.alive if not await self._is_ready(each)]:
            if monotonic() > deadline:
                return False
            for dataset_id in left:
                await self._ask("POST", f"/tts/datasets/{dataset_id}/process")
            await asyncio.sleep(1)
        return True

    async def _act(self, dataset_id: str) -> None:
        path, dice = f"/tts/datasets/{dataset_id}", self._chance.random()
        if dice < 0.65:
            options = {"sample_rate": self._chance.choice(RATES)}
            await self._ask("POST", f"{path}/process", json={"options": options})
        elif dice < 0.95:
            await self._ask("POST", f"{path}/cancel")
        else:
            await self._delete(dataset_id)

    async def _delete(self, dataset_id: str) -> None:
        # Where no answer comes, it may or may not be deleted; asked until it is known.
        while (answer := await self._ask("DELETE", f"/tts/datasets/{dataset_id}")) is None or answer.status_code == 503:
            await asyncio.sleep(_PAUSE_SECONDS)
        self.alive.remove(dataset_id)
        self.deleted.append(dataset_id)

    async def _is_ready(self, dataset_id: str) -> bool:
        answer = await self._ask("GET", f"/tts/datasets/{dataset_id}")
        return answer is not None and answer.status_code == 200 and answer.json()["status"] == "ready"

    async def _ask(self, method: str, path: str, **body: Any) -> httpx.Response | None:
        try:
            answer = await self._user.http.request(method, path, **body)
        except httpx.HTTPError as exc:
            self.answers[type(exc).__name__] += 1
            return None
        self.answers[str(answer.status_code)] += 1
        return answer
