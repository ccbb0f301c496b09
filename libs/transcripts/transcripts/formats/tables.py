"""CSV and TSV with a line of column names: a start, an end or a duration, and a text; a speaker, where there is one."""

import csv
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from transcripts.cue_collector import MAX_CUES, Reading
from transcripts.cues import DropCode, NoteCode, quote
from transcripts.errors import TooManyCues
from transcripts.markup import speaker_name, strip_markup
from transcripts.numbers import time_us
from transcripts.timed_cues import Time, TimedCues

MAX_HEADER_CHARS: Final = 4000
_DELIMITERS: Final = "\t,;|"
_FEWEST_DELIMITERS: Final = 2  # between a start, an end and a text
_STARTS: Final = frozenset(
    [
        "start",
        "begin",
        "start_time",
        "starttime",
        "begin_time",
        "from",
        "in",
        "onset",
        "tmin",
        "xmin",
        "t0",
        "start_timestamp",
        "tc_in",
        "tcin",
        "in_point",
    ]
)
_ENDS: Final = frozenset(
    [
        "end",
        "stop",
        "finish",
        "end_time",
        "endtime",
        "stop_time",
        "to",
        "out",
        "offset",
        "tmax",
        "xmax",
        "t1",
        "end_timestamp",
        "tc_out",
        "tcout",
        "out_point",
    ]
)
_LENGTHS: Final = frozenset(["duration", "dur", "length"])
_TEXTS: Final = (
    *("text", "transcript", "transcription", "sentence", "utterance", "caption", "subtitle"),
    *("content", "label", "annotation", "dialogue", "dialog", "words", "word"),
)
_SPEAKERS: Final = frozenset(
    ["speaker", "speaker_name", "name", "spk", "speaker_id", "speaker_label", "character", "voice", "actor", "who"]
)
_UNIT: Final = re.compile(
    r"[ _]*[(\[]?\b(ms|msec|millis|milliseconds|s|sec|secs|seconds)\b[)\]]?$"
    r"|_(ms|msec|millis|milliseconds|s|sec|secs|seconds)$"
)
_MS: Final = 1000
_SECOND: Final = 1_000_000
_MOST_LINES: Final = 4 * MAX_CUES  # a text in quotation marks may have several
_QUOTED: Final = re.compile(r'"[^"]*+(?:""[^"]*+)+"')
_LONG_US: Final = 60 * _SECOND  # nobody writes so long a line, on average


# `1.25,2.5,Hello`, `"1,25";"2,5";"Hello"`, `0:00:01.5<tab>0:00:02<tab>Hello`: a comma is in the numbers or between.
_TIME: Final = r'[ ]*"?(?:\d{1,3}:\d{1,2}(?::\d{1,2})?|\d{1,9})(?:%s\d{1,9})?"?[ ]*'
_ROWS: Final = tuple(
    (delimiter, re.compile(rf"{_TIME % point}{delimiter}{_TIME % point}{delimiter}[ ]*\S"))
    for delimiter, point in (("\t", "[.,]"), (";", "[.,]"), (",", r"\."))
)


class Columns(NamedTuple):
    """0-based; `end` or `length` is given. `unit_us`: what the names of the columns say, 0 where nothing. `named`: the
    first line has the names.
    """

    delimiter: str
    start: int
    end: int | None
    length: int | None
    text: int
    speaker: int | None
    unit_us: int
    named: bool = True


def columns_of(header: str, following: str = "") -> Columns | None:
    """What the first line of a table names, or that it begins with two times; None where it is none of a table.

    Names that are not known, as in another language, are told by the line `following` them, which begins with two
    times.
    """
    if len(header) > MAX_HEADER_CHARS:
        return None
    if unnamed := is_row(header):
        return Columns(unnamed, 0, 1, None, 2, None, 0, named=False)
    for delimiter in _DELIMITERS:
        if delimiter in header and (found := _columns(next(csv.reader([header], delimiter=delimiter)), delimiter)):
            return found
    rows = is_row(following)
    are_names = rows and header.count(rows) >= _FEWEST_DELIMITERS and not any(map(str.isdigit, header))
    return Columns(rows, 0, 1, None, 2, None, 0) if are_names else None


def is_row(line: str) -> str:
    """The delimiter of a line that begins with two times and has a text behind them, "" for any other."""
    return next((delimiter for delimiter, row in _ROWS if row.match(line)), "")


def _columns(names: Sequence[str], delimiter: str) -> Columns | None:
    plain = [_plain(name) for name in names]
    start, end, length = (_first(plain, known) for known in (_STARTS, _ENDS, _LENGTHS))
    text = next((plain.index(name) for name in _TEXTS if name in plain), None)
    if start is None or text is None or (end is None and length is None) or text in (start, end):
        return None
    unit = _UNIT.search(names[start].strip().lower())
    unit_us = 0 if unit is None else _MS if (unit[1] or unit[2]).startswith("m") else _SECOND
    return Columns(delimiter, start, end, length if end is None else None, text, _first(plain, _SPEAKERS), unit_us)


def _plain(name: str) -> str:
    name = _UNIT.sub("", name.strip().lower())
    return re.sub(r"[ \-]+", "_", name).strip("_")


def _first(names: Sequence[str], known: frozenset[str]) -> int | None:
    return next((at for at, name in enumerate(names) if name in known), None)


class _Row(NamedTuple):
    line: int
    start: str
    end: str
    text: str
    speaker: str
    fault: str = ""


def read_table(text: str) -> Reading:
    """Times with a colon are hours, minutes and seconds, others seconds; whole numbers are milliseconds where the
    column's name says so, in the table that Whisper writes, or where the lines would last minutes each.
    """
    cues = TimedCues()
    lead = len(text) - len(text.lstrip())
    columns = columns_of(*text[lead:].split("\n", 2)[:2])
    if columns is None:
        return cues.reading()
    rows = list(_rows(text, lead, columns))
    unit_us = columns.unit_us or _unit_us(rows, columns)
    if not columns.unit_us and unit_us == _MS and rows:
        cues.note(
            rows[0].line, NoteCode.TIME_UNIT, f"whole numbers such as {quote(rows[0].start)} are read as milliseconds"
        )
    for row in rows:
        if row.fault:
            cues.drop(row.line, DropCode.BAD_TIME, row.fault)
            continue
        if not row.start and not row.end:
            cues.drop(row.line, DropCode.NO_TIME, row.text or "a row without times", row.text)
            continue
        start, end = time_us(row.start, unit_us), time_us(row.end, unit_us)
        if columns.length is not None:
            end = _after(start, end)
        cues.add(
            row.line, start, end, strip_markup(row.text), speaker_name(row.speaker), source=f"{row.start} … {row.end}"
        )
    return cues.reading()


def _after(start: Time, length: Time) -> Time:
    return length if isinstance(length, DropCode) else start if isinstance(start, DropCode) else start + length


def _rows(text: str, lead: int, columns: Columns) -> Iterator[_Row]:
    first_line = line = text.count("\n", 0, lead) + 1
    reader = _reader(text, lead, columns.delimiter)
    end = columns.end if columns.end is not None else columns.length
    assert end is not None
    most = max(columns.start, end, columns.text)
    try:
        if columns.named:
            next(reader)
        line = first_line + reader.line_num
        for values in reader:
            at, line = line, first_line + reader.line_num
            if line - first_line > _MOST_LINES:
                raise TooManyCues(f"more than {MAX_CUES} rows, at line {at}", line=at, remedy="upload it in parts")
            if not any(map(str.strip, values)):
                continue
            if len(values) <= most:
                yield _Row(at, "", "", "", "", f"{len(values)} columns, and the text is in column {columns.text + 1}")
                continue
            speaker = values[columns.speaker] if columns.speaker is not None and columns.speaker < len(values) else ""
            # A text with the delimiter in it, unquoted, where it comes last.
            last = (columns.text == most and columns.speaker is None) or (columns.speaker or 0) < columns.text == most
            spoken = columns.delimiter.join(values[columns.text :]) if last else values[columns.text]
            yield _Row(at, values[columns.start].strip(), values[end].strip(), _unquoted(spoken), speaker)
    except csv.Error as error:  # a field of more than 128 KiB, such as one whose quotation mark never ends
        yield _Row(line, "", "", "", "", f"can't be read from here on: {error}")


def _reader(text: str, at: int, delimiter: str) -> Any:
    """Tables with tabs quote nothing, as Whisper's: its texts may begin with a quotation mark."""
    plain = delimiter == "\t" and '"' not in text[at : text.find("\n", at)]
    return csv.reader(_lines(text, at), delimiter=delimiter, quoting=csv.QUOTE_NONE if plain else csv.QUOTE_MINIMAL)


def _unquoted(text: str) -> str:
    """Spreadsheets double the quotation marks of a field, with tabs too."""
    text = text.strip("\t,;| ")
    return text[1:-1].replace('""', '"') if _QUOTED.fullmatch(text) else text


def _lines(text: str, at: int) -> Iterator[str]:
    while at < len(text):
        end = text.find("\n", at) + 1 or len(text)
        yield text[at:end]
        at = end


def _unit_us(rows: Sequence[_Row], columns: Columns) -> int:
    times = [time for row in rows[:10_000] for time in (row.start, row.end)]
    if not times or not all(map(str.isdecimal, filter(None, times))):
        return _SECOND
    pairs = [(int(row.start[:15]), int(row.end[:15])) for row in rows[:10_000] if row.start and row.end]
    lasting = [end if columns.length is not None else end - start for start, end in pairs]
    return _MS if lasting and sum(lasting) * _SECOND > _LONG_US * len(lasting) else _SECOND
