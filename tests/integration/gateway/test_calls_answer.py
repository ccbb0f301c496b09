"""The call table, on real servers: what each call answers, and what it leaves in the stream and in the store."""

import asyncio
import json
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from bus.stream import Stream
from contracts import envelope, events, subjects
from contracts.queries import GetDataset
from gateway.datasets.lives import Lives
from objects import ObjectStore
from tests.integration.gateway.running import SRT, WAV, CatalogPlayer, create

KEYS = {
    "id",
    "user_id",
    "name",
    "description",
    "status",
    "transcript_type",
    "audio_s3_key",
    "transcript_s3_key",
    "training_data_s3_key",
    "segment_count",
    "total_duration_seconds",
    "progress",
    "error_message",
    "error",
    "warnings",
    "result_outdated",
    "options",
    "created_at",
    "updated_at",
}
OTHER_OPTIONS = {
    "timeline": "media",
    "track": None,
    "channel": "mix",
    "text": {"tags": "keep", "entities": "keep", "repeats": "keep"},
    "tier": None,
    "offset_ms": 0,
    "time_scale": 1.0,
}


UNANSWERABLE = (
    ("GET", "/tts/datasets?limit=0", 400, "invalid-request", "limit"),
    ("GET", "/tts/datasets?limit=101", 400, "invalid-request", "limit"),
    ("GET", "/tts/datasets?limit=ten", 400, "invalid-request", "limit"),
    ("GET", "/tts/datasets?limit=", 400, "invalid-request", "limit"),
    ("GET", "/tts/datasets?limit=1&limit=2", 400, "invalid-request", "limit"),
    ("GET", "/tts/datasets?status=done", 400, "invalid-request", "status"),
    ("GET", "/tts/datasets?cursor=7", 400, "invalid-request", "cursor"),
    ("GET", "/tts/datasets?cursor=YmVmb3JlOjk5OTk5OTk5OTk5OTk5OTk5OTk", 400, "invalid-request", "cursor"),
    ("GET", "/tts/datasets?limit=1e9", 400, "invalid-request", "limit"),
    ("GET", "/tts/datasets?limit=-1", 400, "invalid-request", "limit"),
    ("GET", "/tts/datasets?status=null", 400, "invalid-request", "status"),
    ("GET", "/tts/datasets?status=ready,failed", 400, "invalid-request", "status"),
    ("GET", "/tts/datasets?cursor=Null", 400, "invalid-request", "cursor"),
    ("GET", "/tts/datasets?%ff=1", 400, "invalid-request", "\ufffd"),
    ("GET", "/tts/datasets?cursor=", 400, "invalid-request", "cursor"),
    ("GET", "/tts/datasets?sort=name", 400, "invalid-request", "sort"),
    ("HEAD", "/tts/datasets?sort=name", 400, "", ""),
    ("GET", "/tts/datasets/{id}?expand=all", 400, "invalid-request", "expand"),
    ("DELETE", "/tts/datasets/{id}?force=1", 400, "invalid-request", "force"),
    ("POST", "/tts/datasets/{id}/process?force=1", 400, "invalid-request", "force"),
    ("POST", "/tts/datasets/{id}/cancel?force=1", 400, "invalid-request", "force"),
    ("GET", "/healthz?x=1", 400, "invalid-request", "x"),
    ("GET", "/readyz?x=1", 400, "invalid-request", "x"),
    ("GET", "/tts/datasets/1", 404, "not-found", ""),
    ("GET", "/tts/datasets/not-a-uuid", 404, "not-found", ""),
    ("DELETE", "/tts/datasets/..%2f..", 404, "not-found", ""),
    ("GET", "/tts/datasets/{id}/segments", 404, "not-found", ""),
    ("GET", "/", 404, "not-found", ""),
    ("GET", "/schema", 404, "not-found", ""),
    ("GET", "/schema/", 404, "not-found", ""),
    ("GET", "/schema/-/-", 404, "not-found", ""),
    ("GET", "/schema/-/x", 404, "not-found", ""),
    ("GET", "/tts/datasets/%00", 404, "not-found", ""),
    ("GET", "/schema/swagger", 404, "not-found", ""),
    ("PUT", "/tts/datasets", 405, "method-not-allowed", ""),
    ("PATCH", "/tts/datasets", 405, "method-not-allowed", ""),
    ("GET", "/tts/datasets/{id}/process", 405, "method-not-allowed", ""),
)


async def life_of(stream: Stream, dataset_id: str) -> list[events.Life]:
    return [envelope.decode_life(stored.body) async for stored in stream.every(subjects.life(dataset_id))]


async def test_a_new_dataset_is_answered_whole_and_stored_whole(
    alice: httpx.AsyncClient, observer: Stream, store: ObjectStore
) -> None:
    files = {"audio": ("a.wav", WAV), "transcript": ("t.srt", SRT)}
    answer = await alice.post("/tts/datasets", data={"name": " one ", "description": "two\nlines"}, files=files)
    assert answer.status_code == 201
    dataset = answer.json()
    prefix = f"users/alice/datasets/{dataset['id']}/"
    assert answer.headers["location"] == f"/tts/datasets/{dataset['id']}"
    assert set(dataset) == KEYS
    assert dataset | {"id": "", "created_at": "", "updated_at": ""} == {
        "id": "",
        "user_id": "alice",
        "name": "one",
        "description": "two\nlines",
        "status": "pending",
        "transcript_type": "srt",
        "audio_s3_key": f"{prefix}source_audio.wav",
        "transcript_s3_key": f"{prefix}transcript.srt",
        "training_data_s3_key": None,
        "segment_count": None,
        "total_duration_seconds": None,
        "progress": None,
        "error_message": None,
        "error": None,
        "warnings": {"counts": {}, "first": []},
        "result_outdated": False,
        "options": {"sample_rate": None, **OTHER_OPTIONS},
        "created_at": "",
        "updated_at": "",
    }
    assert dataset["created_at"].endswith("Z")
    assert datetime.fromisoformat(dataset["created_at"]) == datetime.fromisoformat(dataset["updated_at"])
    assert await store.get(f"{prefix}source_audio.wav", 10**6) == WAV
    assert await store.get(f"{prefix}transcript.srt", 10**6) == SRT
    (uploaded,) = await life_of(observer, dataset["id"])
    assert isinstance(uploaded, events.DatasetUploaded)
    assert uploaded.source.audio_bytes == len(WAV)
    assert uploaded.source.transcript_encoding == "utf-8"


async def test_auto_process_begins_the_first_run_in_the_same_batch(alice: httpx.AsyncClient, observer: Stream) -> None:
    dataset = await create(alice, auto_process="true", options='{"sample_rate": 16000}')
    assert dataset["status"] == "processing"
    assert dataset["progress"] == {"segments": 0, "of": None}
    assert dataset["options"] == {"sample_rate": 16_000} | OTHER_OPTIONS
    uploaded, requested = await life_of(observer, dataset["id"])
    assert isinstance(uploaded, events.DatasetUploaded)
    assert isinstance(requested, events.ProcessRequested)
    assert requested.options.sample_rate == 16_000


async def test_the_request_id_comes_back_and_becomes_the_cause_of_what_follows(
    alice: httpx.AsyncClient, observer: Stream
) -> None:
    dataset = await create(alice)
    path = f"/tts/datasets/{dataset['id']}"
    answer = await alice.post(f"{path}/process", headers={"x-request-id": "my.id_1-2"})
    assert answer.headers["x-request-id"] == "my.id_1-2"
    requested = (await life_of(observer, dataset["id"]))[-1]
    assert (requested.correlation_id, requested.cause) == ("my.id_1-2", "my.id_1-2")
    for odd in (b"a b", b"x" * 65, "ä".encode(), b""):
        answer = await alice.get("/healthz", headers={b"x-request-id": odd})
        assert len(answer.headers["x-request-id"]) == 36


async def test_one_dataset_is_read_as_of_its_last_event(alice: httpx.AsyncClient, catalog: CatalogPlayer) -> None:
    dataset = await create(alice)
    answer = await alice.get(f"/tts/datasets/{dataset['id']}")
    assert (answer.status_code, answer.json()) == (200, dataset)
    await alice.post(f"/tts/datasets/{dataset['id']}/process")
    assert (await alice.get(f"/tts/datasets/{dataset['id']}")).json()["status"] == "processing"
    # Its last event says everything about a dataset except the progress of a run.
    assert catalog.asked == [GetDataset(dataset_id=dataset["id"], at_least=2)]


async def test_head_answers_as_get_without_the_body(alice: httpx.AsyncClient, catalog: CatalogPlayer) -> None:
    dataset = await create(alice)
    for path in (f"/tts/datasets/{dataset['id']}", "/tts/datasets", "/healthz", "/readyz"):
        head, got = await alice.head(path), await alice.get(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == got.headers["content-length"] == str(len(got.content))
    assert (await alice.head(f"/tts/datasets/{uuid4()}")).status_code == 404


async def test_pages_lead_through_all_datasets_newest_first(alice: httpx.AsyncClient, catalog: CatalogPlayer) -> None:
    names = ["a", "b", "c", "d", "e"]
    for name in names:
        await create(alice, name=name)
    seen, path, sizes = [], "/tts/datasets?limit=2", []
    while path:
        answer = await alice.get(path)
        assert answer.status_code == 200
        sizes.append(len(answer.json()))
        seen += [dataset["name"] for dataset in answer.json()]
        path = answer.links.get("next", {}).get("url", "")
    assert seen == ["e", "d", "c", "b", "a"]
    assert sizes == [2, 2, 1]
    assert len((await alice.get("/tts/datasets")).json()) == 5


async def test_a_page_keeps_its_filter(alice: httpx.AsyncClient, catalog: CatalogPlayer) -> None:
    for name in ("a", "b", "c"):
        await create(alice, name=name, auto_process="true" if name != "b" else "false")
    first = await alice.get("/tts/datasets?limit=1&status=processing")
    second = await alice.get(first.links["next"]["url"])
    assert [dataset["name"] for dataset in first.json() + second.json()] == ["c", "a"]
    assert "link" not in second.headers
    assert (await alice.get("/tts/datasets?status=ready")).json() == []


async def test_two_users_never_see_each_others_datasets(
    alice: httpx.AsyncClient, bob: httpx.AsyncClient, catalog: CatalogPlayer
) -> None:
    hers, his = await create(alice), await create(bob)
    assert his["audio_s3_key"].startswith("users/bob|b@example.org/datasets/")
    assert [dataset["id"] for dataset in (await alice.get("/tts/datasets")).json()] == [hers["id"]]
    assert [dataset["id"] for dataset in (await bob.get("/tts/datasets")).json()] == [his["id"]]
    path, nowhere = f"/tts/datasets/{hers['id']}", f"/tts/datasets/{uuid4()}"
    for method, tail in (("GET", ""), ("DELETE", ""), ("POST", "/process"), ("POST", "/cancel")):
        other, absent = await bob.request(method, path + tail), await bob.request(method, nowhere + tail)
        assert (other.status_code, other.json()["detail"]) == (absent.status_code, absent.json()["detail"])
        assert (other.status_code, other.json()["code"]) == (404, "not-found")
    assert (await alice.get(path)).json() == hers


async def test_an_id_that_does_not_exist_is_answered_in_the_same_way_on_every_call(
    alice: httpx.AsyncClient, bob: httpx.AsyncClient, catalog: CatalogPlayer
) -> None:
    hers, gone = await create(alice), await create(bob)
    await bob.delete(f"/tts/datasets/{gone['id']}")
    problems = set()
    for dataset_id in (hers["id"], gone["id"], str(uuid4()), "1", "not-a-uuid", "{id}", "%00", "x" * 3_000):
        for method, tail in (("GET", ""), ("DELETE", ""), ("POST", "/process"), ("POST", "/cancel"), ("HEAD", "")):
            answer = await bob.request(method, f"/tts/datasets/{dataset_id}{tail}")
            assert answer.status_code == 404, (method, dataset_id)
            if method != "HEAD":
                problem = answer.json()
                problems.add((problem["code"], problem["title"], problem["detail"], problem["remedy"]))
    assert len(problems) == 1
    assert problems.pop()[2] == "There is no dataset of yours with this id."


async def test_all_errors_of_a_query_are_reported_together(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/tts/datasets?limit=0&cursor=7&status=done&sort=name&status=ready")
    assert [(error["field"], error["code"], error["detail"]) for error in answer.json()["errors"]] == [
        ("sort", "unknown", "There is no query parameter 'sort' here; there are limit, cursor, status."),
        ("limit", "invalid", "'limit' must be a whole number from 1 to 100, such as limit=20."),
        ("cursor", "invalid", "'cursor' must be one that a Link header gave; leave it out for the first page."),
        ("status", "duplicate", "The query parameter 'status' may be there only once."),
    ]
    path = f"/tts/datasets/{uuid4()}/process?force=1"
    answer = await alice.post(path, json={"options": {"speed": 2, "sample_rate": 96_000}})
    fields = [error["field"] for error in answer.json()["errors"]]
    assert fields == ["force", "options.speed", "options.sample_rate"]


async def test_a_deleted_dataset_is_gone(alice: httpx.AsyncClient, observer: Stream, catalog: CatalogPlayer) -> None:
    dataset = await create(alice, auto_process="1")
    path = f"/tts/datasets/{dataset['id']}"
    answer = await alice.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    for method, tail in (("GET", ""), ("DELETE", ""), ("POST", "/process"), ("POST", "/cancel")):
        assert (await alice.request(method, path + tail)).status_code == 404
    assert isinstance((await life_of(observer, dataset["id"]))[-1], events.DatasetDeleted)


async def test_a_row_that_is_gone_from_the_catalog_already_is_not_found(
    alice: httpx.AsyncClient, catalog: CatalogPlayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = await create(alice, auto_process="true")

    async def none(_: Any) -> list[Any]:
        return []

    monkeypatch.setattr(CatalogPlayer, "_rows", none)
    assert (await alice.get(f"/tts/datasets/{dataset['id']}")).status_code == 404


async def test_a_run_is_requested_with_its_options_and_cancelled_without_a_result(alice: httpx.AsyncClient) -> None:
    dataset = await create(alice)
    path = f"/tts/datasets/{dataset['id']}"
    begun = await alice.post(f"{path}/process", json={"options": {"sample_rate": 22_050}})
    assert begun.status_code == 202
    assert begun.headers["location"] == path
    assert (begun.json()["status"], begun.json()["options"]) == ("processing", {"sample_rate": 22_050} | OTHER_OPTIONS)
    ended = await alice.post(f"{path}/cancel")
    assert (ended.status_code, ended.json()["status"], ended.json()["progress"]) == (202, "pending", None)
    again = await alice.post(f"{path}/process", content=b"{}")
    assert (again.status_code, again.json()["options"]) == (202, {"sample_rate": 22_050} | OTHER_OPTIONS)


async def test_sixteen_requests_at_once_begin_one_run(alice: httpx.AsyncClient, observer: Stream) -> None:
    dataset = await create(alice)
    path = f"/tts/datasets/{dataset['id']}/process"
    answers = await asyncio.gather(*(alice.post(path) for _ in range(16)))
    assert sorted(answer.status_code for answer in answers) == [202] + [409] * 15
    stored = await observer.last(subjects.life(dataset["id"]))
    assert stored is not None
    refused = [answer.json() for answer in answers if answer.status_code == 409]
    assert {problem["run"] for problem in refused} == {stored.seq}
    assert {problem["code"] for problem in refused} == {"already-processing"}
    assert f"run {stored.seq} " in refused[0]["detail"]
    assert len(await life_of(observer, dataset["id"])) == 2


async def test_only_a_run_under_way_can_be_cancelled(alice: httpx.AsyncClient) -> None:
    dataset = await create(alice)
    answer = await alice.post(f"/tts/datasets/{dataset['id']}/cancel")
    assert (answer.status_code, answer.json()["code"]) == (409, "not-processing")


async def test_what_can_not_be_answered_is_a_problem(alice: httpx.AsyncClient) -> None:
    # One server for all rows: starting it takes a hundred times as long as asking it.
    for method, path, status, code, field in UNANSWERABLE:
        answer = await alice.request(method, path.replace("{id}", str(uuid4())))
        assert answer.status_code == status, path
        assert answer.headers["content-type"] == "application/problem+json", path
        if method != "HEAD":
            assert answer.json()["code"] == code, path
            assert answer.json()["remedy"], path
            assert [error["field"] for error in answer.json().get("errors", [])] == ([field] if field else []), path
        if status == 405:
            assert "OPTIONS" in answer.headers["allow"], path


async def test_a_body_of_process_that_is_wrong_begins_no_run(alice: httpx.AsyncClient) -> None:
    dataset = await create(alice)
    for body in (
        b"x",
        b"null",
        b"\xff",
        b"{}{}",
        b"[" * 60_000,
        b'{"\\ud800": 1}',
        b'{"option": {}}',
        b'{"options": {"speed": 2}}',
        b'{"options": {"sample_rate": 7999}}',
        b'{"options": {"sample_rate": NaN}}',
        b'{"options": {"sample_rate": 1}, "options": {}}',
    ):
        answer = await alice.post(f"/tts/datasets/{dataset['id']}/process", content=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid-request"), body
    assert (await alice.post(f"/tts/datasets/{dataset['id']}/cancel")).json()["code"] == "not-processing"


async def test_a_body_of_process_has_a_limit(alice: httpx.AsyncClient) -> None:
    answer = await alice.post(f"/tts/datasets/{uuid4()}/process", content=b" " * 65_537)
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


async def test_an_internal_error_is_a_problem_without_details(
    alice: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> None:
        raise RuntimeError("the inside")

    monkeypatch.setattr(Lives, "append", broken)
    answer = await alice.delete(f"/tts/datasets/{uuid4()}")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal-error")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert "inside" not in answer.text


async def test_the_openapi_document_names_every_operation_once_and_no_foreign_host(url: str) -> None:
    async with httpx.AsyncClient(base_url=url, trust_env=False) as anybody:
        answer = await anybody.get("/schema/openapi.json")
    assert answer.status_code == 200
    document = json.loads(answer.content)
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    assert document["openapi"].startswith("3.1")
    assert sorted(operation["operationId"] for operation in operations) == [
        "beginSession",
        "cancelDataset",
        "checkArchive",
        "createDataset",
        "deleteDataset",
        "endSession",
        "getArchive",
        "getArchiveHeaders",
        "getDataset",
        "getDatasetArchive",
        "getDatasetArchiveHeaders",
        "getDatasetHeaders",
        "getManifest",
        "getManifestHeaders",
        "getRecording",
        "getRecordingHeaders",
        "getSegment",
        "getSegmentAudio",
        "getSegmentAudioHeaders",
        "getSegmentHeaders",
        "getTranscript",
        "getTranscriptHeaders",
        "healthz",
        "healthzHeaders",
        "listCues",
        "listCuesHeaders",
        "listDatasets",
        "listDatasetsHeaders",
        "listSegments",
        "listSegmentsHeaders",
        "processDataset",
        "readyz",
        "readyzHeaders",
        "renameDataset",
        "replaceCues",
        "replaceTranscript",
    ]
    assert document["components"]["securitySchemes"] == {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        "session": {"type": "apiKey", "in": "cookie", "name": "cuecutter_session"},
    }
    upload = document["paths"]["/tts/datasets"]["post"]
    assert set(upload["responses"]) == {"201", "400", "401", "408", "413", "415", "422", "429", "500", "503"}
    assert list(upload["responses"]["400"]["content"]) == ["application/problem+json"]
    assert set(document["components"]["schemas"]["Dataset"]["properties"]) == KEYS
    assert "://" not in answer.text
