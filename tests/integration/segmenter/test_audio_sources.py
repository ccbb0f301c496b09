"""Decoded sources: the same samples as FFmpeg and libsndfile give, whatever is asked in whatever order."""

import asyncio
import random
import time
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile

from segmenter.audio.pcm_window import PcmWindow
from segmenter.audio.source import DecodedReader, open_reader
from segmenter.decoding.process import Decoders
from segmenter.decoding.shared_memory import BLOCK_BYTES
from segmenter.domain.errors import AudioEndsEarly
from segmenter.domain.ports import Pcm, PcmReader
from segmenter.probing.probe import probe
from tests.integration.segmenter.recordings import (
    LOSSLESS,
    RECIPES,
    FailingSource,
    MemorySource,
    Recipe,
    StoreGone,
    StuckSource,
    decoder_pids,
    encode,
    encode_sound,
    ffmpegs_own_decode,
    sound,
)

pytestmark = pytest.mark.apart

SAMPLE = Path(__file__).parents[3] / "sample"
UNITS = {"u1": 256, "i2": 1, "i4": 2**-16, "i8": 2**-48, "f4": 32768, "f8": 32768}

recorded = cache(lambda name: encode(RECIPES[name]))


@cache
def long_recording() -> tuple[bytes, np.ndarray]:
    """Four minutes of 8 kHz mono as FLAC, and its samples."""
    recipe = Recipe("flac", "flac", 8000, 1, seconds=240)
    pcm = sound(recipe.frames, 1)
    return encode_sound(recipe, pcm), pcm[0]


async def whole(reader: PcmReader, frames: int) -> Pcm:
    try:
        return await reader.read(0, frames)
    finally:
        await reader.aclose()


@pytest.mark.parametrize("name", RECIPES)
async def test_a_decoded_sample_is_the_average_of_ffmpegs_channels_rounded_once(name: str, decoders: Decoders) -> None:
    source = MemorySource(recorded(name))
    facts = await probe(source, decoders)
    samples, _ = ffmpegs_own_decode(source.data)
    silence = 128 if samples.dtype.kind == "u" else 0
    exact = (samples.astype(np.float64) - silence).mean(axis=1) * UNITS[samples.dtype.str[1:]]
    ours = await whole(open_reader(facts, source, decoders, as_float=True), facts.frames + 1)
    assert (ours.dtype, len(ours)) == (np.dtype(np.float64), len(exact))
    assert np.abs(ours - exact).max() < 1e-6
    rounded = await whole(open_reader(facts, source, decoders), facts.frames + 1)
    assert rounded.dtype == np.int16
    assert (rounded == np.clip(np.rint(ours), -32_768, 32_767)).all()


@pytest.mark.parametrize("name", LOSSLESS)
async def test_a_lossless_source_gives_the_samples_that_went_in(name: str, decoders: Decoders) -> None:
    source = MemorySource(recorded(name))
    facts = await probe(source, decoders)
    left, right = sound(RECIPES[name].frames, 2).astype(np.int64)
    expected = np.rint((left + right) / 2).astype(np.int16)
    assert (await whole(open_reader(facts, source, decoders), facts.frames)).tobytes() == expected.tobytes()


async def test_libsndfile_decodes_our_sample_to_the_same_bytes(decoders: Decoders) -> None:
    source = MemorySource((SAMPLE / "sample.flac").read_bytes())
    facts = await probe(source, decoders)
    theirs, rate_hz = soundfile.read(SAMPLE / "sample.flac", dtype="int16")
    assert (facts.rate_hz, facts.frames) == (rate_hz, len(theirs)) == (22_050, 1_373_274)
    assert (await whole(open_reader(facts, source, decoders), facts.frames)).tobytes() == theirs.tobytes()


async def test_any_stretch_is_the_same_stretch_of_the_whole(decoders: Decoders) -> None:
    data, pcm = long_recording()
    reader, dice, first = DecodedReader(MemorySource(data), 8000, decoders), random.Random(5), 0
    while first < len(pcm):
        count = dice.choice([0, 1, 160, 8000, 24_001, 600_000])
        assert (await reader.read(first, count)).tobytes() == pcm[first : first + count].tobytes()
        first = max(0, first + dice.randint(-100_000, 200_000))
    await reader.aclose()


async def test_reading_behind_the_end_gives_what_is_there(decoders: Decoders) -> None:
    data, pcm = long_recording()
    reader = DecodedReader(MemorySource(data), 8000, decoders)
    assert (await reader.read(len(pcm) - 5, 100)).tobytes() == pcm[-5:].tobytes()
    assert len(await reader.read(len(pcm), 100)) == 0
    assert len(await reader.read(len(pcm) + 1000, 100)) == 0
    await reader.aclose()


async def test_a_start_before_the_window_decodes_again_from_the_beginning(decoders: Decoders) -> None:
    data, pcm = long_recording()
    source = MemorySource(data)
    reader = DecodedReader(source, 8000, decoders)
    assert (await reader.read(1_600_000, 10)).tobytes() == pcm[1_600_000:1_600_010].tobytes()
    ranges = len(source.asked)
    assert (await reader.read(1_600_000 - 480_000, 10)).tobytes() == pcm[1_120_000:1_120_010].tobytes()
    assert source.asked.count((0, BLOCK_BYTES)) == 1
    assert (await reader.read(3, 10)).tobytes() == pcm[3:13].tobytes()
    assert source.asked[ranges:].count((0, BLOCK_BYTES)) == 1
    await reader.aclose()


async def test_the_decoder_waits_for_its_reader(decoders: Decoders) -> None:
    recipe = Recipe("flac", "flac", 48_000, 1, seconds=120)
    noise = np.random.default_rng(3).integers(-30_000, 30_000, (1, recipe.frames)).astype(np.int16)
    source = MemorySource(encode_sound(recipe, noise))
    bytes_a_second = source.size_bytes / 120
    reader = DecodedReader(source, 48_000, decoders)
    for second in range(60):
        await reader.read(second * 48_000, 48_000)
        # 30 s and a batch ahead of what was read, the block in hand and two fetched with it.
        assert source.furthest <= (second + 1 + 31) * bytes_a_second + 4 * 2**20
    assert source.furthest < source.size_bytes
    await reader.aclose()


async def test_a_window_takes_no_more_than_30_seconds_ahead_and_forgets_after_60() -> None:
    window = PcmWindow(10, first_frame=0)
    for _ in range(30):
        await asyncio.wait_for(window.put(10, np.zeros(10, np.int16)), 1)
    too_much = asyncio.create_task(window.put(10, np.zeros(10, np.int16)))
    await asyncio.sleep(0)
    assert not too_much.done()
    assert sum(map(len, await window.get(0, 10))) == 10
    await asyncio.wait_for(too_much, 1)
    await window.get(300, 10)
    await asyncio.wait_for(window.put(300, np.zeros(300, np.int16)), 1)
    await window.get(600, 10)
    assert (window.keep_from, window.reaches_back_to(0)) == (0, True)
    await window.get(605, 1)
    assert (window.keep_from, window.reaches_back_to(5), window.reaches_back_to(4)) == (5, True, False)


async def test_a_window_takes_no_more_of_a_high_rate_than_of_48_khz() -> None:
    window = PcmWindow(768_000, first_frame=0)
    half_a_minute = 30 * 48_000
    await asyncio.wait_for(window.put(half_a_minute, np.zeros(half_a_minute, np.int16)), 1)
    too_much = asyncio.create_task(window.put(1, np.zeros(1, np.int16)))
    await asyncio.sleep(0)
    assert not too_much.done()
    await window.get(1, 1)
    await asyncio.wait_for(too_much, 1)
    window.end()
    await window.get(2 * half_a_minute + 5, 1)
    assert window.keep_from == 5


async def test_many_may_read_at_once(decoders: Decoders) -> None:
    data, pcm = long_recording()
    reader = DecodedReader(MemorySource(data), 8000, decoders)
    parts = await asyncio.gather(*(reader.read(k * 8000, 8000) for k in range(100)))
    assert np.concatenate(parts).tobytes() == pcm[:800_000].tobytes()
    await reader.aclose()


async def test_closing_ends_the_decoder_wherever_it_is(decoders: Decoders) -> None:
    data, _ = long_recording()
    ahead = DecodedReader(MemorySource(data), 8000, decoders)
    await ahead.read(0, 1)
    stuck_source = StuckSource(data)
    stuck = DecodedReader(stuck_source, 8000, decoders)
    reading = asyncio.create_task(stuck.read(0, 1))
    await stuck_source.waiting.wait()
    assert len(decoder_pids()) == 2
    reading.cancel()
    for reader in (ahead, stuck, stuck):
        await reader.aclose()
    assert decoder_pids() == []


async def test_what_the_store_raises_reaches_whoever_reads_that_far(decoders: Decoders) -> None:
    data, pcm = long_recording()
    reader = DecodedReader(FailingSource(data, good_bytes=2 * 2**20), 8000, decoders)
    assert (await reader.read(0, 8000)).tobytes() == pcm[:8000].tobytes()
    with pytest.raises(StoreGone):
        await reader.read(len(pcm) - 8000, 8000)
    await reader.aclose()


async def test_a_hole_stops_reading_at_its_second_and_not_before(decoders: Decoders) -> None:
    data = bytearray(recorded("m4a"))
    data[50_000:53_000] = bytes(3000)  # nine packets of 23 ms
    source = MemorySource(bytes(data))
    facts = await probe(source, decoders)
    reader = open_reader(facts, source, decoders)
    assert len(await reader.read(0, 3 * facts.rate_hz)) == 3 * facts.rate_hz
    with pytest.raises(AudioEndsEarly) as caught:
        await reader.read(0, facts.frames)
    assert 3 < caught.value.seconds < 3.3
    await reader.aclose()


@pytest.mark.alone
async def test_the_event_loop_is_never_held_up(decoders: Decoders) -> None:
    data = encode(Recipe("flac", "flac", 48_000, 2, seconds=60))
    worst = []
    for _ in range(3):  # other work on the machine may hold it up once
        ticking = asyncio.create_task(longest_pause())
        source = MemorySource(data)
        facts = await probe(source, decoders)
        await whole(open_reader(facts, source, decoders, as_float=True), facts.frames)
        ticking.cancel()
        worst.append(await ticking)
    assert min(worst) < 0.1


async def longest_pause() -> float:
    pause, last = 0.0, time.monotonic()
    try:
        while True:
            await asyncio.sleep(0.01)
            pause, last = max(pause, time.monotonic() - last), time.monotonic()
    except asyncio.CancelledError:
        return pause
