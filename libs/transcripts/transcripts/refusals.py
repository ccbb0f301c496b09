"""What people upload as transcripts and nobody here reads: told by its content, with a way to what is read.

Looked for whatever `transcript_type` says: the text of a page or of a container is no text that anybody spoke.
"""

import re
from typing import Final

from transcripts.errors import UnsupportedTranscript

_HEAD_BYTES: Final = 4096
_HEAD_CHARS: Final = 4096

_AS_TEXT: Final = "open it in its program and save it as plain text (UTF-8), then upload that"
_OCR: Final = (
    "its subtitles are pictures; read them as text with Subtitle Edit (OCR), or subtile-ocr, and save them as SRT"
)
_EXTRACT: Final = "upload a transcript; subtitles in a video: ffmpeg -i talk.mkv -map 0:s:0 talk.srt"
_UNPACK: Final = "unpack it, and upload the transcript in it"

# The bytes that a file begins with, its name, and the way out.
_SIGNATURES: Final[tuple[tuple[bytes, str, str], ...]] = (
    (b"%PDF-", "a PDF document", "copy its text into a plain text file: pdftotext talk.pdf talk.txt"),
    (b"{\\rtf", "an RTF document", _AS_TEXT),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a document of Microsoft Office", _AS_TEXT),
    (b"\x1f\x8b\x08", "a gzip file", "unpack it: gunzip talk.srt.gz"),
    (b"BZh", "a bzip2 file", _UNPACK),
    (b"\xfd7zXZ\x00", "an xz file", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"PG\x00\x00", "PGS bitmap subtitles", _OCR),
    (b"SPU\x00", "bitmap subtitles", _OCR),
    (b"\x00\x00\x01\xba", "VobSub bitmap subtitles, or a video", _OCR),
    (b"\x89PNG\r\n", "a picture", "upload a transcript"),
    (b"\xff\xd8\xff", "a picture", "upload a transcript"),
    (b"GIF8", "a picture", "upload a transcript"),
    (b"SQLite format 3\x00", "a database", "export the transcript from it as text"),
    (b"ooBinaryFile", "a binary TextGrid", 'save it from Praat with "Save as text file..."'),
    (b"bplist00", "a property list", "export the transcript as text"),
)
_ZIPS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"word/", "a Word document"),
    (b"[Content_Types].xml", "a document of Microsoft Office"),
    (b"opendocument", "a document of OpenOffice or LibreOffice"),
    (b"epub", "an e-book"),
)
_STL: Final = re.compile(rb".{3}STL\d\d\.\d\d", re.DOTALL)  # EBU's: the code page, then the disk format code

# How a text begins, its name, and the way out.
_TEXTS: Final[tuple[tuple[re.Pattern[str], str, str], ...]] = (
    (
        re.compile(r"Scenarist_SCC V", re.IGNORECASE),
        "closed captions in SCC",
        "convert them: ttconv convert -i talk.scc -o talk.vtt, or ffmpeg -i talk.scc talk.srt",
    ),
    (re.compile(r"# VobSub index file"), "the index of VobSub bitmap subtitles", _OCR),
    (
        re.compile(r"(?:\$|//)[ \t]*(?:FontName|FontSize|Font[ \t]*select)", re.IGNORECASE),
        "Spruce STL subtitles",
        "convert them to SRT with Subtitle Edit",
    ),
    (
        re.compile(r"<SAMI[\s>]|<\?xml[^<]*<SAMI[\s>]", re.IGNORECASE),
        "SAMI subtitles",
        "convert them: ffmpeg -i talk.smi talk.srt",
    ),
    (
        re.compile(
            r"(?:<\?xml[^<]{0,200}>\s{0,9}|<!--[^<]{0,999}-->\s{0,9})?"
            r"(?:<!DOCTYPE\s+html|<(?:html|head|body|div|p|table|meta|title)[\s>])",
            re.IGNORECASE,
        ),
        "an HTML page",
        "copy the text alone into a plain text file, or upload the subtitles themselves",
    ),
    (re.compile(r"From |Received: |MIME-Version: "), "an e-mail", _AS_TEXT),
)  # fmt: skip
_EMAIL: Final = "an e-mail"


def refuse_bytes(data: bytes) -> None:
    """Raises: UnsupportedTranscript."""
    head = data[:_HEAD_BYTES].removeprefix(b"\xef\xbb\xbf")
    start = head.lstrip(b" \t\r\n")
    for mark, name, remedy in _SIGNATURES:
        if start.startswith(mark) and not (mark == b"BZh" and not start[3:4].isdigit()):
            raise refusal(name, remedy)
    if head.startswith(b"PK\x03\x04"):
        name = next((name for mark, name in _ZIPS if mark in data[: 64 * 1024]), "a ZIP archive")
        raise refusal(name, _UNPACK if name == "a ZIP archive" else _AS_TEXT)
    if _STL.match(head):
        raise refusal("EBU STL subtitles", "convert them: ttconv convert -i talk.stl -o talk.vtt")


def refuse_text(text: str) -> None:
    """Raises: UnsupportedTranscript. XML and JSON are judged by `detect`, which knows some of their kinds."""
    head = text[:_HEAD_CHARS].lstrip()
    for pattern, name, remedy in _TEXTS:
        if pattern.match(head) and (name != _EMAIL or "\nSubject: " in head):
            raise refusal(name, remedy)


def refusal(name: str, remedy: str) -> UnsupportedTranscript:
    return UnsupportedTranscript(f"the transcript is {name}, which is not read", line=1, remedy=remedy)
