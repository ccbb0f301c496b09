"""Stands in for the whole pipeline: takes one upload, tells its life, and has two rows to be corrected."""

import asyncio
import json
import os
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import nats

ENDS = os.environ.get("DUMMY_ENDS", "ready")
ETAG = '"of the cues"'
TEXTS = ["eins", "zwei half-way " * 10]
DATASET = {
    "id": "d1",
    "status": ENDS,
    "segment_count": 2,
    "total_duration_seconds": 3.5,
    "warnings": {"counts": {"clamped": 1}},
    "error_message": "no cue could be used",
}


async def publish(kind: str, ce_type: str, body: dict[str, Any]) -> None:
    connection = await nats.connect(os.environ["NATS_URL"], inbox_prefix="_INBOX_gateway")
    data = json.dumps({"type": kind, **body}).encode()
    await connection.jetstream().publish("tts.dataset.d1", data, headers={"ce-type": ce_type})
    await connection.close()


async def process() -> None:
    await publish("ProcessRequested", "tts.process.requested.v1", {"source": {"name": "sample"}, "result": None})
    await publish("DatasetEnded", f"tts.dataset.{ENDS}.v1", {"result": {"segment_count": 2}})


def row(n: int, text: str) -> dict[str, Any]:
    return {
        "n": n,
        "text": text,
        "start": n * 2.0,
        "duration": 1.75,
        "chars_per_second": 9.5,
        "flags": ["too-slow"] * n,
    }


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        match self.path.removeprefix("/tts/datasets/d1"):
            case "/segments":
                self.answer(200, [row(n, text) for n, text in enumerate(TEXTS)])
            case "/segments?q=halfway":
                self.answer(200, [row(n, text) for n, text in enumerate(TEXTS) if "halfway" in text])
            case "/segments/0/audio":
                self.answer(200, "RIFF")
            case "/cues":
                self.answer(200, TEXTS, {"etag": ETAG})
            case _:
                self.answer(200, DATASET)

    def do_PUT(self) -> None:
        TEXTS[:] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.answer(200 if self.headers["If-Match"] == ETAG else 412, DATASET | {"result_outdated": True})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        if ENDS == "refused" or not self.headers["Authorization"].startswith("Bearer ey"):
            self.answer(503, {"code": "not-today"})
        elif self.path == "/tts/datasets" and b'name="transcript"; filename="sample.srt"' in body:
            asyncio.run(publish("DatasetUploaded", "tts.dataset.uploaded.v1", {"source": {"name": "sample"}}))
            self.answer(201, DATASET)
        elif self.path == "/tts/datasets/d1/process" and ENDS != "never":
            asyncio.run(process())
            self.answer(202, DATASET)
        else:
            time.sleep(1000)

    def answer(self, status: int, value: object, headers: Mapping[str, str] = {}) -> None:
        self.send_response(status)
        for name, content in headers.items():
            self.send_header(name, content)
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())


HTTPServer((os.environ["HTTP_HOST"], int(os.environ["HTTP_PORT"])), Handler).serve_forever()
