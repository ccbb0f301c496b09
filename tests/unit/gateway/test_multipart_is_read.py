"""Multipart bodies as they come over the line: cut anywhere, in any order, hostile, truncated."""

from collections.abc import AsyncIterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import MalformedBody
from gateway.uploads.multipart_reader import MAX_MARGIN_BYTES, MultipartReader, boundary_of

BOUNDARY = "frontier"


def part(name: str, body: bytes, *, filename: str = "", more: str = "") -> bytes:
    file = f'; filename="{filename}"' if filename else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n{more}\r\n'
    return head.encode() + body + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()


async def arriving(chunks: Sequence[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def read(*chunks: bytes) -> list[tuple[str, bytes]]:
    reader = MultipartReader(arriving(chunks), BOUNDARY)
    parts = []
    while (name := await reader.next_part()) is not None:
        body = b""
        while (chunk := await reader.next_chunk()) is not None:
            body += chunk
        parts.append((name, body))
    return parts


async def test_parts_come_in_the_order_they_were_sent_with_their_bytes_untouched() -> None:
    body = part("b", b"\x00\r\n--\xff") + part("a", b"") + part("b", b"again") + END
    assert await read(body) == [("b", b"\x00\r\n--\xff"), ("a", b""), ("b", b"again")]


async def test_a_file_name_decides_nothing() -> None:
    body = part("audio", b"1", filename="../../etc/passwd") + part("audio", b"2") + END
    assert await read(body) == [("audio", b"1"), ("audio", b"2")]


async def test_a_part_that_is_not_read_is_skipped() -> None:
    reader = MultipartReader(arriving([part("a", b"x" * 1_000) + part("b", b"y") + END]), BOUNDARY)
    assert await reader.next_part() == "a"
    assert await reader.next_part() == "b"
    assert await reader.next_part() is None


async def test_a_line_end_before_the_first_part_and_after_the_last_is_no_harm() -> None:
    assert await read(b"\r\n" + part("a", b"1") + END, b"\r\n", b"an epilogue") == [("a", b"1")]


async def test_a_form_without_parts_is_complete() -> None:
    assert await read(END) == []


def cut_anywhere(data: st.DataObject, body: bytes) -> list[bytes]:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=12)))
    return [body[a:b] for a, b in zip([0, *cuts], [*cuts, len(body)], strict=True)]


@given(st.data())
async def test_where_the_line_cuts_a_body_makes_no_difference(data: st.DataObject) -> None:
    tricky = b"\r\n--fronti\r\n--frontie\r\r\n\r\n--" * 3
    body = part("audio", tricky) + part("name", b"n") + part("transcript", b"\r\n") + END
    assert await read(*cut_anywhere(data, body)) == [("audio", tricky), ("name", b"n"), ("transcript", b"\r\n")]


@given(st.data())
async def test_a_boundary_with_more_after_it_is_refused_wherever_it_is_cut(data: st.DataObject) -> None:
    with pytest.raises(MalformedBody):
        await read(*cut_anywhere(data, part("audio", b"x\r\n--frontier y") + END))


@given(st.integers(0, 200))
async def test_a_body_that_is_cut_off_is_refused(length: int) -> None:
    body = part("audio", b"x" * 100) + part("name", b"n") + END
    cut = body[: min(length, len(body) - len(b"--\r\n"))]
    with pytest.raises(MalformedBody):
        await read(cut)


async def test_a_cut_within_a_part_names_the_part() -> None:
    with pytest.raises(MalformedBody) as raised:
        await read(part("name", b"n") + part("audio", b"x" * 100)[:-20])
    assert [(error.field, error.code) for error in raised.value.field_errors] == [("audio", "truncated")]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not multipart at all",
        b'{"name": "json"}' * 100,
        part("a", b"1"),
        f"--{BOUNDARY}\r\n\r\nno headers\r\n".encode() + END,
        f"--{BOUNDARY}\r\nContent-Type: text/plain\r\n\r\nno name\r\n".encode() + END,
        f'--{BOUNDARY}\r\nContent-Disposition: attachment; name="a"\r\n\r\nx\r\n'.encode() + END,
        f'--{BOUNDARY}\nContent-Disposition: form-data; name="a"\n\nx\n'.encode() + END,
        part("a", b"1", more="X: " + "y" * 10_000 + "\r\n") + END,
        part("a", b"1", more="".join(f"X-{n}: y\r\n" for n in range(20))) + END,
        part("a", b"1", more="Content-Length: 999\r\n") + END,
        part("a", b"1", more="Content-Length: 0\r\n") + END,
        part("a", b"1", more="\xff: y\r\n") + END,
        b"".join(part(f"p{n}", b"") for n in range(100)) + END,
        b"junk" + END,
        b"x" * (MAX_MARGIN_BYTES + 1_000) + b"\r\n" + part("a", b"1") + END,
    ],
)
async def test_a_hostile_body_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedBody):
        await read(*(body[at : at + 1_000] for at in range(0, len(body), 1_000)))


async def test_an_endless_epilogue_is_refused() -> None:
    with pytest.raises(MalformedBody):
        await read(part("a", b"1") + END, *([b"x" * 1_024] * 65))


async def test_a_part_without_a_name_has_the_empty_name() -> None:
    body = f"--{BOUNDARY}\r\nContent-Disposition: form-data\r\n\r\nx\r\n".encode() + END
    assert await read(body) == [("", b"x")]


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ("multipart/form-data; boundary=abc", "abc"),
        ('multipart/form-data; boundary="a b:c"', "a b:c"),
        ("Multipart/Form-Data; charset=utf-8; Boundary=abc", "abc"),
        (f"multipart/form-data; boundary={'x' * 70}", "x" * 70),
    ],
)
def test_the_boundary_is_found(content_type: str, boundary: str) -> None:
    assert boundary_of(content_type) == boundary


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/mixed; boundary=abc",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        'multipart/form-data; boundary=""',
        f"multipart/form-data; boundary={'x' * 201}",
        'multipart/form-data; boundary="a\tb"',
        'multipart/form-data; boundary="ä"',
    ],
)
def test_without_a_boundary_there_is_no_form(content_type: str) -> None:
    with pytest.raises(MalformedBody):
        boundary_of(content_type)


async def test_a_header_that_is_no_text_is_refused_without_details_of_the_parser() -> None:
    with pytest.raises(MalformedBody) as raised:
        await read(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="'.encode() + b'\xff"\r\n\r\nx\r\n' + END)
    assert raised.value.detail == "The body is not valid multipart: Segment header failed to decode."
    assert [(error.field, error.code) for error in raised.value.field_errors] == [("body", "malformed")]
