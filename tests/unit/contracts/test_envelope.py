"""How events travel: bodies that round-trip, headers that name their meaning, strangers that are refused by name."""

from datetime import UTC, datetime
from typing import Any

import pytest

from contracts import envelope, events
from contracts.events import SegmentRow

TOLD: dict[str, Any] = {"dataset_id": "d", "user_id": "u", "run": 7, "correlation_id": "co", "cause": "ca"}
PROGRESS = events.SpanProgressed(**TOLD, span=1, worker="w", written=2, added=1, rows=(SegmentRow(4, 100, "ab"),))


def test_the_body_names_its_type_and_comes_back_equal() -> None:
    body = envelope.encode(PROGRESS)
    assert b'"type":"SpanProgressed"' in body
    assert b'"rows":[[4,100,"ab",0,0,0,0,-1,0,0,false]]' in body
    assert envelope.decode(body) == PROGRESS


def test_headers_are_cloudevents_attributes_in_binary_mode() -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert envelope.headers(PROGRESS, event_id="e", source="segmenter", at=at) == {
        "ce-specversion": "1.0",
        "ce-id": "e",
        "ce-source": "/cuecutter/segmenter",
        "ce-type": "tts.span.progressed.v1",
        "ce-subject": "d",
        "ce-time": "2026-01-02T03:04:05Z",
        "content-type": "application/json",
    }


def test_every_event_has_its_ce_type() -> None:
    for kind in (*events.Life.__args__, *events.Work.__args__):
        assert envelope.CE_TYPES[kind].startswith("tts.")


def test_a_field_of_a_later_version_is_ignored() -> None:
    body = envelope.encode(PROGRESS).replace(b'"span":1', b'"span":1,"later":{"a":1}')
    assert envelope.decode(body) == PROGRESS


@pytest.mark.parametrize("body", [b"", b"{", b'{"type":"Unheard"}', b'{"type":"SpanWritten"}', b"\xff"])
def test_what_is_no_event_is_refused_with_our_own_error(body: bytes) -> None:
    with pytest.raises(envelope.UndecodableEvent):
        envelope.decode(body)


@pytest.mark.parametrize("body", [b'{"type":"DatasetShared","dataset_id":"d"}', b'{"type":"SpanWritten","span":"all"}'])
def test_what_only_a_newer_version_can_read_is_told_from_what_nobody_can(body: bytes) -> None:
    with pytest.raises(envelope.NewerEvent):
        envelope.decode(body)
    with pytest.raises(envelope.NewerEvent):
        envelope.decode_life(body)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"type":7}', b'{"span":1}', b"\xff"])
def test_what_names_no_type_is_of_no_version(body: bytes) -> None:
    with pytest.raises(envelope.UndecodableEvent) as caught:
        envelope.decode(body)
    assert not isinstance(caught.value, envelope.NewerEvent)


def test_work_that_names_no_run_is_no_event_of_this_version() -> None:
    with pytest.raises(envelope.NewerEvent, match="run"):
        envelope.decode(envelope.encode(PROGRESS).replace(b'"run":7', b'"run":null'))
