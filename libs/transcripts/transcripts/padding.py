"""What surrounds a transcript and is none of it: NUL bytes that pad lines or the file, and the fences of Markdown.

Every line end stays, so that lines keep their numbers.
"""

import re
from typing import Final

from transcripts.cues import Note, NoteCode, quote

_INSIDE: Final = re.compile(rb"\0[^\0\r\n]")
_FENCE: Final = re.compile(r"^[ \t]*+(?:`{3,}+|~{3,}+)[ \t]*+[\w+.-]{0,20}+[ \t]*+$", re.MULTILINE)


def without_nul(data: bytes, encoding: str | None = None) -> tuple[bytes, bool]:
    """The bytes without NUL at the ends of lines and of the file, and whether there were any. Where others remain, the
    bytes are as they were: those of wider characters look like padding, too.
    """
    wide = encoding is not None and ("16" in encoding or "32" in encoding)
    if b"\0" not in data or wide or data.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")):
        return data, False
    return (data, False) if _INSIDE.search(data) else (data.translate(None, b"\0"), True)


def without_fences(text: str) -> tuple[str, tuple[Note, ...]]:
    """Assistants write a transcript between two fences, with words of their own around it: those go, too."""
    if "```" not in text and "~~~" not in text:
        return text, ()
    first = _FENCE.search(text)
    if first is None:
        return text, ()
    second = _FENCE.search(text, first.end())
    note = Note(text.count("\n", 0, first.start()) + 1, NoteCode.MARKDOWN_FENCE, quote(first[0]))
    third = second and _FENCE.search(text, second.end())
    if second is None or third is not None or not text[first.end() : second.start()].strip():
        return _FENCE.sub("", text), (note,)
    before, inside, after = text[: first.start()], text[first.end() : second.start()], text[second.end() :]
    return "\n" * before.count("\n") + inside + "\n" * after.count("\n"), (note,)
