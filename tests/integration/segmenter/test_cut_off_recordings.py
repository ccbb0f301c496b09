"""A recording that was cut off or broke off is known as such, in every form that tells; a whole one never is."""

from functools import cache

import pytest

from contracts.events import AudioFacts
from segmenter.probing.length import measure
from tests.integration.segmenter.recordings import RECIPES, Recipe, encode, with_a_gap
from tests.unit.segmenter.memory_file import File

LIVE = Recipe("webm", "libopus", 48_000, options=(("live", "1"),))
RECORDED = RECIPES | {
    "live webm": LIVE,
    "avi": Recipe("avi", "pcm_s16le"),
    "mu-law w64": Recipe("w64", "pcm_mulaw", 8000, 1),
}
# By their bytes or by their time.
STATED = (
    *("mp3, constant rate", "mp3, variable rate", "w64 of 24 bits", "mu-law w64", "caf", "au", "wma", "avi"),
    *("opus in webm", "aac in matroska", "flac in matroska", "mp3 in matroska", "flac", "flac of 24 bits"),
)
UNSTATED = (
    *("vorbis", "opus", "flac in ogg", "aac in flv", "mp3 without a Xing header", "mp2", "ac3", "live webm"),
    *("aac without a container", "flac that was streamed"),
)
CUES = bytes.fromhex("1c53bb6b")
ID3V1, APE = b"TAG" + bytes(125), b"APETAGEX" + bytes(1000)


@cache
def recorded(name: str) -> bytes:
    return streamed_flac() if name == "flac that was streamed" else encode(RECORDED[name])


def streamed_flac() -> bytes:
    """Its header says that the length is not known."""
    data = bytearray(encode(RECIPES["flac"]))
    data[21:26] = bytes([data[21] & 0xF0, 0, 0, 0, 0])
    return bytes(data)


def length(data: bytes) -> AudioFacts:
    return measure(File(data), 3600)


@pytest.mark.parametrize("share", [0.7, 0.9])
@pytest.mark.parametrize("name", STATED)
def test_a_recording_that_was_cut_off_is_held_to_the_length_it_states(name: str, share: float) -> None:
    data, recipe = recorded(name), RECORDED[name]
    found = length(data[: int(len(data) * share)])
    assert found.frames < recipe.frames - recipe.rate_hz // 10
    assert found.declared_frames == pytest.approx(recipe.frames, abs=recipe.rate_hz // 8)


@pytest.mark.parametrize("name", UNSTATED)
def test_a_recording_that_breaks_off_and_states_no_length_says_that_its_end_is_missing(name: str) -> None:
    data = recorded(name)
    whole, cut = length(data), length(data[: len(data) * 7 // 10 - 13])  # which is not between two packets
    assert (whole.declared_frames, whole.broken_off) == (0, False)
    assert cut.frames < whole.frames * 0.8
    assert (cut.declared_frames, cut.broken_off) == (0, True)


def test_a_matroska_that_lost_only_what_stands_behind_the_sound_is_complete() -> None:
    data = recorded("aac in matroska")
    cut = length(data[: data.rindex(CUES)])
    assert cut.frames == cut.declared_frames == length(data).frames


def test_a_complete_matroska_may_have_gaps_in_its_time() -> None:
    found = length(with_a_gap(Recipe("matroska", "libopus", 48_000), seconds=3))
    assert found.frames == pytest.approx(9 * found.rate_hz, abs=0.1 * found.rate_hz)
    assert (found.declared_frames, found.broken_off) == (0, False)


@pytest.mark.parametrize("behind", [ID3V1, APE, APE + ID3V1, bytes(3000)], ids=["ID3v1", "APE", "both", "padding"])
@pytest.mark.parametrize("name", ["mp3 without a Xing header", "mp3, constant rate", "aac without a container"])
def test_a_tag_behind_the_sound_is_no_torn_packet(name: str, behind: bytes) -> None:
    found = length(recorded(name) + behind)
    assert found.frames == length(recorded(name)).frames
    assert (found.declared_frames, found.broken_off) == (0, False)
