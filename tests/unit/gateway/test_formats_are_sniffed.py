"""Formats by their first bytes. What follows a signature does not matter here, so these heads are short."""

from pathlib import Path

import pytest

from gateway.domain.sniff import HEAD_BYTES, sniff

REAL = Path(__file__).parents[4] / "shared" / "data"

# MPEG1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes a frame, 418 with padding. MPEG2: 144 bytes at 64 kbit/s, 32 kHz.
MP3_FRAME = b"\xff\xfb\x90\x00" + bytes(413)
MP3_PADDED = b"\xff\xfb\x92\x00" + bytes(414)
MP2_FRAME = b"\xff\xfd\x80\x00" + bytes(413)  # layer II, 128 kbit/s, 44.1 kHz: 417 bytes
TS_PACKET = b"\x47\x40\x00\x10" + bytes(184)
ADTS_FRAME = bytes.fromhex("fff15080 0c9ffc") + bytes(93)  # 100 bytes
PACK_1, PACK_2 = b"\x00\x00\x01\xba\x21" + bytes(7), b"\x00\x00\x01\xba\x44" + bytes(8) + b"\xfb" + b"\xff" * 3
PACKET = b"\x00\x00\x01\xc0\x00\x10" + bytes(16)
ID3 = b"ID3\x04\x00\x00\x00\x00\x00\x0a" + bytes(10)  # a tag of 10 bytes

KNOWN = [
    (b"RIFF\x00\x00\x00\x00WAVEfmt ", "wav", "audio/wav"),
    (b"RF64\xff\xff\xff\xffWAVEds64", "wav", "audio/wav"),
    (b"BW64\xff\xff\xff\xffWAVEds64", "wav", "audio/wav"),
    (b"fLaC\x00\x00\x00\x22", "flac", "audio/flac"),
    (ID3, "mp3", "audio/mpeg"),
    (ID3 + MP3_FRAME * 2, "mp3", "audio/mpeg"),
    (ID3 + b"fLaC", "flac", "audio/flac"),
    (ID3 + ADTS_FRAME * 2, "aac", "audio/aac"),
    (b"ID3\x04\x00\x00\x00\x7f\x7f\x7f" + bytes(HEAD_BYTES), "mp3", "audio/mpeg"),
    (MP3_FRAME * 3, "mp3", "audio/mpeg"),
    (MP3_PADDED + MP3_FRAME, "mp3", "audio/mpeg"),
    (MP3_FRAME, "mp3", "audio/mpeg"),
    (MP3_FRAME + b"TAG" + bytes(125), "mp3", "audio/mpeg"),
    (bytes(5_000) + MP3_FRAME * 3, "mp3", "audio/mpeg"),
    (b"a few bytes before it" + MP3_FRAME * 4, "mp3", "audio/mpeg"),
    (MP2_FRAME * 3, "mp2", "audio/mpeg"),
    (b"OggS\x00\x02", "ogg", "audio/ogg"),
    (b"\x00\x00\x00\x20ftypisom", "mp4", "video/mp4"),
    (b"\x00\x00\x00\x20ftypM4A ", "m4a", "audio/mp4"),
    (b"\x00\x00\x00\x14ftypqt  ", "mov", "video/quicktime"),
    (b"\x00\x00\x00\x14ftyp3gp5", "3gp", "video/3gpp"),
    (b"\x00\x01\x00\x00moov", "mov", "video/quicktime"),
    (b"\x00\x00\x00\x08wide\x00\x00\x00\x00mdat", "mov", "video/quicktime"),
    (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm", "webm", "video/webm"),
    (b"\x1a\x45\xdf\xa3\xa3\x42\x86\x81\x01\x42\x82\x88matroska", "mkv", "video/x-matroska"),
    (b"FORM\x00\x00\x00\x00AIFFCOMM", "aiff", "audio/aiff"),
    (b"FORM\x00\x00\x00\x00AIFCFVER", "aiff", "audio/aiff"),
    (b"caff\x00\x01\x00\x00", "caf", "audio/x-caf"),
    (bytes.fromhex("726966662e91cf11a5d628db04c10000"), "w64", "audio/x-w64"),
    (b".snd\x00\x00\x00\x18", "au", "audio/basic"),
    (b"#!AMR\n\x3c", "amr", "audio/amr"),
    (b"#!AMR-WB\n\x3c", "amr", "audio/amr-wb"),
    (ADTS_FRAME * 2, "aac", "audio/aac"),
    (ADTS_FRAME, "aac", "audio/aac"),
    (b"ADIF", "aac", "audio/aac"),
    (b"\x0b\x77\x00\x00", "ac3", "audio/ac3"),
    (b"\x7f\xfe\x80\x01", "dts", "audio/vnd.dts"),
    (b"\xff\x1f\x00\xe8", "dts", "audio/vnd.dts"),
    (b"MAC \x96\x0f", "ape", "audio/x-ape"),
    (b"wvpk\x00\x00", "wv", "audio/x-wavpack"),
    (b"TTA1\x01\x00", "tta", "audio/x-tta"),
    (bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), "wma", "video/x-ms-asf"),
    (b"RIFF\x00\x00\x00\x00AVI LIST", "avi", "video/x-msvideo"),
    (b"FLV\x01\x05", "flv", "video/x-flv"),
    (TS_PACKET * 3, "ts", "video/mp2t"),
    ((bytes(4) + TS_PACKET) * 3, "ts", "video/mp2t"),
    (b"\x00\x00\x01\xba\x44\x00", "mpg", "video/mpeg"),
    (b"\x00\x00\x01\xbb\x00\x0c", "mpg", "video/mpeg"),
    (b"\x00\x00\x01\xbd\x07\xec", "mpg", "video/mpeg"),
    (b"\x00\x00\x01\xc0\x07\xec", "mpg", "video/mpeg"),
    (b"\x00\x00\x01\xe0\x07\xec", "mpg", "video/mpeg"),
    (b"\x00\x00\x01\xb3\x16\x00", "mpg", "video/mpeg"),
    (bytes(3000) + (PACK_1 + PACKET) * 2, "mpg", "video/mpeg"),
    (b"the end of a packet" + (PACK_2 + PACKET) * 2, "mpg", "video/mpeg"),
    (b"NIST_1A\n   1024\n", "sph", "audio/x-nist"),
    (b"a page of text\n" * 7000 + MP3_FRAME * 5, "mp3", "audio/mpeg"),
]

UNKNOWN = [
    b"",
    b"\x00",
    bytes(HEAD_BYTES),
    bytes(range(256)) * 4,
    b"\xff" * HEAD_BYTES,
    b"1\n00:00:00,000 --> 00:00:01,000\nHello\n",
    "1\r\n00:00:00,000 --> 00:00:01,000\r\n".encode("utf-16"),
    "ÿûäöü".encode("latin-1") * 50,
    b"RIFF\x00\x00\x00\x00WEBP",
    b"RIFF",
    b"FORM\x00\x00\x00\x00ILBM",
    b"fLa",
    b"ID3",
    b"ID3\x04\x00\x00\xff\xff\xff\xff",
    b"one free lunch",
    b"the free lunch",
    b"%PDF-1.7",
    b"PK\x03\x04",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff\xe0\x00\x10JFIF",
    b"<html><body></body></html>",
    b"GGGG" * 100,
    b"\x00\x00\x01\x09\x10\x00\x00\x01\x67",  # H.264 without a container
    b"junk" + PACK_1 + PACKET,  # one may be there by chance
    b"junk" + PACK_1 * 5,
    b"junk" + b"\x00\x00\x01\xba" * 50,
    b"NIST_1B\n   1024\n",
    bytes(HEAD_BYTES) + MP3_FRAME * 5,
    MP3_FRAME[:200],
    MP3_FRAME + b"then text",
    b"\xff\xfb\x90\x00" * 100,  # syncs, but no frame where the one before says
    b"\xff\xfb\xf0\x00" * 200,  # the forbidden bit rate
    b"\xff\xeb\x90\x00" + bytes(413) + b"\xff\xeb\x90\x00",  # the reserved version
]

REFUSED_FILES = {
    "audio/not_audio_incrementing_bytes.mp3",
    "audio/not_audio_text_path.mp3",
    "audio/one_byte.wav",
    "audio/zero_bytes.ogg",
}
RECORDINGS = [path for folder in ("audio", "pairs") for path in sorted((REAL / folder).glob("*.[!st]*"))]


@pytest.mark.parametrize(("head", "extension", "content_type"), KNOWN)
def test_a_known_format_is_recognised_by_its_first_bytes(head: bytes, extension: str, content_type: str) -> None:
    found = sniff(head)
    assert found is not None
    assert (found.extension, found.content_type) == (extension, content_type)


@pytest.mark.parametrize("head", UNKNOWN)
def test_bytes_of_no_known_format_are_no_recording(head: bytes) -> None:
    assert sniff(head) is None


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.name)
def test_a_real_recording_gets_the_extension_of_its_content(path: Path) -> None:
    found = sniff(path.read_bytes()[:HEAD_BYTES])
    expected = None if f"{path.parent.name}/{path.name}" in REFUSED_FILES else path.suffix.removeprefix(".")
    assert (found and found.extension) == expected
