"""Every timed format: recognised by its content, read as a person hears it, and nothing of its markup in a text."""

import re

import pytest

from tests.unit.transcripts.samples import SAMPLES, Sample
from transcripts import OPEN_END_US, Transcript, TranscriptKind, detect, read

MARKUP = re.compile(r"</?[A-Za-z]|&\w+;|\{\\|\\N|\{y:|-->|\d:\d\d:\d\d|<\d")


def heard(transcript: Transcript) -> list[tuple[int, int, str, str | None]]:
    return [
        (cue.start_us // 1000, -1 if cue.end_us == OPEN_END_US else cue.end_us // 1000, cue.text, cue.speaker)
        for cue in transcript.cues
    ]


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_a_file_of_each_format_is_read_as_it_is_heard(sample: Sample) -> None:
    transcript = read(sample.text.encode())

    assert transcript.kind is sample.kind
    assert heard(transcript) == sample.cues
    assert tuple(drop.code.value for drop in transcript.dropped) == sample.dropped
    assert transcript.parsed == len(sample.cues) + len(sample.dropped)


@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_its_line_ends_and_its_encoding_change_nothing(sample: Sample, line_end: str) -> None:
    transcript = read(sample.text.replace("\n", line_end).encode("utf-16"))

    assert transcript.kind is sample.kind
    assert heard(transcript) == sample.cues


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_its_name_gives_the_same_as_its_content(sample: Sample) -> None:
    assert read(sample.text.encode(), sample.kind) == read(sample.text.encode())


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_lines_are_lines_of_the_file_and_no_detail_is_empty(sample: Sample) -> None:
    transcript = read(sample.text.encode())
    lines = {cue.line for cue in transcript.cues} | {drop.line for drop in transcript.dropped}
    lines |= {note.line for note in transcript.notes}

    assert all(1 <= line <= sample.text.count("\n") + 1 for line in lines)
    assert all(drop.detail for drop in transcript.dropped)
    assert all(note.detail for note in transcript.notes)


def test_every_timed_format_has_a_sample() -> None:
    apart = {TranscriptKind.TEXT, TranscriptKind.SRT, TranscriptKind.CUES}

    assert {sample.kind for sample in SAMPLES.values()} == set(TranscriptKind) - apart


def test_plain_text_stays_plain_text() -> None:
    for text in (
        "Hello",
        "<i>Hello</i>",
        "a,b,c",
        "[Music] Hello",
        "{curly} words",
        "1 2 3 4 5",
        "1, 2, 3, go",
        "1,2,3 go",
        '["a"] she said',
        "a\tb",
    ):
        assert detect(text) is TranscriptKind.TEXT
