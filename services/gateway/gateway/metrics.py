"""What the gateway counts: how long requests take, what it refuses and why, how much is uploaded."""

from typing import Final

from prometheus_client import Counter, Histogram

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


def request(method: str, route: str, status: int, seconds: float) -> None:
    """Counts one request. A method of the client's own making is counted as `other`."""
    _requests.labels(method if method in _METHODS else "other", route, str(status)).observe(seconds)


def refusal(code: str) -> None:
    _refusals.labels(code).inc()


def uploaded(audio_bytes: int, transcript_bytes: int) -> None:
    _uploaded.labels("audio").inc(audio_bytes)
    _uploaded.labels("transcript").inc(transcript_bytes)
