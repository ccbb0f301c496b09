"""One class per kind of answer the server can give, in one table by the server's error number."""

from collections.abc import Mapping
from typing import Final


class BusError(Exception):
    """Base of everything this package raises."""


class BusUnavailable(BusError):
    """No answer, or the server can't store now; what was sent may still be stored later."""


class NotFound(BusError):
    """There is no such stream, durable or message."""


class ConditionFailed(BusError):
    """A condition does not hold, or the message is stored already: only reading the subject tells which."""


class InFlight(BusError):
    """Another write on the same condition is in progress; the same message again, after a short pause."""


class BatchAbandoned(BusError):
    """The server forgot the open batch; nothing of it is stored, begin again."""


class PublishRejected(BusError):
    """The server will never take this message: too large, malformed, not permitted."""


class TopologyDrift(BusError):
    """A stream or durable is missing, or differs from what this version declares."""


BY_SERVER_NUMBER: Final[Mapping[int, type[BusError]]] = {
    10023: BusUnavailable,  # insufficient resources
    10047: BusUnavailable,  # insufficient storage
    10077: BusUnavailable,  # a limit of the stream is reached: full
    10008: BusUnavailable,  # JetStream not available now
    10009: BusUnavailable,  # no leader
    10071: ConditionFailed,  # wrong last sequence
    10164: InFlight,  # clustered: a proposal on the same subject is in flight
    10176: BatchAbandoned,
    10201: ConditionFailed,  # the batch holds a duplicate of a stored message
    10202: BusUnavailable,  # too many open batches
    10210: InFlight,
}


def from_server(number: int | None, description: str | None) -> BusError:
    """The error for a server's number; an unknown number is `PublishRejected`, with its text."""
    return BY_SERVER_NUMBER.get(number or 0, PublishRejected)(f"{number}: {description}")
