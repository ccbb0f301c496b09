"""styletts2, kaldi, lhotse and webdataset."""

import itertools
import json

import pytest

from gateway.archives.clip import Clip
from gateway.archives.formats import FORMATS, Container, kaldi
from tests.unit.gateway.archives.clips import HOSTILE, clip, clips_of, dataset, overview, rows_of, tables_of

STEM = "book-0a1b2c3d-0000"
LONG = "It was late, and the road was long, and nobody was there."
SPLIT = [clip(0, LONG), clip(1, "Go!", validation=True)]


def test_styletts2_has_numbers_for_speakers() -> None:
    clips = [clip(0, LONG, "Bob"), clip(1, "Go!", "Ann|"), clip(2, LONG)]
    tables = tables_of(FORMATS["styletts2"], clips)
    long_ones = [f"wavs/{STEM}0.wav|{LONG}|1", f"wavs/{STEM}2.wav|{LONG}|2"]
    assert tables["train_list.txt"].splitlines() == [long_ones[0], f"wavs/{STEM}1.wav|Go!|0", long_ones[1]]
    assert tables["OOD_texts.txt"].splitlines() == long_ones
    assert json.loads(tables["speakers.json"]) == {"Ann": 0, "Bob": 1, "unnamed": 2}


def test_styletts2_has_three_columns_for_one_voice_too() -> None:
    tables = tables_of(FORMATS["styletts2"], SPLIT)
    assert tables["train_list.txt"] == f"wavs/{STEM}0.wav|{LONG}|0\n"
    assert tables["val_list.txt"] == f"wavs/{STEM}1.wav|Go!|0\n"
    assert list(tables) == ["train_list.txt", "val_list.txt", "OOD_texts.txt"]


def voices() -> list[Clip]:
    """Twelve speakers that take turns in two datasets: more than numbers of one digit tell apart."""
    names = itertools.cycle(["Zoë", "Ann", None, "ann-b", "日本", *"abcdefg"])
    return [
        clip(n, f"text {n}", next(names), dataset=place, stem=f"{head}-{n:05}")
        for place, head in enumerate(["zz-0", "aa-1"])
        for n in range(12)
    ]


def test_kaldi_tables_are_sorted_bytewise_and_by_speaker() -> None:
    tables = tables_of(FORMATS["kaldi"], voices(), datasets=(dataset(), dataset(id="d2")))
    assert list(tables) == ["wav.scp", "text", "utt2spk", "spk2utt"]
    for table in tables.values():
        lines = table.encode().splitlines()
        assert lines == sorted(lines)
    pairs = [line.split(" ") for line in tables["utt2spk"].splitlines()]
    assert len({utterance for utterance, _ in pairs}) == 24
    assert all(utterance.startswith(f"{speaker}-") for utterance, speaker in pairs)
    # As validate_data_dir.sh sorts it: by speaker first.
    assert pairs == sorted(pairs, key=lambda pair: (pair[1].encode(), pair[0].encode()))
    inverted = [
        [utterance, speaker]
        for speaker, *all_of in map(str.split, tables["spk2utt"].splitlines())
        for utterance in all_of
    ]
    assert inverted == pairs


def test_kaldi_of_many_speakers_is_in_the_order_of_clips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kaldi, "MOST_SORTED_SPEAKERS", 11)
    clips = voices()
    tables = tables_of(FORMATS["kaldi"], clips, datasets=(dataset(), dataset(id="d2")))
    assert list(tables) == ["wav.scp", "text", "utt2spk"]
    assert [line.split()[1] for line in tables["wav.scp"].splitlines()] == [f"wavs/{one.stem}.wav" for one in clips]


def test_kaldi_texts_are_words_between_single_spaces() -> None:
    tables = tables_of(FORMATS["kaldi"], clips_of(HOSTILE))
    lines = [line.split(" ", 1) for line in tables["text"].splitlines()]
    assert len(lines) == len(HOSTILE)
    assert all(text == " ".join(text.split()) != "" for _, text in lines)
    assert lines[0] == [f"s0-unnamed-000-{STEM}0", "Plain text."]


def test_kaldi_lists_the_utterances_of_each_part() -> None:
    tables = tables_of(FORMATS["kaldi"], SPLIT)
    assert tables["train.utts"] == f"s0-unnamed-000-{STEM}0\n"
    assert tables["validation.utts"] == f"s0-unnamed-000-{STEM}1\n"


def test_lhotse_manifests_agree_with_one_another() -> None:
    clips = [clip(0, "It was late.", "Ann", size_bytes=44 + 2 * 48_001), clip(1, HOSTILE[7])]
    tables = {name: rows_of(table) for name, table in tables_of(FORMATS["lhotse"], clips).items()}
    assert list(tables) == ["recordings.jsonl", "supervisions.jsonl", "cuts.jsonl"]
    recording, supervision, cut = (rows[0] for rows in tables.values())
    assert recording == {
        "id": f"{STEM}0",
        "sources": [{"type": "file", "channels": [0], "source": f"wavs/{STEM}0.wav"}],
        "sampling_rate": 24_000,
        "num_samples": 48_001,
        "duration": 48_001 / 24_000,
        "channel_ids": [0],
    }
    assert (cut["recording"], cut["supervisions"], cut["type"]) == (recording, [supervision], "MonoCut")
    assert cut["duration"] == supervision["duration"] == recording["duration"]
    assert supervision["speaker"] == "Ann"
    assert "speaker" not in tables["supervisions.jsonl"][1]
    assert tables["supervisions.jsonl"][1]["text"] == HOSTILE[7]


def test_lhotse_has_cuts_for_each_part() -> None:
    tables = tables_of(FORMATS["lhotse"], SPLIT)
    assert [len(rows_of(tables[name])) for name in ("cuts_train.jsonl", "cuts_validation.jsonl")] == [1, 1]
    assert len(rows_of(tables["recordings.jsonl"])) == 2


def test_webdataset_has_a_clips_files_side_by_side() -> None:
    form = FORMATS["webdataset"]
    found = overview(SPLIT)
    (audio, nothing), (text_name, text), (row_name, row) = form.files(SPLIT[1], found)
    assert (audio, text_name, row_name) == (f"{STEM}1.wav", f"{STEM}1.txt", f"{STEM}1.json")
    assert (nothing, text) == (None, b"Go!")
    assert json.loads(row or b"")["split"] == "validation"
    assert (list(form.tables(found)), form.container) == ([], Container.TAR)


@pytest.mark.parametrize("name", FORMATS)
def test_every_table_ends_in_one_newline_and_has_no_blank_line(name: str) -> None:
    assert FORMATS[name].name == name
    for file, table in tables_of(FORMATS[name], SPLIT).items():
        assert table.endswith("\n")
        assert "\n\n" not in table or file == "README.md"
