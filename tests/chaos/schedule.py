"""A seed → which fault strikes whom, and when. Pure: the same seed gives the same faults, and a longer one goes on.

Every kind is dealt before any comes again, as cards from a deck that is shuffled anew when it is empty.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

FREEZE_FACTOR: Final = (1.3, 2.0)  # of the ack wait: time for another to take the message before its zombie wakes

_AWAKE_SECONDS: Final = 2.0  # a zombie gets to write what it was about to, before the next one is frozen


class Kind(Enum):
    KILL = "kill -9"
    FREEZE = "freeze"  # SIGSTOP, and SIGCONT after `lasts_seconds`
    CUT = "cut"  # every connection to a server is reset
    STALL = "stall"  # for `lasts_seconds` bytes neither pass nor bounce


SERVERS: Final = ("nats", "postgres", "s3")
_DECK: Final = (
    *[(Kind.KILL, "segmenter")] * 4,
    *[(Kind.FREEZE, "segmenter")] * 4,
    *[(kind, service) for service in ("manifest", "catalog") for kind in (Kind.KILL, Kind.FREEZE)],
    (Kind.KILL, "gateway"),
    *[(kind, server) for server in SERVERS for kind in (Kind.KILL, Kind.CUT)],
    (Kind.STALL, "nats"),
    (Kind.STALL, "s3"),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """`at_seconds` from the beginning; `which` chooses, modulo their number, among a service's waking replicas."""

    at_seconds: float
    kind: Kind
    target: str
    which: int = 0
    lasts_seconds: float = 0.0


def mixed(seed: int, *, seconds: float, ack_wait_seconds: float, every_seconds: float) -> tuple[Fault, ...]:
    """Faults of every kind, one every `every_seconds` on average, that begin within `seconds`."""
    faults: list[Fault] = []
    for dealt_seconds, fault in _endless(random.Random(seed), ack_wait_seconds, every_seconds):
        if dealt_seconds >= seconds:
            return tuple(sorted(faults, key=lambda fault: fault.at_seconds))
        if fault.at_seconds < seconds:
            faults.append(fault)
    raise AssertionError("unreachable: the deck never ends")


def kills(seed: int, count: int, *, every_seconds: float) -> tuple[Fault, ...]:
    """`count` kills of segmenters and nothing else."""
    chance, at, faults = random.Random(seed), 0.0, []
    for _ in range(count):
        at += chance.uniform(0.5, 1.5) * every_seconds
        faults.append(Fault(at, Kind.KILL, "segmenter", chance.randrange(64)))
    return tuple(faults)


def _endless(chance: random.Random, ack_wait_seconds: float, every_seconds: float) -> Iterator[tuple[float, Fault]]:
    """With each fault the moment its card is dealt; a freeze may have to wait longer."""
    at, thawed = 0.0, dict.fromkeys(("segmenter", "manifest", "catalog"), 0.0)
    for kind, target in _cards(chance):
        at += chance.uniform(0.3, 1.7) * every_seconds
        which, factor = chance.randrange(64), chance.uniform(*FREEZE_FACTOR)
        if kind is Kind.FREEZE:
            # One replica of a service at a time: with all of them frozen nobody takes a zombie's work over.
            begins = max(at, thawed[target])
            thawed[target] = begins + factor * ack_wait_seconds + _AWAKE_SECONDS
            yield at, Fault(begins, kind, target, which, factor * ack_wait_seconds)
        elif kind is Kind.STALL:
            yield at, Fault(at, kind, target, which, chance.uniform(1, 5))
        else:
            yield at, Fault(at, kind, target, which)


def _cards(chance: random.Random) -> Iterator[tuple[Kind, str]]:
    while True:
        yield from chance.sample(_DECK, len(_DECK))
