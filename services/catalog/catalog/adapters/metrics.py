"""The catalog's own metrics: the runs in progress, how far the rows have come, and its replies."""

import asyncio
import logging
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from catalog.adapters.reader import Reader
from catalog.errors import CatalogError
from contracts import envelope
from runtime.metrics import REGISTRY, SECONDS

EVERY_SECONDS: Final = 5.0

_datasets: Final = Gauge("cuecutter_datasets", "Datasets by status.", ("status",), registry=REGISTRY)
_oldest: Final = Gauge(
    "cuecutter_oldest_run_age_seconds",
    "Since the oldest run in progress was requested; 0 without one.",
    registry=REGISTRY,
)
_position: Final = Gauge(
    "cuecutter_catalog_position", "The stream sequence up to which the rows have come.", registry=REGISTRY
)
_pending: Final = Gauge(
    "cuecutter_catalog_pending",
    "Messages that the rows do not show yet; of the replica that leads.",
    registry=REGISTRY,
)
_skipped: Final = Counter(
    "cuecutter_catalog_skipped", "Messages passed over because they can't be used.", ("type",), registry=REGISTRY
)
_replies: Final = Histogram(
    "cuecutter_catalog_answer_seconds",
    "From a request to its reply; `rows`, or `unavailable` with the reason in the log.",
    ("question", "outcome"),
    buckets=SECONDS,
    registry=REGISTRY,
)
_KNOWN: Final = frozenset(envelope.CE_TYPES.values())

_log = logging.getLogger(__name__)


def pending(messages: int) -> None:
    _pending.set(messages)


def skipped(ce_type: str) -> None:
    """A type that no event has is counted as `unknown`."""
    _skipped.labels(ce_type if ce_type in _KNOWN else "unknown").inc()


def replied(request: str, outcome: str, seconds: float) -> None:
    _replies.labels(request, outcome).observe(seconds)


async def watch(reader: Reader) -> None:
    """Runs indefinitely; a reading that fails leaves the figures as they were, and readiness says why."""
    while True:
        try:
            await _read(reader)
        except CatalogError as exc:
            _log.debug("figures postponed", extra={"fields": {"error": type(exc).__name__}})
        await asyncio.sleep(EVERY_SECONDS)


async def _read(reader: Reader) -> None:
    seen = await reader.figures()
    for status, count in seen.datasets.items():
        _datasets.labels(status.value).set(count)
    _oldest.set(seen.oldest_run_seconds)
    _position.set(seen.position)
