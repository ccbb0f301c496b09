"""What holds for every input: our own errors only, nothing lost without a name, and a way back."""

import re
from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from transcripts import (
    Cue,
    DropCode,
    DroppedCue,
    NoUsableCue,
    Transcript,
    TranscriptError,
    TranscriptKind,
    compose,
    detect,
    read,
)

# Pieces that steer the reader into every branch, alone and in each other's way.
PIECES = st.sampled_from(
    [
        "1", "2", "3", "2024", "a1", "-2", " ", "\n", "\n\n", "\r\n", "\r", "\t", "\xa0", "\u200e", "\ufeff", "\0",
        "\x85", "\x1a", "-->", "->", "→", "--&gt;", "[", "]", ":", ",", ".", ";", "-", "00:00:01,000", "00:00:02,5",
        "0:3", "9" * 20, "00:00:01,000 --> 00:00:02,000", "00:00:03,000 --> 00:00:02,000\n", "X1:40", "align:start",
        "\n00:00:04 --> 00:00:05 word", "WEBVTT", "WEBVTT\n\n", "NOTE", "\n\nNOTE x\n", "Hello", "é", "漢字", "٣",
        "😀", "\u2028",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(st.characters(exclude_categories=["Cs"]), max_size=4), max_size=40).map("".join)
ENCODINGS = st.sampled_from([None, "utf-8", "cp1252", "utf-16", "gb18030", "shift_jis", "koi8-r", "nonsense"])
ARROWS = st.sampled_from(["-->", " --> ", "->", " → ", " - ", "--&gt;", "==>"])
KINDS = st.sampled_from([None, TranscriptKind.SRT, TranscriptKind.TEXT])


def assert_nothing_is_lost(transcript: Transcript) -> None:
    numbers = sorted([cue.number for cue in transcript.cues] + [drop.number for drop in transcript.dropped])
    assert numbers == list(range(transcript.parsed))
    lists: tuple[Sequence[Cue | DroppedCue], ...] = (transcript.cues, transcript.dropped)
    for blocks in lists:
        assert all(before.number < after.number for before, after in pairwise(blocks))
        assert all(before.line <= after.line for before, after in pairwise(blocks))
    for cue in transcript.cues:
        assert 0 <= cue.start_us < cue.end_us < 2**63
        assert cue.text
        assert cue.text == cue.text.strip()
        assert not {"\n", "\r", "\0"} & set(cue.text)
    assert all(len(drop.detail) <= 80 for drop in transcript.dropped)


def read_or_refuse(data: bytes, kind: TranscriptKind | None, encoding: str | None) -> Transcript | TranscriptError:
    try:
        return read(data, kind, encoding)
    except TranscriptError as error:
        return error


def assert_in_order(outcome: Transcript | TranscriptError) -> None:
    if isinstance(outcome, Transcript):
        assert_nothing_is_lost(outcome)
    elif isinstance(outcome, NoUsableCue):
        assert [drop.number for drop in outcome.dropped] == list(range(len(outcome.dropped)))
    else:
        assert outcome.code in ("undecodable-text", "unknown-encoding", "no-text", "unsupported-transcript")


def lines_told(outcome: Transcript | TranscriptError) -> list[int]:
    if isinstance(outcome, Transcript):
        parts = (outcome.cues, outcome.dropped, outcome.notes)
        return [told.line for part in parts for told in part]
    dropped = outcome.dropped if isinstance(outcome, NoUsableCue) else ()
    return [drop.line for drop in dropped] + ([outcome.line] if outcome.line is not None else [])


def assert_lines_exist(outcome: Transcript | TranscriptError, data: bytes, encoding: str) -> None:
    """Counted here by another way than the library's: no line end is longer than CRCRLF or shorter than one."""
    text = data.decode(encoding, "replace")
    last = len(re.split(r"\r\r\n|\r\n|\r|\n", text))
    assert all(1 <= line <= last for line in lines_told(outcome))


@settings(max_examples=400, deadline=None)
@given(data=st.binary(max_size=300), kind=KINDS, encoding=ENCODINGS)
def test_any_bytes_give_a_transcript_or_one_of_our_errors(
    data: bytes, kind: TranscriptKind | None, encoding: str | None
) -> None:
    assert_in_order(read_or_refuse(data, kind, encoding))


@settings(max_examples=800, deadline=None)
@given(text=TEXTS, kind=KINDS)
def test_any_mixture_of_transcript_pieces_loses_no_block(text: str, kind: TranscriptKind | None) -> None:
    outcome = read_or_refuse(text.encode(), kind, None)

    assert_in_order(outcome)
    assert_lines_exist(outcome, text.encode(), "utf-8")


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, codec=st.sampled_from(["utf-16", "utf-32", "gb18030"]), cut=st.integers(min_value=0, max_value=9))
def test_lines_are_lines_of_the_file_in_any_encoding(text: str, codec: str, cut: int) -> None:
    data = text.encode(codec)
    data = data[: max(0, len(data) - cut)]

    assert_lines_exist(read_or_refuse(data, None, codec), data, codec)


@settings(max_examples=400, deadline=None)
@given(times=st.lists(st.text("0123 :,.;-+[(\u200e٣：x", max_size=12), min_size=2, max_size=3), arrow=ARROWS)
def test_a_time_line_of_any_shape_spoils_no_other_cue(times: list[str], arrow: str) -> None:
    good = "1\n00:00:01,000 --> 00:00:02,000\nBefore\n\n"
    after = "\n\n3\n00:00:08,000 --> 00:00:09,000\nAfter\n"

    transcript = read(f"{good}2\n{arrow.join(times)}\nText{after}".encode())

    assert_nothing_is_lost(transcript)
    assert transcript.cues[0].text.startswith("Before")
    assert transcript.cues[-1].text == "After"
    assert transcript.parsed == 3


@settings(max_examples=400, deadline=None)
@given(text=TEXTS)
def test_a_text_that_is_detected_as_plain_has_no_cue(text: str) -> None:
    outcome = read_or_refuse(text.encode(), TranscriptKind.SRT, None)

    assert isinstance(outcome, TranscriptError) or detect(text) is TranscriptKind.SRT


# Any character but controls, line ends, surrogates and the arrow heads that could make a time line of a text.
CHARACTERS = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters=">→＞")
LINES = st.text(CHARACTERS, min_size=1, max_size=30).map(str.strip).filter(lambda line: any(map(str.isalnum, line)))
MILLISECONDS = st.integers(min_value=0, max_value=400 * 3_600_000)


@st.composite
def cues(draw: st.DrawFn) -> tuple[Cue, ...]:
    texts = draw(st.lists(LINES, min_size=1, max_size=8))
    starts = [draw(MILLISECONDS) * 1000 for _ in texts]
    lengths = [draw(st.integers(min_value=1, max_value=60_000)) * 1000 for _ in texts]
    times = zip(starts, lengths, texts, strict=True)
    return tuple(Cue(n, 4 * n + 1, start, start + length, text) for n, (start, length, text) in enumerate(times))


@settings(max_examples=400, deadline=None)
@given(
    cues=cues(), line_end=st.sampled_from(["\n", "\r\n", "\r"]), codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])
)
def test_well_formed_cues_come_back_as_they_were(cues: tuple[Cue, ...], line_end: str, codec: str) -> None:
    written = compose(Transcript(TranscriptKind.SRT, "utf-8", cues, parsed=len(cues)))

    transcript = read(written.replace("\n", line_end).encode(codec))

    assert transcript.cues == cues
    assert transcript.dropped == ()


@settings(max_examples=200, deadline=None)
@given(count=st.integers(min_value=2, max_value=6), data=st.data())
def test_a_cue_that_loses_its_time_line_is_named_and_spoils_no_other(count: int, data: st.DataObject) -> None:
    lost = data.draw(st.integers(min_value=0, max_value=count - 1))
    blocks = [f"{n + 1}\n00:00:{n:02},000 --> 00:00:{n + 1:02},000\ntext of {n}\nmore" for n in range(count)]
    blocks[lost] = f"{lost + 1}\ntext of {lost}\nmore"

    transcript = read("\n\n".join(blocks).encode())

    assert [cue.text for cue in transcript.cues] == [f"text of {n} more" for n in range(count) if n != lost]
    assert [(drop.number, drop.line) for drop in transcript.dropped] == [(lost, 5 * lost + 1)]
    assert transcript.dropped[0].code is DropCode.NO_TIME
