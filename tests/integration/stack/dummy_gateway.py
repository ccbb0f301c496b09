"""Stands in for the whole pipeline: takes one upload, tells its life, and stores a manifest of two lines."""

import asyncio
import json
import os
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import nats

from tests.integration.stack.dummies import s3_client

ENDS = os.environ.get("DUMMY_ENDS", "ready")
KEY = "users/demo/datasets/d1/training_data.jsonl"
DATASET = {
    "id": "d1",
    "status": ENDS,
    "training_data_s3_key": KEY,
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
    async with s3_client(os.environ) as client:
        lines = "".join(json.dumps({"text": text, "duration": 1.75}) + "\n" for text in ("eins", "zwei" * 100))
        await client.put_object(Bucket=os.environ["S3_BUCKET_NAME"], Key=KEY, Body=lines.encode())
    await publish("DatasetEnded", f"tts.dataset.{ENDS}.v1", {"result": {"segment_count": 2}})


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.answer(200, DATASET)

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

    def answer(self, status: int, value: object) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())


HTTPServer((os.environ["HTTP_HOST"], int(os.environ["HTTP_PORT"])), Handler).serve_forever()
