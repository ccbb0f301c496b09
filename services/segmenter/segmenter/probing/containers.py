"""The containers: how the length of their audio is known, and how it is known that its end is there.

docs/audio.md has the same table; a test compares the two. `ffmpeg/forms.py` has what FFmpeg calls each container.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from segmenter.ffmpeg.forms import DEMUXERS
from segmenter.probing import matroska
from segmenter.probing.end_marks import LacksEnd, flv_lacks_last_tag_size, ogg_lacks_last_page
from segmenter.probing.packet_frames import FramesOf, aac_frames, duration_frames, mp3_frames
from segmenter.probing.stated_bytes import StatedBytes, in_asf, in_au, in_avi, in_caf, in_mp3, in_w64


class Stated(StrEnum):
    """What a header states of the length, so that it is known how much is missing of a file that was cut off."""

    NOTHING = "–"
    SAMPLES = "samples"
    BYTES = "bytes"
    SAMPLES_AND_BYTES = "samples and bytes"
    DURATION = "duration"
    SAMPLES_IF_CUT = "samples, if bytes are missing"
    DURATION_IF_CUT = "duration, if bytes are missing"


class Container(NamedTuple):
    """One row. `counted`: how many frames each packet of a codec gives, where a count was measured to equal the decode.

    `length_in_header`: no packet need be counted. `indexed`: the codecs whose packets an index lists, so that few need
    be read. `stated_bytes` finds where the header says that the audio lies, `lacks_end` whether the mark is missing
    that every complete file ends with.
    """

    counted: Mapping[str, FramesOf] = MappingProxyType({})
    indexed: frozenset[str] = frozenset()
    length_in_header: bool = False
    stated: Stated = Stated.NOTHING
    stated_bytes: StatedBytes | None = None
    lacks_end: LacksEnd | None = None


_AAC: Final = {"aac": aac_frames}
_ALAC: Final = {"alac": duration_frames}
_PCM: Final = {"pcm": duration_frames, "adpcm": duration_frames}

_AAC_INDEX: Final = frozenset({"aac"})

# Ogg's and MP3's headers estimate the number of samples, Matroska's states the length of its longest track, and CAF's
# counts the encoder's padding: they are not asked for samples, or only of a file that was cut off. MP3's are asked
# then, because writers do not agree on what they count as bytes. What an MP4 states may have the encoder's delay in it,
# so it is held against the packets. Of a coded WAV `domain/wav.py` compares the bytes.
CONTAINERS: Final[Mapping[str, Container]] = {
    "FLAC": Container(length_in_header=True, stated=Stated.SAMPLES),
    "WavPack": Container(stated=Stated.SAMPLES),
    "TTA": Container(stated=Stated.SAMPLES),
    "AIFF, AIFC": Container(_PCM, stated=Stated.SAMPLES),
    "M4A, MP4, MOV, 3GP": Container(_AAC | _ALAC | _PCM, indexed=_AAC_INDEX, stated=Stated.DURATION),
    "WAV, RF64, BW64": Container(_PCM, stated=Stated.BYTES),
    "W64": Container(_PCM, stated=Stated.SAMPLES_AND_BYTES, stated_bytes=in_w64),
    "CAF": Container(_ALAC | _PCM, stated=Stated.BYTES, stated_bytes=in_caf),
    "AU": Container(_PCM, stated=Stated.BYTES, stated_bytes=in_au),
    "SPHERE (NIST)": Container(_PCM, stated=Stated.SAMPLES),
    "AVI": Container(stated=Stated.BYTES, stated_bytes=in_avi),
    "WMA (ASF)": Container(stated=Stated.BYTES, stated_bytes=in_asf),
    "MP1, MP2, MP3": Container({"mp3": mp3_frames}, stated=Stated.SAMPLES_IF_CUT, stated_bytes=in_mp3),
    "Matroska, WebM": Container(
        _AAC,
        stated=Stated.DURATION_IF_CUT,
        stated_bytes=matroska.in_segment,
        lacks_end=matroska.ends_inside_element,
    ),
    "Ogg": Container(lacks_end=ogg_lacks_last_page),
    "FLV": Container(_AAC, lacks_end=flv_lacks_last_tag_size),
}
OTHER: Final = Container()
_BY_DEMUXER: Final = {name: row for form, row in CONTAINERS.items() for name in DEMUXERS[form]}
_FAMILIES: Final = {"mp3float": "mp3", "adpcm_ima_wav": "adpcm", "adpcm_ms": "adpcm"}


def container(name: str) -> Container:
    """The row of an open file's container; `name` is FFmpeg's, which may be several joined by commas."""
    return _BY_DEMUXER.get(name.split(",")[0], OTHER)


def codec_family(codec: str) -> str:
    """The codec as `counted` names it, from what FFmpeg calls its decoder."""
    return "pcm" if codec.startswith("pcm_") else _FAMILIES.get(codec, codec)
