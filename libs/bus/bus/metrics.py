"""What every worker of the stream counts; services add their own to the same registry."""

from typing import Final

from nats.aio.client import Client
from prometheus_client import Counter, Gauge, Histogram

from bus.errors import BusError
from bus.stream import translated
from contracts import subjects
from runtime import metrics
from runtime.metrics import REGISTRY, SECONDS

message_seconds: Final = Histogram(
    "cuecutter_message_seconds",
    "From delivery to settlement of one message.",
    ("durable", "outcome"),
    buckets=SECONDS,
    registry=REGISTRY,
)
redeliveries: Final = Counter(
    "cuecutter_redeliveries", "Deliveries of a message after its first.", ("durable",), registry=REGISTRY
)
dead_letters: Final = Counter(
    "cuecutter_dead_letters", "Messages given up and kept in TTS_DEAD.", ("durable",), registry=REGISTRY
)
runs_ended: Final = Counter(
    "cuecutter_runs_ended",
    "Runs this process ended: ready, or the code of the failure.",
    ("outcome",),
    registry=REGISTRY,
)
_pending: Final = Gauge(
    "cuecutter_durable_pending", "Messages that wait for their first delivery.", ("durable",), registry=REGISTRY
)
_under_way: Final = Gauge(
    "cuecutter_durable_under_way", "Messages delivered and not settled.", ("durable",), registry=REGISTRY
)


async def exposition(client: Client | None = None, durables: tuple[str, ...] = ()) -> bytes:
    """The text of all metrics. The lag of `durables` is asked now; what can't be asked is left as it was."""
    if client is not None and client.is_connected:
        for durable in durables:
            await _look(client, durable)
    return metrics.exposition()


async def _look(client: Client, durable: str) -> None:
    try:
        with translated():
            info = await client.jetstream(timeout=1).consumer_info(subjects.STREAM, durable)
    except BusError:
        return
    _pending.labels(durable).set(info.num_pending or 0)
    _under_way.labels(durable).set(info.num_ack_pending or 0)
