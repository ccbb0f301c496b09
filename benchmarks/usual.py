"""Runs the usual script as a process of its own on a recording that was uploaded."""

import asyncio
import sys
from pathlib import Path

import msgspec

from benchmarks.baseline import Job, Spent
from benchmarks.inputs import Recording
from benchmarks.ours import User

_AWS = ("AWS_REGION", "AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "S3_BUCKET_NAME")


async def usual_script(
    user: User, dataset_id: str, recording: Recording, folder: Path, *, store: str | None = None
) -> Spent:
    """`store` is another endpoint than the system's own."""
    key = (await user.dataset(dataset_id))["audio_s3_key"]
    env = {name: user.stack.admin[name] for name in _AWS} | ({"AWS_ENDPOINT_URL_S3": store} if store else {})
    job = folder / "job.json"
    job.write_bytes(msgspec.json.encode(Job(env, key, recording.path.suffix[1:], "usual/", recording.cues)))
    script = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.baseline", str(job), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await script.communicate()
    return msgspec.json.decode(said, type=Spent)
