"""The stream and its durables, declared once, compared exactly. Services never create or change them.

An existing stream or durable that differs is refused with the differences: changing one under load is a decision.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, cast

from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    ReplayPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)

from bus.errors import NotFound, TopologyDrift
from bus.stream import translated
from contracts import subjects

ACK_WAIT_SECONDS: Final = 30.0  # heartbeats come every third of it; a frozen worker's message moves on after it

TRIES_SECONDS: Final = 48 * 3600  # as long as the work messages that they speak of

REMEDY: Final = "run `python -m migrations`, which declares streams and durables"


@dataclass(frozen=True, slots=True)
class Durable:
    name: str
    filter_subject: str

    def config(self) -> ConsumerConfig:
        """Delivered for ever (max_deliver -1): giving up is our decision, with a dead letter, never the server's."""
        return ConsumerConfig(
            durable_name=self.name,
            name=self.name,
            filter_subject=self.filter_subject,
            deliver_policy=DeliverPolicy.ALL,
            ack_policy=AckPolicy.EXPLICIT,
            replay_policy=ReplayPolicy.INSTANT,
            ack_wait=ACK_WAIT_SECONDS,
            max_deliver=-1,
            max_ack_pending=1_000,
        )


DURABLES: Final = (
    Durable(subjects.DURABLE_PLAN, subjects.ALL_LIVES),
    Durable(subjects.DURABLE_SPAN, subjects.ALL_SPANS),
    Durable(subjects.DURABLE_PURGE, subjects.ALL_LIVES),
    Durable(subjects.DURABLE_DONE, subjects.ALL_DONE),
)


def filter_subject(durable: str) -> str:
    """The subjects that a durable of ours reads.

    Raises: StopIteration for a name that is none of `DURABLES`.
    """
    return next(declared.filter_subject for declared in DURABLES if declared.name == durable)


def streams(replicas: int = 1) -> tuple[StreamConfig, ...]:
    """Limits retention without limits: lives stay for ever, work goes by its own TTL.

    No limit is declared as such: one set by hand would make the server throw the oldest lives away, and say nothing.
    """
    lives = StreamConfig(
        name=subjects.STREAM,
        subjects=list(subjects.STREAM_SUBJECTS),
        retention=RetentionPolicy.LIMITS,
        max_msgs=-1,
        max_bytes=-1,
        max_msgs_per_subject=-1,
        max_age=0,
        storage=StorageType.FILE,
        num_replicas=replicas,
        duplicate_window=120,
        allow_atomic=True,
        allow_msg_ttl=True,
        allow_direct=False,
    )
    dead = StreamConfig(
        name=subjects.DEAD_STREAM,
        subjects=list(subjects.DEAD_SUBJECTS),
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        num_replicas=replicas,
        duplicate_window=120,
    )
    tries = StreamConfig(
        name=subjects.TRIES_STREAM,
        subjects=list(subjects.TRIES_SUBJECTS),
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        num_replicas=replicas,
        max_msgs_per_subject=1,
        max_age=TRIES_SECONDS,
        duplicate_window=120,
    )
    return lives, dead, tries


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
        drift += [f"stream {stream.name}: {d}" for d in _differences(stream, found)]
        lines.append(f"stream {stream.name}: {'made' if found is None else 'found'}")
    for durable in DURABLES:
        consumer = await _consumer(js, durable.name)
        if consumer is None:
            with translated():
                await js.add_consumer(subjects.STREAM, durable.config())
        drift += [f"durable {durable.name}: {d}" for d in _differences(durable.config(), consumer)]
        lines.append(f"durable {durable.name}: {'made' if consumer is None else 'found'}")
    if drift:
        raise TopologyDrift("; ".join(drift))
    return lines


async def missing(client: Client, durables: tuple[str, ...]) -> list[str]:
    """What keeps a service that needs `durables` from being ready, in words; empty when all is as declared.

    Raises: BusUnavailable.
    """
    js = client.jetstream(timeout=2)
    lives, *workers = streams()
    problems = await _missing_stream(js, lives)
    for stream in workers if durables else ():  # what can't be handled is counted, and must have a place to go to
        problems += await _missing_stream(js, stream)
    if problems:
        return problems
    for durable in (d for d in DURABLES if d.name in durables):
        consumer = await _consumer(js, durable.name)
        if consumer is None:
            problems.append(f"durable {durable.name} is missing; {REMEDY}")
        problems += [f"durable {durable.name}: {d}; {REMEDY}" for d in _differences(durable.config(), consumer)]
    return problems


async def _missing_stream(js: JetStreamContext, wanted: StreamConfig) -> list[str]:
    found = await _stream(js, str(wanted.name))
    if found is None:
        return [f"stream {wanted.name} is missing; {REMEDY}"]
    # Replicas are the operator's choice at declaration; a service does not mind them.
    differences = [d for d in _differences(wanted, found) if "num_replicas" not in d]
    return [f"stream {wanted.name}: {d}; {REMEDY}" for d in differences]


async def _stream(js: JetStreamContext, name: str) -> StreamConfig | None:
    try:
        with translated():
            return (await js.stream_info(name)).config
    except NotFound:
        return None


async def _consumer(js: JetStreamContext, name: str) -> ConsumerConfig | None:
    try:
        with translated():
            info = await js.consumer_info(subjects.STREAM, name)
    except NotFound:
        return None
    return cast("ConsumerConfig", info.config)


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
    if name in ("ack_wait", "duplicate_window", "max_age") and isinstance(value, int):
        return f"{value / 1e9:g} s"
    return repr(value)
