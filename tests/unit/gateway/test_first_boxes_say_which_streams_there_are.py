"""MP4 and its kin by their first boxes: what is silent or protected for certain, and nothing that only may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain import iso_media
from gateway.domain.sniff import sniff


def box(kind: bytes, *bodies: bytes) -> bytes:
    body = b"".join(bodies)
    return (8 + len(body)).to_bytes(4) + kind + body


def track(handler: bytes, *samples: bytes) -> bytes:
    descriptions = box(b"stsd", bytes(4), len(samples).to_bytes(4), *(box(kind, bytes(28)) for kind in samples))
    tables = box(b"minf", box(b"stbl", descriptions))
    return box(b"trak", box(b"tkhd", bytes(84)), box(b"mdia", box(b"hdlr", bytes(8), handler, bytes(12)), tables))


FTYP = box(b"ftyp", b"isom", bytes(8))
MVHD = box(b"mvhd", bytes(100))
VIDEO, AUDIO = track(b"vide", b"avc1"), track(b"soun", b"mp4a")
PROTECTED = track(b"soun", b"enca")


def movie(*tracks: bytes) -> bytes:
    return FTYP + box(b"moov", MVHD, *tracks) + box(b"mdat", bytes(100))


@pytest.mark.parametrize(
    ("head", "silent"),
    [
        (movie(VIDEO), True),
        (movie(VIDEO, track(b"tmcd", b"tmcd"), track(b"text", b"tx3g")), True),
        (movie(VIDEO, AUDIO), False),
        (movie(AUDIO), False),
        (movie(), False),  # tracks may follow in fragments
        (movie(VIDEO, track(b"MPEG", b"mp1v")), False),  # audio and picture in one
        (movie(VIDEO, box(b"trak")), False),
        (movie(VIDEO, AUDIO)[:-120], False),
        (movie(VIDEO, AUDIO)[: len(FTYP) + 8 + len(MVHD) + len(VIDEO)], False),  # the second track is out of sight
        (FTYP + box(b"mdat", bytes(100)) + movie(VIDEO), True),
        (FTYP + (1).to_bytes(4) + b"mdat" + (20).to_bytes(8) + bytes(4) + movie(VIDEO)[len(FTYP) :], True),
        (FTYP + (7).to_bytes(4) + b"free" + movie(VIDEO)[len(FTYP) :], False),  # no box is as short
        (FTYP + (0).to_bytes(4) + b"moov" + MVHD + VIDEO, False),
        (FTYP + bytes(4) + b"mdat" + movie(VIDEO), False),
    ],
)
def test_a_file_has_no_audio_when_all_its_tracks_are_seen_and_none_is_audio(head: bytes, silent: bool) -> None:
    assert iso_media.has_no_audio(head) is silent


@pytest.mark.parametrize(
    ("head", "protected"),
    [
        (movie(PROTECTED), True),
        (movie(VIDEO, track(b"soun", b"drms")), True),
        (movie(PROTECTED)[:-50], True),
        (movie(AUDIO), False),
        (movie(PROTECTED, AUDIO), False),
        (movie(track(b"vide", b"encv"), AUDIO), False),
        (movie(track(b"soun")), False),
        (box(b"ftyp", b"M4P ", bytes(8)), True),
        (box(b"ftyp", b"aax ", bytes(8)), True),
        (box(b"ftyp", b"M4A ", bytes(8)), False),
    ],
)
def test_a_file_is_protected_when_all_its_visible_audio_is(head: bytes, protected: bool) -> None:
    assert iso_media.is_protected(head) is protected


@pytest.mark.parametrize("brand", [b"heic", b"avif", b"mif1"])
def test_a_picture_in_the_same_container_is_no_recording(brand: bytes) -> None:
    assert sniff(box(b"ftyp", brand, bytes(8))) is None


@given(st.binary(max_size=200), st.integers(0, 300))
def test_any_bytes_get_an_answer(junk: bytes, cut: int) -> None:
    for head in (junk, FTYP + junk, movie(VIDEO)[:cut] + junk, FTYP + box(b"moov", junk)):
        iso_media.has_no_audio(head)
        iso_media.is_protected(head)
