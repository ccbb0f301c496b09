"""nemo, hf and jsonl: texts are exact, and each line is one line to every reader."""

import json

import pytest

from gateway.archives.formats import FORMATS
from tests.unit.gateway.archives.clips import HOSTILE, clip, clips_of, overview, rows_of, tables_of

SPLIT = [clip(0, "It was late."), clip(1, "Go!", validation=True)]
MAIN = {"nemo": "manifest.jsonl", "hf": "train/metadata.jsonl", "jsonl": "metadata.jsonl"}


@pytest.mark.parametrize("name", MAIN)
def test_texts_are_exact(name: str) -> None:
    rows = rows_of(tables_of(FORMATS[name], clips_of(HOSTILE))[MAIN[name]])
    assert [row["text"] for row in rows] == list(HOSTILE)


def test_nemo_has_what_its_reader_wants() -> None:
    tables = tables_of(FORMATS["nemo"], [clip()])
    row = {"audio_filepath": "wavs/book-0a1b2c3d-00000.wav", "text": "It was late.", "duration": 2.5}
    assert {name: rows_of(table) for name, table in tables.items()} == {"manifest.jsonl": [row]}


def test_nemo_names_speakers_and_numbers_them_beside() -> None:
    tables = tables_of(FORMATS["nemo"], [clip(0, speaker="Bob"), clip(1, speaker="Ann|"), clip(2)])
    assert [row["speaker"] for row in rows_of(tables["manifest.jsonl"])] == ["Bob", "Ann|", "unnamed"]
    assert json.loads(tables["speakers.json"]) == {"Ann|": 0, "Bob": 1, "unnamed": 2}


def test_nemo_has_a_manifest_for_each_part() -> None:
    tables = tables_of(FORMATS["nemo"], SPLIT)
    assert list(tables) == ["train_manifest.jsonl", "validation_manifest.jsonl"]
    assert [len(rows_of(table)) for table in tables.values()] == [1, 1]


def test_hf_has_a_folder_for_each_part() -> None:
    tables = tables_of(FORMATS["hf"], SPLIT)
    assert list(tables) == ["README.md", "train/metadata.jsonl", "validation/metadata.jsonl"]
    found = overview(SPLIT)
    files = [FORMATS["hf"].files(one, found)[0] for one in SPLIT]
    assert files == [("train/book-0a1b2c3d-00000.wav", None), ("validation/book-0a1b2c3d-00001.wav", None)]
    assert rows_of(tables["validation/metadata.jsonl"])[0]["file_name"] == "book-0a1b2c3d-00001.wav"


def test_hf_rows_have_the_same_types_everywhere() -> None:
    """An old row lacks what newer ones have; a row without flags or with whole seconds has no other types, either."""
    rows = [{}, {"flags": ["clipped", "silent"], "text_raw": "<i>Go!", "start": 1}, {"flags": [], "text_raw": None}]
    clips = [clip(n, speaker="Ann" if n else None, seconds=3, columns=columns) for n, columns in enumerate(rows)]
    found = rows_of(tables_of(FORMATS["hf"], clips)["train/metadata.jsonl"])
    types = [{name: type(value) for name, value in row.items()} for row in found]
    assert types[0] == types[1] == types[2]
    assert set(types[0].values()) == {str, int, float}
    assert not {"audio", "audio_filepath"} & set(types[0])
    assert [row["speaker"] for row in found] == ["unnamed", "Ann", "Ann"]
    assert [row["flags"] for row in found] == ["", "clipped,silent", ""]
    assert [row["text_raw"] for row in found] == ["It was late.", "<i>Go!", "It was late."]


def test_hf_without_parts_is_all_train() -> None:
    clips = clips_of(["one", "two"], validation=True)
    assert list(tables_of(FORMATS["hf"], clips)) == ["README.md", "train/metadata.jsonl"]
    assert FORMATS["hf"].files(clips[0], overview(clips))[0][0].startswith("train/")


def test_jsonl_has_our_rows_with_paths_in_the_archive() -> None:
    tables = tables_of(FORMATS["jsonl"], SPLIT)
    rows = rows_of(tables["metadata.jsonl"])
    assert list(tables) == ["metadata.jsonl"]
    assert [row["split"] for row in rows] == ["train", "validation"]
    path = "wavs/book-0a1b2c3d-00000.wav"
    changed = {"audio_filepath": path, "file_name": path, "dataset": "d1", "run": 3, "n": 0, "split": "train"}
    left = {name: value for name, value in SPLIT[0].columns.items() if name not in ("size", "crc32")}
    assert rows[0] == left | changed
