"""The events as an AsyncAPI 3 document, made from the structs that are sent: `python -m contracts.asyncapi`.

Prints JSON, which is YAML too. A channel is a subject with the events that are stored on it; nothing else is described.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from contracts import events, subjects
from contracts.envelope import CE_TYPES
from contracts.events import Life, Work

VERSION: Final = "1.0.0"

_DATASET: Final = "{dataset_id}"
_RUN: Final = f"tts.dataset.{_DATASET}.run.{{run}}"
_PARAMETERS: Final = {
    "dataset_id": "The dataset's UUID.",
    "run": "The stream sequence of the run's ProcessRequested.",
    "k": "A span of the run, from 0.",
    "n": "A segment of the run, from 0.",
}
_CHANNELS: Final[Mapping[str, tuple[str, str, tuple[type, ...]]]] = {
    "life": (subjects.life(_DATASET), "The life of a dataset; it stays indefinitely.", Life.__args__),
    "root": (
        subjects.root(_DATASET),
        "Which plan owns the root folder, until it is retired.",
        (events.RootClaimed, events.RootRetired),
    ),
    "plan": (f"{_RUN}.plan", "The plan of a run.", (events.SegmentationPlanned,)),
    "span": (f"{_RUN}.span.{{k}}", "A span to be cut.", (events.SpanPlanned,)),
    "progress": (f"{_RUN}.progress.{{k}}", "How far a span is.", (events.SpanProgressed,)),
    "segment": (f"{_RUN}.segment.{{n}}", "A stored slice.", (events.SegmentWritten,)),
    "done": (f"{_RUN}.done.{{k}}", "A span that is done.", (events.SpanWritten,)),
}


def document() -> dict[str, Any]:
    """The document as plain values, in a stable order."""
    event_types = (*Life.__args__, *Work.__args__)
    _, schemas = msgspec.json.schema_components(event_types, ref_template="#/components/schemas/{name}")
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Cuecutter's events",
            "version": VERSION,
            "description": f"CloudEvents in binary mode on the NATS JetStream stream {subjects.STREAM}. Work of a run "
            "expires after 48 h. docs/contracts.md says what may change, and what never does.",
        },
        "defaultContentType": "application/json",
        "channels": {name: _channel(*described) for name, described in _CHANNELS.items()},
        "operations": {name: _operation(name) for name in _CHANNELS},
        "components": {
            "messages": {event_type.__name__: _message(event_type) for event_type in event_types},
            "schemas": schemas,
        },
    }


def _channel(address: str, summary: str, event_types: tuple[type, ...]) -> dict[str, Any]:
    named = [name for name in _PARAMETERS if f"{{{name}}}" in address]
    return {
        "address": address,
        "summary": summary,
        "parameters": {name: {"description": _PARAMETERS[name]} for name in named},
        "messages": {t.__name__: {"$ref": f"#/components/messages/{t.__name__}"} for t in event_types},
    }


def _operation(channel: str) -> dict[str, Any]:
    return {"action": "send", "channel": {"$ref": f"#/channels/{channel}"}}


def _message(event_type: type) -> dict[str, Any]:
    return {
        "name": CE_TYPES[event_type],
        "title": event_type.__name__,
        "contentType": "application/json",
        "headers": _headers(CE_TYPES[event_type]),
        "payload": {"$ref": f"#/components/schemas/{event_type.__name__}"},
    }


def _headers(ce_type: str) -> dict[str, Any]:
    text = {"type": "string"}
    attributes = {
        "ce-specversion": {"const": "1.0"},
        "ce-id": text,
        "ce-source": text,
        "ce-type": {"const": ce_type},
        "ce-subject": text,
        "ce-time": {"type": "string", "format": "date-time"},
        "content-type": {"const": "application/json"},
    }
    return {"type": "object", "properties": attributes, "required": list(attributes)}


def main() -> None:
    print(json.dumps(document(), indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
