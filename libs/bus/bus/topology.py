"""The streams and their consumers, declared once, compared exactly. Services never create or change them.

An existing stream or durable that differs is refused with the differences: changing one under load is a decision.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, ConsumerInfo, DeliverPolicy, ReplayPolicy, StreamConfig, StreamInfo

from bus import rights
from bus.errors import NotFound, TopologyDrift
from bus.stream import translated
from bus.stream_configs import mirror, streams
from contracts import subjects

ACK_WAIT_SECONDS: Final = 30.0  # heartbeats come every third of it; a frozen worker's message moves on after it

REMEDY: Final = "run `python -m migrations`, which declares streams and durables"


@dataclass(frozen=True, slots=True)
class Durable:
    name: str
    filter_subject: str

    def config(self) -> ConsumerConfig:
        """Delivered without limit (max_deliver -1): giving up is our decision, with a dead letter, not the server's."""
        return _durable(
            self.name,
            filter_subject=self.filter_subject,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=ACK_WAIT_SECONDS,
            max_deliver=-1,
            max_ack_pending=1_000,
        )


def _durable(name: str, **rest: Any) -> ConsumerConfig:
    return ConsumerConfig(
        durable_name=name, name=name, deliver_policy=DeliverPolicy.ALL, replay_policy=ReplayPolicy.INSTANT, **rest
    )


def _from_any_position(name: str) -> ConsumerConfig:
    """Read without acks by one that keeps its own position, and sets this consumer to it (ADR-60 of nats-io)."""
    concerning = (subjects.ALL_LIVES, subjects.ALL_PLANS, subjects.ALL_PROGRESS, subjects.ALL_DONE)
    return _durable(name, filter_subjects=list(concerning), ack_policy=AckPolicy.NONE)


def _mirror_feed() -> ConsumerConfig:
    """Pushes the stream into the observers' account, which so needs no right to make consumers in ours."""
    return _durable(
        subjects.DURABLE_MIRROR,
        deliver_subject=subjects.MIRROR_DELIVERY,
        ack_policy=AckPolicy.FLOW_CONTROL,
        flow_control=True,
        idle_heartbeat=1.0,  # the only value that the server takes here
        max_deliver=-1,
        max_ack_pending=1_000,
    )


DURABLES: Final = (
    Durable(subjects.DURABLE_PLAN, subjects.ALL_LIVES),
    Durable(subjects.DURABLE_SPAN, subjects.ALL_SPANS),
    Durable(subjects.DURABLE_PURGE, subjects.ALL_LIVES),
    Durable(subjects.DURABLE_DONE, subjects.ALL_DONE),
)
_WORKERS: Final = frozenset(durable.name for durable in DURABLES)


def consumers() -> dict[str, ConsumerConfig]:
    """Every consumer of the stream TTS that is ours, by name."""
    readers = map(_from_any_position, (subjects.DURABLE_PROJECT, subjects.DURABLE_REBUILD))
    every = (*(durable.config() for durable in DURABLES), *readers, _mirror_feed())
    return {str(config.name): config for config in every}


def filter_subject(durable: str) -> str:
    """The subjects that a durable of ours reads.

    Raises: StopIteration for a name that is none of `DURABLES`.
    """
    return next(declared.filter_subject for declared in DURABLES if declared.name == durable)


async def declare(client: Client, replicas: int = 1) -> list[str]:
    """Makes what is missing and returns a line for each thing made or found right. Idempotent.

    Raises: TopologyDrift naming every difference; BusUnavailable.
    """
    js = client.jetstream(timeout=5)
    lines, drift = [], []
    for stream in streams(replicas):
        found = await _stream(js, str(stream.name))
        if found is None:
            with translated():
                await js.add_stream(stream)
        drift += [f"stream {stream.name}: {d}" for d in _differences(stream, found and found.config)]
        lines.append(f"stream {stream.name}: {_made_or_found(found)}")
    for name, config in consumers().items():
        consumer = await _consumer(js, name)
        if consumer is None:
            with translated():
                await js.add_consumer(subjects.STREAM, config)
        drift += [f"durable {name}: {d}" for d in _differences(config, consumer and consumer.config)]
        lines.append(f"durable {name}: {_made_or_found(consumer)}")
    outcome, differences = await _declare_mirror(client, mirror(replicas))
    drift += [f"the observers' mirror: {d}" for d in differences]
    lines.append(f"the observers' mirror: {outcome}")
    if drift:
        raise TopologyDrift("; ".join(drift))
    return lines


def _made_or_found(found: Any | None) -> str:
    return "made" if found is None else "found"


async def _declare_mirror(client: Client, wanted: StreamConfig) -> tuple[str, list[str]]:
    ours, theirs = client.jetstream(timeout=5), client.jetstream(timeout=5, prefix=rights.OBSERVERS_API)
    found, origin = await _stream(theirs, subjects.STREAM), await _stream(ours, subjects.STREAM)
    # The mirror of a stream that was set back holds what is no longer true, and would miss what follows.
    ahead = found is not None and origin is not None and found.state.last_seq > origin.state.last_seq
    if found is not None and not ahead:
        return "found", list(_differences(wanted, found.config))
    with translated():
        if ahead:
            await theirs.delete_stream(subjects.STREAM)
        # A mirror that was there before has moved it on.
        await ours.reset_consumer(subjects.STREAM, subjects.DURABLE_MIRROR, seq=1)
        await theirs.add_stream(wanted)
    return "made again, it was ahead of the stream" if ahead else "made", []


async def missing(client: Client, durables: tuple[str, ...]) -> list[str]:
    """What keeps a service that needs `durables` from being ready, a line each; empty when all is as declared.

    Raises: BusUnavailable.
    """
    js = client.jetstream(timeout=2)
    lives, *others = streams()
    problems = await _missing_stream(js, lives)
    # What a worker can't handle is counted, and must have a place to go to.
    for stream in others if _WORKERS.intersection(durables) else ():
        problems += await _missing_stream(js, stream)
    if problems:
        return problems
    for name, config in consumers().items():
        if name in durables:
            found = await _consumer(js, name)
            problems += [f"durable {name} is missing; {REMEDY}"] if found is None else []
            problems += [f"durable {name}: {d}; {REMEDY}" for d in _differences(config, found and found.config)]
    return problems


async def _missing_stream(js: JetStreamContext, wanted: StreamConfig) -> list[str]:
    found = await _stream(js, str(wanted.name))
    if found is None:
        return [f"stream {wanted.name} is missing; {REMEDY}"]
    # Replicas are the operator's choice at declaration; a service does not mind them.
    differences = [d for d in _differences(wanted, found.config) if "num_replicas" not in d]
    return [f"stream {wanted.name}: {d}; {REMEDY}" for d in differences]


async def _stream(js: JetStreamContext, name: str) -> StreamInfo | None:
    try:
        with translated():
            return await js.stream_info(name)
    except NotFound:
        return None


async def _consumer(js: JetStreamContext, name: str) -> ConsumerInfo | None:
    try:
        with translated():
            found: ConsumerInfo = await js.consumer_info(subjects.STREAM, name)
            return found
    except NotFound:
        return None


def _differences(wanted: Any, found: Any | None) -> Iterator[str]:
    """Only fields that are declared count; the server fills in others by itself."""
    if found is None:
        return
    declared, actual = wanted.as_dict(), found.as_dict()
    for name, value in sorted(declared.items()):
        if value is not None and actual.get(name) != value:
            yield f"{name} is {_shown(name, actual.get(name))}, declared {_shown(name, value)}"


def _shown(name: str, value: Any) -> str:
    """The server counts durations in nanoseconds; people do not."""
    if name in ("ack_wait", "duplicate_window", "idle_heartbeat", "max_age") and isinstance(value, int):
        return f"{value / 1e9:g} s"
    return repr(value)
