"""`python -m benchmarks.clients <client> <job file>`: PUTs the same slices with one S3 client, in a process of its own.

`aiobotocore` is ours; `signed` is aiohttp with a signature made by hand, the least that Python can do; `obstore` is a
client written in Rust, which has no Content-MD5 and hashes a SHA-256 for its signature. `+md5` omits that and
computes the MD5 that it would have to send. An MD5 is computed in a thread, as by the segmenter. `+uvloop` is
another event loop. What is not installed is not measured:
`.venv/bin/python -m pip install --no-deps --target build/clients obstore uvloop`.
"""

import asyncio
import hashlib
import hmac
import importlib
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import msgspec

from benchmarks.ours import s3_settings
from objects import S3Settings, md5_header, open_store

CLIENTS: Final = (
    "aiobotocore",
    "aiobotocore+uvloop",
    "signed",
    "signed+uvloop",
    "obstore",
    "obstore+uvloop",
    "obstore+md5",
)
IN_FLIGHT: Final = 16
_INSTALLED: Final = Path(__file__).parent.parent / "build" / "clients"

Put = Callable[[str, bytes], Awaitable[object]]


class Job(msgspec.Struct, frozen=True):
    """`slices` of `slice_bytes` each, to the store that `env` names."""

    env: dict[str, str]
    slices: int
    slice_bytes: int


class Spent(msgspec.Struct, frozen=True):
    """Of this process: time that passed, and of its processors."""

    seconds: float
    cpu_seconds: float


def available(client: str) -> bool:
    wanted = {"obstore": "obstore", "+uvloop": "uvloop"}
    return all((_INSTALLED / module).exists() for part, module in wanted.items() if part in client)


def borrowed(module: str) -> Any:
    """What is no dependency. Nothing else is there: uvicorn takes uvloop wherever there is one."""
    sys.path.insert(0, str(_INSTALLED))
    try:
        return importlib.import_module(module)
    finally:
        sys.path.remove(str(_INSTALLED))


def main() -> None:
    client, job = sys.argv[1], msgspec.json.decode(Path(sys.argv[2]).read_bytes(), type=Job)
    run = borrowed("uvloop").run if client.endswith("+uvloop") else asyncio.run
    sys.stdout.write(msgspec.json.encode(run(_put_all(client, job))).decode())


async def _put_all(client: str, job: Job) -> Spent:
    body = bytes(range(256)) * (job.slice_bytes // 256)
    left = iter(range(job.slices))
    async with _OPEN[client.removesuffix("+uvloop")](s3_settings(job.env)) as put:

        async def one_after_another() -> None:
            for n in left:
                await put(f"clients/segments/segment_{n:05}.wav", body)

        await put("clients/segments/first.wav", body)
        started, used = time.perf_counter(), time.process_time()
        async with asyncio.TaskGroup() as group:
            for _ in range(IN_FLIGHT):
                group.create_task(one_after_another())
        return Spent(time.perf_counter() - started, time.process_time() - used)


@asynccontextmanager
async def _aiobotocore(settings: S3Settings) -> AsyncIterator[Put]:
    async with open_store(settings) as store:

        async def put(key: str, body: bytes) -> None:
            await store.put(key, body, "audio/wav", await asyncio.to_thread(md5_header, body))

        yield put


@asynccontextmanager
async def obstore(settings: S3Settings, *, unsigned: bool = False) -> AsyncIterator[Put]:
    client = borrowed("obstore")
    store = borrowed("obstore.store").S3Store(
        settings.bucket,
        endpoint=settings.endpoint_url,
        region=settings.region,
        access_key_id=settings.access_key_id,
        secret_access_key=settings.secret_access_key,
        unsigned_payload=unsigned,
        client_options={"allow_http": True},
    )
    # In parts is what it would make of a body it does not know the length of.
    how = {"use_multipart": False, "attributes": {"Content-Type": "audio/wav"}}
    yield lambda key, body: client.put_async(store, key, body, **how)


@asynccontextmanager
async def _obstore_and_md5(settings: S3Settings) -> AsyncIterator[Put]:
    async with obstore(settings, unsigned=True) as unsigned:

        async def put(key: str, body: bytes) -> None:
            await asyncio.to_thread(md5_header, body)
            await unsigned(key, body)

        yield put


@asynccontextmanager
async def _signed(settings: S3Settings) -> AsyncIterator[Put]:
    connector = aiohttp.TCPConnector(limit=IN_FLIGHT)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def put(key: str, body: bytes) -> None:
            digest = await asyncio.to_thread(md5_header, body)
            url = f"{settings.endpoint_url}/{settings.bucket}/{key}"
            async with session.put(url, data=body, headers=_headers(settings, url, digest)) as answer:
                answer.raise_for_status()
                await answer.read()

        yield put


def _headers(settings: S3Settings, url: str, md5: str) -> dict[str, str]:
    """Signature Version 4 of a PUT whose body is held by its MD5 and not hashed for the signature."""
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    where = urlsplit(url)
    signed = {
        "content-md5": md5,
        "content-type": "audio/wav",
        "host": where.netloc,
        "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
        "x-amz-date": now,
    }
    names = ";".join(signed)
    lines = "".join(f"{name}:{value}\n" for name, value in signed.items())
    request = f"PUT\n{where.path}\n\n{lines}\n{names}\nUNSIGNED-PAYLOAD"
    scope = f"{now[:8]}/{settings.region}/s3/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{settings.secret_access_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    credential = f"Credential={settings.access_key_id}/{scope}"
    return {**signed, "authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders={names}, Signature={signature}"}


_OPEN: Final[Mapping[str, Callable[[S3Settings], AbstractAsyncContextManager[Put]]]] = {
    "aiobotocore": _aiobotocore,
    "signed": _signed,
    "obstore": obstore,
    "obstore+md5": _obstore_and_md5,
}


if __name__ == "__main__":
    main()
