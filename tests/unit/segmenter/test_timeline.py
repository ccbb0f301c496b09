"""Which silence a timeline has: holes that all later stamps agree on, no jitter, no sound left out."""

import random
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple

import pytest

from segmenter.domain.errors import AudioEndsEarly
from segmenter.domain.timeline import Clock, Silence

RATE = 48_000
MS = Fraction(1, 1_000)
SAMPLE = Fraction(1, RATE)
PACKET = 960  # 20 ms


class Frame(NamedTuple):
    pts: int | None
    samples: int = PACKET
    sample_rate: int = RATE


def stamped(
    at: Iterable[int], tick: Fraction = SAMPLE, shake: Callable[[int], float] = lambda n: 0.0
) -> Iterator[Frame]:
    """Packets that begin at those samples, as a container with ticks of `tick` says it."""
    for n, sample in enumerate(at):
        yield Frame(round((Fraction(sample, RATE) + Fraction(shake(n))) / tick))


def packets(first: int, count: int) -> list[int]:
    return [(first + n) * PACKET for n in range(count)]


def laid(
    frames: Iterator[Frame], tick: Fraction = SAMPLE, zero: Fraction | None = Fraction(0)
) -> tuple[Clock, list[int]]:
    """The clock, and what it laid: frames of sound above 0, of silence below."""
    clock = Clock(tick, zero)
    return clock, [-p.samples if isinstance(p, Silence) else p.samples for p in clock.laid(frames)]


def silence(parts: list[int]) -> list[tuple[int, int]]:
    """Each silence: where it begins and how long it is."""
    at, found = 0, []
    for part in parts:
        found += [(at, -part)] if part < 0 else []
        at += abs(part)
    return found


@pytest.mark.parametrize("tick", [SAMPLE, MS, Fraction(1, 90_000), Fraction(1, 50)])
def test_what_follows_each_other_has_none(tick: Fraction) -> None:
    clock, parts = laid(stamped(packets(0, 500), tick), tick)
    assert (silence(parts), clock.end, clock.late) == ([], 500 * PACKET, 0)


@pytest.mark.parametrize("tick", [SAMPLE, MS, Fraction(1, 90_000), Fraction(1, 50)])
@pytest.mark.parametrize("missing", [1, 2, 25, 250])
def test_missing_packets_are_exactly_so_much_silence(missing: int, tick: Fraction) -> None:
    at = packets(0, 100) + packets(100 + missing, 100)
    clock, parts = laid(stamped(at, tick), tick)
    assert silence(parts) == [(100 * PACKET, missing * PACKET)]
    assert (clock.holes.count, clock.holes.frames, clock.holes.first) == (1, missing * PACKET, 100 * PACKET)


def test_one_packet_in_four_is_silence_where_it_was() -> None:
    at = [n * PACKET for n in range(400) if n % 4 != 3]
    _, parts = laid(stamped(at, MS), MS)
    # Before the end, where too few are left to agree, and after a tenth of a second, before which it is a late start.
    assert silence(parts)[1:] == [(n * PACKET, PACKET) for n in range(7, 395, 4)]


@pytest.mark.parametrize("seconds", [0.015, 0.04, 0.09])
@pytest.mark.parametrize("tick", [SAMPLE, MS])
def test_jitter_is_no_hole(seconds: float, tick: Fraction) -> None:
    dice = random.Random(3)
    shake = [dice.uniform(0, seconds) for _ in range(3_000)]
    clock, parts = laid(stamped(packets(0, 3_000), tick, shake.__getitem__), tick)
    assert (silence(parts), clock.restarts.count) == ([], 0)


def test_a_slow_wave_of_stamps_is_no_hole() -> None:
    shake = [0.05 - 0.05 * abs((n % 500) / 250 - 1) for n in range(3_000)]
    assert silence(laid(stamped(packets(0, 3_000), MS, shake.__getitem__), MS)[1]) == []


def test_one_wrong_stamp_is_passed_over() -> None:
    clock, parts = laid(stamped(packets(0, 300), SAMPLE, lambda n: 5.0 if n == 100 else 0.0))
    assert (silence(parts), clock.end) == ([], 300 * PACKET)


def test_a_hole_among_shaking_stamps_is_found_to_within_the_jitter() -> None:
    dice = random.Random(4)
    shake = [dice.uniform(0, 0.03) for _ in range(600)]
    at = packets(0, 300) + packets(550, 300)
    ((first, frames),) = silence(laid(stamped(at, MS, shake.__getitem__), MS)[1])
    assert first == 300 * PACKET
    assert abs(frames - 250 * PACKET) <= 0.03 * RATE


@pytest.mark.parametrize(
    ("zero", "late"), [(Fraction(0), 3), (Fraction(1), 2), (Fraction(3), 0), (Fraction(4), 0), (None, 0)]
)
def test_a_late_beginning_counts_from_the_containers_zero(zero: Fraction | None, late: int) -> None:
    clock, parts = laid(stamped(packets(150, 100), MS), MS, zero)
    assert silence(parts) == ([(0, late * RATE)] if late else [])
    assert (clock.late, clock.lead, clock.holes.count) == (late * RATE, late * RATE, 0)


def test_a_beginning_that_is_less_than_a_packet_late_is_the_zero() -> None:
    clock, parts = laid(stamped((700 + at for at in packets(0, 100)), MS), MS)
    assert (silence(parts), clock.late) == ([], 0)


def test_a_hole_right_after_the_first_packet_is_a_late_start() -> None:
    clock, _ = laid(stamped([0, *packets(150, 100)]))
    assert (clock.late, clock.lead, clock.holes.count) == (150 * PACKET, 0, 0)


@pytest.mark.parametrize("then", [0, 90 * RATE, 6_000 * RATE], ids=["back to 0", "a bit back", "an hour and more"])
def test_stamps_that_begin_anew_leave_out_nothing_and_add_nothing(then: int) -> None:
    at = packets(0, 5_000) + [then + one for one in packets(0, 5_000)]
    clock, parts = laid(stamped(at))
    assert (silence(parts), clock.end) == ([], 10_000 * PACKET)
    assert (clock.restarts.count, clock.restarts.first) == (1, 5_000 * PACKET)


def test_packets_without_a_stamp_follow_the_one_before() -> None:
    frames = [Frame(one.pts if n % 3 == 0 else None) for n, one in enumerate(stamped(packets(0, 300)))]
    assert silence(laid(iter(frames))[1]) == []


def test_an_error_comes_after_all_that_was_before_it() -> None:
    def broken() -> Iterator[Frame]:
        yield from stamped(packets(0, 10) + packets(260, 3))
        raise AudioEndsEarly(1.0)

    clock = Clock(SAMPLE, Fraction(0))
    parts = clock.laid(broken())
    got = [next(parts).samples for _ in range(14)]
    assert got == [*[PACKET] * 10, 250 * PACKET, *[PACKET] * 3]
    with pytest.raises(AudioEndsEarly):
        next(parts)


def test_nothing_is_nothing() -> None:
    assert laid(iter([]))[1] == []
