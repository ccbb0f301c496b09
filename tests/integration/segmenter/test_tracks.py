"""Which voice is cut: of several tracks the default one, of several channels what was asked for."""

import io
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import av
import numpy as np
import pytest
from av.stream import Disposition

from contracts.dataset import Channel
from contracts.events import AudioFacts
from segmenter.audio.source import open_reader
from segmenter.decoding.process import Decoders
from segmenter.domain.errors import NoSuchChannel, NoSuchTrack, UnsupportedAudio
from segmenter.domain.selection import DEFAULT, Selection
from segmenter.probing.probe import probe
from tests.integration.segmenter.recordings import MemorySource
from tests.unit.segmenter.wav_files import PCM, chunk, fmt, riff

pytestmark = pytest.mark.apart

RATE = 16_000
UNKNOWN = "pcm_s16be"  # whose name in the file is changed to one that nobody knows


class Voice(NamedTuple):
    """A track whose sample is `level` throughout."""

    level: int
    codec: str = "flac"
    default: bool = False
    tags: tuple[tuple[str, str], ...] = ()


def film(*voices: Voice, container: str = "matroska") -> bytes:
    file = io.BytesIO()
    file.name = "film"
    with av.open(file, "w", format=container) as out:
        streams = [_track(out, voice) for voice in voices]
        for stream, voice in zip(streams, voices, strict=True):
            pcm = np.full((1, RATE), voice.level, np.int16)
            frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
            out.mux([*stream.encode(frame), *stream.encode(None)])
    return file.getvalue().replace(b"A_PCM/INT/BIG", b"A_XYZ/INT/BIG")


def _track(out: Any, voice: Voice) -> Any:
    stream = out.add_stream(voice.codec, rate=RATE, layout="mono")
    stream.disposition = Disposition.default if voice.default else Disposition(0)
    stream.metadata.update(dict(voice.tags))
    return stream


async def heard(
    data: bytes, decoders: Decoders, selection: Selection = DEFAULT, *, as_float: bool = False
) -> tuple[AudioFacts, float]:
    """The facts, and the one level that the whole recording has."""
    source = MemorySource(data)
    facts = await probe(source, decoders, selection)
    reader = open_reader(facts, source, decoders, selection=selection, as_float=as_float)
    pcm = await reader.read(0, facts.frames)
    await reader.aclose()
    (level,) = np.unique(pcm)
    return facts, float(level)


@pytest.mark.parametrize(
    ("voices", "number"),
    [
        ((Voice(1), Voice(2, default=True), Voice(3)), 1),
        ((Voice(1), Voice(2)), 0),
        ((Voice(1, default=True), Voice(2, default=True)), 0),
        ((Voice(1, UNKNOWN, default=True), Voice(2), Voice(3)), 1),
        ((Voice(1, UNKNOWN), Voice(2), Voice(3, default=True)), 2),
    ],
    ids=["flagged", "none flagged", "both flagged", "the flagged one is not read", "the first one is not read"],
)
async def test_the_default_track_is_cut_or_the_first_that_can_be(
    voices: Sequence[Voice], number: int, decoders: Decoders
) -> None:
    facts, level = await heard(film(*voices), decoders)
    assert level == voices[number].level
    assert [note.code for note in facts.notes] == ["several-tracks"]
    assert facts.notes[0].detail.startswith(f"track {number} is cut; the file has {len(voices)} audio tracks: 0 (")


async def test_the_track_that_is_asked_for_is_cut(decoders: Decoders) -> None:
    data = film(Voice(1, default=True), Voice(2), Voice(3))
    assert [(await heard(data, decoders, Selection(track=n)))[1] for n in (0, 1, 2)] == [1, 2, 3]


async def test_tracks_are_named_with_their_language_and_title(decoders: Decoders) -> None:
    title = "Kommentar\x1b[31m" + "!" * 100
    voices = Voice(1, tags=(("language", "eng"),)), Voice(2, "pcm_s16le", tags=(("language", "ger"), ("title", title)))
    facts, _ = await heard(film(*voices), decoders)
    shown = "Kommentar [31m" + "!" * 25 + "…"
    assert facts.notes[0].detail == (
        f"track 0 is cut; the file has 2 audio tracks: 0 (flac, eng), 1 (pcm_s16le, ger, '{shown}')"
    )


async def test_a_track_that_is_not_there_is_refused_with_those_that_are(decoders: Decoders) -> None:
    with pytest.raises(
        NoSuchTrack, match=r"Track 2 was asked for; the file has 2 audio tracks: 0 \(flac\), 1 \(flac\)\."
    ):
        await heard(film(Voice(1), Voice(2)), decoders, Selection(track=2))
    with pytest.raises(NoSuchTrack, match=r"the file has one audio track: 0 \(flac\)\."):
        await heard(film(Voice(1)), decoders, Selection(track=1))
    with pytest.raises(NoSuchTrack, match="the file has one audio track, number 0"):
        await heard(stereo_wav(), decoders, Selection(track=1))


async def test_a_track_that_is_asked_for_and_not_read_says_so(decoders: Decoders) -> None:
    with pytest.raises(UnsupportedAudio, match="codec is not known"):
        await heard(film(Voice(1), Voice(2, UNKNOWN)), decoders, Selection(track=1))


def stereo_wav() -> bytes:
    pcm = np.tile(np.array([100, 301], "<i2"), RATE)
    return riff(fmt(PCM, 2, RATE, 16), chunk(b"data", pcm.tobytes()))


def stereo_flac() -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="flac") as out:
        stream: Any = out.add_stream("flac", rate=RATE, layout="stereo")
        pcm = np.tile(np.array([100, 301], np.int16), RATE)[np.newaxis]
        frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="stereo")
        frame.sample_rate = RATE
        out.mux([*stream.encode(frame), *stream.encode(None)])
    return file.getvalue()


@pytest.mark.parametrize("as_float", [False, True])
@pytest.mark.parametrize("data", [stereo_wav(), stereo_flac()], ids=["wav", "flac"])
async def test_a_channel_is_taken_untouched(data: bytes, as_float: bool, decoders: Decoders) -> None:
    levels: dict[Channel, float] = {"left": 100, "right": 301, 0: 100, 1: 301, "mix": 200.5 if as_float else 200}
    for channel, level in levels.items():
        assert (await heard(data, decoders, Selection(channel=channel), as_float=as_float))[1] == level


@pytest.mark.parametrize("data", [stereo_wav(), stereo_flac()], ids=["wav", "flac"])
async def test_a_channel_that_is_not_there_is_refused_with_those_that_are(data: bytes, decoders: Decoders) -> None:
    with pytest.raises(NoSuchChannel, match="Channel 2 was asked for; the audio has 2 channels, numbers 0 to 1"):
        await heard(data, decoders, Selection(channel=2))


async def test_mono_has_a_left_channel_and_no_right_one(decoders: Decoders) -> None:
    assert (await heard(film(Voice(7)), decoders, Selection(channel="left")))[1] == 7
    with pytest.raises(NoSuchChannel, match="Channel right was asked for; the audio has one channel, number 0"):
        await heard(film(Voice(7)), decoders, Selection(channel="right"))
