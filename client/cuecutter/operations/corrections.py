"""Names, transcripts and cues, read and replaced."""

import json
from collections.abc import Iterable
from typing import Final

import msgspec

from cuecutter.addresses import of_dataset, quoted
from cuecutter.decoding import decoded
from cuecutter.errors import UnusableAnswer
from cuecutter.operations.asking import JSON, dataset, succeeded
from cuecutter.steps import Ask, Operation
from cuecutter.values import Cue, Cues, Dataset

_DATASET: Final = "/tts/datasets/{dataset_id}"
_PLAIN: Final = {"content-type": "application/octet-stream"}


def rename(dataset_id: str, name: str | None, description: str | None, if_match: str) -> Operation[Dataset]:
    given = {"name": name, "description": description}
    body = json.dumps({member: value for member, value in given.items() if value is not None}).encode()
    headers = {"content-type": "application/merge-patch+json", "if-match": if_match}
    return (yield from dataset(Ask("PATCH", of_dataset(dataset_id), headers=headers, content=body, call=_DATASET)))


def cues(dataset_id: str) -> Operation[Cues]:
    path = of_dataset(dataset_id, "cues")
    answer = yield from succeeded(Ask("GET", path, call=f"{_DATASET}/cues"))
    if "etag" not in answer.headers:
        raise UnusableAnswer("the answer has no ETag, so cues could not be replaced safely")
    return Cues(answer.headers["etag"], decoded(answer, list[Cue]))


def replace_cues(dataset_id: str, cues: Iterable[Cue], if_match: str) -> Operation[Dataset]:
    body = msgspec.json.encode(list(cues))
    ask = Ask(
        "PUT",
        of_dataset(dataset_id, "cues"),
        headers={**JSON, "if-match": if_match},
        content=body,
        is_slow=True,
        call=f"{_DATASET}/cues",
    )
    answer = yield from succeeded(ask)
    # The ETag of this answer is that of the cues, and would not do for the dataset.
    return decoded(answer, Dataset)


def transcript(dataset_id: str) -> Operation[bytes]:
    path = of_dataset(dataset_id, "transcript")
    return (yield from succeeded(Ask("GET", path, call=f"{_DATASET}/transcript"))).body


def replace_transcript(
    dataset_id: str, transcript: bytes, if_match: str, transcript_type: str | None, transcript_encoding: str | None
) -> Operation[Dataset]:
    given = {"transcript_type": transcript_type, "transcript_encoding": transcript_encoding}
    query = "&".join(f"{name}={quoted(value)}" for name, value in given.items() if value is not None)
    path = of_dataset(dataset_id, "transcript") + (f"?{query}" if query else "")
    headers = {**_PLAIN, "if-match": if_match}
    ask = Ask("PUT", path, headers=headers, content=transcript, is_slow=True, call=f"{_DATASET}/transcript")
    return (yield from dataset(ask))
