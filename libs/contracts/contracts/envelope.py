"""How an event travels: JSON body, CloudEvents attributes in binary mode as headers.

Body and headers are made and read here and nowhere else. `ce-type` names the version of the event's meaning.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct

from contracts import events
from contracts.events import AnyEvent, Life
from contracts.known_options import drop_unknown_options

CE_TYPES: Final[Mapping[type, str]] = {
    events.DatasetUploaded: "tts.dataset.uploaded.v1",
    events.ProcessRequested: "tts.process.requested.v1",
    events.ProcessCancelled: "tts.process.cancelled.v1",
    events.DatasetReady: "tts.dataset.ready.v1",
    events.DatasetFailed: "tts.dataset.failed.v1",
    events.DatasetDeleted: "tts.dataset.deleted.v1",
    events.TranscriptReplaced: "tts.dataset.transcript-replaced.v1",
    events.DatasetRenamed: "tts.dataset.renamed.v1",
    events.RootClaimed: "tts.root.claimed.v1",
    events.RootRetired: "tts.root.retired.v1",
    events.SegmentationPlanned: "tts.segmentation.planned.v1",
    events.SpanPlanned: "tts.span.planned.v1",
    events.SpanProgressed: "tts.span.progressed.v1",
    events.SegmentWritten: "tts.segment.written.v1",
    events.SpanWritten: "tts.span.written.v1",
}

CE_ID: Final = "ce-id"
CE_TYPE: Final = "ce-type"
CE_SUBJECT: Final = "ce-subject"  # the dataset's id


class UndecodableEvent(ValueError):
    """A message whose body is none of the events this version knows."""


class NewerEvent(UndecodableEvent):
    """A body that names its type, and that type, a value in it or an option is unknown here, so it is newer."""


class _Typed(Struct):
    type: str


_encoder = msgspec.json.Encoder()
_any_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)
_life_decoder: msgspec.json.Decoder[Life] = msgspec.json.Decoder(Life)
_typed_decoder = msgspec.json.Decoder(_Typed)


def headers(event: AnyEvent, *, event_id: str, source: str, at: datetime) -> dict[str, str]:
    """CloudEvents 1.0 attributes of the NATS binding's binary mode; `source` names the service that sends it."""
    return {
        "ce-specversion": "1.0",
        CE_ID: event_id,
        "ce-source": f"/cuecutter/{source}",
        CE_TYPE: CE_TYPES[type(event)],
        CE_SUBJECT: event.dataset_id,
        "ce-time": at.isoformat().replace("+00:00", "Z"),
        "content-type": "application/json",
    }


def encode(event: AnyEvent) -> bytes:
    return _encoder.encode(event)


def decode(body: bytes) -> AnyEvent:
    """Raises: NewerEvent for an unknown type or value; UndecodableEvent for what is no event of any version."""
    try:
        return _any_decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise _refusal(body, exc) from exc


def decode_dropping_unknown_options(body: bytes) -> AnyEvent:
    """Like `decode`, and slower, for readers that act on no option: options that are unknown here are dropped.

    Raises: NewerEvent, UndecodableEvent.
    """
    try:
        known = drop_unknown_options(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise UndecodableEvent(str(exc)) from exc
    return decode(known)


def decode_life(body: bytes) -> Life:
    """Like `decode`, for the events of a life.

    Raises: NewerEvent, UndecodableEvent.
    """
    try:
        return _life_decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise _refusal(body, exc) from exc


def _refusal(body: bytes, exc: Exception) -> UndecodableEvent:
    try:
        kind = _typed_decoder.decode(body).type
    except (msgspec.DecodeError, UnicodeDecodeError):
        return UndecodableEvent(str(exc))
    return NewerEvent(f"{kind[:64]!r}: {exc}")
