"""Renaming, another transcript, corrected cues: what is stored, what is told, and who is refused."""

import asyncio
import json
from hashlib import sha256
from typing import Any

import httpx
import pytest

from bus.stream import Stream
from contracts import envelope, events, subjects
from contracts.dataset import TranscriptType
from objects import ObjectStore
from tests.integration.gateway.forms import pieces, refusal
from tests.integration.gateway.running import SRT, WAV, as_user, create, serving, until_connected

pytestmark = pytest.mark.asyncio

ONE = {"start": 0.000001, "end": 0.5000005, "text": "It was  early.\n\nVery.", "speaker": "Ann", "fixed": True}
TWO = {"start": 0.5, "end": 0.9, "text": "(door)", "excluded": True}


def path(dataset: dict[str, Any], rest: str = "") -> str:
    return f"/tts/datasets/{dataset['id']}{rest}"


async def tag(client: httpx.AsyncClient, dataset: dict[str, Any], rest: str = "") -> dict[str, str]:
    """If-Match with what is there now."""
    answer = await client.get(path(dataset, rest))
    assert answer.status_code == 200, answer.text
    return {"if-match": answer.headers["etag"]}


async def life_of(stream: Stream, dataset: dict[str, Any]) -> list[events.Life]:
    return [envelope.decode_life(stored.body) async for stored in stream.every(subjects.life(dataset["id"]))]


async def test_a_dataset_has_an_etag_wherever_it_is_answered(alice: httpx.AsyncClient) -> None:
    created = await alice.post("/tts/datasets", data={"name": "one"}, files={"audio": WAV, "transcript": SRT})
    dataset = created.json()
    got, head = await alice.get(path(dataset)), await alice.head(path(dataset))
    assert created.headers["etag"] == got.headers["etag"] == head.headers["etag"]
    requested = await alice.post(path(dataset, "/process"))
    assert requested.headers["etag"] not in ("", got.headers["etag"])
    assert requested.headers["etag"] == (await alice.get(path(dataset))).headers["etag"]


async def test_a_name_and_a_description_are_changed_one_by_one(
    alice: httpx.AsyncClient, observer: Stream, store: ObjectStore
) -> None:
    dataset = await create(alice, description="first")
    renamed = await alice.patch(path(dataset), json={"name": " Two "}, headers=await tag(alice, dataset))
    assert (renamed.status_code, renamed.json()["name"], renamed.json()["description"]) == (200, "Two", "first")
    merge_patch = {"content-type": "application/merge-patch+json"} | {"if-match": renamed.headers["etag"]}
    emptied = await alice.patch(path(dataset), content=b'{"description": null}', headers=merge_patch)
    assert (emptied.status_code, emptied.json()["name"], emptied.json()["description"]) == (200, "Two", "")
    assert emptied.json() == (await alice.get(path(dataset))).json()
    assert [type(event).__name__ for event in await life_of(observer, dataset)] == [
        "DatasetUploaded",
        "DatasetRenamed",
        "DatasetRenamed",
    ]
    assert await store.get(dataset["transcript_s3_key"]) == SRT


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"name": ""}, [("name", "invalid")]),
        ({"name": None}, [("name", "invalid")]),
        ({"name": "x" * 201, "description": 1}, [("name", "invalid"), ("description", "invalid")]),
        ({"nmae": "x"}, [("nmae", "unknown")]),
        ({"name": "a\ud800"}, [("name", "invalid")]),
        ([{"op": "replace"}], [("body", "invalid")]),
        ("", [("body", "invalid")]),
    ],
)
async def test_every_error_of_a_patch_is_told_with_those_of_the_query(
    alice: httpx.AsyncClient, body: Any, faults: list[tuple[str, str]]
) -> None:
    dataset = await create(alice)
    content = body if isinstance(body, str) else json.dumps(body)
    answer = await alice.patch(path(dataset, "?x=1"), content=content, headers=await tag(alice, dataset))
    assert refusal(answer) == (400, "invalid-request", [("x", "unknown"), *faults])
    assert (await alice.get(path(dataset))).json() == dataset


async def test_a_body_of_another_type_is_refused(alice: httpx.AsyncClient) -> None:
    dataset = await create(alice)
    headers = await tag(alice, dataset) | {"content-type": "application/json-patch+json"}
    answer = await alice.patch(path(dataset), content=b"[]", headers=headers)
    assert refusal(answer) == (415, "unsupported-media-type", [])
    cues = await tag(alice, dataset, "/cues") | {"content-type": "text/vtt"}
    assert refusal(await alice.put(path(dataset, "/cues"), content=b"[]", headers=cues))[0] == 415


CORRECTIONS = [("patch", "", {"name": "x"}), ("put", "/cues", [ONE]), ("put", "/transcript", None)]


async def correct(
    client: httpx.AsyncClient, dataset: dict[str, Any], how: tuple[str, str, Any], headers: dict[str, str]
) -> httpx.Response:
    method, rest, body = how
    content = b"other words" if body is None else json.dumps(body).encode()
    return await client.request(method, path(dataset, rest), content=content, headers=headers)


@pytest.mark.parametrize("how", CORRECTIONS, ids=lambda how: f"{how[0]} {how[1]}")
async def test_a_correction_needs_what_its_client_saw(
    alice: httpx.AsyncClient, observer: Stream, how: tuple[str, str, Any]
) -> None:
    dataset = await create(alice)
    now = (await tag(alice, dataset, "/cues" if how[1] == "/cues" else ""))["if-match"]
    assert refusal(await correct(alice, dataset, how, {})) == (428, "precondition-required", [])
    for other in ('"0"', f"W/{now}", "nonsense", '""', f'"{now}'):
        assert refusal(await correct(alice, dataset, how, {"if-match": other}))[:2] == (412, "precondition-failed")
    assert len(await life_of(observer, dataset)) == 1
    assert (await correct(alice, dataset, how, {"if-match": f'"0", {now}'})).status_code == 200
    assert (await correct(alice, dataset, how, {"if-match": "*"})).status_code == 200


@pytest.mark.parametrize("how", CORRECTIONS, ids=lambda how: f"{how[0]} {how[1]}")
async def test_of_editors_at_the_same_time_one_wins_and_the_others_are_told(
    alice: httpx.AsyncClient, observer: Stream, how: tuple[str, str, Any]
) -> None:
    dataset = await create(alice)
    seen = await tag(alice, dataset, "/cues" if how[1] == "/cues" else "")
    answers = await asyncio.gather(*(correct(alice, dataset, how, seen) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    assert len(await life_of(observer, dataset)) == 2


@pytest.mark.parametrize("how", CORRECTIONS, ids=lambda how: f"{how[0]} {how[1]}")
async def test_nothing_is_corrected_while_a_run_is_in_progress_and_nothing_of_others(
    alice: httpx.AsyncClient, bob: httpx.AsyncClient, how: tuple[str, str, Any]
) -> None:
    dataset = await create(alice, auto_process="true")
    answer = await correct(alice, dataset, how, {"if-match": "*"})
    assert refusal(answer)[:2] == (409, "already-processing")
    assert answer.json()["run"] > 0
    for headers in ({"if-match": "*"}, {}):
        assert refusal(await correct(bob, dataset, how, headers))[:2] == (404, "not-found")
    assert refusal(await bob.get(path(dataset, "/cues")))[:2] == (404, "not-found")
    await alice.delete(path(dataset))
    assert refusal(await correct(alice, dataset, how, {"if-match": "*"}))[:2] == (404, "not-found")


async def test_a_new_name_does_not_disturb_whoever_edits_cues(alice: httpx.AsyncClient) -> None:
    dataset = await create(alice)
    seen = await tag(alice, dataset, "/cues")
    assert (await alice.patch(path(dataset), json={"name": "x"}, headers={"if-match": "*"})).status_code == 200
    put = await alice.put(path(dataset, "/cues"), json=[ONE], headers=seen)
    assert (put.status_code, put.json()["name"], put.json()["transcript_type"]) == (200, "x", "cues")


async def test_another_transcript_is_stored_beside_the_first(
    alice: httpx.AsyncClient, observer: Stream, store: ObjectStore
) -> None:
    dataset = await create(alice)
    body = "Größe".encode("cp1252")
    answer = await alice.put(
        path(dataset, "/transcript?transcript_type=text&transcript_encoding=Windows-1252"),
        content=pieces(body, 2),
        headers=await tag(alice, dataset),
    )
    assert answer.status_code == 200, answer.text
    shown, digest = answer.json(), sha256(body).hexdigest()
    folder = f"users/alice/datasets/{dataset['id']}/"
    assert (shown["status"], shown["transcript_type"], shown["result_outdated"]) == ("pending", "text", False)
    assert shown["transcript_s3_key"] == f"{folder}transcripts/{digest}.txt"
    assert await store.get(shown["transcript_s3_key"]) == body
    assert await store.get(dataset["transcript_s3_key"]) == SRT
    (uploaded, replaced) = await life_of(observer, dataset)
    assert isinstance(uploaded, events.DatasetUploaded)
    assert isinstance(replaced, events.TranscriptReplaced)
    assert (replaced.source.transcript_sha256, replaced.source.transcript_bytes) == (digest, len(body))
    assert replaced.source.transcript_encoding == "cp1252"
    assert replaced.source.audio_sha256 == uploaded.source.audio_sha256
    got = await alice.get(path(dataset, "/cues"))
    assert (got.json(), got.headers["etag"]) == ([], f'"{digest}"')


@pytest.mark.parametrize(
    ("body", "query", "refused"),
    [
        (WAV, "", (415, "not-a-transcript", [])),
        (WAV, "?transcript_encoding=latin-1&transcript_type=text", (415, "not-a-transcript", [])),
        (b"", "", (422, "no-text", [("transcript", "no-text")])),
        (b"1\n00:00:02,000 --> 00:00:01,000\nx", "", (422, "no-usable-cue", [("transcript", "end-before-start")])),
        (b"\xff\xfe\xfd", "", (422, "undecodable-text", [("transcript", "undecodable-text")])),
        (b"x", "?transcript_encoding=rot13", (422, "unknown-encoding", [("transcript_encoding", "unknown-encoding")])),
        (b"x", "?transcript_type=cues", (400, "invalid-request", [("transcript_type", "invalid")])),
        (
            b"x",
            "?transcript_type=srt&transcript_type=srt&x=1",
            (400, "invalid-request", [("x", "unknown"), ("transcript_type", "duplicate")]),
        ),
    ],
)
async def test_what_is_no_transcript_leaves_the_one_that_there_is(
    alice: httpx.AsyncClient, observer: Stream, store: ObjectStore, body: bytes, query: str, refused: Any
) -> None:
    dataset = await create(alice)
    answer = await alice.put(path(dataset, f"/transcript{query}"), content=body, headers=await tag(alice, dataset))
    assert refusal(answer) == refused
    assert len(await life_of(observer, dataset)) == 1
    assert [found.key async for found in store.list(f"users/alice/datasets/{dataset['id']}/transcripts/")] == []


async def test_a_body_that_is_too_large_is_refused_announced_or_not(
    gateway_env: dict[str, str], declared: None
) -> None:
    async with serving(gateway_env | {"MAX_TRANSCRIPT_BYTES": "5000"}) as url:
        await until_connected(url)
        async with as_user(url, "alice") as alice:
            dataset = await create(alice)
            for rest in ("/transcript", "/cues"):
                seen = await tag(alice, dataset, rest if rest == "/cues" else "")
                body = b'[{"text": "' + b"x" * 6_000
                for content in (body, pieces(body, 1_000)):
                    answer = await alice.put(path(dataset, rest), content=content, headers=seen)
                    assert refusal(answer) == (413, "transcript-too-large", [("transcript", "too-large")])


async def test_corrected_cues_are_what_is_got_to_the_microsecond(
    alice: httpx.AsyncClient, observer: Stream, store: ObjectStore
) -> None:
    dataset = await create(alice)
    got = await alice.get(path(dataset, "/cues"))
    (only,) = got.json()
    assert (only["text"], only["start"], only["end"], got.headers["vary"]) == ("It was late.", 0.0, 1.0, "Accept")
    put = await alice.put(path(dataset, "/cues"), json=[ONE, TWO], headers={"if-match": got.headers["etag"]})
    assert put.status_code == 200, put.text
    again = await alice.get(path(dataset, "/cues"))
    assert again.headers["etag"] == put.headers["etag"]
    wanted = [
        {"cue": 0, "line": 2, "excluded": False, "findings": []} | ONE | {"end": 0.5},
        {"cue": 1, "line": 3, "speaker": None, "fixed": False}
        | TWO
        | {"findings": [{"code": "excluded", "detail": "left out by hand"}]},
    ]
    assert again.json() == wanted
    assert (await alice.get(path(dataset))).json() == put.json()
    key = put.json()["transcript_s3_key"]
    assert key == f"users/alice/datasets/{dataset['id']}/transcripts/{put.headers['etag'][1:-1]}.json"
    assert sha256(await store.get(key)).hexdigest() == put.headers["etag"][1:-1]
    last = (await life_of(observer, dataset))[-1]
    assert isinstance(last, events.TranscriptReplaced)
    assert last.source.transcript_type is TranscriptType.CUES
    # What was got is put again, with all that only reading adds; nothing changes but the life.
    same = await alice.put(path(dataset, "/cues"), json=again.json(), headers={"if-match": again.headers["etag"]})
    assert (same.headers["etag"], (await alice.get(path(dataset, "/cues"))).json()) == (put.headers["etag"], wanted)


async def test_cues_are_given_as_srt_to_whoever_asks_for_it(alice: httpx.AsyncClient) -> None:
    dataset = await create(alice)
    await alice.put(path(dataset, "/cues"), json=[ONE, TWO], headers={"if-match": "*"})
    srt = await alice.get(path(dataset, "/cues"), headers={"accept": "application/x-subrip"})
    assert srt.text == "1\n00:00:00,000 --> 00:00:00,500\nIt was  early. Very.\n\n"
    assert srt.headers["content-type"].startswith("application/x-subrip")
    assert srt.headers["content-security-policy"] == "sandbox"
    assert srt.headers["etag"] != (await alice.get(path(dataset, "/cues"))).headers["etag"]
    head = await alice.head(path(dataset, "/cues"))
    assert (head.status_code, head.content, head.headers["content-type"]) == (200, b"", "application/json")


async def test_a_plain_text_stays_one_until_it_is_given_cues(alice: httpx.AsyncClient, observer: Stream) -> None:
    files = {"audio": WAV, "transcript": b"Only words."}
    dataset = (await alice.post("/tts/datasets", data={"name": "n"}, files=files)).json()
    got = await alice.get(path(dataset, "/cues"))
    kept = await alice.put(path(dataset, "/cues"), json=got.json(), headers={"if-match": got.headers["etag"]})
    assert (kept.status_code, kept.json(), kept.headers["etag"]) == (200, dataset, got.headers["etag"])
    assert len(await life_of(observer, dataset)) == 1
    put = await alice.put(path(dataset, "/cues"), json=[ONE], headers={"if-match": got.headers["etag"]})
    assert (put.status_code, put.json()["transcript_type"]) == (200, "cues")


GOOD = {"start": 0, "end": 1, "text": "x"}


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ([], (422, "no-usable-cue", [("transcript", "no-usable-cue")])),
        ([GOOD | {"excluded": True}], (422, "no-usable-cue", [("transcript", "no-usable-cue")])),
        ([GOOD] * 200_000, (422, "too-many-cues", [("transcript", "too-many-cues")])),
        ([GOOD, GOOD | {"end": 0}], (400, "invalid-request", [("cues[1].end", "zero-length")])),
        ([GOOD, GOOD | {"start": 2}], (400, "invalid-request", [("cues[1].end", "end-before-start")])),
        ([GOOD | {"text": "x" * 1_000_000}], (400, "invalid-request", [("cues[0].text", "invalid")])),
        ([GOOD | {"styel": 1}], (400, "invalid-request", [("cues[0].styel", "unknown")])),
        ([GOOD | {"start": float("nan")}], (400, "invalid-request", [("body", "invalid")])),
        (WAV, (400, "invalid-request", [("body", "invalid")])),
    ],
    ids=["none", "all excluded", "200,000", "no length", "reversed", "1 MB of text", "unknown key", "NaN", "audio"],
)
async def test_a_bad_list_is_refused_with_its_cues_and_leaves_the_transcript(
    alice: httpx.AsyncClient, observer: Stream, store: ObjectStore, body: Any, refused: Any
) -> None:
    dataset = await create(alice)
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = await alice.put(path(dataset, "/cues"), content=content, headers=await tag(alice, dataset, "/cues"))
    assert refusal(answer) == refused
    assert len(await life_of(observer, dataset)) == 1
    assert await store.get(dataset["transcript_s3_key"]) == SRT
    assert [cue["text"] for cue in (await alice.get(path(dataset, "/cues"))).json()] == ["It was late."]


async def test_errors_beyond_what_an_answer_holds_are_counted(alice: httpx.AsyncClient) -> None:
    dataset = await create(alice)
    answer = await alice.put(
        path(dataset, "/cues?x=1"), json=[GOOD | {"end": 0}] * 500, headers=await tag(alice, dataset, "/cues")
    )
    problem = answer.json()
    assert problem["errors"][0]["field"] == "x"
    assert problem["errors"][1]["field"] == "cues[0].end"
    assert len(problem["errors"]) + problem["errors_left_out"] == 501
    assert len(answer.content) < 16 * 1024


async def test_long_lists_are_answered_a_few_at_a_time_and_every_one(alice: httpx.AsyncClient) -> None:
    """The place that a long answer has is free again, whether its client took it or left."""
    cue = "{0}\n00:{1:02}:{2:02},000 --> 00:{1:02}:{2:02},900\nSome words to fill the line.\n"
    long = "\n".join(cue.format(n, n // 60 % 60, n % 60) for n in range(1, 8_000)).encode()
    files = {"audio": WAV, "transcript": long}
    dataset = (await alice.post("/tts/datasets", data={"name": "n"}, files=files)).json()
    for _ in range(3):
        async with alice.stream("GET", path(dataset, "/cues")) as left:
            assert left.status_code == 200
            await anext(left.aiter_raw())
    answers = await asyncio.gather(*(alice.get(path(dataset, "/cues")) for _ in range(4)))
    assert [len(answer.json()) for answer in answers] == [7_999] * 4
