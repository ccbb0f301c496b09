"""What trainers would leave out is counted, and named with the option that would save it."""

import tracemalloc
from typing import Any

import pytest

from gateway.archives.checking.check import MOST_ROWS, Check, check
from gateway.archives.checking.limits import LIMITS
from gateway.archives.clip import Clip
from gateway.archives.formats import FORMATS
from gateway.archives.formats.gpt_sovits import in_language
from tests.unit.gateway.archives.clips import clip, overview


def reasons(form: str, one: Clip) -> list[tuple[str, str | None]]:
    return [(row.code, row.remedy) for row in check(FORMATS[form], [one], overview([one])).rows]


def notes(form: str, clips: list[Clip]) -> list[tuple[str, str | None, int]]:
    return [(note.code, note.remedy, note.clips) for note in check(FORMATS[form], clips, overview(clips)).notes]


def test_every_format_has_limits() -> None:
    assert list(LIMITS) == list(FORMATS)


@pytest.mark.parametrize(
    ("form", "inside", "outside", "code", "remedy"),
    [
        ("piper", {"seconds": 0.372}, {"seconds": 0.371}, "too-short", "merge"),
        ("xtts", {"seconds": 0.5}, {"seconds": 0.499}, "too-short", "merge"),
        ("xtts", {"seconds": 11.6}, {"seconds": 11.601}, "too-long", "cues"),
        ("xtts", {"text": "a" * 200}, {"text": "a" * 201}, "too-many-characters", "cues"),
        ("xtts", {"text": "Привет"}, {"text": "Γειά σου"}, "language", None),
        ("f5-tts", {"seconds": 1.0}, {"seconds": 0.999}, "too-short", "merge"),
        ("f5-tts", {"seconds": 30.0}, {"seconds": 30.001}, "too-long", "cues"),
        ("f5-tts", {"text": "Oh!"}, {"text": "O|!"[:2]}, "too-few-characters", "merge"),
        ("f5-tts", {"text": "a" * 131_072}, {"text": "a" * 131_073}, "too-many-characters", "cues"),
        ("gpt-sovits", {"seconds": 0.6}, {"seconds": 0.599}, "too-short", "merge"),
        ("gpt-sovits", {"seconds": 54.0}, {"seconds": 54.001}, "too-long", "cues"),
        ("gpt-sovits", {"text": "안녕"}, {"text": "Привет"}, "language", "language"),
        ("styletts2", {"text": "a" * 510}, {"text": "a" * 511}, "too-many-characters", "cues"),
        ("kaldi", {"seconds": 60.0}, {"seconds": 60.001}, "too-long", "cues"),
        ("kaldi", {"sample_rate": 16_000}, {"sample_rate": 15_999}, "rate-too-low", "sample_rate"),
    ],
)
def test_a_clip_at_the_bound_is_kept_and_one_beyond_it_is_named(
    form: str, inside: dict[str, Any], outside: dict[str, Any], code: str, remedy: str | None
) -> None:
    assert reasons(form, clip(**inside)) == []
    assert reasons(form, clip(**outside)) == [(code, remedy)]


@pytest.mark.parametrize("form", ["nemo", "hf", "jsonl", "lhotse", "webdataset"])
def test_formats_without_limits_keep_everything(form: str) -> None:
    assert reasons(form, clip(seconds=0.01, text="x" * 200_000, sample_rate=8_000)) == []


def test_a_clip_that_was_merged_is_saved_by_merging_less() -> None:
    assert reasons("xtts", clip(seconds=20.0, columns={"cues": [3, 4]})) == [("too-long", "merge.max_seconds")]


def test_a_language_that_is_given_is_not_guessed() -> None:
    one = clip(text="1984")
    assert reasons("gpt-sovits", one) == [("language", "language")]
    assert check(in_language("ja"), [one], overview([one])).rows == []


def test_a_row_says_which_clip_and_why() -> None:
    one = clip(7, seconds=12.3)
    (row,) = check(FORMATS["xtts"], [one], overview([one])).rows
    assert (row.dataset, row.run, row.n) == ("d1", 3, 7)
    assert row.detail == (
        "12.300 s: clips above 11.6 s are left out. "
        "Source: idiap/coqui-ai-TTS: TTS/demos/xtts_ft_demo/utils/gpt_train.py."
    )


def test_counts_are_of_all_clips_and_hours_of_those_that_are_kept() -> None:
    clips = [clip(0, seconds=9.0), clip(1, seconds=36.0), clip(2, "a" * 201, seconds=0.1), clip(3, seconds=9.0)]
    checked = check(FORMATS["xtts"], clips, overview(clips))
    assert (checked.clips, checked.kept, checked.hours, checked.kept_hours) == (4, 2, 0.015, 0.005)
    assert checked.reasons == {"too-long": 1, "too-many-characters": 1, "too-short": 1}
    assert [row.n for row in checked.rows] == [1, 2, 2]


def test_memory_does_not_grow_with_the_clips() -> None:
    checking = Check(FORMATS["xtts"])
    one = clip(seconds=20.0)
    for _ in range(MOST_ROWS):
        checking.add(one)
    tracemalloc.start()
    for _ in range(1_000):
        checking.add(one)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    checked = checking.finish(overview([one]))
    assert (len(checked.rows), checked.reasons) == (MOST_ROWS, {"too-long": MOST_ROWS + 1_000})
    assert peak < 150_000


def test_what_concerns_the_whole_archive_is_a_note() -> None:
    two_voices = [clip(0, speaker="Ann", sample_rate=22_050), clip(1)]
    assert notes("ljspeech", two_voices) == [("other-rate", "sample_rate", 1), ("several-speakers", None, 2)]
    assert notes("piper", two_voices) == [("other-rate", "sample_rate", 1)]
    assert notes("nemo", two_voices) == []


def test_styletts2_needs_validation_and_long_texts() -> None:
    long = "a" * 50
    assert notes("styletts2", [clip(0), clip(1, long)]) == [
        ("no-validation", "validation", 0),
        ("no-long-texts", "merge", 1),
    ]
    assert notes("styletts2", [clip(0, long), clip(1, long, validation=True)]) == []
