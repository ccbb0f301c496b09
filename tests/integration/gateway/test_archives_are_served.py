"""Archives over HTTP: any range of them, from any gateway, and what is said where there can be none."""

import io
import json
import random
import tarfile
import zipfile
from typing import Any
from uuid import uuid4

import httpx
import pytest

from contracts import keys
from gateway.archives.formats import FORMATS
from objects import ObjectStore
from tests.integration.gateway.forms import refusal
from tests.integration.gateway.made_results import Made, Maker, judged, row, wav
from tests.integration.gateway.running import as_user, create, serving, until_connected

TEXTS = ('"Stop!" she said.', 'He said "no"', "a|b\tc", "one\u2028two", "進んでください", "توقف", "😀 well")


def spoken(n: int) -> dict[str, Any]:
    return judged(n) | {"text": f"{TEXTS[n % len(TEXTS)]} {n}", "speaker": ("Ann", "Ben", None)[n % 3]}


async def made(client: httpx.AsyncClient, maker: Maker, rows: int = 40, name: str = "Chapter 1") -> Made:
    dataset = await create(client, name=name)
    return await maker.make(dataset, rows, row_of=spoken, slices=rows)


async def downloaded(client: httpx.AsyncClient, query: str) -> httpx.Response:
    answer = await client.get(f"/tts/archive?{query}", follow_redirects=True)
    assert answer.status_code == 200, answer.text
    assert len(answer.content) == int(answer.headers["content-length"])
    return answer


def query_of(*results: Made, form: str = "jsonl", **more: str) -> str:
    datasets = "&".join(f"dataset={one.dataset_id}" for one in results)
    return f"{datasets}&format={form}" + "".join(f"&{name}={value}" for name, value in more.items())


@pytest.mark.parametrize("form", sorted(FORMATS))
async def test_every_slice_is_there_under_a_name_of_its_own(alice: httpx.AsyncClient, maker: Maker, form: str) -> None:
    one, two = await made(alice, maker), await made(alice, maker, rows=11)
    answer = await downloaded(alice, query_of(one, two, form=form, validation="0.2"))
    files = unpacked(answer.content, FORMATS[form].container.value)
    slices = [content for name, content in files.items() if name.endswith(".wav")]
    assert slices == [wav(n) for n in range(40)] + [wav(n) for n in range(11)]
    bases = [name.rsplit("/", 1)[1].lower() for name in files if name.endswith(".wav")]
    assert len(set(bases)) == 51
    assert {name.split("/")[0] for name in files} == {"chapter-1-and-1-more"}
    disposition = f"attachment; filename*=UTF-8''chapter-1-and-1-more.{FORMATS[form].container}"
    assert answer.headers["content-disposition"] == disposition


def unpacked(body: bytes, container: str) -> dict[str, bytes]:
    if container == "zip":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            assert archive.testzip() is None
            return {name: archive.read(name) for name in archive.namelist()}
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        return {each.name: archive.extractfile(each).read() for each in archive}  # type: ignore[union-attr]


@pytest.mark.parametrize("form", ["kaldi", "hf", "webdataset"])
async def test_any_range_has_the_bytes_of_the_whole_also_from_another_gateway(
    alice: httpx.AsyncClient, maker: Maker, gateway_env: dict[str, str], form: str
) -> None:
    one, two = await made(alice, maker), await made(alice, maker, rows=7)
    query = query_of(one, two, form=form, validation="0.3", skip="clipped")
    whole = await downloaded(alice, query)
    pinned = whole.url.raw_path.decode()
    chance = random.Random(3)
    async with serving(gateway_env) as other:
        await until_connected(other)
        async with as_user(other, "alice") as elsewhere:
            head = await elsewhere.head(pinned)
            assert (head.headers["content-length"], head.headers["etag"]) == (
                str(len(whole.content)),
                whole.headers["etag"],
            )
            for _ in range(60):
                first = chance.randrange(len(whole.content))
                last = min(first + chance.choice([1, 30, 3_000, 100_000]), len(whole.content) - 1)
                answer = await elsewhere.get(pinned, headers={"range": f"bytes={first}-{last}"})
                assert answer.status_code == 206
                assert answer.content == whole.content[first : last + 1], (first, last)
            assert (await elsewhere.get(pinned)).content == whole.content
            known = await elsewhere.get(pinned, headers={"if-none-match": whole.headers["etag"]})
            assert known.status_code == 304


async def test_a_call_without_runs_is_sent_to_the_address_that_names_them(
    alice: httpx.AsyncClient, maker: Maker
) -> None:
    one = await made(alice, maker, rows=3)
    run = one.result.run
    answer = await alice.get(f"{one.path}/archive?skip=clipped&format=piper")
    assert answer.status_code == 307
    address, version = answer.headers["location"].split("&version=")
    assert address == f"{one.path}@{run}/archive?format=piper&skip=clipped"
    assert len(version) == 16
    assert (await alice.get(answer.headers["location"])).status_code == 200
    answer = await alice.head(f"/tts/archive?format=piper&dataset={one.dataset_id}")
    assert answer.headers["location"].startswith(f"/tts/archive?dataset={one.dataset_id}@{run}&format=piper&version=")

    again = await maker.make({"id": one.dataset_id, "user_id": "alice"}, 3, row_of=spoken)
    gone = await alice.get(f"{one.path}@{run}/archive?format=piper")
    assert refusal(gone)[:2] == (410, "result-removed")
    assert again.result.run > run


async def test_an_archive_that_a_new_name_changes_is_not_completed_with_other_bytes(
    alice: httpx.AsyncClient, maker: Maker
) -> None:
    one = await made(alice, maker, rows=3)
    pinned = (await alice.get(f"{one.path}/archive?format=hf")).headers["location"]
    assert (await alice.get(pinned, headers={"range": "bytes=0-99"})).status_code == 206
    tag = (await alice.get(one.path)).headers["etag"]
    await alice.patch(one.path, json={"name": "Another"}, headers={"if-match": tag})
    assert refusal(await alice.get(pinned, headers={"range": "bytes=100-"}))[:2] == (410, "archive-changed")
    again = (await alice.get(f"{one.path}/archive?format=hf")).headers["location"]
    assert (await alice.get(again)).status_code == 200


async def test_skip_leaves_out_and_says_so(alice: httpx.AsyncClient, maker: Maker) -> None:
    one = await made(alice, maker, rows=10)
    answer = await downloaded(alice, query_of(one, skip="clipped", name="Mine"))
    files = unpacked(answer.content, "zip")
    assert sum(name.endswith(".wav") for name in files) == 8
    rows = [json.loads(line) for line in files["mine/metadata.jsonl"].decode().splitlines()]
    assert [each["n"] for each in rows] == [1, 2, 3, 4, 6, 7, 8, 9]
    check = (await alice.get(f"/tts/archive/check?{query_of(one, skip='clipped')}")).json()
    assert (check["clips"], check["left_out"]) == (8, {"clipped": 2})


async def test_an_archive_of_nothing_is_refused(alice: httpx.AsyncClient, maker: Maker) -> None:
    one = await made(alice, maker, rows=1)
    answer = await alice.get(f"{one.path}@{one.result.run}/archive?format=hf&skip=clipped")
    assert refusal(answer) == (400, "invalid-request", [("skip", "nothing-left")])


async def test_check_says_what_a_trainer_would_leave_out_and_what_would_save_it(
    alice: httpx.AsyncClient, maker: Maker
) -> None:
    one = await made(alice, maker, rows=14)
    answer = await alice.get(f"/tts/archive/check?{query_of(one, form='xtts')}")
    assert answer.status_code == 200, answer.text
    check = answer.json()
    assert (check["format"], check["trainer"], check["clips"]) == ("xtts", "XTTS", 14)
    assert check["datasets"] == [{"id": one.dataset_id, "run": one.result.run}]
    assert check["reasons"]["too-short"] == 2  # n = 0 and 7 last 0.05 s
    short = next(each for each in check["rows"] if each["code"] == "too-short")
    assert (short["dataset"], short["n"], short["remedy"]) == (one.dataset_id, 0, "merge")
    assert check["kept"] < check["clips"]
    assert 0 < check["kept_hours"] < check["hours"]


@pytest.mark.parametrize(
    ("query", "field", "named"),
    [
        ("format=nothing", "format", "piper"),
        ("", "format", "piper"),
        ("format=hf&skip=clipped,nothing", "skip", "too-fast"),
        ("format=hf&validation=0.6", "validation", "0.5"),
        ("format=hf&validation=-0.1", "validation", "0.5"),
        ("format=hf&validation=nan", "validation", "0.5"),
        ("format=hf&language=en", "language", "gpt-sovits"),
        ("format=gpt-sovits&language=de", "language", "yue"),
        ("format=hf&name=", "name", "name=my-voice"),
        ("format=hf&trainer=x", "trainer", "format"),
    ],
)
async def test_what_is_not_known_is_refused_with_what_there_is(
    alice: httpx.AsyncClient, maker: Maker, query: str, field: str, named: str
) -> None:
    one = await made(alice, maker, rows=1)
    for path in (f"{one.path}/archive?", f"/tts/archive?dataset={one.dataset_id}&", "/tts/archive/check?"):
        more = f"dataset={one.dataset_id}&" if path.endswith("check?") else ""
        answer = await alice.get(path + more + query)
        assert refusal(answer)[:2] == (400, "invalid-request")
        (error,) = answer.json()["errors"]
        assert error["field"] == field
        assert named in error["detail"]


async def test_every_dataset_that_can_not_be_used_is_named(
    alice: httpx.AsyncClient, bob: httpx.AsyncClient, maker: Maker
) -> None:
    mine, theirs = await made(alice, maker, rows=1), await made(bob, maker, rows=1)
    empty, unknown = (await create(alice))["id"], str(uuid4())
    names = [mine.dataset_id, theirs.dataset_id, empty, unknown, f"{mine.dataset_id}@1"]
    query = "&".join(f"dataset={name}" for name in names)
    answer = await alice.get(f"/tts/archive?format=hf&{query}")
    codes = ["not-found", "no-result", "not-found", "result-removed"]
    assert refusal(answer) == (404, "not-found", [("dataset", code) for code in codes])
    for name, error in zip([*names[1:4], names[4]], answer.json()["errors"], strict=True):
        assert name in error["detail"]


async def test_no_dataset_comes_twice_and_no_more_than_150_come(alice: httpx.AsyncClient, maker: Maker) -> None:
    one = await made(alice, maker, rows=1)
    twice = await alice.get(f"/tts/archive?{query_of(one, one)}")
    assert refusal(twice) == (400, "invalid-request", [("dataset", "duplicate")])
    many = "&".join(f"dataset={uuid4()}" for _ in range(151))
    answer = await alice.get(f"/tts/archive?format=hf&{many}")
    assert refusal(answer) == (400, "invalid-request", [("dataset", "too-many")])


async def test_a_result_of_an_older_release_says_what_it_lacks(alice: httpx.AsyncClient, maker: Maker) -> None:
    one = await maker.make(await create(alice), 2, row_of=row)
    answer = await alice.get(f"{one.path}@{one.result.run}/archive?format=hf")
    assert refusal(answer) == (409, "result-too-old", [])
    assert one.dataset_id in answer.json()["detail"]


@pytest.mark.parametrize("how", ["missing", "changed", "longer"])
async def test_a_damaged_slice_ends_the_download_and_the_archive_is_refused_from_then_on(
    alice: httpx.AsyncClient, maker: Maker, store: ObjectStore, gateway_env: dict[str, str], how: str
) -> None:
    one = await made(alice, maker, rows=30)
    pinned = f"{one.path}@{one.result.run}/archive?format=piper"
    size = int((await alice.head(pinned)).headers["content-length"])
    damaged = wav(20)[:-1] + b"\x55" if how == "changed" else wav(20) + b"\0"
    if how == "missing":
        await store.delete([one.slice_key(20)])
    else:
        await store.put(one.slice_key(20), damaged)
    with pytest.raises(httpx.RemoteProtocolError):
        await alice.get(pinned)
    answer = await alice.get(pinned)
    assert refusal(answer) == (409, "result-damaged", [("dataset", "result-damaged")])
    (error,) = answer.json()["errors"]
    assert error["detail"].startswith(f"'{one.dataset_id}@{one.result.run}': Segment 20 of run {one.result.run}")
    async with serving(gateway_env) as other:
        await until_connected(other)
        async with as_user(other, "alice") as elsewhere:
            assert refusal(await elsewhere.get(f"/tts/archive?{query_of(one)}"))[1] == "result-damaged"
    again = await maker.make({"id": one.dataset_id, "user_id": "alice"}, 30, row_of=spoken, slices=30)
    assert len((await alice.get(f"{again.path}@{again.result.run}/archive?format=piper")).content) == size


async def test_an_archive_of_a_deleted_dataset_is_not_found_and_nothing_is_noted(
    alice: httpx.AsyncClient, maker: Maker, store: ObjectStore
) -> None:
    one = await made(alice, maker, rows=30)
    await alice.head(f"{one.path}@{one.result.run}/archive?format=piper")
    await store.delete([one.slice_key(29)])
    await alice.delete(one.path)
    answer = await alice.get(f"{one.path}@{one.result.run}/archive?format=piper")
    assert refusal(answer)[0] == 404
    prefix = keys.dataset_prefix("alice", one.dataset_id)
    assert not [each async for each in store.list(f"{prefix}damage/")]
