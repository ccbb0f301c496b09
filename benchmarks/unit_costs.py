"""What one unit of work costs, measured on a whole stack of one process a service: `make unit-costs`.

Prints a table for people and writes it as JSON to the file named by an argument; `benchmarks.capacity` reads that.
CPU is what the kernel counted for a service's processes and their children, so it holds on a busy machine too.
"""

import asyncio
import io
import json
import os
import subprocess
import sys
import tempfile
import wave
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import asyncpg
import av
import httpx
import numpy as np

from bus.connection import connected
from contracts import subjects
from stack import ports
from tests.stacks import ROOT, RunningStack, StackProcess, processes_of

RATE = 44_100
MINUTES = 20
CUE_SECONDS = 5
SERVICES = ("gateway", "segmenter", "manifest", "catalog", "nats", "s3", "postgres")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Reading:
    """Counts since the start: CPU seconds by service, S3 requests by method, the stream's messages and bytes."""

    cpu: dict[str, float]
    requests: Counter[str]
    messages: int
    stream_bytes: int


class Meter:
    """`relay` counts what the services ask of the store."""

    def __init__(self, stack: RunningStack, relay: subprocess.Popen[str]) -> None:
        self.stack, self.relay = stack, relay
        self.http = httpx.AsyncClient(
            base_url=stack.env["GATEWAY_URL"], headers={"Authorization": f"Bearer {stack.token()}"}, timeout=300
        )

    async def read(self) -> Reading:
        assert self.relay.stdin is not None
        assert self.relay.stdout is not None
        self.relay.stdin.write("\n")
        self.relay.stdin.flush()
        requests = Counter(json.loads(self.relay.stdout.readline()))
        async with connected(self.stack.env["NATS_URL"], "meter", within_seconds=10) as client:
            state = (await client.jetstream().stream_info(subjects.STREAM)).state
        return Reading(cpu_seconds(self.stack.folder), requests, state.messages, state.bytes)

    async def upload(self, audio: bytes, transcript: bytes) -> str:
        answer = await self.http.post(
            "/tts/datasets", files={"audio": audio, "transcript": transcript}, data={"name": "unit cost"}
        )
        answer.raise_for_status()
        return str(answer.json()["id"])

    async def process(self, dataset_id: str) -> None:
        (await self.http.post(f"/tts/datasets/{dataset_id}/process")).raise_for_status()
        async with asyncio.timeout(120):
            while (dataset := await self._get(dataset_id))["status"] == "processing":  # noqa: ASYNC110 - over HTTP
                await asyncio.sleep(0.1)
        assert dataset["status"] == "ready", dataset

    async def _get(self, dataset_id: str) -> dict[str, Any]:
        return dict((await self.http.get(f"/tts/datasets/{dataset_id}")).json())


def cpu_seconds(folder: Path) -> dict[str, float]:
    """User and system time of every process of the stack, with that of children that have ended."""
    spent: defaultdict[str, float] = defaultdict(float)
    for pid, command in processes_of(folder).items():
        try:
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        spent[_service(command)] += sum(map(int, fields[11:15])) / _TICKS
    return spent


def _spent(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    return {service: seconds - before.get(service, 0.0) for service, seconds in after.items()}


def _service(command: str) -> str:
    marks = {"-m gateway": "gateway", "segmenter": "segmenter", "-m manifest": "manifest", "-m catalog": "catalog"}
    # A decoder process is the segmenter's, and has no name in its command line.
    marks |= {"import_module": "segmenter", "nats-server": "nats", "rclone": "s3", "counted_stack": "supervisor"}
    return next((name for mark, name in marks.items() if mark in command), "postgres")


def recording(seconds: int) -> np.ndarray:
    """Noise under a slow envelope, so that no decoder has an easy time."""
    rng = np.random.default_rng(7)
    loudness = 4_000 * (1 + np.sin(np.arange(seconds * RATE) * (2 * np.pi * 0.3 / RATE)))
    sound: np.ndarray = (rng.standard_normal(seconds * RATE) * loudness / 2).clip(-32_000, 32_000).astype(np.int16)
    return sound


def wav(samples: np.ndarray) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return out.getvalue()


def mp3(samples: np.ndarray) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=RATE, layout="mono")
        stream.bit_rate = 96_000
        for start in range(0, len(samples), RATE):
            frame = av.AudioFrame.from_ndarray(samples[None, start : start + RATE], format="s16", layout="mono")
            frame.sample_rate = RATE
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def srt(seconds: int) -> bytes:
    def clock(at: int) -> str:
        return f"{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02},000"

    text = "Twelve or so words are what one says in five seconds, more or less."
    starts = range(0, seconds, CUE_SECONDS)
    return "\n".join(
        f"{n}\n{clock(s)} --> {clock(s + CUE_SECONDS)}\n{text}\n" for n, s in enumerate(starts, 1)
    ).encode()


async def measure(meter: Meter) -> dict[str, Any]:
    samples = recording(MINUTES * 60)
    fixed = await cost(meter, wav(samples[: CUE_SECONDS * RATE]), srt(CUE_SECONDS))
    kinds: dict[str, Callable[[np.ndarray], bytes]] = {"wav": wav, "mp3": mp3}
    found = {kind: await cost(meter, encode(samples), srt(MINUTES * 60)) for kind, encode in kinds.items()}
    connection = await asyncpg.connect(meter.stack.admin["DATABASE_URL"])
    row = await connection.fetchval("SELECT avg(pg_column_size(dataset.*))::int FROM dataset")
    await connection.close()
    return {"dataset": fixed, **{kind: by_unit(cost, fixed) for kind, cost in found.items()}, "row_bytes": row}


async def cost(meter: Meter, audio: bytes, transcript: bytes) -> dict[str, Any]:
    """Of one dataset, from upload to ready."""
    before = await meter.read()
    dataset_id = await meter.upload(audio, transcript)
    uploaded = await meter.read()
    started = monotonic()
    await meter.process(dataset_id)
    wall = monotonic() - started
    await asyncio.sleep(2)  # what is counted once a second has been counted
    done = await meter.read()
    return {
        "source_bytes": len(audio),
        "upload_cpu": _spent(before.cpu, uploaded.cpu),
        "process_seconds": round(wall, 2),
        "process_cpu": _spent(uploaded.cpu, done.cpu),
        "requests": dict(done.requests - before.requests),
        "messages": done.messages - before.messages,
        "stream_bytes": done.stream_bytes - before.stream_bytes,
    }


def by_unit(cost: dict[str, Any], fixed: dict[str, Any]) -> dict[str, Any]:
    """Per audio hour, segment and uploaded GB, what one dataset costs anyway taken off."""
    hours, segments = MINUTES / 60, MINUTES * 60 / CUE_SECONDS
    gigabytes = cost["source_bytes"] / 1e9
    return {
        "source_bytes_per_hour": round(cost["source_bytes"] / hours),
        "process_seconds_per_hour": round(cost["process_seconds"] / hours, 1),
        "process_cpu_seconds_per_hour": {s: round(cost["process_cpu"].get(s, 0) / hours, 2) for s in SERVICES},
        "upload_cpu_seconds_per_gb": {s: round(cost["upload_cpu"].get(s, 0) / gigabytes, 2) for s in SERVICES},
        "requests_per_segment": {
            method: round((count - fixed["requests"].get(method, 0)) / (segments - 1), 3)
            for method, count in cost["requests"].items()
        },
        "messages_per_segment": round((cost["messages"] - fixed["messages"]) / (segments - 1), 3),
        "stream_bytes_per_segment": round((cost["stream_bytes"] - fixed["stream_bytes"]) / (segments - 1)),
    }


def main(target: Path | None) -> None:
    with tempfile.TemporaryDirectory(prefix="cuecutter-costs-") as folder:
        port, data = ports.choose(), Path(folder) / "data"
        argv = [sys.executable, "-m", "benchmarks.counting_relay", str(port), str(data / "state.json")]
        with subprocess.Popen(argv, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as relay:
            stack = StackProcess(data, {"RELAY_PORT": str(port)}, ("-m", "benchmarks.counted_stack", "run"))
            try:
                running = stack.wait_running()
                costs = asyncio.run(measure(Meter(running, relay)))
            finally:
                stack.end()
                relay.terminate()
    text = json.dumps(costs, indent=2)
    print(text)
    if target is not None:
        target.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else None)
