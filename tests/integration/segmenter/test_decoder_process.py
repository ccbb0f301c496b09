"""A decoder that crashes, starves, hangs or is killed costs its own recording, and no other."""

import asyncio
import os
import signal
import sys
from contextlib import aclosing
from pathlib import Path

import numpy as np
import pytest

from segmenter.decoding import process, shared_memory
from segmenter.decoding.process import DecoderLost, Decoders
from segmenter.domain.errors import DecoderCrashed, NotAudio, UnsupportedAudio
from tests.integration.segmenter.recordings import (
    RECIPES,
    MemorySource,
    Recipe,
    StuckSource,
    decoder_pids,
    encode,
    encode_sound,
)

FLAC = encode(RECIPES["flac"])


async def killed_while_decoding(decoders: Decoders, number: signal.Signals) -> None:
    async with aclosing(
        decoders.decode(StuckSource(FLAC, answers=0), rate_hz=44_100, first_frame=0, as_float=False)
    ) as it:
        reading = asyncio.create_task(anext(it))
        while not (pids := decoder_pids()):
            await asyncio.sleep(0.01)
        os.kill(pids[0], number)
        await reading


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGFPE])
async def test_a_crash_is_the_recordings_fault_and_has_a_code(decoders: Decoders, number: signal.Signals) -> None:
    with pytest.raises(DecoderCrashed, match=number.name):
        await killed_while_decoding(decoders, number)
    assert (await decoders.measure(MemorySource(FLAC))).frames == RECIPES["flac"].frames


async def test_a_decoder_that_was_killed_is_nobodys_fault(decoders: Decoders) -> None:
    with pytest.raises(DecoderLost):
        await killed_while_decoding(decoders, signal.SIGKILL)
    assert (await decoders.measure(MemorySource(FLAC))).frames == RECIPES["flac"].frames


async def test_a_decoder_that_hangs_is_noticed(decoders: Decoders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "HANG_SECONDS", 0.5)
    with pytest.raises(DecoderLost, match="no message"):
        await killed_while_decoding(decoders, signal.SIGSTOP)
    assert decoder_pids() == []


async def test_a_decoder_that_wants_all_memory_gets_none() -> None:
    hungry = (
        "import segmenter.decoding.child as child\n"
        "child._confine()\n"
        "try:\n    bytearray(2**30)\nexcept MemoryError:\n    print('refused')"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", hungry, stdout=asyncio.subprocess.PIPE)
    told, _ = await process.communicate()
    assert told == b"refused\n"


async def test_one_process_serves_one_recording_after_another(decoders: Decoders) -> None:
    for _ in range(3):
        await decoders.measure(MemorySource(FLAC))
        assert len(decoder_pids()) == 1


async def test_a_process_is_not_used_again_after_a_recording_that_did_not_end_well(decoders: Decoders) -> None:
    await decoders.measure(MemorySource(FLAC))
    (first,) = decoder_pids()
    with pytest.raises(NotAudio):
        await decoders.measure(MemorySource(b"no sound at all" * 1000))
    await decoders.measure(MemorySource(FLAC))
    assert decoder_pids() != [first]


async def test_a_process_is_replaced_now_and_then(decoders: Decoders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "MAX_REQUESTS", 2)
    for _ in range(2):
        await decoders.measure(MemorySource(FLAC))
    assert decoder_pids() == []


async def test_a_decoders_command_line_names_no_service(decoders: Decoders) -> None:
    await decoders.measure(MemorySource(FLAC))
    (pid,) = decoder_pids()
    assert b"segmenter" not in Path(f"/proc/{pid}/cmdline").read_bytes().replace(os.fsencode(sys.executable), b"")


async def test_a_decoder_ends_with_its_segmenter() -> None:
    parent = (
        "import asyncio, os\n"
        "from segmenter.decoding.process import Decoders\n"
        "from tests.integration.segmenter.recordings import StuckSource, decoder_pids, encode, RECIPES\n"
        "async def main():\n"
        "    source = StuckSource(encode(RECIPES['flac']), answers=0)\n"
        "    asyncio.create_task(Decoders().measure(source))\n"
        "    await source.waiting.wait()\n"
        "    print(decoder_pids()[0], flush=True)\n"
        "    os.kill(os.getpid(), 9)\n"
        "asyncio.run(main())"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", parent, stdout=asyncio.subprocess.PIPE)
    told, _ = await process.communicate()
    async with asyncio.timeout(5):
        while Path(f"/proc/{int(told)}").exists():
            await asyncio.sleep(0.02)


async def test_an_answer_nobody_could_mean_is_not_believed(decoders: Decoders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "MAX_REPLY_BYTES", 8)
    with pytest.raises(DecoderLost, match="announces"):
        await decoders.measure(MemorySource(FLAC))
    assert decoder_pids() == []


async def test_sound_outside_the_shared_memory_is_not_believed(
    decoders: Decoders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "RING_BYTES", 8)
    with pytest.raises(DecoderLost, match="names"):
        async with aclosing(
            decoders.decode(MemorySource(FLAC), rate_hz=44_100, first_frame=0, as_float=False)
        ) as sounds:
            await anext(sounds)


def test_no_decoder_can_cut_off_the_memory_under_the_segmenters_hands() -> None:
    descriptor = shared_memory.create()
    with pytest.raises(PermissionError):
        os.ftruncate(descriptor, 0)
    os.close(descriptor)


async def test_sound_arrives_whole_however_often_it_goes_round_the_ring(decoders: Decoders) -> None:
    """Read slower than it is decoded, so that pieces wait for room."""
    recipe = Recipe("flac", "flac", 44_100, 1, seconds=60)
    pcm = np.random.default_rng(7).integers(-30_000, 30_000, (1, recipe.frames)).astype(np.int16)
    parts = []
    source = MemorySource(encode_sound(recipe, pcm))
    async with aclosing(decoders.decode(source, rate_hz=44_100, first_frame=0, as_float=True)) as sounds:
        async for sound in sounds:
            parts.append(np.frombuffer(sound.pcm, np.float64))
            await asyncio.sleep(0.005)
    assert sum(part.nbytes for part in parts) > 4 * shared_memory.RING_BYTES
    assert (np.concatenate(parts) == pcm[0]).all()


async def test_the_error_of_the_decoder_reaches_the_caller_with_its_words(decoders: Decoders) -> None:
    source = MemorySource(FLAC)
    with pytest.raises(UnsupportedAudio, match="not 8000 Hz as planned"):
        async with aclosing(decoders.decode(source, rate_hz=8000, first_frame=0, as_float=False)) as sounds:
            await anext(sounds)
