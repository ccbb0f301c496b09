"""Flags and warnings of what the segmenter tells of a slice's samples."""

import json

import pytest

from contracts.events import SegmentRow
from manifest.domain.join import Joined, join
from manifest.domain.sound_flags import sound_flags
from tests.unit.manifest.test_join import plan, segment

FRAMES = 24_000


def row(n: int = 0, **sound: int | bool) -> SegmentRow:
    return SegmentRow(n, FRAMES, f"{n:064x}", size=2 * FRAMES + 44, crc32=7, **sound)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("told", "flags"),
    [
        ({}, []),  # of an earlier release
        ({"peak": 0}, ["silent"]),
        ({"peak": 32}, ["silent"]),
        ({"peak": 33}, []),
        ({"peak": 32_767, "full_scale": 24}, []),
        ({"peak": 32_767, "full_scale": 25}, ["clipped"]),
        ({"peak": 32_767, "full_scale": 3, "clipped": 3}, ["clipped"]),
        ({"peak": 0, "channels_cancel": True}, ["silent", "channels-cancel"]),
        ({"peak": 900, "channels_cancel": True}, ["channels-cancel"]),
    ],
)
def test_a_flag_is_given_at_its_bound(told: dict[str, int | bool], flags: list[str]) -> None:
    assert list(sound_flags(row(**told))) == flags


ROWS = {
    0: row(0, peak=9000),
    1: row(1, peak=32_768, full_scale=2400, clipped=2100),
    2: row(2, peak=0, channels_cancel=True),
    3: row(3, peak=32_768, full_scale=1200, clipped=3),
}


def joined(rows_version: int) -> Joined:
    found = join(plan(4, rows_version=rows_version), [segment(n) for n in range(4)], ROWS)
    assert isinstance(found, Joined)
    return found


def test_the_rows_have_them_worst_first_and_the_run_is_warned_once_of_each() -> None:
    found = joined(3)
    flags = [json.loads(line)["flags"] for line in found.body.splitlines()]
    assert flags == [
        ["digits-in-text"],
        ["clipped", "digits-in-text"],
        ["silent", "digits-in-text", "channels-cancel"],
        ["clipped", "digits-in-text"],
    ]
    assert found.warnings.counts == {"silent": 1, "clipped": 1, "channels-cancel": 1}
    told = {each.code: each.detail for each in found.warnings.first}
    assert told["clipped"] == ("2 of 4 segments, the first is 1: samples at or above full scale (7.50 % of them)")
    assert told["silent"].startswith("1 of 4 segments, the first is 2: no sound above -60 dBFS")


def test_a_plan_of_the_second_layout_gets_the_rows_it_had() -> None:
    found = joined(2)
    assert [json.loads(line)["flags"] for line in found.body.splitlines()] == [["digits-in-text"]] * 4
    assert found.warnings.counts == {}
