"""Whole recordings whose headers count what is not sound, or sound that was cut away, are not called damaged."""

import io
import struct
from functools import cache

import av
import numpy as np
import pytest

from segmenter.probing.length import measure
from tests.integration.segmenter.recordings import Recipe, encode_sound, ffmpegs_own_decode
from tests.unit.segmenter.memory_file import File

RATES = (8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000)
ID3V1, APE = b"TAG" + bytes(125), b"APETAGEX" + bytes(1000)


def noise(recipe: Recipe) -> np.ndarray:
    """Of a level that changes, so that a variable rate varies."""
    samples = np.random.default_rng(3).normal(0, 1, recipe.frames) * np.linspace(100, 9000, recipe.frames)
    return samples.clip(-32_768, 32_767).astype(np.int16)[np.newaxis]


def boxes(data: bytes, first: int, end: int) -> list[tuple[int, int, bytes]]:
    found, at = [], first
    while at + 8 <= end:
        size = int.from_bytes(data[at : at + 4], "big")
        found.append((at, size, data[at + 4 : at + 8]))
        at += size
    return found


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), name) + body


def itunes_gapless(delay: int, frames: int) -> bytes:
    """The tag in which iTunes and afconvert say what is not sound, instead of a list of edits."""
    text = f" 00000000 {delay:08X} 00000000 {frames:016X}" + " 00000000" * 8
    names = box(b"mean", bytes(4) + b"com.apple.iTunes") + box(b"name", bytes(4) + b"iTunSMPB")
    item = box(b"----", names + box(b"data", struct.pack(">II", 1, 0) + text.encode()))
    handler = box(b"hdlr", bytes(8) + b"mdirappl" + bytes(9))
    return box(b"udta", box(b"meta", bytes(4) + handler + box(b"ilst", item)))


def without_edits(data: bytes, more: bytes = b"") -> bytes:
    """The MP4 without its lists of edits, and with `more` in its `moov`, which is the last box."""
    out = bytearray(data)
    movie, size, name = boxes(data, 0, len(data))[-1]
    assert name == b"moov"
    for at, length, kind in boxes(data, movie + 8, movie + size):
        if kind == b"trak":
            edits = [place for place, _, inner in boxes(data, at + 8, at + length) if inner == b"edts"]
            for place in edits:
                out[place + 4 : place + 8] = b"free"
    out[movie : movie + 4] = struct.pack(">I", size + len(more))
    return bytes(out) + more


@pytest.mark.parametrize("delay", [1024, 2112])
@pytest.mark.parametrize("rate_hz", RATES)
def test_an_m4a_whose_delay_is_told_by_itunes_is_whole(rate_hz: int, delay: int) -> None:
    recipe = Recipe("ipod", "aac", rate_hz, 1, kbits=64)
    data = without_edits(encode_sound(recipe, noise(recipe)), itunes_gapless(delay, recipe.frames))
    found = measure(File(data), 3600)
    samples, _ = ffmpegs_own_decode(data)
    assert (found.frames, found.declared_frames, found.broken_off) == (len(samples), len(samples), False)


def test_it_begins_with_its_first_sample() -> None:
    recipe = Recipe("ipod", "aac", 8000, 1, kbits=64)
    sound = noise(recipe)
    data = without_edits(encode_sound(recipe, sound), itunes_gapless(1024, recipe.frames))
    samples, _ = ffmpegs_own_decode(data)
    assert lag(samples[:, 0], sound[0]) == 0


def lag(samples: np.ndarray, truth: np.ndarray) -> int:
    size = 1 << (len(samples) + len(truth)).bit_length()
    product = np.fft.rfft(samples, size) * np.conj(np.fft.rfft(truth, size))
    at = int(np.argmax(np.fft.irfft(product, size)))
    return at - size if at > size // 2 else at


def test_an_m4a_of_which_sound_is_missing_is_cut_off_whoever_tells_its_delay() -> None:
    recipe = Recipe("ipod", "aac", 8000, 1, kbits=64)
    data = without_edits(encode_sound(recipe, noise(recipe)), itunes_gapless(1024, recipe.frames))
    sound, size, _ = next(each for each in boxes(data, 0, len(data)) if each[2] == b"mdat")
    damaged = data[: sound + size - 6000] + b"\xff" * 6000 + data[sound + size :]
    found = measure(File(damaged), 3600)
    assert found.declared_frames - found.frames > recipe.rate_hz // 10
    assert found.declared_frames == pytest.approx(recipe.frames, abs=1024)


def test_opus_in_an_mp4_without_edits_is_whole() -> None:
    recipe = Recipe("mp4", "libopus", 48_000, 1, kbits=48)
    found = measure(File(without_edits(encode_sound(recipe, noise(recipe)))), 3600)
    assert found.declared_frames == found.frames


@cache
def mp3(*, variable: bool) -> tuple[bytes, tuple[int, ...]]:
    """A recording, and where its frames begin."""
    recipe = Recipe("mp3", "libmp3lame", channels=1, kbits=None if variable else 64, seconds=8)
    data = encode_sound(recipe, noise(recipe))
    with av.open(io.BytesIO(data), "r") as file:
        return data, tuple(packet.pos or 0 for packet in file.demux(audio=0) if packet.size)


@pytest.mark.parametrize("behind", [b"", ID3V1, APE], ids=["nothing", "ID3v1", "APE"])
@pytest.mark.parametrize("variable", [True, False], ids=["variable", "constant"])
def test_an_mp3_that_was_cut_between_two_frames_is_read_and_its_header_reported(variable: bool, behind: bytes) -> None:
    data, frames = mp3(variable=variable)
    found = measure(File(data[: frames[len(frames) // 2]] + behind), 3600)
    assert 3.9 < found.frames / found.rate_hz < 4.1
    assert (found.declared_frames, found.broken_off) == (0, True)
    assert [note.code for note in found.notes] == ["length-overstated"]
    assert "states 7.993 s" in found.notes[0].detail


def test_so_is_one_whose_beginning_was_cut_away() -> None:
    data, frames = mp3(variable=True)
    found = measure(File(data[: frames[0]] + data[frames[100] :]), 3600)
    assert [note.code for note in found.notes] == ["length-overstated"]


@pytest.mark.parametrize("variable", [True, False], ids=["variable", "constant"])
def test_an_mp3_that_ends_within_a_frame_was_cut_off(variable: bool) -> None:
    data, frames = mp3(variable=variable)
    found = measure(File(data[: frames[len(frames) // 2] + 40]), 3600)
    assert found.declared_frames / found.rate_hz == pytest.approx(7.993, abs=0.001)
    assert found.notes == ()


@pytest.mark.parametrize("variable", [True, False], ids=["variable", "constant"])
def test_a_whole_mp3_is_not_reported(variable: bool) -> None:
    found = measure(File(mp3(variable=variable)[0]), 3600)
    assert (found.declared_frames, found.broken_off, found.notes) == (0, False, ())


@pytest.mark.parametrize("more", [1, 500, 100_000])
def test_a_whole_mp3_whose_header_counts_other_bytes_is_not_reported(more: int) -> None:
    """As of a tag that has been taken away since."""
    data, _ = mp3(variable=True)
    at = max(data.find(b"Xing", 0, 2000), data.find(b"Info", 0, 2000)) + 12
    stated = int.from_bytes(data[at : at + 4], "big") + more
    found = measure(File(data[:at] + stated.to_bytes(4, "big") + data[at + 4 :]), 3600)
    assert found.notes == ()
    assert 0 <= found.declared_frames - found.frames < found.rate_hz // 10
