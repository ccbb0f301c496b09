"""Archives over bad lines: broken off again and again, and resumed; two at once; a client that stops reading."""

import asyncio
import hashlib
import io
import random
import shutil
import zipfile
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from gateway.results import delivery
from objects import ObjectStore
from stack import tokens
from tests.integration.gateway.made_results import Made, Maker, judged, wav
from tests.integration.gateway.running import SECRET, as_user, create, serving, until, until_connected
from tests.integration.gateway.test_downloads_are_served import broken_off, none_under_way, slowly

CUTS = 20
LONG = wav(1, seconds=65.0)


class Cutter:
    """A relay that breaks off each of its first connections after a number of bytes, sometimes in the middle of what
    the client has not yet taken; later ones stay whole.
    """

    def __init__(self, url: str, budgets: list[int]) -> None:
        self._target, self._budgets = urlsplit(url), budgets
        self.cuts = 0

    async def join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(self._target.hostname, self._target.port)
        asking = asyncio.create_task(_pass_on(reader, far_writer))
        with suppress(OSError):
            await self._answer(far_reader, writer)
        asking.cancel()
        far_writer.transport.abort()
        writer.close()

    async def _answer(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        left = self._budgets[self.cuts] if self.cuts < len(self._budgets) else None
        while data := await source.read(65_536 if left is None else min(left, 65_536)):
            sink.write(data)
            await sink.drain()
            if left is not None and (left := left - len(data)) == 0:
                self.cuts += 1
                if self.cuts % 3 == 0:
                    sink.transport.abort()
                return


async def _pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while data := await source.read(65_536):
        sink.write(data)


@asynccontextmanager
async def cutter(url: str, budgets: list[int]) -> AsyncIterator[tuple[str, Cutter]]:
    made = Cutter(url, budgets)
    server = await asyncio.start_server(made.join, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", made
    finally:
        server.close()


async def run(*command: str) -> tuple[int, str]:
    """The exit code, and what was said."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return process.returncode, said.decode()


async def made(client: httpx.AsyncClient, maker: Maker, rows: int) -> Made:
    return await maker.make(await create(client), rows, slices=rows)


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("form", ["piper", "kaldi"])
async def test_a_download_that_breaks_off_twenty_times_is_resumed_by_curl(
    alice: httpx.AsyncClient, maker: Maker, url: str, tmp_path: Path, form: str
) -> None:
    one = await made(alice, maker, rows=200)
    address = f"/tts/archive?dataset={one.dataset_id}&format={form}"
    whole = (await alice.get(address, follow_redirects=True)).content
    chance, file = random.Random(form), tmp_path / "archive"
    budgets = [2_000 + chance.randrange(len(whole) // (CUTS + 5)) for _ in range(CUTS)]
    async with cutter(url, budgets) as (relayed, line):
        token = tokens.issue("alice", SECRET, lifetime_seconds=600)
        asked = ("-sS", "--noproxy", "*", "-L", "-C", "-", "-o", str(file), "-H", f"Authorization: Bearer {token}")
        runs = 0
        while (code := (ended := await run("curl", *asked, relayed + address))[0]) != 0:
            runs += 1
            assert code in (18, 56), ended  # a part of the file; a connection that was reset
            assert runs == line.cuts <= CUTS
    assert line.cuts == CUTS
    assert sha256(file.read_bytes()) == sha256(whole)


@pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip is not installed")
async def test_info_zip_finds_nothing_wrong_with_a_download(
    alice: httpx.AsyncClient, maker: Maker, tmp_path: Path
) -> None:
    one = await made(alice, maker, rows=50)
    file = tmp_path / "archive.zip"
    file.write_bytes((await alice.get(f"{one.path}/archive?format=piper", follow_redirects=True)).content)
    code, said = await run("unzip", "-t", str(file))
    assert code == 0, said
    assert "No errors detected" in said


async def test_its_length_is_known_without_a_slice(
    alice: httpx.AsyncClient, maker: Maker, store: ObjectStore, gateway_env: dict[str, str]
) -> None:
    one = await made(alice, maker, rows=40)
    pinned = f"{one.path}@{one.result.run}/archive?format=jsonl"
    whole = await alice.get(pinned)
    await store.delete(one.slice_key(n) for n in range(40))
    async with serving(gateway_env) as other:
        await until_connected(other)
        async with as_user(other, "alice") as elsewhere:
            head = await elsewhere.head(pinned)
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(whole.content)))
    assert head.headers["etag"] == whole.headers["etag"]


async def test_downloads_of_one_archive_at_the_same_time_are_equal(alice: httpx.AsyncClient, maker: Maker) -> None:
    one = await made(alice, maker, rows=120)
    pinned = f"{one.path}@{one.result.run}/archive?format=piper"
    answers = await asyncio.gather(*(alice.get(pinned) for _ in range(2)))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    with zipfile.ZipFile(io.BytesIO(answers[0].content)) as archive:
        assert archive.testzip() is None


async def test_a_client_that_stops_reading_an_archive_is_parted_with(
    url: str, alice: httpx.AsyncClient, maker: Maker, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "DELETION_CHECK_SECONDS", 0.1)
    monkeypatch.setattr(delivery, "STALL_SECONDS", 0.5)
    one = await maker.make(await create(alice), 12, row_of=long, slices=0)
    for n in range(12):
        await store.put(one.slice_key(n), LONG)
    before = await broken_off(alice, "stalled")
    async with slowly(url, f"{one.path}@{one.result.run}/archive?format=piper") as (reader, _):
        await until(lambda: none_under_way(alice), seconds=10)
        with suppress(ConnectionResetError):
            assert len(await asyncio.wait_for(reader.read(), 10)) < 12 * len(LONG)
    assert await broken_off(alice, "stalled") == before + 1


def long(n: int) -> dict[str, Any]:
    facts = {"sha256": sha256(LONG), "size": len(LONG), "crc32": zlib.crc32(LONG)}
    return judged(n) | facts | {"duration": 65.0}
