"""The schedule of faults: the same for the same seed, complete, and never all replicas of a service frozen at once."""

from itertools import combinations

import pytest

from tests.chaos.schedule import SERVERS, Fault, Kind, kills, mixed


def drawn(seed: int, *, seconds: float = 120) -> tuple[Fault, ...]:
    return mixed(seed, seconds=seconds, ack_wait_seconds=4, every_seconds=1.4)


def test_the_same_seed_gives_the_same_faults_and_another_seed_others() -> None:
    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_a_longer_schedule_begins_with_the_shorter_one() -> None:
    shorter = drawn(7, seconds=40)
    assert drawn(7, seconds=300)[: len(shorter)] == shorter


@pytest.mark.parametrize("seed", range(20))
def test_every_server_is_killed_and_cut_and_every_worker_killed_and_frozen(seed: int) -> None:
    struck = {(fault.kind, fault.target) for fault in drawn(seed)}
    assert struck >= {(kind, server) for kind in (Kind.KILL, Kind.CUT) for server in SERVERS}
    workers = ("segmenter", "manifest", "catalog")
    assert struck >= {(kind, worker) for kind in (Kind.KILL, Kind.FREEZE) for worker in workers}


@pytest.mark.parametrize("seed", range(20))
def test_a_freeze_outlasts_the_ack_wait_and_one_replica_of_a_service_is_frozen_at_a_time(seed: int) -> None:
    freezes = [fault for fault in drawn(seed) if fault.kind is Kind.FREEZE]
    assert all(freeze.lasts_seconds > 4 for freeze in freezes)
    for one, other in combinations(freezes, 2):
        if one.target == other.target:
            assert other.at_seconds >= one.at_seconds + one.lasts_seconds


def test_faults_come_in_order_of_time() -> None:
    times = [fault.at_seconds for fault in drawn(3)]
    assert times == sorted(times)
    assert times[-1] < 120


def test_kills_strike_segmenters_only() -> None:
    faults = kills(3, 20, every_seconds=2)
    assert len(faults) == 20
    assert {(fault.kind, fault.target) for fault in faults} == {(Kind.KILL, "segmenter")}
