"""Every subject, stream, durable and service name. They are public: renaming one is a migration."""

from typing import Final

STREAM: Final = "TTS"
STREAM_SUBJECTS: Final = ("tts.dataset.>",)
DEAD_STREAM: Final = "TTS_DEAD"
DEAD_SUBJECTS: Final = ("tts.dead.>",)
TRIES_STREAM: Final = "TTS_TRIES"
TRIES_SUBJECTS: Final = ("tts.tries.>",)

ALL_LIVES: Final = "tts.dataset.*"
ALL_PLANS: Final = "tts.dataset.*.run.*.plan"
ALL_SPANS: Final = "tts.dataset.*.run.*.span.*"
ALL_PROGRESS: Final = "tts.dataset.*.run.*.progress.*"
ALL_DONE: Final = "tts.dataset.*.run.*.done.*"

DURABLE_PLAN: Final = "segmenter-plan"
DURABLE_SPAN: Final = "segmenter-span"
DURABLE_PURGE: Final = "segmenter-purge"
DURABLE_DONE: Final = "manifest-done"
# The catalog keeps its own position, so these two carry none: it sets one to where it wants to read from.
DURABLE_PROJECT: Final = "catalog-project"
DURABLE_REBUILD: Final = "catalog-rebuild"
# Feeds the copy of the stream that observers read in their own account.
DURABLE_MIRROR: Final = "observers-mirror"
MIRROR_DELIVERY: Final = "tts.mirror"

CATALOG_GET: Final = "tts.catalog.get"
CATALOG_LIST: Final = "tts.catalog.list"


def life(dataset_id: str) -> str:
    """The one subject whose sequence decides everything about a dataset."""
    return f"tts.dataset.{dataset_id}"


def root(dataset_id: str) -> str:
    return f"tts.dataset.{dataset_id}.root"


def work(dataset_id: str) -> str:
    """All work of one dataset, every run."""
    return f"tts.dataset.{dataset_id}.run.>"


def plan(dataset_id: str, run: int) -> str:
    return f"tts.dataset.{dataset_id}.run.{run}.plan"


def span(dataset_id: str, run: int, k: int) -> str:
    return f"tts.dataset.{dataset_id}.run.{run}.span.{k}"


def progress(dataset_id: str, run: int, k: int | str) -> str:
    """`k` may be '*' to read the progress of every span."""
    return f"tts.dataset.{dataset_id}.run.{run}.progress.{k}"


def segment(dataset_id: str, run: int, n: int) -> str:
    return f"tts.dataset.{dataset_id}.run.{run}.segment.{n}"


def done(dataset_id: str, run: int, k: int | str) -> str:
    """`k` may be '*' to count the spans that are done."""
    return f"tts.dataset.{dataset_id}.run.{run}.done.{k}"


def dead(service: str) -> str:
    return f"tts.dead.{service}"


def tries(durable: str, seq: int | str) -> str:
    """How a durable's deliveries of message `seq` of the stream have ended so far; `seq` may be '*'."""
    return f"tts.tries.{durable}.{seq}"
