"""A recording that would take for ever to decode is refused, however its length is found."""

import pytest

from segmenter.decoding.process import Decoders
from segmenter.domain.errors import AudioTooLong
from segmenter.probing.length import measure
from tests.integration.segmenter.recordings import RECIPES, MemorySource, encode
from tests.unit.segmenter.memory_file import File


# By the header, by counting packets, by decoding.
@pytest.mark.parametrize("name", ["flac", "mp3, constant rate", "vorbis"])
def test_a_recording_beyond_the_limit_is_refused(name: str) -> None:
    data, seconds = encode(RECIPES[name]), RECIPES[name].seconds
    assert measure(File(data), seconds + 1).frames > 0
    with pytest.raises(AudioTooLong):
        measure(File(data), seconds - 2)


# Six channels at 48 kHz are 288,000 samples a second: three quarters of the work that is allowed for each.
@pytest.mark.parametrize("name", ["flac of six channels", "opus of six channels"])
def test_many_channels_may_last_less_long(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data, seconds = encode(RECIPES[name]), RECIPES[name].seconds
    assert measure(File(data), seconds).frames > 0
    monkeypatch.setattr("segmenter.ffmpeg.decoder.MAX_SAMPLES_PER_SECOND", 144_000)
    assert measure(File(data), seconds * 2).frames > 0
    with pytest.raises(AudioTooLong, match=r"at 48000 Hz in 6 channels\.$"):
        measure(File(data), seconds * 2 - 1)


async def test_the_limit_reaches_the_decoder_process() -> None:
    recipe = RECIPES["flac"]
    async with Decoders(recipe.seconds - 2) as decoders:
        with pytest.raises(AudioTooLong):
            await decoders.measure(MemorySource(encode(recipe)))
