"""What a file begins as, by the marks that its form has at its first bytes: a file that begins so and cannot be read is
damaged or cut off, and no other file. Forms without a mark are known here by one whole header of a frame.
"""

from typing import Final

from segmenter.domain.mpeg_frame import frame_bytes

HEAD_BYTES: Final = 1024
MP4: Final = "MP4"

_MARKS: Final = (
    (b"fLaC", "FLAC"),
    (b"OggS", "Ogg"),
    (b"ID3", "MP3"),
    (b"caff", "CAF"),
    (b".snd", "AU"),
    (b"wvpk", "WavPack"),
    (b"TTA1", "TTA"),
    (b"MAC ", "Monkey's Audio"),
    (b"#!AMR", "AMR"),
    (b"FLV\x01", "FLV"),
    (b"NIST_1A\n", "SPHERE"),
    (b"\x1a\x45\xdf\xa3", "Matroska"),
    (b"\x0b\x77", "AC-3"),
    (b"\x7f\xfe\x80\x01", "DTS"),
    (b"\xfe\x7f\x01\x80", "DTS"),
    (b"\x1f\xff\xe8\x00", "DTS"),
    (b"\xff\x1f\x00\xe8", "DTS"),
    (b"\x00\x00\x01\xba", "MPEG program stream"),
    (bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), "WMA"),
    (bytes.fromhex("726966662e91cf11a5d628db04c10000"), "W64"),
)
_CHUNKED: Final = {
    (b"RIFF", b"WAVE"): "WAV",
    (b"RIFX", b"WAVE"): "WAV",
    (b"RF64", b"WAVE"): "WAV",
    (b"BW64", b"WAVE"): "WAV",
    (b"RIFF", b"AVI "): "AVI",
    (b"FORM", b"AIFF"): "AIFF",
    (b"FORM", b"AIFC"): "AIFF",
}
_ATOMS: Final = frozenset({b"ftyp", b"moov", b"mdat", b"wide"})
_TS_PACKET_BYTES: Final = 188


def form_of(head: bytes) -> str | None:
    """What a person calls the form; None where none is recognised. `head` are the file's first bytes."""
    chunked = _CHUNKED.get((head[:4], head[8:12]))
    marked = chunked or next((form for mark, form in _MARKS if head.startswith(mark)), None)
    if marked or head[4:8] in _ATOMS:
        return marked or MP4
    if len(head) > 2 * _TS_PACKET_BYTES and all(head[n * _TS_PACKET_BYTES] == ord("G") for n in range(3)):
        return "MPEG transport stream"
    if frame_bytes(head[:4]):
        return "MPEG audio"
    return "AAC" if _is_adts(head[:7]) else None


def _is_adts(header: bytes) -> bool:
    return len(header) == 7 and header[0] == 0xFF and header[1] & 0xF6 == 0xF0 and header[2] >> 2 & 15 <= 12
