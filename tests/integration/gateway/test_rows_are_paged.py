"""Rows of a result: pages anywhere, filters and orders, and what is said where there is no result, or another's."""

import re
import time
from typing import Any
from uuid import uuid4

import httpx
import pytest

from contracts import keys
from gateway.domain.segment_pages import Place, cursor_of, place_of
from gateway.results import lines
from objects import ObjectStore
from tests.integration.gateway.forms import refusal
from tests.integration.gateway.made_results import Maker, row
from tests.integration.gateway.running import as_user, create, serving, until_connected

RESULT_PATHS = ("manifest", "segments", "segments/0", "segments/0/audio")
PATHS = (*RESULT_PATHS, "audio", "transcript")


def numbered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"n": n, **one} for n, one in enumerate(rows)]


def next_of(answer: httpx.Response) -> str | None:
    found = re.fullmatch(r'<(/[^>]+)>; rel="next"', answer.headers.get("link", ""))
    return found[1] if found else None


async def every_page(client: httpx.AsyncClient, path: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    following: str | None = path
    while following:
        answer = await client.get(following)
        assert answer.status_code == 200, answer.text
        rows += answer.json()
        following = next_of(answer)
    return rows


async def test_pages_are_the_manifests_rows_with_their_numbers(alice: httpx.AsyncClient, maker: Maker) -> None:
    made = await maker.make(await create(alice), 250)
    assert await every_page(alice, f"{made.path}/segments?limit=33") == numbered(made.rows)
    assert await every_page(alice, f"{made.path}@{made.result.run}/segments") == numbered(made.rows)
    one = await alice.get(f"{made.path}/segments/249")
    assert one.json() == {"n": 249, **made.rows[249]}
    known = {"if-none-match": one.headers["etag"]}
    assert (await alice.get(f"{made.path}/segments/249", headers=known)).status_code == 304


async def test_rows_are_filtered_and_sorted(alice: httpx.AsyncClient, maker: Maker) -> None:
    made = await maker.make(await create(alice), 250)
    rows = numbered(made.rows)

    async def asked(query: str) -> list[dict[str, Any]]:
        return await every_page(alice, f"{made.path}/segments?limit=19&{query}")

    assert await asked("flag=clipped,too-fast") == [one for one in rows if one["flags"]]
    assert await asked("q=NUMBER%2024") == [one for one in rows if "number 24" in one["text"]]
    assert await asked("sort=-duration") == sorted(rows, key=lambda one: -one["duration"])
    assert await asked("sort=chars_per_second&flag=clipped") == sorted(
        (one for one in rows if "clipped" in one["flags"]), key=lambda one: one["chars_per_second"]
    )
    worst = await asked("sort=worst")
    assert [one["flags"] for one in worst] == [["clipped"]] * 50 + [["too-fast", "low-level"]] * 50 + [[]] * 150
    assert await asked("q=nowhere") == []


async def test_results_of_older_releases_are_paged_and_say_what_they_lack(
    alice: httpx.AsyncClient, maker: Maker
) -> None:
    made = await maker.make(await create(alice), 250, row_of=row, indexed=False)
    assert await every_page(alice, f"{made.path}/segments?limit=70") == numbered(made.rows)
    by_length = await every_page(alice, f"{made.path}/segments?sort=duration")
    assert by_length == sorted(numbered(made.rows), key=lambda one: one["duration"])
    for query in ("sort=worst", "sort=-chars_per_second", "flag=clipped"):
        assert refusal(await alice.get(f"{made.path}/segments?{query}"))[:2] == (409, "result-too-old")


async def test_an_index_of_another_manifest_is_not_believed(
    alice: httpx.AsyncClient, maker: Maker, store: ObjectStore
) -> None:
    made = await maker.make(await create(alice), 150)
    other = await maker.make(await create(alice), 30)
    index = await store.get(keys.manifest_index(other.result.prefix))
    for body in (index, b"{", b""):
        await store.put(keys.manifest_index(made.result.prefix), body)
        assert await every_page(alice, f"{made.path}/segments") == numbered(made.rows)


async def test_a_page_of_very_long_rows_ends_early(
    alice: httpx.AsyncClient, maker: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def long(n: int) -> dict[str, Any]:
        return row(n, text=f"{n} " * 100_000)

    made = await maker.make(await create(alice), 30, row_of=long)
    for query in ("limit=1000", "limit=1000&sort=-duration"):
        first = await alice.get(f"{made.path}/segments?{query}")
        assert 1 <= len(first.json()) < 30
        assert len(first.content) < lines.PAGE_BYTES + 100_000
    monkeypatch.setattr(lines, "PAGE_BYTES", 10)
    assert await every_page(alice, f"{made.path}/segments") == numbered(made.rows)


async def test_pages_of_a_result_that_was_replaced_are_never_mixed_with_another(
    alice: httpx.AsyncClient, maker: Maker
) -> None:
    dataset = await create(alice)
    old = await maker.make(dataset, 20)
    following = next_of(await alice.get(f"{old.path}/segments?limit=5"))
    assert following
    new = await maker.make(dataset, 20)
    assert refusal(await alice.get(following))[:2] == (410, "result-removed")
    cursor = httpx.URL(following).params["cursor"]
    assert refusal(await alice.get(f"{old.path}/segments?cursor={cursor}"))[:2] == (410, "result-removed")
    for path in RESULT_PATHS:
        assert refusal(await alice.get(f"{old.path}@{old.result.run}/{path}"))[:2] == (410, "result-removed")
        assert (await alice.get(f"{old.path}@{new.result.run}/{path}")).status_code == 200
        assert refusal(await alice.get(f"{old.path}@{new.result.run + 1}/{path}"))[:2] == (404, "not-found")


@pytest.mark.parametrize("path", PATHS)
async def test_what_is_anothers_or_unknown_or_not_there_is_told_alike(
    alice: httpx.AsyncClient, bob: httpx.AsyncClient, maker: Maker, path: str
) -> None:
    made = await maker.make(await create(alice), 3)
    told = set()
    for name in (made.dataset_id, f"{made.dataset_id}@{made.result.run}", str(uuid4()), "x", f"{uuid4()}@1"):
        answer = await bob.get(f"/tts/datasets/{name}/{path}")
        told.add((answer.status_code, answer.json()["detail"]))
    await alice.delete(made.path)
    answer = await alice.get(f"{made.path}/{path}")
    told.add((answer.status_code, answer.json()["detail"]))
    assert told == {(404, "There is no dataset of yours with this id.")}


async def test_before_the_first_result_there_is_none(alice: httpx.AsyncClient) -> None:
    dataset = await create(alice)
    for path in RESULT_PATHS:
        assert refusal(await alice.get(f"/tts/datasets/{dataset['id']}/{path}"))[:2] == (409, "no-result")
    for path in ("audio", "transcript"):
        assert (await alice.get(f"/tts/datasets/{dataset['id']}/{path}")).status_code == 200


async def test_segments_that_are_not_there_are_404(alice: httpx.AsyncClient, maker: Maker) -> None:
    made = await maker.make(await create(alice), 3)
    for number in ("3", "-1", "1e1", "٣", "9" * 30, "x"):
        for path in (f"segments/{number}", f"segments/{number}/audio"):
            answer = await alice.get(f"{made.path}/{path}")
            assert (answer.status_code, answer.json()["detail"]) == (
                404,
                "This result has 3 segments, which are numbered from 0.",
            )


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=1001",
        "cursor=x",
        "flag=",
        "flag=A",
        "q=",
        f"q={'x' * 201}",
        "sort=text",
        "page=2",
        "sort=n&sort=n",
    ],
)
async def test_a_query_that_is_not_valid_is_told(alice: httpx.AsyncClient, maker: Maker, query: str) -> None:
    made = await maker.make(await create(alice), 3)
    status, code, errors = refusal(await alice.get(f"{made.path}/segments?{query}"))
    assert (status, code, errors[0][0]) == (400, "invalid-request", query.partition("=")[0])


@pytest.mark.alone
async def test_a_page_of_a_hundred_thousand_rows_answers_at_once_wherever_it_stands(
    alice: httpx.AsyncClient, maker: Maker, gateway_env: dict[str, str]
) -> None:
    made = await maker.make(await create(alice), 100_000, slices=0)
    other = await maker.make(await create(alice), 3)
    print(f"{len(made.manifest) / 2**20:.0f} MiB of manifest")
    following = next_of(await alice.get(f"{made.path}/segments?limit=100"))
    assert following
    places = [following, *[await cursor_at(alice, made.path, n) for n in (25_050, 49_999, 75_001, 99_900)]]
    seconds = [await best_of(5, alice, path) for path in places]
    print(f"pages of 100: {' '.join(f'{one * 1000:.0f}' for one in seconds)} ms")
    assert max(seconds) <= 0.05
    async with serving(gateway_env) as fresh, as_user(fresh, "alice") as client:
        await until_connected(fresh)
        await client.get(f"{other.path}/segments")  # connections, and what the first request loads
        first = await timed(client, places[-1])
    print(f"the first page that a gateway sees of it: {first * 1000:.0f} ms")
    assert first <= 0.05
    for query in ("q=number%2077", "flag=clipped", "sort=worst", "sort=-duration"):
        first = await timed(alice, f"{made.path}/segments?limit=100&{query}")
        again = await best_of(3, alice, f"{made.path}/segments?limit=100&{query}")
        print(f"{query}: first {first * 1000:.0f} ms, then {again * 1000:.0f} ms")


async def cursor_at(client: httpx.AsyncClient, path: str, n: int) -> str:
    """The page from row `n` on, as its Link would name it."""
    link = next_of(await client.get(f"{path}/segments?limit=1"))
    assert link
    run = place_of(httpx.URL(link).params["cursor"]).run
    return f"{path}/segments?limit=100&cursor={cursor_of(Place(run, n))}"


async def timed(client: httpx.AsyncClient, path: str) -> float:
    started = time.perf_counter()
    answer = await client.get(path)
    assert answer.status_code == 200
    return time.perf_counter() - started


async def best_of(times: int, client: httpx.AsyncClient, path: str) -> float:
    return min([await timed(client, path) for _ in range(times)])
