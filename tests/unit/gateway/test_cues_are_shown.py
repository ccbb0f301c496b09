"""What GET …/cues shows of a transcript, and that it can be sent back without a change of meaning."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contracts.dataset import TranscriptType
from gateway.domain import cue_list, cue_view
from transcripts import TranscriptKind, read

SRT = (
    b"1\n00:00:01,000 --> 00:00:02,500\nIt was\nlate.\n\n"
    b"2\n00:00:05,000 --> 00:00:04,000\nReversed\n\n"
    b"3\n00:00:02,000 --> 00:00:xx,000\nUnreadable\n\n"
    b"4\n00:00:02,000 --> 00:00:06,000\nOverlaps\n"
)


def shown(data: bytes, kind: TranscriptType) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(cue_view.as_json(data, kind, "utf-8"))
    return found


def test_every_cue_is_shown_with_its_place_and_what_was_found() -> None:
    cues = shown(SRT, TranscriptType.SRT)
    assert cues[0] == {
        "cue": 0,
        "line": 1,
        "start": 1.0,
        "end": 2.5,
        "text": "It was late.",
        "speaker": None,
        "excluded": False,
        "fixed": False,
        "findings": [],
    }
    assert [(cue["cue"], cue["line"], cue["start"], cue["end"], cue["text"], cue["excluded"]) for cue in cues[1:]] == [
        (1, 6, 5.0, 4.0, "Reversed", True),
        (2, 10, None, None, "Unreadable", True),
        (3, 14, 2.0, 6.0, "Overlaps", False),
    ]
    assert [[finding["code"] for finding in cue["findings"]] for cue in cues] == [
        [],
        ["end-before-start"],
        ["bad-time"],
        ["overlap"],
    ]


def test_a_plain_text_has_no_cues() -> None:
    assert cue_view.as_json(b"Only words.", TranscriptType.TEXT, "utf-8") == b"[]"
    assert cue_view.as_srt(b"Only words.", TranscriptType.TEXT, "utf-8") == b""


def test_webvtt_is_shown_as_it_is_read() -> None:
    data = b"WEBVTT\n\nintro\n00:01.000 --> 00:02.000 align:start\n<v Ann>Hello\n"
    (cue,) = shown(data, TranscriptType.SRT)
    assert (cue["start"], cue["end"], cue["text"], cue["speaker"]) == (1.0, 2.0, "Hello", "Ann")
    assert [finding["code"] for finding in cue["findings"]] == ["time-settings"]


def test_the_kept_cues_are_srt_that_any_player_reads() -> None:
    text = cue_view.as_srt(SRT, TranscriptType.SRT, "utf-8").decode()
    assert text.startswith("1\n00:00:01,000 --> 00:00:02,500\nIt was late.\n\n2\n00:00:02,000 -->")


def test_what_is_shown_of_a_file_can_be_sent_back_and_cuts_the_same() -> None:
    sent = cue_list.stored(cue_list.of_body(cue_view.as_json(SRT, TranscriptType.SRT, "utf-8")))
    before, after = read(SRT), read(sent, TranscriptKind.CUES)
    assert [cue[2:5] for cue in before.cues] == [cue[2:5] for cue in after.cues]
    assert [cue["text"] for cue in shown(sent, TranscriptType.CUES)] == [
        "It was late.",
        "Reversed",
        "Unreadable",
        "Overlaps",
    ]


_texts = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n\t"), max_size=30)
_cues = st.fixed_dictionaries(
    {"start": st.integers(0, 10**12), "length": st.integers(1, 10**9), "text": _texts.map("x{}".format)},
    optional={"speaker": st.none() | st.text("Añ字 ", max_size=8).map("x{}".format), "fixed": st.booleans()},
)


@given(st.lists(_cues, min_size=1, max_size=6), st.integers(-1, 5))
def test_what_was_put_is_what_is_got(cues: list[dict[str, Any]], excluded: int) -> None:
    """Speakers, microseconds, blank lines, excluded cues."""
    body = [
        {
            "start": cue["start"] / 1_000_000,
            "end": (cue["start"] + cue["length"]) / 1_000_000,
            "excluded": n == excluded and len(cues) > 1,
            **{name: value for name, value in cue.items() if name not in ("start", "length")},
        }
        for n, cue in enumerate(cues)
    ]
    got = shown(cue_list.stored(cue_list.of_body(json.dumps(body).encode())), TranscriptType.CUES)
    assert len(got) == len(body)
    for put, found in zip(body, got, strict=True):
        wanted = {"speaker": None, "fixed": False} | put
        wanted["speaker"] = wanted["speaker"] and wanted["speaker"].strip()
        assert {name: found[name] for name in wanted} == wanted
    again = cue_list.stored(cue_list.of_body(json.dumps(got).encode()))
    assert shown(again, TranscriptType.CUES) == got, "what was got and put back is something else"
