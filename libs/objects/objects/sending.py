"""The single requests that write. Each body travels with its Content-MD5: the store refuses other bytes."""

import io
from typing import TYPE_CHECKING

from objects.connection import Connection
from objects.digests import content_md5
from objects.errors import BucketMissing

if TYPE_CHECKING:
    from types_aiobotocore_s3.type_defs import CompletedPartTypeDef


async def put_object(
    connection: Connection, key: str, body: bytes, content_type: str, digest: str | None = None
) -> None:
    digest = digest or await content_md5(body)
    async with connection.call(f"writing {key}", body_bytes=len(body), missing=BucketMissing):
        await connection.client.put_object(
            Bucket=connection.bucket, Key=key, Body=body, ContentType=content_type, ContentMD5=digest
        )


async def create_upload(connection: Connection, key: str, content_type: str) -> str:
    async with connection.call(f"beginning to write {key}", missing=BucketMissing):
        answer = await connection.client.create_multipart_upload(
            Bucket=connection.bucket, Key=key, ContentType=content_type
        )
        return answer["UploadId"]


async def send_part(
    connection: Connection, key: str, upload_id: str, number: int, body: io.BytesIO, digest: str
) -> str:
    """Sends part `number` (from 1) and returns the tag that completion must name; it says nothing of the content.

    The buffer itself is sent, not a copy, so it must not change before this returns.
    """
    size_bytes = body.getbuffer().nbytes
    body.seek(0)
    async with connection.call(f"writing part {number} of {key}", body_bytes=size_bytes):
        answer = await connection.client.upload_part(
            Bucket=connection.bucket,
            Key=key,
            UploadId=upload_id,
            PartNumber=number,
            Body=body,
            ContentMD5=digest,
        )
        return answer["ETag"]


async def complete_upload(connection: Connection, key: str, upload_id: str, tags: list[str]) -> None:
    """Makes the object visible; `tags` are those of parts 1, 2, 3, … in this order."""
    parts: list[CompletedPartTypeDef] = [
        {"PartNumber": number, "ETag": tag} for number, tag in enumerate(tags, start=1)
    ]
    async with connection.call(f"completing {key}"):
        await connection.client.complete_multipart_upload(
            Bucket=connection.bucket, Key=key, UploadId=upload_id, MultipartUpload={"Parts": parts}
        )


async def abort_upload(connection: Connection, key: str, upload_id: str) -> None:
    async with connection.call(f"giving up writing {key}"):
        await connection.client.abort_multipart_upload(Bucket=connection.bucket, Key=key, UploadId=upload_id)
