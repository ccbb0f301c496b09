"""The parts of an upload, PUT by the S3 client itself: as large, and as many at a time, as the gateway sends them.

`checked` sends each with its Content-MD5, as the gateway must; otherwise even that is omitted.
"""

import asyncio
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from objects import S3Settings
from objects.connection import connect
from objects.digests import content_md5
from objects.settings import Timeouts

PART_BYTES = 8 << 20
IN_FLIGHT = 2


async def parts_alone(settings: S3Settings, file: Path, *, checked: bool) -> float:
    """Seconds for a whole multipart upload of the file, to a new key as the gateway's; the object is removed again."""
    async with connect(settings, Timeouts()) as connection:
        client: Any = connection.client
        where = {"Bucket": connection.bucket, "Key": f"floor/{uuid4()}"}
        started = time.perf_counter()
        upload_id = (await client.create_multipart_upload(**where))["UploadId"]
        tags: dict[int, str] = {}
        with file.open("rb") as source:
            parts = enumerate(iter(lambda: source.read(PART_BYTES), b""), start=1)

            async def one_after_another() -> None:
                for number, body in parts:
                    digest = {"ContentMD5": await content_md5(body)} if checked else {}
                    sent = await client.upload_part(**where, UploadId=upload_id, PartNumber=number, Body=body, **digest)
                    tags[number] = sent["ETag"]

            async with asyncio.TaskGroup() as group:
                for _ in range(IN_FLIGHT):
                    group.create_task(one_after_another())
        await client.complete_multipart_upload(
            **where,
            UploadId=upload_id,
            MultipartUpload={"Parts": [{"PartNumber": number, "ETag": tags[number]} for number in sorted(tags)]},
        )
        seconds = time.perf_counter() - started
        await client.delete_object(**where)
        return seconds
