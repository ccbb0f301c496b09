"""Results as a run leaves them, without the run: a life, a manifest with its index, and slices in the store's folder.

Slices are few files with many names: a hundred thousand are there in seconds, and the store reads each by its own name.
Make all results before any of them is read, because the store remembers which names a folder has.
"""

import hashlib
import json
import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from nats.aio.client import Client

from benchmarks import inputs
from bus.life_log import Appended, LifeLog
from bus.messages import MessageFactory
from bus.stream import Stream
from contracts import commands, keys, manifest_index
from contracts.dataset import Options, Result, Source, TranscriptType
from contracts.warnings import WarningSummary
from segmenter.domain.pcm import wav_bytes

_NO_SHA256 = "0" * 64


@dataclass(frozen=True)
class Slices:
    """What all segments of a result sound like, in turn. `bodies` are WAV files at `rate_hz`."""

    bodies: tuple[bytes, ...]
    rate_hz: int
    seconds: float

    @classmethod
    def of(cls, different: int, rate_hz: int, milliseconds: int) -> "Slices":
        phrases = inputs.phrases(different, rate_hz, milliseconds)
        return cls(tuple(wav_bytes(phrase, rate_hz) for phrase in phrases), rate_hz, milliseconds / 1000)


@dataclass(frozen=True)
class MadeResult:
    """`name` is that of the dataset with its run, as an archive's address has it. `slice_bytes` are those of all."""

    name: str
    segments: int
    slice_bytes: int
    slice_keys: tuple[str, ...]


@dataclass(frozen=True)
class Maker:
    """`bucket` is the folder in which the store keeps the objects."""

    nats: Client
    user_id: str
    bucket: Path

    async def make(self, segments: int, slices: Slices, *, runs: int = 1) -> MadeResult:
        """A dataset whose last result of `runs` is the current one; the others are superseded, and still there."""
        lives, dataset_id = LifeLog(Stream(self.nats), MessageFactory("bench")), str(uuid4())
        source = _source(segments)
        await _submit(lives, commands.Upload(**_who(dataset_id, self.user_id), source=source, options=Options()))
        return [await self._run(lives, dataset_id, segments, slices) for _ in range(runs)][-1]

    async def _run(self, lives: LifeLog, dataset_id: str, segments: int, slices: Slices) -> MadeResult:
        who = _who(dataset_id, self.user_id)
        run = (await _submit(lives, commands.RequestProcess(**who))).seq
        prefix = keys.run_prefix(self.user_id, dataset_id, run)
        manifest = b"".join(_rows(segments, slices))
        result = _result(run, prefix, manifest, segments, slices)
        self._store(prefix, result, manifest)
        size = self._link(prefix, segments, slices)
        await _submit(lives, commands.FinishRun(**who, run=run, result=result))
        every = tuple(keys.segment(prefix, n) for n in range(segments))
        return MadeResult(f"{dataset_id}@{run}", segments, size, every)

    def _store(self, prefix: str, result: Result, manifest: bytes) -> None:
        self.bucket.joinpath(keys.segment(prefix, 0)).parent.mkdir(parents=True)
        self.bucket.joinpath(result.training_data_key).write_bytes(manifest)
        index = manifest_index.index_of(manifest, result.training_data_sha256)
        self.bucket.joinpath(keys.manifest_index(prefix)).write_bytes(manifest_index.encode(index))

    def _link(self, prefix: str, segments: int, slices: Slices) -> int:
        """Returns the bytes of all slices together."""
        firsts = [self.bucket / keys.segment(prefix, n) for n in range(min(segments, len(slices.bodies)))]
        for first, body in zip(firsts, slices.bodies, strict=False):
            first.write_bytes(body)
        for n in range(len(firsts), segments):
            os.link(firsts[n % len(firsts)], self.bucket / keys.segment(prefix, n))
        return sum(len(slices.bodies[n % len(slices.bodies)]) for n in range(segments))


async def _submit(lives: LifeLog, command: commands.AnyCommand) -> Appended:
    answer = await lives.submit(command)
    assert isinstance(answer, Appended), answer
    return answer


def _who(dataset_id: str, user_id: str) -> dict[str, Any]:
    return {
        "dataset_id": dataset_id,
        "user_id": user_id,
        "correlation_id": "bench",
        "cause": "bench",
        "at": datetime.now(UTC),
    }


def _source(segments: int) -> Source:
    """Of a recording that is not there: an archive does not read it."""
    return Source(
        name=f"{segments} segments",
        description="",
        created_at=datetime.now(UTC),
        audio_key="none.wav",
        audio_bytes=0,
        audio_sha256=_NO_SHA256,
        transcript_key="none.srt",
        transcript_bytes=0,
        transcript_sha256=_NO_SHA256,
        transcript_type=TranscriptType.SRT,
        transcript_encoding="utf-8",
    )


def _rows(segments: int, slices: Slices) -> Sequence[bytes]:
    facts = [
        {"sha256": hashlib.sha256(body).hexdigest(), "size": len(body), "crc32": zlib.crc32(body)}
        for body in slices.bodies
    ]
    return [json.dumps(_row(n, slices) | facts[n % len(facts)]).encode() + b"\n" for n in range(segments)]


def _row(n: int, slices: Slices) -> dict[str, Any]:
    path, start = keys.segment_path(n), n * slices.seconds
    return {
        "audio_filepath": path,
        "file_name": path,
        "text": f"It was late when the traveller came to door number {n}, and nobody was awake.",
        "duration": slices.seconds,
        "start": round(start, 6),
        "end": round(start + slices.seconds, 6),
        "sample_rate": slices.rate_hz,
        "cues": [n],
        "cue": n,
        "line": 4 * n + 1,
        "speaker": ("Ann", "Ben")[n % 2],
        "text_raw": None,
        "chars_per_second": 15.0,
        "flags": [],
    }


def _result(run: int, prefix: str, manifest: bytes, segments: int, slices: Slices) -> Result:
    return Result(
        run=run,
        options=Options(),
        plan_id="bench",
        prefix=prefix,
        training_data_key=keys.manifest(prefix),
        training_data_sha256=hashlib.sha256(manifest).hexdigest(),
        segment_count=segments,
        total_frames=round(segments * slices.seconds * slices.rate_hz),
        sample_rate=slices.rate_hz,
        warnings=WarningSummary(),
    )
