"""Digests, small and large, against values of the standards."""

import pytest

from objects.digests import RunningSha256, content_md5


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "1B2M2Y8AsgTpgAmY7PhCfg=="),  # RFC 1321: d41d8cd9…
        (b"abc", "kAFQmDzST7DWlj99KOF/cg=="),  # RFC 1321: 90015098…
        (b"a" * 2_000_000, "KpFeUthtQuWOWA9AcxIKaw=="),  # openssl md5
    ],
)
async def test_content_md5_is_base64(body: bytes, expected: str) -> None:
    assert await content_md5(body) == expected


async def test_a_running_digest_is_that_of_all_so_far() -> None:
    running = RunningSha256()
    await running.add(memoryview(b"a"))
    await running.add(memoryview(b"bc"))
    assert running.hexdigest() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


async def test_a_million_a_have_the_digest_of_the_standard() -> None:
    running = RunningSha256()
    await running.add(memoryview(b"a" * 1_000_000))
    assert running.hexdigest() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
