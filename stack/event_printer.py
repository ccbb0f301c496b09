"""Prints the events of one dataset while they happen, read from the stream as any other system would read them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import nats
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig

from contracts import subjects
from stack.progress import Progress

_SHOWN: Final = ("name", "n", "span", "written", "segment_count", "span_count", "duration", "text")
_LAST: Final = ("tts.dataset.ready.v1", "tts.dataset.failed.v1")


@asynccontextmanager
async def printing(nats_url: str, dataset_id: str, say: Progress) -> AsyncIterator[asyncio.Event]:
    """One line per event, from the dataset's first one on; the yielded event is set when a run has ended."""
    life, ended = subjects.life(dataset_id), asyncio.Event()

    async def show(message: Msg) -> None:
        say(line(message.subject.removeprefix(life), message.headers or {}, json.loads(message.data)))
        if (message.headers or {}).get("ce-type") in _LAST:
            ended.set()

    connection = await nats.connect(nats_url, allow_reconnect=True, max_reconnect_attempts=-1)
    try:
        # Ordered: the client makes its ephemeral consumer again where it missed something.
        wanted = ConsumerConfig(filter_subjects=[life, f"{life}.>"])
        await connection.jetstream().subscribe(
            "", stream=subjects.STREAM, cb=show, config=wanted, ordered_consumer=True
        )
        yield ended
    finally:
        await connection.close()


def line(tail: str, headers: dict[str, str], body: dict[str, Any]) -> str:
    """`tail` is the subject after the dataset's own one, empty for its life."""
    # A life event has its details in these members.
    fields = {**(body.get("source") or {}), **(body.get("result") or {}), **body}
    shown = " ".join(f"{name}={_short(fields[name])}" for name in _SHOWN if fields.get(name) is not None)
    return f"{tail.lstrip('.') or 'life':<20} {headers.get('ce-type', '?'):<30} {shown}"


def _short(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 48 else f'{text[:46]}…"'
