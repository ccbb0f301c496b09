"""Objects written and read whole, on a real store."""

import base64
import hashlib
from typing import Any

import pytest

from objects import (
    AccessDenied,
    BucketMissing,
    DigestMismatch,
    ObjectMissing,
    ObjectStore,
    ObjectTooLarge,
    S3Settings,
    StoreUnavailable,
    Timeouts,
    open_store,
)
from objects.translation import translated
from tests.integration.objects.access import MIB, SOMEWHERE, at_port, bytes_that_differ
from tests.integration.objects.bad_networks import answering, refusing_at_once, relay, serving


async def test_what_is_put_comes_back_with_its_type(store: ObjectStore, bare_client: Any, bucket: str) -> None:
    await store.put("a/cue.wav", b"RIFF....", "audio/wav")

    assert await store.get("a/cue.wav") == b"RIFF...."
    head = await bare_client.head_object(Bucket=bucket, Key="a/cue.wav")
    assert head["ContentType"] == "audio/wav"


async def test_a_second_put_replaces_the_object(store: ObjectStore) -> None:
    await store.put("k", b"first, and longer")
    await store.put("k", b"second")

    assert await store.get("k") == b"second"


async def test_an_empty_object_is_an_object(store: ObjectStore) -> None:
    await store.put("empty", b"")

    assert await store.get("empty") == b""
    assert await store.size("empty") == 0


@pytest.mark.parametrize(
    "key",
    [
        "users/auth0|a@b+c:d/x",
        "with space and ü/ñ",
        "q?a=b&c#d",
        "per%41cent",
    ],
)
async def test_a_key_keeps_its_odd_characters(store: ObjectStore, key: str) -> None:
    await store.put(key, b"here")

    assert await store.get(key) == b"here"
    assert [info.key async for info in store.list("")] == [key]
    assert await store.delete([key]) == 1
    assert [info.key async for info in store.list("")] == []


async def test_size_is_in_bytes(store: ObjectStore) -> None:
    await store.put("k", b"12345")

    assert await store.size("k") == 5


async def test_a_key_without_object_is_missing_for_every_reader(store: ObjectStore) -> None:
    with pytest.raises(ObjectMissing):
        await store.get("none")
    with pytest.raises(ObjectMissing):
        await store.size("none")
    with pytest.raises(ObjectMissing):
        await store.get_range("none", 0, 1)
    with pytest.raises(ObjectMissing):
        [chunk async for chunk in store.stream("none")]


async def test_an_object_above_the_limit_is_not_read(store: ObjectStore) -> None:
    await store.put("k", b"12345")

    assert await store.get("k", max_bytes=5) == b"12345"
    with pytest.raises(ObjectTooLarge, match="5 bytes, at most 4"):
        await store.get("k", max_bytes=4)


async def test_the_store_refuses_bytes_that_do_not_match_their_md5(bare_client: Any, bucket: str) -> None:
    of_other_bytes = base64.b64encode(hashlib.md5(b"other").digest()).decode()

    with pytest.raises(DigestMismatch, match="BadDigest"), translated("writing k"):
        await bare_client.put_object(Bucket=bucket, Key="k", Body=b"sent", ContentMD5=of_other_bytes)

    assert "Contents" not in await bare_client.list_objects_v2(Bucket=bucket)


@pytest.mark.parametrize("size_bytes", [1_000, 3 * MIB])
async def test_a_byte_that_changes_on_the_way_is_noticed(
    store: ObjectStore, settings: S3Settings, size_bytes: int
) -> None:
    def flip(data: bytes) -> bytes:
        return data.replace(b"RIGHT", b"WRONG")

    async with (
        relay(settings.endpoint_url, to_store=flip) as port,
        open_store(at_port(settings, port)) as damaged,
    ):
        with pytest.raises(DigestMismatch):
            await damaged.put("k", b"RIGHT" + bytes(size_bytes))

    with pytest.raises(ObjectMissing):
        await store.get("k")


async def test_an_answer_that_breaks_off_is_asked_for_again(store: ObjectStore, settings: S3Settings) -> None:
    body = bytes_that_differ(3 * MIB)
    await store.put("k", body)
    cuts = iter([True])

    def cut_once(data: bytes) -> bytes | None:
        return None if b"000000000100000" in data and next(cuts, False) else data

    async with (
        relay(settings.endpoint_url, from_store=cut_once) as port,
        open_store(at_port(settings, port)) as shaky,
    ):
        assert await shaky.get("k") == body
    assert next(cuts, None) is None


async def test_an_answer_that_always_breaks_off_is_no_object() -> None:
    async with (
        serving(answering("200 OK", b"12345", announced_bytes=10)) as port,
        open_store(at_port(SOMEWHERE, port)) as store,
    ):
        with pytest.raises(StoreUnavailable, match="broke off"):
            await store.get("k")


@pytest.mark.parametrize("size_bytes", [1, 8 * MIB])
async def test_a_refusal_before_the_body_is_heard(quick: Timeouts, size_bytes: int) -> None:
    # A client that waits for "100 Continue" would wait for ever.
    refusal = refusing_at_once("403 Forbidden", b"<Error><Code>AccessDenied</Code></Error>")
    async with serving(refusal) as port, open_store(at_port(SOMEWHERE, port), quick) as store:
        with pytest.raises(AccessDenied):
            await store.put("k", bytes(size_bytes))


async def test_a_missing_bucket_is_told_from_a_missing_object(settings: S3Settings) -> None:
    elsewhere = S3Settings(
        bucket="no-such-bucket",
        region=settings.region,
        access_key_id=settings.access_key_id,
        secret_access_key=settings.secret_access_key,
        endpoint_url=settings.endpoint_url,
    )
    async with open_store(elsewhere) as store:
        with pytest.raises(BucketMissing):
            await store.check()
        with pytest.raises(BucketMissing):
            await store.put("k", b"")
        with pytest.raises(BucketMissing):
            await store.get("k")
        with pytest.raises(BucketMissing):
            [info async for info in store.list("")]
        with pytest.raises(BucketMissing):
            async with store.writer("k", part_bytes=5 * MIB) as writer:
                await writer.write(bytes(6 * MIB))
