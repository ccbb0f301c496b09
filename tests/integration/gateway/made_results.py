"""Results as segmenter and manifest service leave them: slices, manifest and index, and a life that names them."""

import hashlib
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bus.life_log import Appended, LifeLog
from bus.messages import MessageFactory
from bus.stream import Stream
from contracts import commands, keys, manifest_index
from contracts.dataset import Options, Result
from contracts.warnings import WarningSummary
from objects import ObjectStore

RATE = 16_000


def wav(n: int, seconds: float = 0.05) -> bytes:
    """A slice that is no other's."""
    samples = (n % 30_000).to_bytes(2, "little") * int(seconds * RATE)
    head = b"RIFF" + (36 + len(samples)).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    form = b"\x01\0\x01\0" + RATE.to_bytes(4, "little") + (2 * RATE).to_bytes(4, "little") + b"\x02\0\x10\0"
    return head + form + b"data" + len(samples).to_bytes(4, "little") + samples


def row(n: int, **more: Any) -> dict[str, Any]:
    path = keys.segment_path(n)
    return {
        "audio_filepath": path,
        "file_name": path,
        "text": f"It was late, and number {n} was late too.",
        "duration": 0.05 + n % 7,
        "start": n * 1.0,
        "end": n * 1.0 + 0.05,
        "sample_rate": RATE,
        "sha256": hashlib.sha256(wav(n)).hexdigest(),
    } | more


def judged(n: int) -> dict[str, Any]:
    """With the columns that results of this release have on top."""
    return row(
        n,
        cues=[n],
        cue=n,
        line=4 * n + 1,
        speaker=None,
        text_raw=None,
        size=len(wav(n)),
        crc32=zlib.crc32(wav(n)),
        chars_per_second=float(n % 11),
        flags=[["clipped"], ["too-fast", "low-level"], [], [], []][n % 5],
    )


@dataclass(frozen=True)
class Made:
    """`rows` as the manifest has them."""

    dataset_id: str
    result: Result
    manifest: bytes
    rows: list[dict[str, Any]]

    @property
    def path(self) -> str:
        return f"/tts/datasets/{self.dataset_id}"

    def slice_key(self, n: int) -> str:
        return keys.segment(self.result.prefix, n)


@dataclass(frozen=True)
class Maker:
    """Plays segmenter and manifest service."""

    stream: Stream
    store: ObjectStore

    async def make(
        self,
        dataset: dict[str, Any],
        rows: int = 3,
        *,
        row_of: Callable[[int], dict[str, Any]] = judged,
        slices: int = 3,
        indexed: bool = True,
    ) -> Made:
        """Runs a run of the dataset; only the first `slices` slices are stored."""
        lives = LifeLog(self.stream, MessageFactory("test"))
        who = _who(dataset)
        run = (await self._submit(lives, commands.RequestProcess(**who))).seq
        prefix = keys.run_prefix(dataset["user_id"], dataset["id"], run)
        made = [row_of(n) for n in range(rows)]
        body = b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in made)
        result = _result(run, prefix, body, rows)
        await self.store.put(result.training_data_key, body)
        if indexed:
            index = manifest_index.index_of(body, result.training_data_sha256)
            await self.store.put(keys.manifest_index(prefix), manifest_index.encode(index))
        for n in range(min(slices, rows)):
            await self.store.put(keys.segment(prefix, n), wav(n))
        await self._submit(lives, commands.FinishRun(**who, run=run, result=result))
        return Made(dataset["id"], result, body, made)

    async def _submit(self, lives: LifeLog, command: commands.AnyCommand) -> Appended:
        answer = await lives.submit(command)
        assert isinstance(answer, Appended), answer
        return answer


def _who(dataset: dict[str, Any]) -> dict[str, Any]:
    return {
        "dataset_id": dataset["id"],
        "user_id": dataset["user_id"],
        "correlation_id": "co",
        "cause": "ca",
        "at": datetime.now(UTC),
    }


def _result(run: int, prefix: str, body: bytes, rows: int) -> Result:
    return Result(
        run=run,
        options=Options(),
        plan_id="p",
        prefix=prefix,
        training_data_key=keys.manifest(prefix),
        training_data_sha256=hashlib.sha256(body).hexdigest(),
        segment_count=rows,
        total_frames=rows * 800,
        sample_rate=RATE,
        warnings=WarningSummary(),
    )
