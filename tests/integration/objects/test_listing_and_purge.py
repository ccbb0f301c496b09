"""Listings beyond one page, folders, and the ways to delete."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from objects import AccessDenied, Deleted, ObjectStore, open_store
from tests.integration.objects.access import SOMEWHERE, at_port
from tests.integration.objects.bad_networks import answering, serving


async def test_more_keys_than_a_page_are_listed_in_order_and_purged(store: ObjectStore) -> None:
    keys = [f"users/u/segments/segment_{number:05d}.wav" for number in range(2_500)]
    await _put_all(store, [*keys, "users/u2/kept"])

    assert [info.key async for info in store.list("users/u/")] == keys
    assert await store.delete_prefix("users/u/") == Deleted(2_500, 2_500)
    assert [info.key async for info in store.list("")] == ["users/u2/kept"]


async def test_more_keys_than_a_page_are_deleted_by_name(store: ObjectStore) -> None:
    await _put_all(store, ["a", "b", "c"])
    never_there = [f"none/{number}" for number in range(2_000)]

    assert await store.delete(iter(["a", *never_there, "c"])) == 2_002
    assert [info.key async for info in store.list("")] == ["b"]


async def test_deleting_nothing_asks_nothing(store: ObjectStore) -> None:
    assert await store.delete([]) == 0
    assert await store.delete_prefix("empty/") == Deleted()


async def test_a_key_the_store_does_not_delete_is_an_error() -> None:
    mixed = b"<DeleteResult><Error><Key>users/u/k</Key><Code>AccessDenied</Code></Error></DeleteResult>"
    async with serving(answering("200 OK", mixed)) as port, open_store(at_port(SOMEWHERE, port)) as store:
        with pytest.raises(AccessDenied, match="users/u/k"):
            await store.delete(["users/u/j", "users/u/k"])


async def test_a_listing_tells_size_and_time(store: ObjectStore) -> None:
    await store.put("k", b"12345")

    [info] = [info async for info in store.list("k")]

    assert (info.key, info.size_bytes) == ("k", 5)
    assert info.modified.tzinfo is UTC
    assert abs(datetime.now(UTC) - info.modified) < timedelta(seconds=30)


@pytest.mark.parametrize("prefix", ["", "users/1"])
async def test_only_a_folder_is_purged(store: ObjectStore, prefix: str) -> None:
    await store.put("users/10/k", b"kept")

    with pytest.raises(ValueError, match="not a folder"):
        await store.delete_prefix(prefix)

    assert await store.get("users/10/k") == b"kept"


async def test_the_folders_below_a_prefix_are_told_once_each(store: ObjectStore) -> None:
    await _put_all(store, ["u/1/a", "u/1/b", "u/2/x/y", "u/loose", "v/3/z"])

    assert [prefix async for prefix in store.list_prefixes("u/")] == ["u/1/", "u/2/"]
    assert [prefix async for prefix in store.list_prefixes("")] == ["u/", "v/"]
    assert [prefix async for prefix in store.list_prefixes("none/")] == []


async def test_a_bucket_that_never_saw_an_upload_has_none_open(store: ObjectStore) -> None:
    assert [upload async for upload in store.list_open_uploads("")] == []


async def test_open_uploads_are_told_and_can_be_aborted(store: ObjectStore, bare_client: Any, bucket: str) -> None:
    key = "users/auth0|a@b+c:d/source_audio.wav"
    opened = await bare_client.create_multipart_upload(Bucket=bucket, Key=key)
    other = await bare_client.create_multipart_upload(Bucket=bucket, Key="other/k")

    [upload] = [upload async for upload in store.list_open_uploads("users/")]
    assert (upload.key, upload.upload_id) == (key, opened["UploadId"])
    assert upload.started.tzinfo is UTC
    assert abs(datetime.now(UTC) - upload.started) < timedelta(seconds=30)

    await store.abort_upload(upload.key, upload.upload_id)
    await store.abort_upload(upload.key, upload.upload_id)
    assert [upload.key async for upload in store.list_open_uploads("")] == ["other/k"]
    # The server is shared, and rclone keeps no more than 1,000 open uploads.
    await store.abort_upload("other/k", other["UploadId"])


async def _put_all(store: ObjectStore, keys: list[str]) -> None:
    for first in range(0, len(keys), 32):
        await asyncio.gather(*(store.put(key, b"x") for key in keys[first : first + 32]))
