"""What the demo shows, over REST alone: upload, process, rows, one slice saved, one word corrected, processed again."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from stack import event_printer
from stack.errors import DemoFailed
from stack.progress import Progress
from stack.run import SAMPLE

SLICE: Final = Path("build", "demo", "segment_00000.wav")
WORD, CORRECTION = "half-way", "halfway"

_SHOWN_CHARS: Final = 56  # of a text


async def tell(env: Mapping[str, str], say: Progress) -> None:
    """`env` is that of stack.env.

    Raises: DemoFailed.
    """
    headers = {"Authorization": f"Bearer {env['TOKEN']}"}
    # A proxy of the person's environment must not stand between us and 127.0.0.1.
    async with httpx.AsyncClient(base_url=env["GATEWAY_URL"], headers=headers, trust_env=False, timeout=30) as client:
        await _Story(client, say, env["NATS_URL"]).tell()


@dataclass
class _Story:
    client: httpx.AsyncClient
    say: Progress
    nats_url: str
    path: str = ""  # of the dataset

    async def tell(self) -> None:
        dataset = await self._upload()
        self.path = f"/tts/datasets/{dataset['id']}"
        async with event_printer.printing(self.nats_url, dataset["id"], self.say) as ended:
            dataset = await self._processed()
            await asyncio.wait_for(ended.wait(), timeout=10)
        await self._show_rows()
        await self._save_a_slice()
        await self._correct_a_word()
        await self._processed()
        await self._show_rows(q=CORRECTION)
        warnings = sum(dataset["warnings"].get("counts", {}).values())
        seconds = dataset["total_duration_seconds"]
        self.say(f"done: {dataset['segment_count']} segments, {seconds:.1f} s of speech, {warnings} warnings")

    async def _upload(self) -> dict[str, Any]:
        audio, transcript = SAMPLE / "sample.flac", SAMPLE / "sample.srt"
        for path in (audio, transcript):
            if not path.exists():
                raise DemoFailed(f"the sample {path} is missing")
        files = {"audio": (audio.name, audio.read_bytes()), "transcript": (transcript.name, transcript.read_bytes())}
        answer = await self._call("POST", "/tts/datasets", 201, files=files, data={"name": "sample"})
        dataset: dict[str, Any] = answer.json()
        self.say(f"uploaded {audio.name} ({audio.stat().st_size:,} bytes) and {transcript.name}: {dataset['id']}")
        return dataset

    async def _processed(self) -> dict[str, Any]:
        await self._call("POST", f"{self.path}/process", 202)
        while True:
            dataset: dict[str, Any] = (await self._call("GET", self.path, 200)).json()
            if dataset["status"] == "failed":
                raise DemoFailed(f"the dataset is failed: {dataset.get('error_message')}")
            if dataset["status"] == "ready":
                return dataset
            await asyncio.sleep(0.2)

    async def _show_rows(self, **query: str) -> None:
        answer = await self._call("GET", f"{self.path}/segments", 200, params=query)
        asked = "".join(f"?{name}={value}" for name, value in query.items())
        self.say(f"GET …/segments{asked}")
        for row in answer.json():
            self.say.plain(_line(row))

    async def _save_a_slice(self) -> None:
        answer = await self._call("GET", f"{self.path}/segments/0/audio", 200)
        SLICE.parent.mkdir(parents=True, exist_ok=True)
        SLICE.write_bytes(answer.content)
        self.say(f"GET …/segments/0/audio: {len(answer.content):,} bytes, to listen to in {SLICE}")

    async def _correct_a_word(self) -> None:
        """With the ETag that the cues came with, so that nobody else's correction is overwritten."""
        answer = await self._call("GET", f"{self.path}/cues", 200)
        body = answer.content.decode().replace(WORD, CORRECTION).encode()
        headers = {"if-match": answer.headers["etag"], "content-type": "application/json"}
        corrected = await self._call("PUT", f"{self.path}/cues", 200, content=body, headers=headers)
        outdated = json.dumps(corrected.json()["result_outdated"])
        self.say(f"PUT …/cues with “{CORRECTION}” for “{WORD}”: result_outdated is {outdated}")

    async def _call(self, method: str, path: str, status: int, **how: Any) -> httpx.Response:
        try:
            answer = await self.client.request(method, path, **how)
        except httpx.HTTPError as exc:
            raise DemoFailed(f"{method} {path} got no answer: {exc!r}") from exc
        if answer.status_code != status:
            raise DemoFailed(f"{method} {path} was answered {answer.status_code}, not {status}: {answer.text}")
        return answer


def _line(row: dict[str, Any]) -> str:
    """What a person looks at first; the other columns are for programs."""
    text = row["text"] if len(row["text"]) <= _SHOWN_CHARS else f"{row['text'][: _SHOWN_CHARS - 1]}…"
    numbers = f"{row['start']:8.3f} s  {row['duration']:6.3f} s  {row['chars_per_second']:5.1f} chars/s"
    return f"  {row['n']:>3}  {numbers}  {', '.join(row['flags']) or '-':<14}  {text}"
