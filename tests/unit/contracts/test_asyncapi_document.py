"""docs/asyncapi.yaml is what the structs say, and the messages that are sent fit it."""

import json
from datetime import UTC, datetime
from typing import Any

import jsonschema
import pytest

from contracts import asyncapi, envelope
from tests import yaml_files
from tests.stacks import ROOT
from tests.unit.contracts.golden_messages import EVENTS


@pytest.fixture(scope="module")
def document() -> Any:
    return yaml_files.read(ROOT / "docs" / "asyncapi.yaml")


def test_the_file_is_current(document: Any) -> None:
    assert document == json.loads(json.dumps(asyncapi.document())), "make asyncapi"


def test_every_event_stands_on_one_channel(document: Any) -> None:
    told = [name for channel in document["channels"].values() for name in channel["messages"]]
    assert sorted(told) == sorted(kind.__name__ for kind in envelope.CE_TYPES)


@pytest.mark.parametrize("ce_type", EVENTS)
def test_what_is_sent_fits_the_document(document: Any, ce_type: str) -> None:
    message = next(m for m in document["components"]["messages"].values() if m["name"] == ce_type)
    body = json.loads(envelope.encode(EVENTS[ce_type]))
    jsonschema.validate(body, {**message["payload"], "components": document["components"]})
    headers = envelope.headers(EVENTS[ce_type], event_id="e", source="s", at=datetime(2026, 1, 2, tzinfo=UTC))
    jsonschema.validate(headers, message["headers"])
    assert set(headers) == set(message["headers"]["properties"])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(body | {"dataset_id": 7}, {**message["payload"], "components": document["components"]})
