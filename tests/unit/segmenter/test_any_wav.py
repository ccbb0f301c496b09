"""Whatever a WAV header says, its reader stays within the file, within bounds, and within its own errors."""

import struct

from hypothesis import example, given
from hypothesis import strategies as st

from segmenter.domain.errors import TruncatedHeader
from segmenter.domain.wav import MAX_CHUNKS, HeaderScan, Need, NotPcm, WavLayout
from tests.unit.segmenter.wav_files import PCM, chunk, fmt, riff

sizes = st.one_of(st.integers(0, 200), st.sampled_from([0x7FFFF000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF]))
names = st.sampled_from([b"fmt ", b"data", b"LIST", b"ds64", b"fact", b"junk", b"\0\0\0\0", b"RIFF"])
formats = st.builds(
    lambda tag, channels, rate, align, bits, more: struct.pack(
        "<HHIIHH", tag, channels, rate, 0, align, bits) + more,
    st.sampled_from([0, 1, 3, 6, 7, 0x55, 0xFFFE]),
    st.integers(0, 65_535),
    st.integers(0, 2**32 - 1),
    st.integers(0, 65_535),
    st.integers(0, 65_535),
    st.binary(max_size=26),
)  # fmt: skip
chunks = st.builds(
    lambda name, size, body: name + struct.pack("<I", size) + body,
    names,
    sizes,
    st.one_of(formats, st.binary(max_size=60)),
)
files = st.builds(
    lambda kind, form, parts: kind + b"\xff\xff\xff\xff" + form + b"".join(parts),
    st.sampled_from([b"RIFF", b"RF64", b"BW64", b"RIFX"]),
    st.sampled_from([b"WAVE", b"AVI "]),
    st.lists(chunks, max_size=8),
)


def scanned(data: bytes, size_bytes: int) -> WavLayout | NotPcm | None:
    """None for a header that is refused."""
    reader, asked = HeaderScan(size_bytes), 0
    step: WavLayout | NotPcm | Need = reader.start
    try:
        while isinstance(step, Need):
            asked += 1
            assert asked <= MAX_CHUNKS + 2
            assert 0 <= step.offset <= size_bytes
            step = reader.feed(step.offset, data[step.offset : step.offset + step.count])
    except TruncatedHeader:
        return None
    return step


def check(data: bytes, size_bytes: int) -> None:
    found = scanned(data, size_bytes)
    if isinstance(found, WavLayout):
        assert found.channels > 0
        assert found.rate_hz > 0
        assert found.frames >= 0
        assert found.data_offset + found.frames * found.frame_bytes + found.partial_bytes <= size_bytes


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    check(data, len(data))


@given(files)
@example(riff(fmt(PCM, 1, 8000, 16), chunk(b"data", b"")))
def test_any_mixture_of_chunks(data: bytes) -> None:
    check(data, len(data))


@given(files, st.integers(0, 2**62))
def test_a_file_that_is_said_to_be_longer_than_it_is_read(data: bytes, more: int) -> None:
    check(data, len(data) + more)


@given(st.data())
def test_any_damage_to_a_good_header(draw: st.DataObject) -> None:
    data = bytearray(riff(fmt(PCM, 2, 44_100, 24), chunk(b"LIST", b"info"), chunk(b"data", bytes(600))))
    for _ in range(draw.draw(st.integers(1, 6))):
        data[draw.draw(st.integers(0, 70))] = draw.draw(st.integers(0, 255))
    check(bytes(data), len(data))
