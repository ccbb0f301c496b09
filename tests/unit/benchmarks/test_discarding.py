"""What the store that forgets takes for a slice. All else goes to the real store."""

import asyncio
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks.discarding import Store, is_slice, length_of


@pytest.mark.parametrize(
    ("line", "slice_"),
    [
        ("PUT /bucket/users/u/datasets/d/segments/segment_00000.wav HTTP/1.1", True),
        ("PUT /bucket/users/u/datasets/d/runs/7/segments/segment_00000.wav HTTP/1.1", True),
        ("GET /bucket/users/u/datasets/d/segments/segment_00000.wav HTTP/1.1", False),
        ("PUT /bucket/users/u/datasets/d/segments/segment_00000.wav?partNumber=1&uploadId=x HTTP/1.1", False),
        ("PUT /bucket/users/u/datasets/d/plan.jsonl HTTP/1.1", False),
    ],
)
def test_a_slice_is_what_is_put_whole_under_segments(line: str, slice_: bool) -> None:
    assert is_slice(f"{line}\r\nhost: x\r\n\r\n".encode()) is slice_


def test_the_length_is_found_however_its_name_is_written() -> None:
    assert length_of(b"PUT / HTTP/1.1\r\nHost: x\r\nCONTENT-Length: 12\r\n\r\n") == 12
    assert length_of(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n") == 0


async def test_slices_are_taken_one_after_another_and_everything_else_is_passed_on_untouched() -> None:
    asked = asyncio.get_running_loop().create_future()

    async def real(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set_result(await reader.readuntil(b"\r\n\r\n") + await reader.readexactly(4))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        writer.close()

    async with await asyncio.start_server(real, "127.0.0.1", 0) as upstream:
        with Store(0, upstream.sockets[0].getsockname(), 0.0) as store:
            serving = asyncio.create_task(asyncio.to_thread(store.serve_forever, 0.01))
            reader, writer = await asyncio.open_connection(*store.server_address)
            for body in (b"one", b"second"):
                writer.write(b"PUT /b/segments/s.wav HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 OK")
            writer.write(b"PUT /b/plan.jsonl HTTP/1.1\r\nHost: b\r\nContent-Length: 4\r\n\r\nplan")
            assert (await reader.read()).endswith(b"\r\n\r\nok")
            writer.close()
            store.shutdown()
            await serving
    expected = b"PUT /b/plan.jsonl HTTP/1.1\r\nHost: b\r\nContent-Length: 4\r\nconnection: close\r\n\r\nplan"
    assert await asked == expected


@pytest.fixture
def store() -> Iterator[Store]:
    with Store(0, ("127.0.0.1", 1), 0.0) as store, ThreadPoolExecutor(1) as threads:
        threads.submit(store.serve_forever, 0.01)
        yield store
        store.shutdown()


def test_a_client_that_asks_whether_to_go_on_is_told_to_before_it_sends_the_slice(store: Store) -> None:
    with socket.create_connection(("127.0.0.1", store.server_address[1]), timeout=5) as line:
        line.sendall(b"PUT /b/segments/s.wav HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n")
        assert line.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.sendall(b"one")
        assert line.recv(1000).startswith(b"HTTP/1.1 200 OK")
