"""What a run made: rows, clips, the manifest."""

from typing import Final

from cuecutter import addresses
from cuecutter.addresses import of_dataset, quoted
from cuecutter.decoding import decoded
from cuecutter.operations.asking import succeeded
from cuecutter.steps import Ask, Operation, Page
from cuecutter.values import Segment

PAGE_SIZE: Final = 200
_CALL: Final = "/tts/datasets/{dataset_id}/segments"


def first_page(dataset_id: str, flag: str | None, q: str | None, sort: str | None) -> str:
    given = {"limit": str(PAGE_SIZE), "flag": flag, "q": q, "sort": sort}
    query = "&".join(f"{name}={quoted(value)}" for name, value in given.items() if value is not None)
    return f"{of_dataset(dataset_id, 'segments')}?{query}"


def page(path: str) -> Operation[Page]:
    """A page of one result; its links name the run, so that no two results are mixed."""
    answer = yield from succeeded(Ask("GET", path, call=_CALL))
    return Page(decoded(answer, list[Segment]), addresses.next_page(answer.headers.get("link")))


def segment(dataset_id: str, n: int) -> Operation[Segment]:
    answer = yield from succeeded(Ask("GET", of_dataset(dataset_id, "segments", str(n)), call=f"{_CALL}/{{number}}"))
    return decoded(answer, Segment)


def segment_audio(dataset_id: str, n: int) -> Operation[bytes]:
    path = of_dataset(dataset_id, "segments", str(n), "audio")
    return (yield from succeeded(Ask("GET", path, call=f"{_CALL}/{{number}}/audio"))).body


def manifest(dataset_id: str) -> Operation[bytes]:
    call = "/tts/datasets/{dataset_id}/manifest"
    return (yield from succeeded(Ask("GET", of_dataset(dataset_id, "manifest"), call=call))).body
