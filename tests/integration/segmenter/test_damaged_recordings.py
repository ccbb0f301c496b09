"""What begins as a recording is never "no audio file": it is damaged or cut off, and no length is made up for it."""

import random
from functools import cache

import pytest

from segmenter.decoding.process import Decoders
from segmenter.domain.errors import AudioError, DamagedAudio, NoAudio, NotAudio, TruncatedHeader
from segmenter.domain.signatures import form_of
from segmenter.probing.length import measure
from segmenter.probing.probe import probe
from tests.integration.segmenter.recordings import (
    RECIPES,
    MemorySource,
    Recipe,
    encode,
    encode_sound,
    silent_film,
    sound,
)
from tests.unit.segmenter.memory_file import File

NOISE = random.Random(1).randbytes(20_000)
MARKED = (
    *("mp3, variable rate", "m4a", "flac", "vorbis", "opus", "opus in webm", "aac in matroska", "wavpack", "tta"),
    *("aiff", "caf", "au", "w64 of 24 bits", "wma", "amr", "mp3 in avi", "aac in flv", "ac3", "mp4 in fragments"),
    *("pcm in mov", "flac in ogg", "alac in caf", "mp2", "aac without a container", "ac3 in a program stream"),
)


@cache
def recorded(name: str) -> bytes:
    return encode(RECIPES[name])


def outcome(data: bytes) -> str:
    try:
        measure(File(data), 3600)
    except AudioError as error:
        return error.code
    return "read"


@pytest.mark.parametrize("length", [16, 40, 100, 400, 1500, 3000])
@pytest.mark.parametrize("name", MARKED)
def test_a_file_that_was_cut_off_in_its_beginning_is_cut_off(name: str, length: int) -> None:
    assert outcome(recorded(name)[:length]) in ("truncated-header", "read")


@pytest.mark.parametrize("noise", [NOISE, bytes(20_000), b"\xff" * 20_000], ids=["noise", "zeros", "ones"])
@pytest.mark.parametrize("name", MARKED)
def test_a_file_whose_body_is_not_what_it_began_as_is_damaged(name: str, noise: bytes) -> None:
    allowed = {"damaged-audio", "truncated-header", "audio-ends-early", "unsupported-audio", "read"}
    for kept in (16, 64, 2000):
        assert outcome(recorded(name)[:kept] + noise) in allowed, kept


@pytest.mark.parametrize(("name", "share"), [("alac in caf", 0.9), ("mp3 in avi", 0.05)])
def test_a_file_that_states_more_bytes_than_it_has_is_cut_off_and_not_damaged(name: str, share: float) -> None:
    data = recorded(name)
    with pytest.raises(TruncatedHeader, match="that it states"):
        measure(File(data[: int(len(data) * share)]), 3600)


def test_an_mp4_without_its_index_says_so() -> None:
    data = recorded("m4a")
    for end in (data.rindex(b"moov") - 4, data.rindex(b"moov") + 4, data.rindex(b"moov") + 200):
        with pytest.raises(TruncatedHeader, match="moov"):
            measure(File(data[:end]), 3600)


def test_an_mp4_whose_index_is_of_zeros_is_damaged() -> None:
    data = recorded("m4a")
    at = data.rindex(b"moov") + 4
    with pytest.raises(DamagedAudio):
        measure(File(data[:at] + bytes(len(data) - at)), 3600)


def test_what_is_whole_and_has_no_sound_is_not_damaged() -> None:
    with pytest.raises(NoAudio):
        measure(File(silent_film()), 3600)


@pytest.mark.parametrize("data", [b"", b"\0", NOISE, b"A page of text. " * 2000, bytes(20_000), b"%PDF-1.7" + NOISE])
def test_what_begins_as_nothing_known_is_no_audio_file(data: bytes) -> None:
    assert form_of(data) is None
    with pytest.raises(NotAudio):
        measure(File(data), 3600)


VARYING = {
    "wma": Recipe("asf", "wmav2", kbits=128),
    "avi": Recipe("avi", "libmp3lame", seconds=20),
    "wav": Recipe("wav", "libmp3lame", kbits=128),
}


@pytest.mark.parametrize("name", VARYING)
async def test_of_a_few_bytes_no_length_is_made_up(name: str, decoders: Decoders) -> None:
    recipe = VARYING[name]
    data = encode_sound(recipe, sound(recipe.frames, recipe.channels))
    facts = await probe(MemorySource(data[: len(data) * 8 // 100]), decoders)
    assert (facts.declared_frames, facts.broken_off) == (0, True)


async def test_of_samples_that_are_all_alike_a_few_tell_the_length(decoders: Decoders) -> None:
    for name in ("au", "mu-law wav"):
        facts = await probe(MemorySource(recorded(name)[:2000]), decoders)
        assert facts.declared_frames == RECIPES[name].frames


def test_an_mp3_whose_header_counts_bytes_and_no_frames_states_no_length() -> None:
    data = recorded("mp3, variable rate")
    at = max(data.find(b"Xing", 0, 2000), data.find(b"Info", 0, 2000))
    flags = int.from_bytes(data[at + 4 : at + 8], "big")
    assert flags & 3 == 3
    header = (flags & ~1).to_bytes(4, "big") + data[at + 12 : at + 16]
    uncounted = data[: at + 4] + header + bytes(4) + data[at + 16 :]
    found = measure(File(uncounted[: len(data) // 2 + 30]), 3600)
    assert (found.declared_frames, found.broken_off) == (0, True)
