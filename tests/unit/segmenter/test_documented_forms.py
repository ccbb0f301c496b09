"""docs/audio.md names every demuxer and decoder that is open to a recording, and FFmpeg has each of them."""

import ctypes
import re
from collections.abc import Mapping
from pathlib import Path

from av.codec import Codec
from av.format import ContainerFormat

from segmenter.ffmpeg.forms import CONTAINER_OPTIONS, DECODERS, DEMUXERS, OPEN_DECODERS

PAGE = (Path(__file__).parents[3] / "docs" / "audio.md").read_text(encoding="utf-8")


def table(heading: str) -> Mapping[str, tuple[str, ...]]:
    """First column → the names between backquotes in the second."""
    _, _, behind = PAGE.partition(f"| {heading} |\n|---|---|\n")
    rows = re.findall(r"\| (.+?) \| (.+?) \|\n", behind.partition("\n\n")[0] + "\n")
    return {form: tuple(re.findall(r"`([a-z0-9_]+)`", names)) for form, names in rows}


def test_the_demuxers_are_those_of_the_page() -> None:
    assert table("container | FFmpeg's demuxers") == DEMUXERS


def test_the_decoders_are_those_of_the_page() -> None:
    assert table("codec | FFmpeg's decoders") == DECODERS


def test_every_name_is_one_of_ffmpegs() -> None:
    assert all(ContainerFormat(name, "r").is_input for names in DEMUXERS.values() for name in names)
    assert all(Codec(name, "r").type == "audio" for names in DECODERS.values() for name in names)


def test_every_decoder_is_the_one_that_ffmpeg_takes_for_its_codec() -> None:
    """It has two for some, `mp3` and `mp3float`, and a name that is never taken would open nothing."""
    lines = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    find = ctypes.CDLL(next(line.split()[-1] for line in lines if "libavcodec" in line)).avcodec_find_decoder
    find.restype = ctypes.POINTER(ctypes.c_char_p)  # the name is the first field
    assert {find(Codec(name, "r").id).contents.value.decode() for name in OPEN_DECODERS} == OPEN_DECODERS


def test_no_protocol_is_open() -> None:
    assert CONTAINER_OPTIONS["protocol_whitelist"] == "none"
