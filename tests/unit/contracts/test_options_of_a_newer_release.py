"""An option that this release does not know: whoever acts on options refuses the event, whoever shows them reads it."""

import json
from typing import Any

import msgspec
import pytest

from contracts import envelope, queries
from contracts.dataset import Options
from contracts.known_options import to_known_options
from tests.unit.contracts.golden_messages import EVENTS, QUERIES

WITH_OPTIONS = [name for name, event in EVENTS.items() if "options" in json.dumps(msgspec.to_builtins(event))]
LIVES_WITH_OPTIONS = [name for name in WITH_OPTIONS if name.startswith(("tts.dataset.", "tts.process."))]


def newer(value: Any) -> bytes:
    """`value` as a newer release would send it: with one more option wherever there are options."""

    def grown(value: Any) -> Any:
        if isinstance(value, dict):
            more = {"padding_ms": 100} if value.keys() == set(Options.__struct_fields__) else {}
            return {name: grown(member) for name, member in value.items()} | more
        return [grown(member) for member in value] if isinstance(value, list) else value

    return msgspec.json.encode(grown(msgspec.json.decode(msgspec.json.encode(value))))


def test_every_kind_of_event_that_has_options_is_looked_at() -> None:
    assert len(WITH_OPTIONS) == 9
    assert len(LIVES_WITH_OPTIONS) == 7


@pytest.mark.parametrize("ce_type", WITH_OPTIONS)
def test_an_event_with_an_unknown_option_is_one_of_a_newer_version(ce_type: str) -> None:
    with pytest.raises(envelope.NewerEvent, match="padding_ms"):
        envelope.decode(newer(EVENTS[ce_type]))


@pytest.mark.parametrize("ce_type", LIVES_WITH_OPTIONS)
def test_a_life_with_an_unknown_option_is_one_of_a_newer_version(ce_type: str) -> None:
    with pytest.raises(envelope.NewerEvent, match="padding_ms"):
        envelope.decode_life(newer(EVENTS[ce_type]))


@pytest.mark.parametrize("ce_type", EVENTS)
def test_every_other_unknown_field_is_ignored(ce_type: str) -> None:
    body = msgspec.json.decode(envelope.encode(EVENTS[ce_type])) | {"mood": {"sad": True}}
    if "source" in body:
        body["source"]["mood"] = "sad"
    if body.get("result"):
        body["result"]["mood"] = "sad"
    assert envelope.decode(msgspec.json.encode(body)) == EVENTS[ce_type]


@pytest.mark.parametrize("ce_type", EVENTS)
def test_whoever_only_shows_an_event_reads_all_the_rest_of_it(ce_type: str) -> None:
    assert envelope.decode_dropping_unknown_options(newer(EVENTS[ce_type])) == EVENTS[ce_type]


def test_an_event_of_an_unknown_type_can_not_be_shown_either() -> None:
    with pytest.raises(envelope.NewerEvent):
        envelope.decode_dropping_unknown_options(b'{"type":"DatasetShared","options":{"x":1}}')
    for body in (b"{", b"\xff", b"[]"):
        with pytest.raises(envelope.UndecodableEvent):
            envelope.decode_dropping_unknown_options(body)


@pytest.mark.parametrize("name", ["catalog.rows.v1", "catalog.unavailable.v1"])
def test_an_answer_of_the_catalog_is_read_with_the_options_that_are_known(name: str) -> None:
    assert queries.decode_reply(newer(QUERIES[name])) == QUERIES[name]


def test_an_answer_that_is_none_is_refused() -> None:
    for body in (b"{", b"[]", b'{"type":"Rows","rows":[{}]}'):
        with pytest.raises(msgspec.DecodeError):
            queries.decode_reply(body)


def test_stored_options_are_read_as_far_as_they_are_known() -> None:
    assert to_known_options({"sample_rate": 16_000, "padding_ms": 100}) == Options(sample_rate=16_000)
    with pytest.raises(msgspec.ValidationError):
        to_known_options({"sample_rate": "high"})
