"""Which format a text is of, by its content. A single time line decides, also one that cannot be read: times and markup
must never end up in a training text because they could not be read.
"""

import re
from collections.abc import Iterable
from itertools import islice
from typing import Final

from transcripts.characters import unify_line_ends
from transcripts.cues import TranscriptKind
from transcripts.errors import BrokenTranscript
from transcripts.formats import json3, tables, whisper
from transcripts.gaps import is_vtt
from transcripts.lines import beginnings
from transcripts.refusals import refusal
from transcripts.time_line_search import JOINED_FILE, TIME_LINE

_SAMPLE_LINES: Final = 200
_SAMPLE_CHARS: Final = 5_000  # of a line: a text without line ends is not copied
_EXPORT: Final = "export it from its program as SRT, WebVTT or plain text"

_XML: Final = re.compile(r"<\?xml\b|<!DOCTYPE\b|<!--|<(?:[A-Za-z_][\w.-]*:)?[A-Za-z_][\w.-]*(?:\s[^<>]*)?/?>")
_ROOT: Final = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)(?=[\s/>])")
_SPEECH_TAGS: Final = frozenset(
    ["i", "b", "u", "s", "c", "v", "font", "span", "em", "strong", "ruby", "lang", "br", "p", "q"]
)
_JSON: Final = re.compile(r'\{\s*["}]|\[\s*[\[{\]]|\[\s*"')
_OUR_CUES: Final = '{"version":1,"cues":['
_ASS: Final = re.compile(
    r"\[(?:Script Info|V4\+? Styles|Events)\]"
    r"|(?:Dialogue|Comment):[ \t]*(?:Marked[ \t]*=[ \t]*)?\d+[ \t]*,[ \t]*\d+:\d\d:\d\d",
    re.IGNORECASE,
)
_TEXTGRID: Final = re.compile(r'(?:File type[ \t]*=[ \t]*)?"ooTextFile(?: short)?"', re.IGNORECASE)
_MICRODVD: Final = re.compile(r"\{-?\d{1,15}\}[ \t]*\{-?\d{0,15}\}")
_TWO_TIMES: Final = re.compile(
    r"-?(\d{1,9}):\d{1,3}:\d{1,3}(?:[.:](\d{1,9}))?[ \t]*,[ \t]*-?\d{1,9}:\d{1,3}:\d{1,3}(?:[.:]\d{1,9})?"
)
_SUBVIEWER: Final = re.compile(r"\[(?:INFORMATION|SUBTITLE|BEGIN)\]", re.IGNORECASE)
_ONE_TIME: Final = re.compile(r"\[\d{1,3}:\d\d:\d\d(?:[.:]\d{1,3})?\]")
_LRC_TIME: Final = re.compile(r"\[\d{1,4}:\d{1,3}(?::\d{1,3})?(?:[.:,]\d{1,3})?\]")
_LRC_TAG: Final = re.compile(r"\[(?:ar|ti|al|au|by|offset|re|ve|la|length|id|tool|#)[ \t]*:[^\]]*\]", re.IGNORECASE)
_LABEL: Final = re.compile(r"-?\d{1,9}(?:[.,]\d{1,12})?\t-?\d{1,9}(?:[.,]\d{1,12})?(?:\t.*)?")
_DECIMAL: Final = re.compile(
    r'[ ]*"?\d{1,9}(?:[.:]\d|,\d{1,9}"?[ ]*[;\t])|[ ]*"?\d{1,9}"?[ ]*[,;\t][ ]*"?\d{1,9}(?:[.:]\d|,\d{1,9}"?[ ]*[;\t])'
)
_WHOLE: Final = re.compile(r"\d{1,12}\t\d{1,12}\t")  # milliseconds, perhaps: labels have decimals
_FREQUENCIES: Final = re.compile(r"\\\t")
_CTM: Final = re.compile(
    r"(?!\d+:)[^\s:]\S*[ \t]+[A-Za-z0-9]{1,2}[ \t]+\d{1,9}(?:\.\d{1,9})?[ \t]+\d{1,9}(?:\.\d{1,9})?[ \t]+\S.*"
)


def detect(text: str) -> TranscriptKind:
    """Looks at decoded text with any line ends.

    Raises: UnsupportedTranscript for XML and JSON of no kind that is read; BrokenTranscript where they are damaged;
    TooManyCues.
    """
    text = unify_line_ends(text)
    return structured(text) or _timed(text) or TranscriptKind.TEXT


def structured(text: str) -> TranscriptKind | None:
    """The kind of a file that says of itself what it is, or whose markup does.

    Raises: as `detect`.
    """
    head = text[:4096].lstrip()
    if is_vtt(head):
        return TranscriptKind.VTT
    if _XML.match(head):
        return _xml(text, head)
    if _JSON.match(head) and (found := _json(text, head)) is not None:
        return found
    if _TEXTGRID.match(head):
        return TranscriptKind.TEXTGRID
    return TranscriptKind.ASS if _ASS.match(_without_comments(head)) else None


def _without_comments(head: str) -> str:
    lines = head.split("\n")
    while lines and (not lines[0].strip() or lines[0].lstrip().startswith(";")):
        del lines[0]
    return "\n".join(lines).lstrip()


def _xml(text: str, head: str) -> TranscriptKind | None:
    """Text may begin with a tag, such as `<i>`; only a whole document is XML."""
    bare = re.sub(r"<\?[^<>]*\?>|<!--[^<>]*-->|<!DOCTYPE[^<>\[]*(?:\[[^\]]*\])?[^<>]*>", "", head).lstrip()
    root = _ROOT.match(bare)
    name = root[1] if root else ""
    match name.lower():
        case "tt":
            return TranscriptKind.TTML
        case "timedtext" | "transcript":
            return TranscriptKind.SRV3
    whole = name and text.rstrip()[-len(name) - 40 :].rstrip().endswith((f"{name}>", "/>"))
    if head.startswith(("<?xml", "<!DOCTYPE")) or (whole and name.lower() not in _SPEECH_TAGS):
        raise refusal(f"XML of an unknown kind ({name[:40] or 'no element'})", _EXPORT)
    return None


def _json(text: str, head: str) -> TranscriptKind | None:
    if head.startswith("[") and head[1:].lstrip().startswith('"') and not text.rstrip().endswith("]"):
        return None  # `["Hello"] she said`
    if head.startswith(_OUR_CUES):
        raise refusal("a list of cues as it is stored here", "send its cues with PUT /tts/datasets/{id}/cues")
    try:
        if json3.is_json3(text):
            return TranscriptKind.JSON3
        if whisper.segments_of(text) is not None:
            return TranscriptKind.WHISPER
    except BrokenTranscript:
        if re.match(r'\{\s*"[^"\n]{0,100}"\s*:|\[\s*\{\s*"', head) is None:
            return None
        if whisper.is_json_lines(text):
            return TranscriptKind.WHISPER
        raise
    raise refusal(
        "JSON of an unknown kind", f"{_EXPORT}; JSON of Whisper, or a list of objects with start, end and text, is read"
    )


def _timed(text: str) -> TranscriptKind | None:
    if TIME_LINE.search(text) or JOINED_FILE.search(text):
        return TranscriptKind.SRT
    lines = list(islice(beginnings(text, _SAMPLE_CHARS), _SAMPLE_LINES))
    if not lines:
        return None
    return _by_times(text, lines) or _by_columns(lines)


def _by_times(text: str, lines: list[str]) -> TranscriptKind | None:
    if _MICRODVD.match(lines[0]) or _most(_MICRODVD.match(line) for line in lines):
        return TranscriptKind.MICRODVD
    header = any(map(_SUBVIEWER.match, lines[:30]))
    commas = next((found for found in map(_TWO_TIMES.fullmatch, lines) if found), None)
    if commas is not None:
        return (
            TranscriptKind.SUBVIEWER
            if header or (len(commas[1]) > 1 and len(commas[2] or "") < 3)
            else TranscriptKind.SBV
        )
    if header and any(map(_ONE_TIME.match, lines)):
        return TranscriptKind.SUBVIEWER
    stamps = sum(map(bool, map(_LRC_TIME.match, lines)))
    tags = sum(map(bool, map(_LRC_TAG.match, lines)))
    if stamps and _most(bool(_LRC_TIME.match(line) or _LRC_TAG.match(line)) for line in lines):
        return TranscriptKind.LRC
    return TranscriptKind.LRC if stamps and tags else None


def _by_columns(lines: list[str]) -> TranscriptKind | None:
    columns = tables.columns_of(lines[0])
    if columns is None and len(lines) > 1 and all(map(tables.is_row, lines[1:])) and any(map(_DECIMAL.match, lines)):
        columns = tables.columns_of(*lines[:2])
    if columns is not None and columns.named:
        return TranscriptKind.TSV if columns.delimiter == "\t" else TranscriptKind.CSV
    labels = [line for line in lines if not _FREQUENCIES.match(line)]
    whole = columns is not None and all(map(_WHOLE.match, labels))
    if labels and "\t" in labels[0] and not whole and _most(_LABEL.fullmatch(line) for line in labels):
        return TranscriptKind.AUDACITY
    # `1, 2, 3, go` is text: somewhere there must be a decimal or a colon.
    if columns is not None and all(map(tables.is_row, lines)) and (whole or any(map(_DECIMAL.match, lines))):
        return TranscriptKind.TSV if columns.delimiter == "\t" else TranscriptKind.CSV
    words = [line for line in lines if not line.startswith(";;")]
    decimals = any("." in "".join(line.split(None, 4)[2:4]) for line in words)
    return TranscriptKind.CTM if decimals and all(map(_CTM.fullmatch, words)) else None


def _most(found: Iterable[object]) -> bool:
    each = list(map(bool, found))
    return sum(each) * 2 > len(each)
