"""What a file's own structure says of its end, on files written byte by byte."""

import struct
from collections.abc import Callable

import pytest

from segmenter.probing.last_packets import LastPackets
from segmenter.probing.truncation import end_unknown, truncated_range
from tests.unit.segmenter.memory_file import File

SOUND = bytes(1000)
NOTHING = LastPackets("none")


class Packet(bytes):
    """As much of FFmpeg's packet as is looked at."""

    pos, pts, duration = 0, 0, 0

    @property
    def size(self) -> int:
        return len(self)


def is_broken(data: bytes, container: str, last: LastPackets = NOTHING) -> bool:
    return end_unknown(File(data), container, last)


def found_at(position: int) -> LastPackets:
    last, packet = LastPackets("opus"), Packet(b"\xff")
    packet.pos = position
    last.add(packet, False)  # type: ignore[arg-type]
    return last


def au(stated: int) -> bytes:
    return b".snd" + struct.pack(">IIIII", 24, stated, 3, 8000, 1) + SOUND


def caf(stated: int) -> bytes:
    description = struct.pack(">4sq", b"desc", 32) + bytes(32)
    return b"caff" + struct.pack(">HH", 1, 0) + description + struct.pack(">4sq", b"data", stated) + SOUND


def avi(stated: int) -> bytes:
    header = b"LIST" + struct.pack("<I", 9) + b"hdrlabcde\0"  # of odd length, so that a pad byte follows
    return b"RIFF" + struct.pack("<I", 0) + b"AVI " + header + b"LIST" + struct.pack("<I", stated) + b"movi" + SOUND


def asf(stated: int) -> bytes:
    header = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + struct.pack("<Q", 30) + bytes(6)
    return header + bytes.fromhex("3626b2758e66cf11a6d900aa0062ce6c") + struct.pack("<Q", stated) + SOUND


def w64(stated: int) -> bytes:
    guid = bytes.fromhex("f3acd3118cd100c04f8edb8a")
    fmt = b"fmt " + guid + struct.pack("<Q", 42) + bytes(18 + 6)  # padded to eight bytes
    return bytes(40) + fmt + b"data" + guid + struct.pack("<Q", stated) + SOUND


EBML = bytes.fromhex("1a45dfa3") + b"\x84" + bytes(4)
UNKNOWN = b"\x01" + b"\xff" * 7


def vint(value: int) -> bytes:
    return (value | 1 << 56).to_bytes(8, "big")


def matroska(size: bytes, body: bytes = SOUND) -> bytes:
    return EBML + bytes.fromhex("18538067") + size + body


def tagged(frame: bytes) -> bytes:
    return b"ID3\x04\x00\x00" + bytes([0, 0, 1, 5]) + bytes(133) + frame.ljust(1000, b"\0")


def mp3(name: bytes, at: int, stated: int, *, flags: int = 3) -> bytes:
    fields = struct.pack(">II", 40, stated) if flags & 1 else struct.pack(">I", stated)
    return tagged(b"\xff\xfb\x90\x44" + bytes(at - 4) + name + struct.pack(">I", flags) + fields)


def vbri(stated: int) -> bytes:
    return tagged(b"\xff\xfb\x90\x44" + bytes(32) + b"VBRI" + struct.pack(">HHHII", 1, 0, 75, stated, 40))


WHOLE: list[tuple[str, Callable[[int], bytes], int, int]] = [
    # The container, a file that states so much, what a whole one states, and where the sound begins.
    ("au", au, 1000, 24),
    ("caf", caf, 1000, 64),
    ("avi", avi, 1004, 38),
    ("asf", asf, 1024, 54),
    ("w64", w64, 1024, 112),
    ("matroska,webm", lambda stated: matroska(vint(stated)), 1000, 21),
    ("mp3", lambda stated: mp3(b"Info", 36, stated), 1000, 143),
    ("mp3", lambda stated: mp3(b"Xing", 21, stated), 1000, 143),
    ("mp3", lambda stated: mp3(b"Xing", 13, stated, flags=2), 1000, 143),
    ("mp3", vbri, 1000, 143),
]


@pytest.mark.parametrize(("container", "make", "whole", "first"), WHOLE)
def test_a_file_is_cut_off_when_its_sound_would_reach_behind_its_last_byte(
    container: str, make: Callable[[int], bytes], whole: int, first: int
) -> None:
    assert truncated_range(File(make(whole)), container) is None
    assert truncated_range(File(make(whole + 1)), container) == (first, len(make(whole)) + 1)
    assert truncated_range(File(make(whole - 500)), container) is None


@pytest.mark.parametrize(
    ("container", "data"),
    [
        ("au", au(0xFFFFFFFF)),
        ("caf", caf(-1)),
        ("avi", avi(0)),
        ("avi", avi(0xFFFFFFFF)),
        ("asf", asf(0)),
        ("w64", w64(0)),
        ("w64", w64(2**64 - 1)),
        ("matroska,webm", matroska(UNKNOWN)),
        ("matroska,webm", matroska(b"\xff")),
        ("mp3", mp3(b"Info", 36, 9999, flags=1)),
        ("mp3", mp3(b"Info", 36, 0)),
        ("mp3", b"\xff\xfb\x90\x44" + SOUND),
        ("mp3", b"ID3"),
        ("caf", b"caff"),
        ("w64", bytes(5000)),
        ("matroska,webm", EBML),
        ("matroska,webm", b""),
        ("wv", SOUND),
    ],
)
def test_a_size_that_its_writer_did_not_know_states_nothing(container: str, data: bytes) -> None:
    assert truncated_range(File(data), container) is None


def page(flags: int, body: bytes = SOUND) -> bytes:
    lacing = bytes([255] * (len(body) // 255) + [len(body) % 255])
    return b"OggS\0" + bytes([flags]) + bytes(20) + bytes([len(lacing)]) + lacing + body


LAST = 4
BIG = page(0, bytes(254 * 255))


@pytest.mark.parametrize(
    ("data", "broken"),
    [
        (page(2) + page(LAST), False),
        (page(2) + page(LAST) + b"junk", False),
        (page(2) + page(0), True),
        (page(LAST) + page(2) + page(0), True),  # of two files joined the second is cut off
        (page(2) + page(LAST)[:-1], True),
        (page(2) + page(LAST)[:10], True),
        (page(2) + BIG + page(0, bytes(254 * 255))[:-1], True),
        (BIG + page(LAST, bytes(254 * 255)), False),
        (page(0) + page(LAST, b"OggS\0\xf8" + SOUND), False),
        (bytes(70_000), False),
    ],
)
def test_an_ogg_is_whole_when_its_last_page_says_that_it_is_the_last(data: bytes, broken: bool) -> None:
    assert is_broken(data, "ogg") == broken


def tag(kind: int, body: bytes) -> bytes:
    size = len(body).to_bytes(3, "big")
    return bytes([kind]) + size + bytes(7) + body + struct.pack(">I", 11 + len(body))


@pytest.mark.parametrize(
    ("data", "broken"),
    [
        (tag(18, b"x") + tag(8, SOUND), False),
        (tag(18, b"x") + tag(0x28, SOUND), False),  # the bit that a filter sets
        (tag(8, SOUND)[:-1], True),
        (tag(8, SOUND)[:-4], True),
        (tag(8, SOUND) + tag(8, SOUND)[:500], True),
        (tag(8, SOUND) + tag(9, SOUND)[:5], True),
        (tag(8, SOUND) + tag(8, SOUND)[:500] + b"\x08\0\0\5" + bytes(9) + struct.pack(">I", 13), True),
    ],
)
def test_an_flv_is_whole_when_it_ends_with_the_size_of_its_last_tag(data: bytes, broken: bool) -> None:
    assert is_broken(b"FLV\1\4" + data, "flv") == broken


def block(body: bytes = SOUND, *, name: bytes = b"\xa3") -> bytes:
    return name + vint(len(body)) + body


CLUSTER = bytes.fromhex("1f43b675")
VIDEO = block(bytes(700))


@pytest.mark.parametrize(
    ("behind", "broken"),
    [
        (b"", False),
        (VIDEO, False),
        (VIDEO[:-1], True),
        (VIDEO[:3], True),
        (CLUSTER + UNKNOWN + VIDEO, False),
        (CLUSTER + UNKNOWN + VIDEO[:-1], True),
        (CLUSTER + vint(len(VIDEO)) + VIDEO[:-1], True),
        (bytes(20), False),
    ],
)
def test_a_live_webm_is_broken_off_inside_an_element(behind: bytes, broken: bool) -> None:
    start = matroska(UNKNOWN, CLUSTER + UNKNOWN)
    last = found_at(len(start) + 9)
    assert is_broken(start + block() + behind, "matroska,webm", last) == broken
    if not behind:
        assert is_broken(start + block()[:-1], "matroska,webm", last)
        assert not is_broken(start + block(), "matroska,webm")


def test_junk_behind_a_webm_of_known_length_does_not_count() -> None:
    body = CLUSTER + UNKNOWN + block()
    last = found_at(len(EBML) + 12 + 12 + 9)
    assert not is_broken(matroska(vint(len(body)), body) + VIDEO[:-1], "matroska,webm", last)


@pytest.mark.parametrize(
    ("codec", "sizes", "torn"),
    [
        ("mp3", [417, 418] * 10 + [417], False),
        ("mp3", [417, 418] * 10 + [416], True),
        ("mp3", [417, 418] * 10 + [416, 0], True),  # what flushes the decoder is no packet
        ("mp3", [417, 418] * 7 + [416], False),  # too few to know
        ("mp3", [417, 522] * 10 + [416], False),  # of a variable rate
        ("pcm_s16be", [4096] * 20 + [100], False),
    ],
)
def test_a_frame_shorter_than_all_others_of_a_constant_rate_is_torn(codec: str, sizes: list[int], torn: bool) -> None:
    last = LastPackets(codec)
    for size in sizes:
        last.add(Packet(b"\xff" * size), False)  # type: ignore[arg-type]
    assert last.truncated == torn
    assert is_broken(SOUND, "mp3", last) == torn


@pytest.mark.parametrize(("last_bytes", "torn"), [(b"\xff\xfb", True), (b"TAG", False)])
def test_what_begins_as_the_first_packet_and_cannot_be_decoded_is_torn(last_bytes: bytes, torn: bool) -> None:
    last = LastPackets("aac")
    last.add(Packet(b"\xff" * 20), False)  # type: ignore[arg-type]
    last.add(Packet(last_bytes), True)  # type: ignore[arg-type]
    assert last.truncated == torn
    last.add(Packet(b"\xff" * 20), False)  # type: ignore[arg-type]
    assert not last.truncated
