"""The script that is usually written for this: the whole recording in pydub, and one slice after another uploaded.

It runs as a process of its own, so that its memory is its own, and times itself from its first request on.
"""

import hashlib
import io
import json
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import botocore.session
import msgspec
from botocore.config import Config

from benchmarks import machine
from benchmarks.inputs import Cue

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # pydub looks for ffmpeg, which a WAV does not need
    from pydub import AudioSegment


class Job(msgspec.Struct, frozen=True):
    """Where the recording is, its cues, and where the slices go. `env` has the AWS variables."""

    env: dict[str, str]
    audio_key: str
    kind: str
    prefix: str
    cues: tuple[Cue, ...]


class Spent(msgspec.Struct, frozen=True):
    seconds: float
    peak_mebibytes: float


def main() -> None:
    job = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Job)
    store = client(job.env)
    started = time.perf_counter()
    cut(store, job)
    spent = Spent(time.perf_counter() - started, machine.peak_mebibytes("self"))
    sys.stdout.write(msgspec.json.encode(spent).decode())


def client(env: dict[str, str]) -> Any:
    """The client of botocore, which is what `boto3.client("s3")` returns; its `put_object` is the same code."""
    return botocore.session.Session().create_client(
        "s3",
        region_name=env["AWS_REGION"],
        endpoint_url=env["AWS_ENDPOINT_URL_S3"],
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
        config=Config(s3={"addressing_style": "path"}),
    )


def cut(store: Any, job: Job) -> None:
    bucket = job.env["S3_BUCKET_NAME"]
    audio = store.get_object(Bucket=bucket, Key=job.audio_key)["Body"].read()
    recording = AudioSegment.from_file(io.BytesIO(audio), format=job.kind)
    lines = []
    for n, cue in enumerate(job.cues):
        body = recording[cue.start_ms : cue.end_ms].export(io.BytesIO(), format="wav").getvalue()
        name = f"segments/segment_{n:05}.wav"
        store.put_object(Bucket=bucket, Key=job.prefix + name, Body=body, ContentType="audio/wav")
        duration = (cue.end_ms - cue.start_ms) / 1000
        facts = {"text": cue.text, "duration": duration, "sha256": hashlib.sha256(body).hexdigest()}
        lines.append(json.dumps({"audio_filepath": name, **facts}))
    store.put_object(Bucket=bucket, Key=f"{job.prefix}training_data.jsonl", Body="\n".join(lines).encode())


if __name__ == "__main__":
    main()
