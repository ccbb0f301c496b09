"""Everything that a user of NATS could ask JetStream for, to harm whoever else uses it: requests as (subject, body)."""

import json
from collections.abc import Iterator
from typing import Any

from contracts import subjects

Request = tuple[str, bytes]

DURABLES = (
    subjects.DURABLE_PLAN,
    subjects.DURABLE_SPAN,
    subjects.DURABLE_PURGE,
    subjects.DURABLE_DONE,
    subjects.DURABLE_MIRROR,
)
STREAMS = (subjects.STREAM, subjects.DEAD_STREAM, subjects.TRIES_STREAM)
# Where the API of an account is, or might be, called from: its own, and what crosses from one account to the other.
APIS = ("$JS.API", "JS.SERVICES", "JS.OBSERVERS")
# What services listen to, and what would act for them.
TARGETS = (
    subjects.CATALOG_LIST,
    subjects.CATALOG_GET,
    subjects.life("forged"),
    subjects.root("forged"),
    subjects.span("forged", 1, 0),
    subjects.dead("segmenter"),
    subjects.tries(subjects.DURABLE_PLAN, 1),
    subjects.MIRROR_DELIVERY,
    *(f"_INBOX_{service}.forged" for service in ("topology", "gateway", "segmenter", "manifest", "catalog", "purger")),
    *(f"{api}.CONSUMER.DELETE.TTS.{subjects.DURABLE_PLAN}" for api in APIS),
    *(f"{api}.CONSUMER.RESET.TTS.{subjects.DURABLE_MIRROR}" for api in APIS),
    *(f"{api}.STREAM.PURGE.TTS" for api in APIS),
)


def requests() -> Iterator[Request]:
    for api in APIS:
        for name in DURABLES:
            yield from _on_a_consumer(api, name)
        for stream in STREAMS:
            yield from _on_a_stream(api, stream)
        yield from _pushes(api)
        yield f"{api}.STREAM.CREATE.THIEF", _json({"name": "THIEF", "subjects": ["tts.catalog.>"]})
        yield f"{api}.STREAM.CREATE.THIEF", _json({"name": "THIEF", "mirror": {"name": "TTS"}})
    for name in DURABLES:
        yield f"$JS.ACK.TTS.{name}.1.1.1.1700000000000000000.0", b"+ACK"
        yield f"$JS.ACK.TTS.{name}.1.2.2.1700000000000000000.0", b"+TERM"
        yield f"$JS.ACK._.x.TTS.{name}.1.1.1.1700000000000000000.0.x", b"+ACK"
        yield f"$JS.FC.TTS.{name}.aaaa", b""
    for target in TARGETS:
        yield target, b"{}"


def _on_a_consumer(api: str, name: str) -> Iterator[Request]:
    nothing = "tts.dataset.nothing"
    other = {"name": name, "ack_policy": "explicit", "deliver_policy": "all", "ack_wait": 30_000_000_000}
    other |= {"max_deliver": -1, "replay_policy": "instant", "max_waiting": 512, "max_ack_pending": 1_000}
    for config in ({**other, "filter_subject": nothing}, {**other, "durable_name": name, "filter_subject": nothing}):
        for action in ("", "create", "update"):
            body = _json({"stream_name": subjects.STREAM, "action": action, "config": config})
            yield f"{api}.CONSUMER.CREATE.TTS", body
            yield f"{api}.CONSUMER.CREATE.TTS.{name}", body
            yield f"{api}.CONSUMER.CREATE.TTS.{name}.{nothing}", body
            yield f"{api}.CONSUMER.CREATE.TTS.another.{nothing}", body
            yield f"{api}.CONSUMER.DURABLE.CREATE.TTS.{name}", body
    yield f"{api}.CONSUMER.PAUSE.TTS.{name}", _json({"pause_until": "2099-01-01T00:00:00Z"})
    yield f"{api}.CONSUMER.UNPIN.TTS.{name}", _json({"group": "x"})
    yield f"{api}.CONSUMER.RESET.TTS.{name}", _json({"seq": 2})
    yield f"{api}.CONSUMER.RESET.TTS.{name}", b""
    yield f"{api}.CONSUMER.LEADER.STEPDOWN.TTS.{name}", b""
    yield f"{api}.CONSUMER.MSG.NEXT.TTS.{name}", _json({"batch": 10, "expires": 500_000_000})
    yield f"{api}.CONSUMER.DELETE.TTS.{name}", b""


def _on_a_stream(api: str, stream: str) -> Iterator[Request]:
    yield f"{api}.STREAM.UPDATE.{stream}", _json({"name": stream, "subjects": ["tts.dataset.>"], "max_msgs": 1})
    yield f"{api}.STREAM.MSG.DELETE.{stream}", _json({"seq": 1})
    yield f"{api}.STREAM.PURGE.{stream}", _json({"filter": "tts.>"})
    yield f"{api}.STREAM.PURGE.{stream}", b""
    yield f"{api}.STREAM.SNAPSHOT.{stream}", _json({"deliver_subject": subjects.CATALOG_LIST, "chunk_size": 1024})
    yield f"{api}.STREAM.RESTORE.{stream}", _json({"config": {"name": stream}, "state": {}})
    yield f"{api}.STREAM.LEADER.STEPDOWN.{stream}", b""
    yield f"{api}.STREAM.PEER.REMOVE.{stream}", _json({"peer": "cuecutter"})
    yield f"{api}.STREAM.DELETE.{stream}", b""


def _pushes(api: str) -> Iterator[Request]:
    """A consumer's maker chooses where its messages go, with or without what they say."""
    names = {f"push-{number}": target for number, target in enumerate(TARGETS)}
    for name, target in {**names, subjects.DURABLE_MIRROR: subjects.MIRROR_DELIVERY}.items():
        config: dict[str, object] = {
            "name": name,
            "ack_policy": "none",
            "deliver_policy": "all",
            "deliver_subject": target,
        }
        config |= {"headers_only": True, "durable_name": name}
        body = _json({"stream_name": subjects.STREAM, "config": config})
        yield f"{api}.CONSUMER.CREATE.TTS.{name}", body
        yield f"{api}.CONSUMER.CREATE.TTS", body
        yield f"{api}.CONSUMER.DURABLE.CREATE.TTS.{name}", body


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value).encode()
