"""A WAV whose header can mean more than one thing is read as its samples are, and that is said."""

from collections.abc import Callable

import numpy as np
import pytest

from segmenter.audio.source import open_reader
from segmenter.decoding.process import Decoders
from segmenter.probing.probe import probe
from tests.integration.segmenter.recordings import MemorySource
from tests.unit.segmenter.wav_files import FLOAT, PCM, chunk, extensible, fmt, riff

FRAMES = 9000
NOTE = "samples-judged"

Stored = Callable[[np.ndarray], bytes]


def sound(level: int) -> np.ndarray:
    """24 bits, of which half a second is silence."""
    samples = np.random.default_rng(7).normal(0, level, FRAMES).astype(np.int32)
    samples[:4000] = 0
    return samples


LOUD, QUIET = sound(2**20), sound(2**13)


def high(samples: np.ndarray) -> bytes:
    return (samples << 8).astype("<i4").tobytes()


def low(samples: np.ndarray) -> bytes:
    return samples.astype("<i4").tobytes()


def unsigned_low(samples: np.ndarray) -> bytes:
    """As some write them: three bytes, then a zero."""
    return (samples & 0xFFFFFF).astype("<i4").tobytes()


def floats(samples: np.ndarray) -> bytes:
    return samples.astype("<f4").tobytes()


def packed(samples: np.ndarray) -> bytes:
    return samples.astype("<i4").view(np.uint8).reshape(-1, 4)[:, :3].tobytes()


def plain(data: bytes, bits: int = 24) -> bytes:
    return riff(fmt(PCM, 1, 8000, bits, align=4), chunk(b"data", data))


def swapped(data: bytes, bits: int = 24) -> bytes:
    words = np.frombuffer(data, "<i4").astype(">i4").tobytes()
    return riff(fmt(PCM, 1, 8000, bits, align=4, order=">"), chunk(b"data", words, order=">"), kind=b"RIFX")


async def read(data: bytes) -> tuple[np.ndarray, list[str]]:
    """The samples as floats of 24-bit units, and the warnings; a PCM WAV needs no decoder."""
    decoders = Decoders()
    facts = await probe(MemorySource(data), decoders)
    assert facts.kind == "wav"
    reader = open_reader(facts, MemorySource(data), decoders, as_float=True)
    try:
        return await reader.read(0, facts.frames + 1) * 256, [note.code for note in facts.notes]
    finally:
        await reader.aclose()


@pytest.mark.parametrize("samples", [LOUD, QUIET], ids=["loud", "quiet"])
@pytest.mark.parametrize("stored", [high, low, unsigned_low, floats, packed])
async def test_24_bits_in_4_bytes_are_where_the_samples_show_them(stored: Stored, samples: np.ndarray) -> None:
    read_back, notes = await read(plain(stored(samples)))
    assert (read_back == samples).all()
    assert len(read_back) == FRAMES
    assert notes == [NOTE]


@pytest.mark.parametrize("stored", [high, low, unsigned_low])
async def test_so_are_those_of_a_big_endian_file(stored: Stored) -> None:
    read_back, notes = await read(swapped(stored(LOUD)))
    assert (read_back == LOUD).all()
    assert notes == [NOTE]


@pytest.mark.parametrize(("bits", "shift"), [(20, 4), (16, 8)])
@pytest.mark.parametrize("stored", [high, low])
async def test_fewer_bits_in_4_bytes_are_found_too(stored: Stored, bits: int, shift: int) -> None:
    samples = LOUD >> shift << shift
    data = stored(samples) if stored is high else stored(samples >> shift)
    read_back, notes = await read(plain(data, bits))
    assert (read_back == samples).all()
    assert notes == [NOTE]


async def test_a_block_size_that_only_contradicts_16_bits_is_ignored_without_a_word() -> None:
    read_back, notes = await read(plain((LOUD >> 8).astype("<i2").tobytes(), 16))
    assert (read_back == (LOUD >> 8 << 8)).all()
    assert notes == []


async def test_an_extensible_header_is_held_against_the_samples_too() -> None:
    header = extensible(1, 8000, 32, valid=24)
    as_stated, notes = await read(riff(header, chunk(b"data", high(LOUD))))
    assert (as_stated == LOUD).all()
    assert notes == []
    faint, notes = await read(riff(header, chunk(b"data", high(QUIET >> 4))))
    assert (faint == QUIET >> 4).all()
    assert notes == []
    otherwise, notes = await read(riff(header, chunk(b"data", low(LOUD))))
    assert (otherwise == LOUD).all()
    assert notes == [NOTE]


async def test_floats_that_are_stated_as_whole_numbers_are_floats() -> None:
    samples = LOUD / 2**23
    stated_right, notes = await read(riff(fmt(FLOAT, 1, 8000, 32), chunk(b"data", samples.astype("<f4").tobytes())))
    stated_wrong, wrong_notes = await read(riff(fmt(PCM, 1, 8000, 32), chunk(b"data", samples.astype("<f4").tobytes())))
    assert (stated_wrong == stated_right).all()
    assert (notes, wrong_notes) == ([], [NOTE])


@pytest.mark.parametrize("level", [2**10, 2**20, 2**24, 2**29])
async def test_32_bits_are_32_bits_whatever_their_level(level: int) -> None:
    samples = np.random.default_rng(8).normal(0, level, FRAMES).clip(-(2**31), 2**31 - 1).astype("<i4")
    read_back, notes = await read(riff(fmt(PCM, 1, 8000, 32), chunk(b"data", samples.tobytes())))
    assert (read_back == samples / 256).all()
    assert notes == []


async def test_a_long_recording_is_judged_all_over_and_not_by_its_beginning() -> None:
    samples = np.zeros(3_000_000, np.int32)
    samples[2_900_000:] = np.random.default_rng(9).normal(0, 2**20, 100_000).astype(np.int32)
    data = plain(low(samples))
    source = MemorySource(data)
    facts = await probe(source, Decoders())
    assert facts.sample_format == "s24in32"
    assert sum(count for _, count in source.asked) < 1.2 * 2**20


async def test_silence_is_silence_in_every_form() -> None:
    read_back, _ = await read(plain(bytes(4 * FRAMES)))
    assert (len(read_back), bool(read_back.any())) == (FRAMES, False)
