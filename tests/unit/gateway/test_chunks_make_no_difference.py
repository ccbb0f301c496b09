"""What an uploaded recording is follows from its bytes, however many of them arrive at a time."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator

from hypothesis import example, given
from hypothesis import strategies as st

from gateway.domain.sniff import HEAD_BYTES, sniff
from gateway.errors import GatewayError
from gateway.uploads.multipart_reader import MultipartReader
from gateway.uploads.parts import content
from gateway.uploads.staging import recognise
from tests.unit.gateway.test_formats_are_sniffed import KNOWN, MP3_FRAME, UNKNOWN

BOUNDARY = "limit"
JUNK = random.Random(1).randbytes(100_000).replace(b"\xff", b"\xfe")
LONG = (
    JUNK + MP3_FRAME * 8,
    bytes(HEAD_BYTES - 1000) + MP3_FRAME * 8,  # the frames that are within what is looked at are too few
    bytes(HEAD_BYTES + 50_000) + MP3_FRAME * 8,
    b"no recording at all " * 20_000,
)
bodies = st.sampled_from([*(head for head, *_ in KNOWN), *UNKNOWN, *LONG])
cuts = st.lists(st.integers(1, 200_000), max_size=8)


def chunks(data: bytes, sizes: list[int]) -> Iterator[bytes]:
    """Pieces of these sizes; the last one is used again and again."""
    at = 0
    for size in sizes:
        if at < len(data):
            yield data[at : at + size]
        at += size
    step = max(1, sizes[-1]) if sizes else max(1, len(data))
    while at < len(data):
        yield data[at : at + step]
        at += step


def answer(body: bytes, sizes: list[int], *, named: bool) -> tuple[str, bytes]:
    """What the part `audio` is taken for or refused as, and the bytes that go on to the store."""
    return asyncio.run(_answer(body, sizes, named=named))


async def _answer(body: bytes, sizes: list[int], *, named: bool) -> tuple[str, bytes]:
    file = '; filename="x"' if named else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="audio"{file}\r\n\r\n'.encode()
    form = head + body + f"\r\n--{BOUNDARY}--\r\n".encode()

    async def arriving() -> AsyncIterator[bytes]:
        for chunk in chunks(form, sizes):
            yield chunk

    parts = MultipartReader(arriving(), BOUNDARY)
    assert await parts.next_part() == "audio"
    try:
        next_chunk = await content("audio", parts)
        taken, found = await recognise(next_chunk)
    except GatewayError as error:
        return f"{type(error).__name__} {[each.code for each in error.field_errors]}", b""
    while (chunk := await next_chunk()) is not None:
        taken += chunk
    return found.extension, taken


@given(bodies, cuts, st.booleans())
@example(LONG[0], [1000], True)
@example(LONG[0], [4096], False)
@example(LONG[0], [500_000], True)
@example(LONG[1], [HEAD_BYTES - 1, 7], True)
@example(LONG[1], [1000], True)
@example(LONG[2], [1000], True)
def test_a_part_is_the_same_in_any_pieces(body: bytes, sizes: list[int], named: bool) -> None:
    # A body of some hundred thousand bytes is not taken a few at a time: that is the same and takes long.
    sizes = [max(size, len(body) // 500) for size in sizes]
    whole = answer(body, [], named=named)
    assert answer(body, sizes, named=named) == whole
    assert whole[1] in (b"", body)


@given(bodies, st.integers(0, 1000))
def test_nothing_behind_what_is_looked_at_counts(body: bytes, more: int) -> None:
    assert sniff(body) == sniff(body[:HEAD_BYTES] + bytes(more if len(body) >= HEAD_BYTES else 0))
