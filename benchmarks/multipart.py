"""The parts of an upload, PUT by the S3 client itself: as large, and as many at a time, as the gateway sends them."""

import asyncio
import time
from pathlib import Path
from typing import Any

from objects import S3Settings
from objects.connection import connect
from objects.settings import Timeouts

PART_BYTES = 8 << 20
IN_FLIGHT = 2


async def parts_alone(settings: S3Settings, file: Path) -> float:
    """Seconds for a whole multipart upload of the file."""
    async with connect(settings, Timeouts()) as connection:
        client: Any = connection.client
        where = {"Bucket": connection.bucket, "Key": "floor/upload"}
        started = time.perf_counter()
        upload_id = (await client.create_multipart_upload(**where))["UploadId"]
        tags: dict[int, str] = {}
        with file.open("rb") as source:
            parts = enumerate(iter(lambda: source.read(PART_BYTES), b""), start=1)

            async def one_after_another() -> None:
                for number, body in parts:
                    sent = await client.upload_part(**where, UploadId=upload_id, PartNumber=number, Body=body)
                    tags[number] = sent["ETag"]

            async with asyncio.TaskGroup() as group:
                for _ in range(IN_FLIGHT):
                    group.create_task(one_after_another())
        await client.complete_multipart_upload(
            **where,
            UploadId=upload_id,
            MultipartUpload={"Parts": [{"PartNumber": number, "ETag": tags[number]} for number in sorted(tags)]},
        )
        return time.perf_counter() - started
