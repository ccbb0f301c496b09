"""What a stream's leader answers, as it stands on the wire."""

import base64
import json
from typing import Any

import pytest

from bus.errors import BusUnavailable, PublishRejected
from bus.stored import Stored, read


def answer(**message: Any) -> bytes:
    kind = "io.nats.jetstream.api.v1.stream_msg_get_response"
    return json.dumps({"type": kind, "message": {"time": "2026-11-25T15:07:55.1Z", **message}}).encode()


def wire(data: bytes) -> str:
    return base64.b64encode(data).decode()


def test_a_message_has_its_subject_sequence_event_id_and_body() -> None:
    headers = b"NATS/1.0\r\nce-specversion: 1.0\r\nce-id: 0b2f\r\nce-type: tts.dataset.ready.v1\r\n\r\n"
    stored = read(answer(subject="tts.dataset.x", seq=7, hdrs=wire(headers), data=wire(b'{"a":1}')))
    assert stored == Stored("tts.dataset.x", 7, "0b2f", b'{"a":1}')


def test_a_message_that_is_not_ours_has_no_event_id() -> None:
    assert read(answer(subject="s", seq=1)) == Stored("s", 1, "", b"")
    assert read(answer(subject="s", seq=1, hdrs=wire(b"NATS/1.0\r\nx-ce-id: 1\r\n\r\n"))) == Stored("s", 1, "", b"")


def test_no_message_is_none_and_every_other_error_is_raised_by_its_number() -> None:
    assert read(b'{"error":{"code":404,"err_code":10037,"description":"no message found"}}') is None
    with pytest.raises(BusUnavailable, match="10008"):
        read(b'{"error":{"code":503,"err_code":10008,"description":"JetStream system temporarily unavailable"}}')
    with pytest.raises(PublishRejected, match="10059: stream not found"):
        read(b'{"error":{"code":404,"err_code":10059,"description":"stream not found"}}')
