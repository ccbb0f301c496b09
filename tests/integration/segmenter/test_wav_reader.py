"""WAV by byte ranges: the samples as they are stored, wherever a slice begins and however the blocks lie."""

import asyncio
import io
import itertools
import os
import random

import numpy as np
import pytest
import soundfile

from contracts.events import AudioFacts
from segmenter.audio.source import FIRST_BLOCK_BYTES, WAV_BLOCK_BYTES, WavReader, open_reader
from segmenter.decoding.process import Decoders
from segmenter.domain.ports import Pcm, PcmReader
from segmenter.domain.sample_format import SampleFormat
from segmenter.probing.probe import probe
from tests.integration.segmenter.recordings import FailingSource, MemorySource, StoreGone, StuckSource
from tests.unit.segmenter.wav_files import PCM, chunk, fmt, riff


async def whole(reader: PcmReader, frames: int) -> Pcm:
    try:
        return await reader.read(0, frames)
    finally:
        await reader.aclose()


def stored_as(
    data: bytes, sample_format: SampleFormat = SampleFormat.S16, channels: int = 1, offset: int = 44
) -> AudioFacts:
    frames = (len(data) - offset) // (channels * sample_format.width_bytes)
    return AudioFacts(
        kind="wav",
        rate_hz=8000,
        channels=channels,
        sample_format=sample_format.value,
        data_offset=offset,
        frames=frames,
        declared_frames=frames,
    )


async def test_slices_of_16_bit_mono_are_the_bytes_of_the_source() -> None:
    data = os.urandom(44 + 3 * WAV_BLOCK_BYTES + 1001)
    reader, dice = WavReader(stored_as(data), MemorySource(data)), random.Random(9)
    edge, samples = WAV_BLOCK_BYTES // 2, data[44:-1]
    places = [(0, 10), (edge - 3, 7), (edge, 5), (2 * edge - 1, 2), (edge - 9, 2 * edge + 20), (3 * edge + 490, 100)]
    places += [(dice.randrange(4 * edge), dice.randrange(100_000)) for _ in range(20)]
    for first, count in places:
        assert (await reader.read(first, count)).tobytes() == samples[first * 2 : (first + count) * 2]
    await reader.aclose()


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
async def test_every_wav_gives_the_average_of_the_channels_libsndfile_reads(subtype: str, decoders: Decoders) -> None:
    noise = np.random.default_rng(4).uniform(-1, 1, (30_001, 3))
    file = io.BytesIO()
    soundfile.write(file, noise, 44_100, format="WAV", subtype=subtype)
    file.seek(0)
    theirs = soundfile.read(file)[0].mean(axis=1) * 32768
    source = MemorySource(file.getvalue())
    facts = await probe(source, decoders)
    assert facts.kind == "wav"
    exact = await whole(open_reader(facts, source, decoders, as_float=True), facts.frames)
    assert np.abs(exact - theirs).max() < 1e-9
    rounded = await whole(open_reader(facts, source, decoders), facts.frames)
    assert (rounded == np.clip(np.rint(exact), -32_768, 32_767)).all()


async def test_samples_at_an_odd_place_are_read_as_well(decoders: Decoders) -> None:
    data = riff(fmt(PCM, 1, 8000, 16), chunk(b"LIST", b"odd", pad=False), chunk(b"data", b"\x01\x00\x02\x00\x03\x00"))
    source = MemorySource(data)
    reader = open_reader(await probe(source, decoders), source, decoders)
    assert (await whole(reader, 10)).tolist() == [1, 2, 3]


async def test_blocks_are_read_ahead_once_each_and_few_are_kept() -> None:
    data = bytes(44 + 10 * WAV_BLOCK_BYTES)
    source = MemorySource(data)
    reader = WavReader(stored_as(data), source)
    step = WAV_BLOCK_BYTES // 8
    for first in range(0, 5 * WAV_BLOCK_BYTES, step):
        await reader.read(first, step)
    starts = [0, *range(FIRST_BLOCK_BYTES, 10 * WAV_BLOCK_BYTES, WAV_BLOCK_BYTES)]
    expected = [(44 + start, end - start) for start, end in itertools.pairwise([*starts, 10 * WAV_BLOCK_BYTES])]
    assert source.asked == expected
    await reader.read(0, 10)
    assert source.asked[len(expected) : len(expected) + 1] == expected[:1]  # long forgotten
    await reader.aclose()


async def test_nothing_outside_the_wanted_frames_is_read() -> None:
    data = os.urandom(44 + 10 * WAV_BLOCK_BYTES)
    source = MemorySource(data)
    first, frames = 1000, WAV_BLOCK_BYTES
    reader = WavReader(stored_as(data), source, frames=range(first, first + frames))
    wanted = data[44 + 2 * first : 44 + 2 * (first + frames)]
    assert (await reader.read(first, frames)).tobytes() == wanted
    assert sum(count for _, count in source.asked) == len(wanted)
    with pytest.raises(ValueError, match="frame 999"):
        await reader.read(first - 1, 10)
    await reader.aclose()


async def test_a_source_shorter_than_its_plan_gives_what_is_there() -> None:
    data = os.urandom(44 + 2000)
    planned = stored_as(data)
    reader = WavReader(planned, MemorySource(data[:1044]))
    assert (await reader.read(0, 1000)).tobytes() == data[44:1044]
    await reader.aclose()


async def test_a_range_that_failed_is_asked_for_again() -> None:
    data = os.urandom(44 + 2000)
    reader = WavReader(stored_as(data), FailingSource(data, times=1))
    with pytest.raises(StoreGone):
        await reader.read(0, 10)
    assert (await reader.read(0, 10)).tobytes() == data[44:64]
    await reader.aclose()


async def test_giving_up_one_read_leaves_the_others_their_bytes() -> None:
    data = os.urandom(44 + 2000)
    source = StuckSource(data)
    reader = WavReader(stored_as(data), source)
    first, second = (asyncio.create_task(reader.read(0, 10)) for _ in range(2))
    await source.waiting.wait()
    first.cancel()
    source.release.set()
    assert (await second).tobytes() == data[44:64]
    await reader.aclose()
