"""What the segmenter counts beside what every worker counts."""

from collections.abc import Collection
from typing import Final

from prometheus_client import Counter, Gauge

from contracts.events import SegmentRow
from objects import Deleted
from runtime.metrics import REGISTRY
from segmenter.decoding.sandbox import GUARDS

_SAMPLE_BYTES: Final = 2

_segments: Final = Counter("cuecutter_segments", "Segments stored and told of.", registry=REGISTRY)
_seconds: Final = Counter("cuecutter_segment_audio_seconds", "Audio in them, in seconds.", registry=REGISTRY)
_bytes: Final = Counter("cuecutter_segment_bytes", "Samples in them, in bytes.", registry=REGISTRY)
_swept: Final = Counter("cuecutter_swept_objects", "Objects that sweeps removed.", ("reason",), registry=REGISTRY)
_swept_bytes: Final = Counter("cuecutter_swept_bytes", "What they held, in bytes.", ("reason",), registry=REGISTRY)
_retired: Final = Counter(
    "cuecutter_roots_retired", "Root folders that no run will write to any more.", registry=REGISTRY
)
_guards: Final = Gauge(
    "cuecutter_decoder_guards",
    "Whether this guard stands around the decoder processes: 1, or 0 where the system does not have it.",
    ("guard",),
    registry=REGISTRY,
)


def show_guards(missing: Collection[str]) -> None:
    """What the last decoder process said of `sandbox.GUARDS`."""
    for guard in GUARDS:
        _guards.labels(guard).set(guard not in missing)


def count_swept(reason: str, amount: Deleted) -> None:
    _swept.labels(reason).inc(amount.objects)
    _swept_bytes.labels(reason).inc(amount.size_bytes)


def count_retired_root() -> None:
    _retired.inc()


def count(rows: Collection[SegmentRow], sample_rate: int) -> None:
    frames = sum(row.frames for row in rows)
    _segments.inc(len(rows))
    _seconds.inc(frames / sample_rate)
    _bytes.inc(frames * _SAMPLE_BYTES)
