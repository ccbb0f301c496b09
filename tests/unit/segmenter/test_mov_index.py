"""When an MP4's index is believed, on tracks and boxes made by hand."""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from segmenter.probing.mov_index import equal_packets
from tests.unit.segmenter.memory_file import File

TICKS = 1024
SIZE_BYTES = 10


@dataclass(frozen=True)
class Entry:
    timestamp: int
    pos: int
    size: int = SIZE_BYTES


def entries(count: int, first: int = -TICKS) -> list[Entry]:
    return [Entry(first + n * TICKS, 40 + n * SIZE_BYTES) for n in range(count)]


@dataclass(frozen=True)
class Track:
    """As much of FFmpeg's stream as is looked at."""

    frames: int = 100
    index_entries: list[Entry] = field(default_factory=lambda: entries(100))


def box(name: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(body), name) + body


def large_box(name: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I4sQ", 1, name, 16 + len(body)) + body


SOUND = bytes(100 * SIZE_BYTES)
WHOLE = box(b"ftyp", bytes(24)) + box(b"mdat", SOUND) + box(b"moov", bytes(50))


def counted(track: Track, data: bytes = WHOLE) -> int | None:
    return equal_packets(File(data), cast(Any, track), TICKS)


def test_equal_packets_that_are_all_there_are_counted_by_their_index() -> None:
    assert counted(Track()) == 100


def test_the_file_is_left_where_it_was_because_ffmpeg_reads_on_from_there() -> None:
    file = File(WHOLE)
    file.seek(123)
    assert equal_packets(file, cast(Any, Track()), TICKS) == 100
    assert file.tell() == 123


def test_a_box_of_any_size_is_stepped_over() -> None:
    assert counted(Track(), box(b"ftyp", bytes(24)) + large_box(b"mdat", SOUND) + box(b"moov")) == 100
    to_the_end = struct.pack(">I4s", 0, b"mdat") + SOUND
    assert counted(Track(), box(b"ftyp", bytes(24)) + to_the_end) == 100


@pytest.mark.parametrize(
    "change",
    [
        lambda track: replace(track, frames=0, index_entries=[]),
        lambda track: replace(track, frames=99),  # the header counts otherwise than the index
        lambda track: replace(track, index_entries=[*entries(99), Entry(98 * TICKS + 1, 1030)]),  # a gap
        lambda track: replace(track, index_entries=[*entries(99), replace(entries(100)[99], size=200)]),  # cut off
    ],
)
def test_anything_odd_is_left_to_a_pass_over_the_packets(change: Callable[[Track], Track]) -> None:
    assert counted(change(Track())) is None


@pytest.mark.parametrize("fragment", [box(b"moof"), large_box(b"free") + box(b"moof")])
def test_fragments_hold_packets_that_the_index_does_not_know_yet(fragment: bytes) -> None:
    assert counted(Track(), WHOLE + fragment) is None


def test_boxes_without_end_are_not_walked_for_ever() -> None:
    assert counted(Track(), WHOLE + box(b"free") * 200_000) is None
