"""A relay in front of the store that counts requests by method: `python -m benchmarks.counting_relay PORT STATE`.

What passes is not changed, so signatures hold. STATE is the stack's state.json, which names the store's port. Answers
each line on standard input with a line of JSON, the counts so far.
"""

import asyncio
import json
import re
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path

# Audio contains a line like this about as often as a random guess finds a password.
_REQUEST = re.compile(rb"(GET|PUT|POST|HEAD|DELETE) /[\x21-\x7e]* HTTP/1\.1\r\n")
_OVERLAP = 4096

counts: Counter[str] = Counter()


def main(port: int, state: Path) -> None:
    asyncio.run(_relay(port, state))


async def _relay(port: int, state: Path) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            store_reader, store_writer = await asyncio.open_connection("127.0.0.1", _store_port(state))
            await asyncio.gather(_pump(reader, store_writer, count=True), _pump(store_reader, writer, count=False))

    await asyncio.start_server(handle, "127.0.0.1", port)
    while await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(counts), flush=True)


def _store_port(state: Path) -> int:
    return int(json.loads(state.read_bytes())["ports"]["s3"])


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, count: bool) -> None:
    seen = b""
    with suppress(OSError):
        while data := await reader.read(1 << 18):
            if count:
                seen = _count(seen + data)
            writer.write(data)
            await writer.drain()
        writer.close()


def _count(data: bytes) -> bytes:
    """Counts and returns the tail in which a request line may still be incomplete."""
    end = 0
    for found in _REQUEST.finditer(data):
        counts[found[1].decode()] += 1
        end = found.end()
    return data[max(end, len(data) - _OVERLAP) :]


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
