"""What a decoder process measured becomes the recording's facts, except what is not the decoder's to say."""

import pytest

from contracts.events import AudioFacts
from segmenter.domain.ports import ByteSource
from segmenter.domain.selection import Selection
from segmenter.ffmpeg.decoder import ffmpeg_versions
from segmenter.probing.probe import probe
from tests.integration.segmenter.recordings import MemorySource
from tests.unit.segmenter.wav_files import MULAW, chunk, fmt, riff


class Decoder:
    """Answers what it is given, whatever the file."""

    def __init__(self, **facts: object) -> None:
        self._facts = {"kind": "decoded", "rate_hz": 8000, "channels": 1, "frames": 500} | facts

    async def measure(self, source: ByteSource, selection: Selection) -> AudioFacts:
        return AudioFacts(**self._facts)  # type: ignore[arg-type]


async def test_a_decoder_does_not_say_how_a_recording_is_read_nor_by_which_ffmpeg() -> None:
    facts = await probe(MemorySource(b"fLaC"), Decoder(kind="wav", ffmpeg="libavcodec 1"))
    assert (facts.kind, facts.ffmpeg) == ("decoded", ffmpeg_versions())


@pytest.mark.parametrize(("declared", "expected"), [(0, True), (800, False)])
async def test_an_end_is_unknown_only_where_no_length_is_stated(declared: int, expected: bool) -> None:
    facts = await probe(MemorySource(b"fLaC"), Decoder(declared_frames=declared, broken_off=True))
    assert facts.broken_off is expected
    assert facts.declared_frames == declared


async def test_a_coded_wav_is_held_to_the_share_of_its_bytes() -> None:
    data = riff(fmt(MULAW, 1, 8000, 8), chunk(b"data", bytes(1000)))[:-500]
    facts = await probe(MemorySource(data), Decoder(broken_off=True))
    assert (facts.declared_frames, facts.broken_off) == (1000, False)
