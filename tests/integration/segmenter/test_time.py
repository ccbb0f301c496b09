"""Sound lies where its container says: found again by correlating noise, through the planner and the cutting reader."""

import random
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from contracts.events import AudioFacts
from segmenter.audio.source import open_reader
from segmenter.decoding.process import Decoders
from segmenter.domain.selection import DEFAULT, Selection
from segmenter.probing.probe import probe
from tests.integration.segmenter.recordings import MemorySource
from tests.integration.segmenter.timed import Timed, muxed, place_of

pytestmark = pytest.mark.apart

SAMPLES = Selection(timeline="samples")
MS = 1 / 1000

FORMS = {
    "aac in ts": Timed("mpegts", "aac", 44_100),
    "mp2 in ts": Timed("mpegts", "mp2"),
    "ac3 in ps": Timed("mpeg", "ac3"),
    "aac in mkv": Timed("matroska", "aac", 44_100),
    "flac in mkv": Timed("matroska", "flac", 44_100),
    "mp3 in mkv": Timed("matroska", "libmp3lame", 44_100),
    "pcm in mkv": Timed("matroska", "pcm_s16le", 16_000),
    "aac in flv": Timed("flv", "aac", 44_100),
    "opus in webm": Timed("webm", "libopus"),
    "aac in mp4": Timed("mp4", "aac", 44_100),
    "aac in m4a at 16 kHz": Timed("ipod", "aac", 16_000),
    "alac in m4a": Timed("ipod", "alac", 44_100),
    "opus in ogg": Timed("ogg", "libopus"),
    "mp3 in avi": Timed("avi", "libmp3lame", 44_100),
    "wma": Timed("asf", "wmav2", 44_100),
}
LOST = ("aac in ts", "aac in mkv", "aac in flv", "aac in mp4", "aac in m4a at 16 kHz")
LATE = {
    "aac in mkv": Timed("matroska", "aac", 44_100, late=3, video=True),
    "aac in mp4": Timed("mp4", "aac", 44_100, late=3, video=True),
    "aac in ts": Timed("mpegts", "aac", 44_100, late=3, video=True),
    "mp2 in ps": Timed("mpeg", "mp2", late=3, video=True),
    "aac in flv": Timed("flv", "aac", 44_100, late=3, video=True),
    "mp3 in avi": Timed("avi", "libmp3lame", late=3, video=True),
    "opus in webm, alone": Timed("webm", "libopus", late=3),
    "aac in mp4, alone": Timed("mp4", "aac", 44_100, late=3),
}

recorded = cache(muxed)


async def heard(case: Timed, decoders: Decoders, selection: Selection = DEFAULT) -> tuple[AudioFacts, np.ndarray]:
    """What the planner says of it, and all that the cutting reader gives."""
    source = MemorySource(recorded(case))
    facts = await probe(source, decoders, selection)
    reader = open_reader(facts, source, decoders, selection=selection)
    try:
        pcm = await reader.read(0, facts.frames + 30 * facts.rate_hz)
    finally:
        await reader.aclose()
    assert len(pcm) == facts.frames, "the plan refers to what is there"
    return facts, pcm


def lags(pcm: np.ndarray, case: Timed, *seconds: float) -> list[int]:
    """How many frames late the sound of those seconds is."""
    found = []
    for second in seconds:
        at, likeness = place_of(second, pcm, case.rate_hz)
        assert likeness > 0.6, f"the sound of second {second} is not there"
        found.append(at - round((second + case.late) * case.rate_hz))
    return found


def codes(facts: AudioFacts) -> list[str]:
    return [note.code for note in facts.notes]


@pytest.mark.parametrize("name", FORMS)
async def test_what_comes_after_a_hole_is_where_it_was_without_it(name: str, decoders: Decoders) -> None:
    case = FORMS[name]
    facts, pcm = await heard(case, decoders)
    assert codes(facts) == []
    (usual,) = set(lags(pcm, case, 1, 13))
    holed = replace(case, keep=lambda n, at: not 15 <= at < 20)
    facts, pcm = await heard(holed, decoders)
    assert lags(pcm, case, 1, 13, 21, 28) == [usual] * 4
    assert codes(facts) == ["gap-filled"]
    assert "a hole of 5.0" in facts.notes[0].detail or "a hole of 4.9" in facts.notes[0].detail
    facts, pcm = await heard(holed, decoders, SAMPLES)
    assert codes(facts) == []
    first, later = lags(pcm, case, 13, 21)
    assert first == usual
    assert later == pytest.approx(usual - 5 * case.rate_hz, abs=4_700)


@pytest.mark.parametrize("name", LOST)
async def test_one_packet_in_fifty_that_is_lost_is_silence_where_it_was(name: str, decoders: Decoders) -> None:
    case = FORMS[name]
    (usual,) = set(lags((await heard(case, decoders))[1], case, 2, 28))
    facts, pcm = await heard(replace(case, keep=lambda n, at: n % 50 != 25), decoders)
    assert lags(pcm, case, 0.1, 2, 14, 28.5) == [usual] * 4
    assert codes(facts) == ["gap-filled"]


async def test_silence_that_opus_never_sent_is_silence(decoders: Decoders) -> None:
    case = Timed("webm", "libopus", keep=lambda n, at: at % 3 < 2.5 or at < 0)
    facts, pcm = await heard(case, decoders)
    assert lags(pcm, case, 1, 8, 13, 28) == [0] * 4
    assert facts.notes[0].detail.startswith("9 holes of 4.500 s")


async def test_in_ogg_silence_that_was_never_sent_is_right_to_within_its_page(decoders: Decoders) -> None:
    case = Timed("ogg", "libopus", keep=lambda n, at: at % 3 < 2.5 or at < 0)
    facts, pcm = await heard(case, decoders)
    assert lags(pcm, case, 0.5, 12.4, 27.4) == [0] * 3
    assert codes(facts) == ["gap-filled"]


@pytest.mark.parametrize("name", LATE)
async def test_a_late_start_is_as_late_as_its_container_says(name: str, decoders: Decoders) -> None:
    case = LATE[name]
    facts, pcm = await heard(case, decoders)
    assert codes(facts) == ["late-start"]
    first, later = lags(pcm, case, 0.5, 20)
    assert first == later
    assert abs(first) <= MS * case.rate_hz
    facts, pcm = await heard(case, decoders, SAMPLES)
    assert codes(facts) == []
    if case.container != "avi":  # whose first packet is written at 0
        assert lags(pcm, case, 0.5)[0] == pytest.approx(-case.late * case.rate_hz, abs=1_200)


async def test_a_stream_that_begins_at_1_4_seconds_begins_at_0(decoders: Decoders) -> None:
    case = Timed("mpegts", "aac", 44_100, late=1.4)
    facts, pcm = await heard(case, decoders)
    assert codes(facts) == []
    assert lags(pcm, replace(case, late=0), 0.5, 20) == [1024, 1024]


@pytest.mark.parametrize("name", ["aac in mkv", "aac in flv", "opus in webm"])
async def test_stamps_that_shake_make_no_hole(name: str, decoders: Decoders) -> None:
    case = replace(FORMS[name], shake=lambda n: random.Random(n).uniform(0, 0.015) if n else 0.0)
    facts, pcm = await heard(case, decoders)
    assert codes(facts) == []
    assert (await heard(FORMS[name], decoders))[1].tobytes() == pcm.tobytes()


async def test_a_slice_says_how_much_of_it_is_filled(decoders: Decoders) -> None:
    case = Timed("webm", "libopus", keep=lambda n, at: not 15 <= at < 20)
    source = MemorySource(recorded(case))
    reader = open_reader(await probe(source, decoders), source, decoders)
    hole = {
        second: (len(await reader.read(second * 48_000, 48_000)), reader.filled(second * 48_000, 48_000))
        for second in (13, 15, 17, 19, 21)
    }
    await reader.aclose()
    assert hole[13] == hole[21] == (48_000, 0)
    assert hole[17] == (48_000, 48_000)
    assert 0 < hole[15][1] < 48_000
    assert hole[19] == (48_000, 48_000)
