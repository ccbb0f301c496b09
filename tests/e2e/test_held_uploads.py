"""Three hundred uploads that begin and then say nothing: the gateway keeps its memory, and serves everybody else."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.conftest import User, noise, srt, wav
from tests.e2e.test_metrics import figures
from tests.integration.gateway.holding import MEBIBYTE, Crowd, head, holding
from tests.stacks import RunningStack, processes_of

HELD = 300
PLACES = 10  # what UPLOAD_MEMORY_BYTES has room for by default
COMPOSE_GIVES = 384 * MEBIBYTE
SMALL, LARGE = wav(noise(10)), wav(noise(300))  # only the large one needs a whole place
TRANSCRIPT = srt((0, 4_000, "It was late."), (5_000, 9_000, "Nobody spoke."))


class Memory:
    """Of the gateway's process."""

    def __init__(self, stack: RunningStack) -> None:
        (pid,) = (pid for pid, line in processes_of(stack.folder).items() if line.endswith("-m gateway"))
        self._folder = Path(f"/proc/{pid}")
        self._folder.joinpath("clear_refs").write_text("5", encoding="ascii")

    def peak_bytes(self) -> int:
        status = self._folder.joinpath("status").read_text(encoding="ascii")
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


@pytest.fixture
def memory(running_stack: RunningStack) -> Iterator[Memory]:
    measured = Memory(running_stack)
    yield measured
    print(f"the gateway's memory at its peak: {measured.peak_bytes() / MEBIBYTE:.0f} MiB")
    assert measured.peak_bytes() <= COMPOSE_GIVES


async def made_by(user: User, audio: bytes) -> None:
    """Uploads, as a client does that comes again when it is told to, and waits until it can be trained with."""
    async with asyncio.timeout(30):
        while (answer := await sent_by(user, audio)).status_code == 503:
            assert answer.json()["code"] == "uploads-full"
            await asyncio.sleep(int(answer.headers["retry-after"]))
    assert answer.status_code == 201, answer.text
    assert (await user.until(answer.json()["id"], "ready", "failed"))["status"] == "ready"


async def sent_by(user: User, audio: bytes) -> httpx.Response:
    files = {"audio": ("a", audio), "transcript": ("t", TRANSCRIPT)}
    return await user.http.post("/tts/datasets", files=files, data={"name": "n", "auto_process": "true"})


async def nobody_holds_a_place(stack: RunningStack) -> None:
    async with asyncio.timeout(5):
        while (await figures(stack, "gateway"))["cuecutter_uploads_under_way"] > 0:
            await asyncio.sleep(0.05)
    assert (await figures(stack, "gateway"))["cuecutter_upload_reserved_bytes"] == 0


async def until_answered(crowd: Crowd, held: int) -> None:
    async with asyncio.timeout(20):
        while crowd.held > held:
            await asyncio.sleep(0.05)


async def test_one_user_can_hold_a_few_uploads_and_bars_nobody(
    alice: User, running_stack: RunningStack, memory: Memory
) -> None:
    heads = [head(running_stack.token("mallory"))] * HELD
    async with holding(running_stack.env["GATEWAY_URL"], heads) as crowd:
        await until_answered(crowd, 4)
        assert crowd.answers == {(429, "too-many-uploads"): HELD - 4}
        assert all(int(x.answer.headers["retry-after"]) > 0 for x in crowd.clients if x.answer)
        await made_by(alice, LARGE)
        assert crowd.held == 4
    await nobody_holds_a_place(running_stack)
    await made_by(alice, LARGE)


async def test_many_users_who_hold_uploads_give_way_to_one_who_sends(
    alice: User, running_stack: RunningStack, memory: Memory
) -> None:
    heads = [head(running_stack.token(f"mallory-{n}")) for n in range(HELD)]
    before = await figures(running_stack, "gateway")
    async with holding(running_stack.env["GATEWAY_URL"], heads) as crowd:
        await until_answered(crowd, PLACES)
        assert crowd.answers == {(503, "uploads-full"): HELD - PLACES}
        began = time.monotonic()
        assert (await alice.http.get("/tts/datasets")).status_code == 200
        assert time.monotonic() - began < 5  # the whole crowd is being parted with at this moment
        await made_by(alice, SMALL)
        await made_by(alice, LARGE)
    await nobody_holds_a_place(running_stack)
    await made_by(alice, LARGE)
    after = await figures(running_stack, "gateway")
    assert (
        after["cuecutter_uploads_refused_total{reason=memory}"]
        - before.get("cuecutter_uploads_refused_total{reason=memory}", 0)
        >= HELD - PLACES
    )
