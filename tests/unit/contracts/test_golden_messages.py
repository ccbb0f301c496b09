"""Messages as they were first sent are still read; what is sent now is still read by those who know only them."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contracts import envelope, plan_lines, queries
from tests.unit.contracts.golden_messages import EVENTS, NEWEST_PLAN, PLANS, QUERIES

GOLDEN = Path(__file__).parent / "golden"


def golden(name: str) -> bytes:
    return (GOLDEN / f"{name}.json").read_bytes()


def still_says(now: Any, then: Any) -> bool:
    """Whether a reader of `then` finds all it knows in `now`, unchanged; more may stand beside it."""
    match then:
        case dict():
            return isinstance(now, dict) and all(key in now and still_says(now[key], then[key]) for key in then)
        case list():
            return isinstance(now, list) and len(now) >= len(then) and all(map(still_says, now, then))
        case _:
            return type(now) is type(then) and bool(now == then)


def test_every_message_has_a_golden_one_and_the_other_way_round() -> None:
    assert set(EVENTS) == set(envelope.CE_TYPES.values())
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(EVENTS) | set(QUERIES)


@pytest.mark.parametrize("ce_type", EVENTS)
def test_an_event_as_it_was_first_sent_still_means_the_same(ce_type: str) -> None:
    event = envelope.decode(golden(ce_type))
    assert event == EVENTS[ce_type]
    assert envelope.CE_TYPES[type(event)] == ce_type


@pytest.mark.parametrize("ce_type", EVENTS)
def test_an_event_as_it_is_sent_now_is_read_by_whoever_knows_the_first(ce_type: str) -> None:
    assert still_says(json.loads(envelope.encode(EVENTS[ce_type])), json.loads(golden(ce_type)))


@pytest.mark.parametrize("name", QUERIES)
def test_a_question_or_an_answer_of_another_release_is_read(name: str) -> None:
    kind: Any = type(QUERIES[name])
    if kind in (queries.Rows, queries.Unavailable):
        kind = queries.Reply
    assert msgspec.json.decode(golden(name), type=kind) == QUERIES[name]
    assert still_says(json.loads(msgspec.json.encode(QUERIES[name])), json.loads(golden(name)))


@pytest.mark.parametrize("version", PLANS)
def test_a_stored_plan_of_any_version_is_read(version: int) -> None:
    stored = (GOLDEN / f"plan.v{version}.jsonl").read_bytes()
    assert tuple(plan_lines.decode_lines(stored)) == PLANS[version]


def test_a_plan_is_written_as_its_version_says() -> None:
    """Byte for byte: the plan's sha256 stands in its event."""
    stored = (GOLDEN / f"plan.v{NEWEST_PLAN}.jsonl").read_bytes()
    assert b"".join(map(plan_lines.encode_line, PLANS[NEWEST_PLAN])) == stored
