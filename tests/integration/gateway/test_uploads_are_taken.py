"""Uploads that are taken: parts in any order, in any pieces, of any size, whatever their file names say."""

import hashlib
from itertools import permutations
from pathlib import Path
from typing import Any

import httpx
import pytest

from bus.stream import Stream
from contracts import envelope, events, subjects
from gateway.domain.sniff import HEAD_BYTES
from objects import ObjectStore
from tests.integration.gateway.forms import form, part, pieces, send
from tests.integration.gateway.running import SRT, WAV

REAL = Path(__file__).parents[4] / "shared" / "data" / "pairs"
PAIRS = [
    (recording, transcript)
    for transcript in sorted(REAL.glob("*.srt"))
    for recording in sorted(REAL.glob(f"{transcript.stem}.*"))
    if recording.suffix in (".wav", ".mp3", ".flac")
]
CODINGS = {"nst_sv_4utt.srt": {"transcript_encoding": "windows-1252"}}


async def source_of(observer: Stream, answer: httpx.Response) -> Any:
    assert answer.status_code == 201, answer.text
    stored = await observer.following(subjects.life(answer.json()["id"]), 1)
    assert stored is not None
    uploaded = envelope.decode_life(stored.body)
    assert isinstance(uploaded, events.DatasetUploaded)
    return uploaded.source


async def test_the_order_of_the_parts_makes_no_difference(alice: httpx.AsyncClient, store: ObjectStore) -> None:
    parts = (part("audio", WAV, filename="a"), part("transcript", SRT), part("name", "n"), part("auto_process", "true"))
    for order in permutations(parts):
        dataset = (await send(alice, form(*order))).json()
        assert dataset["status"] == "processing"
        assert await store.get(dataset["audio_s3_key"]) == WAV
        assert await store.get(dataset["transcript_s3_key"]) == SRT


async def test_the_size_of_the_pieces_makes_no_difference(alice: httpx.AsyncClient, store: ObjectStore) -> None:
    body = form(part("name", "n"), part("audio", WAV), part("transcript", SRT), part("description", "d"))
    for size_bytes in (97, 4_096, len(body)):
        answer = await send(alice, pieces(body, size_bytes))
        assert answer.status_code == 201
        assert await store.get(answer.json()["audio_s3_key"]) == WAV


@pytest.mark.parametrize("size_bytes", [46, HEAD_BYTES - 1, HEAD_BYTES, HEAD_BYTES + 1])
async def test_a_short_recording_is_taken_whole(alice: httpx.AsyncClient, store: ObjectStore, size_bytes: int) -> None:
    recording = WAV[:44] + bytes(size_bytes - 44)
    answer = await send(alice, form(part("audio", recording), part("transcript", SRT), part("name", "n")))
    assert answer.status_code == 201, answer.text
    assert await store.get(answer.json()["audio_s3_key"]) == recording


async def test_a_transcript_may_follow_a_recording_of_many_parts(
    alice: httpx.AsyncClient, observer: Stream, store: ObjectStore
) -> None:
    recording = WAV + bytes(range(256)) * 100_000  # 25 MB: four parts at the store
    source = await source_of(
        observer, await send(alice, form(part("audio", recording), part("transcript", SRT), part("name", "n")))
    )
    assert source.audio_bytes == len(recording)
    assert source.audio_sha256 == hashlib.sha256(recording).hexdigest()
    assert await store.get(source.audio_key) == recording


async def test_a_file_name_and_a_claimed_type_are_not_believed(alice: httpx.AsyncClient, store: ObjectStore) -> None:
    files: dict[str, Any] = {
        "audio": ("../../etc/passwd.mp3", WAV, "text/html"),
        "transcript": ("/evil\x00.vtt", SRT, "audio/mpeg"),
        "name": ("name.exe", b"n"),
    }
    answer = await alice.post("/tts/datasets", files=files)
    assert answer.status_code == 201
    prefix = f"users/alice/datasets/{answer.json()['id']}/"
    assert [found.key async for found in store.list("")] == [f"{prefix}source_audio.wav", f"{prefix}transcript.srt"]


async def test_a_transcript_is_what_it_contains(alice: httpx.AsyncClient, observer: Stream, store: ObjectStore) -> None:
    vtt = b"\xef\xbb\xbfWEBVTT\n\n00:00.000 --> 00:01.000\nIt was late.\n"
    cases: list[tuple[bytes, dict[str, str], str, str, str]] = [
        (SRT, {}, "srt", "srt", "utf-8"),
        (vtt, {}, "vtt", "vtt", "utf-8"),
        (b"It was late.\nVery late.\n", {}, "text", "txt", "utf-8"),
        (b'[{"start": 0, "end": 1, "text": "It was late."}]', {}, "whisper", "json", "utf-8"),
        (b"0.0\t1.0\tIt was late.\n", {"transcript_type": "audacity"}, "audacity", "txt", "utf-8"),
        (SRT, {"transcript_type": "text"}, "text", "txt", "utf-8"),
        (SRT.decode().encode("utf-16"), {}, "srt", "srt", "utf-16"),
        (SRT.replace(b"late", b"sp\xe4t"), {"transcript_encoding": "windows-1252"}, "srt", "srt", "cp1252"),
    ]
    for body, fields, kind, extension, encoding in cases:
        extra = [part(name, value) for name, value in fields.items()]
        answer = await send(alice, form(part("audio", WAV), part("transcript", body), part("name", "n"), *extra))
        source = await source_of(observer, answer)
        assert answer.json()["transcript_type"] == kind
        assert answer.json()["transcript_s3_key"].endswith(f"/transcript.{extension}")
        assert source.transcript_encoding.replace("_", "-").startswith(encoding), source.transcript_encoding
        assert await store.get(source.transcript_key) == body


async def test_empty_optional_fields_are_as_good_as_none(alice: httpx.AsyncClient) -> None:
    empty = [
        part(name, "") for name in ("description", "transcript_type", "transcript_encoding", "options", "auto_process")
    ]
    answer = await send(alice, form(part("audio", WAV), part("transcript", SRT), part("name", "n"), *empty))
    assert (answer.status_code, answer.json()["status"]) == (201, "pending")


@pytest.mark.parametrize("pairs", [PAIRS] if PAIRS else [], ids=["all"] if PAIRS else [])
async def test_real_recordings_and_their_transcripts_are_taken(
    alice: httpx.AsyncClient, pairs: list[tuple[Path, Path]]
) -> None:
    for recording, transcript in pairs:
        files = {"audio": read(recording), "transcript": read(transcript)}
        answer = await alice.post(
            "/tts/datasets", data={"name": recording.name} | CODINGS.get(transcript.name, {}), files=files
        )
        assert answer.status_code == 201, (recording, answer.text)
        assert answer.json()["audio_s3_key"].endswith(f"/source_audio{recording.suffix}")


def read(path: Path) -> bytes:
    return path.read_bytes()
