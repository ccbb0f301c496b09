"""Datasets: upload, list, process, wait, rename, delete."""

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from cuecutter import addresses
from cuecutter.addresses import DATASETS, of_dataset
from cuecutter.decoding import decoded
from cuecutter.errors import StillProcessing
from cuecutter.multipart import Form
from cuecutter.operations.asking import JSON, dataset, succeeded
from cuecutter.steps import Ask, OnProgress, Operation, Page, Pause, Tell, Work
from cuecutter.values import Dataset

PAGE_SIZE: Final = 100
# A short recording is ready within a second, a long one takes minutes: it is looked at less and less often.
FIRST_LOOK_SECONDS: Final = 0.2
LONGEST_LOOK_SECONDS: Final = 3.0

Options = Mapping[str, Any]


def upload(
    audio: Path,
    transcript: Path,
    *,
    name: str | None,
    description: str | None,
    transcript_type: str | None,
    transcript_encoding: str | None,
    options: Options | None,
    auto_process: bool,
    on_progress: OnProgress | None,
) -> Operation[Dataset]:
    given = {
        "name": audio.stem if name is None else name,
        "description": description,
        "transcript_type": transcript_type,
        "transcript_encoding": transcript_encoding,
        "options": None if options is None else json.dumps(options),
        "auto_process": "true" if auto_process else None,
    }
    fields = {field: value for field, value in given.items() if value is not None}
    # The transcript goes first: one that can't be used is refused before an hour of audio is sent.
    form: Form = yield Work(lambda: Form(fields, [("transcript", transcript), ("audio", audio)], on_progress))
    headers = {"content-type": form.content_type}
    return (yield from dataset(Ask("POST", DATASETS, headers=headers, content=form, is_slow=True)))


def first_page(status: str | None) -> str:
    wanted = f"&status={addresses.quoted(status)}" if status else ""
    return f"{DATASETS}?limit={PAGE_SIZE}{wanted}"


def page(path: str) -> Operation[Page]:
    answer = yield from succeeded(Ask("GET", path))
    return Page(decoded(answer, list[Dataset]), addresses.next_page(answer.headers.get("link")))


def one(dataset_id: str) -> Operation[Dataset]:
    return (yield from dataset(Ask("GET", of_dataset(dataset_id))))


def process(dataset_id: str, options: Options | None) -> Operation[Dataset]:
    body = None if options is None else json.dumps({"options": options}).encode()
    return (
        yield from dataset(Ask("POST", of_dataset(dataset_id, "process"), headers=JSON if body else {}, content=body))
    )


def cancel(dataset_id: str) -> Operation[Dataset]:
    return (yield from dataset(Ask("POST", of_dataset(dataset_id, "cancel"))))


def delete(dataset_id: str) -> Operation[None]:
    yield from succeeded(Ask("DELETE", of_dataset(dataset_id)))


def wait(
    dataset_id: str, on_change: Callable[[Dataset], object] | None, timeout_seconds: float | None
) -> Operation[Dataset]:
    ends = None if timeout_seconds is None else time.monotonic() + timeout_seconds
    seen: Dataset | None = None
    pause = FIRST_LOOK_SECONDS
    while True:
        now = yield from one(dataset_id)
        if on_change and now != seen:
            told = now
            yield Tell(lambda told=told: on_change(told))  # type: ignore[misc]
        if now.status != "processing":
            return now
        if ends is not None and time.monotonic() + pause > ends:
            raise StillProcessing(now)
        yield Pause(pause)
        seen, pause = now, min(pause * 1.3, LONGEST_LOOK_SECONDS)
