"""Uploads that are refused: with the reason, and with nothing left in the store."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx
import pytest
import requests

from bus.stream import Stream
from contracts import subjects
from objects import ObjectStore, UploadLost
from stack import tokens
from tests.integration.gateway.forms import BOUNDARY, CONTENT_TYPE, END, form, part, refusal, send
from tests.integration.gateway.running import SECRET, SRT, WAV, as_user, serving, until

AUDIO, TRANSCRIPT, NAME = part("audio", WAV, filename="a.wav"), part("transcript", SRT), part("name", "n")
# A movie of one track, which is a picture.
SILENT_MOVIE = (
    bytes.fromhex("00000030") + b"moov\0\0\0\x28trak\0\0\0\x20mdia\0\0\0\x18hdlr" + bytes(8) + b"vide" + bytes(4)
)
BIG = part("audio", WAV + bytes(20_000_000))


@pytest.fixture
async def small(declared: None, gateway_env: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    """A gateway that takes little, and not for long."""
    limits = {"MAX_AUDIO_BYTES": "20000000", "MAX_TRANSCRIPT_BYTES": "1000", "MAX_UPLOAD_SECONDS": "2"}
    async with serving(gateway_env | limits) as url, as_user(url, "alice") as client:

        async def connected() -> bool:
            return "nats" not in (await client.get("/readyz")).text

        await until(connected)
        yield client


async def objects_in(store: ObjectStore) -> list[str]:
    return [found.key async for found in store.list("")]


async def open_uploads_in(store: ObjectStore) -> list[str]:
    try:
        return [found.key async for found in store.list_open_uploads("")]
    except UploadLost:  # how rclone says that there is none
        return []


async def assert_nothing_stays(store: ObjectStore, observer: Stream) -> None:
    async def nothing() -> bool:
        return not await objects_in(store) and not await open_uploads_in(store)

    await until(nothing)
    assert await observer.last(subjects.ALL_LIVES) is None


async def test_a_form_with_a_mistake_is_refused_and_the_field_is_named(
    alice: httpx.AsyncClient, store: ObjectStore, observer: Stream
) -> None:
    for body, field_errors in (
        (form(AUDIO, TRANSCRIPT), [("name", "missing")]),
        (form(AUDIO, NAME), [("transcript", "missing")]),
        (form(TRANSCRIPT, NAME), [("audio", "missing")]),
        (form(AUDIO), [("transcript", "missing"), ("name", "missing")]),
        (form(), [("audio", "missing"), ("transcript", "missing"), ("name", "missing")]),
        (form(AUDIO, TRANSCRIPT, NAME, NAME), [("name", "duplicate")]),
        (form(AUDIO, AUDIO, TRANSCRIPT, NAME), [("audio", "duplicate")]),
        (form(BIG, TRANSCRIPT, TRANSCRIPT, NAME), [("transcript", "duplicate")]),
        (form(AUDIO, TRANSCRIPT, NAME, part("language", "en")), [("language", "unknown")]),
        (form(AUDIO, TRANSCRIPT, NAME, part("", "en")), [("", "unknown")]),
        (form(AUDIO, TRANSCRIPT, part("name", " ")), [("name", "invalid")]),
        (form(AUDIO, TRANSCRIPT, part("name", "a\x00b")), [("name", "invalid")]),
        (form(AUDIO, TRANSCRIPT, part("name", "n" * 201)), [("name", "invalid")]),
        (form(AUDIO, TRANSCRIPT, part("name", b"\xff")), [("name", "invalid")]),
        (form(AUDIO, TRANSCRIPT, part("name", "n" * 20_000)), [("name", "invalid")]),
        (form(AUDIO, TRANSCRIPT, NAME, part("description", "d" * 2_001)), [("description", "invalid")]),
        (form(AUDIO, TRANSCRIPT, NAME, part("transcript_type", "docx")), [("transcript_type", "invalid")]),
        (form(AUDIO, TRANSCRIPT, NAME, part("auto_process", "yes")), [("auto_process", "invalid")]),
        (form(AUDIO, TRANSCRIPT, NAME, part("options", "{")), [("options", "invalid")]),
        (form(AUDIO, TRANSCRIPT, NAME, part("options", '{"speed": 1}')), [("options.speed", "unknown")]),
        (form(AUDIO, TRANSCRIPT, NAME, part("options", '{"sample_rate": 1}')), [("options.sample_rate", "invalid")]),
        (form(part("audio", "sample.wav"), TRANSCRIPT, NAME), [("audio", "not-a-file")]),
        (form(AUDIO, part("transcript", "my talks/sample.srt"), NAME), [("transcript", "not-a-file")]),
        (
            form(part("audio", "sample.wav"), part("transcript", "sample.srt"), part("options", "sample_rate")),
            [("audio", "not-a-file"), ("transcript", "not-a-file"), ("options", "invalid"), ("name", "missing")],
        ),
        (form(part("name", ""), AUDIO)[:-3_000], [("name", "invalid"), ("audio", "truncated")]),
        # Whatever comes first, and whatever the recording is like, the other errors are reported with it.
        (
            form(part("name", ""), BIG[:-2_000_000], part("speed", "2"), part("auto_process", "yes")),
            [("name", "invalid")],
        ),
        (
            form(part("name", ""), AUDIO, part("speed", "2"), part("auto_process", "yes"), part("options", "[]")),
            [
                ("name", "invalid"),
                ("speed", "unknown"),
                ("auto_process", "invalid"),
                ("options", "invalid"),
                ("transcript", "missing"),
            ],
        ),
        (
            form(part("audio", SRT, filename="a.wav"), part("transcript_type", "docx"), NAME),
            [("audio", "unknown-format"), ("transcript_type", "invalid"), ("transcript", "missing")],
        ),
        (
            form(part("name", ""), part("audio", b"")),
            [("name", "invalid"), ("audio", "empty"), ("transcript", "missing")],
        ),
    ):
        assert refusal(await send(alice, body)) == (400, "invalid-request", field_errors)
    await assert_nothing_stays(store, observer)


async def test_the_errors_of_the_query_are_reported_with_those_of_the_form(
    alice: httpx.AsyncClient, store: ObjectStore, observer: Stream
) -> None:
    body = form(AUDIO, part("name", ""))
    answer = await alice.post("/tts/datasets?force=1&name=n", content=body, headers=CONTENT_TYPE)
    field_errors = [("force", "unknown"), ("name", "unknown"), ("name", "invalid"), ("transcript", "missing")]
    assert refusal(answer) == (400, "invalid-request", field_errors)
    answer = await alice.post("/tts/datasets?force=1", content=form(AUDIO, TRANSCRIPT, NAME), headers=CONTENT_TYPE)
    assert refusal(answer) == (400, "invalid-request", [("force", "unknown")])
    no_form = [("force", "unknown"), ("content-type", "invalid")]
    assert refusal(await alice.post("/tts/datasets?force=1")) == (400, "invalid-request", no_form)
    await assert_nothing_stays(store, observer)


async def test_the_dictionary_that_requests_does_not_make_json_is_recognised(
    url: str, store: ObjectStore, observer: Stream
) -> None:
    def post() -> requests.Response:
        token = tokens.issue("alice", SECRET, lifetime_seconds=600)
        return requests.post(
            f"{url}/tts/datasets",
            headers={"Authorization": f"Bearer {token}"},
            data={"name": "n", "options": {"sample_rate": 24_000}},
            files={"audio": ("a.wav", WAV), "transcript": ("t.srt", SRT)},
            timeout=20,
        )

    answer = await asyncio.to_thread(post)
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (400, ["options"])
    assert "json.dumps(...)" in answer.json()["detail"]
    await assert_nothing_stays(store, observer)


async def test_a_text_without_a_file_name_may_still_be_a_transcript(alice: httpx.AsyncClient) -> None:
    for text in ("It was late.", "I wrote it down in notes.txt", SRT):
        assert (await send(alice, form(AUDIO, part("transcript", text), NAME))).status_code == 201
    # A file whose content looks like a path was sent as a file.
    assert (await send(alice, form(AUDIO, part("transcript", "a.srt", filename="t.txt"), NAME))).status_code == 201


async def test_a_body_that_is_no_form_is_refused(
    alice: httpx.AsyncClient, store: ObjectStore, observer: Stream
) -> None:
    no_form = (400, "malformed-body", [("content-type", "invalid")])
    assert refusal(await alice.post("/tts/datasets", json={"name": "n"})) == no_form
    assert refusal(await alice.post("/tts/datasets", data={"name": "n"})) == no_form
    assert refusal(await alice.post("/tts/datasets")) == no_form
    assert refusal(await send(alice, b"")) == (400, "malformed-body", [("body", "truncated")])
    assert refusal(await send(alice, b"x" * 100_000)) == (400, "malformed-body", [("body", "malformed")])
    cut = form(NAME, TRANSCRIPT, BIG)[: -len(END) - 10]
    assert refusal(await send(alice, cut)) == (400, "malformed-body", [("audio", "truncated")])
    await assert_nothing_stays(store, observer)


async def test_a_recording_that_is_none_is_refused(
    alice: httpx.AsyncClient, store: ObjectStore, observer: Stream
) -> None:
    unknown = (415, "not-audio", [("audio", "unknown-format")])
    assert refusal(await send(alice, form(part("audio", SRT, filename="a.wav"), TRANSCRIPT, NAME))) == unknown
    assert refusal(await send(alice, form(part("audio", bytes(30_000_000)), TRANSCRIPT, NAME))) == unknown
    film = b"\x00\x00\x00\x10ftypisom" + bytes(4) + SILENT_MOVIE + bytes(10_000_000)
    no_audio = (415, "no-audio", [("audio", "no-audio-stream")])
    assert refusal(await send(alice, form(part("audio", film), TRANSCRIPT, NAME))) == no_audio
    song = b"\x00\x00\x00\x10ftypM4P " + bytes(10_000_000)
    protected = (415, "unsupported-audio", [("audio", "protected")])
    assert refusal(await send(alice, form(part("audio", song), TRANSCRIPT, NAME))) == protected
    empty = (422, "empty-audio", [("audio", "empty")])
    assert refusal(await send(alice, form(part("audio", b"", filename="a.wav"), TRANSCRIPT, NAME))) == empty
    await assert_nothing_stays(store, observer)


async def test_a_transcript_that_can_not_be_used_is_refused_with_its_lines(
    alice: httpx.AsyncClient, store: ObjectStore, observer: Stream
) -> None:
    backwards = b"1\n00:00:02,000 --> 00:00:01,000\nHello\n\n2\n00:00:05,000 --> 00:00:04,000\nthere\n"
    answer = await send(alice, form(BIG, part("transcript", backwards), NAME))
    assert refusal(answer) == (
        422,
        "no-usable-cue",
        [("transcript", "end-before-start"), ("transcript", "end-before-start")],
    )
    assert [error["line"] for error in answer.json()["errors"]] == [1, 5]
    for body, fields, code in (
        (b"", [], "no-text"),
        (b" \n", [], "no-text"),
        (b"caf\xe9 \xff\xfe\x00", [part("transcript_encoding", "utf-8")], "undecodable-text"),
        (b"no times here", [part("transcript_type", "srt")], "no-usable-cue"),
    ):
        status, found, field_errors = refusal(await send(alice, form(AUDIO, part("transcript", body), NAME, *fields)))
        assert (status, found) == (422, code)
        assert {field for field, _ in field_errors} == {"transcript"}
    unknown = form(AUDIO, TRANSCRIPT, NAME, part("transcript_encoding", "klingon"))
    assert refusal(await send(alice, unknown)) == (
        422,
        "unknown-encoding",
        [("transcript_encoding", "unknown-encoding")],
    )
    await assert_nothing_stays(store, observer)


async def test_parts_that_were_mixed_up_are_refused_by_what_they_are(
    alice: httpx.AsyncClient, store: ObjectStore, observer: Stream
) -> None:
    swapped = form(part("audio", SRT, filename="a.srt"), part("transcript", WAV, filename="a.wav"), NAME)
    answer = await send(alice, swapped)
    assert refusal(answer)[:2] == (415, "not-audio")
    assert "transcript (srt)" in answer.json()["errors"][0]["detail"]

    answer = await send(alice, form(AUDIO, part("transcript", WAV, filename="a.wav"), NAME))
    assert refusal(answer)[:2] == (415, "not-a-transcript")
    assert ".wav" in answer.json()["detail"]

    answer = await send(alice, form(AUDIO, part("transcript", b"%PDF-1.7", filename="a.pdf"), NAME))
    assert refusal(answer) == (422, "unsupported-transcript", [("transcript", "unsupported-transcript")])
    assert "pdftotext" in answer.json()["remedy"]
    await assert_nothing_stays(store, observer)


@pytest.mark.alone
async def test_what_is_too_large_is_refused(small: httpx.AsyncClient, store: ObjectStore, observer: Stream) -> None:
    exact = part("audio", WAV + bytes(20_000_000 - len(WAV)))
    assert refusal(await send(small, form(exact, part("transcript", b"x" * 1_001), NAME)))[:2] == (
        413,
        "transcript-too-large",
    )
    over = part("audio", WAV + bytes(20_000_001 - len(WAV)))
    too_large = (413, "audio-too-large", [("audio", "too-large")])
    assert refusal(await send(small, form(over, TRANSCRIPT, NAME))) == too_large
    await assert_nothing_stays(store, observer)
    answer = await send(small, form(exact, part("transcript", SRT + b" " * (1_000 - len(SRT))), NAME))
    assert answer.status_code == 201


async def test_a_body_that_must_be_too_large_is_refused_before_it_is_sent(small: httpx.AsyncClient) -> None:
    where = urlsplit(str(small.base_url))
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write(head(300_000_000_000, expect=True))
    status = await asyncio.wait_for(reader.readline(), 5)
    assert status.startswith(b"HTTP/1.1 413 ")
    rest = await asyncio.wait_for(reader.read(), 5)  # to the end: the server closes, nothing was asked of us
    assert b'"upload-too-large"' in rest
    assert b"100 Continue" not in rest
    writer.close()


async def test_an_upload_that_takes_too_long_is_ended(
    small: httpx.AsyncClient, store: ObjectStore, observer: Stream
) -> None:
    answer = await asyncio.wait_for(first_answer(small, BIG[:12_000_000]), 20)
    assert refusal(answer) == (408, "upload-timeout", [])
    await assert_nothing_stays(store, observer)


async def test_a_client_that_hangs_up_leaves_nothing(
    alice: httpx.AsyncClient, store: ObjectStore, observer: Stream
) -> None:
    where = urlsplit(str(alice.base_url))
    for sent in (b"", BIG[:100], BIG[:20_000], BIG[:12_000_000]):
        _, writer = await asyncio.open_connection(where.hostname, where.port)
        writer.write(head(100_000_000) + sent)
        await writer.drain()
        if len(sent) > 9_000_000:  # more than one part: an upload is open at the store
            await until(lambda: open_uploads_in(store))
        writer.transport.abort()
    await assert_nothing_stays(store, observer)


def head(length: int, *, expect: bool = False) -> bytes:
    token = tokens.issue("alice", SECRET, lifetime_seconds=600)
    return (
        f"POST /tts/datasets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: {length}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
        + ("Expect: 100-continue\r\n" if expect else "")
        + "\r\n"
    ).encode()


async def first_answer(client: httpx.AsyncClient, sent: bytes) -> httpx.Response:
    """Sends the beginning of an upload, then nothing, and reads the answer."""
    where = urlsplit(str(client.base_url))
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write(head(20_100_000) + sent)
    status = int((await reader.readline()).split()[1])
    headers = dict(line.split(": ") for line in (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2])
    body = await reader.readexactly(int(headers["content-length"]))
    writer.close()
    return httpx.Response(status, headers=headers, content=body)
