"""What the gateway counts: how long requests take, what it refuses and why, how much is uploaded.

Of uploads under way it counts how many there are, and what memory they may hold.
"""

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
_refusals: Final = Counter("cuecutter_refusals", "Answers that are no success, by code.", ("code",), registry=REGISTRY)
_uploaded: Final = Counter(
    "cuecutter_upload_bytes", "Stored in uploads that were accepted.", ("part",), registry=REGISTRY
)
_under_way: Final = Gauge("cuecutter_uploads_under_way", "Uploads that hold a place.", registry=REGISTRY)
_reserved: Final = Gauge("cuecutter_upload_reserved_bytes", "Memory that these may hold.", registry=REGISTRY)
_refused: Final = Counter(
    "cuecutter_uploads_refused", "For want of a place: of the user, or of memory.", ("reason",), registry=REGISTRY
)
_ended: Final = Counter(
    "cuecutter_uploads_ended", "The client was slow; displaced: for somebody else.", ("reason",), registry=REGISTRY
)


def request(method: str, route: str, status: int, seconds: float) -> None:
    """Counts one request. A method of the client's own making is counted as `other`."""
    _requests.labels(method if method in _METHODS else "other", route, str(status)).observe(seconds)


def refusal(code: str) -> None:
    _refusals.labels(code).inc()


def uploaded(audio_bytes: int, transcript_bytes: int) -> None:
    _uploaded.labels("audio").inc(audio_bytes)
    _uploaded.labels("transcript").inc(transcript_bytes)


def watch_places(admission: Admission) -> None:
    """From now on the gauges show the places of `admission`."""
    _under_way.set_function(lambda: admission.uploads)
    _reserved.set_function(lambda: admission.reserved_bytes)


def upload_refused(reason: str) -> None:
    _refused.labels(reason).inc()


def upload_ended(reason: str) -> None:
    _ended.labels(reason).inc()
