"""The WAV header reader, on files written by hand and on a few written by libsndfile."""

import io
import random
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from segmenter.domain.errors import TruncatedHeader
from segmenter.domain.sample_format import SampleFormat
from segmenter.domain.wav import STEP_BYTES, WINDOW_BYTES, HeaderScan, Need, NotPcm, WavLayout
from tests.unit.segmenter.wav_files import (
    FLOAT,
    IMA_ADPCM,
    MULAW,
    PCM,
    chunk,
    extensible,
    fmt,
    riff,
    shared_files,
)

ODD_FILES = shared_files(
    "pairs/sonnet001_en.wav",
    "pairs/hi_short_en.wav",
    "pairs/cold_corpus3_en.wav",
    "pairs/nst_sv_4utt.wav",
    "audio/early_eof_int32.wav",
    "audio/inconsistent_block_align_24bit_3ch.wav",
    "audio/wavex_24in32bit_48k_stereo.wav",
    "audio/fmt_chunk_extra_bytes.wav",
    "audio/pcm_u8_mono.wav",
    "audio/float64_mono.wav",
    "audio/wavex_24bit_mono.wav",
    "audio/odd_metadata_chunk_size.wav",
    "audio/list_chunk_in_header_24bit.wav",
    "audio/riff_extra_zero.wav",
    "audio/silence_22k_mono.wav",
)


def scan(data: bytes, size_bytes: int | None = None) -> WavLayout | NotPcm:
    """Feeds what the scan asks for, as a ranged read would give it."""
    reader = HeaderScan(len(data) if size_bytes is None else size_bytes)
    step: WavLayout | NotPcm | Need = reader.start
    while isinstance(step, Need):
        step = reader.feed(step.offset, data[step.offset : step.offset + step.count])
    return step


def layout(data: bytes, size_bytes: int | None = None) -> WavLayout:
    found = scan(data, size_bytes)
    assert isinstance(found, WavLayout), found
    return found


def test_a_plain_file_has_its_samples_behind_44_bytes() -> None:
    assert layout(riff(fmt(PCM, 2, 44_100, 16), chunk(b"data", bytes(400)))) == WavLayout(
        rate_hz=44_100,
        channels=2,
        sample_format=SampleFormat.S16,
        data_offset=44,
        frames=100,
        declared_frames=100,
    )


@pytest.mark.parametrize(
    ("tag", "bits", "expected", "frame_bytes"),
    [
        (PCM, 8, "u8", 2),
        (PCM, 12, "s16", 4),  # twelve bits, left-justified in sixteen
        (PCM, 16, "s16", 4),
        (PCM, 20, "s24", 6),
        (PCM, 24, "s24", 6),
        (PCM, 32, "s32", 8),
        (FLOAT, 32, "f32", 8),
        (FLOAT, 64, "f64", 16),
    ],
)
def test_every_sample_format_is_told(tag: int, bits: int, expected: str, frame_bytes: int) -> None:
    found = layout(riff(fmt(tag, 2, 8000, bits), chunk(b"data", bytes(frame_bytes * 5))))
    assert (found.sample_format, found.frame_bytes, found.frames) == (expected, frame_bytes, 5)


def test_an_extensible_format_is_what_its_guid_says() -> None:
    assert layout(riff(extensible(2, 48_000, 24, valid=24), chunk(b"data", bytes(60)))).sample_format == "s24"
    floats = riff(extensible(2, 48_000, 32, valid=32, tag=FLOAT), chunk(b"data", bytes(80)))
    assert (layout(floats).sample_format, layout(floats).frames) == ("f32", 10)


@pytest.mark.parametrize(
    ("format_chunk", "expected", "frame_bytes"),
    [
        (fmt(PCM, 2, 8000, 8, order=">"), "u8", 2),
        (fmt(PCM, 2, 8000, 16, order=">"), "s16be", 4),
        (fmt(PCM, 2, 8000, 24, order=">"), "s24be", 6),
        (fmt(PCM, 2, 8000, 32, order=">"), "s32be", 8),
        (fmt(PCM, 2, 8000, 64, order=">"), "s64be", 16),
        (fmt(FLOAT, 2, 8000, 32, order=">"), "f32be", 8),
        (fmt(FLOAT, 2, 8000, 64, order=">"), "f64be", 16),
        (extensible(2, 8000, 16, valid=16, order=">"), "s16be", 4),
        (extensible(2, 8000, 32, valid=32, tag=FLOAT, order=">"), "f32be", 8),
    ],
)
def test_in_a_rifx_everything_is_big_endian(format_chunk: bytes, expected: str, frame_bytes: int) -> None:
    odd = chunk(b"LIST", b"odd", order=">")
    found = layout(riff(format_chunk, odd, chunk(b"data", bytes(frame_bytes * 5), order=">"), kind=b"RIFX"))
    assert (found.sample_format, found.frame_bytes, found.frames) == (expected, frame_bytes, 5)
    assert (found.rate_hz, found.channels, found.declared_frames) == (8000, 2, 5)


def test_24_valid_bits_in_4_bytes_are_read_with_the_containers_width() -> None:
    stated = riff(extensible(2, 48_000, 32, valid=24), chunk(b"data", bytes(80)))
    assert (layout(stated).sample_format, layout(stated).frames) == ("s32", 10)
    by_block_only = riff(extensible(2, 48_000, 24, valid=24, align=8), chunk(b"data", bytes(80)))
    assert (layout(by_block_only).sample_format, layout(by_block_only).frames) == ("s32", 10)


def test_a_block_size_that_contradicts_the_format_is_ignored() -> None:
    assert layout(riff(fmt(PCM, 3, 8000, 24, align=4), chunk(b"data", bytes(45)))).frames == 5
    assert layout(riff(fmt(PCM, 65_535, 8000, 16, align=1), chunk(b"data", bytes(131_070)))).frames == 1


def test_chunks_of_odd_size_before_the_samples_are_passed_over_with_their_pad_byte() -> None:
    data = riff(fmt(), chunk(b"LIST", b"odd"), chunk(b"PEAK", bytes(5)), chunk(b"data", bytes(20)))
    assert (layout(data).data_offset, layout(data).frames) == (12 + 24 + 12 + 14 + 8, 10)


def test_a_forgotten_pad_byte_is_noticed() -> None:
    data = riff(fmt(), chunk(b"LIST", b"odd", pad=False), chunk(b"data", bytes(20)))
    assert (layout(data).data_offset, layout(data).frames) == (12 + 24 + 11 + 8, 10)


def test_a_forgotten_pad_byte_is_noticed_across_two_reads() -> None:
    long = chunk(b"junk", bytes(WINDOW_BYTES + 1001), pad=False)
    data = riff(fmt(), long, chunk(b"data", bytes(20)))
    assert (layout(data).data_offset, layout(data).frames) == (12 + 24 + len(long) + 8, 10)


def test_a_long_chunk_is_stepped_over_without_reading_it() -> None:
    data = riff(fmt(), chunk(b"bext", bytes(10_000_000)), chunk(b"data", bytes(20)))
    reader = HeaderScan(len(data))
    assert reader.start == Need(0, WINDOW_BYTES)
    assert reader.feed(0, data[:WINDOW_BYTES]) == Need(12 + 24 + 8 + 10_000_000, STEP_BYTES)


def test_what_stands_behind_the_samples_is_not_sound() -> None:
    data = riff(fmt(), chunk(b"data", bytes(21)), chunk(b"LIST", bytes(100)))
    found = layout(data)
    assert (found.frames, found.declared_frames, found.partial_bytes) == (10, 10, 1)


@pytest.mark.parametrize("stated", [0, 0xFFFFFFFF, 0xFFFFFFDB, 0x7FFFF000, 0x7FFFFFFF, 0x80000000])
def test_a_streamed_file_reaches_to_the_end_of_the_object(stated: int) -> None:
    found = layout(riff(fmt(), chunk(b"data", bytes(201), size=stated, pad=False)))
    assert (found.frames, found.declared_frames, found.partial_bytes) == (100, None, 1)


def test_a_file_that_was_cut_off_tells_what_it_states_and_what_is_there() -> None:
    found = layout(riff(fmt(PCM, 1, 44_100, 32), chunk(b"data", bytes(236 * 4), size=4410 * 4)))
    assert (found.declared_frames, found.frames) == (4410, 236)


@pytest.mark.parametrize("kind", [b"RF64", b"BW64"])
def test_sizes_beyond_4_gib_are_read_from_ds64(kind: bytes) -> None:
    samples_bytes = 6 * 2**30
    ds64 = chunk(b"ds64", struct.pack("<QQQI", samples_bytes + 80, samples_bytes, 0, 0))
    data = riff(ds64, fmt(PCM, 2, 48_000, 16), chunk(b"data", bytes(100), size=0xFFFFFFFF), kind=kind)
    found = layout(data, size_bytes=len(data) + samples_bytes)
    assert found.frames == found.declared_frames == 1_610_612_736


def test_a_ds64_of_a_writer_that_never_came_back_states_nothing() -> None:
    ds64 = chunk(b"ds64", struct.pack("<QQQI", 0, 0, 0, 0))
    found = layout(riff(ds64, fmt(), chunk(b"data", bytes(20), size=0xFFFFFFFF), kind=b"RF64"))
    assert (found.frames, found.declared_frames) == (10, None)


def test_a_header_without_samples_has_no_frames() -> None:
    assert layout(riff(fmt(), chunk(b"data", b""))).frames == 0


@pytest.mark.parametrize(
    "data",
    [
        riff(fmt(MULAW, 1, 8000, 8), chunk(b"data", bytes(20))),
        riff(fmt(IMA_ADPCM, 1, 8000, 4, align=256), chunk(b"data", bytes(256))),
        riff(fmt(PCM, 1, 8000, 64), chunk(b"data", bytes(20))),
        riff(fmt(PCM, 0, 8000, 16), chunk(b"data", bytes(20))),
        riff(fmt(PCM, 1, 0, 16), chunk(b"data", bytes(20))),
        riff(fmt(PCM, 1, 8000, 32, more=b"\x02\x00\x01\x00"), chunk(b"data", bytes(80))),
        riff(chunk(b"data", bytes(20)), fmt()),
        riff(fmt(), form=b"AVI "),
        riff(fmt(MULAW, 1, 8000, 8, order=">"), chunk(b"data", bytes(20), order=">"), kind=b"RIFX"),
        b"fLaC" + bytes(100),
        b"",
        b"R",
    ],
)
def test_what_is_not_plain_samples_is_left_to_the_decoder(data: bytes) -> None:
    assert isinstance(scan(data), NotPcm)


def test_a_file_of_endless_chunks_is_given_up() -> None:
    with pytest.raises(TruncatedHeader, match="1000 chunks"):
        scan(riff(fmt(), *[chunk(b"junk", b"")] * 2000, chunk(b"data", bytes(20))))


def test_an_object_shorter_than_it_was_said_to_be_ends_the_scan() -> None:
    with pytest.raises(TruncatedHeader):
        scan(riff(fmt(), chunk(b"LIST", bytes(100))), size_bytes=10_000)


def test_no_header_cut_off_anywhere_is_taken_for_sound() -> None:
    whole = riff(fmt(), chunk(b"LIST", b"odd"), chunk(b"data", bytes(20)))
    for length in range(len(whole) - 20):
        try:
            found = scan(whole[:length])
        except TruncatedHeader:
            continue
        assert isinstance(found, NotPcm), length


def test_no_damage_to_a_header_does_more_than_fail_cleanly() -> None:
    whole = riff(extensible(2, 48_000, 24, valid=24), chunk(b"LIST", b"odd"), chunk(b"data", bytes(600)))
    dice = random.Random(20_240_229)
    for _ in range(3000):
        broken = bytearray(whole)
        for _ in range(dice.randint(1, 6)):
            broken[dice.randrange(100)] = dice.randrange(256)
        try:
            found = scan(bytes(broken))
        except TruncatedHeader:
            continue
        if isinstance(found, WavLayout):
            assert found.data_offset + found.frames * found.frame_bytes <= len(whole)


@pytest.mark.parametrize(
    ("kind", "subtype"),
    [
        ("WAV", "PCM_U8"),
        ("WAV", "PCM_16"),
        ("WAVEX", "PCM_24"),
        ("WAV", "PCM_32"),
        ("RF64", "FLOAT"),
        ("WAV", "DOUBLE"),
    ],
)
def test_what_libsndfile_writes_is_read(kind: str, subtype: str) -> None:
    file = io.BytesIO()
    soundfile.write(file, np.zeros((123, 2)), 32_000, format=kind, subtype=subtype)
    found = layout(file.getvalue())
    assert (found.frames, found.declared_frames, found.channels, found.rate_hz) == (123, 123, 2, 32_000)


if ODD_FILES:

    @pytest.mark.parametrize("path", ODD_FILES, ids=lambda path: path.name)
    def test_odd_files_found_elsewhere_have_the_frames_libsndfile_reads(path: Path) -> None:
        info = soundfile.info(str(path))
        found = layout(path.read_bytes())
        assert (found.frames, found.rate_hz, found.channels) == (info.frames, info.samplerate, info.channels)
