"""The format of a recording by its first bytes, whatever its name says. Unknown bytes are no recording.

It refuses what can't be audio before it is stored; whether the rest can be decoded is for the segmenter to find out.
"""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from gateway.domain import iso_media, mpeg, program_stream

# Enough for every signature, and for a few frames of the formats that have none, even after a picture or a web page.
HEAD_BYTES: Final = 128 * 1024


class Format(Struct, frozen=True):
    """A container: the extension its objects get (without the dot), and their content type."""

    extension: str
    content_type: str


WAV: Final = Format("wav", "audio/wav")
FLAC: Final = Format("flac", "audio/flac")
MP3: Final = Format("mp3", "audio/mpeg")
MP4: Final = Format("mp4", "video/mp4")
M4A: Final = Format("m4a", "audio/mp4")
MOV: Final = Format("mov", "video/quicktime")
THREE_GP: Final = Format("3gp", "video/3gpp")
MKV: Final = Format("mkv", "video/x-matroska")
WEBM: Final = Format("webm", "video/webm")
AAC: Final = Format("aac", "audio/aac")
MPEG_TS: Final = Format("ts", "video/mp2t")
MPEG_PS: Final = Format("mpg", "video/mpeg")

# Signatures at offset 0. Longer ones are listed before their own prefixes.
_LEADING: Final[tuple[tuple[bytes, Format], ...]] = (
    (b"fLaC", FLAC),
    (b"OggS", Format("ogg", "audio/ogg")),
    (b"caff", Format("caf", "audio/x-caf")),
    (b".snd", Format("au", "audio/basic")),
    (b"#!AMR-WB\n", Format("amr", "audio/amr-wb")),
    (b"#!AMR\n", Format("amr", "audio/amr")),
    (b"\x0b\x77", Format("ac3", "audio/ac3")),
    (b"DTSHDHDR", Format("dts", "audio/vnd.dts.hd")),
    (b"\x7f\xfe\x80\x01", Format("dts", "audio/vnd.dts")),
    (b"\xfe\x7f\x01\x80", Format("dts", "audio/vnd.dts")),
    (b"\x1f\xff\xe8\x00", Format("dts", "audio/vnd.dts")),
    (b"\xff\x1f\x00\xe8", Format("dts", "audio/vnd.dts")),
    (b"MAC ", Format("ape", "audio/x-ape")),
    (b"wvpk", Format("wv", "audio/x-wavpack")),
    (b"TTA1", Format("tta", "audio/x-tta")),
    (b"TTA2", Format("tta", "audio/x-tta")),
    (b"ADIF", AAC),
    (b"FLV\x01", Format("flv", "video/x-flv")),
    (b"NIST_1A\n", Format("sph", "audio/x-nist")),
    (bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), Format("wma", "video/x-ms-asf")),
    (bytes.fromhex("726966662e91cf11a5d628db04c10000"), Format("w64", "audio/x-w64")),
)

# Chunked files: the names at offsets 0 and 8, with a length between them.
_CHUNKED: Final[dict[tuple[bytes, bytes], Format]] = {
    (b"RIFF", b"WAVE"): WAV,
    (b"RIFX", b"WAVE"): WAV,
    (b"RF64", b"WAVE"): WAV,
    (b"BW64", b"WAVE"): WAV,
    (b"RIFF", b"AVI "): Format("avi", "video/x-msvideo"),
    (b"FORM", b"AIFF"): Format("aiff", "audio/aiff"),
    (b"FORM", b"AIFC"): Format("aiff", "audio/aiff"),
}

# QuickTime files from before `ftyp` begin with one of these atoms.
_OLD_ATOMS: Final = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_BRANDS: Final[dict[bytes, Format]] = {b"M4A ": M4A, b"M4B ": M4A, b"M4P ": M4A, b"qt  ": MOV}

_MPEG_LAYERS: Final = {1: Format("mp1", "audio/mpeg"), 2: Format("mp2", "audio/mpeg"), 3: MP3}

# By extension, for serving what was stored.
CONTENT_TYPES: Final = {
    found.extension: found.content_type
    for found in (
        *(WAV, FLAC, MP3, MP4, M4A, MOV, THREE_GP, MKV, WEBM, AAC, MPEG_TS, MPEG_PS),
        *(found for _, found in _LEADING),
        *_CHUNKED.values(),
        *_MPEG_LAYERS.values(),
    )
}


def sniff(head: bytes) -> Format | None:
    """The format of a file that begins with `head`: its first `HEAD_BYTES`, or all of it where it is shorter.

    Of more bytes no more are looked at, so that a file is the same however many of them are in hand.
    """
    head = head[:HEAD_BYTES]
    return next((found for recognise in _RECOGNISERS if (found := recognise(head)) is not None), None)


def _signature(head: bytes) -> Format | None:
    chunked = _CHUNKED.get((head[:4], head[8:12]))
    return chunked or next((kind for mark, kind in _LEADING if head.startswith(mark)), None)


def _iso_media(head: bytes) -> Format | None:
    atom, brand = head[4:8], head[8:12]
    if atom == b"ftyp":
        if brand in iso_media.IMAGE_BRANDS:
            return None
        return THREE_GP if brand[:2] == b"3g" else _BRANDS.get(brand, MP4)
    # The length before it is binary; a text that contains such a word is not.
    return MOV if atom in _OLD_ATOMS and any(byte < 0x20 or byte > 0x7E for byte in head[:4]) else None


def _matroska(head: bytes) -> Format | None:
    if not head.startswith(b"\x1a\x45\xdf\xa3"):
        return None
    return WEBM if b"\x42\x82\x84webm" in head[:128] else MKV


def _transport_stream(head: bytes) -> Format | None:
    # Packets of 188 bytes, or of 192 with a time code before each (as cameras write them).
    for start, length in ((0, 188), (4, 192)):
        packets = [head[at : at + 4] for at in range(start, min(len(head), 5 * length), length)]
        if len(packets) >= 3 and all(_is_packet(packet) for packet in packets):
            return MPEG_TS
    return None


def _program_stream(head: bytes) -> Format | None:
    return MPEG_PS if program_stream.is_program_stream(head) else None


def _is_packet(header: bytes) -> bool:
    return len(header) == 4 and header[0] == 0x47 and header[3] & 0x30 != 0  # 00 there is reserved


def _tagged(head: bytes) -> Format | None:
    """An ID3v2 tag means MP3, unless what follows it is within `head` and says otherwise."""
    length = mpeg.id3_bytes(head)
    if length is None:
        return None
    rest = head[length:]
    return (_signature(rest) or _frames(rest) or MP3) if rest else MP3


def _frames(head: bytes) -> Format | None:
    if mpeg.is_adts(head):
        return AAC
    return _MPEG_LAYERS.get(mpeg.layer(head) or 0)


_RECOGNISERS: Final[tuple[Callable[[bytes], Format | None], ...]] = (
    _signature,
    _iso_media,
    _matroska,
    _tagged,
    _transport_stream,
    _program_stream,
    _frames,
)
