"""The tables of ljspeech, piper, xtts, f5-tts and gpt-sovits, to the byte."""

import csv

import pytest

from gateway.archives.formats import FORMATS
from gateway.archives.formats.gpt_sovits import in_language
from tests.unit.gateway.archives.clips import HOSTILE, clip, clips_of, overview, tables_of

STEM = "book-0a1b2c3d-0000"
PLAIN = [clip(0, "It was late."), clip(1, '"Go!" he said.')]
TWO_VOICES = [clip(0, "It was late.", "Ann"), clip(1, "Go!", "Bob | Jr.")]
SPLIT = [clip(0, "It was late."), clip(1, "Go!", validation=True)]

EXPECTED = {
    "ljspeech": {
        "metadata.csv": f"{STEM}0|It was late.|It was late.\n{STEM}1|“Go!” he said.|“Go!” he said.\n",
    },
    "piper": {"metadata.csv": f"wavs/{STEM}0.wav|It was late.\nwavs/{STEM}1.wav|“Go!” he said.\n"},
    "xtts": {
        "metadata.csv": "audio_file|text|speaker_name\n"
        f"wavs/{STEM}0.wav|It was late.|unnamed\nwavs/{STEM}1.wav|“Go!” he said.|unnamed\n"
    },
    "f5-tts": {
        "metadata.csv": f"audio_file|text\n{STEM}0.wav|It was late.\n{STEM}1.wav|“Go!” he said.\n",
    },
    "gpt-sovits": {
        "train.list": f"wavs/{STEM}0.wav|unnamed|en|It was late.\nwavs/{STEM}1.wav|unnamed|en|“Go!” he said.\n",
    },
}
PARTS = {
    "ljspeech": ["metadata.csv", "metadata_val.csv"],
    "piper": ["metadata.csv", "metadata_val.csv"],
    "xtts": ["metadata_train.csv", "metadata_eval.csv"],
    "f5-tts": ["metadata.csv", "metadata_val.csv"],
    "gpt-sovits": ["train.list", "val.list"],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_table_of_one_voice(name: str) -> None:
    assert tables_of(FORMATS[name], PLAIN) == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_the_parts_are_in_tables_of_their_own(name: str) -> None:
    train, validation = (table.splitlines() for table in tables_of(FORMATS[name], SPLIT).values())
    assert list(tables_of(FORMATS[name], SPLIT)) == PARTS[name]
    header = name in ("xtts", "f5-tts")
    assert (len(train), len(validation)) == (1 + header, 1 + header)
    assert f"{STEM}0" in train[-1]
    assert f"{STEM}1" in validation[-1]


@pytest.mark.parametrize("name", EXPECTED)
def test_if_all_would_be_validation_all_is_trained_on(name: str) -> None:
    clips = clips_of(["one", "two"], validation=True)
    (table,) = tables_of(FORMATS[name], clips).values()
    assert all(one.stem in table for one in clips)


@pytest.mark.parametrize("name", EXPECTED)
def test_hostile_texts_are_read_alike_by_all(name: str) -> None:
    clips = [clip(n, text, f"{text} speaker") for n, text in enumerate(HOSTILE)]
    (table,) = tables_of(FORMATS[name], clips).values()
    split = [line.split("|") for line in table.splitlines()]
    assert list(csv.reader(table.splitlines(keepends=True), delimiter="|")) == split
    assert len({len(row) for row in split}) == 1
    assert all(cell for row in split for cell in row)


def test_several_speakers_have_a_column_where_the_format_has_one() -> None:
    assert tables_of(FORMATS["piper"], TWO_VOICES)["metadata.csv"].splitlines() == [
        f"wavs/{STEM}0.wav|Ann|It was late.",
        f"wavs/{STEM}1.wav|Bob Jr.|Go!",
    ]
    assert tables_of(FORMATS["xtts"], TWO_VOICES)["metadata.csv"].splitlines()[2] == f"wavs/{STEM}1.wav|Go!|Bob Jr."
    assert tables_of(FORMATS["ljspeech"], TWO_VOICES) == {
        "metadata.csv": f"{STEM}0|It was late.|It was late.\n{STEM}1|Go!|Go!\n"
    }


def test_the_language_of_gpt_sovits_can_be_given() -> None:
    kanji = [clip(0, "日本語")]
    assert "|zh|" in tables_of(FORMATS["gpt-sovits"], kanji)["train.list"]
    assert "|ja|" in tables_of(in_language("ja"), kanji)["train.list"]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_clip_is_one_file_under_wavs(name: str) -> None:
    assert list(FORMATS[name].files(PLAIN[0], overview(PLAIN))) == [(f"wavs/{STEM}0.wav", None)]
