"""Bytes to text, strictly: a byte order mark decides, then the named encoding, then UTF-8. Nothing is guessed and
nothing replaced, for a wrong letter here is a wrong letter in every model trained on it.
"""

import codecs

from transcripts.characters import unify_line_ends
from transcripts.encodings_allowed import canonical_name
from transcripts.errors import UndecodableText

# UTF-32's little-endian mark begins with UTF-16's, so it is tried first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# What a line end becomes whose two bytes are read in the wrong order. Unicode has no character here.
_SWAPPED_LINE_END = "\u0a00"
_OTHER_ORDER = {"utf-16-le": "utf-16-be", "utf-16-be": "utf-16-le"}

_REMEDY = "save the file as UTF-8, or name its encoding as transcript_encoding, for example windows-1252"


def decode(data: bytes, encoding: str | None = None) -> tuple[str, str]:
    """The text without byte order mark, and Python's name of the encoding used. A mark wins over `encoding` unless
    the bytes after it do not decode; then `encoding` is tried on all bytes.

    Raises: UnknownEncoding for a name that is not allowed, whatever the bytes; UndecodableText at the first bad byte,
    or when the bytes look like UTF-16 or UTF-32 without a mark.
    """
    named = canonical_name(encoding) if encoding is not None else None
    marked = _marked(data)
    if marked is not None:
        try:
            return _decode(data, marked), marked
        except UndecodableText:
            if named is None or named == marked:
                raise
    used = named or "utf-8"
    return _decode(data, used), used


def _marked(data: bytes) -> str | None:
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)


def _decode(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = _line_at(data[: error.start], encoding)
        message = f"not {encoding}: byte {error.start} in line {line} ({error.reason})"
        raise UndecodableText(message, line=line, offset=error.start, remedy=_REMEDY) from error
    if "\0" in text:
        _refuse_wide_text(data)
    if _SWAPPED_LINE_END in text and "\n" not in text and encoding in _OTHER_ORDER:
        _refuse_other_order(encoding)
    return text.lstrip("\ufeff")


def _refuse_other_order(encoding: str) -> None:
    """The wrong order of bytes decodes to strange letters without an error, so the line ends must tell."""
    raise UndecodableText(
        f"not {encoding}: the line ends have their bytes in the other order",
        line=1,
        offset=None,
        remedy=f"save the file as UTF-8, or name its encoding as transcript_encoding: {_OTHER_ORDER[encoding]}",
    )


def _line_at(before: bytes, encoding: str) -> int:
    return unify_line_ends(before.decode(encoding)).count("\n") + 1


def _refuse_wide_text(data: bytes) -> None:
    """A stray NUL is left to the reader. Many of them, or all on one side of the byte pairs, are the halves of wider
    characters: Latin text has them in every character, other scripts at least in blanks and line ends.
    """
    even, odd = data[::2].count(0), data[1::2].count(0)
    total = even + odd
    many = total * 3 >= len(data)
    one_sided = total >= 4 and total * 50 >= len(data) and min(even, odd) * 10 <= total
    if many or one_sided:
        guess = "utf-16-le" if odd >= even else "utf-16-be"
        raise UndecodableText(
            "many NUL bytes: this looks like UTF-16 or UTF-32 without a byte order mark",
            line=1,
            offset=data.index(0),
            remedy=f"save the file as UTF-8, or name its encoding as transcript_encoding, probably {guess}",
        )
