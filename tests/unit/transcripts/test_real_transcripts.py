"""Files from the wild, when they lie beside the checkout; what is in them was counted by hand."""

from pathlib import Path
from typing import NamedTuple

import pytest

from transcripts import DropCode, NoteCode, NoText, TranscriptKind, UndecodableText, read

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"


class Expected(NamedTuple):
    kept: int
    dropped: tuple[tuple[int, DropCode], ...] = ()
    notes: frozenset[NoteCode] = frozenset()
    encoding: str = "utf-8"
    named: str | None = None


ODD = frozenset({NoteCode.ODD_TIME})
VTT = frozenset({NoteCode.VTT_BLOCK})

FILES = {
    "pairs/capitan_veneno_es.srt": Expected(16),
    "pairs/cold_corpus3_en_words.srt": Expected(63),
    "pairs/common_voice_22058266_en.srt": Expected(1),
    "pairs/hi_short_en.srt": Expected(1, notes=ODD),
    "pairs/librispeech_61-70968-0000_en.srt": Expected(1),
    "pairs/nst_sv_4utt.srt": Expected(4, encoding="cp1252", named="windows-1252"),
    "pairs/sonnet001_en.srt": Expected(15),
    "subs/aspasia_gbk.srt": Expected(3, encoding="gbk", named="GBK"),
    "subs/astisub_cr_only.srt": Expected(3, notes=ODD),
    "subs/astisub_html_entities.srt": Expected(3),
    "subs/astisub_missing_sequence.srt": Expected(6, notes=ODD | {NoteCode.TIME_SETTINGS}),
    "subs/astisub_short_fraction_positions.srt": Expected(6, notes=ODD | {NoteCode.TIME_SETTINGS}),
    "subs/ax_bad_timestamps.srt": Expected(3, notes=ODD),
    "subs/ax_missing_sequence.srt": Expected(3),
    "subs/ax_negative_timestamps.srt": Expected(1, ((1, DropCode.NEGATIVE_TIME), (5, DropCode.NEGATIVE_TIME))),
    "subs/ax_tags.srt": Expected(14, notes=ODD),
    "subs/ax_tags.vtt": Expected(4, notes=VTT),
    "subs/ax_unexpected_end.srt": Expected(2, ((10, DropCode.NO_TIME),)),
    "subs/ax_utf16le_bom.srt": Expected(3, encoding="utf-16-le"),
    "subs/gvc_chromium_darin_en_765cues.srt": Expected(765),
    "subs/gvc_friendconnect_en.srt": Expected(39),
    "subs/gvc_friendconnect_es_cp1252.srt": Expected(39, encoding="cp1252", named="cp1252"),
    "subs/gvc_friendconnect_fr.srt": Expected(39),
    "subs/gvc_friendconnect_hi_mixed_eol.srt": Expected(39),
    "subs/gvc_friendconnect_zh-cn.srt": Expected(39),
    "subs/gvc_recommendation_en_crlf.srt": Expected(18),
    "subs/gvc_trailer_ericsachs_en.srt": Expected(55),
    "subs/gvc_ytsearch_en_badms_overlap.srt": Expected(82, notes=ODD | {NoteCode.OVERLAP}),
    "subs/webvttpy_comments.vtt": Expected(3, notes=VTT),
    "subs/webvttpy_missing_text.srt": Expected(4, ((5, DropCode.EMPTY_TEXT),)),
    "subs/webvttpy_sample.vtt": Expected(16, notes=VTT),
}


def present(names: list[str]) -> list[str]:
    """Those that are there: without the folder there is nothing to test, and nothing to skip."""
    return [name for name in names if (DATA / name).is_file()]


@pytest.mark.parametrize("name", present(list(FILES)))
def test_a_real_transcript_gives_the_cues_a_person_counts(name: str) -> None:
    expected = FILES[name]

    transcript = read((DATA / name).read_bytes(), encoding=expected.named)

    assert len(transcript.cues) == expected.kept
    assert tuple((drop.line, drop.code) for drop in transcript.dropped) == expected.dropped
    assert {note.code for note in transcript.notes} == expected.notes
    kind = TranscriptKind(name.rpartition(".")[2])
    assert (transcript.kind, transcript.encoding) == (kind, expected.encoding)


UNNAMED = {"pairs/nst_sv_4utt.srt": 7, "subs/aspasia_gbk.srt": 3, "subs/gvc_friendconnect_es_cp1252.srt": 16}


@pytest.mark.parametrize("name", present(list(UNNAMED)))
def test_a_real_transcript_in_another_encoding_is_refused_until_it_is_named(name: str) -> None:
    with pytest.raises(UndecodableText) as caught:
        read((DATA / name).read_bytes())

    assert caught.value.line == UNNAMED[name]


@pytest.mark.parametrize("name", present(["pairs/cold_corpus3_en.txt", "pairs/sonnet001_en.txt"]))
def test_a_real_plain_transcript_has_text_and_no_cues(name: str) -> None:
    transcript = read((DATA / name).read_bytes())

    assert transcript.kind is TranscriptKind.TEXT
    assert transcript.plain_text == " ".join((DATA / name).read_text("utf-8").split("\n")).strip()


@pytest.mark.parametrize("name", present(["subs/ax_empty.srt"]))
def test_an_empty_real_transcript_is_refused(name: str) -> None:
    with pytest.raises(NoText):
        read((DATA / name).read_bytes())


EXACT = {
    # name: (place of the cue, line, start, end in microseconds, text)
    "pairs/hi_short_en.srt": (0, 1, 0, 1_200_000, "Hi. How's it going?"),
    "pairs/sonnet001_en.srt": (0, 1, 0, 2_680_000, "I"),
    "subs/astisub_cr_only.srt": (2, 11, 10_733_000, 14_066_000, "at a busy bus stop or anywhere else for that matter."),
    "subs/astisub_missing_sequence.srt": (1, 4, 124_080_000, 127_120_000, "MAN: How did we end up here?"),
    "subs/ax_bad_timestamps.srt": (
        1,
        5,
        2_345_000,
        3_456_000,
        "This should be discarded (too many decimal places).",
    ),
    "subs/ax_tags.srt": (5, 22, 15_567_000, 15_901_000, "This {\\an1} is a lines."),
    "subs/gvc_ytsearch_en_badms_overlap.srt": (
        2,
        9,
        12_600_000,
        16_600_000,
        "You search for videos in the API by using the videos feed.",
    ),
    "subs/webvttpy_comments.vtt": (1, 12, 140_000_000, 145_000_000, "- Har en kopp te. - Det smakar som te."),
}


@pytest.mark.parametrize("name", present(list(EXACT)))
def test_a_cue_of_a_real_transcript_is_read_exactly(name: str) -> None:
    place, *expected = EXACT[name]

    cue = read((DATA / name).read_bytes()).cues[place]

    assert [cue.line, cue.start_us, cue.end_us, cue.text] == expected
