"""Real recordings with their subtitles, where they are at hand: every frame accounted for."""

import io
from pathlib import Path

import pytest
import soundfile

from tests.e2e.conftest import Trainer, User

pytestmark = pytest.mark.asyncio

PAIRS = Path(__file__).parents[3] / "shared" / "data" / "pairs"
# Name, cues that are kept, frames that the whole file decodes to, source rate.
KNOWN = [
    ("sonnet001_en.wav", 15, 852_266, 16_000),
    ("hi_short_en.wav", 1, 39_383, 22_050),
    ("hi_short_en.mp3", 1, 39_383, 22_050),
    ("capitan_veneno_es.mp3", 16, 3_097_403, 44_100),
    ("nst_sv_4utt.wav", 4, 420_000, 16_000),
    ("common_voice_22058266_en.mp3", 1, 112_896, 48_000),
    ("librispeech_61-70968-0000_en.flac", 1, 78_480, 16_000),
]
HERE = [known for known in KNOWN if (PAIRS / known[0]).exists()]


@pytest.mark.parametrize(("name", "cues", "frames", "rate"), HERE)
async def test_a_real_recording_is_cut_at_its_cues(
    alice: User, trainer: Trainer, name: str, cues: int, frames: int, rate: int
) -> None:
    audio = PAIRS / name
    transcript = audio.with_suffix(".srt").read_bytes()
    fields = {"transcript_encoding": "cp1252"} if name.startswith("nst") else {}
    dataset = await alice.made(audio.read_bytes(), transcript, **fields)
    assert dataset["status"] == "ready", dataset
    lines = await trainer.manifest(dataset)
    assert len(lines) == dataset["segment_count"] == cues
    for line in lines:
        info = soundfile.info(io.BytesIO(await trainer.slice(dataset, line)))
        assert info.samplerate == rate
        assert info.frames == round(line["end"] * rate) - round(line["start"] * rate)
        assert round(line["end"] * rate) <= frames
    if name == "sonnet001_en.wav":
        whole, _ = soundfile.read(audio, dtype="int16")
        for line in lines:
            first, last = round(line["start"] * rate), round(line["end"] * rate)
            assert (await trainer.slice(dataset, line))[44:] == whole[first:last].tobytes()
