"""The bucket itself: whether it answers, and its creation."""

from typing import TYPE_CHECKING, Final, cast

from botocore.exceptions import ClientError

from objects.connection import Connection
from objects.errors import BucketMissing
from objects.translation import error_code

if TYPE_CHECKING:
    from types_aiobotocore_s3.literals import BucketLocationConstraintType

_ALREADY_THERE = frozenset({"BucketAlreadyOwnedByYou", "BucketAlreadyExists"})


REMEDY: Final = "run `python -m migrations`, which makes it"


async def check_bucket(connection: Connection) -> None:
    try:
        async with connection.call(f"looking at bucket {connection.bucket}", missing=BucketMissing):
            await connection.client.head_bucket(Bucket=connection.bucket)
    except BucketMissing as exc:
        raise BucketMissing(f"bucket {connection.bucket} is missing; {REMEDY}") from exc


async def ensure_bucket(connection: Connection) -> bool:
    """Whether the bucket was made; False when it was there."""
    try:
        await check_bucket(connection)
    except BucketMissing:
        made = await _create_bucket(connection)
        await check_bucket(connection)
        return made
    return False


async def _create_bucket(connection: Connection) -> bool:
    async with connection.call(f"creating bucket {connection.bucket}"):
        try:
            await _request_creation(connection)
        except ClientError as error:
            # It was created in the meantime; the next check shows whether we may use it.
            if error_code(error) not in _ALREADY_THERE:
                raise
            return False
        return True


async def _request_creation(connection: Connection) -> None:
    if connection.region == "us-east-1":  # S3's default place is the one that must not be named
        await connection.client.create_bucket(Bucket=connection.bucket)
        return
    place = cast("BucketLocationConstraintType", connection.region)
    await connection.client.create_bucket(
        Bucket=connection.bucket, CreateBucketConfiguration={"LocationConstraint": place}
    )
