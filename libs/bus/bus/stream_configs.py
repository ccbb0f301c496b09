"""What each stream is declared as; `bus.topology` makes them and compares."""

from typing import Final

from nats.js.api import (
    ExternalStream,
    PersistMode,
    RetentionPolicy,
    StorageType,
    StreamConfig,
    StreamConsumerSource,
    StreamSource,
)

from bus import rights
from contracts import subjects

ATTEMPTS_SECONDS: Final = 48 * 3600  # as long as the work messages that are counted


def streams(replicas: int = 1) -> tuple[StreamConfig, ...]:
    """Limits retention without limits: lives stay indefinitely, work goes by its own TTL.

    No limit is declared as such: one set by hand would make the server delete the oldest lives silently.
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
    attempts = StreamConfig(
        name=subjects.TRIES_STREAM,
        subjects=list(subjects.TRIES_SUBJECTS),
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        num_replicas=replicas,
        max_msgs_per_subject=1,
        max_age=ATTEMPTS_SECONDS,
        duplicate_window=120,
    )
    return lives, dead, attempts


def mirror(replicas: int = 1) -> StreamConfig:
    """The observers' copy of the stream, in their account, under the name that every client asks for.

    It comes from the stream again, so it need not be on the disk before the next message; with a sync for each it would
    lag at some hundreds of messages a second. The server offers this for one replica; with more, they replace the sync.
    """
    return StreamConfig(
        name=subjects.STREAM,
        storage=StorageType.FILE,
        num_replicas=replicas,
        mirror=StreamSource(
            name=subjects.STREAM,
            external=ExternalStream(api=rights.SERVICES_API, deliver=""),
            consumer=StreamConsumerSource(name=subjects.DURABLE_MIRROR, deliver_subject=subjects.MIRROR_DELIVERY),
        ),
        allow_msg_ttl=True,
        persist_mode=PersistMode.ASYNC if replicas == 1 else None,
    )
