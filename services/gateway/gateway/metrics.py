"""What the gateway counts: how long requests take, what it refuses and why, how much is uploaded.

Of uploads in progress: how many there are, and what memory they may hold.
"""

from contextlib import AbstractContextManager
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from gateway.domain.admission import Admission
from runtime.metrics import REGISTRY, SECONDS

ROUTELESS: Final = "-"  # unknown paths have no template and are not repeated

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_requests: Final = Histogram(
    "cuecutter_request_seconds",
    "From a request's head to the end of its answer. Status 0: the client left before the answer.",
    ("method", "route", "status"),
    buckets=SECONDS,
    registry=REGISTRY,
)
_refusals: Final = Counter("cuecutter_refusals", "Answers that are errors, by code.", ("code",), registry=REGISTRY)
_uploaded: Final = Counter(
    "cuecutter_upload_bytes", "Stored in uploads that were accepted.", ("part",), registry=REGISTRY
)
_in_progress: Final = Gauge("cuecutter_uploads_under_way", "Uploads in progress.", registry=REGISTRY)
_reserved: Final = Gauge("cuecutter_upload_reserved_bytes", "Memory that these may hold.", registry=REGISTRY)
_rejected: Final = Counter(
    "cuecutter_uploads_refused", "Rejected: too many of one user, or no memory left.", ("reason",), registry=REGISTRY
)
_ended: Final = Counter(
    "cuecutter_uploads_ended",
    "The client was slow; displaced: evicted for another upload.",
    ("reason",),
    registry=REGISTRY,
)


def observe_request(method: str, route: str, status: int, seconds: float) -> None:
    """Counts one request. A method that HTTP does not define is counted as `other`."""
    _requests.labels(method if method in _METHODS else "other", route, str(status)).observe(seconds)


def count_problem(code: str) -> None:
    _refusals.labels(code).inc()


def count_uploaded_bytes(audio_bytes: int, transcript_bytes: int) -> None:
    _uploaded.labels("audio").inc(audio_bytes)
    _uploaded.labels("transcript").inc(transcript_bytes)


def watch_slots(admission: Admission) -> None:
    """From now on the gauges show the slots of `admission`."""
    _in_progress.set_function(lambda: admission.uploads)
    _reserved.set_function(lambda: admission.reserved_bytes)


def count_rejected_upload(reason: str) -> None:
    _rejected.labels(reason).inc()


def count_ended_upload(reason: str) -> None:
    _ended.labels(reason).inc()


_downloaded: Final = Counter(
    "cuecutter_download_bytes", "Sent of objects, by what they are.", ("kind",), registry=REGISTRY
)
_downloading: Final = Gauge("cuecutter_downloads_under_way", "Downloads that are being sent.", registry=REGISTRY)
_broken_off: Final = Counter(
    "cuecutter_downloads_broken_off", "Downloads that ended before their last byte.", ("reason",), registry=REGISTRY
)


_damaged: Final = Counter(
    "cuecutter_results_damaged", "Results whose archive found a slice missing or changed.", registry=REGISTRY
)


def result_damaged() -> None:
    _damaged.inc()


def downloaded(kind: str, size_bytes: int) -> None:
    _downloaded.labels(kind).inc(size_bytes)


def download_under_way() -> AbstractContextManager[object]:
    """Within it, one download more is shown as under way."""
    return _downloading.track_inprogress()


def download_broken_off(reason: str) -> None:
    _broken_off.labels(reason).inc()
