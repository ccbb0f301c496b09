"""A corrected list of cues is stored and read without the loss of a microsecond, a speaker or a blank line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts import (
    CorrectedCue,
    Cue,
    DropCode,
    NoteCode,
    NoUsableCue,
    TranscriptKind,
    UndecodableText,
    UnsupportedTranscript,
    detect,
    parse_corrected,
    read,
    write_corrected,
)

FIRST = CorrectedCue(1_250_000, 2_500_001, "It was late.", speaker="Ann", fixed=True)
CUES = (
    FIRST,
    CorrectedCue(3_000_000, None, "(door)", excluded=True),
    CorrectedCue(2_500_001, 4_000_000, " Nobody spoke.\n\n  Not even she. "),
)

# What a JSON string of UTF-8 may hold; the gateway refuses control characters before anything is stored.
_texts = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.just("\n"), max_size=40)
_times = st.integers(0, 10**13)
_cues = st.builds(
    lambda start, length, text, speaker, excluded, fixed: CorrectedCue(
        start, start + length, f"x{text}", speaker, excluded, fixed
    ),
    _times,
    st.integers(1, 10**10),
    _texts,
    st.none() | _texts,
    st.booleans(),
    st.booleans(),
)


def stored(*cues: CorrectedCue) -> bytes:
    return write_corrected(cues)


@given(st.lists(_cues, max_size=8))
def test_what_is_written_is_what_is_read(cues: list[CorrectedCue]) -> None:
    assert list(parse_corrected(write_corrected(cues).decode())) == cues


@given(st.lists(_cues, min_size=1, max_size=8))
def test_every_cue_is_kept_or_dropped_with_its_own_number_and_line(cues: list[CorrectedCue]) -> None:
    if all(cue.excluded for cue in cues):
        cues = [*cues, FIRST]
    transcript = read(write_corrected(cues), TranscriptKind.CUES)
    kept = {cue.number: cue for cue in transcript.cues}
    dropped = {cue.number: cue for cue in transcript.dropped}
    assert transcript.parsed == len(cues) == len(kept) + len(dropped)
    for number, cue in enumerate(cues):
        found = dropped[number] if cue.excluded else kept[number]
        assert (found.line, found.start_us, found.end_us) == (number + 2, cue.start_us, cue.end_us)
        assert found.speaker == cue.speaker


def test_a_list_is_read_with_exact_times_speakers_and_what_is_excluded() -> None:
    transcript = read(stored(*CUES), TranscriptKind.CUES)
    assert transcript.kind is TranscriptKind.CUES
    assert transcript.cues == (
        Cue(0, 2, 1_250_000, 2_500_001, "It was late.", "Ann", fixed=True),
        Cue(2, 4, 2_500_001, 4_000_000, "Nobody spoke. Not even she."),
    )
    (dropped,) = transcript.dropped
    assert (dropped.number, dropped.line, dropped.code) == (1, 3, DropCode.EXCLUDED)
    assert (dropped.start_us, dropped.end_us, dropped.text) == (3_000_000, None, "(door)")


def test_each_cue_has_its_line_and_the_same_list_the_same_bytes() -> None:
    text = stored(*CUES).decode()
    assert text.split("\n")[1] == (
        '{"start_us":1250000,"end_us":2500001,"text":"It was late.","speaker":"Ann","fixed":true},'
    )
    assert stored(*parse_corrected(text)) == stored(*CUES)


def test_overlaps_and_disorder_are_noted() -> None:
    transcript = read(stored(FIRST, FIRST._replace(start_us=0), FIRST), TranscriptKind.CUES)
    assert [(note.line, note.code) for note in transcript.notes] == [
        (3, NoteCode.OUT_OF_ORDER),
        (4, NoteCode.OVERLAP),
    ]


@pytest.mark.parametrize("cues", [(), (FIRST._replace(excluded=True),)])
def test_a_list_without_a_cue_that_is_kept_is_no_transcript(cues: tuple[CorrectedCue, ...]) -> None:
    with pytest.raises(NoUsableCue):
        read(stored(*cues), TranscriptKind.CUES)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", 1),
        (b"1\n00:00:00,000 --> 00:00:01,000\nText\n", 1),
        (b'{"version":2,"cues":[\n]}\n', 1),
        (stored(FIRST).replace(b"1250000", b"125000,"), 2),
        (stored(FIRST, FIRST).replace(b'"text"', b'"txt"'), 2),
        (stored(FIRST)[:-3], 1),
    ],
)
def test_what_nobody_wrote_here_is_refused_with_its_line(data: bytes, line: int) -> None:
    with pytest.raises(UndecodableText) as refused:
        read(data, TranscriptKind.CUES)
    assert refused.value.line == line


def test_no_file_is_taken_for_a_corrected_list_unasked() -> None:
    with pytest.raises(UnsupportedTranscript, match="list of cues"):
        detect(stored(FIRST).decode())


def test_dropped_cues_of_a_file_keep_their_text_and_the_times_that_can_be_read() -> None:
    blocks = (
        "1\n00:00:01,000 --> 00:00:02,000\nKept",
        "2\n00:00:05,000 --> 00:00:04,000\nEnds\nearly",
        "3\n00:00:aa,000 --> 00:00:06,000\nUnreadable",
        "4\nLost times",
    )
    transcript = read("\n\n".join(blocks).encode())
    assert [(cue.code.value, cue.start_us, cue.end_us, cue.text) for cue in transcript.dropped] == [
        ("end-before-start", 5_000_000, 4_000_000, "Ends early"),
        ("bad-time", None, None, "Unreadable"),
        ("no-time", None, None, "Lost times"),
    ]
