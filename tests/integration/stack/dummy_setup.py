"""Stands in for the migrations: makes streams and a bucket, again and again without harm."""

import asyncio
import os
import sys
from typing import Any

import nats
from aiobotocore.session import get_session

from bus import topology


async def main() -> None:
    connection = await nats.connect(os.environ["NATS_URL"])
    await topology.declare(connection)
    await connection.close()
    names = {"aws_access_key_id": "AWS_ACCESS_KEY_ID", "aws_secret_access_key": "AWS_SECRET_ACCESS_KEY"}
    keys: dict[str, Any] = {option: os.environ[name] for option, name in names.items()}
    place: dict[str, Any] = {"endpoint_url": os.environ["AWS_ENDPOINT_URL_S3"], "region_name": os.environ["AWS_REGION"]}
    async with get_session().create_client("s3", **keys, **place) as client:
        if not (await client.list_buckets())["Buckets"]:
            await client.create_bucket(Bucket=os.environ["S3_BUCKET_NAME"])


if os.environ.get("DUMMY_SETUP") == "fails":
    print("there is no stream of that name", flush=True)
    sys.exit(3)
asyncio.run(main())
