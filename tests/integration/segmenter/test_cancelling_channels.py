"""Channels that cancel each other are noticed in a WAV and in what is decoded, for the slices they are in."""

import numpy as np
import pytest

from segmenter.audio.source import open_reader
from segmenter.decoding.process import Decoders
from segmenter.probing.probe import probe
from tests.integration.segmenter.recordings import MemorySource, Recipe, encode_sound

RATE = 8000
VOICE = np.random.default_rng(1).normal(0, 4000, 30 * RATE).astype(np.int16)
OTHER = VOICE.copy()
OTHER[10 * RATE : 20 * RATE] *= -1  # from second 10 to 20


@pytest.mark.parametrize("as_float", [False, True])
@pytest.mark.parametrize(("container", "codec"), [("wav", "pcm_s16le"), ("flac", "flac")])
async def test_it_is_said_of_the_slices_that_lose_their_sound(
    container: str, codec: str, as_float: bool, decoders: Decoders
) -> None:
    source = MemorySource(encode_sound(Recipe(container, codec, RATE, 2), np.stack((VOICE, OTHER))))
    facts = await probe(source, decoders)
    reader = open_reader(facts, source, decoders, as_float=as_float)
    found = []
    for second in (2, 8.5, 11, 14, 17, 21, 25, 12):
        first = int(second * RATE)
        count = len(await reader.read(first, 2 * RATE))
        found.append(reader.cancelled(first, first + count))
    await reader.aclose()
    assert found == [False, False, True, True, True, False, False, True]


async def test_one_channel_cancels_nothing(decoders: Decoders) -> None:
    source = MemorySource(encode_sound(Recipe("wav", "pcm_s16le", RATE, 1), VOICE[np.newaxis]))
    facts = await probe(source, decoders)
    reader = open_reader(facts, source, decoders)
    await reader.read(0, RATE)
    assert not reader.cancelled(0, RATE)
    await reader.aclose()
