"""docs/transcripts.md keeps its word: each row of its table is read here, and it names every code there is."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

import transcripts
from manifest.domain.sound_flags import MEANINGS
from transcripts import DropCode, NoteCode, TranscriptError, TranscriptKind, cue_collector, read

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "transcripts.md").read_text(encoding="utf-8")
SEGMENTER = "".join(path.read_text("utf-8") for path in (ROOT / "services" / "segmenter").rglob("*.py"))
TIMING = (ROOT / "services" / "segmenter" / "segmenter" / "domain" / "timing.py").read_text(encoding="utf-8")
PLANNER = (ROOT / "services" / "segmenter" / "segmenter" / "domain" / "plan.py").read_text(encoding="utf-8")

LIBRARY = Path(transcripts.__file__).parent

T1 = "00:00:01,000 --> 00:00:02,000"
T2 = "00:00:03,000 --> 00:00:04,000"
# What some program may have meant as times, and nothing here reads as such.
UNREADABLE = (
    f'"{T1}"',
    f"<{T1}>",
    f"Time: {T1}",
    "00:00:01'000 --> 00:00:02'000",
    "00h00m01s --> 00h00m02s",
    "00:00:01,000 to 00:00:02,000",
    "00:00:01,000 ⇒ 00:00:02,000",
    "00:00:01,000 --\u200b> 00:00:02,000",
    "0:00:01.00,0:00:02.00",
)
BEFORE = "1\n00:00:00,000 --> 00:00:00,500\nBefore\n\n"


class Row(NamedTuple):
    has: str
    read_as: str
    code: str

    @property
    def codes(self) -> set[str]:
        return set(re.findall(r"`([a-z0-9-]+)`", self.code))


def rows(title: str) -> list[Row]:
    section = PAGE.split(f"## {title}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [Row(*map(str.strip, line.strip("|").split(" | "))) for line in lines[2:]]


def timed(*lines: str) -> list[str]:
    """A file for each time line, with a good cue before it."""
    return [f"{BEFORE}2\n{line}\nText\n" for line in lines]


# Files for each row, by the beginning of its first cell. Every one has to show at least one of the row's codes and no
# other; together they show all.
EXAMPLES: dict[str, list[str]] = {
    "line ends LF": [f"1\r{T1}\r\nOne\n\r\r\n2\r{T2}\nTwo\x1a"],
    "several files joined": [f"1\n{T1}\nOne\n\n\ufeff1\n{T2}\nTwo\n", f"1\n{T1}\nOne\ufeff\ufeff1\n{T2}\nTwo\n"],
    "`.` or another comma": timed(*(f"00:00:01{c}000 --> 00:00:02{c}000" for c in ".，،٫")),
    "one, two, four": timed("00:00:01,5 --> 00:00:02,5000", "00:00:01 --> 00:00:02", "00:00:01, --> 00:00:02,"),
    "more than six decimals": timed("00:00:01,0000005 --> 00:00:02,1234567"),
    "`,1000`": timed("00:00:01,500 --> 00:00:02,1000"),
    "one or two decimals, in": [
        "00:00:01,9 --> 00:00:01,50\nOne\n",
        "00:00:01,900 --> 00:00:02,9\nOne\n\n00:00:03,42 --> 00:00:04,1\nTwo\n",
    ],
    "one or two decimals in a file that may": ["00:00:01,123 --> 00:00:02,9\nOne\n"],
    "`MM:SS,mmm`": timed("00:01,000 --> 00:02,000", "0:0:1,000 --> 0:0:2,000", "00:00:001,000 --> 00:00:002,000"),
    "`00:00:01:500`": timed("00:00:01:500 --> 00:00:02:5000"),
    "minutes or seconds above 59": timed("00:75:00,000 --> 01:15:61,000"),
    "`->`": timed(*(f"00:00:01,000 {arrow} 00:00:02,000" for arrow in ("->", "--->", "–>", "==>", "--&gt;", "→", "-"))),
    "blanks in a time": timed(
        "00: 00 :01 , 5 --> 00: 00: 02, 500",
        "\u200e00:00:01,000 --> 00:00:02,000\u200f",
        "00:00:٠١,000 --> ００：００：０２,000",
        "[00:00:01,000 --> 00:00:02,000]",
    ),
    "the index on the time line": [f"17 {T1}\nOne\n\n18 {T2}\nTwo\n"],
    "settings after": timed(f"{T1} X1:40 Y1:20", f"{T1} align:start position:10%"),
    "`X1:200 X2:400`": timed(f"{T1}\nX1:200 X2:400 Y1:5 Y2:9", f"{T1}\nX1:200 Y1:5 Hello"),
    "text after": timed(f"{T1} and words"),
    "a time that cannot be read": timed("00:00:01,000 -->", "00:00:01,000 --> End", "O0:00:01,000 --> 00:00:02,000"),
    "frames instead": timed("00:00:01:12 --> 00:00:02:12", "00:00:01;12 --> 00:00:02;12"),
    "a time below zero": timed("-00:00:01,000 --> 00:00:02,000"),
    "hours, minutes": timed("1000000000:00:01,000 --> 1000000000:00:02,000"),
    "an end before": timed("00:00:02,000 --> 00:00:01,000"),
    "an end equal": timed("00:00:02,000 --> 00:00:02,000"),
    "no index at some cue": [
        f"{T1}\nOne\n\n{T2}\nTwo\n",
        f"{BEFORE}{T1}\nOne\n\n3\n{T2}\nTwo\n",
        f"7\n{T1}\nOne\n\n{'7' * 5000}\n{T2}\nTwo\n",
        f"0\n{T1}\nOne\n\n0\n{T2}\nTwo\n",
    ],
    "`a1`": [f"{BEFORE}{index}\n{T1}\nOne\n" for index in ("a1", "#7", "1.2", "-2")],
    "a number above": [
        f"{T1}\nIn the year\n2024\n\n{T2}\nTwo\n",
        *(f"{T1}\nOne\n{index}\n{T2}\nTwo\n" for index in ("a1", "#7", "1.2", "-2")),
    ],
    "an index and a text": [f"{BEFORE}2\nOne\n\n3\n{T2}\nTwo\n", f"{BEFORE}2\n", f"{BEFORE}2\n00:00:03,0"],
    "no blank line between": [
        f"1\n{T1}\nOne\n2\n{T2}\nTwo",
        f"1\n{T1}\nOne\n\n\n\n2\n{T2}\nTwo",
        f"1\n\n{T1}\n\nOne\n",
    ],
    "a blank line inside": [f"1\n{T1}\nOne\n\nmore\n", f"1\n{T1}\nOne\n\nexample.org\n\n2\n{T2}\nTwo\n"],
    "times in a line": [
        f"1\n{T1}\nHello\nopen - 10:30 -> 11:00 daily\n10:30 -> 11:00 daily\n",
        *(f"{T1}\nHello\n{line}\nTwo\n" for line in UNREADABLE),
    ],
    "text above the first cue": [f"A title\n\n1\n{T1}\nOne\n"],
    "WebVTT's header": ["WEBVTT\n\nSTYLE\nx\n\nREGION\nx\n\nNOTE\nx\n\n00:01.000 --> 00:02.000\nOne\n\nNOTE y\n"],
    "several lines of text": [f"1\n{T1}\n One\t\n more \n"],
    "tags": [f"1\n{T1}\n<i>a</i> {{\\an8}} &amp; [MUSIC] ANN: \u200b\u2028 b\n"],
    "no text": [f"{BEFORE}2\n{T1}\n\n", f"{BEFORE}2\n{T1}\n \t\xa0\u200b\n"],
    "NUL or another": [f"{BEFORE}2\n{T1}\na{control}b\n" for control in "\0\x07\x1b\x7f\x92"],
    "a cue that starts before the one above it |": [f"1\n{T2}\nTwo\n\n2\n{T1}\nOne\n"],
    "a cue that starts before the one above it ends": [f"1\n{T1}\nOne\n\n2\n00:00:01,500 --> 00:00:02,500\nTwo\n"],
    "double-encoded": [f"1\n{T1}\nZo\u00c3\u00b6\n", f"1\n{T1}\na\ufffdb\n"],
    "several lines in Chinese": [f"1\n{T1}\n今天\n好\n", f"1\n{T1}\nカナ\n漢字。\n"],
    "no cue that can": [f"1\n{T1}\n\n"],
    "more cues or": [f"{BEFORE * 6}", f"1\n{T1} a\nOne\n" * 5],
}
BYTES: dict[str, list[tuple[bytes, str | None]]] = {
    "bytes that are valid UTF-8": [(f"1\n{T1}\nZoë\n".encode(), "cp1252")],
    "bytes of another": [(f"1\n{T1}\nZoë\n".encode("cp1252"), None), (f"1\n{T1}\nZoë\n".encode("utf-16-be"), None)],
}
FILES = BYTES | {has: [(text.encode(), None) for text in texts] for has, texts in EXAMPLES.items()}


def told(data: bytes, encoding: str | None) -> set[str]:
    """The codes as the page's last column has them."""
    try:
        transcript = read(data, encoding=encoding)
    except TranscriptError as error:
        return {f"error: {error.code}"}
    assert len(transcript.cues) + len(transcript.dropped) == transcript.parsed
    return {note.code.value for note in transcript.notes} | {f"dropped: {drop.code}" for drop in transcript.dropped}


@pytest.mark.parametrize("row", rows("SRT as it is found"), ids=lambda row: row.has[:40])
def test_every_row_of_the_table_is_what_happens(row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cue_collector, "MAX_CUES", 5)
    monkeypatch.setattr(cue_collector, "MAX_NOTES", 4)
    (has,) = (has for has in FILES if f"{row.has} |".startswith(has))
    kind = row.code.split("`")[0]

    expected = {kind + code for code in row.codes}
    shown = [told(data, encoding) for data, encoding in FILES[has]]

    assert set().union(*shown) == expected
    assert all(bool(codes) == bool(expected) for codes in shown)


def test_every_example_belongs_to_a_row() -> None:
    assert len(FILES) == len(rows("SRT as it is found"))


def test_the_page_names_every_code_and_no_other() -> None:
    of_errors = {error.code for error in TranscriptError.__subclasses__()}
    of_the_planner = set(re.findall(r'(?:\bcode=|_drop\(cue, )"([a-z-]+)"', PLANNER + TIMING))
    of_the_sound = set(re.findall(r'AudioNote\("([a-z-]+)"', SEGMENTER)) | {flag.value for flag in MEANINGS}

    titles = ("SRT as it is found", "Captions that repeat", "A corrected list of cues", "When the recording is known")
    in_tables = {code for title in titles for row in rows(title) for code in row.codes}
    in_errors = {row.has.strip("`") for row in rows("SRT or plain text")}
    known = {*map(str, DropCode), *map(str, NoteCode)} | of_errors | of_the_planner | of_the_sound

    assert in_errors == of_errors
    assert in_tables <= known
    assert known <= set(re.findall(r"`([a-z0-9-]+)`", PAGE))


def test_the_page_has_a_row_for_each_format_and_its_modules_are_there() -> None:
    lines = PAGE.split("## Formats\n")[1].split("\n### ")[0].splitlines()
    cells = [line.strip("| ").split(" | ") for line in lines if line.startswith("| `")]
    table = {cell[0].strip("`"): cell[-1] for cell in cells if not cell[0].startswith("`transcript_type")}
    kinds = {kind for cell in table for kind in cell.split("`, `")}

    assert kinds == {kind.value for kind in TranscriptKind if kind is not TranscriptKind.TEXT}
    modules = set(re.findall(r"`(formats/[a-z0-9_]+)`", "\n".join(table.values())))
    assert {f"formats/{path.stem}" for path in (LIBRARY / "formats").glob("*.py") if path.stem != "__init__"} == modules


def test_the_page_states_the_limits() -> None:
    assert f"{cue_collector.MAX_CUES:,} time lines" in PAGE
    assert f"{cue_collector.MAX_NOTES:,} warnings" in PAGE
